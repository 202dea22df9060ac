"""Text that does nothing where it is taken along: no formula in a spreadsheet, no control character, no letter that turns a line round."""

from __future__ import annotations

import re
from typing import Final

#: What a spreadsheet may take for the beginning of a formula, also as it is typed in Japanese.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: XML and JSON hold no such characters, or no reader shows them: controls, halves of pairs, what is no character at all.
_DEAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
#: They make a reader see letters in another order than they stand.
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The text as every format can hold it; lines end with \\n."""
    plain = _TURNING.sub("", _DEAD.sub("", text))
    return plain.replace("\r\n", "\n").replace("\r", "\n")


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula. One that begins like such a cell is marked as well, so that `meant` gives back
    what was written."""
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def meant(text: str) -> str:
    """What was written where a cell says this."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*FORMULA, "'")) else text
