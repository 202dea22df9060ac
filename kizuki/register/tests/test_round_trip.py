"""Organisation files: import, export, import again, through files and through the database, and nothing has changed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kizuki.journal.models import Entry
from kizuki.kit import document
from kizuki.kit.library import library_path
from kizuki.kit.tests.strategies import SHORT, WORDS, of_type
from kizuki.measures.library import catalogue
from kizuki.register import actions
from kizuki.register.engine import format as f
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation as Row

FILES = [
    *sorted((library_path() / "demo").glob("*.yaml")), *sorted((library_path() / "templates").glob("*.yaml"))
]  # fmt: skip
NAMES = SHORT | WORDS.filter(lambda text: len(text) <= 100)
IDS = st.lists(
    st.from_regex(r"[^\s\x00]{1,12}", fullmatch=True).filter(str.isprintable), min_size=1, max_size=3, unique=True
)
DAYS = st.none() | st.dates().map(lambda day: day.isoformat())


def _read(file: str, raw: bytes) -> f.Organisation:
    return read(file, raw, vocabulary=vocabulary(), measures=catalogue())


def _some(words: Any) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(words)), max_size=2, unique=True).map(tuple)


@st.composite
def scopes(draw: Any, units: list[str], zones: list[str], assets: list[str]) -> f.Scope:
    keys = draw(st.sets(st.sampled_from(["unit", "zone", "kind", "asset"]), max_size=2))
    values = {"unit": units, "zone": zones, "kind": list(f.KIND_PARENT), "asset": assets}
    return f.Scope(**{key: draw(st.sampled_from(values[key])) for key in sorted(keys)}) if keys else f.Scope(all=True)


@st.composite
def organisations(draw: Any) -> f.Organisation:
    """A register whose parts know each other, with names that are hard to write down."""
    words = vocabulary()
    units, zones, realms, assets = (draw(IDS) for _ in range(4))
    one = st.sampled_from

    def asset(id: str) -> st.SearchStrategy[f.Asset]:
        return st.builds(
            f.Asset, id=st.just(id), name=NAMES, kind=of_type(f.AssetKind), unit=st.none() | one(units), zone=st.none() | one(zones),
            internet_facing=st.none() | st.booleans(), supplier_facing=st.none() | st.booleans(), count=st.integers(1, 10**7),
            realms=_some(realms), importance=st.none() | of_type(f.Importance), holds=_some(words.ids("information")),
            traits=st.lists(one(sorted(words.contraries())), max_size=1).map(tuple), components=st.lists(WORDS, max_size=1).map(tuple),
        )  # fmt: skip

    pairs = st.lists(st.permutations(assets).map(lambda ids: ids[:2]), max_size=2) if len(assets) > 1 else st.just([])
    return f.Organisation(
        schema_="kizuki/organisation/1",
        organisation=draw(st.builds(f.About, name=NAMES, sector=one(sorted(words.ids("sectors"))), profile=_some(words.ids("profile")),
                                    size=st.just("not stated") | st.integers(0, 10**8))),
        complete=draw(st.lists(of_type(f.Complete), max_size=6, unique=True).map(tuple)),
        units=tuple(f.Unit(id, draw(NAMES), draw(st.sampled_from([None, *units[:n]]))) for n, id in enumerate(units)),
        zones=tuple(f.Zone(id, draw(NAMES), draw(of_type(f.ZoneKind)), draw(st.booleans())) for id in zones),
        routes=tuple(draw(st.lists(st.builds(f.Route, from_=one(zones), to=one(zones)), max_size=3))),
        realms=tuple(f.Realm(id, draw(NAMES)) for id in realms),
        assets=tuple(draw(asset(id)) for id in assets),
        links=tuple(f.Link(a, b, draw(of_type(f.LinkKind))) for a, b in draw(pairs)),
        backups=tuple(draw(st.lists(st.builds(f.Backup, of=one(assets), generations=st.none() | st.integers(0, 99),
                                              apart=st.none() | st.booleans(), last_restore_test=DAYS), max_size=2))),
        coverage=tuple(draw(st.lists(st.builds(f.Coverage, measure=one(sorted(catalogue().by_id())), scope=scopes(units, zones, assets),
                                               state=of_type(f.State), evidence=st.none() | NAMES, verified=DAYS), max_size=3))),
    )  # fmt: skip


SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SETTINGS
@given(organisations())
def test_any_register_comes_back_the_same_as_yaml_and_as_json(made: f.Organisation) -> None:
    assert _read("o.yaml", document.dump(made).encode()) == made
    assert _read("o.json", msgspec.json.encode(made)) == made


@SETTINGS
@given(of_type(f.Organisation))
def test_whatever_its_form_allows_comes_back_the_same(made: f.Organisation) -> None:
    assert document.parse("o.yaml", document.dump(made).encode(), f.Organisation)[0] == made


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_files_of_the_library_come_back_the_same(path: Any) -> None:
    own = _read(path.name, path.read_bytes())
    assert _read("o.yaml", document.dump(own).encode()) == own
    assert _read("o.json", msgspec.json.encode(own)) == own


class ThroughTheDatabase(TestCase):
    """Hypothesis rolls back after each example."""

    @settings(SETTINGS, max_examples=20)
    @given(organisations())
    def test_any_register_comes_back_the_same_and_once_more_changes_nothing(self, made: f.Organisation) -> None:
        row = actions.store_organisation(document=made, by="a test")
        row = Row.objects.get(pk=row.pk)
        assert row.read == made
        entries, version = Entry.objects.count(), row.version
        again = _read("o.yaml", document.dump(row.read).encode())
        assert actions.store_organisation(document=again, by="a test", slug=row.slug).version == version
        assert (Entry.objects.count(), Row.objects.count()) == (entries, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_files_of_the_library_come_back_from_the_page_the_same(path: Any, cast: Any, signed_in: Any) -> None:
    own = _read(path.name, path.read_bytes())
    actions.store_organisation(document=own, by="a test", home=True)
    answer = signed_in(cast.manager).get(reverse("replay:organisation_file"))
    assert _read("o.yaml", answer.content) == own
