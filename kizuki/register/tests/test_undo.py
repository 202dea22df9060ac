"""Taking a batch back restores the register exactly, and keeps what others did since: at once, and in portions."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection

from kizuki.jobs import pace
from kizuki.journal.models import Entry
from kizuki.register import hooks
from kizuki.register.actions import (
    Edit,
    InUse,
    Refused,
    Stale,
    apply,
    apply_portions,
    begun_to_undo,
    undo,
    undo_batch,
    undo_portions,
    undone,
)
from kizuki.register.models import Asset, Organisation, Unit


@pytest.fixture(params=[undo_batch, undo_portions])
def take_back(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Both ways; in portions as small as they can be."""
    monkeypatch.setattr(undo, "Pace", OneByOne)
    return request.param


class OneByOne:
    """A pace at which a portion is what has to be written together, and no more."""

    def __init__(self, _size: int) -> None:
        self.size = 1

    def begin(self) -> None:
        """Nothing to measure."""

    end = begin


def batch_of(small: Organisation) -> uuid.UUID:
    batch = uuid.uuid4()
    www = Asset.objects.get(key="www").document
    edits = [
        Edit("zone", "new", {"id": "new", "name": "New", "kind": "office"}),
        Edit("asset", "a1", {"id": "a1", "name": "A", "kind": "pc", "zone": "new"}),
        Edit("asset", "www", {**www, "os": "Debian"}),
        Edit("backup", "www", None),
    ]
    apply(organisation=small, edits=edits[:2], by="an import", batch=batch)
    apply(organisation=small, edits=edits[2:], by="an import", batch=batch)
    apply(organisation=small, edits=[Edit("asset", "www", {**www, "os": "Debian 12"})], by="an import", batch=batch)
    return batch


def test_everything_is_as_it_was(small: Organisation, take_back: Any) -> None:
    before = small.read
    batch = batch_of(small)
    small.refresh_from_db()
    assert small.read != before
    take_back(organisation=small, batch=batch, by="a test")
    small.refresh_from_db()
    assert small.read == before


def test_what_others_changed_since_is_kept(small: Organisation, take_back: Any) -> None:
    batch = batch_of(small)
    row = Asset.objects.get(key="www")
    apply(organisation=small, edits=[Edit("asset", "www", {**row.document, "model": "R640"})], by="somebody")
    take_back(organisation=small, batch=batch, by="a test")
    document = Asset.objects.get(key="www").document
    assert "os" not in document
    assert document["model"] == "R640"


def test_the_same_field_changed_since_stops_it_and_nothing_is_undone(small: Organisation, take_back: Any) -> None:
    batch = batch_of(small)
    row = Asset.objects.get(key="www")
    apply(organisation=small, edits=[Edit("asset", "www", {**row.document, "os": "BSD"})], by="somebody")
    with pytest.raises(Stale):
        take_back(organisation=small, batch=batch, by="a test")
    assert Asset.objects.get(key="a1").deleted_at is None


def test_what_came_with_it_and_is_named_since_stays(small: Organisation, take_back: Any) -> None:
    batch = batch_of(small)
    pcs = Asset.objects.get(key="pcs").document
    apply(organisation=small, edits=[Edit("asset", "pcs", {**pcs, "zones": ["new"]})], by="somebody")
    with pytest.raises(InUse):
        take_back(organisation=small, batch=batch, by="a test")


def test_undoing_twice_and_undoing_an_undo(small: Organisation, take_back: Any) -> None:
    before = small.read
    batch = batch_of(small)
    small.refresh_from_db()
    between = small.read
    done = take_back(organisation=small, batch=batch, by="a test")
    assert done.entry is not None
    assert take_back(organisation=small, batch=batch, by="a test").entry is None
    small.refresh_from_db()
    assert small.read == before
    assert between != before


