"""The eight case files hold everything that the checked model of the source holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kizuki.casebook.library import cases

MODEL = Path(__file__).resolve().parents[4] / "shared" / "casebook" / "model.json"
pytestmark = pytest.mark.skipif(not MODEL.exists(), reason="../shared/casebook/model.json is not here")


@pytest.fixture(scope="module")
def model() -> Any:
    return json.loads(MODEL.read_text(encoding="utf-8"))


def test_every_item_step_row_and_ambiguity_is_there(model: Any) -> None:
    assert {item.id for case in cases() for item in case.items()} == {item["id"] for item in model["items"]}
    for case in cases():
        letter = case.id.rsplit("-", 1)[-1].upper()
        assert [step.id for step in case.attack] == [step["id"] for step in model["steps"][letter]]
        assert [entry.kind for entry in case.timeline.entries] == [row["kind"] for row in model["timeline"][letter]]
        assert len(case.ambiguities) == len(model["notes"][letter])
    assert sum(len(case.attack) for case in cases()) == 46
    assert sum(len(case.timeline.entries) for case in cases()) == 120


def test_no_text_lacks_a_language() -> None:
    for case in cases():
        texts = [case.title, *case.overview, *case.ambiguities]
        texts += [item.text for item in case.items()]
        texts += [said.text for said in (*case.background, *case.impact)]
        texts += [step.text for step in case.attack]
        texts += [entry.text for entry in case.timeline.entries]
        assert all(text.ja and text.en for text in texts), case.id
