"""The vocabulary file: the one that Kizuki brings, and files that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kizuki.kit import document
from kizuki.kit.document import BadFile
from kizuki.register.engine import vocabulary
from kizuki.register.engine.vocabulary import KINDS, Vocabulary

FILE = Path(__file__).parents[3] / "library" / "vocabulary.yaml"

SMALL = """\
schema: kizuki/vocabulary/1
sectors: [{id: farming, name: {ja: 農業, en: Farming}}]
sizes: []
causes: []
profile: [{id: barns, group: system, name: {en: Barns}}]
traits:
  - {id: hot, contrary: cold, name: {ja: 熱い, en: hot}}
  - {id: cold, contrary: hot, name: {ja: 冷たい, en: cold}}
information: []
"""


def _faults(text: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        vocabulary.read("words.yaml", text.encode())
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture(scope="module")
def own() -> Vocabulary:
    return vocabulary.read(str(FILE), FILE.read_bytes())


def test_every_word_has_a_name_in_both_languages(own: Vocabulary) -> None:
    words = [(kind, word) for kind in KINDS for word in own.of_kind(kind)]
    assert len(words) > 60
    assert [word.id for _, word in words if word.name.missing("ja") or word.name.missing("en")] == []


def test_names_of_one_kind_differ(own: Vocabulary) -> None:
    for kind in KINDS:
        for language in ("ja", "en"):
            names = [word.name.in_(language) for word in own.of_kind(kind)]
            assert len(names) == len(set(names)), f"{kind}, {language}"


def test_export_and_import_again_is_equal(own: Vocabulary) -> None:
    assert vocabulary.read("again.yaml", document.dump(own).encode()) == own


def test_names_are_found_by_kind_and_language() -> None:
    words = vocabulary.read("words.yaml", SMALL.encode())
    assert words.name_of("sectors", "farming", "ja") == "農業"
    assert words.name_of("sectors", "farming", "en") == "Farming"
    assert words.name_of("profile", "barns", "ja") == "Barns", "a missing language shows the other one"
    assert words.name_of("causes", "farming", "en") == "farming", "an unknown word is shown by its id"
    assert words.contraries() == {"hot": "cold", "cold": "hot"}
    assert words.ids("traits") == {"hot", "cold"}


def test_a_word_given_twice_is_refused_with_its_line() -> None:
    twice = SMALL.replace("sizes: []", "sizes:\n  - {id: few, name: {en: Few}}\n  - {id: few, name: {en: Some}}")
    assert _faults(twice) == ["words.yaml:5: the word “few” stands in sizes twice; keep one of them"]


@pytest.mark.parametrize(
    ("contrary", "says"),
    [("hot", "its own contrary"), ("warm", "not a trait of this file")],
)
def test_a_contrary_must_be_another_known_trait(contrary: str, says: str) -> None:
    faults = _faults(SMALL.replace("id: hot, contrary: cold", f"id: hot, contrary: {contrary}"))
    assert any(fault.startswith("words.yaml:7:") and says in fault for fault in faults)


def test_contraries_name_each_other() -> None:
    third = SMALL.replace("information:", "  - {id: icy, contrary: hot, name: {en: icy}}\ninformation:")
    (fault,) = _faults(third)
    assert fault.startswith("words.yaml:9:")
    assert "name each other" in fault


def test_an_unknown_key_is_refused() -> None:
    (fault,) = _faults(SMALL.replace("contrary: cold", "opposite: cold, contrary: cold"))
    assert "unknown key “opposite”" in fault
