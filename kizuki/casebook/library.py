"""The library's own cases and its glossary, read from files."""

from __future__ import annotations

import functools

from kizuki.casebook.engine import glossary as glossary_engine
from kizuki.casebook.engine.format import Case as Document
from kizuki.casebook.engine.read import read
from kizuki.kit.library import library_path
from kizuki.measures.library import catalogue
from kizuki.register.library import vocabulary


@functools.cache
def cases() -> tuple[Document, ...]:
    """The cases that come with Kizuki, in the order of their file names."""
    return tuple(
        read(path.name, path.read_bytes(), vocabulary=vocabulary(), measures=catalogue())
        for path in sorted((library_path() / "cases").glob("*.yaml"))
    )


@functools.cache
def glossary() -> glossary_engine.Glossary:
    path = library_path() / "glossary.yaml"
    return glossary_engine.read(path.name, path.read_bytes())
