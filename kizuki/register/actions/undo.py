"""Taking a change back: every record as it was before, unless somebody has changed it since."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min

from kizuki.journal.actions import By
from kizuki.journal.models import Revision
from kizuki.register.actions.edits import Applied, Edit
from kizuki.register.actions.write import ROOM, apply
from kizuki.register.models import Organisation


def undo_edits(organisation: Organisation, revisions: Any) -> list[Edit]:
    """The edits that take back these revisions (a queryset): each record as it read before the first of them. What others
    changed after the last of them is kept, or refused as stale where it is the same field."""
    span = revisions.filter(room=ROOM, owner=organisation.pk).order_by().values_list("kind", "key")
    firsts = list(span.annotate(first=Min("number"), last=Max("number")))
    before = _documents(organisation, [(kind, key, first - 1) for kind, key, first, _ in firsts])
    return [Edit(kind, key, before.get((kind, key)), base=last) for kind, key, _, last in firsts]


def _documents(organisation: Organisation, wanted: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], Any]:
    numbers: dict[tuple[str, int], list[str]] = {}
    for kind, key, number in wanted:
        numbers.setdefault((kind, number), []).append(key)
    found: dict[tuple[str, str], Any] = {}
    for (kind, number), keys in numbers.items():
        for start in range(0, len(keys), 5000):
            rows = Revision.objects.filter(
                room=ROOM, owner=organisation.pk, kind=kind, number=number, key__in=keys[start : start + 5000]
            )
            found.update({(kind, key): document for key, document in rows.values_list("key", "document")})
    return found


def undo_batch(*, organisation: Organisation, batch: uuid.UUID, by: By) -> Applied:
    """Take back everything that was done under one batch, together. Raises `Stale` where somebody changed one of its fields since,
    `InUse` where something newer names what would go; nothing is then undone."""
    edits = undo_edits(organisation, Revision.objects.filter(batch=batch))
    return apply(organisation=organisation, edits=edits, by=by, verb="undid", data={"batch_undone": str(batch)})
