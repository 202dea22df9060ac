"""Criteria as one whole table: a byte for each cell, found in one go, and refused unless total, alive and monotone.

The table is the product of all values of all facts, with "unknown" as one more value where a fact allows it. It is built
as a decision diagram: going through the facts in order, a cell is settled as soon as the first rule that is still possible
asks nothing more, and parts with the same rules left are built once. What is unknown has the strictest outcome of all its
readings: of a monotone fact the worst value, of others the worst over all values.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from operator import gt
from typing import Final

from kizuki.criteria.engine.checks import names
from kizuki.criteria.engine.format import AT_LEAST, UNKNOWN, Criteria, Fact, Rule
from kizuki.criteria.engine.problems import Cell, NotSound, Problem

MOST_CELLS: Final = 1_000_000
#: More faults of one kind teach nothing new.
MOST_MILDER: Final = 10
#: The code where no rule decides: above all others, so that the worst of several readings is a hole if one of them is.
_HOLE: Final = 255


@dataclass(frozen=True)
class Compiled:
    """The table of sound criteria. Cells are numbered by mixed radix: the sum of `places[n][value]` over the facts, where
    None and "unknown" stand for what nobody knows. `rules` and `outcomes` give the index of the deciding rule, and the
    rank of the outcome (0: the mildest), of every cell as one byte each."""

    criteria: Criteria
    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    places: tuple[dict[str | None, int], ...]
    rules: bytes
    outcomes: bytes

    @property
    def cells(self) -> int:
        return len(self.rules)


def admitted(fact: Fact, rule: Rule) -> tuple[int, ...]:
    """The indexes of the fact's values with which the rule can hold."""
    condition = rule.when.get(fact.id)
    ids = [value.id for value in fact.values]
    if condition is None:
        return tuple(range(len(ids)))
    if not isinstance(condition, str):
        return tuple(sorted(ids.index(value) for value in condition))
    first = ids.index(condition.removeprefix(AT_LEAST))
    return tuple(range(first, len(ids))) if condition.startswith(AT_LEAST) else (first,)


def cell_count(criteria: Criteria) -> int:
    """How many cells the whole table has, unknown values included."""
    return math.prod(len(fact.values) + fact.unknown for fact in criteria.facts)


def compile_criteria(criteria: Criteria) -> Compiled:
    """Build the whole table. Raises `NotSound` with what is wrong: names, size, cells without a rule, rules that never
    decide, worse values with milder outcomes."""
    if problems := tuple(names(criteria)):
        raise NotSound(problems)
    if (cells := cell_count(criteria)) > MOST_CELLS:
        words = {"cells": f"{cells:,}", "most": f"{MOST_CELLS:,}"}
        raise NotSound((Problem("size", ("facts",), words),))
    builder = _Builder(criteria)
    codes, holes = builder.build(0, (1 << len(criteria.rules)) - 1, ())
    problems = (*builder.hole_problem(holes), *builder.dead_problems(codes), *builder.milder)
    if problems:
        raise NotSound(problems)
    sizes = tuple(len(fact.values) + fact.unknown for fact in criteria.facts)
    strides = tuple(math.prod(sizes[n + 1 :]) for n in range(len(sizes)))
    places = tuple(_places(fact, stride) for fact, stride in zip(criteria.facts, strides, strict=True))
    return Compiled(
        criteria, sizes, strides, places, codes.translate(builder.to_rule), codes.translate(builder.to_rank)
    )


def _places(fact: Fact, stride: int) -> dict[str | None, int]:
    places: dict[str | None, int] = {value.id: n * stride for n, value in enumerate(fact.values)}
    if fact.unknown:
        places[UNKNOWN] = places[None] = len(fact.values) * stride
    return places


