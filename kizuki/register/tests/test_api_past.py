"""The past of the register by API: versions, one change and a whole batch taken back, where an importance comes from, the head."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kizuki.journal.models import Entry
from kizuki.register import actions
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Asset, Organisation
from kizuki.register.tests.test_api import ROOT, program, put

pytestmark = pytest.mark.django_db


def changed(small: Organisation, **values: Any) -> None:
    row = Asset.objects.get(key="www")
    apply(organisation=small, edits=[Edit("asset", "www", {**row.document, **values}, row.version)], by="a test")


def post(client: Any, address: str, **body: Any) -> Any:
    return client.post(f"{ROOT}/{address}", body, content_type="application/json")


def test_all_versions_are_told_also_of_what_was_taken_out(small: Organisation, cast: Any) -> None:
    changed(small, os="Debian 12")
    apply(organisation=small, edits=[Edit("backup", "www", None)], by="a test")
    client = program(cast.executive, "read")
    first = client.get(f"{ROOT}/history/assets/www?limit=1").json()
    second = client.get(f"{ROOT}/history/assets/www?limit=1&cursor={first['next']}").json()
    told = first["items"] + second["items"]
    assert [(one["version"], one["document"].get("os")) for one in told] == [(1, None), (2, "Debian 12")]
    assert second["next"] is None
    gone = client.get(f"{ROOT}/history/backups/www").json()["items"]
    assert [one["document"] is None for one in gone] == [False, True]
    assert client.get(f"{ROOT}/history/strangers/www").status_code == 404


def test_owners_see_the_history_of_their_own_and_of_nothing_else(small: Organisation, cast: Any) -> None:
    client = program(cast.reporter)
    assert client.get(f"{ROOT}/history/assets/www").status_code == 200
    assert client.get(f"{ROOT}/history/assets/pcs").status_code == 404
    assert client.get(f"{ROOT}/importance/pcs").status_code == 404
    assert post(client, "undo/assets/pcs", version=1).status_code == 404
    assert client.get(f"{ROOT}/about").status_code == 404


def test_one_change_is_taken_back_once_and_what_others_wrote_stays(small: Organisation, cast: Any) -> None:
    client = program(cast.reporter)
    changed(small, os="Debian 12")
    changed(small, model="R640")
    done = post(client, "undo/assets/www", version=2).json()
    assert ("os" in done["document"], done["document"]["model"]) == (False, "R640")
    entries = Entry.objects.count()
    assert post(client, "undo/assets/www", version=2).json() == done
    assert Entry.objects.count() == entries
    changed(small, model="R740")
    clash = post(client, "undo/assets/www", version=3)
    assert clash.status_code == 409
    assert [field["theirs"] for field in clash.json()["problems"][0]["fields"]] == ["R740"]
    assert post(client, "undo/assets/www", version=1).status_code == 422
    assert post(program(cast.executive), "undo/assets/www", version=2).status_code == 403


def test_importance_says_where_it_comes_from(small: Organisation, cast: Any) -> None:
    told = program(cast.executive, "read").get(f"{ROOT}/importance/www").json()
    found = {one["dimension"]: (one["value"], one["of"], one["key"]) for one in told}
    assert found["availability"] == (2, "service", "web")
    assert found["integrity"] == (1, "own", "www")


def test_a_batch_is_taken_back_as_a_whole_or_not_at_all(small: Organisation, cast: Any) -> None:
    batch = uuid.uuid4()
    actions.set_field(
        organisation=small, kind="asset", keys=["www", "pcs"], field="os", value="X", by=cast.manager, batch=batch
    )
    client = program(cast.administrator)
    told = client.get(f"{ROOT}/batches/{batch}").json()
    assert (told["records"], told["undone"]) == (2, False)
    assert post(program(cast.executive), f"batches/{batch}/undo").status_code == 403
    changed(small, os="Y")
    assert post(client, f"batches/{batch}/undo").status_code == 409
    assert Asset.objects.get(key="pcs").document["os"] == "X"
    changed(small, os="X")
    assert post(client, f"batches/{batch}/undo").json()["undone"] is True
    assert "os" not in Asset.objects.get(key="pcs").document
    assert post(client, f"batches/{batch}/undo").status_code == 200
    assert client.get(f"{ROOT}/batches/{uuid.UUID(int=1)}").status_code == 404


def test_what_the_organisation_says_of_itself_is_never_overwritten_unseen(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    state = client.get(f"{ROOT}/about").json()["state"]
    done = put(client, "about", about={"name": "Birch", "sector": "other"}, complete=["links"], state=state)
    assert (done.status_code, done.json()["about"]["name"]) == (200, "Birch")
    entries = Entry.objects.count()
    same = put(client, "about", about={"name": "Birch", "sector": "other"}, complete=["links"])
    assert (same.json(), Entry.objects.count()) == (done.json(), entries)
    assert put(client, "about", about={"name": "Oak"}, state=state).status_code == 409
    for wrong in ({"name": "Oak", "sector": "circus"}, {"name": "Oak", "colour": "red"}, {}):
        assert put(client, "about", about=wrong).status_code == 422
    assert put(client, "about", about={"name": "Oak"}, complete=["everything"]).status_code == 422
    small.refresh_from_db()
    assert small.about["name"] == "Birch"


def test_a_register_begins_by_saying_what_the_organisation_is(db: None, cast: Any) -> None:
    assert put(program(cast.manager), "about", about={"name": "New"}).status_code == 200
    assert put(program(cast.manager), "assets/a", document={"id": "a", "name": "A", "kind": "pc"}).status_code == 200


def test_evidence_is_stored_once_and_seen_where_it_is_evidence(small: Organisation, cast: Any) -> None:
    client, files = program(cast.manager), "/api/v1/files"
    sent = [client.post(files, {"file": SimpleUploadedFile("seen.txt", b"seen")}).json() for _ in range(2)]
    assert sent[0] == sent[1]
    digest = sent[0]["digest"]
    assert client.get(f"{files}/{digest}").status_code == 404
    key, scope = "P06 unit=it", {"unit": "it"}
    row = {"measure": "P06", "scope": scope, "state": "full", "files": [digest]}
    assert put(client, f"coverage/{key}", document=row).status_code == 200
    reader = program(cast.executive, "read")
    given: Any = reader.get(f"{files}/{digest}")
    assert b"".join(given.streaming_content) == b"seen"
    assert program(cast.reporter, "read").get(f"{files}/{digest}").status_code == 404
    assert client.post(files, {"file": SimpleUploadedFile("empty.txt", b"")}).status_code == 422
    assert program(cast.executive).post(files, {"file": SimpleUploadedFile("x.txt", b"x")}).status_code == 403
