"""Tasks by API: pages, changes since, writes that may be sent twice, conflicts, sight."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.journal.models import Entry
from kizuki.tasks.actions import Origin, create_task, finish
from kizuki.tasks.models import Task

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/tasks"


def program(person: Person, scope: str = "write") -> Client:
    until = timezone.now() + timedelta(days=1)
    _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
    return Client(headers={"Authorization": f"Bearer {written}"})


def put(client: Client, address: str, **body: Any) -> Any:
    return client.put(f"{ROOT}/{address}", body, content_type="application/json")


def post(client: Client, **body: Any) -> Any:
    return client.post(ROOT, body, content_type="application/json")


def test_tasks_come_in_pages_with_filters(task: Task, cast: Any) -> None:
    client = program(cast.executive, "read")
    made = [create_task(title=f"T{n}", origin=Origin.PRIORITY, unit="it", by="a test").pk for n in range(3)]
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"{ROOT}?limit=1&cursor={cursor}").json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [task.pk, *made]
    assert [i["id"] for i in client.get(f"{ROOT}?origin=own").json()["items"]] == [task.pk]
    assert [i["id"] for i in client.get(f"{ROOT}?unit=it&limit=2").json()["items"]] == made[:2]
    assert client.get(f"{ROOT}?unit=nothing").json()["items"] == []
    assert client.get(f"{ROOT}?state=nothing").status_code == 422
    assert client.get(f"{ROOT}?limit=100000").status_code == 422
    one = client.get(f"{ROOT}/{task.pk}").json()
    assert (one["title"]["en"], one["about"], one["version"]) == ("Find out", {"kind": "asset", "key": "www"}, 1)


def test_what_changed_since_includes_what_has_ended(task: Task, cast: Any) -> None:
    client, since = program(cast.manager), timezone.now().isoformat()
    create_task(title="Later", origin=Origin.OWN, unit="it", by="a test")
    put(client, f"{task.pk}/state", state="dropped", version=1, result={"en": "Not needed"})
    later = client.get(ROOT, {"updated_since": since}).json()["items"]
    assert [(item["title"]["en"], item["state"]) for item in later] == [("Find out", "dropped"), ("Later", "open")]
    assert client.get(ROOT, {"updated_since": timezone.now().isoformat()}).json()["items"] == []


def test_a_task_is_made_once_however_often_it_is_sent(task: Task, cast: Any) -> None:
    client = program(cast.manager)
    body = {
        "once": "ticket 7",
        "title": {"ja": "調べる", "en": "Look"},
        "unit": "it",
        "due": "2030-01-31",
        "cost": "low",
    }
    first = post(client, **body).json()
    entries = Entry.objects.count()
    assert post(client, **body).json() == first
    assert (Entry.objects.count(), Task.objects.count()) == (entries, 2)
    assert (first["title"], first["due"], first["unit"]) == ({"ja": "調べる", "en": "Look"}, "2030-01-31", "it")
    # Another person's name for a task is another name, so that nobody is given a task that they may not see.
    assert post(program(cast.administrator), **body).json()["id"] != first["id"]


def test_a_change_sent_twice_changes_once(task: Task, cast: Any) -> None:
    client = program(cast.manager)
    body = {"title": {"en": "Find out today"}, "unit": "shop", "owner": "ken", "version": 1}
    first = put(client, str(task.pk), **body)
    entries = Entry.objects.count()
    again = put(client, str(task.pk), **body)
    assert (first.status_code, again.status_code, again.json()["version"]) == (200, 200, 2)
    assert Entry.objects.count() == entries
    other = put(client, str(task.pk), **{**body, "owner": "mari"})
    assert other.status_code == 409
    told = other.json()["problems"][0]
    assert told["version"] == 2
    assert {"field": "owner", "mine": "mari", "theirs": "ken"} in told["fields"]


def test_a_task_goes_its_way_and_two_people_are_needed(task: Task, cast: Any) -> None:
    one, other = program(cast.manager), program(cast.administrator)
    assert put(one, f"{task.pk}/state", state="taken", version=1).json()["state"] == "taken"
    assert put(one, f"{task.pk}/state", state="taken", version=1).json()["version"] == 2
    assert put(one, f"{task.pk}/state", state="done", version=2).status_code == 422
    done = {"state": "done", "version": 2, "result": {"en": "It is a printer"}, "evidence": "ticket 7"}
    assert put(one, f"{task.pk}/state", **done).json()["done_by"] == str(cast.manager)
    entries = Entry.objects.count()
    assert put(one, f"{task.pk}/state", **done).status_code == 200
    assert Entry.objects.count() == entries
    assert put(one, f"{task.pk}/state", state="verified", version=3).status_code == 422
    assert put(other, f"{task.pk}/state", state="verified", version=2).status_code == 409
    assert put(other, f"{task.pk}/state", state="verified", version=3).json()["state"] == "verified"
    assert put(other, f"{task.pk}/state", state="open", version=4).status_code == 422
    assert put(other, f"{task.pk}/state", state="open", version=4, result={"en": "Again"}).json()["state"] == "open"


def test_faults_are_told_and_nothing_is_stored(task: Task, cast: Any) -> None:
    client = program(cast.manager)
    wrong = post(client, once="1", title={"en": "T"}, unit="nowhere", owner="nobody-known")
    assert wrong.status_code == 422
    assert {problem["place"][0] for problem in wrong.json()["problems"]} == {"unit", "owner"}
    assert post(client, once="1", title={}, unit="it").status_code == 422
    assert post(client, once="1", title={"en": "T" * 201}, unit="it").status_code == 422
    assert Task.objects.count() == 1


def test_who_may_what(task: Task, doer: Person, cast: Any) -> None:
    hidden = create_task(title="Of IT", origin=Origin.OWN, unit="it", by="a test")
    content = {"title": {"en": "Changed"}, "unit": "shop", "version": 1}
    for person in (cast.responder, cast.executive, cast.auditor):
        assert program(person, "read").get(f"{ROOT}/{task.pk}").status_code == 200
        assert put(program(person), str(task.pk), **content).status_code == 403
        assert post(program(person), once="1", title={"en": "T"}, unit="shop").status_code == 403
    # The reporter of the cast answers for sales and so for the shop.
    owner = program(cast.reporter)
    assert [item["id"] for item in owner.get(ROOT).json()["items"]] == [task.pk]
    assert owner.get(f"{ROOT}/{hidden.pk}").status_code == 404
    assert put(owner, str(hidden.pk), **content).status_code == 404
    assert put(owner, str(task.pk), **{**content, "unit": "it"}).status_code == 422
    assert put(owner, str(task.pk), **content).status_code == 200
    assert post(owner, once="1", title={"en": "T"}, unit="it").status_code == 422
    assert post(owner, once="1", title={"en": "T"}, unit="shop").status_code == 200
    assert program(doer).get(ROOT).status_code == 404
    finish(task=hidden, result="Done", version=1, by=cast.manager)
    assert (
        program(cast.reporter, "read").put(f"{ROOT}/{task.pk}", {}, content_type="application/json").status_code == 403
    )
