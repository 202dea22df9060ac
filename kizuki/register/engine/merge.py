"""Two people change one record: what each changed is kept, and where both changed the same field, both texts are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

#: What a document says of a field that it does not have.
SILENT: Final = None


class Clash(NamedTuple):
    """A field that two people changed differently: what it was, and what each of them wrote. None: nothing."""

    field: str
    base: Any
    mine: Any
    theirs: Any


def merge(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[Clash, ...]]:
    """The document with both changes, `theirs` where the two clash, and the clashes. Lists of words are merged word by word, so
    that two people may add to the same list."""
    merged: dict[str, Any] = {}
    clashes: list[Clash] = []
    for field in dict.fromkeys([*theirs, *mine, *base]):
        was, my, their = base.get(field, SILENT), mine.get(field, SILENT), theirs.get(field, SILENT)
        value = their
        if my not in (was, their):
            if their == was:
                value = my
            elif all(_words(x) for x in (was, my, their)):
                value = _joined(was or [], my or [], their or [])
            else:
                clashes.append(Clash(field, was, my, their))
        if value is not SILENT and value != []:
            merged[field] = value
    return merged, tuple(clashes)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """The fields that differ, with what they were and are, in the order of the newer document."""
    fields = dict.fromkeys([*after, *before])
    return [(f, before.get(f), after.get(f)) for f in fields if before.get(f) != after.get(f)]


def _words(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(word, str) for word in value))


def _joined(was: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    taken_out = set(was) - set(mine)
    return [word for word in theirs if word not in taken_out] + [w for w in mine if w not in was and w not in theirs]
