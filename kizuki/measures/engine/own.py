"""An organisation's own measures beside those of the library: one catalogue, in which every id means one thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from kizuki.measures.engine.format import Measure, Measures

#: Own ids begin with X, so that no later library ever takes one of them.
OWN_ID: Final = re.compile(r"X[A-Z0-9-]{1,15}")
LONGEST: Final = 2000


class Clash(NamedTuple):
    """A measure of a file that cannot be taken: `taken` where it is one of the library with another content, else `form`."""

    id: str
    why: str


def joined(library: Measures, own: Iterable[Measure]) -> Measures:
    """The catalogue in force: the library's measures in their order, then the own ones by id."""
    kept = {measure.id for measure in library.measures}
    more = sorted((measure for measure in own if measure.id not in kept), key=lambda measure: measure.id)
    return msgspec.structs.replace(library, measures=(*library.measures, *more))


def own_of(library: Measures, given: Measures) -> tuple[list[Measure], list[Clash]]:
    """The own measures of a file, and what cannot be taken. A file may hold the library's measures too, unchanged."""
    known = library.by_id()
    made: list[Measure] = []
    clashes: list[Clash] = []
    for measure in given.measures:
        if measure.id in known:
            if measure != known[measure.id]:
                clashes.append(Clash(measure.id, "taken"))
        elif not OWN_ID.fullmatch(measure.id):
            clashes.append(Clash(measure.id, "form"))
        else:
            made.append(measure)
    return made, clashes


def next_id(taken: Iterable[str]) -> str:
    """The next free own id: X01, X02 …"""
    numbers = [int(id[1:]) for id in taken if re.fullmatch(r"X[0-9]{1,4}", id)]
    return f"X{max(numbers, default=0) + 1:02d}"


def wrong_with(measure: Measure, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What the form of an own measure allows and cannot be meant: (field, why), why one of missing, long, unknown, fences."""
    for part in ("name", "short", "text"):
        text = getattr(measure, part)
        if not text.in_("ja").strip():
            yield part, "missing"
        elif max(len(text.ja or ""), len(text.en or "")) > LONGEST:
            yield part, "long"
    if measure.split_from and measure.split_from not in set(known):
        yield "split_from", "unknown"
    if (measure.power.contains == "fences") != (measure.power.fences is not None):
        yield "fences", "fences"
