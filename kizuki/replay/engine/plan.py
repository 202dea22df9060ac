"""A case made ready for replay over one register: its steps in order, what can hit what, and what each named measure
can do."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.casebook.engine.format import AttackStep, Bears, Case, Via
from kizuki.measures.engine.format import Measure
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.result import Can, Delay, Part

Side: TypeAlias = Literal["target", "source", "boundary"]
ENTRY_VIAS: Final[frozenset[Via]] = frozenset({"internet", "mail", "supplier", "not stated"})
SOURCED_VIAS: Final[frozenset[Via]] = frozenset({"network", "link", "account", "local"})
DELAYS: Final[tuple[Delay, ...]] = ("minutes", "hours", "days", "weeks")
#: What a harmful effect strikes, as a number of `register.DIMENSIONS`.
STRIKES: Final[dict[str, int]] = {"leak": 0, "tamper": 1, "misuse": 1, "encrypt": 2, "outage": 2}
#: The measures that divide networks; on a network step they count only where a boundary is crossed.
BOUNDARY: Final = "zone"


class Bear(msgspec.Struct, frozen=True):
    """A measure named by a step, with what it can do there. `delay`: class of time in which it sees (an index of
    `DELAYS`)."""

    measure: str
    part: Part
    stated: bool
    can: Can
    side: Side = "target"
    delay: int | None = None
    at_once: bool = False
    fence: str | None = None


class Move(msgspec.Struct, frozen=True):
    """One attack step made ready. `after` and `before` are numbers of moves: those of which any one must have
    succeeded, and all that come before along them. `alone`: judged by itself, as the actions of a public report
    are. `bears`: what prevents, detects and contains; `decisive`: those of them that can change what becomes of the
    move."""

    n: int
    step: AttackStep
    after: tuple[int, ...]
    before: tuple[int, ...]
    fit: int
    fit_assumed: int
    prevent: tuple[Bear, ...]
    detect: tuple[Bear, ...]
    contain: tuple[Bear, ...]
    soften: tuple[Bear, ...]
    pace: int | None
    alone: bool
    outside: bool
    entry: bool
    capped: bool
    strikes: int | None
    bears: tuple[Bear, ...]
    decisive: tuple[Bear, ...]

    @property
    def id(self) -> str:
        return self.step.id


class Plan(msgspec.Struct, frozen=True):
    """A case made ready. `judged`: no measure is stated, so that two analysts' in full are the verdict. `ends`: the
    moves that decide whether the case goes through: those with harm, or the last where none has any."""

    case: Case
    moves: tuple[Move, ...]
    judged: bool
    alone: bool
    ends: tuple[int, ...]
    relevant: tuple[int, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that can change the case, sorted."""
        return tuple(sorted({b.measure for move in self.moves for b in move.bears if b.can != "supports"}))


def make_plan(case: Case, register: Compiled) -> Plan:
    """The plan of a case with attack steps."""
    alone = case.kind == "public-report"
    steps = case.attack if alone else _in_order(case.attack)
    number = {step.id: n for n, step in enumerate(steps)}
    named = _afters(case.attack)
    parts = [bears for s in steps for bears in (*s.prevent, *s.detect, *s.contain, *s.soften)]
    judged = not any(bears.stated for bears in parts)
    moves: list[Move] = []
    for n, step in enumerate(steps):
        after = () if alone else tuple(number[id] for id in named[step.id])
        before = {a for m in after for a in (m, *moves[m].before)}
        fit = register.fits(step.targets.kinds, step.targets.traits)
        ways = (n, after, tuple(sorted(before)))
        moves.append(_move(step, fit, register.catalogue, ways, alone=alone, judged=judged))
    harmful = [move.n for move in moves if move.strikes is not None]
    inside = [move.n for move in moves if not move.outside]
    ends = tuple(harmful or (inside if alone else inside[-1:]))
    relevant = tuple(sorted({m for end in ends for m in (end, *moves[end].before)}))
    return Plan(case, tuple(moves), judged, alone, ends, relevant)


def _afters(attack: tuple[AttackStep, ...]) -> dict[str, tuple[str, ...]]:
    before: str | None = None
    made: dict[str, tuple[str, ...]] = {}
    for step in attack:
        made[step.id] = step.after if step.after is not None else (() if before is None else (before,))
        before = step.id
    return made


def _in_order(attack: tuple[AttackStep, ...]) -> tuple[AttackStep, ...]:
    """The steps so that each comes after those it names, else in the file's order."""
    named, done, left = _afters(attack), set[str](), list(attack)
    made: list[AttackStep] = []
    while left:
        step = next((s for s in left if done.issuperset(named[s.id])), left[0])
        left.remove(step)
        done.add(step.id)
        made.append(step)
    return tuple(made)


def _move(
    step: AttackStep,
    fit: tuple[int, int],
    catalogue: dict[str, Measure],
    ways: tuple[int, tuple[int, ...], tuple[int, ...]],
    *,
    alone: bool,
    judged: bool,
) -> Move:
    """`fit`: the assets that fit, and those of them assumed to; `ways`: number, `after`, `before`."""
    pace = None if step.pace == "not stated" else DELAYS.index(step.pace)
    outside = step.via == "outside"
    entry = (alone or step.via in ENTRY_VIAS) and step.effect != "spread" and not outside
    capped = step.via == "not stated"
    prevent = tuple(_prevents(bears, catalogue.get(bears.measure), step) for bears in step.prevent)
    detect = tuple(_detects(bears, catalogue.get(bears.measure)) for bears in step.detect)
    contain = tuple(_contains(bears, catalogue.get(bears.measure)) for bears in step.contain)
    active = (*(() if capped else prevent), *detect, *contain)
    n, after, before = ways
    return Move(
        n, step, after, before, *fit, prevent, detect, contain,
        tuple(Bear(bears.measure, "soften", bears.stated, "softens") for bears in step.soften),
        pace, alone, outside, entry, capped, None if outside else STRIKES.get(step.effect),
        (*prevent, *detect, *contain),
        tuple(b for b in active if b.can not in ("supports", "hinders") and (b.stated or judged)),
    )  # fmt: skip


def _supports(bears: Bears, part: Part) -> Bear:
    return Bear(bears.measure, part, bears.stated, "supports")


def _idle(measure: Measure | None) -> bool:
    return measure is None or measure.function in ("govern", "identify")


def _prevents(bears: Bears, measure: Measure | None, step: AttackStep) -> Bear:
    if measure is None or _idle(measure) or measure.power.stops == "no":
        return _supports(bears, "prevent")
    side: Side = "target"
    if step.via == "network" and measure.power.fences == BOUNDARY:
        side = "boundary"
    elif bears.at == "source":
        side = "source"
    return Bear(bears.measure, "prevent", bears.stated, "stops" if measure.power.stops == "yes" else "hinders", side)


def _detects(bears: Bears, measure: Measure | None) -> Bear:
    if measure is None or _idle(measure) or measure.power.delay == "no":
        return _supports(bears, "detect")
    return Bear(bears.measure, "detect", bears.stated, "sees", delay=DELAYS.index(measure.power.delay))


def _contains(bears: Bears, measure: Measure | None) -> Bear:
    if measure is None or _idle(measure) or measure.power.contains == "no":
        return _supports(bears, "contain")
    if measure.power.contains == "fences":
        return Bear(bears.measure, "contain", bears.stated, "fences", fence=measure.power.fences)
    return Bear(bears.measure, "contain", bears.stated, "isolates", at_once=measure.power.delay == "minutes")
