"""Rows of the priorities turned into tasks and followed until verified."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from conftest import Cast
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.demo.actions import load_company
from kizuki.register.models import Organisation
from kizuki.replay import follow, listing
from kizuki.replay.actions import rank
from kizuki.replay.engine.ranked import Priorities
from kizuki.tasks import actions
from kizuki.tasks.models import Task

SENT = {"title": "Do it", "text": "", "unit": "", "owner": "", "due": "2027-03-31", "cost": "high"}


@pytest.fixture
def ranked(db: None) -> tuple[Organisation, Priorities]:
    import_cases(documents=cases(), by="a test")
    company = load_company()
    return company, rank(organisation=company)


def test_a_row_becomes_a_task_and_shows_its_state(ranked: Any, cast: Cast, signed_in: Any) -> None:
    _company, found = ranked
    ask = found.do.rows[0].asks[0]
    key = follow.key_of(ask)
    client = signed_in(cast.manager)
    page = client.get("/replay/priorities").content.decode()
    assert f"row={quote(key)}" in page
    form = client.get(f"/replay/priorities/follow?row={quote(key)}")
    assert form.status_code == 200
    title = re.search(r'name="title" value="([^"]+)"', form.content.decode())
    assert title is not None
    assert "into full force" in title[1]
    assert client.post("/replay/priorities/follow", {**SENT, "row": key}).status_code == 302
    task = Task.objects.get()
    assert (task.origin, task.about_kind, task.about_key, task.cost) == ("priority", "measure", key, "high")
    assert task.due is not None
    # Once more gives the same task.
    client.post("/replay/priorities/follow", {**SENT, "row": key})
    assert Task.objects.count() == 1
    for act, state in ((actions.take, "in progress"), (None, "done, not verified"), (actions.verify, "verified")):
        if act is None:
            actions.finish(task=task, result="Done", version=task.version, by=cast.responder)
        else:
            act(task=task, version=task.version, by=cast.manager)
        shown = client.get("/replay/priorities").content.decode()
        assert state in shown
        assert ("What is followed already" in shown) is (state != "verified")


def test_what_is_prepared_is_kept_in_both_languages(ranked: Any, cast: Cast, signed_in: Any) -> None:
    _company, found = ranked
    ask = found.ask.rows[0].asks[0]
    key = follow.key_of(ask)
    client = signed_in(cast.manager)
    title = re.search(
        r'name="title" value="([^"]+)"', client.get(f"/replay/priorities/follow?row={quote(key)}").content.decode()
    )
    assert title is not None
    import html

    client.post("/replay/priorities/follow", {**SENT, "title": html.unescape(title[1]), "row": key})
    task = Task.objects.get()
    assert task.title_en == html.unescape(title[1])
    assert task.title_ja
    assert task.title_ja != task.title_en


def test_rows_keep_their_names_when_the_ranking_is_made_anew(ranked: Any) -> None:
    company, found = ranked
    keys = [follow.key_of(ask) for row in (*found.ask.rows, *found.do.rows) for ask in row.asks]
    assert len(keys) == len(set(keys))
    again = listing.priorities_for(company)
    assert again is not None
    for key in keys:
        ask = follow.ask_of(again, key)
        assert ask is not None
        assert follow.key_of(ask) == key


def test_who_may_follow_up(ranked: Any, cast: Cast, signed_in: Any) -> None:
    _company, found = ranked
    key = follow.key_of(found.do.rows[0].asks[0])
    for person in cast:
        client = signed_in(person)
        opens = 404 if person == cast.reporter else 200 if person in (cast.manager, cast.administrator) else 403
        assert client.get(f"/replay/priorities/follow?row={quote(key)}").status_code == opens
        saves = 302 if opens == 200 else opens
        assert client.post("/replay/priorities/follow", {**SENT, "row": key}).status_code == saves
    client = signed_in(cast.manager)
    assert client.get("/replay/priorities/follow?row=P06+nowhere").status_code == 404
    wrong = client.post("/replay/priorities/follow", {**SENT, "title": "", "row": key})
    assert wrong.status_code == 422
