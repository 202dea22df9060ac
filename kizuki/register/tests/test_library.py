"""The organisation files that Kizuki brings: the demo company and the template."""

from __future__ import annotations

from pathlib import Path

import pytest

from kizuki.kit import document
from kizuki.kit.text import Text, shown
from kizuki.register.engine import vocabulary
from kizuki.register.engine.format import Organisation
from kizuki.register.engine.vocabulary import Vocabulary

LIBRARY = Path(__file__).parents[3] / "library"
FILES = ["demo/company.yaml", "templates/organisation.yaml"]


@pytest.fixture(scope="module")
def own() -> Vocabulary:
    path = LIBRARY / "vocabulary.yaml"
    return vocabulary.read(str(path), path.read_bytes())


@pytest.mark.parametrize("name", FILES)
def test_the_organisation_files_that_kizuki_brings_use_known_words(own: Vocabulary, name: str) -> None:
    path = LIBRARY / name
    organisation, _ = document.parse(name, path.read_bytes(), Organisation)
    contraries = own.contraries()
    assert organisation.organisation.sector in own.ids("sectors")
    assert set(organisation.organisation.profile) <= own.ids("profile")
    assert organisation.assets
    for asset in organisation.assets:
        assert set(asset.traits) <= own.ids("traits"), asset.id
        assert set(asset.holds) <= own.ids("information"), asset.id
        clashes = {trait for trait in asset.traits if contraries[trait] in asset.traits}
        assert not clashes, f"{asset.id} has a trait and its contrary"


def _places(organisation: Organisation) -> dict[str, set[str]]:
    parts = ("units", "zones", "realms", "assets")
    made: dict[str, set[str]] = {}
    for part in parts:
        ids = [row.id for row in getattr(organisation, part)]
        assert len(ids) == len(set(ids)), f"an id is given twice in {part}"
        made[part] = set(ids)
    return made


@pytest.mark.parametrize("name", FILES)
def test_the_organisation_files_that_kizuki_brings_hang_together(name: str) -> None:
    organisation, _ = document.parse(name, (LIBRARY / name).read_bytes(), Organisation)
    known = _places(organisation)
    for asset in organisation.assets:
        assert {asset.unit} <= known["units"], asset.id
        assert set(asset.all_zones()) <= known["zones"], asset.id
        assert asset.all_zones(), asset.id
        assert set(asset.all_realms()) <= known["realms"], asset.id
    assert {end for route in organisation.routes for end in (route.from_, route.to)} <= known["zones"]
    assert {end for link in organisation.links for end in (link.from_, link.to)} <= known["assets"]
    assert {backup.of for backup in organisation.backups} <= known["assets"]
    for row in organisation.coverage:
        scope = row.scope
        assert {scope.unit} - {None} <= known["units"], row
        assert {scope.zone} - {None} <= known["zones"], row
        assert {scope.asset} - {None} <= known["assets"], row


def test_the_demo_company_is_large_enough_and_written_in_both_languages() -> None:
    path = LIBRARY / "demo" / "company.yaml"
    company, _ = document.parse("company.yaml", path.read_bytes(), Organisation)
    assert 250 <= len(company.assets) <= 400
    assert 150 <= len(company.coverage) <= 195
    rows = (company.units, company.zones, company.realms, company.assets)
    names = [row.name for part in rows for row in part]
    texts = [
        company.organisation.name,
        *names,
        *(r.evidence for r in company.coverage if r.evidence),
    ]
    assert [text for text in texts if not isinstance(text, Text) or not (text.ja and text.en)] == []
    shown_names = [shown(asset.name, language) for language in ("ja", "en") for asset in company.assets]
    assert len(shown_names) == len(set(shown_names)), "two assets cannot be told apart by name"
