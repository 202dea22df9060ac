"""Random criteria, and a plain second reading of their rules, cell by cell, to judge the compiler by."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import strategies as st

from kizuki.criteria.engine.format import Criteria, Fact, Rule


def criteria(facts: list[dict[str, Any]], outcomes: int, rules: list[dict[str, Any]]) -> Criteria:
    """Criteria from short notes: `{"values": 3, "monotone": True}`, `{"when": {"f0": "at least v1"}, "outcome": "o1"}`."""
    return msgspec.convert(
        {
            "schema": "kizuki/criteria/1",
            "id": "made",
            "title": {"en": "Made"},
            "facts": [
                {
                    "id": f"f{n}",
                    "name": {"en": f"Fact {n}"},
                    "monotone": fact.get("monotone", True),
                    "unknown": fact.get("unknown", True),
                    "values": [{"id": f"v{k}", "name": {"en": f"Value {k}"}} for k in range(fact["values"])],
                }
                for n, fact in enumerate(facts)
            ],
            "outcomes": [{"id": f"o{n}", "name": {"en": f"Outcome {n}"}} for n in range(outcomes)],
            "rules": [{"id": f"r{n}", "because": {"en": "Because"}, **rule} for n, rule in enumerate(rules)],
        },
        Criteria,
    )


@st.composite
def policies(draw: st.DrawFn) -> Criteria:
    """Small criteria whose names hang together; total, alive and monotone or not."""
    facts = draw(
        st.lists(
            st.fixed_dictionaries({"values": st.integers(2, 4), "monotone": st.booleans(), "unknown": st.booleans()}),
            min_size=1,
            max_size=3,
        )
    )
    outcomes = draw(st.integers(2, 3))
    rules = draw(st.lists(_rules(facts, outcomes), min_size=1, max_size=6))
    if draw(st.booleans()):
        rules.append({"when": {}, "outcome": draw(_outcome(outcomes))})
    if draw(st.booleans()):  # strict rules first: the way to be monotone, so that good ones are not too rare
        rules.sort(key=lambda rule: (not rule["when"], -int(rule["outcome"][1:])))
    return criteria(facts, outcomes, rules)


def _outcome(outcomes: int) -> st.SearchStrategy[str]:
    return st.integers(0, outcomes - 1).map(lambda n: f"o{n}")


@st.composite
def _rules(draw: st.DrawFn, facts: list[dict[str, Any]], outcomes: int) -> dict[str, Any]:
    when: dict[str, Any] = {}
    for n, fact in enumerate(facts):
        kind = draw(st.sampled_from(["none", "one", "several", "at least"]))
        values = [f"v{k}" for k in range(fact["values"])]
        if kind == "one":
            when[f"f{n}"] = draw(st.sampled_from(values))
        elif kind == "several":
            when[f"f{n}"] = draw(st.lists(st.sampled_from(values), min_size=1, max_size=len(values) - 1, unique=True))
        elif kind == "at least" and fact["monotone"]:
            when[f"f{n}"] = "at least " + draw(st.sampled_from(values[1:]))
    return {"when": when, "outcome": draw(_outcome(outcomes))}


def holds(made: Criteria, rule: Rule, case: Mapping[str, str]) -> bool:
    """Whether a rule holds for a case, as its text says."""
    for id, condition in rule.when.items():
        values = [value.id for value in next(fact for fact in made.facts if fact.id == id).values]
        if isinstance(condition, str) and condition.startswith("at least "):
            if values.index(case[id]) < values.index(condition.split()[2]):
                return False
        elif case[id] not in ((condition,) if isinstance(condition, str) else condition):
            return False
    return True


def first_rule(made: Criteria, case: Mapping[str, str]) -> Rule | None:
    """The rule that decides a case: the first that holds; None where none does."""
    return next((rule for rule in made.rules if holds(made, rule, case)), None)


def rank(made: Criteria, outcome: str) -> int:
    return [one.id for one in made.outcomes].index(outcome)


def cases(facts: tuple[Fact, ...]) -> list[dict[str, str]]:
    """Every combination of known values."""
    ways = itertools.product(*([value.id for value in fact.values] for fact in facts))
    return [dict(zip([fact.id for fact in facts], way, strict=True)) for way in ways]


def strictest(made: Criteria, facts: Mapping[str, str | None]) -> int:
    """The rank of the worst outcome over all readings of what is unknown."""
    readings = [case for case in cases(made.facts) if all(v is None or case[id] == v for id, v in facts.items())]
    rules = [first_rule(made, case) for case in readings]
    return max(rank(made, rule.outcome) for rule in rules if rule is not None)


def judged(made: Criteria) -> set[str]:
    """What is wrong, found by looking at every case and every pair of cases: "hole", "dead", "milder"."""
    decided = {tuple(case.values()): first_rule(made, case) for case in cases(made.facts)}
    wrong = {"hole"} if None in decided.values() else set()
    alive = {rule.id for rule in decided.values() if rule is not None}
    wrong |= {"dead"} if alive < {rule.id for rule in made.rules} else set()
    for (one, rule), (two, other) in itertools.permutations(decided.items(), 2):
        if rule is not None and other is not None and _worse(made, one, two):
            wrong |= {"milder"} if rank(made, rule.outcome) > rank(made, other.outcome) else set()
    return wrong


def _worse(made: Criteria, one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether the second case is the first one with one monotone fact worse, by one step, and all else the same."""
    different = [n for n, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    if len(different) != 1 or not made.facts[different[0]].monotone:
        return False
    return int(two[different[0]][1:]) == int(one[different[0]][1:]) + 1
