"""Maturity by API: scores entered once however often they are sent, over time, by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.journal.models import Entry
from kizuki.measures.benchmark.models import Sheet
from kizuki.register.models import Organisation
from kizuki.register.tests.conftest import small

__all__ = ["small"]
pytestmark = pytest.mark.django_db
ROOT = "/api/v1/maturity"
CSF = f"{ROOT}/nist-csf/2.0/scores"


def program(person: Person, scope: str = "write") -> Client:
    until = timezone.now() + timedelta(days=1)
    _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
    return Client(headers={"Authorization": f"Bearer {written}"})


def put(client: Client, day: str, note: str = "", **scores: float | None) -> Any:
    return client.put(f"{CSF}/{day}", {"scores": scores, "note": note}, content_type="application/json")


def test_scores_are_entered_once_and_corrected_by_others(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    first = put(client, "2026-10-01", gv=2.5, id=1)
    assert (first.status_code, first.json()["scores"]["gv"], first.json()["scores"]["pr"]) == (200, 2.5, None)
    entries = Entry.objects.count()
    assert put(client, "2026-10-01", gv=2.5, id=1).json() == first.json()
    assert (Entry.objects.count(), Sheet.objects.count()) == (entries, 1)
    since = timezone.now().isoformat()
    assert put(client, "2026-10-01", gv=3).json()["id"] != first.json()["id"]
    page = client.get(f"{CSF}?limit=1").json()
    assert page["items"] == [first.json()]
    assert client.get(f"{CSF}?cursor={page['next']}").json()["items"][0]["scores"]["gv"] == 3
    assert [item["scores"]["gv"] for item in client.get(CSF, {"updated_since": since}).json()["items"]] == [3]
    known = {item["id"]: item for item in client.get(ROOT).json()["items"]}
    assert known["nist-csf"]["last"] == "2026-10-01"
    assert "gv" in {section["id"] for section in known["nist-csf"]["sections"]}


def test_faults_are_told_and_nothing_is_stored(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    assert put(client, "2026-10-01", gv=99).status_code == 422
    assert put(client, "2026-10-01", nonsense=1).status_code == 422
    assert put(client, "2026-10-01", gv=None).status_code == 422
    assert put(client, (timezone.localdate() + timedelta(days=2)).isoformat(), gv=1).status_code == 422
    assert put(client, "2026-13-01", gv=1).status_code == 422
    assert client.get(f"{ROOT}/nist-csf/9/scores").status_code == 404
    assert not Sheet.objects.exists()


def test_who_may_what(small: Organisation, cast: Any) -> None:
    for person in (cast.responder, cast.executive, cast.auditor):
        assert program(person, "read").get(CSF).status_code == 200
        assert put(program(person), "2026-10-01", gv=1).status_code == 403
    # Also whoever answers for a unit does not learn how mature the whole is.
    for address in (ROOT, CSF):
        assert program(cast.reporter).get(address).status_code == 404
    assert put(program(cast.reporter), "2026-10-01", gv=1).status_code == 404
    assert put(program(cast.manager, "read"), "2026-10-01", gv=1).status_code == 403


PEER = {"check": "nist-csf", "version": "2.0", "section": "gv", "n": 48, "q1": 1.5, "median": 2, "q3": 2.5}


def bring(client: Client, source: str = "A survey", **changes: Any) -> Any:
    document = {"schema": "kizuki/peers/1", "source": source, "peers": [{**PEER, **changes}]}
    return client.put(f"{ROOT}/peers", {"document": document}, content_type="application/json")


def test_figures_of_peers_are_brought_in_once_and_replaced_by_newer_ones(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    (first,) = bring(client).json()
    assert (first["source"], first["peers"]["gv"]["median"]) == ("A survey", 2)
    entries = Entry.objects.count()
    assert bring(client).json() == [first]
    assert Entry.objects.count() == entries
    (other,) = bring(client, median=2.25).json()
    assert [one["id"] for one in client.get(f"{ROOT}/peers").json()["items"]] == [other["id"]]
    assert client.delete(f"{ROOT}/peers/{other['id']}").status_code == 204
    assert client.get(f"{ROOT}/peers").json()["items"] == []
    for wrong in ({"section": "nonsense"}, {"median": 9}, {"n": 0}, {"colour": 1}):
        assert bring(client, **wrong).status_code == 422, wrong
    assert bring(program(cast.executive)).status_code == 403
    assert bring(program(cast.reporter)).status_code == 404


def test_self_checks_are_added_once_and_never_changed(small: Organisation, cast: Any) -> None:
    text = {"ja": "点検", "en": "Check"}
    section = {"id": "one", "name": text}
    check = {
        "id": "ours",
        "version": "1",
        "name": text,
        "publisher": text,
        "scale": {"min": 0, "max": 4},
        "sections": [section],
    }

    def add(client: Client, **changes: Any) -> Any:
        document = {"schema": "kizuki/self-checks/1", "checks": [{**check, **changes}]}
        return client.post(ROOT, {"document": document}, content_type="application/json")

    client = program(cast.manager)
    assert [one["id"] for one in add(client).json()] == ["ours"]
    entries = Entry.objects.count()
    assert add(client).status_code == 200
    assert Entry.objects.count() == entries
    assert add(client, scale={"min": 0, "max": 5}).status_code == 422
    assert add(client, version="2", sections=[]).status_code == 422
    assert {"ours"} <= {one["id"] for one in client.get(ROOT).json()["items"]}
    assert add(program(cast.executive), version="3").status_code == 403
