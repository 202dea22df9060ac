"""Which entries stand in a timeline and in which order, kept in memory: after a new entry only that one is read."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.rows import Sketch
from kizuki.kit.kept import Kept

_FIELDS: Final = (
    "seq", "lane", "handover", "auto", "text", "sort", "by", "by_name", "withdrawn", "corrects__seq",
)  # fmt: skip


class Standing(NamedTuple):
    """The timeline up to entry `seq`. `sketches`: in its order; `taken_back`: number of an entry → of the one that takes it back.
    `reading`: of one reading after the other; what was drawn of an earlier one is worth nothing once the database was put back."""

    reading: int
    seq: int
    sketches: list[Sketch]
    taken_back: dict[int, int]


class _Place:
    """Where the newest state of one timeline is kept."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.begin()

    def begin(self) -> None:
        """Nothing is read yet."""
        self.now, self.changed_at = Standing(next(_readings), 0, [], {}), EVER

    def fits(self, seq: int, changed_at: datetime) -> bool:
        """Whether an incident that stands so can have come from what is kept: each entry changes it. Not so where a backup was put
        back."""
        return seq > self.now.seq or (seq, changed_at) == (self.now.seq, self.changed_at)


EVER: Final = datetime.min.replace(tzinfo=UTC)
_readings = itertools.count()
_kept: Final[Kept[_Place]] = Kept(32)


def standing(incident: Incident) -> Standing:
    """The timeline as it stands; what others read of it since the incident was read may be in it. No query where there is
    nothing new."""
    place = _kept.get((incident.pk, incident.opened_at), _Place)
    with place.lock:
        seq, changed_at = incident.last_seq, incident.changed_at
        if seq < place.now.seq:
            # Somebody entered something after this incident was read.
            seq, changed_at = Incident.objects.values_list("last_seq", "changed_at").get(pk=incident.pk)
        if not place.fits(seq, changed_at):
            place.begin()
        if place.now.seq < seq:
            place.now, place.changed_at = _with(place.now, _new(incident, place.now.seq, seq)), changed_at
        return place.now


def forget() -> None:
    """Keep nothing any more."""
    _kept.clear()


def _new(incident: Incident, after: int, until: int) -> list[tuple[Any, ...]]:
    rows = Entry.objects.filter(incident=incident, seq__gt=after, seq__lte=until)
    return list(rows.order_by("seq").values_list(*_FIELDS))


def _with(before: Standing, rows: Iterable[tuple[Any, ...]]) -> Standing:
    """The timeline with these entries, which came later, in the order of their numbers."""
    seq, gone, come = before.seq, set[int](), dict[int, Sketch]()
    taken_back = dict(before.taken_back)
    for number, lane, handover, auto, text, sort, by, by_name, withdrawn, corrects in rows:
        seq = number
        if withdrawn:
            taken_back[corrects] = number
            continue
        if corrects is not None:
            gone.add(corrects)
        come[number] = Sketch(number, lane, handover, bool(auto) and not text, sort, by, by_name)
    sketches = [one for one in before.sketches if one.seq not in gone]
    sketches += (one for one in come.values() if one.seq not in gone)
    # Nearly in order already, which is what sorting is fastest at.
    sketches.sort(key=lambda one: (one.sort, one.seq))
    return Standing(before.reading, seq, sketches, taken_back)
