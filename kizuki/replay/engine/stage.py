"""What the measures of a case do at every asset, under one reading of the coverage: unknown as none or as full, gaps
closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from kizuki.replay.engine import reach
from kizuki.replay.engine.bits import two_of, union
from kizuki.replay.engine.plan import DELAYS, Bear, Move, Plan
from kizuki.replay.engine.reach import Held
from kizuki.replay.engine.register import Compiled


class Reading(msgspec.Struct, frozen=True):
    """How coverage is read. `hopeful`: unknown counts as full. `closed`: where a measure is taken as full, whatever
    is recorded."""

    hopeful: bool = False
    closed: Mapping[str, int] = {}

    def full(self, register: Compiled, measure: str) -> int:
        cover = register.cover(measure)
        made = cover.full | self.closed.get(measure, 0)
        return made | cover.unknown if self.hopeful else made


class Force(msgspec.Struct, frozen=True):
    """A measure in force, where, and at which side it is asked."""

    bear: Bear
    where: int


class Stage(msgspec.Struct, frozen=True):
    """One move under one reading. `stop`: assets at which a measure at the asset itself stops it; `sided`: measures
    asked at the source or at a boundary. `seen[d]`: seen within delay d or faster. `at_once`, `when_seen`: isolated.
    `fences` by what is closed."""

    stop: int
    sided: tuple[Force, ...]
    targets: tuple[int, ...]
    seen: tuple[int, int, int, int]
    at_once: int
    when_seen: int
    zone: int
    account: int
    link: int


def make_stage(move: Move, plan: Plan, register: Compiled, reading: Reading) -> Stage:
    """What the measures of `move` do under `reading`. Where the case states none, two analysts' together do it."""

    def forces(bears: Iterable[Bear], can: str) -> list[Force]:
        wanted = [b for b in bears if b.can == can and (b.stated or plan.judged)]
        return [Force(b, reading.full(register, b.measure)) for b in wanted]

    def where(found: list[Force]) -> int:
        sets = [force.where for force in found]
        return two_of(sets) if plan.judged else union(sets)

    stops = forces(move.prevent, "stops")
    sided = tuple(f for f in stops if f.bear.side != "target")
    targets = tuple(f.where for f in stops if f.bear.side == "target")
    isolates, fences = forces(move.contain, "isolates"), forces(move.contain, "fences")
    once = where([f for f in isolates if f.bear.at_once])
    after = where(isolates) if plan.judged else where([f for f in isolates if not f.bear.at_once])
    zone, account, link = (where([f for f in fences if f.bear.fence == what]) for what in ("zone", "account", "link"))
    stop = two_of(targets) if plan.judged else union(targets)
    return Stage(stop, sided, targets, _seen(move, plan, register, reading), once, after, zone, account, link)


def _seen(move: Move, plan: Plan, register: Compiled, reading: Reading) -> tuple[int, int, int, int]:
    made: list[int] = []
    for delay in range(len(DELAYS)):
        sets = [
            reading.full(register, b.measure)
            for b in move.detect
            if b.delay is not None and b.delay <= delay and (b.stated or plan.judged)
        ]
        made.append(two_of(sets) if plan.judged else union(sets))
    return made[0], made[1], made[2], made[3]


def stopped(move: Move, stage: Stage, register: Compiled, held: Held, judged: bool) -> int:
    """The assets at which the move is stopped, coming from `held`, whether reached or not."""
    if move.capped:
        return 0
    if not stage.sided:
        return stage.stop
    sets = [where_in_force(move, force.bear, force.where, register, held) for force in stage.sided]
    if judged:
        return two_of([*stage.targets, *sets])
    return stage.stop | union(sets)


def from_those_without(move: Move, register: Compiled, held: Held, having: int) -> int:
    """The assets that a move reaches from its sources outside `having`. By account these are the sources whose
    accounts are used; the network may be crossed from any other."""
    left = held.without(having)
    if move.step.via != "account":
        return reach.by(move.step.via, register, left, False).any
    return reach.realm(register, left).any & (
        reach.network(register, held).any | reach.link(register, held).any | register.internet.any
    )


def where_in_force(move: Move, bear: Bear, state: int, register: Compiled, held: Held) -> int:
    """The assets at which a measure in `state` stands in the move's way. Asked at the source: where every source that
    reaches the asset has it. At a boundary: where one is crossed, and the asset has it, or every source that reaches
    it."""
    if bear.side == "target":
        return state
    if move.alone or move.step.via not in ("network", "link", "account", "local"):
        return 0
    at_source = 0
    if held.sources & state:
        at_source = register.all & ~from_those_without(move, register, held, state)
    if bear.side == "source":
        return at_source
    return reach.crossed(register, held.sources) & (state | at_source)
