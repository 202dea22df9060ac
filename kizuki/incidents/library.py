"""The library's texts of what to do next."""

from __future__ import annotations

import functools

from kizuki.incidents.engine import next_file
from kizuki.incidents.engine.next_file import NextSteps
from kizuki.kit.library import library_path
from kizuki.measures.library import measures


@functools.cache
def next_steps() -> NextSteps:
    path = library_path() / "next_steps.yaml"
    return next_file.read(path.name, path.read_bytes(), measures=frozenset(measures()))
