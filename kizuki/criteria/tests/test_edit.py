"""Rows added, moved, removed; conditions said in the shortest way."""

from __future__ import annotations

import pytest

from kizuki.criteria.engine import edit
from kizuki.criteria.engine.compile import admitted
from kizuki.criteria.engine.format import Criteria, Rule
from kizuki.criteria.tests.policies import criteria
from kizuki.kit.text import Text

RULES = [{"when": {"f0": f"v{n}"}, "outcome": "o0"} for n in range(3)]


@pytest.fixture
def three() -> Criteria:
    return criteria([{"values": 4}, {"values": 3, "monotone": False}], 2, RULES)


def ids(made: Criteria) -> list[str]:
    return [rule.id for rule in made.rules]


@pytest.mark.parametrize(
    ("fact", "chosen", "said"),
    [
        (0, ["v1"], "v1"), (0, ["v3"], "v3"), (0, ["v3", "v2"], "at least v2"), (0, ["v3", "v1"], ("v1", "v3")),
        (0, [], None), (0, ["v0", "v1", "v2", "v3"], None), (1, ["v2", "v1"], ("v1", "v2")), (0, ["v2", "other"], "v2"),
    ],
)  # fmt: skip
def test_a_condition_is_said_in_the_shortest_way(three: Criteria, fact: int, chosen: list[str], said: object) -> None:
    made = edit.condition(three.facts[fact], chosen)
    assert made == said
    if made is not None:
        rule = Rule("x", {three.facts[fact].id: made}, "o0", Text(en="x"))
        values = [three.facts[fact].values[n].id for n in admitted(three.facts[fact], rule)]
        assert values == sorted(set(chosen) - {"other"})


def test_rules_move_up_and_down_and_stay_at_the_ends(three: Criteria) -> None:
    assert ids(edit.move_rule(three, "r1", -1)) == ["r1", "r0", "r2"]
    assert ids(edit.move_rule(three, "r1", 1)) == ["r0", "r2", "r1"]
    assert edit.move_rule(three, "r0", -1) == three
    assert edit.move_rule(three, "r2", 1) == three


def test_rules_are_added_replaced_and_removed(three: Criteria) -> None:
    new = Rule(edit.free_id(three), {}, "o1", Text(en="new"))
    assert new.id == "r3"
    assert ids(edit.add_rule(three, new, 1)) == ["r0", "r3", "r1", "r2"]
    assert ids(edit.add_rule(three, new, 99)) == ["r0", "r1", "r2", "r3"]
    assert edit.replace_rule(three, Rule("r1", {}, "o1", Text(en="other"))).rules[1].because.en == "other"
    assert ids(edit.remove_rule(three, "r1")) == ["r0", "r2"]
    assert edit.free_id(edit.remove_rule(three, "r1")) == "r1"
