"""The library's own criteria, read from files."""

from __future__ import annotations

import functools

from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.read import read_sound
from kizuki.kit.library import library_path


@functools.cache
def documents() -> tuple[Criteria, ...]:
    """The criteria that come with Kizuki, in the order of their file names; each is sound."""
    paths = sorted((library_path() / "criteria").glob("*.yaml"))
    return tuple(read_sound(path.name, path.read_bytes()).criteria for path in paths)
