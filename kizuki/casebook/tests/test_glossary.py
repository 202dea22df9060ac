"""The glossary file: the one that Kizuki brings, and files that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kizuki.casebook.engine import glossary
from kizuki.casebook.engine.glossary import Glossary
from kizuki.kit import document
from kizuki.kit.document import BadFile

FILE = Path(__file__).parents[3] / "library" / "glossary.yaml"

SMALL = """\
schema: kizuki/glossary/1
terms:
  - {id: worm, ja: ワーム, en: worm, text: {ja: 広がるもの, en: It spreads}, source: casebook}
  - {id: edr, ja: EDR, en: endpoint detection, aliases: {en: [EDR]}, text: {ja: 製品}, source: casebook}
"""


def _faults(text: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        glossary.read("terms.yaml", text.encode())
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture(scope="module")
def own() -> Glossary:
    return glossary.read(str(FILE), FILE.read_bytes())


def test_the_casebook_explains_28_terms_and_kizuki_adds_the_rest(own: Glossary) -> None:
    sources = [term.source for term in own.terms]
    assert sources.count("casebook") == 28
    assert sources == sorted(sources), "those of the casebook come first"
    added = {term.id for term in own.terms if term.source == "kizuki"}
    assert {"sbom", "zero-trust", "brute-force", "dictionary-attack", "nisc"} <= added


def test_every_term_is_explained_in_both_languages(own: Glossary) -> None:
    assert [term.id for term in own.terms if term.text.missing("ja") or term.text.missing("en")] == []


def test_export_and_import_again_is_equal(own: Glossary) -> None:
    assert glossary.read("again.yaml", document.dump(own).encode()) == own


def test_a_term_is_found_by_any_writing(own: Glossary) -> None:
    found = {written: own.find(written) for written in ("IOC", "ＥＤＲ", "二要素認証", "Ransomware")}
    ids = {written: term.id if term else None for written, term in found.items()}
    assert ids == {
        "IOC": "ioc",
        "ＥＤＲ": "edr",
        "二要素認証": "multi-factor-authentication",
        "Ransomware": "ransomware",
    }
    assert own.find("no such term") is None


def test_an_id_given_twice_is_refused_with_its_line() -> None:
    assert "terms.yaml:4: the term “worm” is given twice; ids are unique" in _faults(
        SMALL.replace("id: edr", "id: worm")
    )


def test_one_writing_stands_for_one_term_only() -> None:
    (fault,) = _faults(SMALL.replace("en: [EDR]", "en: [Worm]"))
    assert fault == "terms.yaml:4: “Worm” already stands for “worm”; one writing, one term"


def test_the_same_writing_may_serve_both_languages_of_a_term() -> None:
    terms = glossary.read("terms.yaml", SMALL.encode()).by_id()
    assert terms["edr"].written("ja") == ("EDR",)
    assert terms["edr"].written("en") == ("endpoint detection", "EDR")


def test_another_source_is_refused() -> None:
    (fault,) = _faults(SMALL.replace("text: {ja: 製品}, source: casebook", "text: {ja: 製品}, source: rumour"))
    assert "“rumour” is not one of casebook, kizuki" in fault
