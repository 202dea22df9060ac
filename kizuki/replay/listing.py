"""Lists of outcomes: for replay's own pages, and for the casebook through its hooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from django.db.models import Count
from django.urls import reverse

from kizuki.casebook import hooks
from kizuki.casebook.models import Case
from kizuki.register.engine.format import Organisation as Register
from kizuki.register.models import Organisation, home
from kizuki.replay import actions, presenting, service
from kizuki.replay.engine.ranked import Priorities, PriorityList
from kizuki.replay.engine.result import Sight
from kizuki.replay.models import Outcome, Ranking

#: A page replays so many cases itself when their outcome is not kept yet; more are left to the job.
AT_ONCE = 10
STOPPED = ("stopped", "contained", "out of reach", "not applicable")


class Row(NamedTuple):
    """A line of the overview. `word` "" where the job has not come to the case yet."""

    case: Case
    word: str
    step: str
    marks: list[hooks.StepMark]
    lost: int
    harmed: int
    assumed: int
    seen: str
    seen_step: str
    address: str


def kept(organisation: Organisation, cases: Sequence[Case]) -> dict[int, Outcome]:
    """Outcomes by case; a few that are missing are made on the spot and not stored, since reading changes nothing."""
    found = {o.case_id: o for o in actions.current(organisation).filter(case_digest__in=[c.digest for c in cases])}
    gaps = [case for case in cases if case.pk not in found]
    for case in gaps if len(gaps) <= AT_ONCE else ():
        values = actions.values_of(service.replay_of(case, organisation, whole=False))
        found[case.pk] = Outcome(case=case, organisation=organisation, **values)
    return found


def rows(organisation: Organisation, cases: Sequence[Case]) -> list[Row]:
    outcomes = kept(organisation, cases)
    made = []
    for case in cases:
        outcome = outcomes.get(case.pk)
        seen = msgspec.convert(outcome.seen, Sight) if outcome and outcome.seen else None
        made.append(
            Row(
                case,
                outcome.word if outcome else "",
                outcome.step if outcome else "",
                [hooks.StepMark(*mark) for mark in outcome.marks] if outcome else [],
                outcome.lost if outcome else 0,
                outcome.harmed if outcome else 0,
                outcome.assumed if outcome else 0,
                presenting.sight(seen),
                seen.step if seen else "",
                reverse("replay:one", args=[case.slug]),
            )
        )
    return made


def grouped(word: str) -> str:
    """The four groups of results that figures and facets use."""
    return word if word in ("through", "depends") else "stopped" if word in STOPPED else "other"


def count_words(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(grouped(word) for word in words))


def counts(organisation: Organisation, cases: Any) -> dict[str, int]:
    """How many of the cases go through, depend, are stopped; from what is kept, or from a few replays where nothing is yet."""
    found: Counter[str] = Counter()
    outcomes = actions.current(organisation).filter(case_digest__in=cases.order_by().values("digest"))
    for word, n in outcomes.order_by().values_list("word").annotate(n=Count("pk")):
        found[grouped(word)] += n
    if not found:
        few = list(cases[: AT_ONCE + 1])
        if len(few) <= AT_ONCE:
            return count_words(outcome.word for outcome in kept(organisation, few).values())
    return dict(found)


def outcomes_for(person: Any, cases: Sequence[Case]) -> dict[str, hooks.Outcome]:
    """The casebook's hook: outcomes at the home organisation by the case's id."""
    organisation = home(person)
    if organisation is None:
        return {}
    return {
        row.case.slug: hooks.Outcome(row.word, row.step, row.marks, row.address)
        for row in rows(organisation, cases)
        if row.word
    }


def counts_for(person: Any, cases: Any) -> dict[str, int]:
    organisation = home(person)
    return counts(organisation, cases) if organisation else {}


def narrow(person: Any, cases: Any, words: Sequence[str]) -> Any:
    """The casebook's hook: only cases whose result is one of the groups asked for."""
    organisation = home(person)
    if organisation is None:
        return cases
    outcomes = actions.current(organisation).filter(case_digest__in=cases.order_by().values("digest"))
    wanted = {word for word in words if word in ("through", "depends")}
    wanted |= set(STOPPED) if "stopped" in words else set()
    wanted |= {"study", "cannot be judged"} if "other" in words else set()
    if not outcomes.exists():
        few = list(cases[: AT_ONCE + 1])
        found = kept(organisation, few) if len(few) <= AT_ONCE else {}
        return cases.filter(pk__in=[pk for pk, outcome in found.items() if outcome.word in wanted])
    return cases.filter(digest__in=outcomes.filter(word__in=wanted).values("case_digest"))


def priorities_for(organisation: Organisation) -> Priorities | None:
    """The kept priorities; where they are out of date, worked out on the spot for few cases, else None until the job has."""
    cases = actions.weighed()
    row = Ranking.objects.filter(organisation=organisation, digest=actions.ranking_digest(organisation, cases)).first()
    if row is not None:
        return msgspec.convert(row.found, Priorities)
    return service.priorities_of(cases, organisation) if len(cases) <= AT_ONCE else None


class Square(NamedTuple):
    """One case in the row of squares of a priority: already ended before, gained by this row, or neither."""

    mark: str
    state: str


class PriorityRow(NamedTuple):
    asks: list[presenting.AskLine]
    gain: int
    share: int
    total: int
    squares: list[Square]
    ties: list[presenting.AskLine]
    cost: str


def priorities_context(found: Priorities, register: Register, cases: dict[str, Case]) -> dict[str, Any]:
    where = presenting.Names(register)
    weights = sorted(found.likeness, key=lambda like: (-like.weight, like.case))
    return {
        "ask": _list(found.ask, where, found, cases),
        "do": _list(found.do, where, found, cases),
        "found": found,
        "likeness": [(cases[like.case], like) for like in weights if like.case in cases],
        "questions": [
            (presenting.ask_line(q.ask, where), [cases[c].mark for c in q.cases if c in cases]) for q in found.questions
        ],
        "register": register,
    }


def _list(
    ranked: PriorityList, where: presenting.Names, found: Priorities, cases: dict[str, Case]
) -> list[PriorityRow]:
    made = []
    ended: set[str] = set()
    for row in ranked.rows:
        gained = {gain.case for gain in row.cases}
        squares = [
            Square(cases[case].mark, "gain" if case in gained else "done" if case in ended else "open")
            for case in found.cases
            if case in cases
        ]
        ended |= {gain.case for gain in row.cases if gain.after == 0}
        made.append(
            PriorityRow(
                [presenting.ask_line(ask, where) for ask in row.asks], row.gain,
                round(100 * row.total / found.harm) if found.harm else 0, row.total, squares,
                [presenting.ask_line(tie, where) for tie in row.ties], row.cost,
            )
        )  # fmt: skip
    return made
