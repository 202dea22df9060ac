"""Which entries stand in a timeline and in which order, kept in memory: after a new entry only that one is read."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.rows import Sketch
from kizuki.kit.kept import Kept

_FIELDS: Final = (
    "seq", "lane", "handover", "auto", "text", "sort", "by", "by_name", "withdrawn", "corrects__seq",
)  # fmt: skip


class Standing(NamedTuple):
    """The timeline up to entry `seq`. `sketches`: in its order; `taken_back`: number of an entry → of the one that takes it back."""

    seq: int
    sketches: list[Sketch]
    taken_back: dict[int, int]


class _Place:
    """Where the newest state of one timeline is kept."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = Standing(0, [], {})


_kept: Final[Kept[_Place]] = Kept(32)


def standing(incident: Incident) -> Standing:
    """The timeline as it stands; entries that came after the incident was read may be in it. One query where there is something new,
    else none."""
    place = _kept.get((incident.pk, incident.opened_at), _Place)
    with place.lock:
        if place.now.seq < incident.last_seq:
            place.now = _with(place.now, _new(incident, place.now.seq))
        return place.now


def forget() -> None:
    """Keep nothing any more."""
    _kept.clear()


def _new(incident: Incident, after: int) -> list[tuple[Any, ...]]:
    rows = Entry.objects.filter(incident=incident)
    some = rows.filter(seq__gt=after) if after else rows
    return list(some.order_by("seq").values_list(*_FIELDS))


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
    return Standing(seq, sketches, taken_back)
