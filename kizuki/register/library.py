"""The library's vocabulary, read once."""

from __future__ import annotations

import functools

from kizuki.kit.library import library_path
from kizuki.register.engine import vocabulary as engine


@functools.cache
def vocabulary() -> engine.Vocabulary:
    path = library_path() / "vocabulary.yaml"
    return engine.read(path.name, path.read_bytes())


@functools.cache
def names(kind: engine.Kind) -> dict[str, engine.Entry | engine.Tag | engine.Trait]:
    """The words of a kind by id."""
    return {word.id: word for word in vocabulary().of_kind(kind)}
