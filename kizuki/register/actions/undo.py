"""Taking a change back: every record as it was before, unless somebody has changed it since."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import Max, Min

from kizuki.jobs.pace import Pace, rest
from kizuki.journal.actions import By, record
from kizuki.journal.models import Entry, Revision
from kizuki.journal.rows import count_again
from kizuki.register import hooks
from kizuki.register.actions.bulk import PORTION
from kizuki.register.actions.edits import Applied, Edit, Pair
from kizuki.register.actions.write import apply, rehearse
from kizuki.register.engine.kinds import KINDS, built, named
from kizuki.register.engine.order import lumps
from kizuki.register.following import ROOM
from kizuki.register.models import TABLES, Mention, Organisation

#: Records that are looked at together while nothing is written, and keys of one question.
LOOK: Final = 5000


def undo_edits(organisation: Organisation, revisions: Any) -> list[Edit]:
    """The edits that take back these revisions (a queryset): each record as it read before the first of them. What others
    changed after the last of them is kept, or refused as stale where it is the same field."""
    return _edits(organisation, _spans(organisation, revisions))


def undo_batch(*, organisation: Organisation, batch: uuid.UUID, by: By) -> Applied:
    """Take back everything that was done under one batch, together. Raises `Stale` where somebody changed one of its fields since,
    `InUse` where something newer names what would go; nothing is then undone. For many records `undo_portions` keeps nobody waiting."""
    edits = undo_edits(organisation, Revision.objects.filter(batch=batch))
    return apply(organisation=organisation, edits=edits, by=by, verb="undid", data={"batch_undone": str(batch)})


def undo_portions(
    *, organisation: Organisation, batch: uuid.UUID, by: By, tell: Callable[[int, int], None] | None = None
) -> Applied:
    """The same in portions, between which others write. It is looked at as a whole first: what `undo_batch` would raise is raised
    before anything is written. What somebody changes in the meantime, while it is under way, is raised as well; what is undone by
    then stays so.

    However it ends, it can be gone on with by calling it again: what is as it was is passed over. `tell`: as for `apply_portions`.
    """
    undoing = _Undoing(organisation, batch)
    undoing.look()
    done, at, pace = Applied(None), 0, Pace(PORTION // 4)
    given: dict[str, Any] = {"by": by, "verb": "undid", "data": {"batch_undoing": str(batch)}, "quiet": True}
    try:
        for edits in undoing.portions(pace):
            pace.begin()
            done += apply(organisation=organisation, edits=edits, **given)
            pace.end()
            at += len(edits)
            if tell is not None:
                tell(at, len(undoing.spans))
            rest()
    except BaseException:
        _told_above(done)
        raise
    return _end(organisation, batch, by, done)


def begun_to_undo(batch: uuid.UUID) -> bool:
    """Whether portions of a batch were taken back, and perhaps not all of it."""
    return _stands(f'"batch_undoing":"{batch}"')


def undone(batch: uuid.UUID) -> bool:
    """Whether all of a batch was taken back once."""
    return _stands(f'"batch_undone":"{batch}"')


def _stands(told: str) -> bool:
    return bool(Entry.objects.filter(room=ROOM, verb="undid", data__contains=told).exists())


@transaction.atomic
def _told_above(done: Applied) -> None:
    """What is above the register has not heard of the portions yet."""
    if done.entry is not None:
        hooks.changed()


def _end(organisation: Organisation, batch: uuid.UUID, by: By, done: Applied) -> Applied:
    if done.created + done.changed + done.removed > PORTION:
        count_again()
    with transaction.atomic():
        _told_above(done)
        counts = {"created": done.created, "changed": done.changed, "removed": done.removed}
        if done.entry is not None or (begun_to_undo(batch) and not undone(batch)):
            told = {"batch_undone": str(batch), **counts}
            done = done._replace(entry=record(by=by, room=ROOM, verb="undid", obj=organisation, data=told))
    return done


class _Span(NamedTuple):
    """A record that was changed: by which revisions, from the first to the last."""

    kind: Any
    key: str
    first: int
    last: int

    @property
    def pair(self) -> Pair:
        return self.kind, self.key


def _spans(organisation: Organisation, revisions: Any) -> list[_Span]:
    span = revisions.filter(room=ROOM, owner=organisation.pk).order_by().values_list("kind", "key")
    return [_Span(*row) for row in span.annotate(first=Min("number"), last=Max("number"))]


def _edits(organisation: Organisation, spans: Sequence[_Span]) -> list[Edit]:
    before: dict[Pair, Any] = {}
    for kind, number, keys in _before(spans):
        rows = Revision.objects.filter(room=ROOM, owner=organisation.pk, kind=kind, number=number, key__in=keys)
        before.update({(kind, key): document for key, document in rows.values_list("key", "document")})
    return [Edit(span.kind, span.key, before.get(span.pair), base=span.last) for span in spans]


def _before(spans: Iterable[_Span]) -> Iterator[tuple[Any, int, list[str]]]:
    """(kind, number, keys) of the revisions in which these records read as before; none for what was not there."""
    numbers: dict[tuple[Any, int], list[str]] = defaultdict(list)
    for span in spans:
        if span.first > 1:
            numbers[span.kind, span.first - 1].append(span.key)
    for (kind, number), keys in numbers.items():
        for some in _some(keys):
            yield kind, number, some


def _some(keys: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), LOOK):
        yield list(keys[start : start + LOOK])


class _Undoing:
    """A batch that is taken back in portions. `spans`: its records, those that stay first, in the order of the kinds; then those that
    go, the other way round."""

    def __init__(self, organisation: Organisation, batch: uuid.UUID) -> None:
        self.organisation = organisation
        found = sorted(_spans(organisation, Revision.objects.filter(batch=batch)))
        self.going = self._going(found)
        kinds = list(KINDS)
        staying = sorted((s for s in found if s.pair not in self.going), key=lambda s: kinds.index(s.kind))
        going = sorted((s for s in found if s.pair in self.going), key=lambda s: -kinds.index(s.kind))
        self.spans = {span.pair: span for span in (*staying, *going)}
        self.staying = frozenset(span.pair for span in staying)

    def _going(self, spans: Sequence[_Span]) -> frozenset[Pair]:
        """What was not there before."""
        there: set[Pair] = set()
        for kind, number, keys in _before(spans):
            rows = Revision.objects.filter(
                room=ROOM, owner=self.organisation.pk, kind=kind, number=number, key__in=keys, document__isnull=False
            )
            there.update((kind, key) for key in rows.values_list("key", flat=True))
        return frozenset(span.pair for span in spans if span.pair not in there)

    def look(self) -> None:
        """Raise what stands in the way of all of it, without holding anybody up."""
        units = [span for span in self.spans.values() if span.kind == "unit"]
        others = [span for span in self.spans.values() if span.kind != "unit"]
        portions = (_edits(self.organisation, some) for some in (units, *_some(others)) if some)
        rehearse(organisation=self.organisation, portions=portions, going=self.going, staying=self.staying)

    def portions(self, pace: Pace) -> Iterator[list[Edit]]:
        """The edits, as many at a time as the pace says; what has to be written together is never parted."""
        some: list[_Span] = []
        for lump in lumps(list(self.spans), self._waits()):
            some += [self.spans[pair] for pair in lump]
            if len(some) >= pace.size:
                yield _edits(self.organisation, some)
                some = []
        if some:
            yield _edits(self.organisation, some)

    def _waits(self) -> dict[Pair, set[Pair]]:
        """For each record those that have to be written before it, or together with it."""
        waits: dict[Pair, set[Pair]] = defaultdict(set)
        # What goes, goes after all that name it now.
        for kind, keys in _by_kind(self.going):
            naming: Any = Mention.objects.filter(organisation=self.organisation, of_kind=kind, of_key__in=keys)
            for of, by_kind, by_key in naming.values_list("of_key", "kind", "key").iterator(chunk_size=LOOK):
                waits[kind, of].add((by_kind, by_key))
        back = self._coming_back()
        units = {}
        for edit in self._staying_edits(back):
            assert edit.document is not None
            for of_kind, _place, of_key in named(edit.kind, built(edit.kind, dict(edit.document))):
                if (of_kind, of_key) in back:
                    waits[edit.kind, edit.key].add((of_kind, of_key))
            if edit.kind == "unit":
                units[edit.key] = edit.document.get("parent", "")
        self._from_the_top(units, waits)
        return waits

    def _coming_back(self) -> frozenset[Pair]:
        """What was taken out, and is not there yet: others may name it only when it is."""
        found: set[Pair] = set()
        for kind, keys in _by_kind(self.staying):
            rows = TABLES[kind].objects.filter(organisation=self.organisation, deleted_at__isnull=False, key__in=keys)
            found.update((kind, key) for key in rows.values_list("key", flat=True))
        return frozenset(found)

    def _staying_edits(self, back: frozenset[Pair]) -> Iterator[Edit]:
        """The edits whose documents have to be looked at: where nothing comes back, those of units alone."""
        spans = [self.spans[pair] for pair in self.spans if pair in self.staying and (back or pair[0] == "unit")]
        for some in _some(spans):
            yield from _edits(self.organisation, some)

    def _from_the_top(self, parents: dict[str, str], waits: dict[Pair, set[Pair]]) -> None:
        """A unit is hung up again after the nearest unit above it that is as well, so that none ever lies within itself."""
        if not parents:
            return
        rows = TABLES["unit"].objects.filter(organisation=self.organisation, deleted_at=None)
        above = dict(rows.values_list("key", "parent")) | parents
        for key in parents:
            at, way = above.get(key, ""), {key}
            while at and at not in parents and at not in way:
                way.add(at)
                at = above.get(at, "")
            if at in parents and at != key:
                waits["unit", key].add(("unit", at))


def _by_kind(pairs: Iterable[Pair]) -> Iterator[tuple[Any, list[str]]]:
    found: dict[Any, list[str]] = defaultdict(list)
    for kind, key in sorted(pairs):
        found[kind].append(key)
    for kind, keys in found.items():
        for some in _some(keys):
            yield kind, some
