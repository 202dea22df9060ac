"""Measures by API: own ones as the file has them, contradictions, proposals accepted once, rounds without their links."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.journal.models import Entry
from kizuki.measures.actions import make_link, propose, save_answer, start_round
from kizuki.measures.actions.proposals import Said
from kizuki.measures.actions.rounds import Asked
from kizuki.measures.models import OwnMeasure, Part, Proposal, Round
from kizuki.register.actions import Edit, apply
from kizuki.register.engine.format import Scope
from kizuki.register.models import Coverage, Organisation

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/measures"
TEXT = {"ja": "二人で承認する", "en": "Two people approve"}
OWN = {"name": TEXT, "short": TEXT, "text": TEXT, "function": "protect", "power": {"stops": "hinders"}}


def program(person: Person, scope: str = "write") -> Client:
    until = timezone.now() + timedelta(days=1)
    _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
    return Client(headers={"Authorization": f"Bearer {written}"})


def put(client: Client, key: str = "X01", version: int | None = None, **changes: Any) -> Any:
    body = {"document": {**OWN, **changes}, "version": version}
    return client.put(f"{ROOT}/own/{key}", body, content_type="application/json")


def accept(client: Client, *rows: Proposal, base: int = 0, **more: Any) -> Any:
    asked = [{"id": row.pk, "version": row.version, "base": base} for row in rows]
    return client.post(f"{ROOT}/proposals/accept", {"proposals": asked, **more}, content_type="application/json")


def said(cast: Any, measure: str = "P02", unit: str = "shop", state: str = "partial") -> Proposal:
    scope = Scope(unit=unit)
    return propose(measure=measure, unit=unit, scope=scope, said=Said(state, "Seen"), by=cast.reporter, language="en")


def test_an_own_measure_is_made_once_and_is_part_of_the_catalogue(db: None, cast: Any) -> None:
    client = program(cast.manager)
    first = put(client, version=0)
    assert (first.status_code, first.json()["version"], first.json()["document"]["id"]) == (200, 1, "X01")
    entries = Entry.objects.count()
    assert put(client, version=0).json() == first.json()
    assert Entry.objects.count() == entries
    assert client.get(ROOT).json()["measures"][-1]["id"] == "X01"
    assert client.get(f"{ROOT}/own/X01").json() == first.json()
    assert client.get(f"{ROOT}/own/P06").status_code == 404


def test_two_programs_and_one_field(db: None, cast: Any) -> None:
    client = program(cast.manager)
    put(client)
    assert put(client, version=1, cost="low").json()["version"] == 2
    clash = put(client, version=1, cost="high")
    told = clash.json()["problems"][0]
    assert (clash.status_code, told["version"], told["fields"][0]["mine"], told["fields"][0]["theirs"]) == (
        409,
        2,
        "high",
        "low",
    )
    merged = put(client, version=1, function="detect").json()["document"]
    assert (merged["cost"], merged["function"]) == ("low", "detect")


def test_retired_and_taken_up_again(db: None, cast: Any) -> None:
    client, since = program(cast.manager), timezone.now().isoformat()
    put(client)
    put(client, "X02")
    assert client.delete(f"{ROOT}/own/X01?version=7").status_code == 409
    assert client.delete(f"{ROOT}/own/X01?version=1").status_code == 204
    assert client.delete(f"{ROOT}/own/X01?version=1").status_code == 204
    page = client.get(f"{ROOT}/own?limit=1").json()
    assert [(item["key"], item["deleted"]) for item in page["items"]] == [("X01", True)]
    assert [i["key"] for i in client.get(f"{ROOT}/own?cursor={page['next']}").json()["items"]] == ["X02"]
    assert len(client.get(f"{ROOT}/own", {"updated_since": since}).json()["items"]) == 2
    assert client.get(f"{ROOT}/own", {"updated_since": timezone.now().isoformat()}).json()["items"] == []
    assert put(client).json()["deleted"] is False


def test_faults_are_told_and_nothing_is_stored(db: None, cast: Any) -> None:
    client = program(cast.manager)
    assert put(client, "P06").status_code == 422
    assert put(client, function="magic").json()["problems"][0]["place"] == ["document"]
    assert put(client, name={}).status_code == 422
    assert put(client, id="X09").json()["problems"][0]["place"] == ["id"]
    assert put(client, "X01", split_from="P99").status_code == 422
    assert not OwnMeasure.objects.exists()


def test_contradictions(small: Organisation, cast: Any) -> None:
    client = program(cast.executive, "read")
    assert client.get(f"{ROOT}/contradictions").json() == {"items": [], "next": None}
    claim = {"measure": "P06", "scope": {"all": True}, "state": "full"}
    apply(organisation=small, edits=[Edit("coverage", "P06 all", claim)], by="a test")
    found = client.get(f"{ROOT}/contradictions?limit=1").json()["items"]
    assert [(one["measure"], one["kind"], one["key"], one["why"]) for one in found] == [
        ("P06", "realm", "ad", "mfa-partial")
    ]
    assert "AD" in found[0]["text"]
    assert program(cast.reporter).get(f"{ROOT}/contradictions").status_code == 404


def test_proposals_are_accepted_once_however_often_it_is_sent(small: Organisation, cast: Any) -> None:
    client, one, two = program(cast.manager), said(cast), said(cast, "P03")
    page = client.get(f"{ROOT}/proposals?status=open&limit=1").json()
    assert [(i["id"], i["coverage"], i["base"], i["evidence"]) for i in page["items"]] == [
        (one.pk, "P02 unit=shop", 0, "Seen")
    ]
    assert [i["id"] for i in client.get(f"{ROOT}/proposals?cursor={page['next']}").json()["items"]] == [two.pk]
    since = timezone.now().isoformat()
    assert client.get(f"{ROOT}/proposals", {"updated_since": since}).json()["items"] == []
    done = accept(client, one, two, valid_until="2030-01-31")
    assert [(item["status"], item["base"]) for item in done.json()] == [("accepted", 1), ("accepted", 1)]
    assert Coverage.objects.get(key="P02 unit=shop").document["valid_until"] == "2030-01-31"
    entries = Entry.objects.count()
    assert accept(client, one, two, valid_until="2030-01-31").json() == done.json()
    assert Entry.objects.count() == entries
    assert len(client.get(f"{ROOT}/proposals", {"updated_since": since}).json()["items"]) == 2
    assert client.get(f"{ROOT}/proposals/{one.pk}").json()["decided_by"] == str(cast.manager)


def test_what_stands_beside_a_proposal_is_not_overwritten_unseen(small: Organisation, cast: Any) -> None:
    client, one, two = program(cast.manager), said(cast, "P06"), said(cast, "P03", state="unknown")
    row = {"measure": "P06", "scope": {"unit": "shop"}, "state": "none"}
    apply(organisation=small, edits=[Edit("coverage", "P06 unit=shop", row)], by="a test")
    assert accept(client, one).status_code == 409
    apply(organisation=small, edits=[Edit("coverage", "P06 unit=shop", {**row, "state": "full"})], by="a test")
    assert accept(client, one, base=1).status_code == 409
    assert accept(client, two).status_code == 422
    assert {row.status for row in Proposal.objects.all()} == {"open"}
    assert accept(client, one, base=2).json()[0]["base"] == 3


def test_rounds_say_how_far_they_are_and_never_a_link(small: Organisation, cast: Any) -> None:
    due = timezone.localdate() + timedelta(days=9)
    asked = [Asked(unit, "", unit.title(), "", "en", ("P01", "P06")) for unit in ("shop", "it")]
    made = start_round(title="2026", due=due, measures=(), asked=asked, by=cast.manager)
    part = Part.objects.get(unit="shop")
    token = make_link(part=part, by=cast.manager)
    save_answer(part=part, measure="P01", said=Said("none"))
    client = program(cast.auditor, "read")
    (line,) = client.get(f"{ROOT}/rounds").json()["items"]
    assert (line["id"], line["title"], line["units"], line["finished"], line["waiting"]) == (made.pk, "2026", 2, 0, 1)
    answer = client.get(f"{ROOT}/rounds/{made.pk}")
    parts = {one["unit"]: (one["asked"], one["open"], one["link"]) for one in answer.json()["parts"]}
    assert parts == {"shop": (2, 1, True), "it": (2, 0, False)}
    part.refresh_from_db()
    assert token not in answer.text
    assert str(part.digest) not in answer.text
    assert client.get(f"{ROOT}/proposals?round={made.pk}").json()["items"][0]["round"] == made.pk


def test_who_may_what(small: Organisation, cast: Any) -> None:
    mine, other = said(cast), said(cast, unit="it")
    for person in (cast.responder, cast.executive, cast.auditor):
        assert program(person, "read").get(f"{ROOT}/proposals/{other.pk}").status_code == 200
        assert put(program(person)).status_code == 403
        assert accept(program(person), mine).status_code == 403
    # The reporter of the cast answers for sales and so for the shop.
    owner = program(cast.reporter)
    assert [item["id"] for item in owner.get(f"{ROOT}/proposals").json()["items"]] == [mine.pk]
    assert owner.get(f"{ROOT}/proposals/{other.pk}").status_code == 404
    assert owner.get(f"{ROOT}/rounds").status_code == 404
    assert accept(owner, mine).status_code == 403
    assert put(owner).status_code == 403
    assert owner.delete(f"{ROOT}/own/X01").status_code == 404
    assert not Round.objects.exists()
