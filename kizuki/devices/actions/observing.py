"""Taking in what sources saw, and forgetting what is too old."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

import msgspec
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.devices.actions.stale import ROOM
from kizuki.devices.models import Observation, Source, Trace, Watch, Word
from kizuki.jobs.pace import Pace, rest
from kizuki.jobs.worker import progress
from kizuki.journal.actions import By, record
from kizuki.register.engine.matching import State, fold, forget
from kizuki.register.engine.matching import Trace as Folded
from kizuki.register.engine.matching.fold import Key, key_of, key_of_trace
from kizuki.register.engine.observation import Observation as Seen
from kizuki.register.models import Organisation

#: Observations of the first transaction.
PORTION: Final = 400
#: A clock may be wrong by so much; what was seen later than that was not seen.
AHEAD: Final = timedelta(days=1)


class Taken(NamedTuple):
    """How many observations were new, were there already, and lie in the future or further back than is kept."""

    new: int = 0
    same: int = 0
    outside: int = 0

    def __add__(self, other: object) -> Taken:
        assert isinstance(other, Taken)
        return Taken(*(a + b for a, b in zip(self, other, strict=True)))


def take_observations(
    *, source: str, observations: Iterable[Seen], by: By, zone: str = "", organisation: Organisation | None = None
) -> Taken:
    """Keep what a source saw, in portions that are each a transaction of its own. What is there already is not kept twice, so that
    taking in the same file again, or going on after a stop, does no harm. `zone`: where the source looks, for observations that do
    not say so. A matching follows as a job."""
    home = organisation or Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if home is None:
        raise ValidationError(_("There is no organisation yet whose devices these could be."))
    row = _source(home, source, zone)
    taken, pace, waiting = Taken(), Pace(PORTION), iter(observations)
    while portion := list(islice(waiting, pace.size)):
        pace.begin()
        taken += _take(home, row, portion)
        pace.end()
        progress(0)
        rest()
    _tell(home, row, taken, by)
    return taken


@transaction.atomic
def _source(home: Organisation, name: str, zone: str) -> Source:
    row, _new = Source.objects.get_or_create(organisation=home, name=name[:200], defaults={"zone": zone})
    if zone and row.zone != zone:
        row.zone = zone
        row.save(update_fields=["zone"])
    return row


@transaction.atomic
def _tell(home: Organisation, row: Source, taken: Taken, by: By) -> None:
    from kizuki.devices.tasks import ask_for_matching

    Source.objects.filter(pk=row.pk).update(read_at=timezone.now())
    if taken.new:
        ask_for_matching(by)
    data = {"source": row.name, "new": taken.new, "same": taken.same, "outside": taken.outside}
    record(by=by, room=ROOM, verb="took", obj=row, data=data)


class _One(NamedTuple):
    """An observation with what is asked of it several times: the name of its trace, its second, what it said, as a digest."""

    seen: Seen
    trace: str
    at: datetime
    said: str


@transaction.atomic
def _take(home: Organisation, source: Source, portion: Sequence[Seen]) -> Taken:
    watch, _new = Watch.objects.get_or_create(organisation=home)
    # Whoever takes in waits here for another, so that the fold of a trace is always that of all its observations.
    Watch.objects.select_for_update().get(pk=watch.pk)
    inside = [_one(seen, source.zone) for seen in portion if _kept(seen)]
    found = Trace.objects.filter(organisation=home, digest__in={one.trace for one in inside})
    traces = {row.digest: row for row in found}
    new = _fresh(source, inside, traces)
    if new:
        _fold(home, new, traces)
        Observation.objects.bulk_create([_row(source, one, traces) for one in new], batch_size=PORTION)
        Watch.objects.filter(pk=watch.pk).update(taken=F("taken") + 1)
        _stretch(source, [one.at for one in new])
    return Taken(len(new), len(inside) - len(new), len(portion) - len(inside))


def _kept(one: Seen) -> bool:
    now = timezone.now()
    return now - timedelta(days=settings.OBSERVATION_DAYS) <= one.at <= now + AHEAD


def _one(seen: Seen, zone: str) -> _One:
    if zone and seen.zone is None:
        seen = msgspec.structs.replace(seen, zone=zone)
    said = hashlib.sha256(msgspec.json.encode(seen.says)).hexdigest()[:16] if seen.says else ""
    return _One(seen, digest(key_of(seen)), seen.at.astimezone(UTC).replace(microsecond=0), said)


def digest(key: Key) -> str:
    """A name for what a trace says of identity."""
    return hashlib.sha256(msgspec.json.encode(key)).hexdigest()


def _fresh(source: Source, inside: Sequence[_One], traces: Mapping[str, Trace]) -> list[_One]:
    """Those observations that are not there yet."""
    if not inside:
        return []
    times = [one.at for one in inside]
    names = {row.pk: name for name, row in traces.items()}
    there = Observation.objects.filter(trace__in=list(names), source=source, at__range=(min(times), max(times)))
    known = {(names[trace], at, said) for trace, at, said in there.values_list("trace_id", "at", "said")}
    new: list[_One] = []
    for one in inside:
        if (mark := (one.trace, one.at, one.said)) not in known:
            known.add(mark)
            new.append(one)
    return new


def _fold(home: Organisation, new: Sequence[_One], traces: dict[str, Trace]) -> None:
    """Fold new observations into their traces, which are made where they are new. Folding is the same in any portions, so that a
    trace is always that of all its observations."""
    before = State(tuple(traces[name].folded for name in {one.trace for one in new} if name in traces))
    rows = []
    for folded in fold((one.seen for one in new), before).traces:
        name = digest(key_of_trace(folded))
        rows.append((traces.get(name) or _trace(home, name, folded)).fill(folded))
    fresh = [row for row in rows if row.digest not in traces]
    _keep(rows)
    words = [Word(trace=row, word=word[:200].casefold()) for row in fresh for word in _words(row)]
    Word.objects.bulk_create(words, batch_size=PORTION * 5)
    traces.update((row.digest, row) for row in fresh)


def _trace(home: Organisation, name: str, folded: Folded) -> Trace:
    return Trace(
        organisation=home, digest=name, source=folded.source, mac=folded.mac or "", serial=folded.serial or "",
        cloud_id=folded.cloud_id or "", zone=folded.zone or "", ips=list(folded.ips), hosts=list(folded.hosts),
    )  # fmt: skip


def _keep(rows: Sequence[Trace]) -> None:
    """Write traces, new ones and old ones alike; many times quicker than updating them one by one."""
    for row in rows:
        row.pk, row._state.adding = None, True
    Trace.objects.bulk_create(
        rows, batch_size=PORTION, update_conflicts=True, unique_fields=["organisation", "digest"],
        update_fields=["stays", "says", "seen", "first", "last"],
    )  # fmt: skip


def _words(row: Trace) -> set[str]:
    return {word for word in (row.mac, row.serial, row.cloud_id, *row.ips, *row.hosts) if word}


def _row(source: Source, one: _One, traces: Mapping[str, Trace]) -> Observation:
    says = [list(pair) for pair in one.seen.says]
    return Observation(
        trace=traces[one.trace], source=source, zone=one.seen.zone or "", at=one.at, says=says, said=one.said
    )


def _stretch(source: Source, times: Sequence[datetime]) -> None:
    row = Source.objects.get(pk=source.pk)
    row.count += len(times)
    row.first_at = min(filter(None, (row.first_at, *times)))
    row.last_at = max(filter(None, (row.last_at, *times)))
    row.save(update_fields=["count", "first_at", "last_at"])


# ── forgetting ──


def forget_observations(*, organisation: Organisation, by: By, before: datetime | None = None) -> int:
    """Forget what was seen before a time (as long ago as the setting says); gives how many observations. Their traces are as if
    it had never been seen."""
    end = before or timezone.now() - timedelta(days=settings.OBSERVATION_DAYS)
    count = 0
    while portion := _oldest(organisation, end):
        count += portion
        progress(0)
        rest()
    after = 0
    while (after := _forget_traces(organisation, int(end.timestamp()), after)) > 0:
        rest()
    if count:
        _tell_forgotten(organisation, count, end, by)
    return count


@transaction.atomic
def _oldest(organisation: Organisation, end: datetime) -> int:
    found = Observation.objects.filter(source__organisation=organisation, at__lt=end).order_by("at")
    rows = list(found.values_list("pk", "source_id")[: PORTION * 5])
    Observation.objects.filter(pk__in=[pk for pk, _source in rows]).delete()
    for source, n in Counter(source for _pk, source in rows).items():
        Source.objects.filter(pk=source).update(count=F("count") - n)
    return len(rows)


@transaction.atomic
def _forget_traces(organisation: Organisation, end: int, after: int) -> int:
    """One portion of traces that begin before `end`; gives the last row looked at, 0 where there are no more."""
    rows = list(Trace.objects.filter(organisation=organisation, first__lt=end, pk__gt=after).order_by("pk")[:PORTION])
    last = rows[-1].pk if rows else 0
    kept = {digest(key_of_trace(one)): one for one in forget(State(tuple(row.folded for row in rows)), end).traces}
    Trace.objects.filter(pk__in=[row.pk for row in rows if row.digest not in kept]).delete()
    still = [row.fill(kept[row.digest]) for row in rows if row.digest in kept]
    _keep(still)
    return last


@transaction.atomic
def _tell_forgotten(organisation: Organisation, count: int, end: datetime, by: By) -> None:
    from kizuki.devices.tasks import ask_for_matching

    Watch.objects.filter(organisation=organisation).update(taken=F("taken") + 1)
    ask_for_matching(by)
    record(by=by, room=ROOM, verb="forgot", data={"observations": count, "before": end.isoformat(timespec="seconds")})
