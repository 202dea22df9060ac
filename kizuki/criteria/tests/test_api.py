"""Criteria by API: what counts, deciding once however often it is sent, what was decided, who may."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.criteria.actions import decide
from kizuki.criteria.models import Decision, Version
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/criteria"
HOT = {"heat": {"value": "high", "source": "a probe", "day": "2026-11-01"}, "kind": {"value": "a"}}


def program(person: Person, scope: str = "write") -> Client:
    until = timezone.now() + timedelta(days=1)
    _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
    return Client(headers={"Authorization": f"Bearer {written}"})


def post(client: Client, facts: Any, slug: str = "small") -> Any:
    return client.post(f"{ROOT}/{slug}/decisions", {"facts": facts}, content_type="application/json")


def test_what_counts(counting: Version, draft: Version, cast: Any) -> None:
    client = program(cast.executive, "read")
    (row,) = client.get(ROOT).json()["items"]
    assert (row["id"], row["version"], row["digest"], row["title"]) == (
        "small",
        1,
        counting.digest,
        {"ja": None, "en": "Small"},
    )
    assert client.get(f"{ROOT}/small").json() == json.loads(msgspec.json.encode(counting.read))
    before = {"day": (timezone.localdate() - timedelta(days=1)).isoformat()}
    assert client.get(ROOT, before).json()["items"][0]["version"] is None
    assert client.get(f"{ROOT}/small", before).status_code == 404
    assert client.get(f"{ROOT}/nothing").status_code == 404


def test_a_decision_sent_twice_is_made_once(counting: Version, cast: Any) -> None:
    client = program(cast.manager)
    first = post(client, HOT).json()
    assert (first["outcome"], first["rule"], first["version"], first["by"]) == ("stop", "hot", 1, str(cast.manager))
    heat = {"fact": "heat", "value": "high", "read_as": "high", "source": "a probe", "day": "2026-11-01"}
    assert first["facts"][0] == heat
    entries = Entry.objects.count()
    assert post(client, HOT).json() == first
    assert (Entry.objects.count(), Decision.objects.count()) == (entries, 1)
    assert post(program(cast.administrator), HOT).json()["id"] != first["id"]
    assert post(client, {"kind": {"value": "b"}}).json()["outcome"] == "fine"
    assert client.get(f"{ROOT}/decisions/{first['id']}").json() == first
    assert client.get(f"{ROOT}/decisions/999999").status_code == 404


def test_what_the_criteria_do_not_know_is_refused(counting: Version, cast: Any) -> None:
    client = program(cast.manager)
    assert post(client, {"colour": {"value": "red"}}).status_code == 422
    assert post(client, {"heat": {"value": "boiling"}}).status_code == 422
    assert post(client, {"heat": {"value": "x" * 61}}).status_code == 422
    assert post(client, {}, "nothing").status_code == 404
    Version.objects.update(effective_from=timezone.localdate() + timedelta(days=1))
    assert "small" in post(client, HOT).json()["problems"][0]["message"]
    assert not Decision.objects.exists()


def test_decisions_come_in_pages_and_since(counting: Version, cast: Any) -> None:
    client = program(cast.auditor, "read")
    rows = [decide(purpose="small", facts={"kind": "b"}, by=cast.manager).pk for _ in range(3)]
    page = client.get(f"{ROOT}/small/decisions?limit=2").json()
    assert [item["id"] for item in page["items"]] == rows[:2]
    last = client.get(f"{ROOT}/small/decisions?limit=2&cursor={page['next']}").json()
    assert ([item["id"] for item in last["items"]], last["next"]) == (rows[2:], None)
    since = timezone.now().isoformat()
    later = decide(purpose="small", facts={"kind": "b"}, by=cast.manager).pk
    found = client.get(f"{ROOT}/small/decisions", {"updated_since": since}).json()["items"]
    assert [item["id"] for item in found] == [later]


def test_who_may_what(counting: Version, cast: Any) -> None:
    for person in (cast.responder, cast.executive, cast.auditor):
        assert program(person, "read").get(f"{ROOT}/small/decisions").status_code == 200
        assert post(program(person), HOT).status_code == 403
    stranger = program(cast.reporter)
    for address in ("", "/small", "/small/decisions"):
        assert stranger.get(ROOT + address).status_code == 404
    assert post(stranger, HOT).status_code == 404
    assert post(program(cast.manager, "read"), HOT).status_code == 403
    assert not Decision.objects.exists()
