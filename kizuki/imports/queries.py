"""What imports ask of the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from kizuki.imports.engine.held import Held
from kizuki.imports.models import Import
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.models import TABLES, Organisation

#: Zones come before assets, as `Held` asks.
BASIC: tuple[RecordKind, ...] = (
    "unit",
    "contact",
    "zone",
    "realm",
    "information",
    "supplier",
    "service",
    "asset",
)
#: Rows of one look; so that no long cursor stays open.
LOOK = 5000


def held_of(organisation: Organisation, kinds: Iterable[RecordKind] = BASIC) -> Held:
    """The register as planning needs it."""
    held = Held()
    text = "document" if connection.vendor == "sqlite" else "document::text"
    for kind in [kind for kind in KINDS if kind in set(kinds)]:
        table, last = TABLES[kind]._meta.db_table, 0
        sql = (
            f"SELECT id, key, version, {text}, deleted_at IS NULL FROM {table}"  # noqa: S608
            f" WHERE organisation_id = %s AND id > %s ORDER BY id LIMIT {LOOK}"
        )
        while rows := _look(sql, organisation.pk, last):
            for pk, key, version, raw, alive in rows:
                held.add(kind, key, version, raw, bool(alive))
                last = pk
    return held


def _look(sql: str, organisation: int, last: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [organisation, last])
        return list(cursor.fetchall())


def shows_file(person: Any, digest: str) -> bool:
    """Whoever sees an import sees its file."""
    found: bool = Import.objects.visible_to(person).filter(digest=digest).exists()
    return found
