"""The records that a form lets one choose from, and what ids are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Value

from kizuki.kit.text import Text
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.models import TABLES, home_pk
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


class Called(NamedTuple):
    """What a record is called, and its number in its table."""

    name: Text
    pk: int


def called(wanted: Iterable[tuple[RecordKind, str]]) -> dict[tuple[RecordKind, str], Called]:
    """(kind, id) → name and number, of the records asked for that there are; by one question for all kinds."""
    by_kind: dict[RecordKind, set[str]] = {}
    for kind, key in wanted:
        if key:
            by_kind.setdefault(kind, set()).add(key)
    asked = [
        TABLES[kind].objects.filter(organisation=home_pk(), deleted_at=None, key__in=keys).order_by()
        .annotate(of=Value(kind)).values_list("of", "key", "name_ja", "name_en", "pk")
        for kind, keys in by_kind.items()
    ]  # fmt: skip
    rows = asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0] if asked else ()
    return {(kind, key): Called(_text(key, ja, en), pk) for kind, key, ja, en, pk in rows}


def names_of(wanted: Iterable[tuple[RecordKind, str]]) -> dict[tuple[RecordKind, str], Text]:
    """(kind, id) → name in both languages, of the records asked for that there are."""
    return {found: one.name for found, one in called(wanted).items()}


def _text(key: str, ja: str, en: str) -> Text:
    return Text(ja=ja or None, en=en or None) if ja or en else Text(ja=key, en=key)
