"""Figures over time, made ready for pages and files: nothing here decides or stores anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.measures.catalogue import measures
from kizuki.measures.words import FUNCTIONS
from kizuki.register.models import Organisation
from kizuki.replay.engine.figures import Figures, share
from kizuki.replay.models import Snapshot
from kizuki.replay.trend_picture import trend
from kizuki.ui.templatetags.kizuki import plain

MOST_DAYS = 366


class Day(NamedTuple):
    day: date
    figures: Figures


class Series(NamedTuple):
    """One line over time. `values`: None where the day has no figure. `n`: of how many, on the last day."""

    key: str
    name: str
    values: list[float | None]
    percent: bool
    n: int

    @property
    def first(self) -> float | None:
        return next((value for value in self.values if value is not None), None)

    @property
    def last(self) -> float | None:
        return next((value for value in reversed(self.values) if value is not None), None)

    @property
    def change(self) -> float | None:
        return None if self.first is None or self.last is None else self.last - self.first


class Panel(NamedTuple):
    """A line with its picture, and its ends in words."""

    series: Series
    picture: Any
    first: str
    last: str
    change: str


def days_of(organisation: Organisation, person: Any, first: date, last: date) -> list[Day]:
    rows = Snapshot.objects.visible_to(person).filter(organisation=organisation, day__range=(first, last))
    return [Day(row.day, msgspec.convert(row.figures, Figures)) for row in rows]


def whole(days: Sequence[Day], calendar: Sequence[date]) -> list[Series]:
    """What the page begins with: shares in full and unknown, results of the cases, what is assumed, unknown devices."""
    last = days[-1].figures
    pairs = sum(last.whole[:4])
    words = {"through": _("Cases that go through"), "depends": _("Cases that depend"), "stopped": _("Cases stopped")}
    made = [
        _line("full", _("Coverage in full"), days, calendar, lambda f: share(f.whole), n=pairs, percent=True),
        _line("unknown", _("Coverage unknown"), days, calendar, lambda f: share(f.whole, "unknown"), n=pairs, percent=True),
    ]  # fmt: skip
    for word, name in words.items():
        made.append(_line(word, name, days, calendar, lambda f, w=word: f.words()[w], n=len(last.cases)))
    made.append(_line("assumed", _("Assumed in the results"), days, calendar, lambda f: f.assumed, n=len(last.cases)))
    made.append(_line("devices", _("Unknown devices"), days, calendar, lambda f: f.devices, n=0))
    return made


def by_unit(days: Sequence[Day], calendar: Sequence[date], names: dict[str, str]) -> list[Series]:
    units = list(dict.fromkeys(unit for day in days for unit in day.figures.units))
    last = days[-1].figures
    return [
        _line(
            unit, names.get(unit, unit), days, calendar, lambda f, u=unit: share(f.units[u]) if u in f.units else None,
            n=sum(last.units.get(unit, (0,) * 5)[:4]), percent=True,
        )
        for unit in units
    ]  # fmt: skip


def by_measure(days: Sequence[Day], calendar: Sequence[date]) -> list[tuple[Any, list[Series]]]:
    """The share in full of each measure, by function, for measures that are applicable to something."""
    last, made, known = days[-1].figures, [], measures()
    for function, name in FUNCTIONS.items():
        lines = [
            _line(
                id, f"{id} {plain(measure.short)}", days, calendar,
                lambda f, i=id: share(f.coverage[i]) if i in f.coverage else None,
                n=sum(last.coverage.get(id, (0,) * 5)[:4]), percent=True,
            )
            for id, measure in known.items()
            if measure.function == function
        ]  # fmt: skip
        made.append((name, [line for line in lines if line.last is not None]))
    return made


def _line(
    key: str, name: str, days: Sequence[Day], calendar: Sequence[date], value: Any, *, n: int, percent: bool = False
) -> Series:
    known = {day.day: value(day.figures) for day in days}
    return Series(key, name, [known.get(day) for day in calendar], percent, n)


def calendar(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def panels(prefix: str, lines: Sequence[Series], days: Sequence[date]) -> list[Panel]:
    """The lines as small pictures of one scale for percentages."""
    return [
        Panel(
            line, trend(f"{prefix}-{line.key}", line, days), said(line.first, line), said(line.last, line), went(line)
        )
        for line in lines
    ]


def said(value: float | None, line: Series) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}%" if line.percent else f"{value:,.0f}"


def went(line: Series) -> str:
    """How a line went from its first day to its last, with a sign."""
    change = line.change
    if change is None:
        return "–"
    text = f"{abs(change):.0f}"
    sign = "±" if text == "0" else "+" if change > 0 else "−"
    return _("%(change)s points") % {"change": sign + text} if line.percent else sign + text


def table(days: Sequence[Day]) -> Iterator[dict[str, Any]]:
    """Every figure of every day, one a row: what it is about, and the counts behind it."""
    for day in days:
        found, when = day.figures, day.day.isoformat()
        for id, counts in found.coverage.items():
            yield _row(when, "measure", id, counts)
        for unit, counts in found.units.items():
            yield _row(when, "unit", unit, counts)
        for word, n in found.words().items():
            yield _row(when, "cases", word, (), n)
        for name, value in (("assets", found.assets), ("assumed", found.assumed), ("devices", found.devices)):
            yield _row(when, "count", name, (), value)


def _row(day: str, of: str, key: str, counts: Sequence[int], value: int | None = None) -> dict[str, Any]:
    full, partial, none, unknown, inapplicable = counts if counts else ("",) * 5
    return {
        "day": day, "of": of, "key": key, "value": "" if value is None else value, "full": full, "partial": partial,
        "none": none, "unknown": unknown, "not_applicable": inapplicable,
    }  # fmt: skip


def span(first: date | None, last: date | None) -> tuple[date, date]:
    """The days to show: the last ninety unless others are asked for, a year at most."""
    end = min(last or timezone.localdate(), timezone.localdate())
    start = first or end - timedelta(days=89)
    return max(min(start, end), end - timedelta(days=MOST_DAYS - 1)), end
