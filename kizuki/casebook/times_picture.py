"""The times of a case beside those of the others: a bar from the shortest to the longest that can be meant."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.casebook.models import Case
from kizuki.casebook.words import SPANS
from kizuki.kit.when import DAY, Duration
from kizuki.ui.svg import Drawing, number

WIDTH: Final = 780.0
LEFT: Final = 150.0
RIGHT: Final = WIDTH - 26
PITCH: Final = 13.0
#: The scale: 10 minutes to half a year, each step as wide in print as its ratio is large.
TICKS: Final[tuple[tuple[int, str, str], ...]] = (
    (10, "10分", "10 min"),
    (60, "1時間", "1 h"),
    (DAY, "1日", "1 day"),
    (7 * DAY, "1週", "1 week"),
    (30 * DAY, "1か月", "1 month"),
    (180 * DAY, "半年", "6 months"),
)
LEAST, MOST = TICKS[0][0], TICKS[-1][0]


def _x(minutes: int) -> float:
    """Where a duration lies on the logarithmic scale; what is shorter or longer lies at its ends."""
    share = math.log(min(max(minutes, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return LEFT + share * (RIGHT - LEFT)


class Bar(NamedTuple):
    """One duration of the picture. `mark`: what it belongs to, in a few letters; `own`: what the picture is about."""

    mark: str
    duration: Duration
    own: bool = False


def picture(row: Case, others: Sequence[Case], language: str) -> SafeString:
    """One block a span: this case on top, the others below it in the library's order."""
    bars = {
        span: [Bar(c.mark, c.durations()[span], c.pk == row.pk) for c in (row, *others) if span in c.spans]
        for span in SPANS
    }
    title = _("Times of case %(mark)s beside the other cases'") % {"mark": row.mark}
    return drawn(bars, language, title)


def drawn(bars: Mapping[str, Sequence[Bar]], language: str, title: str) -> SafeString:
    """One block a span with its bars from the top; a span without any says so."""
    blocks = [(str(name), bars.get(span, ())) for span, name in SPANS.items()]
    height = 34 + sum(14 + PITCH * max(len(found), 1) for _n, found in blocks)
    text = "; ".join(
        f"{name}: " + ", ".join(f"{b.mark} {b.duration.label(language)}" for b in found) for name, found in blocks
    )
    drawing = Drawing("tp", WIDTH, height, title, text)
    for minutes, ja, en in TICKS:
        x = _x(minutes)
        drawing.text("x11 x3 mid", x, 12, ja if language == "ja" else en)
        drawing.path("hl", f"M{number(x)} 18V{number(height)}")
    y = 26.0
    for name, found in blocks:
        drawing.path("hl2", f"M0 {number(y - 4)}H{number(WIDTH)}")
        drawing.text("x12 xb", 0, y + 9, name)
        if not found:
            drawing.text("x11 x3", LEFT, y + 9, _("not stated"))
        for bar in found:
            _bar(drawing, bar, y)
            y += PITCH
        y += 14 if found else 14 + PITCH
    return drawing.markup()


def _bar(drawing: Drawing, bar: Bar, y: float) -> None:
    duration = bar.duration
    left, right = _x(duration.low), _x(duration.high) if duration.high is not None else RIGHT + 14
    css = "b-acc" if bar.own else "b-ink3"
    if duration.high is None:
        drawing.path("il dash", f"M{number(left)} {number(y + 5.5)}H{number(right)}")
        drawing.rect(css, left, y + 2, 3, 7)
    else:
        drawing.rect(css, left - 1.5, y + 2, max(right - left, 0) + 3, 7)
    drawing.text("x11 xb xa end" if bar.own else "x11 x2 end", LEFT - 8, y + 9.5, bar.mark)
