"""The measures map: how far each measure holds in each unit, zone or kind of asset, as counts from sets of assets.

A cell counts machines by state of the measure; its own state is read from the sets alone, so that weights never hide a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.casebook.engine.format import Case
from kizuki.replay.engine.bits import union
from kizuki.replay.engine.coverage import Cover, below
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.replay import ready
from kizuki.replay.engine.result import Known
from kizuki.replay.engine.stage import Reading
from kizuki.replay.engine.walk import Walk, touched

Axis: TypeAlias = Literal["units", "zones", "kinds"]
#: How a cell went from one day to another. `known`: less is unknown and nothing else differs.
Change: TypeAlias = Literal["better", "worse", "mixed", "known", "same", "new", "gone"]
STATES: Final[tuple[Known, ...]] = ("full", "partial", "none", "unknown", "not applicable")
#: The id of the column for what has no unit or zone recorded.
NOWHERE: Final = ""


class Focus(msgspec.Struct, frozen=True):
    """The part of the organisation that is looked at: all that is given must hold. `direct`: of the unit only what belongs to it
    itself. `units`: the units that the reader may see, None for all."""

    unit: str | None = None
    zone: str | None = None
    kind: str | None = None
    direct: bool = False
    units: frozenset[str] | None = None


class Column(msgspec.Struct, frozen=True):
    """A column of the map. `direct`: only what belongs to the unit itself, without the units below it."""

    id: str
    bits: int
    assets: int
    direct: bool = False


class Cell(msgspec.Struct, frozen=True):
    """One measure in one column: machines, or their weights, by state. `state` None: there is no asset here."""

    full: int = 0
    partial: int = 0
    none: int = 0
    unknown: int = 0
    inapplicable: int = 0
    state: Known | None = None

    @property
    def applicable(self) -> int:
        return self.full + self.partial + self.none + self.unknown

    def by_state(self) -> dict[Known, int]:
        counts = (self.full, self.partial, self.none, self.unknown, self.inapplicable)
        return dict(zip(STATES, counts, strict=True))


class Line(msgspec.Struct, frozen=True):
    """A measure in every column. `whole`: over all that is looked at. `cases`: for each column the cases that pass there."""

    measure: str
    whole: Cell
    cells: tuple[Cell, ...]
    cases: tuple[tuple[str, ...], ...]


class Heat(msgspec.Struct, frozen=True):
    """The map. `assets`: machines in all that is looked at."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    assets: int


class Passing(msgspec.Struct, frozen=True):
    """Where a case that goes through passes: for each measure the assets at which its gap could have changed it, as sets of
    `register`, which may have more bits than the map's."""

    case: str
    register: Compiled
    where: Mapping[str, int]


def focused(register: Compiled, focus: Focus) -> int:
    """The assets that are looked at."""
    made = register.all
    if focus.units is not None:
        made = union(register.units.get(unit, 0) for unit in focus.units)
    if focus.unit is not None:
        made &= register.units.get(focus.unit, 0) if focus.direct else _within(register, focus.unit)
    if focus.zone is not None:
        made &= register.zones.get(focus.zone, 0) if focus.zone != NOWHERE else register.nowhere
    if focus.kind is not None:
        made &= register.exact_kinds.get(focus.kind, 0)
    return made


def _within(register: Compiled, unit: str) -> int:
    if unit == NOWHERE:
        return register.all & ~union(register.units.values())
    return union(register.units.get(id, 0) for id in below(register.organisation.units, unit))


def columns(register: Compiled, axis: Axis, focus: Focus) -> tuple[Column, ...]:
    """The columns that have assets: units below the one looked at, or zones, or kinds. Zones may overlap, as an asset may stand
    in several."""
    look = focused(register, focus)
    if axis == "units":
        parts = _unit_parts(register, focus)
    elif axis == "zones":
        parts = [(zone, bits, False) for zone, bits in register.zones.items()]
        parts.append((NOWHERE, register.nowhere, False))
    else:
        parts = [(kind, bits, False) for kind, bits in register.exact_kinds.items()]
    return tuple(
        Column(id, bits & look, register.count(bits & look), direct) for id, bits, direct in parts if bits & look
    )


def _unit_parts(register: Compiled, focus: Focus) -> list[tuple[str, int, bool]]:
    units = register.organisation.units
    seen = {unit.id for unit in units} if focus.units is None else focus.units
    tops = [unit.id for unit in units if unit.id in seen and (unit.parent is None or unit.parent not in seen)]
    top = focus.unit if focus.unit is not None else tops[0] if len(tops) == 1 else None
    nowhere = [] if focus.unit is not None else [(NOWHERE, _within(register, NOWHERE), False)]
    if top is None:
        return [*((unit, _within(register, unit), False) for unit in tops), *nowhere]
    # A single column would say nothing: where one unit holds all others, they are shown.
    inside = [] if focus.direct else [unit.id for unit in units if unit.parent == top]
    own = (top, register.units.get(top, 0), bool(inside))
    return [own, *((unit, _within(register, unit), False) for unit in inside), *nowhere]


def heat(
    register: Compiled,
    measures: Sequence[str],
    axis: Axis,
    focus: Focus,
    *,
    weighted: bool = False,
    passing: Iterable[Passing] = (),
) -> Heat:
    """The map of these measures. `weighted`: machines count as much as their highest importance, 1 where nobody has judged it."""
    look = focused(register, focus)
    cols = columns(register, axis, focus)
    count = weigher(register) if weighted else register.count
    passed = [_letters(found, axis, focus) for found in passing]
    lines = []
    for measure in measures:
        cover = register.cover(measure)
        cells = tuple(cell(cover, column.bits, count) for column in cols)
        cases = tuple(_cases(passed, measure, column) for column in cols)
        lines.append(Line(measure, cell(cover, look, count), cells, cases))
    return Heat(cols, tuple(lines), register.count(look))


