"""Defanged text made plain again, with the way back to the places in the text as it was typed."""

from __future__ import annotations

import bisect
import re
from typing import Final, NamedTuple

from kizuki.incidents.engine.time_forms import PLAIN

#: Wide signs of a sentence stay what they are: they end an address of the web, and their narrow sisters may not.
_WIDE: Final = {code: sign for code, sign in PLAIN.items() if code != 0x301C and sign not in ",!;()"}
_DOT = r"\[\.\]|[(（]\.[)）]|\{\.\}|<\.>|[\[({（](?:dot|ドット)[\])}）]|\\\.|\[\.(?=[a-z0-9])|(?<=[a-z0-9])\.\]"
#: Each way to break an indicator; the group that matched tells what stood there.
_BROKEN: Final = re.compile(
    rf"(?P<dot>{_DOT}|\[[。．・]\])|(?P<at>[\[({{（](?:@|at)[\])}}）])|(?P<colons>\[:\]//|\[://\]|:\[//\]|\[:/{{2}}\])"
    r"|(?P<colon>\[:\])|(?P<slash>\[/\])|(?P<scheme>(?<![a-z0-9])(?:h[x*]{2}ps?|f[x*]ps?|meow)(?=\[?:))",
    re.IGNORECASE,
)
_MAY_BE_BROKEN: Final = re.compile(r"[\[({<（]|\\\.|\.\]|[hf][x*]|meow:", re.IGNORECASE)
_MEANT: Final = {"dot": ".", "at": "@", "colons": "://", "colon": ":", "slash": "/"}
#: An ideographic full stop between two such characters is a dot, or the end of a sentence.
STOP: Final = "。"


class Plain(NamedTuple):
    """`text`: as it was meant. `mended`: the places in it where something was broken. `starts`, `shifts`: from which place on how much
    has to be added to come to the place in the text as typed."""

    text: str
    mended: list[int]
    starts: list[int]
    shifts: list[int]

    def place(self, at: int) -> int:
        """The place in the text as it was typed. Use the last character's place plus one for an end."""
        return at + self.shifts[bisect.bisect_right(self.starts, at) - 1]

    def was_broken(self, start: int, end: int) -> bool:
        """Whether something between the places was defanged: somebody meant an indicator then."""
        n = bisect.bisect_left(self.mended, start)
        return n < len(self.mended) and self.mended[n] < end


def refanged(text: str) -> Plain:
    """The text with narrow signs and nothing defanged. Takes time in proportion to its length."""
    narrow = text if text.isascii() else text.translate(_WIDE)
    if not _MAY_BE_BROKEN.search(narrow):
        return Plain(narrow, [], [0], [0])
    parts: list[str] = []
    mended: list[int] = []
    starts, shifts = [0], [0]
    length = done = 0
    for match in _BROKEN.finditer(narrow):
        meant = _meant(match)
        parts += (narrow[done : match.start()], meant)
        mended.append(length + match.start() - done)
        length += match.start() - done + len(meant)
        done = match.end()
        starts.append(length)
        shifts.append(done - length)
    parts.append(narrow[done:])
    return Plain("".join(parts), mended, starts, shifts)


def _meant(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind != "scheme":
        return _MEANT[kind]
    said = match[0].lower()
    return ("ftp" if said[0] == "f" else "http") + ("s" if said.endswith("s") else "")
