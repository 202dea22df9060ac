"""The records that a form lets one choose from, and what ids are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from kizuki.register.engine.kinds import RecordKind
from kizuki.register.models import TABLES
from kizuki.ui.templatetags.kizuki import plain


def choices_of(kind: RecordKind, most: int) -> list[tuple[str, str]] | None:
    """(id, name) of every record of the home organisation, by name; None where there are more than `most`.

    Names alone, also for somebody who may not open these records: whoever edits an asset must be able to say where it stands.
    """
    rows = TABLES[kind].objects.filter(organisation__is_home=True, deleted_at=None).only("key", "name_ja", "name_en")
    found = list(rows[: most + 1])
    if len(found) > most:
        return None
    return sorted(((row.key, plain(row.name)) for row in found), key=lambda pair: pair[1].casefold())


def names_of(wanted: Iterable[tuple[RecordKind, str]]) -> dict[tuple[str, str], Any]:
    """(kind, id) → name in both languages, of the records asked for that there are."""
    by_kind: dict[RecordKind, set[str]] = {}
    for kind, key in wanted:
        if key:
            by_kind.setdefault(kind, set()).add(key)
    return {(kind, row.key): row.name for kind, keys in by_kind.items() for row in _rows(kind, keys)}


def _rows(kind: RecordKind, keys: Collection[str]) -> Any:
    rows = TABLES[kind].objects.filter(organisation__is_home=True, key__in=keys)
    return rows.only("key", "name_ja", "name_en")
