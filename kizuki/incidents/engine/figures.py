"""How long things took in an incident, from its milestones: intervals as exact as the times that were entered, and never a mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from kizuki.casebook.engine.format import Milestone, Span
from kizuki.casebook.engine.times import ENDS, Among, median
from kizuki.incidents.engine.moment import BadMoment, Moment, as_when, placed
from kizuki.kit.when import DAY, Duration, When, between, parse

#: Why a span cannot be said: an end is not marked, is undated, or lies before the other.
Why: TypeAlias = Literal["", "missing", "undated", "order"]
#: From so many on a quarter of them is worth telling.
QUARTERS_FROM: Final = 4


class Mark(NamedTuple):
    """A milestone and the time of its entry. `at`: as it was written; `by`: the milestone was reached between `at` and this moment;
    `day_one`: the day that is called day 1 now, for a `by` that counts from it where `at` does not."""

    name: str
    at: str
    moment: Moment
    zone: str
    by: str = ""
    day_one: date | None = None

    @property
    def when(self) -> When:
        return as_when(self.at, self.moment, self.zone)

    @property
    def until(self) -> When | None:
        """The moment by which it was reached; None where none is said."""
        day_one = _counted_from(self.at, self.moment, self.zone) or self.day_one
        if not self.by or day_one is None:
            return None
        try:
            return as_when(self.by, placed(self.by, zone=self.zone, day_one=day_one), self.zone)
        except BadMoment:
            return None


def _counted_from(at: str, moment: Moment, zone: str) -> date | None:
    """Day 1 as it was when a relative time was entered: it may have been set anew since, and what was entered stays."""
    read = parse(at)
    known, minute = (moment.low, read.low) if moment.low is not None else (moment.high, read.high)
    if read.frame != "relative" or known is None or minute is None:
        return None
    return known.astimezone(ZoneInfo(zone)).date() - timedelta(days=minute // DAY)


class Figure(NamedTuple):
    """One span. `duration` None: `why` says why not, `missing` which milestones are not marked."""

    span: Span
    duration: Duration | None
    why: Why = ""
    missing: tuple[Milestone, ...] = ()


def figures(marks: Iterable[Mark]) -> dict[Span, Figure]:
    """Every span of an incident, in the casebook's order."""
    by_name = {mark.name: mark for mark in marks}
    return {span: _figure(span, by_name) for span in ENDS}


def durations(marks: Iterable[Mark]) -> dict[Span, Duration]:
    """The spans that can be said."""
    return {span: figure.duration for span, figure in figures(marks).items() if figure.duration is not None}


def _figure(span: Span, marks: Mapping[str, Mark]) -> Figure:
    start, end = ENDS[span]
    if missing := tuple(name for name in (start, end) if name not in marks):
        return Figure(span, None, "missing", missing)
    first, later = marks[start].when, marks[end].when
    if "order" in (first.frame, later.frame):
        return Figure(span, None, "undated")
    found = between(first, later)
    if found is not None and (until := marks[end].until) is not None:
        longest = between(first, until)
        found = Duration(found.low, longest.high) if longest is not None else None
    if found is not None:
        return Figure(span, found)
    turned = first.low is not None and later.high is not None and later.high < first.low
    return Figure(span, None, "order" if turned else "undated")


class Spread(NamedTuple):
    """Where durations lie: the middle one's interval, and from the lower quarter's shortest to the upper quarter's longest (None where
    there are too few, or nothing bounds it)."""

    middle: Among
    low: int | None
    high: int | None

    @property
    def n(self) -> int:
        return self.middle.n


def spread(found: Sequence[Duration]) -> Spread | None:
    """The lower median and the quarters, by nearest rank, of lower and of upper bounds each for itself; None for none."""
    middle = median(found)
    if middle is None:
        return None
    if len(found) < QUARTERS_FROM:
        return Spread(middle, None, None)
    lows = sorted(one.low for one in found)
    highs = sorted((one.high for one in found), key=lambda high: (high is None, high or 0))
    lower = (len(found) - 1) // 4
    return Spread(middle, lows[lower], highs[len(found) - 1 - lower])
