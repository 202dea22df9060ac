"""Own scores as dots over the middle half of the peers, one row a section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.kit.text import shown
from kizuki.measures.benchmark.engine.format import Check
from kizuki.measures.benchmark.engine.position import Position
from kizuki.ui.svg import Drawing, number, wrap
from kizuki.ui.templatetags.kizuki import language

WIDTH: Final = 780.0
LEFT: Final = 316.0
RIGHT: Final = WIDTH - 84
PITCH: Final = 34.0
TOP: Final = 26.0


def picture(check: Check, rows: Sequence[Position]) -> SafeString:
    """The band from the first to the third quartile with the median, the last score as a full dot, those before as rings, and how
    many peers there are. What is not known is said."""
    height = TOP + PITCH * len(rows) + 6
    title = _("Scores beside those of peers")
    drawing = Drawing("bm", WIDTH, height, title, "; ".join(described(row) for row in rows))
    for tick in _ticks(check):
        x = _x(tick, check)
        drawing.text("x11 x3 mid", x, 12, f"{tick:g}")
        drawing.path("hl", f"M{number(x)} 18V{number(height)}")
    for n, row in enumerate(rows):
        _row(drawing, check, row, TOP + PITCH * n)
    return drawing.markup()


def _ticks(check: Check) -> list[float]:
    low, high = check.scale.min, check.scale.max
    steps = max(1, round((high - low) / max(1.0, (high - low) // 10 + 1)))
    return [low + (high - low) * n / steps for n in range(steps + 1)]


def _x(value: float, check: Check) -> float:
    low, high = check.scale.min, check.scale.max
    return LEFT + (RIGHT - LEFT) * (value - low) / (high - low)


def _row(drawing: Drawing, check: Check, row: Position, y: float) -> None:
    middle = y + PITCH / 2
    drawing.path("hl2", f"M0 {number(y)}H{number(WIDTH)}")
    lines = wrap(shown(row.section.name, language()), 12, LEFT - 24, 2)
    for n, line in enumerate(lines):
        drawing.text("x12", 0, middle + 4 + (n - (len(lines) - 1) / 2) * 14, line)
    if row.peer is not None:
        left, right = _x(row.peer.q1, check), _x(row.peer.q3, check)
        drawing.rect("b-bg2", left - 1.5, middle - 8, right - left + 3, 16)
        drawing.rect("b-ink", _x(row.peer.median, check) - 1, middle - 8, 2, 16)
        drawing.text("x11 x3", RIGHT + 16, middle + 4, f"n = {row.peer.n:,}")
    else:
        drawing.text("x11 x3", RIGHT + 16, middle + 4, _("no peers"))
    for before in row.scores[:-1][-4:]:
        if before is not None:
            drawing.circle("ring", _x(before, check), middle, 4)
    if row.last is not None:
        drawing.circle("dot", _x(row.last, check), middle, 5)
    else:
        drawing.text("x11 x3", LEFT + 6, middle + 4, _("not scored"))


def described(row: Position) -> str:
    """A row in words."""
    name = shown(row.section.name, language())
    own = _("not scored") if row.last is None else f"{row.last:g}"
    if row.peer is None:
        return _("%(section)s: %(own)s, no figures of peers") % {"section": name, "own": own}
    values = {"section": name, "own": own, "q1": f"{row.peer.q1:g}", "q3": f"{row.peer.q3:g}", "n": row.peer.n}
    values["median"] = f"{row.peer.median:g}"
    return _("%(section)s: %(own)s; peers %(q1)s to %(q3)s, median %(median)s, n = %(n)d") % values
