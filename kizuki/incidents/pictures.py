"""The strip of lanes beside one entry: small, so that two thousand of them are still one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from kizuki.incidents.engine.lanes import Strokes, column_of
from kizuki.incidents.words import COLUMN_NAMES
from kizuki.ui.svg import kind_mark

#: Width of a column, and the height at which marks stand, in px; as the stylesheet has it.
COLUMN: Final = 76
MARK: Final = 19
QUIET: Final = 14
#: Every strip uses these lines by their id.
LINES: Final = "lanes"


def middle(column: int) -> int:
    return COLUMN * column + COLUMN // 2


def lines(count: int) -> SafeString:
    """The lines of the lanes, once for the page."""
    drawn = "".join(f'<line class="hl" x1="{middle(n)}.5" y1="0" x2="{middle(n)}.5" y2="100%"/>' for n in range(count))
    return _safe(f'<svg class="sprite" aria-hidden="true"><g id="{LINES}">{drawn}</g></svg>')


def heads(shown: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """What stands over the columns: where, and the name."""
    return [(middle(n), str(COLUMN_NAMES[lanes[0]])) for n, lanes in enumerate(shown)]


def between(strokes: Strokes) -> SafeString:
    """The lanes beside the name of a day: what comes from above to the entry below it."""
    passing = "".join(
        f'<line class="ho" x1="{middle(c)}" y1="0" x2="{middle(c)}" y2="100%"/>'
        for c in sorted({*strokes.through, *strokes.arriving})
    )
    return _safe(f'<svg class="ps" aria-hidden="true"><use href="#{LINES}"/>{passing}</svg>')


def strip(
    seq: int, kind: str, lane: str, strokes: Strokes, shown: Sequence[Sequence[str]], *, quiet: bool
) -> SafeString:
    """The lanes beside one entry: what it hands over and takes up, what passes, and its mark."""
    x = middle(column_of(lane, shown))
    parts = [f'<use href="#{LINES}"/>']
    parts += [f'<line class="ho" x1="{middle(c)}" y1="0" x2="{middle(c)}" y2="100%"/>' for c in strokes.through]
    parts += [_leaving(x, middle(c)) for c in strokes.out]
    parts += [_waiting(x, middle(c)) for c in strokes.waiting]
    parts += [
        f'<line class="ho" x1="{middle(c)}" y1="0" x2="{middle(c)}" y2="4"/>'
        f'<path class="ho-h" d="M{middle(c) - 4} 2h8l-4 6z"/>'
        for c in strokes.arriving
    ]
    if quiet:
        parts.append(f'<circle class="t-ink3" cx="{x}" cy="{QUIET}" r="2.5"/>')
    else:
        parts.append(f'<rect class="pn" x="{x - 14}" y="8" width="28" height="23"/>')
        parts.append(kind_mark(kind, seq, x, MARK))
    return _safe(f'<svg class="ps" aria-hidden="true">{"".join(parts)}</svg>')


def _leaving(x: int, to: int) -> str:
    """Sideways out of the giver, and down the receiver's lane."""
    across = f'<line class="ho" x1="{x}" y1="{MARK}" x2="{to}" y2="{MARK}"/>' if x != to else ""
    return f'{across}<line class="ho" x1="{to}" y1="{MARK}" x2="{to}" y2="100%"/>'


def _waiting(x: int, to: int) -> str:
    """Handed over, and nobody took it up yet: dashed, with a head of its own."""
    if x == to:
        return f'<path class="ho dash" d="M{x} {MARK}v20"/><path class="ho-h" d="M{x - 4} {MARK + 18}h8l-4 6z"/>'
    return f'<path class="ho dash" d="M{x} {MARK}H{to}v14"/><path class="ho-h" d="M{to - 4} {MARK + 12}h8l-4 6z"/>'


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308 - numbers and names of classes only