def cell(cover: Cover, where: int, count: Callable[[int], int]) -> Cell:
    """How far a measure holds at these assets."""
    full, partial, none = cover.full & where, cover.partial & where, cover.none & where
    unknown, inapplicable = cover.unknown & where, cover.inapplicable & where
    counts = (count(bits) if bits else 0 for bits in (full, partial, none, unknown, inapplicable))
    return Cell(*counts, state=_state(full, partial, none, unknown, inapplicable))  # type: ignore[misc, arg-type]


def _state(full: int, partial: int, none: int, unknown: int, inapplicable: int) -> Known | None:
    """The word for assets of different states: full or none where all are; where only full and unknown meet, unknown; else
    partial. What is not applicable counts only where nothing else is there."""
    if not (full or partial or none or unknown):
        return "not applicable" if inapplicable else None
    if not (partial or none):
        return "unknown" if unknown else "full"
    return "none" if not (full or partial or unknown) else "partial"


def weigher(register: Compiled) -> Callable[[int], int]:
    """Sums the importance of the machines in a set: of each the highest of its three values."""
    left, levels = register.all, []
    for value in (3, 2, 1):
        bits = left & union(dimension[value] for dimension in register.importance)
        left &= ~bits
        levels.append((value, bits))
    return lambda bits: sum(value * register.count(bits & level) for value, level in levels if bits & level)


def passing(cases: Iterable[Case], register: Compiled) -> tuple[Passing, ...]:
    """For each case that goes through with everything unknown absent: where gaps let it pass, on its worst way."""
    made = []
    for case in cases:
        if case.kind == "study" or not case.attack or not register.assets:
            continue
        wide, plan = ready(case, register)
        end = Walk(plan, wide, Reading()).run()
        if not end.key[0]:
            continue
        where = {}
        for measure, bits in touched(plan, end.marks).items():
            cover = wide.cover(measure)
            if left := bits & (cover.partial | cover.none | cover.unknown):
                where[measure] = left
        made.append(Passing(case.id, wide, where))
    return tuple(made)


def _letters(found: Passing, axis: Axis, focus: Focus) -> tuple[Passing, dict[tuple[str, bool], int]]:
    cols = columns(found.register, axis, focus)
    return found, {(column.id, column.direct): column.bits for column in cols}


def _cases(
    passed: Sequence[tuple[Passing, Mapping[tuple[str, bool], int]]], measure: str, column: Column
) -> tuple[str, ...]:
    key = (column.id, column.direct)
    return tuple(found.case for found, bits in passed if found.where.get(measure, 0) & bits.get(key, 0))


def change(before: Cell | None, now: Cell | None) -> Change:
    """How a cell went. Better: no smaller share is full, nor full or partial, and one of them is larger."""
    if before is None or before.state is None:
        return "same" if now is None or now.state is None else "new"
    if now is None or now.state is None:
        return "gone"
    up = [
        _sign(now_part * before.applicable - then_part * now.applicable)
        for now_part, then_part in (
            (now.full, before.full), (now.full + now.partial, before.full + before.partial),
        )
    ]  # fmt: skip
    if any(up):
        return "mixed" if min(up) < 0 < max(up) else "better" if max(up) > 0 else "worse"
    return "known" if now.unknown * before.applicable < before.unknown * now.applicable else "same"


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


class Holding(msgspec.Struct, frozen=True):
    """A coverage row over the assets at which it decides. `index`: its number among the register's rows, None: nothing is
    recorded."""

    index: int | None
    state: Known
    bits: int
    assets: int


def holding(register: Compiled, measure: str, where: int) -> tuple[Holding, ...]:
    """The rows that decide about a measure at these assets: those of areas, then those of single assets, then what is unknown
    because nothing is recorded."""
    cover, rows = register.cover(measure), register.rows.rows
    made: list[Holding] = []
    for index, area in cover.areas:
        if here := area & where:
            made.append(Holding(index, _said(rows[index].state), here, register.count(here)))
    for n, index in sorted(cover.single.items(), key=lambda pair: pair[1]):
        if here := register.spread([n]) & where:
            made.append(Holding(index, _said(rows[index].state), here, register.count(here)))
    rest = where & ~union(found.bits for found in made)
    if rest:
        made.append(Holding(None, "unknown", rest, register.count(rest)))
    return tuple(made)


def _said(state: str) -> Known:
    return next((known for known in STATES if known == state), "unknown")


def numbers(register: Compiled, where: int) -> list[int]:
    """The register rows with a machine in the set, in order."""
    return register.atoms.first(where, len(register.assets) + 1)


def row_at(register: Compiled, measure: str, number: int) -> int | None:
    """The number of the coverage row that decides about a measure at one asset."""
    cover = register.cover(measure)
    if number in cover.single:
        return cover.single[number]
    bits = register.spread([number])
    return next((index for index, area in cover.areas if area & bits), None)


def state_at(register: Compiled, measure: str, number: int) -> Known:
    """The state of a measure at one asset, by its number."""
    bits = register.spread([number])
    return register.cover(measure).state(bits & -bits)
