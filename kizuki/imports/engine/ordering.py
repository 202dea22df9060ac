"""The order in which planned records are written, so that each portion names only what there is by then."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kizuki.imports.engine.lines import Document
from kizuki.register.engine.kinds import KINDS, RecordKind

#: What is written before other things, in stages: a later stage may name all that earlier ones brought.
STAGES: Final[tuple[tuple[RecordKind, ...], ...]] = (
    ("unit", "contact", "zone", "realm", "route", "information", "supplier", "service"),
    ("asset",),
    ("link", "backup", "coverage"),
)
#: Fields that may wait until what they name is there. All others are of kinds that come later than what they name.
_MAY_WAIT: Final[dict[RecordKind, dict[str, RecordKind]]] = {
    "unit": {"parent": "unit", "owner": "contact", "deputies": "contact"},
    "contact": {"unit": "unit", "deputy": "contact"},
    "service": {"needs": "service"},
}
Key = tuple[RecordKind, str]


class Step(NamedTuple):
    """One record to be written. `base`: as in `Line`; None for what this order itself wrote before."""

    kind: RecordKind
    key: str
    document: Document
    base: int | None


def in_order(steps: Sequence[Step], there: Callable[[RecordKind, str], bool]) -> tuple[list[Step], list[Step]]:
    """Steps of the first stage, so that none names what a later one brings, however they are cut into portions; and those that
    write the fields that had to wait, for afterwards. Units come from the top down."""
    ordered = sorted(steps, key=lambda step: STAGES[0].index(step.kind))
    ordered = [*_from_the_top([s for s in ordered if s.kind == "unit"]), *(s for s in ordered if s.kind != "unit")]
    at = {(step.kind, step.key): n for n, step in enumerate(ordered)}
    first: list[Step] = []
    later: list[Step] = []
    for n, step in enumerate(ordered):
        document = _without(step, functools.partial(_by_then, there, at, n))
        if document != step.document:
            later.append(step._replace(base=None))
        first.append(step._replace(document=document))
    return first, later


def _by_then(
    there: Callable[[RecordKind, str], bool], at: Mapping[Key, int], n: int, kind: RecordKind, key: str
) -> bool:
    """Whether a record is there when the step number `n` is reached."""
    return there(kind, key) or at.get((kind, key), n) < n


def _from_the_top(units: Sequence[Step]) -> list[Step]:
    parents = {step.key: step.document.get("parent") for step in units}
    depths: dict[str, int] = {}

    def depth(key: str) -> int:
        way: list[str] = []
        at: str | None = key
        while at is not None and at in parents and at not in depths and at not in way:
            way.append(at)
            at = parents[at]
        below = depths.get(at, 0) if at is not None else 0
        for n, one in enumerate(reversed(way), 1):
            depths[one] = below + n
        return depths[key]

    return sorted(units, key=lambda step: depth(step.key))


def _without(step: Step, there: Callable[[RecordKind, str], bool]) -> Document:
    """The document without those names that have to wait."""
    made = dict(step.document)
    for field, kind in _MAY_WAIT.get(step.kind, {}).items():
        named = made.get(field)
        kept = [key for key in ([named] if isinstance(named, str) else named or ()) if there(kind, key)]
        if named and not kept:
            del made[field]
        elif isinstance(named, list):
            made[field] = kept
    return made


def without_left(kind: RecordKind, document: Document, left: Callable[[RecordKind, str], bool]) -> Document | None:
    """The document without what was not brought after all; None where it is nothing without it."""
    made = dict(document)
    for attribute, of in KINDS[kind].references.items():
        field = attribute.rstrip("_")
        named = made.get(field)
        gone = [key for key in ([named] if isinstance(named, str) else named or ()) if left(of, key)]
        if not gone:
            continue
        if kind in ("route", "link", "backup"):
            return None
        kept = [] if isinstance(named, str) else [key for key in named or () if key not in gone]
        made.pop(field)
        if kept:
            made[field] = kept
    return made


def stripped(kind: RecordKind, document: Mapping[str, Any]) -> Document:
    """The document without the names that may wait: what is taken out is first taken apart, so that nothing in it holds the rest."""
    return {field: value for field, value in document.items() if field not in _MAY_WAIT.get(kind, {})}
