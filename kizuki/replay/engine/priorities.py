"""Priorities: what to find out first and what to do first, by the harm avoided over all cases.

The gain of closing a gap is the harm avoided (assets × importance) in the run with unknown as none, times how like us
the case is, added up over the cases; so a step that several cases share counts once for each of them. Rows are chosen
one after the other, each by what it adds to those above it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Final

from kizuki.casebook.engine.format import Case
from kizuki.replay.engine.ends import endings
from kizuki.replay.engine.gaps import Gap, ask, bearing, closed, gaps_of, near
from kizuki.replay.engine.plan import Plan, make_plan
from kizuki.replay.engine.ranked import CaseGain, Grouped, Likeness, Optimum, Priorities, Priority, PriorityList
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.replay import find_questions
from kizuki.replay.engine.result import Ask, Word
from kizuki.replay.engine.stage import Reading
from kizuki.replay.engine.walk import End, Walk, touched

MAX_ROWS: Final = 15
#: So many sets are tried at most, for the exact optimum and for pairs where nothing alone gains anything.
MAX_SETS: Final = 500
SIZES: Final = ((100, "tens"), (1_000, "hundreds"), (10_000, "thousands"), (math.inf, "tens-of-thousands"))


def priorities(cases: Sequence[Case], register: Compiled) -> Priorities:
    """The two lists, ask and do, for these cases; studies are left out, as they have no steps to walk."""
    players = [_Player(case, register) for case in sorted(cases, key=lambda case: case.id) if _playable(case, register)]
    gaps = gaps_of(register, sorted({m for player in players for m in player.plan.measures}))
    lists = [
        _Ranking(players, register, [gap for gap in gaps if (gap.index is None) == asking]).rank()
        for asking in (True, False)
    ]
    return Priorities(
        tuple(player.case.id for player in players), tuple(player.likeness for player in players), lists[0], lists[1],
        _grouped(players), sum(player.weight * player.end.key[1] for player in players),
    )  # fmt: skip


def likeness(case: Case, register: Compiled) -> Likeness:
    """How like us the case is: 1, and 1 for each shared tag of the profile, 2 for the sector, 1 for the size."""
    about = register.about
    shared = tuple(sorted(set(case.profile) & set(about.profile)))
    sector = about.sector != "not stated" and about.sector == case.organisation.sector
    size = not isinstance(about.size, str) and case.organisation.size == size_class(about.size)
    return Likeness(case.id, 1 + len(shared) + 2 * sector + size, shared, sector, size)


def size_class(people: int) -> str:
    """The vocabulary's word for an organisation of so many people."""
    return next(word for limit, word in SIZES if people < limit)


def _playable(case: Case, register: Compiled) -> bool:
    return bool(register.assets and case.attack and case.kind != "study")


class _Player:
    """A case with what it loses under any set of closed gaps, each computed once."""

    def __init__(self, case: Case, register: Compiled) -> None:
        self.case, self.register = case, register
        self.likeness = likeness(case, register)
        self.weight = self.likeness.weight
        self.plan: Plan = make_plan(case, register)
        self.walk = Walk(self.plan, register, Reading())
        self.end = self.walk.run()
        self.measures = frozenset(self.plan.measures)
        self.known: dict[tuple[tuple[str, int], ...], End] = {(): self.end}

    def after(self, gaps: Iterable[Gap]) -> End:
        """The worst way of the case with these gaps closed."""
        mine = sorted((gap for gap in gaps if gap.measure in self.measures), key=lambda gap: gap.name)
        name = tuple(gap.name for gap in mine)
        if name not in self.known:
            self.known[name] = Walk(self.plan, self.register, Reading(False, closed(mine)), earlier=self.walk).run()
        return self.known[name]

    def word(self, end: End) -> Word:
        return endings(self.plan, self.register, end)[0].word


