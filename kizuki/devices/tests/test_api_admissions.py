"""Admissions by API: asking once however often it is sent, deciding, what changed since, sight."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import Cast
from kizuki.devices.models import Admission
from kizuki.devices.tests.test_admitting import BAD, PLAIN, approved, asked, day, ready
from kizuki.devices.tests.test_api import program
from kizuki.journal.models import Entry
from kizuki.register.models import Asset, Organisation

__all__ = ["ready"]
pytestmark = pytest.mark.django_db
ROOT = "/api/v1/admissions"
NEW = {"what": "Label printer", "kind": "iot", "zone": "lan", "unit": "sales", "facts": PLAIN}


def post(client: Client, **body: Any) -> Any:
    return client.post(ROOT, {**NEW, **body}, content_type="application/json")


def put(client: Client, address: str, **body: Any) -> Any:
    return client.put(f"{ROOT}/{address}", body, content_type="application/json")


def test_a_request_is_made_once_however_often_it_is_sent(ready: Organisation, cast: Cast) -> None:
    client = program(cast.reporter)
    first = post(client).json()
    assert (first["state"], first["suggested"], first["facts"], first["version"]) == ("asked", "admit", PLAIN, 1)
    entries = Entry.objects.count()
    assert post(client).json() == first
    assert (Entry.objects.count(), Admission.objects.count()) == (entries, 1)
    assert post(client, facts={**PLAIN, "patching": None}).json()["id"] != first["id"]
    assert client.get(f"{ROOT}/{first['id']}").json() == first


def test_faults_are_told_and_nothing_is_stored(ready: Organisation, cast: Cast) -> None:
    client = program(cast.reporter)
    assert post(client, zone="moon").json()["problems"][0]["place"] == ["zone"]
    assert post(client, unit="it").json()["problems"][0]["place"] == ["unit"]
    assert post(client, facts={"colour": "red"}).status_code == 422
    assert post(client, what="").status_code == 422
    assert not Admission.objects.exists()


def test_a_decision_is_made_once_and_not_by_who_asked(ready: Organisation, cast: Cast) -> None:
    client, row = program(cast.manager), asked(cast, BAD)
    assert put(client, f"{row.pk}/decision", outcome="admit", version=1).status_code == 422
    assert put(client, f"{row.pk}/decision", outcome="nonsense", version=1).status_code == 422
    body = {"outcome": "admit", "reason": "Tried out", "until": day(20).isoformat(), "version": 1}
    first = put(client, f"{row.pk}/decision", **body)
    assert (first.status_code, first.json()["until"]) == (200, day(20).isoformat())
    entries = Entry.objects.count()
    assert put(client, f"{row.pk}/decision", **body).json() == first.json()
    assert Entry.objects.count() == entries
    other = put(program(cast.administrator), f"{row.pk}/decision", outcome="refuse", version=1)
    assert (other.status_code, other.json()["problems"][0]["version"]) == (409, 2)
    mine = post(client).json()
    assert put(client, f"{mine['id']}/decision", outcome=mine["suggested"], version=1).status_code == 422


def test_what_became_of_it(ready: Organisation, cast: Cast) -> None:
    row, client = approved(cast), program(cast.reporter)
    assert row.state == "connected"
    assert put(client, f"{row.pk}/state", state="connected", version=9).json()["version"] == row.version
    assert put(client, f"{row.pk}/state", state="withdrawn", version=9).status_code == 409
    assert put(client, f"{row.pk}/state", state="withdrawn", version=row.version).json()["state"] == "ended"
    assert put(client, f"{row.pk}/state", state="withdrawn", version=row.version).status_code == 200
    assert Asset.objects.get(key=row.asset).document["lifecycle"] == "retired"


def test_pages_and_what_changed_since(ready: Organisation, cast: Cast) -> None:
    client = program(cast.manager)
    rows = [approved(cast, what="Printer"), asked(cast, PLAIN, what="Scanner"), asked(cast, PLAIN, what="Camera")]
    page = client.get(f"{ROOT}?limit=2").json()
    assert [item["id"] for item in page["items"]] == [rows[0].pk, rows[1].pk]
    assert [i["id"] for i in client.get(f"{ROOT}?limit=2&cursor={page['next']}").json()["items"]] == [rows[2].pk]
    assert len(client.get(f"{ROOT}?state=asked&unit=sales").json()["items"]) == 2
    since = timezone.now().isoformat()
    assert client.get(ROOT, {"updated_since": since}).json()["items"] == []
    put(client, f"{rows[1].pk}/decision", outcome="admit", version=1)
    assert [i["id"] for i in client.get(ROOT, {"updated_since": since}).json()["items"]] == [rows[1].pk]
    # A renewal ends the permission before it, which then has changed as well.
    renewal = post(program(cast.reporter), what="Printer", follows=rows[0].pk).json()
    since = timezone.now().isoformat()
    put(client, f"{renewal['id']}/decision", outcome="admit", version=1)
    changed = client.get(ROOT, {"updated_since": since}).json()["items"]
    assert [(i["id"], i["state"]) for i in changed] == [(rows[0].pk, "ended"), (renewal["id"], "connected")]


def test_who_may_what(ready: Organisation, cast: Cast) -> None:
    row, hidden = asked(cast, PLAIN, unit="shop"), asked(cast, PLAIN, unit="it")
    for person in (cast.responder, cast.executive, cast.auditor):
        assert program(person, "read").get(f"{ROOT}/{row.pk}").status_code == 200
        assert post(program(person)).status_code == 403
        assert put(program(person), f"{row.pk}/decision", outcome="admit", version=1).status_code == 403
        assert put(program(person), f"{row.pk}/state", state="withdrawn", version=1).status_code == 403
    owner = program(cast.reporter)
    assert [item["id"] for item in owner.get(ROOT).json()["items"]] == [row.pk]
    assert owner.get(f"{ROOT}/{hidden.pk}").status_code == 404
    assert put(owner, f"{hidden.pk}/state", state="withdrawn", version=1).status_code == 404
    assert put(owner, f"{row.pk}/decision", outcome="admit", version=1).status_code == 403
    assert post(owner, follows=hidden.pk).status_code == 404
    assert put(owner, f"{row.pk}/state", state="withdrawn", version=1).json()["state"] == "withdrawn"
