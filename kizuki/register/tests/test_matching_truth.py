"""How right matching is on made-up networks whose truth is known, and that order and portions do not matter."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuki.register.engine.matching import Matching, State, fold, forget, match
from kizuki.register.tests.network_sources import generate, scores
from kizuki.register.tests.network_truth import DAY, START
from kizuki.register.tests.test_matching_reference import RANGES, jumble

#: Seeds that were not looked at while the rule was written.
UNSEEN = (201, 202, 203, 204)


@pytest.mark.parametrize("seed", UNSEEN)
def test_made_up_networks_are_told_rightly(seed: int) -> None:
    truth = generate(600, 12, seed)
    found = scores(truth, match(truth.known, truth.ranges, truth.observations, absent_after=5 * DAY))
    for what, (precision, recall, f1) in found.items():
        print(f"{seed} {what:16} precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f}")
    for what in ("asset", "label", "machine", "pairs"):
        assert found[what][2] >= 0.98, what
    for what in ("label known", "machine known"):
        assert found[what][2] >= 0.985, what
    for what in ("label unknown", "label moved", "machine unknown", "machine moved"):
        assert found[what][2] >= 0.96, what
    assert found["gone"][0] >= 0.95, "an asset that is there is called gone"
    assert found["asset"][0] >= 0.995, "something is taken for an asset that it is not"


def test_a_network_of_which_little_is_told() -> None:
    truth = generate(600, 12, 205, density=0.4)
    found = scores(truth, match(truth.known, truth.ranges, truth.observations, absent_after=5 * DAY))
    assert found["asset"][2] >= 0.95
    assert found["label"][2] >= 0.95
    assert found["asset"][0] >= 0.99


def test_a_register_of_others_fits_nothing() -> None:
    """The score can fail: held against another network's register, nothing is right."""
    truth, other = generate(150, 4, 206), generate(150, 4, 207)
    named = [msgspec.structs.replace(asset, ips=(), hosts=(), cloud_ids=()) for asset in other.known]
    assert scores(truth, match(named, truth.ranges, truth.observations))["asset"][1] == 0


def as_json(found: Matching) -> bytes:
    return msgspec.json.encode(found)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_byte(seed: int, order: random.Random) -> None:
    known, observations = jumble(seed)
    ranges = list(RANGES)
    first = as_json(match(known, ranges, observations))
    for rows in (known, ranges, observations):
        order.shuffle(rows)
    assert as_json(match(known, ranges, observations)) == first


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_a_networks_rows_changes_no_byte(seed: int) -> None:
    truth = generate(60, 6, seed)
    first = as_json(match(truth.known, truth.ranges, truth.observations))
    for rows in (truth.known, truth.ranges, truth.observations):
        random.Random(seed).shuffle(rows)
    assert as_json(match(truth.known, truth.ranges, truth.observations)) == first


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), data=st.data())
def test_portions_give_what_all_at_once_gives(seed: int, data: st.DataObject) -> None:
    known, observations = jumble(seed)
    cut = data.draw(st.integers(0, len(observations)))
    state = fold(observations[:cut])
    again = msgspec.json.decode(msgspec.json.encode(state), type=State)
    assert again == state
    whole = match(known, RANGES, observations)
    assert as_json(match(known, RANGES, observations[cut:], again)) == as_json(whole)
    assert as_json(match(known, RANGES, observations[:cut], fold(observations[cut:]))) == as_json(whole)


def test_day_by_day_gives_what_all_at_once_gives() -> None:
    truth = generate(60, 6, 3)
    state = None
    for day in range(-1, 7):
        start = START + timedelta(days=day)
        today = [one for one in truth.observations if start <= one.at < start + timedelta(days=1)]
        found = match(truth.known, truth.ranges, today, state)
        state = found.state
    assert as_json(found) == as_json(match(truth.known, truth.ranges, truth.observations))


def test_what_is_forgotten_was_never_seen() -> None:
    truth = generate(60, 6, 4)
    cut = int(START.timestamp()) + 3 * DAY
    kept = forget(fold(truth.observations), cut)
    assert all(last >= cut for trace in kept.traces for _, last in trace.stays)
    assert len(kept.traces) < len(fold(truth.observations).traces)
    assert forget(kept, 0) == kept
