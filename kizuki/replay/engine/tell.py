"""Telling a finished walk: result word, loss, entries, every step, what was seen, what is assumed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kizuki.replay.engine.bits import union
from kizuki.replay.engine.ends import cut_off, endings
from kizuki.replay.engine.explain import Explainer
from kizuki.replay.engine.plan import Move, Plan
from kizuki.replay.engine.register import IDS_SHOWN, Compiled
from kizuki.replay.engine.result import (
    Assumed,
    Entries,
    Entry,
    EntryOutcome,
    Loss,
    Missing,
    Run,
    RunKind,
    Sight,
    Soft,
    Step,
    TooLate,
    Verdict,
)
from kizuki.replay.engine.walk import End, Mark, Walk, harm_of, lost_of
from kizuki.replay.engine.ways import assumed_of, missing

MAX_OUTCOMES: Final = 40
_WEAKEST: Final[tuple[Verdict, ...]] = ("open", "hindered", "unknown", "stopped")


def loss_of(plan: Plan, register: Compiled, end: End) -> Loss:
    """What is lost on one way of the case."""
    lost = lost_of(plan, end.marks)
    harmed, harm = harm_of(plan, register, end.marks)
    important = union(
        end.marks[move.n].taken & register.importance[move.strikes][3]
        for move in plan.moves
        if move.strikes is not None
    )
    information = tuple(word for word, bits in register.holds.items() if bits & harmed)
    ids = register.ids
    return Loss(
        register.count(lost), register.count(harmed), harm, register.count(important), information,
        ids(lost, 4 * IDS_SHOWN), ids(harmed, 4 * IDS_SHOWN),
    )  # fmt: skip


def first_sight(walk: Walk, end: End) -> Sight | None:
    """The first step seen on one way of the case: where, by what, after how long."""
    explainer = Explainer(walk.plan, walk.register, end.marks, walk.reading, walk.stages)
    return next((sight for move in walk.plan.moves if (sight := explainer.sight(move))), None)


def tell(walk: Walk, end: End, kind: RunKind, *, steps: bool = True) -> Run:
    """One run, told from its worst entry."""
    plan, register = walk.plan, walk.register
    explainer = Explainer(plan, register, end.marks, walk.reading, walk.stages)
    ending, ended = endings(plan, register, end)
    told = tuple(_step(explainer, move, end, groups=steps) for move in plan.moves)
    isolated = union(mark.isolated | mark.zone | mark.account | mark.link for mark in end.marks)
    last = ended or ending
    return Run(
        kind, ending.word, name_of(plan, ending.move), loss_of(plan, register, end),
        ended.word if ended else None, name_of(plan, ended.move) if ended else None,
        _stopped_by(explainer, last.move) if last.word == "stopped" else (),
        _contained_by(explainer, last.move) if last.word == "contained" else (),
        register.count(isolated), _entry(walk, end), Entries() if walk.earlier else _entries(walk, end), told,
        next((step.seen for step in told if step.seen), None),
        tuple(_too_late(explainer)), tuple(_softened(plan, register, end)),
        tuple(assumed for step in told for assumed in step.assumed),
    )  # fmt: skip


def name_of(plan: Plan, n: int | None) -> str | None:
    """The id of a move's step."""
    return None if n is None else plan.moves[n].id


def _step(explainer: Explainer, move: Move, end: End, *, groups: bool) -> Step:
    register, mark = explainer.register, end.marks[move.n]
    verdicts = explainer.verdicts(move) if mark.candidates else {}
    count = {verdict: register.count(bits) for verdict, bits in verdicts.items() if bits}
    told, more = explainer.groups(move) if groups and mark.candidates else ((), 0)
    return Step(
        move.id, mark.status, move.step.via, move.step.effect, move.step.pace, move.strikes is not None,
        next((verdict for verdict in _WEAKEST if verdict in count), None),
        register.count(move.fit), register.count(mark.candidates), register.count(mark.taken),
        count.get("stopped", 0), count.get("hindered", 0), count.get("open", 0), count.get("unknown", 0),
        told, more, explainer.sight(move), _assumed(register, move, mark),
        _missing(explainer, move, end) if mark.status in ("out of reach", "not applicable") else None,
    )  # fmt: skip


