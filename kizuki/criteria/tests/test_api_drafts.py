"""Criteria are written, proposed and approved by API: nothing is lost, nobody approves their own, the table has to be whole."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.models import Person
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.models import Version
from kizuki.criteria.tests.conftest import HOLED, small
from kizuki.criteria.tests.test_api import ROOT, program
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db


def put(client: Client, address: str, **body: Any) -> Any:
    return client.put(f"{ROOT}/{address}", body, content_type="application/json")


def write(client: Client, document: Criteria, version: int | None = None, slug: str = "small") -> Any:
    return put(client, f"{slug}/draft", document=msgspec.to_builtins(document), version=version)


def test_from_the_first_draft_to_what_is_in_effect(counting: Version, cast: Any, second: Person) -> None:
    client, other = program(cast.manager), program(second)
    holed = write(client, small(*HOLED)).json()
    assert (holed["number"], holed["state"], len(holed["faults"])) == (2, "draft", 1)
    step = f"small/versions/{holed['number']}/state"
    assert put(client, step, state="proposed", version=holed["version"]).status_code == 422
    whole = write(client, small("heat: at least mid", "heat: high"), holed["version"]).json()
    assert whole["faults"] == []
    proposed = put(client, step, state="proposed", version=whole["version"], reason="Clearer").json()
    assert (proposed["state"], proposed["reason"]) == ("proposed", "Clearer")
    assert put(client, step, state="approved", version=proposed["version"]).status_code == 422
    done = put(other, step, state="approved", version=proposed["version"]).json()
    assert (done["state"], done["effective_from"]) == ("approved", timezone.localdate().isoformat())
    assert put(other, step, state="approved", version=proposed["version"]).json() == done
    assert client.get(ROOT).json()["items"][0]["version"] == 2
    assert [one["number"] for one in client.get(f"{ROOT}/small/versions").json()["items"]] == [1, 2]


def test_what_somebody_else_wrote_is_never_overwritten_unseen(draft: Version, cast: Any, second: Person) -> None:
    client, other = program(cast.manager), program(second)
    mine = write(client, small(*HOLED), draft.version).json()
    entries = Entry.objects.count()
    assert write(client, small(*HOLED), draft.version).json() == mine
    assert Entry.objects.count() == entries
    for version in (draft.version, None):
        clash = write(other, small(), version)
        assert clash.status_code == 409
        assert clash.json()["problems"][0]["now"]["digest"] == mine["digest"]
    draft.refresh_from_db()
    assert draft.digest == mine["digest"]


def test_what_is_no_criteria_is_refused_and_readers_only_read(counting: Version, cast: Any) -> None:
    client = program(cast.manager)
    assert put(client, "small/draft", document={"schema": "kizuki/criteria/1", "id": "small"}).status_code == 422
    assert write(client, small(), slug="other").status_code == 422
    assert put(client, "small/versions/9/state", state="withdrawn", version=1).status_code == 404
    reader = program(cast.executive)
    assert write(reader, small(*HOLED)).status_code == 403
    assert put(reader, "small/versions/1/state", state="withdrawn", version=1).status_code == 403
    assert reader.get(f"{ROOT}/small/versions").status_code == 200
    assert program(cast.reporter, "read").get(f"{ROOT}/small/versions").status_code == 404
    assert Version.objects.count() == 1
