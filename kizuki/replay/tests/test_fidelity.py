"""The sixteen: each victim of the casebook before its attack and after its lessons, replayed on its own case.

What must come out, and why by the source, stands in fidelity/expected.yaml, written before replay was run on them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kizuki.casebook.engine.format import Case
from kizuki.register.engine.format import Organisation
from kizuki.replay.tests.reference import Reference
from kizuki.replay.tests.told import Told, by_engine, by_reference, catalogue, library_case, victim, vocabulary

EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "fidelity" / "expected.yaml").read_text(encoding="utf-8")
)
KEYS = {
    *("case", "result", "step", "why", "lost", "lost_number", "clean", "seen", "contained", "contained_from"),
    *("stops", "too_late", "through_from", "of", "questions", "hindered"),
}
WAYS: dict[str, Callable[[Case, Organisation], Told]] = {"engine": by_engine, "reference": by_reference}


@cache
def told(name: str, way: str) -> Told:
    return WAYS[way](library_case(EXPECTED[name]["case"]), victim(name))


every = pytest.mark.parametrize("name", sorted(EXPECTED))
both = pytest.mark.parametrize("way", sorted(WAYS))


@every
@both
def test_the_own_case_goes_as_the_source_tells_it(name: str, way: str) -> None:
    expected, found = EXPECTED[name], told(name, way)
    assert (found.word, expected.get("step", found.step)) == (expected["result"], found.step)
    if "questions" in expected:
        assert found.questions == [tuple(question) for question in expected["questions"]]
    if "stops" in expected:
        assert set(expected["stops"]) <= found.stopped_by


@every
@both
def test_what_is_lost_and_what_stays_clean(name: str, way: str) -> None:
    expected, found = EXPECTED[name], told(name, way)
    if "lost" in expected:
        assert sorted(found.lost) == sorted(expected["lost"])
    if "lost_number" in expected:
        assert found.loss[3] == expected["lost_number"]
    assert not set(found.lost) & set(expected.get("clean", []))
    assert set(expected.get("clean", [])) <= {asset.id for asset in victim(name).assets}


@every
@both
def test_when_it_is_seen_and_what_came_too_late(name: str, way: str) -> None:
    expected, found = EXPECTED[name], told(name, way)
    if "seen" in expected:
        seen = expected["seen"]
        assert found.seen == (None if seen == "none" else (seen["step"], seen["measure"], seen["delay"]))
    if "contained" in expected:
        assert len(found.contained) == expected["contained"]
    assert set(expected.get("too_late", [])) <= found.too_late


@every
@both
def test_from_which_entries_it_goes_through(name: str, way: str) -> None:
    expected, found = EXPECTED[name], told(name, way)
    if "of" in expected:
        through = expected.get("through_from", [])
        assert found.entries == (len(through), expected["of"])
        assert found.through_from == set(through)
    if "contained_from" in expected:
        assert found.contained_from == set(expected["contained_from"])
    for step in expected.get("hindered", []):
        assert found.weakest(step) == "hindered"


@every
@both
def test_nothing_reassures_falsely(name: str, way: str) -> None:
    """Where it says stopped, a stated measure that can stop is recorded as full: no half, no education, no silence."""
    case, org = library_case(EXPECTED[name]["case"]), victim(name)
    found = told(name, way)
    rules = Reference(case, org, catalogue(), vocabulary(), unknown="none")
    for (at, row), verdict in found.verdicts.items():
        if verdict == "stopped":
            assert stopping(rules, found, at, row), f"{name}: {at} is called stopped at {row}"


def stopping(rules: Reference, found: Told, at: str, row: str) -> list[str]:
    """The stated measures that can stop this step and are full where the rules ask: at the row itself, or at every row from which the
    attack may come; at a boundary on one side of it."""
    nodes = {node.id: node for node in rules.nodes}
    step = rules.steps[at]
    passed = {
        near for (name, near), verdict in found.verdicts.items() if verdict != "stopped" and name in rules.before(step)
    }
    sources = passed & set(found.lost)

    def full(measure: str, rows: set[str]) -> bool:
        return bool(rows) and all(rules.state(measure, nodes[name]) == "full" for name in rows)

    able = [b for b in step.prevent if b.stated and rules.measures[b.measure].power.stops == "yes"]
    boundary = {b.measure for b in able if step.via == "network" and rules.measures[b.measure].power.fences == "zone"}
    return [
        b.measure
        for b in able
        if (full(b.measure, {row}) and (b.at == "target" or b.measure in boundary))
        or (full(b.measure, sources) and (b.at == "source" or b.measure in boundary))
    ]


def test_full_cover_elsewhere_does_not_count_as_stopping() -> None:
    """The check above is no formality: cover that is full only where the attack does not pass convinces it of nothing."""
    import msgspec

    from kizuki.register.engine.format import Coverage, Scope

    org = victim("h-before")
    rows = tuple(Coverage(row.id, Scope(asset="staff-pc"), "full") for row in catalogue().measures)
    org = msgspec.structs.replace(org, coverage=rows)
    case = library_case("nisc-h")
    found = by_engine(case, org)
    rules = Reference(case, org, catalogue(), vocabulary(), unknown="none")
    passed = [key for key, verdict in found.verdicts.items() if verdict != "stopped"]
    assert {at for at, _ in passed} >= {"H1", "H4", "H6"}
    assert not any(stopping(rules, found, at, row) for at, row in passed if row != "staff-pc")


@pytest.mark.parametrize("name", [name for name in sorted(EXPECTED) if name.endswith("-before")])
@both
def test_what_the_source_says_was_lost_is_stopped_by_nothing(name: str, way: str) -> None:
    """The measures that the victim had when it fell do not stop, in replay, what happened in truth."""
    expected, found = EXPECTED[name], told(name, way)
    for row in expected.get("lost", []):
        stopped = [step for (step, at), verdict in found.verdicts.items() if at == row and verdict == "stopped"]
        assert not stopped, f"{row} was lost, and {stopped} call it stopped"


@both
def test_education_and_halves_alone_change_nothing(way: str) -> None:
    """An institution with nothing but training, guidance and signature antivirus is not called stopped anywhere."""
    import msgspec

    from kizuki.register.engine.format import Coverage, Scope

    everywhere = Scope(all=True)
    only = [Coverage(measure.id, everywhere, "none") for measure in catalogue().measures]
    soft = {"P11": "full", "P12": "full", "D01": "full", "P14": "full"}
    for name in ("b-before", "c-before", "e-before", "f-before", "h-before"):
        rows = [msgspec.structs.replace(row, state=soft.get(row.measure, "partial")) for row in only]
        org = msgspec.structs.replace(victim(name), coverage=tuple(rows))
        found = WAYS[way](library_case(EXPECTED[name]["case"]), org)
        assert found.word == "through"
        assert "stopped" not in found.verdicts.values()


def test_the_expectations_name_real_things() -> None:
    """Every step, row and measure named in the expectations exists, and every one of the sixteen gives its reason."""
    known = {measure.id for measure in catalogue().measures}
    for name, expected in EXPECTED.items():
        rows = {asset.id for asset in victim(name).assets}
        steps = {step.id for step in library_case(expected["case"]).attack}
        named = [*expected.get("lost", []), *expected.get("clean", []), *expected.get("through_from", [])]
        named += expected.get("contained_from", [])
        assert set(named) <= rows
        assert set(expected) <= KEYS, f"{name}: {sorted(set(expected) - KEYS)} would be read by no test"
        assert {expected.get("step", "")} - {""} <= steps
        assert set(expected.get("too_late", [])) | set(expected.get("stops", [])) <= known
        assert len(expected["why"]) > 60
    assert len(EXPECTED) == 16
