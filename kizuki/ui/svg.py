"""Pictures drawn on the server: geometry in attributes, every look in a class of the stylesheet, every text escaped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import escape
from itertools import combinations, pairwise

from django.utils.safestring import SafeString, mark_safe


def text_width(text: str, size: float) -> float:
    """About how wide `text` is at font size `size`, in px: full-width characters 1 em, others 0.57 em."""
    return sum(size if unicodedata.east_asian_width(c) in "WF" else size * 0.57 for c in text)


def wrap(text: str, size: float, width: float, lines: int) -> list[str]:
    """Break `text` into at most `lines` lines of `width` px; what does not fit ends in an ellipsis. Latin words stay whole."""
    made: list[str] = []
    line = ""
    for piece in _pieces(text):
        if text_width((line + piece).rstrip(), size) <= width or not line:
            line += piece
        else:
            made.append(line.strip())
            line = piece.lstrip()
    made.append(line.strip())
    made = [line for line in made if line]
    if len(made) > lines:
        last = made[lines - 1]
        while last and text_width(last + "…", size) > width:
            last = last[:-1]
        made = [*made[: lines - 1], last.rstrip() + "…"]
    return made


_NOT_FIRST = "、。，．・：；？！）］｝」』ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ)]}"


def _pieces(text: str) -> Iterable[str]:
    """Where a line may break: after blanks and hyphens in Latin, between full-width characters, not before closing signs."""
    piece = ""
    for char in text:
        full = unicodedata.east_asian_width(char) in "WF"
        breaks = piece and (piece[-1] in " -/" or full or unicodedata.east_asian_width(piece[-1]) in "WF")
        if breaks and char not in _NOT_FIRST and piece[-1] not in "（［「『(":
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


_KATAKANA = re.compile("[ァ-ヶー]")
_HIRAGANA = re.compile("[ぁ-ゖ]")


def _script(char: str) -> str:
    if _KATAKANA.match(char):
        return "katakana"
    if _HIRAGANA.match(char):
        return "hiragana"
    return "kanji" if unicodedata.east_asian_width(char) in "WF" else "latin"


def _harm(before: str, after: str) -> int:
    """How much a break between two characters hurts: least at a sign or blank, then where the script changes."""
    if before in " ・、／）］」" or after in "（［「":
        return 0 if before != " " else 5
    if _script(before) != _script(after) and _script(after) != "hiragana":
        return 25
    return 60


def balanced(text: str, size: float, width: float, lines: int) -> list[str]:
    """Like `wrap`; what needs more lines is broken where it reads best, and about evenly."""
    if text_width(text, size) <= width:
        return [text]
    best: tuple[float, list[str]] | None = None
    pieces = list(_pieces(text))
    for cuts in (cuts for n in range(1, min(lines, 3)) for cuts in combinations(range(1, min(len(pieces), 30)), n)):
        rows = ["".join(pieces[i:j]) for i, j in pairwise((0, *cuts, len(pieces)))]
        wide = [text_width(row.strip(), size) for row in rows]
        if max(wide) > width:
            continue
        harm = sum(_harm(row[-1], after[0]) for row, after in pairwise(rows)) + (max(wide) - min(wide)) / 2
        harm += 20 * len(cuts)
        best = min(best or (harm, rows), (harm, rows))
    return [row.strip() for row in best[1]] if best else wrap(text, size, width, lines)


def number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


class Drawing:
    """A picture that is put together from paths, boxes, marks and texts. `id` makes its title's id unique on the page."""

    def __init__(self, id: str, width: float, height: float, title: str, description: str) -> None:
        self.id, self.width, self.height = id, width, height
        self.title, self.description = title, description
        self._parts: list[str] = []

    def path(self, css: str, d: str) -> None:
        self._parts.append(f'<path class="{css}" d="{d}"/>')

    def line(self, css: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self.path(css, f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}")

    def rect(self, css: str, x: float, y: float, width: float, height: float) -> None:
        self._parts.append(
            f'<rect class="{css}" x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"/>'
        )

    def circle(self, css: str, x: float, y: float, radius: float) -> None:
        self._parts.append(f'<circle class="{css}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>')

    def text(self, css: str, x: float, y: float, text: str) -> None:
        self._parts.append(f'<text class="{css}" x="{number(x)}" y="{number(y)}">{escape(text)}</text>')

    def use(self, symbol: str, css: str, x: float, y: float, size: float = 16) -> None:
        """A mark of the page's sprite with its centre at (x, y)."""
        at = f'x="{number(x - size / 2)}" y="{number(y - size / 2)}" width="{number(size)}" height="{number(size)}"'
        self._parts.append(f'<use class="{css}" href="#{symbol}" {at}/>')

    def kind(self, kind: str, n: int | str, x: float, y: float) -> None:
        """The mark of an entry's kind with its number, centre at (x, y)."""
        self._parts.append(kind_mark(kind, n, x, y))

    def arrow_head(self, css: str, x: float, y: float, direction: str, size: float = 9) -> None:
        """A head whose tip is at (x, y); direction is right, left, up or down."""
        half = size * 5 / 9
        shape = {
            "right": f"l{number(-size)} {number(-half)}v{number(2 * half)}z",
            "left": f"l{number(size)} {number(-half)}v{number(2 * half)}z",
            "down": f"l{number(-half)} {number(-size)}h{number(2 * half)}z",
            "up": f"l{number(-half)} {number(size)}h{number(2 * half)}z",
        }[direction]
        self.path(css, f"M{number(x)} {number(y)}{shape}")

    def markup(self) -> SafeString:
        """The whole `<svg>`, with title and description for readers who do not see it."""
        head = (
            f'<svg width="{number(self.width)}" height="{number(self.height)}" '
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" role="img" '
            f'aria-labelledby="{self.id}-t {self.id}-d"><title id="{self.id}-t">{escape(self.title)}</title>'
            f'<desc id="{self.id}-d">{escape(self.description)}</desc>'
        )
        return mark_safe(head + "".join(self._parts) + "</svg>")  # noqa: S308 - every text was escaped above


#: The four families of kinds and their shapes.
FAMILY = {
    "enable": "attack", "attack": "attack", "detect": "find", "analyse": "find", "contain": "act", "eradicate": "act",
    "recover": "act", "escalate": "tell", "decide": "tell", "communicate": "tell", "report": "tell", "learn": "tell",
}  # fmt: skip


def kind_mark(kind: str, n: int | str, x: float, y: float) -> str:
    """The group of a kind's shape and its number, centre at (x, y)."""
    family = FAMILY[kind]
    at_x, at_y = number(x), number(y)
    shape = {
        "attack": f'<path d="M{number(x - 13)} {at_y}L{at_x} {number(y - 13)}L{number(x + 13)} {at_y}L{at_x} {number(y + 13)}z"/>',
        "find": f'<circle cx="{at_x}" cy="{at_y}" r="10.5"/>',
        "act": f'<rect x="{number(x - 10)}" y="{number(y - 10)}" width="20" height="20"/>',
        "tell": f'<path d="M{number(x - 10.5)} {number(y - 9)}h21v16h-14l-4 4v-4h-3z"/>',
    }[family]
    drop = 2.5 if family == "tell" else 4
    return (
        f'<g class="k-{family}">{shape}<text class="kn" x="{at_x}" y="{number(y + drop)}">{escape(str(n))}</text></g>'
    )


def small_kind(kind: str, n: int | str = "") -> SafeString:
    """The mark of a kind as its own small picture, to stand before a line of text."""
    return mark_safe(f'<svg viewBox="0 0 26 26" aria-hidden="true">{kind_mark(kind, n, 13, 13)}</svg>')  # noqa: S308
