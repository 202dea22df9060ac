"""The whole register read from its tables, fast: two questions to the database, and the documents are decoded in one go. Of a
register that was read before, only what has changed."""

from __future__ import annotations

import functools
from array import array
from typing import Any, Final

import msgspec
from django.db import connection

from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.following import Reading, followed, newest_revision
from kizuki.register.models.organisation import Organisation
from kizuki.register.models.records import TABLES

#: The kind that there is most of is asked for by itself, so that its rows need no sorting among the others.
_MOST: Final[RecordKind] = "asset"
_OTHERS: Final[tuple[RecordKind, ...]] = tuple(kind for kind in KINDS if kind != _MOST)


#: The last reading of each organisation, by its number in the database; a few at most.
_last: dict[int, Reading] = {}


def document_of(organisation: Organisation) -> Document:
    """The register as the organisation file would say it; records in the order in which they came."""
    before = _last.get(organisation.pk)
    made = (followed(before, organisation) if before else None) or _whole(organisation)
    _last[organisation.pk] = made
    return made.document


def _whole(organisation: Organisation) -> Reading:
    # Asked before: what comes meanwhile is then taken once more, not missed.
    seen = newest_revision()
    texts: dict[RecordKind, list[str]] = {kind: [] for kind in KINDS}
    numbers: dict[RecordKind, array[int]] = {kind: array("q") for kind in KINDS}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_select(0, _MOST)} ORDER BY id", [organisation.pk])
        found = cursor.fetchall()
        texts[_MOST], numbers[_MOST] = [row[2] for row in found], array("q", [row[1] for row in found])
        together = " UNION ALL ".join(f"SELECT {_select(n, kind)}" for n, kind in enumerate(_OTHERS))
        cursor.execute(f"{together} ORDER BY 1, 2", [organisation.pk] * len(_OTHERS))
        for n, id, text in cursor.fetchall():
            texts[_OTHERS[n]].append(text)
            numbers[_OTHERS[n]].append(id)
    parts = {kind.part: _decoded(kind.name, texts[kind.name]) for kind in KINDS.values()}
    document = Document(
        schema_="kizuki/organisation/1",
        organisation=organisation.head,
        complete=tuple(organisation.complete),
        **parts,
    )
    return Reading(document, organisation.digest, seen, numbers)


def records_of(organisation: Organisation, kind: RecordKind) -> tuple[Any, ...]:
    """All records of one kind."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_select(0, kind)} ORDER BY id", [organisation.pk])
        found: tuple[Any, ...] = _decoded(kind, [text for _n, _id, text in cursor.fetchall()])
    return found


def _decoded(kind: RecordKind, texts: list[str]) -> Any:
    return _decoder(kind).decode(f"[{','.join(texts)}]")


def _select(n: int, kind: RecordKind) -> str:
    text = "document" if connection.vendor == "sqlite" else "document::text"
    table = TABLES[kind]._meta.db_table
    return f"{n}, id, {text} FROM {table} WHERE organisation_id = %s AND deleted_at IS NULL"


@functools.cache
def _decoder(kind: RecordKind) -> msgspec.json.Decoder[Any]:
    several: Any = tuple.__class_getitem__((KINDS[kind].struct, ...))
    return msgspec.json.Decoder(several)
