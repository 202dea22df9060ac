"""The table of a timeline, drawn once for everybody who reads it in the same language and by the same clock; after a new entry only the
rows that read differently are drawn, and only they are sent to pages that show the others already."""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString

from kizuki.incidents.engine import lanes
from kizuki.incidents.engine.lanes import Strokes
from kizuki.incidents.forms.timeline import TimelineFilter
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.rows import (
    WINDOW,
    Piece,
    Row,
    Run,
    Whole,
    dated,
    day_name,
    folded,
    heading,
    marks_by_entry,
    milestones_of,
    piece,
    table,
    taken_by_entry,
    undated,
    whole_of,
)
from kizuki.incidents.standing import Standing, standing
from kizuki.kit.kept import Kept
from kizuki.ui.templatetags.kizuki import language

#: So many rows are read by their numbers; of more, the whole timeline is read.
_BY_NUMBER: Final = 400
#: A page of which more than this share has changed is sent whole.
MOST_CHANGED: Final = 0.5


class Changes(NamedTuple):
    """What to do to a table that is shown: take out the rows `gone`, then put HTML after the row of that id ("": at the top), one by
    one. A row that reads differently is taken out and put in again."""

    gone: list[str]
    come: list[tuple[str, SafeString]]


class Table:
    """A timeline as it is drawn with certain filters. `seq`: the newest entry in it."""

    def __init__(self, now: Standing, form: TimelineFilter, all_: Whole) -> None:
        self.seq, self.now, self.form, self.all_ = now.seq, now, form, all_
        self.left_out, self.shown = 0, 0
        self.pieces: list[Piece] = []

    @property
    def columns(self) -> int:
        return len(self.all_.columns)

    @property
    def html(self) -> SafeString:
        return table(self.pieces, self.columns)

    @cached_property
    def days(self) -> list[tuple[str, str, int, bool]]:
        """The days of a long timeline: as the address has it, its name, how many entries, whether it is shown. [] for a short one."""
        if len(self.all_.sketches) <= WINDOW:
            return []
        here = timezone.get_current_timezone()
        counted: dict[Any, int] = {}
        for one in self.all_.sketches:
            day = one.sort.astimezone(here).date()
            counted[day] = counted.get(day, 0) + 1
        asked = self.form.asked.get("day")
        return [(day.isoformat(), day_name(day), n, asked == day) for day, n in counted.items()]

    def changes_since(self, before: Table) -> Changes | None:
        """What to do to a table that is drawn as `before` so that it is this one; None where it has to be drawn anew as a whole."""
        was, now = dict(before.pieces), dict(self.pieces)
        if before.columns != self.columns or len(was) != len(before.pieces) or len(now) != len(self.pieces):
            return None
        same = [one.id for one in self.pieces if was.get(one.id) == one.html]
        if not same or same != [one.id for one in before.pieces if now.get(one.id) == one.html]:
            return None
        if len(was) + len(now) - 2 * len(same) > MOST_CHANGED * len(now) + 8:
            return None
        staying = set(same)
        return Changes([id_ for id_ in was if id_ not in staying], self._put_between(staying))

    def _put_between(self, staying: Container[str]) -> list[tuple[str, SafeString]]:
        """The rows that are not there yet, those that follow each other together."""
        come: list[tuple[str, SafeString]] = []
        at, new = "", list[SafeString]()
        for id_, html in self.pieces:
            if id_ not in staying:
                new.append(html)
                continue
            if new:
                come.append((at, SafeString("".join(new))))
                new = []
            at = id_
        return [*come, (at, SafeString("".join(new)))] if new else come


class _Parts(NamedTuple):
    """The rows of a table and what was drawn of them, each by all that it depends on."""

    seq: int
    rows: dict[Hashable, Row]
    drawn: dict[Hashable, Piece]


class _Newest:
    """Where the parts of the newest of those tables are kept that are alike but for what is new."""

    parts = _Parts(0, {}, {})


#: Tables that follow each other share the rows that did not change.
_tables: Final[Kept[Table]] = Kept(64)
_newest: Final[Kept[_Newest]] = Kept(16)


