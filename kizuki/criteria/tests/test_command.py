"""`kizuki criteria …` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kizuki.cli import app
from kizuki.criteria.tests.test_read import SOUND
from kizuki.kit.library import library_path

ADMISSION = str(library_path() / "criteria" / "admission.yaml")


def kizuki(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SOUND, encoding="utf-8")
    return path


def test_validate_says_good_or_one_line_a_fault(small: Path) -> None:
    good = kizuki("criteria", "validate", ADMISSION, str(small))
    assert good.exit_code == 0
    assert f"{ADMISSION}: good (75,000 cells)" in good.stdout
    small.write_text(SOUND.replace("when: {}", "when: {kind: a}"), encoding="utf-8")
    bad = kizuki("criteria", "validate", ADMISSION, str(small))
    assert bad.exit_code == 2
    assert f"{small}:16: no rule decides 3 of 6 cells" in bad.stderr
    told = json.loads(kizuki("criteria", "validate", str(small), "--json").stdout)
    assert (told[0]["good"], told[0]["faults"][0]["line"]) == (False, 16)


def test_show_gives_the_rules_in_their_order(small: Path) -> None:
    english = kizuki("criteria", "show", str(small)).stdout
    assert english.index("hot") < english.index("rest")
    assert "Mid or worse" in english
    assert "always" in english
    japanese = kizuki("criteria", "show", ADMISSION, "--lang", "ja").stdout
    assert "接続してはならない" in japanese
    assert json.loads(kizuki("criteria", "show", str(small), "--json").stdout)["id"] == "small"


def test_decide_gives_outcome_reason_unknowns_and_changes(small: Path) -> None:
    told = kizuki("criteria", "decide", str(small), "kind=a").stdout
    assert told.startswith("Stop\nHot (hot)\n")
    assert "Milder if: Heat = Low → Fine" in told
    made = json.loads(kizuki("criteria", "decide", str(small), "kind=b", "heat=high", "--json").stdout)
    assert (made["outcome"], made["rule"], made["unknown"]) == ("fine", "rest", [])
    assert made["stricter"] == [{"facts": [["kind", "a"]], "outcome": "stop", "rule": "hot"}]


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (["heat"], "write FACT=VALUE, such as heat=low"),
        (["heat=cold"], "that is not a value of “heat”; known are low, mid, high"),
        (["colour=red"], "“colour” is not a fact of these criteria; known are heat, kind"),
        (["heat=low", "heat=mid"], "“heat” is given twice"),
    ],
)
def test_facts_that_cannot_be_meant_end_with_what_would_be_right(small: Path, facts: list[str], says: str) -> None:
    told = kizuki("criteria", "decide", str(small), *facts)
    assert told.exit_code == 2
    assert says in told.stderr


def test_the_schema_is_published() -> None:
    schema = json.loads(kizuki("schema", "criteria").stdout)
    assert set(schema["$defs"]["Criteria"]["required"]) == {"schema", "id", "title", "facts", "outcomes", "rules"}
