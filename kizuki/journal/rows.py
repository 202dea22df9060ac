"""Many rows at once, without an object of a model for each: a hundred thousand take seconds, not minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.db import connection, models

_json = msgspec.json.Encoder()


def insert(
    table: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]], *, unique: Sequence[str] = ()
) -> None:
    """Insert rows, their values in the order of `fields` (names; `…_id` for a foreign key). With `unique`, the fields of a unique
    constraint, a row that is there already takes the new values instead.

    Values are those that the model's fields hold; what the model would fill in by itself must be among them.
    """
    known = [table._meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in known]  # type: ignore[union-attr]
    marks = ["%s::jsonb" if _is_json(field) and connection.vendor == "postgresql" else "%s" for field in known]
    sql = f"INSERT INTO {quote(table._meta.db_table)} ({', '.join(columns)}) VALUES ({', '.join(marks)})"  # noqa: S608
    if unique:
        ours = [quote(str(table._meta.get_field(name).column)) for name in unique]  # type: ignore[union-attr]
        sets = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns if column not in ours)
        sql += f" ON CONFLICT ({', '.join(ours)}) DO UPDATE SET {sets}"
    special = {n: field for n, field in enumerate(known) if isinstance(field, models.DateTimeField | models.UUIDField)}
    texts = [n for n, field in enumerate(known) if _is_json(field)]
    with connection.cursor() as cursor:
        cursor.executemany(sql, [_prepared(row, special, texts) for row in rows])


def count_again() -> None:
    """Let the database look at how its rows are spread, after many have changed: it then finds the best way to answer. Takes a
    fraction of a second."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit=1000")
        cursor.execute("ANALYZE")


def _is_json(field: Any) -> bool:
    return isinstance(field, models.JSONField)


def _prepared(row: Sequence[Any], special: dict[int, Any], texts: list[int]) -> list[Any]:
    made = list(row)
    for n, field in special.items():
        made[n] = field.get_db_prep_save(made[n], connection)
    for n in texts:
        made[n] = None if made[n] is None else _json.encode(made[n]).decode()
    return made
