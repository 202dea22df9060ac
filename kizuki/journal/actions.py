"""Writing to the journal, and proving that it is whole."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from django.db import connection, models, transaction
from django.utils import timezone

from kizuki.journal.engine import chain
from kizuki.journal.models import Entry, Revision
from kizuki.journal.rows import insert

#: Any number that no one else locks; it stands for the end of the chain on PostgreSQL.
_LOCK = 0x4B497A756B69


class Actor(Protocol):
    """Whoever acts: a person of the accounts room, named without importing that room."""

    @property
    def pk(self) -> Any: ...


#: A person; a name such as "kizuki load" for the command line; None for the program itself.
By = Actor | str | None


def record(
    *, by: By, room: str, verb: str, obj: models.Model | None = None, data: Mapping[str, Any] | None = None
) -> Entry:
    """Append one entry in the caller's transaction and return it. Call it last in an action: it holds the chain's end.

    Writers queue up: SQLite lets one write transaction in at a time (ours begin IMMEDIATE), PostgreSQL takes a lock
    that ends with the transaction. The unique hash of the predecessor is the second line of defence against a fork.
    """
    with transaction.atomic():
        _hold_the_end()
        last = Entry.objects.order_by("-seq").only("seq", "hash").first()
        actor_id, actor_name = _who(by)
        link = chain.Link(
            seq=last.seq + 1 if last else 1,
            at=timezone.now(),
            actor_id=actor_id,
            actor_name=actor_name,
            room=room,
            verb=verb,
            object_type=obj._meta.label_lower if obj is not None else "",
            object_id=str(obj.pk) if obj is not None else "",
            object_label=chain.clean(str(obj))[:200] if obj is not None else "",
            data=chain.canonical(data or {}),
            previous=last.hash if last else chain.START,
        )
        return Entry.objects.create(**_values(link), hash=chain.digest(link))


class Revised(NamedTuple):
    """A record as an act left it: kind, owner (0: none), key, number of the revision, document or None (taken out)."""

    kind: str
    owner: int
    key: str
    number: int
    document: Mapping[str, Any] | None


def record_revisions(
    *,
    by: By,
    room: str,
    verb: str,
    revised: Sequence[Revised],
    obj: models.Model | None = None,
    data: Mapping[str, Any] | None = None,
    batch: uuid.UUID | None = None,
) -> Entry:
    """Append one entry and keep how each record reads after it. The entry holds their number and hash, so that the chain
    proves them as well."""
    told = {**(data or {}), "revisions": len(revised), "revisions_hash": revisions_hash(revised)}
    if batch is not None:
        told["batch"] = str(batch)
    with transaction.atomic():
        entry = record(by=by, room=room, verb=verb, obj=obj, data=told)
        rows = ((entry.pk, room, *r, batch, entry.at) for r in revised)
        fields = ("entry_id", "room", "kind", "owner", "key", "number", "document", "batch", "at")
        insert(Revision, fields, rows)
    return entry


def revisions_hash(revised: Iterable[Revised]) -> str:
    """SHA-256 over revisions in their order."""
    found = hashlib.sha256()
    for r in revised:
        found.update(chain.canonical({"r": [r.kind, r.owner, r.key, r.number, r.document]}).encode())
    return found.hexdigest()


def verify_revisions() -> int | None:
    """The first entry whose revisions are not those that it was written with; None where all are. In constant memory."""
    expected = Entry.objects.filter(data__contains='"revisions_hash"').order_by("seq").values_list("seq", "data")
    for seq, data in expected.iterator(chunk_size=500):
        rows = Revision.objects.filter(entry=seq).order_by("pk")
        values = rows.values_list("kind", "owner", "key", "number", "document")
        if (
            revisions_hash(Revised(*row) for row in values.iterator(chunk_size=1000))
            != json.loads(data)["revisions_hash"]
        ):
            return int(seq)
    return None


def verify(anchor: chain.Anchor | None = None) -> chain.Verdict:
    """Check every entry from the first to the last and the revisions that go with them, in constant memory; names the first
    broken place."""
    verdict = chain.verify(links(), anchor)
    broken = verify_revisions() if verdict.whole else None
    if broken is None:
        return verdict
    return chain.Verdict(verdict.count, broken, verdict.hash, chain.Fault(broken, chain.Reason.REVISIONS))


def links() -> Iterator[chain.Link]:
    """All entries in order, read in portions by sequence number so that no long transaction or cursor stays open."""
    after = 0
    while True:
        portion = list(Entry.objects.filter(seq__gt=after).order_by("seq")[:1000])
        if not portion:
            return
        for entry in portion:
            yield entry.link
        after = portion[-1].seq


def _hold_the_end() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _who(by: By) -> tuple[str, str]:
    if by is None:
        return "", "Kizuki"
    if isinstance(by, str):
        return "", chain.clean(by)[:200]
    return str(by.pk), chain.clean(str(by))[:200]


def _values(link: chain.Link) -> dict[str, Any]:
    return {name: getattr(link, name) for name in chain.Link.__slots__ if name != "hash"}
