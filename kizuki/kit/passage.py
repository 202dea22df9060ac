"""A passage of text that can be found."""

from __future__ import annotations

from typing import NamedTuple


class Passage(NamedTuple):
    """One sentence or title: its language ("ja", "en"), the part of the thing where it stands, the text."""

    language: str
    part: str
    text: str
