"""Devices by API: batches that may be sent twice, reasons, decisions, what changed since, sight."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.devices.actions import match_devices
from kizuki.devices.models import Device, DeviceDecision, Observation, Trace
from kizuki.devices.tests.conftest import LAPTOP, PRINTER, STRANGER, asset, matched, seen, take
from kizuki.journal.models import Entry
from kizuki.register.models import Asset, Organisation

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/devices"


def program(person: Person, scope: str = "write") -> Client:
    until = timezone.now() + timedelta(days=1)
    _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
    return Client(headers={"Authorization": f"Bearer {written}"})


def put(client: Client, device: Device, **body: Any) -> Any:
    return client.put(f"{ROOT}/{device.pk}/decision", body, content_type="application/json")


def batch(client: Client, **changes: Any) -> Any:
    at = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    sightings = [{"at": at.isoformat(), "mac": "3C-52-82-00-00-03", "ips": [f"10.1.0.{n}"]} for n in range(1, 4)]
    body = {"source": "arp:r1", "zone": "lan", "observations": sightings, **changes}
    return client.post(f"{ROOT}/observations", body, content_type="application/json")


@pytest.fixture
def stranger(office: Organisation) -> Device:
    """What nobody knows, beside a printer and a laptop."""
    take(seen(PRINTER, "10.1.0.5"), seen(LAPTOP, "10.1.0.6"), seen(STRANGER, "10.1.0.7", hosts=("what",)))
    return matched(office)[STRANGER]


def test_devices_come_in_pages_with_filters_and_one_with_its_reasons(stranger: Device, cast: Any) -> None:
    client = program(cast.executive, "read")
    macs: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"{ROOT}?limit=1&zone=lan&cursor={cursor}").json()
        macs += [mac for item in page["items"] for mac in item["macs"]]
        cursor = page["next"]
    assert sorted(macs) == [PRINTER, LAPTOP, STRANGER]
    assert [i["id"] for i in client.get(f"{ROOT}?state=unknown").json()["items"]] == [stranger.pk]
    assert client.get(f"{ROOT}?zone=nowhere").json()["items"] == []
    assert client.get(f"{ROOT}?state=odd").status_code == 422
    known = Device.objects.get(asset="printer")
    one = client.get(f"{ROOT}/{known.pk}").json()
    assert (one["state"], one["sightings"][0]["source"], one["sightings"][0]["zone"]) == ("known", "arp:r1", "lan")
    assert one["reasons"][0]["word"] == "mac"
    assert PRINTER in one["reasons"][0]["text"]
    assert client.get(f"{ROOT}/{known.pk}?sightings=0").json()["sightings"] == []
    (source,) = client.get(f"{ROOT}/sources").json()["items"]
    assert (source["name"], source["zone"], source["count"]) == ("arp:r1", "lan", 3)


def test_the_same_batch_again_changes_nothing(office: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    at = (timezone.now() - timedelta(hours=1)).replace(microsecond=0).isoformat()
    sightings = [{"at": at, "mac": "3C-52-82-00-00-03", "ips": [f"10.1.0.{n}"]} for n in range(1, 4)]
    assert batch(client, observations=sightings).json() == {"new": 3, "same": 0, "outside": 0}
    match_devices(organisation=office, by="a test")
    before = [list(table.objects.order_by("pk").values()) for table in (Observation, Trace, Device)]
    assert batch(client, observations=sightings).json() == {"new": 0, "same": 3, "outside": 0}
    assert [list(table.objects.order_by("pk").values()) for table in (Observation, Trace, Device)] == before
    assert Device.objects.get(seen__gt=0).macs == [STRANGER]


def test_what_cannot_be_an_observation_is_refused_whole(office: Organisation, cast: Any) -> None:
    client, at = program(cast.manager), timezone.now().isoformat()
    good = {"at": at, "ips": ["10.1.0.9"]}
    wrong = batch(
        client, observations=[good, {"at": at, "mac": "00:00:00:00:00:00"}, {"at": at, "zone": "moon", "hosts": ["a"]}]
    )
    assert wrong.status_code == 422
    places = {problem["place"][0] for problem in wrong.json()["problems"]}
    assert places == {"observations.1.mac", "observations.1", "observations.2.zone"}
    assert batch(client, observations=[{**good, "at": "2026-01-01T00:00:00"}]).status_code == 422
    assert batch(client, observations=[]).status_code == 422
    assert batch(client, observations=[good] * 2001).status_code == 422
    assert batch(client, zone="moon").status_code == 422
    assert not Observation.objects.exists()


def test_a_decision_sent_twice_is_made_once_and_can_be_taken_back(stranger: Device, cast: Any) -> None:
    client, version = program(cast.manager), asset("pos").version
    body = {"kind": "asset", "asset": "pos", "identifiers": {"macs": [STRANGER]}, "version": stranger.version}
    first = put(client, stranger, **body)
    assert (first.status_code, first.json()["state"], first.json()["asset"]) == (200, "known", "pos")
    assert asset("pos").document["macs"] == [STRANGER]
    entries = Entry.objects.count()
    assert put(client, stranger, **body).status_code == 200
    assert (Entry.objects.count(), DeviceDecision.objects.count()) == (entries, 1)
    assert client.delete(f"{ROOT}/{stranger.pk}/decision").status_code == 204
    assert client.delete(f"{ROOT}/{stranger.pk}/decision").status_code == 204
    assert "macs" not in asset("pos").document
    assert asset("pos").version == version + 2


def test_other_decisions(stranger: Device, cast: Any) -> None:
    client, until = program(cast.manager), timezone.localdate() + timedelta(days=5)
    aside = {"kind": "not ours", "reason": "A guest", "until": until.isoformat(), "version": stranger.version}
    assert put(client, stranger, **{**aside, "until": None}).status_code == 422
    assert put(client, stranger, **aside).json()["decisions"][0]["until"] == until.isoformat()
    stale = put(client, stranger, kind="block", reason="Off", version=stranger.version)
    assert (stale.status_code, stale.json()["problems"][0]["version"]) == (409, stranger.version + 1)
    assert put(client, stranger, kind="block", reason="Off", version=stranger.version + 1).json()["decided"] == "block"
    made = {
        "kind": "made",
        "asset": "new",
        "name": "New",
        "asset_kind": "iot",
        "unit": "it",
        "version": stranger.version + 2,
    }
    assert put(client, stranger, **{**made, "asset_kind": "toaster"}).json()["problems"][0]["place"] == ["kind"]
    assert put(client, stranger, **made, identifiers={"macs": [STRANGER]}).json()["asset"] == "new"
    assert Asset.objects.get(key="new").document["macs"] == [STRANGER]
    taken = put(client, stranger, **{**made, "asset": "pcs", "version": stranger.version + 3})
    assert taken.status_code == 422


def test_what_changed_since(stranger: Device, cast: Any) -> None:
    client, since = program(cast.manager), timezone.now().isoformat()
    assert client.get(ROOT, {"updated_since": since}).json()["items"] == []
    put(client, stranger, kind="block", reason="Off", version=stranger.version)
    assert [i["id"] for i in client.get(ROOT, {"updated_since": since}).json()["items"]] == [stranger.pk]
    home = Organisation.objects.get(is_home=True)
    match_devices(organisation=home, by="a test")
    since = timezone.now().isoformat()
    take(seen("3c:52:82:00:00:09", "10.1.0.9", hours=0.5))
    match_devices(organisation=home, by="a test")
    # Matching goes through all of them; those that it finds as they were do not come along.
    again = client.get(ROOT, {"updated_since": since}).json()["items"]
    assert [item["macs"] for item in again] == [["3c:52:82:00:00:09"]]
    since = timezone.now().isoformat()
    assert client.delete(f"{ROOT}/{stranger.pk}/decision").status_code == 204
    assert [i["id"] for i in client.get(ROOT, {"updated_since": since}).json()["items"]] == [stranger.pk]


def test_who_may_what(stranger: Device, cast: Any) -> None:
    Device.objects.filter(pk=stranger.pk).update(unit="it")
    mine = Device.objects.get(asset="laptop")
    for person in (cast.responder, cast.executive, cast.auditor):
        assert program(person, "read").get(f"{ROOT}/{stranger.pk}").status_code == 200
        assert put(program(person), stranger, kind="block", reason="Off", version=1).status_code == 403
        assert batch(program(person)).status_code == 403
    # The reporter of the cast answers for sales and so for the shop.
    owner = program(cast.reporter)
    assert {item["asset"] for item in owner.get(ROOT).json()["items"]} == {"laptop", "printer"}
    assert owner.get(f"{ROOT}/{stranger.pk}").status_code == 404
    assert put(owner, stranger, kind="block", reason="Off", version=1).status_code == 404
    assert owner.delete(f"{ROOT}/{stranger.pk}/decision").status_code == 404
    assert put(owner, mine, kind="asset", asset="pcs", version=mine.version).status_code == 422
    assert put(owner, mine, kind="block", reason="Off", version=mine.version).status_code == 200
    assert batch(owner).status_code == 403
    assert program(cast.manager, "read").post(f"{ROOT}/observations").status_code == 403


def test_a_candidate_of_another_unit_is_not_named(stranger: Device, cast: Any) -> None:
    near = {"asset": "pcs", "reasons": [], "points": 1}
    Device.objects.filter(pk=stranger.pk).update(unit="shop", state="conflict", assets=["pcs", "pos"], near=near)
    told = program(cast.reporter, "read").get(f"{ROOT}/{stranger.pk}").json()
    assert (told["candidates"], told["near"]) == (["pos"], None)
    told = program(cast.manager, "read").get(f"{ROOT}/{stranger.pk}").json()
    assert (told["candidates"], told["near"]) == (["pcs", "pos"], "pcs")
