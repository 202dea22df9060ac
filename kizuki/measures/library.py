"""The library's catalogue of measures, read once."""

from __future__ import annotations

import functools

from kizuki.kit.library import library_path
from kizuki.measures.engine import format


@functools.cache
def catalogue() -> format.Measures:
    path = library_path() / "measures.yaml"
    return format.read(path.name, path.read_bytes())


@functools.cache
def measures() -> dict[str, format.Measure]:
    """The measures by id, in catalogue order."""
    return catalogue().by_id()
