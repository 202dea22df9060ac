"""Which coverage row holds for a measure at an asset, and what it says there.

A row about one asset wins; else the row with more keys; of equals the worse state; then the scope's text in order.
Worse means less protection: none, not applicable, partial, unknown, full. A row that is no longer valid says unknown: it holds
where it held, so that nothing wider speaks in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from kizuki.kit.text import Text
from kizuki.register.engine.format import Coverage, Scope, Unit
from kizuki.replay.engine.bits import union
from kizuki.replay.engine.result import Known

if TYPE_CHECKING:
    from kizuki.replay.engine.register import Compiled

WORSE: Final[dict[Known, int]] = {"none": 0, "not applicable": 1, "partial": 2, "unknown": 3, "full": 4}


class Cover(msgspec.Struct, frozen=True):
    """One measure over all assets. `areas`: the rows that hold somewhere, with where; rows about single assets not
    among them. `single`: the row of an asset (by number) that has one of its own."""

    full: int
    partial: int
    none: int
    inapplicable: int
    unknown: int
    areas: tuple[tuple[int, int], ...]
    single: dict[int, int]
    singles: dict[Known, int]

    @property
    def rows_apart(self) -> Iterable[int]:
        """The sets of assets for which one row, or one state of rows of their own, holds."""
        return (*(area for _, area in self.areas), *self.singles.values())

    def area_row(self, bit: int) -> int | None:
        """The row that holds at an asset without one of its own; `bit` is a set with one member."""
        for index, area in self.areas:
            if area & bit:
                return index
        return None

    def state(self, bit: int) -> Known:
        """The state at one asset; `bit` is a set with one member."""
        if bit & self.full:
            return "full"
        if bit & self.partial:
            return "partial"
        if bit & self.none:
            return "none"
        return "not applicable" if bit & self.inapplicable else "unknown"


def scope_text(scope: Scope) -> str:
    """The scope in words that sort: its keys in order."""
    given = ((key, getattr(scope, key)) for key in ("all", "asset", "kind", "unit", "zone"))
    return " ".join(f"{key}={value}" for key, value in given if value is not None)


def _keys(scope: Scope) -> int:
    return sum(value is not None for value in (scope.unit, scope.zone, scope.kind, scope.asset))


def _rank(row: Coverage) -> tuple[object, ...]:
    evidence = row.evidence or ""
    words = f"{evidence.ja}\n{evidence.en}" if isinstance(evidence, Text) else evidence
    scope = row.scope
    return (scope.asset is None, -_keys(scope), WORSE[row.state], scope_text(scope), row.verified or "", words)


class Rows:
    """The coverage rows in an order that does not depend on the file's: by measure, then the row that wins first."""

    def __init__(self, rows: Iterable[Coverage]) -> None:
        self.rows: tuple[Coverage, ...] = tuple(sorted(rows, key=lambda row: (row.measure, _rank(row))))
        self.of: dict[str, list[int]] = {}
        for index, row in enumerate(self.rows):
            self.of.setdefault(row.measure, []).append(index)


def resolve(register: Compiled, measure: str) -> Cover:
    """Which row of `measure` holds where."""
    rows = register.rows
    indexes = rows.of.get(measure, [])
    states: dict[Known, int] = {"none": 0, "partial": 0, "full": 0, "not applicable": 0, "unknown": 0}
    single = _single(register, [i for i in indexes if rows.rows[i].scope.asset])
    singles = dict(states)
    for state in states:
        at = [n for n, index in single.items() if rows.rows[index].state == state]
        singles[state] = states[state] = register.spread(at) if at else 0
    left = register.all & ~sum(singles.values())
    areas: list[tuple[int, int]] = []
    for index in indexes:
        row = rows.rows[index]
        if row.scope.asset is None and (here := left & area(register, row.scope)):
            left &= ~here
            states[row.state] |= here
            areas.append((index, here))
    return Cover(
        states["full"], states["partial"], states["none"], states["not applicable"], left | states["unknown"],
        tuple(areas), single, singles,
    )  # fmt: skip


def _single(register: Compiled, indexes: list[int]) -> dict[int, int]:
    """The row that holds for each asset with a row of its own; `indexes` come with the winning row first."""
    made: dict[int, int] = {}
    for index in indexes:
        scope = register.rows.rows[index].scope
        n = register.number[scope.asset or ""]
        if n in made:
            continue
        if _keys(scope) == 1 or area(register, scope) & register.spread([n]):
            made[n] = index
    return made


def area(register: Compiled, scope: Scope) -> int:
    """The assets that a scope names; its `asset` aside."""
    made = register.all
    if scope.unit is not None:
        made &= union(register.units.get(unit, 0) for unit in below(register.organisation.units, scope.unit))
    if scope.zone is not None:
        made &= register.zones.get(scope.zone, 0)
    if scope.kind is not None:
        made &= register.kinds.get(scope.kind, 0)
    return made


def below(units: Iterable[Unit], top: str) -> set[str]:
    """A unit and all units below it."""
    children: dict[str, list[str]] = {}
    for unit in units:
        if unit.parent is not None:
            children.setdefault(unit.parent, []).append(unit.id)
    found, todo = {top}, [top]
    while todo:
        for child in children.get(todo.pop(), ()):
            if child not in found:
                found.add(child)
                todo.append(child)
    return found
