"""The map, “are we affected?”, notes, figures and priorities by API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.demo.actions import load_company, load_library
from kizuki.journal.models import Entry
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Contact, Organisation
from kizuki.replay import follow, listing
from kizuki.replay.actions import rank, take_snapshot
from kizuki.replay.models import Note
from kizuki.tasks.models import Task

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/replay"
MAIL = {"way": "mail", "kinds": ["pc"], "lost": ["encrypt"]}


@pytest.fixture
def company(db: None) -> Organisation:
    load_library()
    return load_company()


def program(person: Person, scope: str = "write") -> Client:
    until = timezone.now() + timedelta(days=1)
    _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
    return Client(headers={"Authorization": f"Bearer {written}"})


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(f"{ROOT}/{address}", body, content_type="application/json")


def owner_of(company: Organisation, unit: str, mail: str) -> None:
    """Make the person with this address answer for a unit."""
    row = company.read
    owner = next(one.owner for one in row.units if one.id == unit and one.owner)
    document = {**Contact.objects.get(key=owner).document, "mail": mail}
    apply(organisation=company, edits=[Edit("contact", owner, document)], by="a test")


def test_the_map_by_units_zones_and_kinds_and_as_of_a_day(company: Organisation, cast: Any) -> None:
    client = program(cast.executive, "read")
    for by in ("units", "zones", "kinds"):
        told = client.get(f"{ROOT}/map?by={by}").json()
        assert (told["schema"], told["by"], told["assets"]) == (
            "kizuki/map/1",
            by,
            sum(a.count for a in company.read.assets),
        )
        assert {cell["by"] for cell in told["cells"]} == {by}
    unit = next(cell["column"] for cell in client.get(f"{ROOT}/map").json()["cells"] if cell["column"])
    part = client.get(f"{ROOT}/map?unit={unit}&by=zones").json()
    assert 0 < part["assets"] <= told["assets"]
    past = client.get(f"{ROOT}/map", {"day": (timezone.localdate() - timedelta(days=9)).isoformat()}).json()
    assert (past["assets"], past["day"]) == (0, (timezone.localdate() - timedelta(days=9)).isoformat())
    assert client.get(f"{ROOT}/map?by=moons").status_code == 422
    assert client.get(f"{ROOT}/map", {"since": timezone.localdate().isoformat()}).status_code == 422
    assert client.get(f"{ROOT}/map?zone=moon").status_code == 404


def test_an_owner_sees_the_map_of_the_unit_only(company: Organisation, cast: Any) -> None:
    stranger = program(cast.reporter, "read")
    assert stranger.get(f"{ROOT}/map").status_code == 404
    unit = next(one.id for one in company.read.units if one.owner and one.parent)
    owner_of(company, unit, cast.reporter.email)
    owner, whole = program(cast.reporter, "read"), program(cast.executive, "read").get(f"{ROOT}/map").json()
    told = owner.get(f"{ROOT}/map").json()
    assert told["assets"] < whole["assets"]
    other = next(one.id for one in company.read.units if not one.parent)
    assert owner.get(f"{ROOT}/map?unit={other}").status_code == 404
    for address in ("notes", "figures", "priorities/tasks"):
        assert owner.get(f"{ROOT}/{address}").status_code == 404


def test_are_we_affected_stores_nothing(company: Organisation, cast: Any) -> None:
    client, entries = program(cast.executive), Entry.objects.count()
    by_case = post(client, "affected", case="nisc-h").json()
    assert by_case["result"] == client.get(f"{ROOT}/nisc-h").json()
    assert by_case["facts"] == {"case": "nisc-h"}
    told = post(client, "affected", **MAIL).json()
    assert (told["schema"], told["facts"]["described"]["way"]) == ("kizuki/affected/1", "mail")
    assert told["concerned"]["rows"] > 0
    assert post(client, "affected").status_code == 422
    assert post(client, "affected", kinds=["toaster"]).json()["problems"][0]["place"] == ["kinds"]
    assert post(client, "affected", techniques=["TX"], way="mail").json()["problems"][0]["place"] == ["techniques"]
    assert post(client, "affected", case="nothing").status_code == 404
    assert (Entry.objects.count() - entries, Note.objects.count()) == (0, 0)


def test_a_note_is_kept_once_however_often_it_is_sent(company: Organisation, cast: Any) -> None:
    client = program(cast.responder)
    first = post(client, "notes", title="XR-7", text="Heard today", question=MAIL).json()
    assert (first["title"], first["by"], first["case"]["kind"]) == (
        "XR-7",
        str(cast.responder),
        Note.objects.get().document.kind,
    )
    entries = Entry.objects.count()
    assert post(client, "notes", title="XR-7", text="Heard today", question=MAIL).json() == first
    assert Entry.objects.count() == entries
    since = timezone.now().isoformat()
    second = post(client, "notes", title="XR-7", question={"case": "nisc-h"}).json()
    assert second["id"] != first["id"]
    page = client.get(f"{ROOT}/notes?limit=1").json()
    assert [item["id"] for item in page["items"]] == [first["id"]]
    assert [i["id"] for i in client.get(f"{ROOT}/notes?cursor={page['next']}").json()["items"]] == [second["id"]]
    assert [i["id"] for i in client.get(f"{ROOT}/notes", {"updated_since": since}).json()["items"]] == [second["id"]]
    assert client.get(f"{ROOT}/notes/{first['id']}").json() == first
    assert post(client, "notes", title="", question=MAIL).status_code == 422
    assert post(client, "notes", title="XR-8", question={}).status_code == 422


def test_figures(company: Organisation, cast: Any) -> None:
    client, today = program(cast.auditor, "read"), timezone.localdate()
    assert client.get(f"{ROOT}/figures").json()["days"] == []
    take_snapshot(organisation=company, day=today)
    (day,) = client.get(f"{ROOT}/figures").json()["days"]
    assert (day["day"], day["assets"] > 0) == (today.isoformat(), True)
    assert client.get(f"{ROOT}/figures?last=2020-01-01").json()["days"] == []


def test_a_row_of_the_priorities_becomes_one_task(company: Organisation, cast: Any) -> None:
    rank(organisation=company)
    found = listing.priorities_for(company)
    assert found is not None
    key, client = follow.key_of(found.do.rows[0].asks[0]), program(cast.manager)
    first = post(client, "priorities/tasks", row=key, unit="it", due="2030-01-31").json()
    assert (first["about"], first["origin"], first["due"]) == (
        {"kind": "measure", "key": key},
        "priority",
        "2030-01-31",
    )
    assert first["title"]["ja"] != first["title"]["en"]
    assert post(client, "priorities/tasks", row=key, unit="it").json() == first
    assert Task.objects.count() == 1
    assert [item["id"] for item in client.get(f"{ROOT}/priorities/tasks").json()["items"]] == [first["id"]]
    since = {"updated_since": timezone.now().isoformat()}
    assert client.get(f"{ROOT}/priorities/tasks", since).json()["items"] == []
    assert post(client, "priorities/tasks", row="P99 unrecorded").status_code == 404
    assert post(client, "priorities/tasks", row=key, unit="nowhere").status_code == 422


def test_who_may_what(company: Organisation, cast: Any) -> None:
    for person in (cast.executive, cast.auditor):
        assert post(program(person), "notes", title="XR-9", question=MAIL).status_code == 403
    for person in (cast.responder, cast.executive, cast.auditor):
        assert post(program(person), "priorities/tasks", row="P01 unrecorded").status_code == 403
    stranger = program(cast.reporter)
    for address in ("notes", "figures", "priorities/tasks", "map"):
        assert stranger.get(f"{ROOT}/{address}").status_code == 404
    assert post(stranger, "affected", **MAIL).status_code == 404
    assert post(stranger, "notes", title="XR-9", question=MAIL).status_code == 404
    assert post(program(cast.manager, "read"), "affected", **MAIL).status_code == 403
    assert not Note.objects.exists()
