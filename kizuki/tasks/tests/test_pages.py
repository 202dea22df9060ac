"""The pages of tasks: who sees and does what, filters, what is refused and how that is told."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.register.models import Asset, Organisation
from kizuki.tasks.actions import About, Origin, create_task, drop, finish
from kizuki.tasks.models import Task
from kizuki.tasks.panel import asset_panel

SignIn = Callable[[Person], Client]
#: The reporter of the cast is the contact “ken”, who answers for sales and the shop below it.
SEES = {"reporter": True, "responder": True, "manager": True, "executive": True, "auditor": True, "administrator": True}
WORKS = {"reporter", "manager", "administrator"}


def foreign() -> Task:
    """A task of a unit for which the reporter does not answer."""
    return create_task(title="Elsewhere", origin=Origin.OWN, unit="it", by="a test")


@pytest.mark.parametrize("role", SEES)
def test_who_sees_and_works_on_a_task(role: str, task: Task, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(getattr(cast, role))
    other = foreign()
    assert client.get(f"/tasks/{task.pk}").status_code == 200
    assert client.get(f"/tasks/{other.pk}").status_code == (404 if role == "reporter" else 200)
    assert client.get("/tasks/").status_code == 200
    for pk, mine in ((task.pk, True), (other.pk, role != "reporter")):
        wanted = 302 if role in WORKS and mine else 403 if mine else 404
        assert client.post(f"/tasks/{pk}/take", {"version": 1}).status_code == wanted
        assert client.get(f"/tasks/{pk}/edit").status_code == (200 if wanted == 302 else wanted)
    assert client.get("/tasks/new").status_code == (200 if role in WORKS else 403)


def test_a_stranger_sees_nothing(task: Task, doer: Person, signed_in: SignIn) -> None:
    client = signed_in(doer)
    for path in ("/tasks/", "/tasks/new", f"/tasks/{task.pk}", f"/tasks/{task.pk}/edit", "/tasks/?format=csv"):
        assert client.get(path).status_code == 404
    assert client.post(f"/tasks/{task.pk}/take", {"version": 1}).status_code == 404


def test_whoever_is_to_do_it_sees_and_does_it(small: Organisation, doer: Person, signed_in: SignIn) -> None:
    from kizuki.register.actions import Edit, apply

    document = {"id": "mari", "name": "Mari", "mail": "MARI@example.org"}
    apply(organisation=small, edits=[Edit("contact", "mari", document)], by="a test")
    # A deputy of the unit `it` by the fixture: give the task to a unit of which she is none.
    mine = create_task(title="Do it", origin=Origin.OWN, unit="sales", owner="mari", by="a test")
    client = signed_in(doer)
    assert "Do it" in client.get("/tasks/?whose=mine").content.decode()
    assert client.post(f"/tasks/{mine.pk}/take", {"version": 1}).status_code == 302


def test_filters(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    create_task(title="Alpha", origin=Origin.OWN, unit="shop", owner="ken", due=dt.date(2020, 1, 1), by="a test")
    create_task(title="Beta", origin=Origin.DEVICE, unit="it", by="a test")
    ended = create_task(title="Gamma", origin=Origin.OWN, unit="it", text="printer", by="a test")
    drop(task=ended, reason="x", version=1, by="a test")
    client = signed_in(cast.manager)
    expected = {
        "": "AB", "state=every": "ABG", "state=dropped": "G", "unit=it": "B", "owner=ken": "A", "owner=nobody": "B",
        "origin=device": "B", "overdue=on": "A", "q=alpha": "A", "q=PRINT&state=every": "G", "q=zzz": "", "state=nonsense": "AB",
        "unit=it&state=every": "BG", "whose=mine": "",
    }  # fmt: skip
    found = {query: _titles(client, query) for query in expected}
    assert found == expected
    assert _titles(signed_in(cast.reporter), "") == "A"
    assert _titles(signed_in(cast.reporter), "whose=units") == "A"
    assert _titles(signed_in(cast.reporter), "whose=mine") == "A"


def _titles(client: Client, query: str) -> str:
    page = client.get(f"/tasks/?{query}").content.decode()
    return "".join(title[0] for title in ("Alpha", "Beta", "Gamma") if f">{title}</a>" in page)


def test_csv_has_the_same_rows_and_no_formulas(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    create_task(title="=1+1", origin=Origin.OWN, unit="shop", by="a test")
    create_task(title="Elsewhere", origin=Origin.OWN, unit="it", by="a test")
    response: Any = signed_in(cast.reporter).get("/tasks/?format=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["title"] for row in rows] == ["'=1+1"]


def test_a_new_task_is_about_what_was_asked(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.reporter)
    page = client.get("/tasks/new?about_kind=asset&about_key=www&title=Patch").content.decode()
    assert "Web server" in page
    assert 'value="Patch"' in page
    sent = {"title": "Patch", "unit": "shop", "about_kind": "asset", "about_key": "www"}
    assert client.post("/tasks/new", {**sent, "unit": "it"}).status_code == 422, "a unit of others"
    assert client.post("/tasks/new", {**sent, "owner": "nobody"}).status_code == 422
    response = client.post("/tasks/new", sent)
    made = Task.objects.get()
    assert response["Location"] == f"/tasks/{made.pk}"
    assert (made.about_kind, made.about_key, made.by_name) == ("asset", "www", "Reporter")


def test_a_stale_edit_shows_both(task: Task, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.manager)
    sent = {"title": "First", "text": "Who knows?", "unit": "shop", "owner": "", "due": "", "cost": "", "version": 1}
    assert client.post(f"/tasks/{task.pk}/edit", sent).status_code == 302
    answer = client.post(f"/tasks/{task.pk}/edit", {**sent, "title": "Second"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Second"' in page
    assert "<td>First</td>" in page
    assert 'name="version" value="2"' in page
    task.refresh_from_db()
    assert task.title_en == "First"


def test_what_was_typed_is_kept_when_somebody_was_faster(task: Task, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.manager)
    client.post(f"/tasks/{task.pk}/take", {"version": 1})
    answer = client.post(f"/tasks/{task.pk}/finish", {"version": 1, "result": "Asked everybody"})
    assert answer.status_code == 422
    assert "Asked everybody</textarea>" in answer.content.decode()
    assert client.post(f"/tasks/{task.pk}/finish", {"version": 2, "result": "Asked everybody"}).status_code == 302
    assert client.post(f"/tasks/{task.pk}/verify", {"version": 3}).status_code == 422
    assert client.post(f"/tasks/{task.pk}/dance", {"version": 3}).status_code == 404


def test_few_queries(task: Task, cast: Cast, signed_in: SignIn) -> None:
    for n in range(60):
        about = About("asset" if n % 2 else "zone", "www" if n % 2 else "dmz")
        create_task(title=f"t{n}", origin=Origin.OWN, about=about, unit="shop", owner="ken", by="a test")
    finish(task=task, result="x", version=1, by=cast.manager)
    for person in (cast.manager, cast.reporter):
        client = signed_in(person)
        for path in ("/tasks/", f"/tasks/{task.pk}", f"/tasks/{task.pk}/edit", "/tasks/new"):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            assert len(queries) <= 15, path


def test_the_page_of_an_asset_shows_its_tasks(task: Task, cast: Cast) -> None:
    assert "Find out" in (asset_panel(cast.manager, Asset.objects.get(key="www")) or "")
    assert asset_panel(cast.manager, Asset.objects.get(key="pcs")) is None
