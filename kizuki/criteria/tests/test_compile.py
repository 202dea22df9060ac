"""The whole table: accepted exactly when total, alive and monotone, and true to the rules read one by one."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import HealthCheck, event, given, settings

from kizuki.criteria.engine.compile import cell_count, compile_criteria
from kizuki.criteria.engine.decide import cell_of, facts_of, reading
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.problems import NotSound, Problem
from kizuki.criteria.tests.policies import criteria, first_rule, judged, policies, rank, strictest


def problems(made: Criteria) -> tuple[Problem, ...]:
    try:
        compile_criteria(made)
    except NotSound as error:
        return error.problems
    return ()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies())
def test_accepted_exactly_when_a_plain_look_at_every_cell_finds_nothing(made: Criteria) -> None:
    found = problems(made)
    assert {problem.kind for problem in found} == judged(made)
    event("refused" if found else "accepted")


@settings(max_examples=400, deadline=None)
@given(policies())
def test_the_cells_that_are_named_show_the_fault(made: Criteria) -> None:
    for problem in problems(made):
        if problem.kind == "hole":
            assert first_rule(made, dict(problem.cell)) is None
        elif problem.kind == "milder":
            better, worse = (first_rule(made, dict(cell)) for cell in (problem.cell, problem.worse))
            assert better is not None
            assert worse is not None
            assert (better.id, worse.id) == problem.rules == (problem.words["rule"], problem.words["other"])
            assert rank(made, better.outcome) > rank(made, worse.outcome)
            (fact,) = [a[0] for a, b in zip(problem.cell, problem.worse, strict=True) if a != b]
            assert fact == problem.words["fact"]
        elif problem.kind == "dead":
            ids = [rule.id for rule in made.rules]
            assert problem.rules
            assert all(ids.index(rule) < ids.index(problem.words["rule"]) for rule in problem.rules)


@settings(max_examples=200, deadline=None)
@given(policies())
def test_every_cell_is_what_the_rules_say_and_unknown_is_the_worst_reading(made: Criteria) -> None:
    if problems(made):
        return
    compiled = compile_criteria(made)
    values = [[*(value.id for value in fact.values), *([None] if fact.unknown else [])] for fact in made.facts]
    for way in itertools.product(*values):
        facts = dict(zip([fact.id for fact in made.facts], way, strict=True))
        cell = cell_of(compiled, facts)
        assert facts_of(compiled, cell) == facts
        assert compiled.outcomes[cell] == strictest(made, facts)
        read = reading(compiled, cell)
        assert all(value is None or read[id] == value for id, value in facts.items())
        rule = first_rule(made, read)
        assert rule is not None
        assert rule == made.rules[compiled.rules[cell]]


def test_a_hole_names_its_first_cell_and_how_many_there_are() -> None:
    made = criteria([{"values": 2}, {"values": 3}], 2, [{"when": {"f0": "v1"}, "outcome": "o1"}])
    (hole,) = problems(made)
    assert hole.cell == (("f0", "v0"), ("f1", "v0"))
    assert str(hole) == "no rule decides 3 of 6 cells, the first one is: f0 = v0, f1 = v0; add a rule for it"


def test_a_dead_rule_names_all_that_hide_it_and_nothing_else() -> None:
    rules = [
        {"when": {"f0": "v2"}, "outcome": "o1"},
        {"when": {"f1": "v1"}, "outcome": "o1"},
        {"when": {"f1": "v0"}, "outcome": "o0"},
        {"when": {"f0": "at least v1"}, "outcome": "o1"},
    ]
    found = {p.kind: p for p in problems(criteria([{"values": 3, "monotone": True}, {"values": 2}], 2, rules))}
    assert found["dead"].words == {"rule": "r3"}
    assert found["dead"].rules == ("r0", "r1", "r2")
    alone = criteria(
        [{"values": 3}, {"values": 2}], 2, [rules[0], rules[1], {**rules[0]}, {"when": {}, "outcome": "o0"}]
    )
    assert next(p for p in problems(alone) if p.kind == "dead").rules == ("r0",)


def test_a_worse_value_with_a_milder_outcome_names_both_cells_and_both_rules() -> None:
    rules = [{"when": {"f0": "v0", "f1": "v1"}, "outcome": "o1"}, {"when": {}, "outcome": "o0"}]
    (fault,) = problems(criteria([{"values": 2}, {"values": 2, "monotone": False}], 2, rules))
    assert fault.cell == (("f0", "v0"), ("f1", "v1"))
    assert fault.worse == (("f0", "v1"), ("f1", "v1"))
    assert str(fault) == (
        "a worse value of “f0” gives a milder outcome: f0 = v0, f1 = v1 gives “o1” by the rule “r0”, "
        "but f0 = v1, f1 = v1 gives “o0” by the rule “r1”"
    )


def test_what_is_unknown_is_not_compared_where_a_reading_of_it_has_no_rule() -> None:
    rules = [{"when": {"f1": "v0"}, "outcome": "o0"}, {"when": {"f0": "v0"}, "outcome": "o1"}]
    found = problems(criteria([{"values": 3, "unknown": False}, {"values": 3, "monotone": False}], 2, rules))
    assert [problem.kind for problem in found] == ["hole"]


def test_a_fact_without_order_may_go_any_way() -> None:
    rules = [{"when": {"f0": "v0"}, "outcome": "o1"}, {"when": {}, "outcome": "o0"}]
    assert problems(criteria([{"values": 3, "monotone": False}], 2, rules)) == ()
    assert {p.kind for p in problems(criteria([{"values": 3, "monotone": True}], 2, rules))} == {"milder"}


@pytest.mark.parametrize(("facts", "fits"), [(9, True), (10, False)])
def test_more_than_a_million_cells_are_refused_before_they_are_built(facts: int, fits: bool) -> None:
    made = criteria(
        [{"values": 3}] * facts, 2, [{"when": {"f0": "v2"}, "outcome": "o1"}, {"when": {}, "outcome": "o0"}]
    )
    assert cell_count(made) == 4**facts
    found = problems(made)
    assert (found == ()) is fits
    if not fits:
        assert found[0].kind == "size"
        assert "1,048,576 cells, and at most 1,000,000" in str(found[0])


def test_a_table_of_nearly_a_million_cells_is_built_in_seconds() -> None:
    rules = [
        {"when": {f"f{n}": "at least v1", f"f{(n * 3 + 1) % 8}": "v2" if n % 2 else "at least v2"}, "outcome": "o1"}
        for n in range(8)
    ]
    made = criteria(
        [{"values": 4, "monotone": n % 4 != 3} for n in range(8)], 2, [*rules, {"when": {}, "outcome": "o0"}]
    )
    start = time.process_time()
    problems(made)
    assert cell_count(made) == 390_625
    assert time.process_time() - start < 5
