"""How many incidents each period brought, as columns: the graver part below, darker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kizuki.incidents.trend import Group
from kizuki.ui.svg import Drawing, number

WIDTH: Final = 780.0
HEIGHT, TOP, BOTTOM, LEFT = 150.0, 18.0, 120.0, 30.0
WIDEST: Final = 40.0
#: Severities of one shade, from the bottom of a column, with the class of its colour.
SHADES: Final = (((4, 3), "b-open"), ((2,), "b-hind"), ((1,), "b-ink3"), ((0,), "b-bg2"))


def columns(periods: Sequence[Group]) -> SafeString:
    """One column a period, from the first to the last; the number stands on it."""
    most = max([1, *(group.n for group in periods)])
    pitch = (WIDTH - LEFT) / max(1, len(periods))
    told = "; ".join(f"{group.name}: {group.n}" for group in periods)
    drawing = Drawing("cols", WIDTH, HEIGHT, _("Incidents by the period in which they were opened"), told)
    drawing.line("t-axis", LEFT, BOTTOM, WIDTH, BOTTOM)
    each = max(1, round(70 / pitch))
    for n, group in enumerate(periods):
        x = LEFT + pitch * n
        _column(drawing, group, x, min(WIDEST, pitch * 0.7), most)
        if n % each == 0:
            drawing.path("hl2", f"M{number(x)} {number(BOTTOM)}v4")
            drawing.text("x11 x3", x, BOTTOM + 16, group.name)
    return drawing.markup()


def _column(drawing: Drawing, group: Group, x: float, width: float, most: int) -> None:
    y = BOTTOM
    for levels, css in SHADES:
        count = sum(group.severities.get(level, 0) for level in levels)
        height = (BOTTOM - TOP) * count / most
        if count:
            drawing.rect(css, x, y - height, width, height)
        y -= height
    if group.n and width >= 10:
        drawing.text("x11 x2", x, y - 4, str(group.n))


def counted(n: int) -> str:
    """How many incidents the figures speak of."""
    return ngettext("%(n)s incident", "%(n)s incidents", n) % {"n": f"{n:,}"}
