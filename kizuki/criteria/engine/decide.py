"""Deciding by compiled criteria: one case with its reasons, or very many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial, reduce
from itertools import combinations, product
from operator import add
from typing import Final

import msgspec

from kizuki.criteria.engine.compile import Compiled
from kizuki.criteria.engine.format import UNKNOWN

#: Facts that a change may touch at once, and cells looked at in the search for it.
MOST_CHANGED: Final = 4
MOST_LOOKED: Final = 200_000
#: Changes shown for each direction.
MOST_CHANGES: Final = 8


class Given(msgspec.Struct, frozen=True):
    """A fact as it was given: the value (None: nobody knows), where it comes from, and on which day that held (ISO date)."""

    value: str | None
    source: str = ""
    day: str = ""


class Used(msgspec.Struct, frozen=True):
    """A fact as it was used. `value` None: unknown, and `read_as` the worst reading. `asked`: the deciding rule asks for it."""

    fact: str
    value: str | None
    read_as: str
    asked: bool
    source: str = ""
    day: str = ""


class Change(msgspec.Struct, frozen=True):
    """Facts that would have to be otherwise, as (fact, value), and the outcome and rule that they would lead to."""

    facts: tuple[tuple[str, str], ...]
    outcome: str
    rule: str


class Decision(msgspec.Struct, frozen=True):
    """An outcome with everything that it rests on. `milder` and `stricter`: the fewest facts that would change it."""

    criteria: str
    cell: int
    outcome: str
    rule: str
    facts: tuple[Used, ...]
    unknown: tuple[str, ...]
    milder: tuple[Change, ...]
    stricter: tuple[Change, ...]


class BadFacts(ValueError):
    """Facts that the criteria cannot take: of each fact the id, and why: "no fact", "no value" or "needed"."""

    def __init__(self, wrong: dict[str, str]) -> None:
        self.wrong = wrong
        super().__init__("; ".join(f"{fact}: {_WHY[why]}" for fact, why in wrong.items()))


_WHY: Final = {
    "no fact": "this is not a fact of these criteria",
    "no value": "this is not a value of the fact",
    "needed": "an answer is needed, it cannot stay unknown",
}


def cell_of(compiled: Compiled, facts: Mapping[str, str | None]) -> int:
    """The number of the cell of these facts; a fact that is not given is unknown. Raises `BadFacts`."""
    cell = 0
    wrong: dict[str, str] = {}
    for fact, places in zip(compiled.criteria.facts, compiled.places, strict=True):
        place = places.get(value := facts.get(fact.id))
        if place is None:
            wrong[fact.id] = "needed" if value in (None, UNKNOWN) else "no value"
        else:
            cell += place
    known = {fact.id for fact in compiled.criteria.facts}
    wrong |= {fact: "no fact" for fact in facts if fact not in known}
    if wrong:
        raise BadFacts(wrong)
    return cell


def facts_of(compiled: Compiled, cell: int) -> dict[str, str | None]:
    """The facts of a cell; None for what is unknown."""
    found: dict[str, str | None] = {}
    for fact, size, stride in zip(compiled.criteria.facts, compiled.sizes, compiled.strides, strict=True):
        digit = cell // stride % size
        found[fact.id] = fact.values[digit].id if digit < len(fact.values) else None
    return found


def decide_many(compiled: Compiled, columns: Mapping[str, Sequence[str | None]]) -> bytes:
    """The outcomes of many cases as ranks, one byte each. `columns`: for each fact its value in every case.

    Raises `BadFacts` where a fact or a value is not one of the criteria.
    """
    missing = {fact.id: "needed" for fact in compiled.criteria.facts if fact.id not in columns}
    if missing:
        raise BadFacts(missing)
    cells: list[Iterable[int]] = []
    for fact, places in zip(compiled.criteria.facts, compiled.places, strict=True):
        column = columns[fact.id]
        if not set(column) <= places.keys():
            raise BadFacts({fact.id: "no value"})
        cells.append(map(places.__getitem__, column))
    return bytes(map(compiled.outcomes.__getitem__, reduce(partial(map, add), cells)))


def decide(compiled: Compiled, facts: Mapping[str, Given | str | None]) -> Decision:
    """Decide one case, with reasons. Raises `BadFacts` for a fact or value that the criteria do not know."""
    given = {id: value if isinstance(value, Given) else Given(value) for id, value in facts.items()}
    cell = cell_of(compiled, {id: one.value for id, one in given.items()})
    criteria = compiled.criteria
    rule = criteria.rules[compiled.rules[cell]]
    known, readings = facts_of(compiled, cell), reading(compiled, cell)
    used = tuple(
        Used(
            fact.id, known[fact.id], readings[fact.id], fact.id in rule.when,
            given.get(fact.id, _NOTHING).source, given.get(fact.id, _NOTHING).day,
        )
        for fact in criteria.facts
    )  # fmt: skip
    unknown = tuple(fact for fact, value in known.items() if value is None)
    milder, stricter = changes(compiled, cell)
    return Decision(criteria.id, cell, rule.outcome, rule.id, used, unknown, milder, stricter)


_NOTHING: Final = Given(None)


def reading(compiled: Compiled, cell: int) -> dict[str, str]:
    """The facts of a cell with everything unknown read as what gives its outcome by its rule: the worst values."""
    found: dict[str, str] = {}
    for fact, size, stride in zip(compiled.criteria.facts, compiled.sizes, compiled.strides, strict=True):
        digit = cell // stride % size
        if digit == len(fact.values):
            base = cell - digit * stride
            worst = range(len(fact.values) - 1, -1, -1)
            digit = next(v for v in worst if fact.monotone or compiled.rules[base + v * stride] == compiled.rules[cell])
            cell = base + digit * stride
        found[fact.id] = fact.values[digit].id
    return found


#: One step of one fact: how far it is, how much it adds to the cell's number, and (fact, value).
_Step = tuple[int, int, tuple[str, str]]


def changes(compiled: Compiled, cell: int) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """The changes of the fewest facts that lead to a milder and to a stricter outcome, at most eight of each.

    For the same facts only the smallest step is given: of ordered values the nearest, of others the first. Changes of more
    than four facts are not looked for.
    """
    here, strictest = compiled.outcomes[cell], len(compiled.criteria.outcomes)
    steps = [_steps(compiled, n, cell) for n in range(len(compiled.sizes))]
    return _fewest(compiled, cell, steps, range(here)), _fewest(compiled, cell, steps, range(here + 1, strictest))


def _steps(compiled: Compiled, n: int, cell: int) -> list[_Step]:
    """All other values that fact `n` could have, the nearest first. From unknown, the worst value is the nearest."""
    fact, stride = compiled.criteria.facts[n], compiled.strides[n]
    digit = cell // stride % compiled.sizes[n]
    steps = [
        (abs(value - digit) if fact.monotone else 1, (value - digit) * stride, (fact.id, one.id))
        for value, one in enumerate(fact.values)
        if value != digit
    ]
    return sorted(steps, key=lambda step: step[0])


def _fewest(compiled: Compiled, cell: int, steps: Sequence[Sequence[_Step]], wanted: range) -> tuple[Change, ...]:
    found: list[Change] = []
    looked = 0
    for number in range(1, MOST_CHANGED + 1 if wanted else 0):
        for chosen in combinations(steps, number):
            ways = sorted(product(*chosen), key=lambda way: sum(step[0] for step in way))
            looked += len(ways)
            way = next((way for way in ways if _rank(compiled, cell, way) in wanted), None)
            if way is not None:
                found.append(_change(compiled, cell, way))
            if len(found) >= MOST_CHANGES or looked > MOST_LOOKED:
                return tuple(found)
        if found:
            break
    return tuple(found)


def _rank(compiled: Compiled, cell: int, way: Sequence[_Step]) -> int:
    return compiled.outcomes[cell + sum(step[1] for step in way)]


def _change(compiled: Compiled, cell: int, way: Sequence[_Step]) -> Change:
    rule = compiled.criteria.rules[compiled.rules[cell + sum(step[1] for step in way)]]
    return Change(tuple(step[2] for step in way), rule.outcome, rule.id)