class _Builder:
    """Builds the table as bytes of codes. A code stands for a rule; of two codes the greater has the stricter outcome, and
    of equal outcomes the earlier rule, so that the worst reading of several is their maximum. Sets of rules are bits."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria, self.facts, self.rules = criteria, criteria.facts, criteria.rules
        rank = {outcome.id: n for n, outcome in enumerate(criteria.outcomes)}
        order = sorted(range(len(self.rules)), key=lambda n: (rank[self.rules[n].outcome], -n))
        self.code = {rule: code for code, rule in enumerate(order, 1)}
        self.to_rule = bytes([0, *order]).ljust(256, b"\0")
        ranks = [rank[self.rules[n].outcome] for n in order]
        self.to_rank = bytes([0, *ranks]).ljust(256, b"\0")
        # Where no rule decides nothing is stricter or milder: on the left a hole has rank 0, on the right the highest.
        self._right = self.to_rank[:_HOLE] + bytes([255])
        admits = [[admitted(fact, rule) for rule in self.rules] for fact in self.facts]
        self._admits = [
            [sum(1 << r for r, values in enumerate(rows) if v in values) for v in range(len(fact.values))]
            for fact, rows in zip(self.facts, admits, strict=True)
        ]
        self._settled = [
            sum(1 << r for r, rule in enumerate(self.rules) if not any(f.id in rule.when for f in self.facts[level:]))
            for level in range(len(self.facts) + 1)
        ]
        sizes = [len(fact.values) + fact.unknown for fact in self.facts]
        self._block = [math.prod(sizes[level:]) for level in range(len(sizes) + 1)]
        self._known = [math.prod(len(f.values) for f in self.facts[level:]) for level in range(len(sizes) + 1)]
        self._made: dict[tuple[int, int], tuple[bytes, int]] = {}
        self.first_hole: tuple[int, ...] | None = None
        self.milder: list[Problem] = []

    def build(self, level: int, left: int, prefix: tuple[int, ...]) -> tuple[bytes, int]:
        """The codes of all cells below `prefix`, with only the rules `left`, and how many known cells have no rule."""
        settled = left & self._settled[level]
        first = settled & -settled
        if first:  # rules after one that surely holds do not matter
            left &= (first << 1) - 1
        if left == first:
            if not left and self.first_hole is None:
                self.first_hole = (*prefix, *(0 for _ in self.facts[level:]))
            code = self.code[first.bit_length() - 1] if first else _HOLE
            return bytes([code]) * self._block[level], 0 if first else self._known[level]
        if (level, left) not in self._made:
            self._made[level, left] = self._join(level, left, prefix)
        return self._made[level, left]

    def _join(self, level: int, left: int, prefix: tuple[int, ...]) -> tuple[bytes, int]:
        parts: list[bytes] = []
        holes = 0
        for value, admits in enumerate(self._admits[level]):
            part, missing = self.build(level + 1, left & admits, (*prefix, value))
            parts.append(part)
            holes += missing
        fact = self.facts[level]
        if fact.monotone:
            self._compare(level, parts, prefix)
        if fact.unknown:
            parts.append(parts[-1] if fact.monotone else _worst(parts))
        return b"".join(parts), holes

    def _compare(self, level: int, parts: list[bytes], prefix: tuple[int, ...]) -> None:
        """Note the first cell where a worse value of the fact gives a milder outcome."""
        for value, (better, worse) in enumerate(itertools.pairwise(parts)):
            if better == worse or len(self.milder) >= MOST_MILDER:
                continue
            faults = map(gt, better.translate(self.to_rank), worse.translate(self._right))
            at = next((n for n, fault in enumerate(faults) if fault), None)
            if at is not None:
                rest = self._digits(at, level + 1)
                cells = (*prefix, value, *rest), (*prefix, value + 1, *rest)
                self._note(self.facts[level], cells, self.to_rule[better[at]], self.to_rule[worse[at]])

    def _note(self, fact: Fact, cells: tuple[tuple[int, ...], tuple[int, ...]], rule: int, other: int) -> None:
        first, second = self.rules[rule], self.rules[other]
        words = {
            "fact": fact.id, "rule": first.id, "strict": first.outcome, "other": second.id, "mild": second.outcome,
        }  # fmt: skip
        self.milder.append(
            Problem(
                "milder", ("rules", other), words, self._cell(cells[0]), self._cell(cells[1]), (first.id, second.id)
            )
        )

    def _digits(self, number: int, level: int) -> tuple[int, ...]:
        found = []
        for n in range(level, len(self.facts)):
            digit, number = divmod(number, self._block[n + 1])
            found.append(digit)
        return tuple(found)

    def _cell(self, digits: tuple[int, ...]) -> Cell:
        return tuple((fact.id, fact.values[digit].id) for fact, digit in zip(self.facts, digits, strict=True))

    def hole_problem(self, holes: int) -> tuple[Problem, ...]:
        """The first known cell without a rule, and how many there are."""
        if self.first_hole is None:
            return ()
        words = {"count": f"{holes:,}", "cells": f"{self._known[0]:,}"}
        return (Problem("hole", ("rules",), words, self._cell(self.first_hole)),)

    def dead_problems(self, codes: bytes) -> tuple[Problem, ...]:
        """The rules that decide no cell, each with the rules that decide its cells before it."""
        alive = set(codes)
        return tuple(
            Problem("dead", ("rules", n), {"rule": rule.id}, rules=self._hiding(n))
            for n, rule in enumerate(self.rules)
            if self.code[n] not in alive
        )

    def _hiding(self, rule: int) -> tuple[str, ...]:
        """The rules before `rule` that decide the cells where it would hold."""
        seen: set[tuple[int, int]] = set()
        found = 0
        todo = [(0, (1 << rule) - 1)]
        while todo:
            level, left = todo.pop()
            settled = left & self._settled[level]
            first = settled & -settled
            left &= (first << 1) - 1 if first else -1
            if (level, left) in seen:
                continue
            seen.add((level, left))
            if left == first:
                found |= first
                continue
            values = admitted(self.facts[level], self.rules[rule])
            todo += [(level + 1, left & self._admits[level][value]) for value in values]
        return tuple(other.id for n, other in enumerate(self.rules) if found >> n & 1)


def _worst(parts: list[bytes]) -> bytes:
    """For each cell the strictest of the parts."""
    worst = parts[0]
    for part in parts[1:]:
        if part != worst:
            worst = bytes(map(max, worst, part))
    return worst
