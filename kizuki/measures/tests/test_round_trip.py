"""Measures files: import, export, import again, and nothing has changed."""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kizuki.kit import document
from kizuki.kit.library import library_path
from kizuki.kit.tests.strategies import BOTH, of_type
from kizuki.measures.engine import format
from kizuki.measures.engine.format import Measure, Measures


def _sound(measure: Measure) -> Measure:
    """The same measure with what belongs together together."""
    power = measure.power
    fences = power.fences or "zone" if power.contains == "fences" else None
    return msgspec.structs.replace(measure, power=msgspec.structs.replace(power, fences=fences), split_from=None)


CATALOGUES = st.lists(of_type(Measure).map(_sound), max_size=3, unique_by=lambda measure: measure.id).map(
    lambda measures: Measures(schema_="kizuki/measures/1", measures=tuple(measures))
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CATALOGUES)
def test_any_catalogue_comes_back_the_same_as_yaml_and_as_json(catalogue: Measures) -> None:
    assert format.read("m.yaml", document.dump(catalogue).encode()) == catalogue
    assert format.read("m.json", msgspec.json.encode(catalogue)) == catalogue


def test_the_catalogue_of_the_library_comes_back_the_same() -> None:
    own = format.read("m.yaml", (library_path() / "measures.yaml").read_bytes())
    written = document.dump(own)
    assert format.read("m.yaml", written.encode()) == own
    assert format.read("m.json", msgspec.json.encode(own)) == own
    assert document.dump(format.read("m.yaml", written.encode())) == written


@given(BOTH)
def test_texts_are_kept_to_the_letter(text: object) -> None:
    assert document.load("t.yaml", document.dump({"text": text}).encode())[0]["text"] == msgspec.to_builtins(text)
