"""Imports by API: the whole way from a file to the register and back, what is sent twice, who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.imports.models import Import
from kizuki.imports.tests.conftest import TABLE, planned, upload
from kizuki.jobs.models import Job
from kizuki.jobs.worker import drain
from kizuki.journal.models import Entry
from kizuki.register.models import Asset, Organisation

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/imports"


def program(person: Person, scope: str = "write") -> Client:
    until = timezone.now() + timedelta(days=1)
    _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
    return Client(headers={"Authorization": f"Bearer {written}"})


def give(client: Client, content: str | bytes = TABLE, name: str = "assets.csv") -> Any:
    return client.post(ROOT, {"file": upload(content, name)})


def put(client: Client, address: str, **body: Any) -> Any:
    return client.put(f"{ROOT}/{address}", body, content_type="application/json")


def test_the_whole_way(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    made = give(client).json()
    assert (made["state"], made["format"], made["by"]) == ("planning", "csv", str(cast.manager))
    assert give(client).json()["id"] == made["id"]
    drain()
    at = f"{ROOT}/{made['id']}"
    assert (client.get(at).json()["state"], client.get(at).json()["counts"]["new"] > 0) == ("planned", True)
    assert give(client).json()["id"] == made["id"]
    rows = client.get(f"{at}/lines?kind=asset").json()["items"]
    assert {row["key"]: row["state"] for row in rows}["www"] == "changed"
    front = next(row for row in rows if row["key"] == "PC-1")
    assert (front["document"]["name"], front["take"]) == ("Front desk", True)
    for _ in range(2):
        assert put(client, f"{made['id']}/lines", leave=[front["n"]]).status_code == 200
    assert [row["key"] for row in client.get(f"{at}/lines?kind=asset&take=false").json()["items"]] == ["PC-1"]
    jobs = Job.objects.count()
    for _ in range(2):
        assert client.post(f"{at}/apply").json()["state"] == "applying"
    assert Job.objects.count() == jobs + 1
    drain()
    assert client.get(at).json()["state"] == client.post(f"{at}/apply").json()["state"] == "done"
    assert set(Asset.objects.filter(key__startswith="PC-").values_list("key", flat=True)) == {"PC-2"}
    jobs = Job.objects.count()
    for _ in range(2):
        assert client.post(f"{at}/undo").status_code == 200
    assert Job.objects.count() == jobs + 1
    drain()
    assert client.get(at).json()["state"] == client.post(f"{at}/undo").json()["state"] == "undone"
    assert not Asset.objects.filter(key="PC-2", deleted_at=None).exists()
    assert client.post(f"{at}/apply").status_code == 409


def test_pages(small: Organisation, cast: Any) -> None:
    client, made = program(cast.manager, "read"), [planned(TABLE, f"{n}.csv") for n in range(3)]
    page = client.get(f"{ROOT}?limit=2").json()
    assert [item["id"] for item in page["items"]] == [made[0].pk, made[1].pk]
    assert [i["id"] for i in client.get(f"{ROOT}?limit=2&cursor={page['next']}").json()["items"]] == [made[2].pk]
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        part = client.get(f"{ROOT}/{made[0].pk}/lines?limit=2&cursor={cursor}").json()
        seen += [row["n"] for row in part["items"]]
        cursor = part["next"]
    assert seen == list(made[0].lines.values_list("n", flat=True))
    assert client.get(f"{ROOT}/{made[0].pk}/lines?state=odd").status_code == 422


def test_a_file_is_described_and_faults_are_told(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    made = give(client, "A;B\nPC-9;Nine\n", "list.csv").json()
    drain()
    at = f"{made['id']}/description"
    assert put(client, at, mapping={"A": "nonsense"}).json()["problems"][0]["place"] == ["mapping"]
    assert put(client, at, policy={"os": "add"}).json()["problems"][0]["place"] == ["policy"]
    assert put(client, at, default_kind="toaster").json()["problems"][0]["place"] == ["default_kind"]
    assert put(client, at, format="nonsense").json()["problems"][0]["place"] == ["format"]
    said = put(client, at, mapping={"A": "id", "B": "name"}, default_kind="pc", default_unit="it", single="fill")
    assert (said.status_code, said.json()["state"]) == (200, "planning")
    assert (said.json()["settings"]["single"], said.json()["options"]["mapping"]["B"]) == ("fill", "name")
    drain()
    (row,) = client.get(f"{ROOT}/{made['id']}/lines").json()["items"]
    assert (row["key"], row["document"]["unit"], row["document"]["kind"]) == ("PC-9", "it", "pc")
    assert client.delete(f"{ROOT}/{made['id']}").status_code == 204
    assert client.get(f"{ROOT}/{made['id']}").status_code == 404


def test_what_cannot_be_read_says_why(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    made = give(client, b"schema: kizuki/organisation/1\norganisation: [\n", "organisation.yaml").json()
    drain()
    told = client.get(f"{ROOT}/{made['id']}").json()
    assert (told["state"], told["format"], len(told["faults"]) > 0) == ("given", "organisation", True)
    assert client.post(f"{ROOT}/{made['id']}/apply").status_code == 409
    assert client.post(f"{ROOT}/{made['id']}/undo").status_code == 409
    assert give(client, b"", "empty.csv").status_code == 422
    assert client.post(ROOT).status_code == 422


def test_who_may_what(small: Organisation, cast: Any) -> None:
    made, entries = planned(TABLE, by=cast.manager), Entry.objects.count()
    for person in (cast.responder, cast.executive, cast.auditor):
        for address in (ROOT, f"{ROOT}/{made.pk}", f"{ROOT}/{made.pk}/lines"):
            assert program(person, "read").get(address).status_code == 403
        assert give(program(person)).status_code == 403
        assert program(person).post(f"{ROOT}/{made.pk}/apply").status_code == 403
    # The reporter of the cast answers for sales and so for the shop: own imports only.
    owner = program(cast.reporter)
    assert owner.get(ROOT).json()["items"] == []
    for address in ("", "/lines"):
        assert owner.get(f"{ROOT}/{made.pk}{address}").status_code == 404
    for act in ("apply", "undo"):
        assert owner.post(f"{ROOT}/{made.pk}/{act}").status_code == 404
    assert owner.delete(f"{ROOT}/{made.pk}").status_code == 404
    mine = give(owner).json()
    drain()
    assert [item["id"] for item in owner.get(ROOT).json()["items"]] == [mine["id"]]
    states = {row["name"]: row["state"] for row in owner.get(f"{ROOT}/{mine['id']}/lines?kind=asset").json()["items"]}
    assert states["Back office"] == "outside"
    assert program(cast.manager, "read").post(f"{ROOT}/{made.pk}/apply").status_code == 403
    assert Entry.objects.count() > entries
    assert Import.objects.get(pk=made.pk).state == "planned"
