"""What is wrong in a file: one line each, with the place and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Final

import msgspec

#: No report is longer: nobody reads the two-hundredth line of a file that is wrong from the start.
MAX_FAULTS: Final = 200


class Fault(msgspec.Struct, frozen=True, order=True):
    """One thing wrong in a file: `FILE:LINE: what is wrong and what would be right`. Line 0: the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class BadFile(ValueError):
    """A file that cannot be taken. `faults` has at least one entry; nothing of the file was stored."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


def did_you_mean(word: Any, known: Iterable[Any]) -> str:
    """“; did you mean x?” for a likely slip, else the words that are known, if they are few."""
    words = [str(k) for k in known]
    # a very long word is no slip, and comparing it would take long
    close = difflib.get_close_matches(str(word), words, n=1, cutoff=0.6) if len(str(word)) <= 200 else []
    if close:
        return f"; did you mean “{close[0]}”?"
    return f"; known are {', '.join(words)}" if 0 < len(words) <= 12 else "; remove it"


def quoted(value: Any) -> str:
    """A value as a message shows it: short, on one line."""
    if value is None:
        return "an empty value"
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return f"“{str(value).lower()}”"
    text = "".join(c if c.isprintable() else " " for c in str(value)[:61])
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
