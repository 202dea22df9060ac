"""What is new in a timeline reaches a page that shows the rest already, and reads as if all were drawn at once."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents import drawing, standing
from kizuki.incidents.actions import (
    add_entry,
    change_incident,
    clear_milestone,
    correct_entry,
    mark_milestone,
    withdraw_entry,
)
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.rows import whole

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]
HTMX: Any = {"headers": {"HX-Request": "true"}}
LANES = ("security", "it", "executive", "business")


def enter(incident: Incident, by: Person, text: str, at: str = "", **values: Any) -> Entry:
    return add_entry(incident=incident, text=text, by=by, at=at, **{"lane": "it", "kind": "contain", **values})


def something(incident: Incident, by: Person, chance: random.Random) -> None:
    """One of all that changes a timeline."""
    people = list(Entry.objects.filter(incident=incident, auto="", withdrawn=False, corrections=None))
    what = chance.choice(["enter"] * 6 + ["correct", "withdraw", "mark", "clear", "note", "note", "note"])
    at = f"2026-11-{chance.randrange(18, 22)}T{chance.randrange(24):02d}:{chance.randrange(60):02d}+09:00"
    values: Any = {"lane": chance.choice(LANES), "handover": chance.sample(LANES, chance.choice([0, 0, 1]))}
    if what == "note":
        change_incident(incident=incident, version=incident.version, stand=f"{chance.random()}", by=by)
    elif what == "enter" or not people:
        enter(incident, by, f"<{chance.random()}>", at if chance.random() < 0.6 else "", **values)
    elif what == "correct":
        correct_entry(entry=chance.choice(people), text="corrected", kind="analyse", by=by, **values)
    elif what == "withdraw":
        withdraw_entry(entry=chance.choice(people), reason="mistaken", by=by)
    elif what == "mark":
        mark_milestone(entry=chance.choice(people), name=chance.choice(["noticed", "contained"]), by=by)
    else:
        clear_milestone(incident=incident, name=chance.choice(["noticed", "contained"]), by=by)


def put_in(page: list[tuple[str, str]], changes: drawing.Changes) -> list[tuple[str, str]]:
    """What htmx does with the rows of a page, each row with its id."""
    page = [row for row in page if row[0] not in changes.gone]
    for after, html in changes.come:
        new = [(str(re.match(r'<tr[^>]*? id="(\w+)"', row)[1]), row) for row in re.split(r"(?<=</tr>\n)", html) if row]  # type: ignore[index]
        place = next(n for n, row in enumerate(page) if row[0] == after) + 1 if after else 0
        page[place:place] = new
    return page


@pytest.mark.parametrize("query", ["", "lane=it", "show=all", "wrote=kizuki"])
def test_what_is_put_in_gives_what_is_drawn_at_once(
    query: str, incident: Incident, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "WINDOW", 12)
    chance, asked, by = random.Random(query), QueryDict(query), cast.responder
    before, changed = drawing.drawn(incident, asked), 0
    page: list[tuple[str, str]] = [*before.pieces]
    for _ in range(60):
        for _ in range(chance.randrange(1, 4)):
            something(incident, by, chance)
        incident.refresh_from_db()
        table = drawing.drawn(incident, asked)
        changes = table.changes_since(before)
        page = [*table.pieces] if changes is None else put_in(page, changes)
        changed += changes is not None
        assert page == table.pieces
        before = table
        drawing.forget()
        standing.forget()
        anew = drawing.drawn(incident, asked)
        assert anew.pieces == table.pieces
        assert (anew.left_out, anew.shown, anew.columns) == (table.left_out, table.shown, table.columns)
        assert anew.all_.sketches == whole(incident).sketches
    assert changed > 10


def news(client: Client, incident: Incident, after: int, query: str = "") -> str:
    answer = client.get(f"/incidents/{incident.number}?{query}after={after}", **HTMX)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_only_what_is_new_is_sent(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    for n in range(20):
        enter(incident, cast.responder, f"before {n}")
    client, after = signed_in(cast.manager), incident.last_seq
    client.get(f"/incidents/{incident.number}")
    new = enter(incident, cast.responder, "the new one", lane="security")
    told = news(client, incident, after)
    assert "the new one" in told
    assert "before" not in told
    assert f'hx-swap-oob="afterend:#e{after}"' in told
    assert f"after={new.seq}" in told
    assert "Nobody has written yet how it stands." in told
    enter(incident, cast.responder, "long ago", "2020-01-01T00:00+09:00")
    assert 'hx-swap-oob="afterbegin:#rows"' in news(client, incident, new.seq)


def test_after_an_entry_only_that_one_is_read(
    incident: Incident, cast: Cast, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        enter(incident, cast.responder, f"before {n}")
    client, after = signed_in(cast.manager), incident.last_seq
    client.get(f"/incidents/{incident.number}")
    enter(incident, cast.responder, "new")
    with django_assert_max_num_queries(8):
        news(client, incident, after)
    with django_assert_max_num_queries(3):
        news(client, incident, after)


def test_who_was_away_for_long_is_sent_the_whole(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.manager)
    client.get(f"/incidents/{incident.number}")
    for n in range(30):
        enter(incident, cast.responder, f"entry {n}")
    for after in (incident.last_seq - 1, 1, 0):
        told = news(client, incident, after)
        assert 'id="timeline" hx-swap-oob="true"' in told
        assert told.count('<span class="said">entry') == 30
    for nonsense in ("-1", "x", "9" * 30, "²"):
        assert client.get(f"/incidents/{incident.number}", {"after": nonsense}, **HTMX).status_code == 200
    assert client.get(f"/incidents/{incident.number}?after={incident.last_seq + 1}", **HTMX).status_code == 204


def test_one_timeline_is_nobody_elses(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    """By language, by clock, and after the incident was restricted."""
    enter(incident, cast.responder, "first", "2026-11-20T09:40+09:00")
    client, other = signed_in(cast.responder), signed_in(cast.manager)
    after = incident.last_seq
    for one in (client, other):
        one.get(f"/incidents/{incident.number}")
    client.cookies["kizuki_language"] = "ja"
    change_incident(incident=incident, version=incident.version, restricted=True, by=cast.responder)
    told = news(client, incident, after)
    assert "Kizuki noted" not in told
    assert "に変更" in told or "制限" in told
    assert other.get(f"/incidents/{incident.number}?after={after}", **HTMX).status_code == 404


def test_a_database_that_was_put_back_is_read_anew(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, where = signed_in(cast.responder), f"/incidents/{incident.number}"
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        enter(incident, cast.responder, "of another past")
        assert "of another past" in client.get(where).content.decode()
        raise ZeroDivisionError
    assert "of another past" not in client.get(where).content.decode()
    incident.refresh_from_db()
    enter(incident, cast.responder, "of this one")
    page = client.get(where).content.decode()
    assert "of this one" in page
    assert "of another past" not in page
