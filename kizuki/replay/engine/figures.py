"""The figures of one day: how much is in full, which cases go through, how much is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

import msgspec

from kizuki.casebook.engine.format import Case
from kizuki.replay.engine.coverage import Cover
from kizuki.replay.engine.heat import STATES, Focus, columns, focused
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.replay import replay_all
from kizuki.replay.engine.result import Known

#: Machines by state, in the order of `heat.STATES`.
Counts: TypeAlias = tuple[int, int, int, int, int]
NOTHING: Final[Counts] = (0, 0, 0, 0, 0)
STOPPED: Final = ("stopped", "contained", "out of reach", "not applicable")


class Figures(msgspec.Struct, frozen=True):
    """`coverage`: measure → machines by state; `units`: top units (or those below the only one) → the same summed over all measures,
    so that one machine counts once a measure. `cases`: case → word. `assumed`: things that the results take for true without a
    record. `devices`: seen and not in the register, None where nobody looked."""

    assets: int
    rows: int
    coverage: dict[str, Counts]
    units: dict[str, Counts]
    cases: dict[str, str]
    assumed: int
    devices: int | None = None

    @property
    def whole(self) -> Counts:
        """All measures together."""
        return add(self.coverage.values())

    def words(self) -> dict[str, int]:
        """How many cases go through, depend, are stopped, and have no verdict."""
        made = {"through": 0, "depends": 0, "stopped": 0, "other": 0}
        for word in self.cases.values():
            made[word if word in made else "stopped" if word in STOPPED else "other"] += 1
        return made


def figures(register: Compiled, cases: Iterable[Case], devices: int | None = None) -> Figures:
    """The figures of a register as it counts on a day, over these cases."""
    coverage = {id: counts(register, register.cover(id), register.all) for id in register.catalogue}
    parts = columns(register, "units", Focus())
    units = {
        column.id: add(counts(register, register.cover(id), column.bits) for id in register.catalogue)
        for column in parts
        if column.id and not column.direct
    }
    words: dict[str, str] = {}
    assumed = 0
    for result in replay_all(cases, register, questions=False, changes=False, steps=False):
        words[result.case] = result.word
        assumed += len(result.assumed)
    everything = register.count(focused(register, Focus()))
    return Figures(everything, len(register.assets), coverage, units, words, assumed, devices)


def counts(register: Compiled, cover: Cover, where: int) -> Counts:
    """Machines at these assets by state of a measure."""
    full, partial, none, unknown, inapplicable = (
        register.count(bits & where)
        for bits in (cover.full, cover.partial, cover.none, cover.unknown, cover.inapplicable)
    )
    return full, partial, none, unknown, inapplicable


def add(several: Iterable[Counts]) -> Counts:
    made = list(NOTHING)
    for one in several:
        for n, value in enumerate(one):
            made[n] += value
    return made[0], made[1], made[2], made[3], made[4]


def share(counts: Sequence[int], state: Known = "full") -> float | None:
    """Percent of what is applicable that is in a state; None where nothing is applicable."""
    applicable = sum(counts[:4])
    return 100 * counts[STATES.index(state)] / applicable if applicable else None
