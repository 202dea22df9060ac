"""The page of one entry: correcting it, taking it back, milestones, handing over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents.actions import add_entry, correct_entry
from kizuki.incidents.actions.timeline import About
from kizuki.incidents.models import Entry, Incident

SignIn = Callable[[Person], Client]


@pytest.fixture
def entry(incident: Incident, cast: Cast) -> Entry:
    return add_entry(
        incident=incident, text="Isolated PC-123", lane="it", kind="contain", by=cast.responder, at="2026-11-20T14:02+09:00",
        about=[About("asset", "www", "Web server")],
    )  # fmt: skip


def address(entry: Entry, word: str = "") -> str:
    return f"/incidents/{entry.incident.number}/entries/{entry.seq}{f'/{word}' if word else ''}"


def corrected(entry: Entry, **changes: Any) -> dict[str, Any]:
    return {
        "at": entry.at, "lane": entry.lane, "kind": entry.kind, "text": entry.text, "once": "k",
        "keep": [link.pk for link in entry.links.all()], **changes,
    }  # fmt: skip


def test_who_sees_and_changes_an_entry(entry: Entry, cast: Cast, signed_in: SignIn) -> None:
    for person, sees, writes in (
        (cast.reporter, 404, 404), (cast.executive, 200, 403), (cast.auditor, 200, 403), (cast.manager, 200, 302),
    ):  # fmt: skip
        client = signed_in(person)
        assert client.get(address(entry)).status_code == sees
        assert client.post(address(entry, "milestone"), {"name": "contained"}).status_code == writes
    client = signed_in(cast.manager)
    assert client.get(address(entry, "correct")).status_code == 405
    assert client.post(address(entry, "burn"), {}).status_code == 404
    for seq in (99, 10**30):
        assert client.get(f"/incidents/{entry.incident.number}/entries/{seq}").status_code == 404
    assert "Correct it" not in signed_in(cast.executive).get(address(entry)).content.decode()


def test_correcting_it(entry: Entry, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    for _n in range(2):
        response = client.post(
            address(entry, "correct"), corrected(entry, text="Isolated PC-124 @Manager", handover=["security"])
        )
        assert response.status_code == 302
    new = Entry.objects.get(corrects=entry)
    assert response["Location"].endswith(f"#e{new.seq}")
    assert (new.at, new.sort, new.handover) == (entry.at, entry.sort, ["security"])
    assert [link.label for link in new.links.all()] == ["Web server", "Manager"]
    page = client.get(f"/incidents/{entry.incident.number}").content.decode()
    assert f"before it was entry {entry.seq}" in page
    assert "<del>Isolated PC-123</del>" in page
    old = client.get(address(entry)).content.decode()
    assert f"entry {new.seq} in its place" in old
    assert "Correct it" not in old
    assert "PC-123" in client.get(address(new)).content.decode(), "what stood there before is shown"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-11-20 15:30", "2026-11-20T15:30+09:00"), ("2026-11-20", "2026-11-20+09:00"),
        ("2026-11-20 morning", "2026-11-20 morning+09:00"), ("week 1+", "week 1+"),
    ],
)  # fmt: skip
def test_the_time_is_read_as_people_write_it(
    written: str, stored: str, entry: Entry, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.responder)
    client.post(address(entry, "correct"), corrected(entry, at=written, keep=[]))
    new = Entry.objects.get(corrects=entry)
    assert new.at == stored
    assert not new.links.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text": " "}, "This field is required"), ({"at": "soon"}, "is not a time"), ({"at": "2099-01-01 10:00"}, "in the future"),
        ({"text": "x" * 30_000}, "At most 20,000"), ({"lane": "kitchen"}, "kitchen"), ({"handover": ["kitchen"]}, "kitchen"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_what_was_typed(
    changes: dict[str, Any], told: str, entry: Entry, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.responder)
    response = client.post(address(entry, "correct"), corrected(entry, **{"text": "typed with care", **changes}))
    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert str(changes.get("text", "typed with care")).strip()[:40] in page
    assert not Entry.objects.filter(corrects=entry).exists()


def test_two_correct_the_same_entry(entry: Entry, cast: Cast, signed_in: SignIn) -> None:
    new = correct_entry(entry=entry, text="By the manager", lane="it", kind="contain", by=cast.manager)
    response = signed_in(cast.responder).post(
        address(entry, "correct"), corrected(entry, text="Typed by the responder")
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert f"Entry {new.seq} took the place of this one" in page
    assert "By the manager" in page
    assert "Typed by the responder" in page


def test_taking_it_back(entry: Entry, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    assert client.post(address(entry, "withdraw"), {"reason": "", "once": "k"}).status_code == 422
    for _n in range(2):
        assert client.post(address(entry, "withdraw"), {"reason": "Another PC", "once": "k"}).status_code == 302
    assert Entry.objects.filter(corrects=entry).count() == 1
    page = client.get(f"/incidents/{entry.incident.number}").content.decode()
    assert "Taken back by Responder: Another PC" in page
    assert 'class="gone"' in page
    assert "Another PC" in client.get(address(entry)).content.decode()


def test_milestones_are_marked_and_cleared(entry: Entry, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    assert client.post(address(entry, "milestone"), {"name": "contained", "until": "soon"}).status_code == 422
    assert (
        client.post(address(entry, "milestone"), {"name": "contained", "until": "2026-11-20 16:00"}).status_code == 302
    )
    mark = entry.milestones.get()
    assert (mark.name, mark.by) == ("contained", "2026-11-20T16:00+09:00")
    assert "contained, at the latest 11-20 16:00 +09:00" in client.get(address(entry)).content.decode()
    assert client.post(address(entry, "unmark"), {"name": "contained"}).status_code == 302
    assert not entry.milestones.exists()
    other = add_entry(
        incident=entry.incident, text="Other", lane="it", kind="contain", by=cast.responder, milestone="contained"
    )
    client.post(address(entry, "unmark"), {"name": "contained"})
    assert other.milestones.exists(), "a page left open does not clear what is another entry's by now"


def test_handing_over(entry: Entry, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    for _n in range(2):
        assert client.post(address(entry, "handover"), {"lane": "communications", "once": "k"}).status_code == 302
    new = Entry.objects.get(corrects=entry)
    assert new.handover == ["communications"]
    assert (new.text, new.at, new.links.count()) == (entry.text, entry.at, 1)


def test_what_kizuki_wrote_is_read_and_may_be_a_milestone(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    opened = Entry.objects.get(incident=incident, auto="opened")
    client = signed_in(cast.responder)
    page = client.get(address(opened)).content.decode()
    assert "Incident opened: Odd sign-ins" in page
    assert "Correct it" not in page
    assert client.post(address(opened, "milestone"), {"name": "reported"}).status_code == 302
    response = client.post(address(opened, "correct"), corrected(opened, text="typed"))
    assert response.status_code == 422
    assert "Kizuki wrote this entry by itself" in response.content.decode()


def test_hostile_texts_are_inert(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    bad = '<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} javascript:alert(1) \'x" onload="1'
    entry = add_entry(
        incident=incident, text=bad, lane="it", kind="contain", by=cast.responder, about=[About("asset", bad, bad)]
    )
    client = signed_in(cast.responder)
    for path in (address(entry), f"/incidents/{incident.number}", f"/incidents/{incident.number}/wall"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'onload="1' not in page
        assert "&lt;script&gt;" in page
