"""A draft replayed over what was decided before: how many decisions would move, and from which outcome to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from kizuki.criteria.engine.compile import Compiled
from kizuki.criteria.engine.decide import cell_of

Direction: TypeAlias = Literal["same", "milder", "stricter", "other"]


class Past(msgspec.Struct, frozen=True):
    """Facts as they were decided upon (None: unknown), how often, and the outcome then; "" asks the old criteria."""

    facts: Mapping[str, str | None]
    count: int = 1
    outcome: str = ""


class Move(msgspec.Struct, frozen=True):
    """How many decisions go from one outcome to another. `other`: the new criteria have no outcome of the old id."""

    old: str
    new: str
    count: int
    direction: Direction


class Comparison(msgspec.Struct, frozen=True):
    """All decisions by their old and new outcome, in the order of the outcomes. `unlike`: how many had a fact or value that
    the new criteria do not have, and for which the new ones take it as unknown; `undecided`: how many lacked an answer
    that the new criteria insist on."""

    total: int
    moves: tuple[Move, ...]
    unlike: int
    undecided: int

    @property
    def moved(self) -> int:
        return sum(move.count for move in self.moves if move.direction != "same")


def compare(old: Compiled, new: Compiled, decisions: Iterable[Past]) -> Comparison:
    """Decide past cases again by `new`. Facts and values are matched by their ids."""
    known = [(fact.id, places) for fact, places in zip(new.criteria.facts, new.places, strict=True)]
    names = {id for id, _ in known}
    found: Counter[tuple[str, str]] = Counter()
    ids = [outcome.id for outcome in new.criteria.outcomes]
    total = unlike = undecided = 0
    for past in decisions:
        total += past.count
        cell, strange = 0, not past.facts.keys() <= names
        for id, places in known:
            place = places.get(past.facts.get(id))
            if place is None:
                strange, place = True, places.get(None)
            if place is None:
                break
            cell += place
        else:
            unlike += past.count * strange
            found[past.outcome or _outcome(old, past), ids[new.outcomes[cell]]] += past.count
            continue
        undecided += past.count
    return Comparison(total, _moves(old, new, found), unlike, undecided)


def _outcome(old: Compiled, past: Past) -> str:
    return old.criteria.outcomes[old.outcomes[cell_of(old, past.facts)]].id


def _moves(old: Compiled, new: Compiled, found: Mapping[tuple[str, str], int]) -> tuple[Move, ...]:
    after = {outcome.id: n for n, outcome in enumerate(new.criteria.outcomes)}
    before = {outcome.id: n for n, outcome in enumerate(old.criteria.outcomes)}
    order = sorted(found, key=lambda pair: (before.get(pair[0], -1), pair[0], after[pair[1]]))
    return tuple(Move(a, b, found[a, b], _direction(after, a, b)) for a, b in order)


def _direction(rank: Mapping[str, int], old: str, new: str) -> Direction:
    if old == new:
        return "same"
    if old not in rank:
        return "other"
    return "stricter" if rank[new] > rank[old] else "milder"
