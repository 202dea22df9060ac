"""The API with keys: who is let in, what it gives, what it refuses."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.casebook.models import Case
from kizuki.demo.actions import load_company, load_library
from kizuki.kit.library import library_path
from kizuki.tasks.actions import Origin, create_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> None:
    load_library()
    load_company()


def bearer(person: Person, scope: str = "read") -> dict[str, Any]:
    _key, written = create_key(
        person=person, name="test", scope=scope, expires_at=timezone.now() + timedelta(days=1), by=person
    )
    return {"headers": {"Authorization": f"Bearer {written}"}}


def test_without_a_key_nothing_is_given(client: Client) -> None:
    answer = client.get("/api/v1/cases")
    assert answer.status_code == 401
    assert "detail" in answer.json()


def test_cases_come_in_pages_by_cursor(client: Client, library: None, cast: Any) -> None:
    key = bearer(cast.reporter)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"/api/v1/cases?limit=3&cursor={cursor}", **key).json()
        seen += [line["id"] for line in page["items"]]
        cursor = page["next"]
    assert seen == sorted(Case.objects.values_list("slug", flat=True))
    assert len(seen) == 8


def test_a_case_comes_as_its_file_has_it(client: Client, library: None, cast: Any) -> None:
    given = client.get("/api/v1/cases/nisc-h", **bearer(cast.reporter)).json()
    assert given == Case.objects.get(slug="nisc-h").document
    assert client.get("/api/v1/cases/nisc-x", **bearer(cast.reporter)).status_code == 404


def test_updated_since_gives_only_what_changed(client: Client, library: None, cast: Any) -> None:
    key = bearer(cast.reporter)
    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    assert client.get("/api/v1/cases", {"updated_since": later}, **key).json()["items"] == []


def test_a_reporter_learns_nothing_of_the_organisation(client: Client, library: None, cast: Any) -> None:
    assert client.get("/api/v1/replay/nisc-h", **bearer(cast.reporter)).status_code == 404
    assert client.get("/api/v1/replay/priorities", **bearer(cast.reporter)).status_code == 404


def test_replay_of_a_stored_and_of_a_sent_organisation(client: Client, library: None, cast: Any) -> None:
    stored = client.get("/api/v1/replay/nisc-h", **bearer(cast.manager)).json()
    assert stored["case"] == "nisc-h"
    body = (library_path() / "demo" / "company.yaml").read_bytes()
    sent = client.post("/api/v1/replay", body, content_type="application/yaml", **bearer(cast.manager, "write")).json()
    assert next(one for one in sent if one["case"] == "nisc-h") == stored


def test_a_bad_file_is_refused_with_its_lines(client: Client, library: None, cast: Any) -> None:
    answer = client.post(
        "/api/v1/replay", b"schema: no\n", content_type="application/yaml", **bearer(cast.manager, "write")
    )
    assert answer.status_code == 422
    assert answer.json()["faults"][0].startswith("body:1: ")


def test_schemas_are_public_to_people_with_a_key(client: Client, cast: Any) -> None:
    key = bearer(cast.reporter)
    assert client.get("/api/v1/schemas/case", **key).json()["$schema"].endswith("2020-12/schema")
    assert client.get("/api/v1/schemas/nothing", **key).status_code == 404
    assert client.get("/api/v1/openapi.json", **key).json()["openapi"].startswith("3.1")


def test_the_document_of_the_api_is_whole(client: Client, cast: Any) -> None:
    """Every operation says what it does and who refuses it how; every name of a schema leads to one."""
    document = client.get("/api/v1/openapi.json", **bearer(cast.reporter)).json()
    rooms = {path.split("/")[3] for path in document["paths"]}
    assert rooms == {
        "admissions", "cases", "criteria", "devices", "files", "imports", "incidents", "maturity", "measures", "register", "replay",
        "schemas", "tasks",
    }  # fmt: skip
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert [one["operationId"] for one in operations if not one.get("summary") or not one.get("tags")] == []
    assert len({one["operationId"] for one in operations}) == len(operations)
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert names - set(document["components"]["schemas"]) == set()


@pytest.mark.parametrize(
    "address",
    [
        "tasks/99999999999999999999", "tasks?unit=%00", "criteria/decisions/99999999999999999999", "devices/99999999999999999999",
        "devices?zone=%00", "admissions?unit=%00", "measures/proposals?round=99999999999999999999", "measures/own/%00",
        "imports/99999999999999999999", "replay/map?unit=%00", "tasks?cursor=99999999999999999999", "tasks?updated_since=never",
        "incidents/%00", "incidents/INC-1999-001", "incidents?q=%00", "incidents?status=odd", "incidents?cursor=x", "incidents/x/entries/9",
        "incidents/INC-1999-001/tasks/99999999999999999999", "incidents/procedures/%00", "incidents/" + "9" * 400, "files/%00", "files/x",
        "register/history/assets/%00", "register/history/%00/x", "register/importance/%00", "criteria/%00/versions",
        "register/batches/00000000-0000-0000-0000-000000000000", "maturity/peers?cursor=99999999999999999999",
    ],
)  # fmt: skip
def test_no_address_is_too_strange(address: str, client: Client, library: None, cast: Any) -> None:
    assert client.get(f"/api/v1/{address}", **bearer(cast.manager)).status_code in (404, 422)


@pytest.mark.parametrize(
    "wrong", [{"version": 10**30}, {"version": 0}, {"version": 1, "title": {"en": "\0"}}, {"unit": "\0"}]
)
def test_no_body_is_too_strange(wrong: dict[str, Any], client: Client, library: None, cast: Any) -> None:
    task = create_task(title="Look", origin=Origin.OWN, by="a test")
    body = {"title": {"en": "Look"}, "version": 1, **wrong}
    key = bearer(cast.manager, "write")
    answer = client.put(f"/api/v1/tasks/{task.pk}", body, content_type="application/json", **key)
    assert answer.status_code == 422
