"""One line over time as a small picture: a step for each day, a gap where a day has no figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.ui.svg import Drawing, number

WIDTH, HEIGHT, TOP, LEFT, RIGHT = 200.0, 56.0, 6.0, 4.0, 6.0
BOTTOM: Final = HEIGHT - 14


class Line(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def values(self) -> Sequence[float | None]: ...
    @property
    def percent(self) -> bool: ...
    @property
    def n(self) -> int: ...


def trend(id: str, line: Line, days: Sequence[date]) -> SafeString:
    """The picture. Percentages run from 0 to 100, counts from 0 to the largest; the days stand below at both ends."""
    known = [value for value in line.values if value is not None]
    drawing = Drawing(id, WIDTH, HEIGHT, line.name, _described(line, days, known))
    top = 100.0 if line.percent else max([1.0, *known])
    drawing.line("t-axis", LEFT, BOTTOM, WIDTH - RIGHT, BOTTOM)
    drawing.line("t-grid", LEFT, TOP, WIDTH - RIGHT, TOP)
    points = [(_x(n, len(days)), None if v is None else _y(v, top)) for n, v in enumerate(line.values)]
    for run in _runs(points):
        if len(run) > 1:
            drawing.path("t-line", "M" + "L".join(f"{number(x)} {number(y)}" for x, y in run))
        else:
            drawing.circle("t-dot", *run[0], 1.5)
    last = next(((x, y) for x, y in reversed(points) if y is not None), None)
    if last:
        drawing.circle("t-end", *last, 2.5)
    drawing.text("t-day", LEFT, HEIGHT - 2, f"{days[0]:%m-%d}")
    drawing.text("t-day t-right", WIDTH - RIGHT, HEIGHT - 2, f"{days[-1]:%m-%d}")
    return drawing.markup()


def _x(n: int, days: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * n / max(1, days - 1)


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(value, top) / top


def _runs(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Points without a gap between them."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def _described(line: Line, days: Sequence[date], known: Sequence[float]) -> str:
    if not known:
        return _("No figure for any of these days.")
    values = {
        "first": f"{days[0]:%Y-%m-%d}", "last": f"{days[-1]:%Y-%m-%d}", "from": _said(known[0], line),
        "to": _said(known[-1], line), "n": len(known), "of": len(days), "count": f"{line.n:,}",
    }  # fmt: skip
    return _("From %(first)s to %(last)s: %(from)s, at the end %(to)s; n = %(count)s; %(n)d of %(of)d days.") % values


def _said(value: float, line: Line) -> str:
    return f"{value:.0f}%" if line.percent else f"{value:,.0f}"
