"""Gaps: a measure and a scope in which it is not in full force; closing one is what an answer, or work, would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from kizuki.replay.engine.explain import row_of
from kizuki.replay.engine.plan import Plan
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.result import Ask


class Gap(msgspec.Struct, frozen=True):
    """A measure that is not full over `where`. `index`: the coverage row that says so, None where nothing is recorded
    (unknown)."""

    measure: str
    index: int | None
    where: int

    @property
    def name(self) -> tuple[str, int]:
        return self.measure, -1 if self.index is None else self.index


def closed(gaps: Iterable[Gap]) -> dict[str, int]:
    """The gaps as closed, for a reading of the coverage."""
    made: dict[str, int] = {}
    for gap in gaps:
        made[gap.measure] = made.get(gap.measure, 0) | gap.where
    return made


def gaps_of(register: Compiled, measures: Iterable[str]) -> list[Gap]:
    """Every gap of these measures: the unknown rest of each, and each row that says none or partial. Rows about
    single assets that are alike in everything a replay looks at are not joined: each is a gap of its own."""
    made: list[Gap] = []
    for measure in measures:
        cover = register.cover(measure)
        if cover.unknown:
            made.append(Gap(measure, None, cover.unknown))
        rows = register.rows.rows
        made += [Gap(measure, i, area) for i, area in cover.areas if rows[i].state in ("none", "partial")]
        made += [
            Gap(measure, i, register.spread([n]))
            for n, i in sorted(cover.single.items(), key=lambda pair: pair[1])
            if rows[i].state in ("none", "partial")
        ]
    return made


def near(gaps: Sequence[Gap], at: Mapping[str, int]) -> list[Gap]:
    """The gaps that lie where they matter."""
    return [gap for gap in gaps if gap.where & at.get(gap.measure, 0)]


def bearing(plan: Plan, measure: str) -> int:
    """The assets at which the measure is asked for somewhere in the case."""
    made = 0
    for move in plan.moves:
        for bear in move.decisive:
            if bear.measure == measure:
                made |= move.fit if bear.side == "target" else -1
    return made


def ask(register: Compiled, gap: Gap, at: int) -> Ask:
    """A gap as it is told. `at`: the assets at which it matters."""
    where = gap.where & at or gap.where
    bit = where & -where
    row = None if gap.index is None else row_of(register, register.cover(gap.measure), bit)
    return Ask(
        gap.measure, "unknown" if row is None else row.state, row, register.count(where), register.count_rows(where),
        register.ids(where), tuple(zone for zone, bits in register.zones.items() if bits & where),
        tuple(kind for kind, bits in register.exact_kinds.items() if bits & where),
        tuple(unit for unit, bits in register.units.items() if bits & where),
    )  # fmt: skip