def test_what_was_moved_to_something_new_goes_back_before_that_goes(small: Organisation, take_back: Any) -> None:
    before, batch = small.read, uuid.uuid4()
    www = Asset.objects.get(key="www").document
    edits = [
        Edit("zone", "new", {"id": "new", "name": "New", "kind": "office"}),
        Edit("asset", "www", {**www, "zone": "new"}),
    ]
    for edit in edits:
        apply(organisation=small, edits=[edit], by="an import", batch=batch)
    take_back(organisation=small, batch=batch, by="a test")
    small.refresh_from_db()
    assert small.read == before


def test_units_and_contacts_that_name_each_other_and_units_turned_upside_down(
    small: Organisation, take_back: Any
) -> None:
    before, batch = small.read, uuid.uuid4()
    rows = {row.key: row.document for row in Unit.objects.all()}
    edits = [
        Edit("unit", "all", {**rows["all"], "parent": "shop"}),
        Edit("unit", "shop", {"id": "shop", "name": "Shop"}),
        Edit("unit", "sales", None),
        Edit("contact", "ken", None),
        Edit("information", "orders", None),
        Edit("asset", "pcs", {**Asset.objects.get(key="pcs").document, "information": []}),
        Edit("unit", "lab", {"id": "lab", "name": "Lab", "parent": "all", "owner": "rie"}),
        Edit("contact", "rie", {"id": "rie", "name": "Rie", "unit": "lab", "deputy": "mari"}),
    ]
    apply(organisation=small, edits=edits, by="an import", batch=batch)
    take_back(organisation=small, batch=batch, by="a test")
    small.refresh_from_db()
    assert small.read == before


@pytest.mark.parametrize("seed", range(12))
def test_whatever_was_done_is_taken_back_exactly(small: Organisation, take_back: Any, seed: int) -> None:
    random, batch = Random(seed), uuid.uuid4()
    before = small.read
    for edit in random_edits(random, small):
        try:
            apply(organisation=small, edits=[edit], by="an import", batch=batch)
        except (Refused, InUse):
            continue
    small.refresh_from_db()
    assert small.read != before
    take_back(organisation=small, batch=batch, by="a test")
    small.refresh_from_db()
    assert sorted_records(small.read) == sorted_records(before)


def random_edits(random: Random, small: Organisation) -> Iterator[Edit]:
    """Things that come, go, come back and are hung up elsewhere; what cannot be meant is among them."""
    units = ["all", "sales", "shop", "it", *(f"u{n}" for n in range(4))]
    people = ["ken", "mari", *(f"c{n}" for n in range(4))]
    zones = ["lan", "dmz", "z0", "z1"]
    for _ in range(60):
        unit, above, person, zone = (random.choice(some) for some in (units, units, people, zones))
        gone: tuple[Any, str] = random.choice([("unit", unit), ("contact", person), ("zone", zone)])
        other: tuple[Any, str] = random.choice([("link", "pcs>www admin"), ("backup", "www"), ("asset", "pcs")])
        possible = [
            Edit("unit", unit, {"id": unit, "name": unit, "parent": above, "owner": person}),
            Edit("unit", unit, {"id": unit, "name": unit}),
            Edit("contact", person, {"id": person, "name": person, "unit": unit}),
            Edit("zone", zone, {"id": zone, "name": zone, "kind": "office", "unit": unit}),
            Edit("asset", "www", {"id": "www", "name": "W", "kind": "pc", "zone": zone, "unit": unit}),
            Edit(*gone, None),
            Edit(*other, None),
        ]
        yield random.choice(possible)


def sorted_records(document: Any) -> Any:
    return {
        part: sorted(map(str, getattr(document, part))) for part in ("units", "contacts", "zones", "assets", "links")
    }


def test_one_that_dies_half_way_is_gone_on_with(small: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "Pace", OneByOne)
    told: list[str] = []
    monkeypatch.setattr(hooks, "after_change", [lambda: told.append("changed")])
    before, batch = small.read, batch_of(small)
    told.clear()

    def die(done: int, of: int) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_portions(organisation=small, batch=batch, by="a test", tell=die)
    assert told == ["changed"]
    assert (begun_to_undo(batch), undone(batch)) == (True, False)
    small.refresh_from_db()
    assert small.read != before
    undo_portions(organisation=small, batch=batch, by="a test")
    small.refresh_from_db()
    assert small.read == before
    assert undone(batch)
    assert told == ["changed", "changed"]


