"""A draft over what was decided before."""

from __future__ import annotations

import random
import time

from kizuki.criteria.engine.compare import Move, Past, compare
from kizuki.criteria.engine.compile import Compiled, compile_criteria
from kizuki.criteria.engine.read import read_sound
from kizuki.criteria.tests.policies import criteria
from kizuki.kit.library import library_path


def compiled(strict_from: str, *, values: int = 3, outcomes: int = 2, unknown: bool = True) -> Compiled:
    rules = [{"when": {"f0": f"at least {strict_from}"}, "outcome": "o1"}, {"when": {}, "outcome": "o0"}]
    return compile_criteria(criteria([{"values": values, "unknown": unknown}], outcomes, rules))


def test_how_many_move_from_where_to_where() -> None:
    history = [Past({"f0": "v0"}, 5), Past({"f0": "v1"}, 3), Past({"f0": "v2"}, 2), Past({"f0": None})]
    found = compare(compiled("v2"), compiled("v1"), history)
    assert found.moves == (Move("o0", "o0", 5, "same"), Move("o0", "o1", 3, "stricter"), Move("o1", "o1", 3, "same"))
    assert (found.total, found.moved, found.unlike, found.undecided) == (11, 3, 0, 0)
    back = compare(compiled("v1"), compiled("v2"), history)
    assert Move("o1", "o0", 3, "milder") in back.moves


def test_the_outcome_of_then_stands_even_where_the_old_criteria_say_otherwise_now() -> None:
    found = compare(
        compiled("v1"), compiled("v1"), [Past({"f0": "v0"}, outcome="o1"), Past({"f0": "v0"}, outcome="gone")]
    )
    assert found.moves == (Move("gone", "o0", 1, "other"), Move("o1", "o0", 1, "milder"))


def test_facts_and_values_that_the_new_criteria_lack_are_counted_and_read_as_unknown() -> None:
    history = [Past({"f0": "v0", "f7": "x"}, 2, "o0"), Past({"f0": "v9"}, 1, "o1"), Past({}, 4, "o0")]
    found = compare(compiled("v2"), compiled("v2"), history)
    assert (found.total, found.unlike) == (7, 3)
    assert found.moves == (Move("o0", "o0", 2, "same"), Move("o0", "o1", 4, "stricter"), Move("o1", "o1", 1, "same"))


def test_what_the_new_criteria_cannot_decide_without_an_answer_is_counted() -> None:
    found = compare(compiled("v2"), compiled("v2", unknown=False), [Past({"f0": None}, 3), Past({"f0": "v1"}, 1)])
    assert (found.total, found.undecided, found.moves) == (4, 3, (Move("o0", "o0", 1, "same"),))


def test_a_hundred_thousand_decisions_take_less_than_two_seconds() -> None:
    path = library_path() / "criteria" / "admission.yaml"
    admission = read_sound(path.name, path.read_bytes())
    chance = random.Random(1)
    facts = [(fact.id, [*(value.id for value in fact.values), None]) for fact in admission.criteria.facts]
    history = [Past({id: chance.choice(values) for id, values in facts}) for _ in range(100_000)]
    start = time.process_time()
    found = compare(admission, admission, history)
    assert time.process_time() - start < 2
    assert (found.total, found.moved) == (100_000, 0)