def _assumed(register: Compiled, move: Move, mark: Mark) -> tuple[Assumed, ...]:
    if mark.status == "outside":
        return (Assumed(move.id, "outside"),)
    return assumed_of(register, move, mark.waves)


def _missing(explainer: Explainer, move: Move, end: End) -> Missing:
    fenced = cut_off(explainer.plan, explainer.register, end, move.n)
    return missing(explainer.register, move, end.marks[move.n].held, fenced)


def _stopped_by(explainer: Explainer, n: int | None) -> tuple[str, ...]:
    """The measures by which a step is stopped somewhere, in this run."""
    if n is None:
        return ()
    return tuple(explainer.stoppers(explainer.plan.moves[n]))


def _contained_by(explainer: Explainer, n: int | None) -> tuple[str, ...]:
    if n is None:
        return ()
    return tuple(explainer.containers(explainer.plan.moves[n]))


def _entry(walk: Walk, end: End) -> tuple[Entry, ...]:
    register = walk.register
    return tuple(
        Entry(walk.plan.moves[n].id, register.asset_at(bit).id, _alike(walk, bit))
        for n, bit in sorted(end.entries.items())
        if bit
    )


def _alike(walk: Walk, bit: int) -> int:
    return next((walk.register.count_rows(option.bits) for option in walk.options if option.bits & bit), 1)


def _entries(walk: Walk, end: End) -> Entries:
    """How the case goes from each entry; those that go the same way told as one."""
    plan, register = walk.plan, walk.register
    if not walk.options:
        return _without_options(plan, register, end)
    through, made = 0, dict[tuple[object, ...], tuple[int, End]]()
    for option in walk.options:
        through |= option.bits if option.end.key[0] else 0
        sign = (option.end.key, *endings(plan, register, option.end))
        bits, first = made.get(sign, (0, option.end))
        made[sign] = (bits | option.bits, first)
    ordered = sorted(made.values(), key=lambda pair: (pair[1].key, -(pair[0] & -pair[0])), reverse=True)
    everything = register.count_rows(union(o.bits for o in walk.options))
    outcomes = tuple(_outcome(plan, register, bits, first) for bits, first in ordered[:MAX_OUTCOMES])
    return Entries(register.count_rows(through), everything, outcomes)


def _outcome(plan: Plan, register: Compiled, bits: int, end: End) -> EntryOutcome:
    ending, _ = endings(plan, register, end)
    rows, count = register.count_rows(bits), register.count(bits)
    ids = register.ids(bits, 4 * IDS_SHOWN)
    return EntryOutcome(ending.word, name_of(plan, ending.move), rows, count, ids, loss_of(plan, register, end))


def _without_options(plan: Plan, register: Compiled, end: End) -> Entries:
    """No entry could be taken, or each action is judged alone: counted at the step that decides."""
    n = next((m for m in reversed(plan.ends) if end.marks[m].taken), None) if plan.alone else None
    if n is None:
        n = next((move.n for move in plan.moves if move.entry and end.marks[move.n].candidates), None)
    if n is None:
        return Entries()
    mark = end.marks[n]
    passing = mark.candidates & ~mark.stopped if mark.taken else 0
    return Entries(register.count_rows(passing), register.count_rows(mark.candidates))


def _too_late(explainer: Explainer) -> Iterator[TooLate]:
    for move in explainer.plan.moves:
        yield from explainer.too_late(move, explainer.marks[move.n].taken)


def _softened(plan: Plan, register: Compiled, end: End) -> Iterator[Soft]:
    for move in plan.moves:
        taken = end.marks[move.n].taken
        for bear in move.soften if taken else ():
            cover, count = register.cover(bear.measure), register.count
            full, partial, unknown = (count(taken & bits) for bits in (cover.full, cover.partial, cover.unknown))
            none = count(taken) - full - partial - unknown
            yield Soft(bear.measure, bear.stated, move.id, full, partial, unknown, none)
