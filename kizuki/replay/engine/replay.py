"""Replay: walking a case's attack steps over a register and its coverage, twice, and saying what came of it and
why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kizuki.casebook.engine.format import Case
from kizuki.replay.engine.ends import endings
from kizuki.replay.engine.gaps import Gap, ask, bearing, closed, gaps_of, near
from kizuki.replay.engine.plan import Plan, make_plan
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.result import Change, Loss, Question, Replay, RunKind, Sight
from kizuki.replay.engine.stage import Reading
from kizuki.replay.engine.tell import first_sight, loss_of, name_of, tell
from kizuki.replay.engine.walk import End, Walk, touched

MAX_QUESTIONS: Final = 3
#: Lists longer than this, or more walks than this, are not looked for; `questions_cut` then says so.
MAX_LIST: Final = 6
MAX_WALKS: Final = 3000


def replay(
    case: Case, register: Compiled, *, questions: bool = True, changes: bool = True, steps: bool = True
) -> Replay:
    """One case over one register. `questions` and `changes` may be left out, and `steps`, the explanation of each
    step."""
    empty = Loss()
    if case.kind == "study" or not case.attack:
        return Replay(case.id, "study", None, empty)
    if not register.assets:
        return Replay(case.id, "cannot be judged", None, empty)
    register, plan = ready(case, register)
    none = Walk(plan, register, Reading())
    ends = {"none": none.run()}
    walks = {"none": none, "full": Walk(plan, register, Reading(hopeful=True), earlier=none)}
    ends["full"] = walks["full"].run()
    runs = {kind: tell(walks[kind], ends[kind], kind, steps=steps) for kind in _KINDS}
    shown = runs["none"]
    depends = ends["none"].key[0] and not ends["full"].key[0]
    asked, cut = find_questions(walks["none"], ends["none"]) if depends and questions else ((), False)
    return Replay(
        case.id, "depends" if depends else shown.word, shown.step, shown.loss, shown, runs["full"],
        plan.alone, plan.judged, shown.assumed, shown.seen, asked, cut,
        tuple(_changes(walks["none"], ends["none"])) if changes else (),
        tuple(move.id for move in plan.moves if move.outside or move.capped),
    )  # fmt: skip


_KINDS: Final[tuple[RunKind, RunKind]] = ("none", "full")


def ready(case: Case, register: Compiled) -> tuple[Compiled, Plan]:
    """The plan of a case, and the register with room for all its entries."""
    plan = make_plan(case, register)
    wide = register.wide_enough(0 if plan.alone else sum(move.entry for move in plan.moves))
    return (register, plan) if wide is register else (wide, make_plan(case, wide))


def replay_all(
    cases: Iterable[Case], register: Compiled, *, questions: bool = True, changes: bool = True, steps: bool = True
) -> Iterator[Replay]:
    """Each case over one register, in the order given; one at a time, so that ten thousand need no more memory than
    one."""
    for case in cases:
        yield replay(case, register, questions=questions, changes=changes, steps=steps)


def find_questions(walk: Walk, end: End) -> tuple[tuple[Question, ...], bool]:
    """The shortest lists of unknowns that, in force, end the case; and whether the search was cut short.

    Any list that ends the case must hold something that the attack passes on the way it goes without it, so that only
    those are added: breadth first, until the first length at which a list ends the case."""
    plan, register = walk.plan, walk.register
    unknown = [gap for gap in gaps_of(register, plan.measures) if gap.index is None]
    level: dict[tuple[str, ...], tuple[tuple[Gap, ...], End]] = {(): ((), end)}
    walks = 0
    for _ in range(MAX_LIST):
        following: dict[tuple[str, ...], tuple[tuple[Gap, ...], End]] = {}
        found: list[tuple[tuple[Gap, ...], Walk]] = []
        for chosen, way in level.values():
            for gap in near(unknown, touched(plan, way.marks)):
                gaps = tuple(sorted({*chosen, gap}, key=lambda g: g.measure))
                name = tuple(g.measure for g in gaps)
                if gap in chosen or name in following:
                    continue
                walks += 1
                tried = Walk(plan, register, Reading(False, closed(gaps)), earlier=walk)
                following[name] = (gaps, tried.run(only_through=True))
                if not following[name][1].key[0]:
                    found.append((gaps, tried))
        if found or not following or walks > MAX_WALKS:
            found.sort(key=lambda pair: [g.measure for g in pair[0]])
            return tuple(_question(plan, register, gaps) for gaps, _ in found[:MAX_QUESTIONS]), not found
        level = following
    return (), True


def _question(plan: Plan, register: Compiled, gaps: tuple[Gap, ...]) -> Question:
    end = Walk(plan, register, Reading(False, closed(gaps))).run()
    ending, _ = endings(plan, register, end)
    asks = tuple(ask(register, gap, bearing(plan, gap.measure)) for gap in gaps)
    return Question(asks, ending.word, name_of(plan, ending.move), loss_of(plan, register, end))


def _changes(walk: Walk, end: End) -> Iterator[Change]:
    """Each gap that matters, closed by itself; left out where nothing changes."""
    plan, register = walk.plan, walk.register
    before, seen = loss_of(plan, register, end), first_sight(walk, end)
    was = (*endings(plan, register, end), before, _told(seen))
    at = touched(plan, end.marks)
    for gap in near(gaps_of(register, plan.measures), at):
        tried = Walk(plan, register, Reading(False, closed([gap])), earlier=walk)
        then = tried.run()
        ending, ended = endings(plan, register, then)
        after, sight = loss_of(plan, register, then), first_sight(tried, then)
        if (ending, ended, after, _told(sight)) == was:
            continue
        yield Change(
            ask(register, gap, bearing(plan, gap.measure)), ending.word, name_of(plan, ending.move), before, after, seen, sight,
            ended.word if ended else None, name_of(plan, ended.move) if ended else None,
        )  # fmt: skip


def _told(sight: Sight | None) -> tuple[str, str, str] | None:
    return None if sight is None else (sight.step, sight.measure, sight.delay)