def drawn(incident: Incident, query: QueryDict) -> Table:
    """The timeline with these filters, as it stands."""
    now = standing(incident)
    alike = _alike(incident, query, now)
    return _tables.get((*alike, now.seq), lambda: _draw(incident, query, now, _newest.get(alike, _Newest)))


def as_drawn(incident: Incident, query: QueryDict, seq: int) -> Table | None:
    """The timeline as it was drawn when that entry was the newest; None where that is not known any more."""
    return _tables.there((*_alike(incident, query, standing(incident)), seq))


def forget() -> None:
    """Keep nothing any more."""
    _tables.clear()
    _newest.clear()


def _alike(incident: Incident, query: QueryDict, now: Standing) -> tuple[Hashable, ...]:
    return incident.pk, now.reading, language(), timezone.get_current_timezone_name(), query.urlencode()


def _draw(incident: Incident, query: QueryDict, now: Standing, newest: _Newest) -> Table:
    all_ = whole_of(now.sketches, milestones_of(incident))
    form = TimelineFilter(query, sketches=all_.sketches)
    made, before = Table(now, form, all_), newest.parts
    shown = _shown(incident, form, now) if query else [one.seq for one in all_.sketches]
    if not form.asked.keys() & {"show", "day"}:
        made.left_out = max(0, len(shown) - WINDOW)
        shown = shown[made.left_out :]
    made.shown = len(shown)
    strokes = lanes.strokes(shown, all_.links, all_.columns)
    parts = _Parts(now.seq, _rows(incident, made, strokes, before.rows), {})
    alone = dated(parts.rows.values(), strokes)
    listed: Sequence[Row | Run] = alone if form.asked.get("wrote") == "kizuki" else folded(alone)
    keys = dict(zip(shown, parts.rows, strict=True))
    for row in listed:
        run = row.run if isinstance(row, Run) else [row]
        key = tuple(keys[one.entry.seq] for one in run), isinstance(row, Run)
        parts.drawn[key] = before.drawn[key] if key in before.drawn else piece(incident, row)
        made.pieces += [*heading(row), parts.drawn[key]]
    if newest.parts.seq < parts.seq:
        newest.parts = parts
    return made


def _shown(incident: Incident, form: TimelineFilter, now: Standing) -> list[int]:
    """The numbers of the entries that fit, in the order of the timeline."""
    fitting = set(
        form.apply(Entry.objects.filter(incident=incident, seq__lte=now.seq)).order_by().values_list("seq", flat=True)
    )
    return [one.seq for one in now.sketches if one.seq in fitting]


def _rows(
    incident: Incident, made: Table, strokes: Mapping[int, Strokes], before: Mapping[Hashable, Row]
) -> dict[Hashable, Row]:
    """The rows, from the top, by all that they depend on; those that are there already are not made again."""
    marks, taken, back = marks_by_entry(made.all_), taken_by_entry(made.all_), made.now.taken_back
    first = made.all_.noticed.seq if made.all_.noticed else 0
    keys: dict[int, Hashable] = {
        seq: (seq, drawn, made.columns, first, tuple(marks.get(seq, ())), tuple(taken.get(seq, ())), back.get(seq))
        for seq, drawn in strokes.items()
    }
    missing = _entries(incident, [seq for seq, key in keys.items() if key not in before])
    zone: Any = timezone.get_current_timezone()
    fresh = {row.entry.seq: row for row in undated(incident, missing, made.all_, strokes, zone)} if missing else {}
    return {key: fresh[seq] if seq in fresh else before[key] for seq, key in keys.items()}


def _entries(incident: Incident, numbers: Sequence[int]) -> list[Entry]:
    """The entries of these numbers, in this order."""
    if not numbers:
        return []
    rows = Entry.objects.filter(incident=incident).prefetch_related("links")
    if len(numbers) <= _BY_NUMBER:
        rows = rows.filter(seq__in=numbers)
    found = {one.seq: one for one in rows.order_by()}
    return [found[seq] for seq in numbers]
