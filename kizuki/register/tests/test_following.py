"""A register that is read again after changes is what the tables say, although only the changes were read."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest
from django.db import transaction

from kizuki.register import actions, following, reading
from kizuki.register.actions import Edit
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.models import TABLES, Organisation
from kizuki.register.tests.conftest import SMALL


@pytest.fixture
def small(db: None) -> Organisation:
    """The small organisation, read once; another test may have left the same state in memory."""
    reading._last.clear()
    made = actions.store_organisation(document=msgspec.convert(SMALL, Document), by="a test", home=True)
    reading.document_of(made)
    return made


@pytest.fixture
def wholes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The states for which the whole register was read."""
    told: list[str] = []
    whole = reading._whole

    def counted(organisation: Organisation) -> Any:
        told.append(organisation.digest)
        return whole(organisation)

    monkeypatch.setattr(reading, "_whole", counted)
    return told


def apply(small: Organisation, *edits: Edit) -> None:
    actions.apply(organisation=small, edits=edits, by="a test")
    small.refresh_from_db()


def asset(id: str, **more: Any) -> Edit:
    return Edit("asset", id, {"id": id, "name": id, "kind": "pc", **more})


def as_stored(small: Organisation) -> Document:
    """What the tables say, read as a whole and kept nowhere."""
    return reading.__dict__["_whole"](small).document  # type: ignore[no-any-return]


def test_changes_are_followed_without_reading_the_whole_again(small: Organisation, wholes: list[str]) -> None:
    assert small.read == as_stored(small)
    before = len(wholes)
    apply(small, asset("new-1"), asset("new-2", notes="one"))
    apply(small, asset("new-2", notes="two"), Edit("zone", "z-new", {"id": "z-new", "name": "New", "kind": "office"}))
    apply(small, Edit("asset", "new-1", None))
    read = small.read
    assert len(wholes) == before
    assert read == as_stored(small)
    assert [one.notes for one in read.assets if one.id.startswith("new-")] == ["two"]


def test_what_comes_back_stands_where_it_stood(small: Organisation, wholes: list[str]) -> None:
    apply(small, asset("a-1"), asset("a-2"), asset("a-3"))
    assert small.read
    before = len(wholes)
    apply(small, Edit("asset", "a-2", None))
    assert [one.id for one in small.read.assets][-2:] == ["a-1", "a-3"]
    apply(small, asset("a-2", os="Debian"))
    assert [one.id for one in small.read.assets][-3:] == ["a-1", "a-2", "a-3"]
    assert len(wholes) == before
    assert small.read == as_stored(small)


def test_any_acts_lead_to_the_same_as_the_tables(small: Organisation) -> None:
    rng, ids = Random(11), [f"r-{n}" for n in range(12)]
    for turn in range(60):
        chosen = rng.sample(ids, rng.randint(1, 4))
        there = set(TABLES["asset"].objects.filter(deleted_at=None).values_list("key", flat=True))
        edits = [
            Edit("asset", id, None) if id in there and rng.random() < 0.4 else asset(id, notes=f"{turn}")
            for id in chosen
        ]
        apply(small, *edits)
        if rng.random() < 0.5:
            assert small.read == as_stored(small)
    assert small.read == as_stored(small)


def test_what_the_organisation_says_of_itself_is_read_as_a_whole(small: Organisation, wholes: list[str]) -> None:
    assert small.read
    before = len(wholes)
    about = msgspec.structs.replace(small.head, sector="health")
    actions.describe_organisation(organisation=small, about=about, complete=("routes",), by="a test")
    small.refresh_from_db()
    assert (small.read.organisation.sector, small.read.complete) == ("health", ("routes",))
    assert len(wholes) == before + 1


def test_what_was_read_and_then_undone_by_the_database_is_forgotten(small: Organisation) -> None:
    assert small.read
    with transaction.atomic():
        apply(small, asset("ghost"))
        assert "ghost" in {one.id for one in small.read.assets}
        transaction.set_rollback(True)
    small.refresh_from_db()
    apply(small, asset("real"))
    assert {one.id for one in small.read.assets} >= {"real"}
    assert "ghost" not in {one.id for one in small.read.assets}
    assert small.read == as_stored(small)


def test_after_very_many_changes_the_whole_is_read(
    small: Organisation, wholes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.read
    monkeypatch.setattr(following, "MOST", 3)
    before = len(wholes)
    apply(small, *(asset(f"m-{n}") for n in range(4)))
    assert len(small.read.assets) == TABLES["asset"].objects.filter(deleted_at=None).count()
    assert len(wholes) == before + 1
