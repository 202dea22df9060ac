"""How a walk ended: the result word, the move it names, and where an attack that went through then went no
further."""

from __future__ import annotations

from typing import Final

import msgspec

from kizuki.replay.engine import reach
from kizuki.replay.engine.bits import union
from kizuki.replay.engine.plan import Plan
from kizuki.replay.engine.reach import Held
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.result import Word
from kizuki.replay.engine.walk import End


class Ending(msgspec.Struct, frozen=True):
    """A result word and the move it names."""

    word: Word
    move: int | None


def endings(plan: Plan, register: Compiled, end: End) -> tuple[Ending, Ending | None]:
    """The result of one way the case can go; and, where it went through, where it then went no further."""
    suffered = [n for n in plan.ends if end.marks[n].taken]
    if not suffered:
        return _last_stop(plan, register, end, -1) or Ending("out of reach", None), None
    through = max(suffered)
    beyond = any(n > through for n in plan.ends)
    return Ending("through", through), _last_stop(plan, register, end, through) if beyond else None


PRECEDENCE: Final[tuple[Word, ...]] = ("contained", "stopped", "out of reach", "not applicable")


def _last_stop(plan: Plan, register: Compiled, end: End, after: int) -> Ending | None:
    """Why the attack did not get to its end: of the reasons the first in order, and of the steps with it the last."""
    found: dict[Word, int] = {}
    for n in plan.relevant:
        if n > after and not plan.moves[n].outside and (reason := why_not(plan, register, end, n)) is not None:
            found[reason] = n
    for word in PRECEDENCE:
        if (last := found.get(word)) is not None:
            return Ending(word, cuts_before(plan, end, last)[-1] if word == "contained" else last)
    return None


def why_not(plan: Plan, register: Compiled, end: End, n: int) -> Word | None:
    """Why a move took nothing; None where it did, or where the attack had ended before it."""
    mark = end.marks[n]
    if mark.status == "not reached":
        return "contained" if any(end.marks[a].taken for a in plan.moves[n].after) else None
    if mark.status == "out of reach" and cut_off(plan, register, end, n):
        return "contained"
    return mark.status if mark.status in ("stopped", "out of reach", "not applicable") else None


def cuts_before(plan: Plan, end: End, n: int) -> list[int]:
    """The moves before one, along `after`, at which the attack was contained somewhere."""
    return [b for b in plan.moves[n].before if (m := end.marks[b]).isolated | m.zone | m.account | m.link]


def cut_off(plan: Plan, register: Compiled, end: End, n: int) -> bool:
    """Whether the move would reach something, had nothing been contained before it."""
    move = plan.moves[n]
    if not cuts_before(plan, end, n):
        return False
    held = Held(union(end.marks[b].taken for b in move.before))
    return bool(move.fit & reach.by(move.step.via, register, held, move.alone).any)
