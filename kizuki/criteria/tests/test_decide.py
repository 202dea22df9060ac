"""One decision with its reasons, and many at once."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kizuki.criteria.engine.compile import Compiled, compile_criteria
from kizuki.criteria.engine.decide import BadFacts, Change, Given, cell_of, changes, decide, decide_many, facts_of
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.problems import NotSound
from kizuki.criteria.tests.policies import criteria, policies, rank, strictest

RULES = [
    {"when": {"f0": "v2", "f1": "at least v1"}, "outcome": "o2"},
    {"when": {"f0": "at least v1"}, "outcome": "o1"},
    {"when": {"f1": "v2"}, "outcome": "o1"},
    {"when": {}, "outcome": "o0"},
]


def made(**second: object) -> Compiled:
    return compile_criteria(criteria([{"values": 3}, {"values": 3, **second}], 3, RULES))


def test_the_first_rule_that_holds_decides_and_is_named() -> None:
    decision = decide(made(), {"f0": "v2", "f1": Given("v2", "scan", "2026-11-22")})
    assert (decision.outcome, decision.rule, decision.criteria) == ("o2", "r0", "made")
    assert [(u.fact, u.value, u.read_as, u.asked, u.source, u.day) for u in decision.facts] == [
        ("f0", "v2", "v2", True, "", ""),
        ("f1", "v2", "v2", True, "scan", "2026-11-22"),
    ]
    later = decide(made(), {"f0": "v0", "f1": "v2"})
    assert (later.rule, [u.asked for u in later.facts]) == ("r2", [False, True])


def test_what_is_not_given_is_unknown_and_counts_as_the_worst() -> None:
    ways: tuple[dict[str, Given | str | None], ...] = (
        {"f0": "v2"},
        {"f0": "v2", "f1": None},
        {"f0": "v2", "f1": "unknown"},
        {"f0": "v2", "f1": Given(None)},
    )
    for facts in ways:
        decision = decide(made(), facts)
        assert decision.unknown == ("f1",)
        assert (decision.outcome, decision.facts[1].value, decision.facts[1].read_as) == ("o2", None, "v2")


def test_the_fewest_changes_by_the_nearest_values() -> None:
    decision = decide(made(), {"f0": "v2", "f1": "v2"})
    assert decision.milder == (Change((("f0", "v1"),), "o1", "r1"), Change((("f1", "v0"),), "o1", "r1"))
    assert decision.stricter == ()
    low = decide(made(), {"f0": "v0", "f1": "v0"})
    assert low.milder == ()
    assert low.stricter == (Change((("f0", "v1"),), "o1", "r1"), Change((("f1", "v2"),), "o1", "r2"))


def test_two_facts_are_changed_only_where_one_does_not_do() -> None:
    rules = [{"when": {"f0": "v1", "f1": "v1"}, "outcome": "o1"}, {"when": {}, "outcome": "o0"}]
    compiled = compile_criteria(criteria([{"values": 2}, {"values": 2}, {"values": 2}], 2, rules))
    assert decide(compiled, {"f0": "v0", "f1": "v0", "f2": "v0"}).stricter == (
        Change((("f0", "v1"), ("f1", "v1")), "o1", "r0"),
    )


def sound(policy: Criteria) -> Compiled:
    try:
        return compile_criteria(policy)
    except NotSound:
        assume(False)
        raise


@settings(max_examples=150, deadline=None)
@given(policies(), st.data())
def test_changes_lead_where_they_say_and_none_is_smaller(policy: Criteria, data: st.DataObject) -> None:
    compiled = sound(policy)
    cell = data.draw(st.integers(0, compiled.cells - 1))
    facts, here = facts_of(compiled, cell), compiled.outcomes[cell]
    for direction, found in zip((-1, 1), changes(compiled, cell), strict=True):
        for change in found:
            then = strictest(policy, facts | dict(change.facts))
            assert then == rank(policy, change.outcome)
            assert (then - here) * direction > 0
            assert all(facts[id] != value for id, value in change.facts)
        fewest = len(found[0].facts) if found else 5
        values = [[(fact.id, value.id) for value in fact.values] for fact in policy.facts]
        for number in range(1, min(fewest, len(values) + 1)):
            for chosen in itertools.combinations(values, number):
                for way in itertools.product(*chosen):
                    assert (strictest(policy, facts | dict(way)) - here) * direction <= 0


@settings(max_examples=100, deadline=None)
@given(policies(), st.data())
def test_many_at_once_are_the_same_as_one_by_one(policy: Criteria, data: st.DataObject) -> None:
    compiled = sound(policy)
    cells = data.draw(st.lists(st.integers(0, compiled.cells - 1), min_size=1, max_size=20))
    rows = [facts_of(compiled, cell) for cell in cells]
    outcomes = decide_many(compiled, {fact.id: [row[fact.id] for row in rows] for fact in policy.facts})
    assert list(outcomes) == [rank(policy, decide(compiled, row).outcome) for row in rows]
    assert [cell_of(compiled, row) for row in rows] == cells


def test_facts_that_are_not_of_these_criteria_are_refused_with_each_reason() -> None:
    compiled = made(unknown=False)
    with pytest.raises(BadFacts) as caught:
        decide(compiled, {"f0": "v9", "f9": "v0"})
    assert caught.value.wrong == {"f0": "no value", "f1": "needed", "f9": "no fact"}
    with pytest.raises(BadFacts, match="f1: this is not a value"):
        decide_many(compiled, {"f0": ["v0"], "f1": [None]})
    with pytest.raises(BadFacts, match="f1: an answer is needed"):
        decide_many(compiled, {"f0": ["v0"]})
