"""A register that was read before, brought to what it is now by the revisions since. The name of its state proves that none is missing.

A register is large and a change of it is small: to read 100,000 documents again because one has changed takes most of a second.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from kizuki.journal.actions import Revised
from kizuki.journal.models import Revision
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.kinds import KINDS, RecordKind, built
from kizuki.register.models.organisation import Organisation
from kizuki.register.models.records import TABLES

ROOM: Final = "register"
#: After more revisions than these the whole is read: that is quicker.
MOST: Final = 2_000
#: By kind, for each key its document after some acts; None where it was taken out.
_Changes: TypeAlias = dict[RecordKind, dict[str, dict[str, Any] | None]]


class Reading(NamedTuple):
    """A register as it was read. `digest`: the name of its state; `seen`: the newest revision that it may know; `numbers`: by kind the
    numbers of the rows, rising, in the order of the document's records."""

    document: Document
    digest: str
    seen: int
    numbers: Mapping[RecordKind, array[int]]


def next_digest(before: str, revised: Sequence[Revised]) -> str:
    """A name for the state after an act; it tells of all acts before, so that it never comes again."""
    told = json.dumps([before, *revised], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def newest_revision() -> int:
    """The number of the newest revision of anything, 0 where there is none."""
    return Revision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def followed(before: Reading, organisation: Organisation) -> Reading | None:
    """The register as it is now. None where that cannot be said from the revisions: there are too many, or they do not lead from the
    one state to the other, as after a change of what the organisation says of itself."""
    rows = Revision.objects.filter(room=ROOM, owner=organisation.pk, pk__gt=before.seen).order_by("pk")
    told: list[Any] = list(rows.values_list("pk", "entry_id", "kind", "key", "number", "document")[: MOST + 1])
    if len(told) > MOST:
        return None
    digest, changes = before.digest, _Changes()
    for _entry, group in groupby(told, key=lambda row: row[1]):
        rows_of = list(group)
        revised = [Revised(kind, organisation.pk, *values) for _pk, _entry, kind, *values in rows_of]
        for _pk, _entry, kind, key, _number, document in rows_of:
            changes.setdefault(kind, {})[key] = document
        digest = next_digest(digest, revised)
        if digest == organisation.digest:
            return _changed(before, organisation, changes, seen=rows_of[-1][0])
    return None


def _changed(before: Reading, organisation: Organisation, changes: _Changes, seen: int) -> Reading:
    numbers, parts = dict(before.numbers), {}
    for kind, documents in changes.items():
        part = KINDS[kind].part
        parts[part], numbers[kind] = _part(organisation, kind, documents, before)
    document = msgspec.structs.replace(
        before.document, organisation=organisation.head, complete=tuple(organisation.complete), **parts
    )
    return Reading(document, organisation.digest, seen, numbers)


def _part(
    organisation: Organisation, kind: RecordKind, documents: Mapping[str, dict[str, Any] | None], before: Reading
) -> tuple[tuple[Any, ...], array[int]]:
    """All records of a kind after the changes, each at the place of its row, and the numbers of the rows."""
    records, numbers = list(getattr(before.document, KINDS[kind].part)), before.numbers[kind][:]
    rows = TABLES[kind].objects.filter(organisation=organisation, key__in=list(documents))
    for key, pk in rows.values_list("key", "pk"):
        at, document = bisect_left(numbers, pk), documents[key]
        there = at < len(numbers) and numbers[at] == pk
        if document is None and there:
            del records[at], numbers[at]
        elif document is not None and there:
            records[at] = built(kind, document)
        elif document is not None:
            records.insert(at, built(kind, document))
            numbers.insert(at, pk)
    return tuple(records), numbers