def test_what_is_changed_while_it_is_under_way_stops_it_there(
    small: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "Pace", OneByOne)
    before, batch = small.read, batch_of(small)
    mine = {**Asset.objects.get(key="a1").document, "os": "Mine"}

    def meddle(done: int, of: int) -> None:
        if done == 1:
            apply(organisation=small, edits=[Edit("asset", "a1", mine)], by="somebody")

    with pytest.raises(Stale):
        undo_portions(organisation=small, batch=batch, by="a test", tell=meddle)
    assert Asset.objects.get(key="a1").document == mine
    assert "os" not in Asset.objects.get(key="www").document
    with pytest.raises(Stale):  # it still stands in the way
        undo_portions(organisation=small, batch=batch, by="a test")
    apply(organisation=small, edits=[Edit("asset", "a1", None)], by="somebody")
    undo_portions(organisation=small, batch=batch, by="a test")
    small.refresh_from_db()
    assert small.read == before


def test_going_on_asks_no_question_for_each_record(small: Organisation, django_assert_max_num_queries: Any) -> None:
    batch = uuid.uuid4()
    edits = [Edit("asset", f"x{n}", {"id": f"x{n}", "name": "X", "kind": "pc"}) for n in range(200)]
    apply(organisation=small, edits=edits, by="an import", batch=batch)
    with django_assert_max_num_queries(60):
        undo_portions(organisation=small, batch=batch, by="a test")
    with django_assert_max_num_queries(40):
        undo_portions(organisation=small, batch=batch, by="a test")
    assert Entry.objects.filter(verb="undid", data__contains=f'"batch_undone":"{batch}"').count() == 1


BUSY = """
import time
from pathlib import Path
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Organisation
small, n, waits = Organisation.objects.get(is_home=True), 0, []
Path({started!r}).touch()
while not Path({stop!r}).exists():
    n += 1
    start = time.perf_counter()
    apply(organisation=small, edits=[Edit("contact", "busy", {{"id": "busy", "name": f"Busy {{n}}"}})], by="somebody", quiet=True)
    waits.append((time.time(), time.perf_counter() - start))
    time.sleep(0.02)
print([at for at, _took in waits], max(took for _at, took in waits))
"""


@pytest.mark.django_db(transaction=True)
def test_another_writer_gets_in_between(
    in_another_process: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    from kizuki.register.actions import store_organisation
    from kizuki.register.engine.format import Organisation as Document
    from kizuki.register.tests.conftest import SMALL

    monkeypatch.setitem(pace.PAUSE, connection.vendor, 0.055 if connection.vendor == "sqlite" else 0.0)
    small = store_organisation(document=msgspec.convert(SMALL, Document), by="a test", home=True)
    before, batch = small.read, uuid.uuid4()
    edits = [
        Edit("asset", f"x{n}", {"id": f"x{n}", "name": f"X {n}", "kind": "pc", "zone": "lan"}) for n in range(4000)
    ]
    apply_portions(organisation=small, edits=edits, by="an import", verb="imported", batch=batch)
    started, stop = tmp_path / "started", tmp_path / "stop"
    process = in_another_process(BUSY.format(started=str(started), stop=str(stop)))
    while not started.exists():
        time.sleep(0.02)
        assert process.poll() is None, process.communicate()
    began = time.time()
    undo_portions(organisation=small, batch=batch, by="a test")
    ended = time.time()
    stop.touch()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    at, longest = out.rsplit("]", 1)
    within = [moment for moment in map(float, at.strip(" [").split(",")) if began < moment < ended]
    assert len(within) >= 5
    assert float(longest) < max(
        0.9, 0.8 * (ended - began)
    )  # one transaction would keep it waiting nearly as long as it takes
    small.refresh_from_db()
    contacts = tuple(contact for contact in small.read.contacts if contact.id != "busy")
    assert msgspec.structs.replace(small.read, contacts=contacts) == before
