"""The register by API: pages by cursor, changes since, writes that may be sent twice, conflicts, sight."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.journal.models import Entry
from kizuki.register.actions import Edit, apply
from kizuki.register.engine.kinds import KINDS
from kizuki.register.models import Asset, Organisation

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/register"


def program(person: Person, scope: str = "write") -> Client:
    until = timezone.now() + timedelta(days=1)
    _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
    return Client(headers={"Authorization": f"Bearer {written}"})


def put(client: Client, address: str, **body: Any) -> Any:
    return client.put(f"{ROOT}/{address}", body, content_type="application/json")


def test_all_kinds_come_in_pages(small: Organisation, cast: Any) -> None:
    client = program(cast.executive, "read")
    for kind in KINDS.values():
        keys: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = client.get(f"{ROOT}/{kind.part}?limit=1&cursor={cursor}").json()
            keys += [item["key"] for item in page["items"]]
            cursor = page["next"]
        assert len(keys) == len(getattr(small.read, kind.part)), kind.name
    assert client.get(ROOT).json()["organisation"]["name"] == {"ja": "白樺", "en": "Shirakaba"}
    assert [i["key"] for i in client.get(f"{ROOT}/assets?zone=dmz").json()["items"]] == ["www"]


def test_a_record_is_made_once_however_often_it_is_sent(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    document = {"id": "new one/1", "name": "New", "kind": "pc", "unit": "it"}
    assert put(client, "assets/new-one/1", document={**document, "id": "new-one/1"}).status_code == 200
    entries = Entry.objects.count()
    again = put(client, "assets/new-one/1", document={**document, "id": "new-one/1"})
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert Entry.objects.count() == entries
    assert client.get(f"{ROOT}/assets/new-one/1").json()["document"]["name"] == "New"


def test_what_changed_since_includes_what_was_taken_out(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    since = timezone.now().isoformat()
    assert client.delete(f"{ROOT}/routes/lan>dmz?version=1").status_code == 204
    page = client.get(f"{ROOT}/routes", {"updated_since": since}).json()
    assert [(item["key"], item["deleted"]) for item in page["items"]] == [("lan>dmz", True)]
    assert client.get(f"{ROOT}/routes").json()["items"] == []


def test_two_programs_and_one_field(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    document = Asset.objects.get(key="www").document
    assert put(client, "assets/www", document={**document, "os": "A"}, version=1).status_code == 200
    refused = put(client, "assets/www", document={**document, "os": "B"}, version=1)
    assert refused.status_code == 409
    assert refused.json()["problems"][0]["fields"] == [{"field": "os", "base": None, "mine": "B", "theirs": "A"}]
    merged = put(client, "assets/www", document={**document, "model": "M"}, version=1)
    assert (merged.json()["document"]["os"], merged.json()["document"]["model"]) == ("A", "M")


def test_faults_are_told_and_nothing_is_stored(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    refused = put(client, "assets/www", document={"id": "www", "name": "W", "kind": "toaster", "zone": "lan"})
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["place"] == ["kind"]
    needed = client.delete(f"{ROOT}/assets/www")
    assert (needed.status_code, len(needed.json()["problems"][0]["named_by"])) == (409, 3)
    many = {"records": [{"key": "a", "document": {"id": "a", "name": "A", "kind": "pc"}}, {"key": "b", "document": {}}]}
    assert client.post(f"{ROOT}/assets", many, content_type="application/json").status_code == 422
    assert not Asset.objects.filter(key="a").exists()


def test_who_may_what(small: Organisation, cast: Any) -> None:
    document = Asset.objects.get(key="www").document
    for person in (cast.responder, cast.executive, cast.auditor):
        assert program(person, "read").get(f"{ROOT}/assets/www").status_code == 200
        assert put(program(person), "assets/www", document=document, version=1).status_code == 403
    # The reporter of the cast is the contact Ken, who answers for sales and so for the shop; somebody else is a stranger.
    owner = program(cast.reporter)
    assert [item["key"] for item in owner.get(f"{ROOT}/assets").json()["items"]] == ["www"]
    assert owner.get(f"{ROOT}/assets/pcs").status_code == 404
    assert owner.get(ROOT).status_code == 404
    assert put(owner, "assets/www", document={**document, "os": "BSD"}, version=1).status_code == 200
    assert put(owner, "assets/www", document={**document, "unit": "it"}, version=2).status_code == 403
    assert put(owner, "units/sales", document={"id": "sales", "name": "S"}, version=1).status_code == 403
    apply(organisation=small, edits=[Edit("unit", "sales", {"id": "sales", "name": "S", "parent": "all"})], by="a test")
    assert owner.get(f"{ROOT}/assets").status_code == 404


def test_the_document_of_the_api_names_every_record(small: Organisation, cast: Any) -> None:
    document = program(cast.reporter).get("/api/v1/openapi.json").json()
    assert {"Asset", "Coverage", "Service"} <= set(document["components"]["schemas"])
    assert "/api/v1/register/assets/{key}" in document["paths"]
