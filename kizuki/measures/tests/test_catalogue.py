"""The catalogue that Kizuki brings: complete, fit for narrow places, and with the powers that the replay rules name."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from kizuki.kit import document
from kizuki.kit.document import BadFile
from kizuki.measures.engine import format
from kizuki.measures.engine.format import Measure, Measures

ROOT = Path(__file__).parents[3]
FILE = ROOT / "library" / "measures.yaml"
MODEL = ROOT.parent / "shared" / "casebook" / "model.json"

SPLITS = {"R13": "R04", "D09": "D04"}
HINDER = {"P11", "P12", "P14", "D01"}
ISOLATE = {"D02", "R11"}
FENCES = {"P03": "zone", "P04": "zone", "P08": "account", "P09": "link"}
DELAYS = {
    **dict.fromkeys(("D01", "D02", "P10"), "minutes"),
    **dict.fromkeys(("D03", "D05", "D06", "P15", "R13"), "hours"),
    **dict.fromkeys(("D08", "D09"), "days"),
    **dict.fromkeys(("D07", "R12"), "weeks"),
}
#: Measures that are not preventive by role, and yet stop an attack step that a case names them for.
STOP_BY_NATURE = {"C02", "D02", "D04"}


@pytest.fixture(scope="module")
def own() -> Measures:
    return format.read(str(FILE), FILE.read_bytes())


@pytest.fixture(scope="module")
def model() -> dict[str, dict[str, Any]]:
    if not MODEL.exists():
        pytest.skip(f"no checked model beside the project ({MODEL})")
    return {row["id"]: row for row in json.loads(MODEL.read_text("utf-8"))["measures"]}


def test_the_catalogue_is_in_order_and_complete(own: Measures) -> None:
    ids = [measure.id for measure in own.measures]
    counts = {letter: sum(id.startswith(letter) for id in ids) for letter in "GIPDRC"}
    assert counts == {"G": 11, "I": 7, "P": 17, "D": 9, "R": 13, "C": 5}
    assert ids == sorted(ids, key=lambda id: ("GIPDRC".index(id[0]), id))
    assert {m.id: m.split_from for m in own.measures if m.split_from} == SPLITS


def _columns(text: str) -> float:
    """The width of a text in full-width characters."""
    return sum(1 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def test_every_measure_is_named_and_explained_in_both_languages(own: Measures) -> None:
    for measure in own.measures:
        for text in (measure.name, measure.short, measure.text, *filter(None, [measure.power.reason])):
            assert text.ja, measure.id
            assert text.en, measure.id
    for language in ("ja", "en"):
        for part in ("name", "short"):
            texts = [getattr(measure, part).in_(language) for measure in own.measures]
            assert len(texts) == len(set(texts)), f"two measures share a {part} ({language})"


def test_short_names_fit_narrow_places(own: Measures) -> None:
    wide = [m.short.ja for m in own.measures if _columns(m.short.ja or "") > 12]
    long = [m.short.en for m in own.measures if len(m.short.en or "") > 26]
    assert (wide, long) == ([], [])


def test_powers_are_those_of_the_replay_rules(own: Measures) -> None:
    power = {measure.id: measure.power for measure in own.measures}
    assert {id for id, p in power.items() if p.stops == "hinders"} == HINDER
    assert {id for id, p in power.items() if p.contains == "isolates"} == ISOLATE
    assert {id: p.fences for id, p in power.items() if p.contains == "fences"} == FENCES
    assert {id: p.delay for id, p in power.items() if p.delay != "no"} == DELAYS


def test_governing_and_identifying_measures_have_no_power(own: Measures) -> None:
    support = [m for m in own.measures if m.function in ("govern", "identify")]
    assert {m.id[0] for m in support} == {"G", "I", "C"}
    assert [m.id for m in support if (m.power.stops, m.power.contains, m.power.delay) != ("no", "no", "no")] == []


def test_what_acts_says_why(own: Measures) -> None:
    acting = [m for m in own.measures if (m.power.stops, m.power.contains, m.power.delay) != ("no", "no", "no")]
    assert len(acting) > 25
    assert [m.id for m in acting if m.power.reason is None] == []


def test_costs_are_left_open(own: Measures) -> None:
    assert {measure.cost for measure in own.measures} == {"not stated"}


def test_export_and_import_again_is_equal(own: Measures) -> None:
    assert format.read("again.yaml", document.dump(own).encode()) == own


def test_preventive_roles_of_the_model_stop(own: Measures, model: dict[str, dict[str, Any]]) -> None:
    preventive = {id for id, row in model.items() if row["role"].split("/")[0] == "prevent"}
    stopping = {measure.id for measure in own.measures if measure.power.stops == "yes"}
    assert stopping == (preventive - HINDER) | STOP_BY_NATURE


def _references(measure: Measure) -> tuple[set[str], set[str], set[int]]:
    return set(measure.csf), set(measure.mitigations), set(measure.meti)


def test_references_are_those_of_the_model(own: Measures, model: dict[str, dict[str, Any]]) -> None:
    measures = own.by_id()
    assert set(measures) - set(model) == set(SPLITS)
    assert set(model) - set(measures) == set()
    for id, row in model.items():
        csf, mitigations, meti = _references(measures[id])
        for half in (half for half, whole in SPLITS.items() if whole == id):
            more = _references(measures[half])
            assert more[0], f"{half} keeps what fits it"
            csf, mitigations, meti = csf | more[0], mitigations | more[1], meti | more[2]
        assert csf == set(row["csf"].split()), id
        assert mitigations == set(row["attack"].split()), id
        assert meti == set(map(int, row["meti"].split())), id


def test_a_bad_catalogue_is_refused() -> None:
    raw = (
        FILE.read_text("utf-8").replace("fences: zone", "delay: hours", 1).replace("split_from: R04", "split_from: R99")
    )
    with pytest.raises(BadFile) as caught:
        format.read("measures.yaml", raw.encode())
    assert [fault.message for fault in caught.value.faults] == [
        "“contains: fences” and “fences: zone|account|link” go together",
        "R99 is not a measure of this file",
    ]