class _Ranking:
    """Greedy choice of gaps, each by what it adds."""

    def __init__(self, players: list[_Player], register: Compiled, gaps: list[Gap]) -> None:
        self.players, self.register, self.gaps = players, register, gaps
        self.chosen: list[Gap] = []
        self.base = self.harm(())

    def harm(self, gaps: Sequence[Gap]) -> int:
        return sum(player.weight * player.after(gaps).key[1] for player in self.players)

    def lost(self, gaps: Sequence[Gap]) -> int:
        return sum(player.weight * player.after(gaps).key[3] for player in self.players)

    def candidates(self, chosen: Sequence[Gap]) -> list[Gap]:
        """The gaps that the attacks pass now; closing any other changes nothing by itself."""
        found: dict[tuple[str, int], Gap] = {}
        for player in self.players:
            end = player.after(chosen)
            if end.key[1]:
                found |= {gap.name: gap for gap in near(self.gaps, touched(player.plan, end.marks))}
        return [gap for name, gap in sorted(found.items()) if gap not in chosen]

    def rank(self) -> PriorityList:
        rows: list[Priority] = []
        now = self.base
        while len(rows) < MAX_ROWS and now:
            best, ties = self._best(now)
            if not best:
                break
            before, self.chosen = list(self.chosen), [*self.chosen, *best]
            after = self.harm(self.chosen)
            rows.append(self._row(best, ties, before, now - after, self.base - after))
            now = after
        return PriorityList(tuple(rows), now, self._optimum(rows), len(rows) == MAX_ROWS and now > 0)

    def _best(self, now: int) -> tuple[tuple[Gap, ...], list[Gap]]:
        """The gap, or where none alone gains the pair, that avoids most harm, then most loss; and its equals."""
        candidates = self.candidates(self.chosen)
        scored = self._scored([(gap,) for gap in candidates], now)
        if not scored:
            pairs = list(itertools.islice(self._pairs(candidates), MAX_SETS))
            scored = self._scored(pairs, now)
        if not scored:
            return (), []
        gain, _, best = scored[0]
        ties = [sets[0] for other, _, sets in scored[1:] if other == gain and len(sets) == 1]
        return best, ties

    def _pairs(self, candidates: list[Gap]) -> Iterable[tuple[Gap, ...]]:
        """Pairs of which the second lies on the way that the attack takes once the first is closed."""
        seen: set[frozenset[tuple[str, int]]] = set()
        for first in candidates:
            for second in self.candidates([*self.chosen, first]):
                name = frozenset((first.name, second.name))
                if name not in seen:
                    seen.add(name)
                    yield first, second

    def _scored(self, sets: list[tuple[Gap, ...]], now: int) -> list[tuple[int, int, tuple[Gap, ...]]]:
        lost = self.lost(self.chosen)
        made = [
            (now - self.harm([*self.chosen, *gaps]), lost - self.lost([*self.chosen, *gaps]), gaps) for gaps in sets
        ]
        return sorted(
            (row for row in made if row[0] > 0), key=lambda row: (-row[0], -row[1], [gap.name for gap in row[2]])
        )

    def _row(self, best: tuple[Gap, ...], ties: list[Gap], before: list[Gap], gain: int, total: int) -> Priority:
        measure = self.register.catalogue.get(best[0].measure)
        return Priority(
            tuple(self.ask(gap) for gap in best), gain, total, tuple(self._cases(before)),
            tuple(self.ask(gap) for gap in ties),
            measure.cost if measure else "not stated", measure.function if measure else None,
        )  # fmt: skip

    def _cases(self, before: list[Gap]) -> Iterable[CaseGain]:
        for player in self.players:
            was, now = player.after(before), player.after(self.chosen)
            if was.key != now.key:
                yield CaseGain(
                    player.case.id, player.weight, was.key[1], now.key[1],
                    player.word(was), player.word(now), was.key[3], now.key[3],
                )  # fmt: skip

    def ask(self, gap: Gap) -> Ask:
        at = 0
        for player in self.players:
            at |= bearing(player.plan, gap.measure)
        return ask(self.register, gap, at)

    def _optimum(self, rows: list[Priority]) -> Optimum | None:
        """The best set of as many gaps as the first rows, by trying all that there are; None where they are too
        many."""
        size = min(len(rows), 3)
        if not size or any(len(row.asks) > 1 for row in rows[:size]) or math.comb(len(self.gaps), size) > MAX_SETS:
            return None
        gains = [(self.base - self.harm(sets), sets) for sets in itertools.combinations(self.gaps, size)]
        best = max(gain for gain, _ in gains)
        found = [sets for gain, sets in gains if gain == best][:3]
        told = tuple(tuple(self.ask(gap) for gap in sets) for sets in found)
        return Optimum(size, best, rows[size - 1].total, told)


def _grouped(players: list[_Player]) -> tuple[Grouped, ...]:
    """Equal questions of all cases that depend on answers, those of most cases first."""
    asked: dict[str, tuple[Ask, list[str]]] = {}
    for player in players:
        hopeful = Walk(player.plan, player.register, Reading(True)).run(only_through=True)
        if not player.end.key[0] or hopeful.key[0]:
            continue
        questions, _ = find_questions(player.walk, player.end)
        for one in {found.key: found for question in questions for found in question.asks}.values():
            asked.setdefault(one.key, (one, []))[1].append(player.case.id)
    ordered = sorted(asked.items(), key=lambda pair: (-len(pair[1][1]), pair[0]))
    return tuple(Grouped(one, tuple(names)) for _, (one, names) in ordered)


__all__ = ["likeness", "priorities", "size_class"]
