"""The timeline of an incident: order, lanes, filters, long ones, what was known at a moment, the wall."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents import drawing
from kizuki.incidents import rows as rows_module
from kizuki.incidents.actions import add_entry, change_incident, correct_entry, give_role, withdraw_entry
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.views import timeline as view

SignIn = Callable[[Person], Client]


def enter(incident: Incident, by: Person, text: str, at: str = "", **values: Any) -> Entry:
    return add_entry(incident=incident, text=text, by=by, at=at, **{"lane": "it", "kind": "contain", **values})


@pytest.fixture
def story(incident: Incident, cast: Cast) -> Incident:
    """Noticed outside, handed to security, analysed, handed to IT, contained; entered in another order."""
    by = cast.responder
    enter(incident, by, "Stopped the accounts", "2026-11-20T09:40+09:00", milestone="contained")
    enter(incident, by, "23 accounts tried", "2026-11-20T09:31+09:00", lane="security", kind="analyse", handover=["it"])
    enter(
        incident, cast.manager, "Miura called", "2026-11-20T09:12+09:00", lane="business", kind="detect", handover=["security"],
        milestone="noticed",
    )  # fmt: skip
    return incident


def shown(client: Client, incident: Incident, query: str = "") -> list[str]:
    """The texts of the timeline in the order of the page."""
    page = client.get(f"/incidents/{incident.number}?{query}").content.decode()
    return re.findall(r'<span class="said">(.*?)</span>', page)


def test_the_order_is_when_it_happened(story: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    assert shown(client, story) == ["Miura called", "23 accounts tried", "Stopped the accounts"]
    page = client.get(f"/incidents/{story.number}").content.decode()
    for word in (
        "Fri 20 Nov 2026",
        "09:12",
        "+19 min",
        "+28 min",
        ">noticed</span>",
        ">contained</span>",
        "→ security",
    ):
        assert word in page
    assert page.count("ho-h") == 2, "two hand-overs arrive"


def test_times_are_those_of_the_reader(story: Incident, cast: Cast, signed_in: SignIn) -> None:
    cast.responder.time_zone = "America/New_York"
    cast.responder.save()
    page = signed_in(cast.responder).get(f"/incidents/{story.number}").content.decode()
    assert "Thu 19 Nov 2026" in page
    assert "19:12" in page
    assert "11-20 09:12 +09:00" in page
    assert "11-20 09:12" not in signed_in(cast.manager).get(f"/incidents/{story.number}").content.decode()


def test_filters(story: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    three = ["Miura called", "23 accounts tried", "Stopped the accounts"]
    expected = {
        "": three, "lane=it": three[2:], "kind=analyse": three[1:2], "milestone=some": [three[0], three[2]],
        "milestone=noticed": three[:1], "wrote=people": three, "wrote=kizuki": [], f"wrote={cast.manager.pk}": three[:1],
        "q=ACCOUNTS": three[1:], "q=accounts tried": three[1:2], "q=2": three[1:], "q=nothing": [], "lane=kitchen": three,
        "day=2026-11-20": three, "day=2026-11-21": [], "day=never": three, "wrote=999": three, "q=%00": three,
    }  # fmt: skip
    assert {query: shown(client, story, query) for query in expected} == expected
    assert "Incident opened" in client.get(f"/incidents/{story.number}?wrote=kizuki").content.decode()
    assert "Incident opened" not in client.get(f"/incidents/{story.number}?wrote=people").content.decode()
    assert "No entry fits" in client.get(f"/incidents/{story.number}?q=nothing").content.decode()


def test_a_filter_finds_what_an_entry_speaks_of(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    from kizuki.incidents.actions.timeline import About

    enter(incident, cast.responder, "One", about=[About("asset", "www", "Web server")])
    enter(incident, cast.responder, "Two")
    assert shown(signed_in(cast.responder), incident, "q=web") == ["One"]


def test_corrections_and_what_was_taken_back(story: Incident, cast: Cast, signed_in: SignIn) -> None:
    first, second, third = Entry.objects.filter(incident=story, auto="").order_by("seq")
    better = correct_entry(entry=second, text="24 accounts tried", lane="security", kind="analyse", by=cast.manager)
    best = correct_entry(entry=better, text="25 accounts tried", lane="security", kind="analyse", by=cast.manager)
    withdraw_entry(entry=first, reason="Not yet", by=cast.manager)
    page = signed_in(cast.responder).get(f"/incidents/{story.number}").content.decode()
    assert f'id="e{best.seq}"' in page
    assert f'id="e{second.seq}"' not in page
    assert page.index("<del>24 accounts tried</del>") < page.index("<del>23 accounts tried</del>")
    assert "Taken back by Manager: Not yet" in page
    assert third.text in page


def test_what_kizuki_notes_in_a_row_is_folded(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    for n in range(4):
        change_incident(incident=incident, version=incident.version, stand=f"stand {n}", by=cast.responder)
    page = signed_in(cast.responder).get(f"/incidents/{incident.number}").content.decode()
    assert "Kizuki noted 5 changes" in page
    assert page.count('<tr class="auto"') == 1
    for entry in Entry.objects.filter(incident=incident):
        assert f'id="e{entry.seq}"' in page


def test_long_texts_are_folded_and_whole(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    enter(incident, cast.responder, "x" * 10_000 + "END")
    page = signed_in(cast.responder).get(f"/incidents/{incident.number}").content.decode()
    assert '<details class="long"' in page
    assert "xEND" in page


def many(incident: Incident, by: Person, count: int) -> None:
    """Entries over some days, three an hour, every tenth handing over; made in one go, since it is their reading that is tried."""
    begun = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    lanes, kinds = ("security", "it", "executive", "business"), ("analyse", "contain", "decide", "report")
    made = []
    for n in range(count):
        at = begun + dt.timedelta(minutes=20 * n)
        made.append(
            Entry(
                incident=incident, seq=incident.last_seq + 1 + n, at=at.isoformat(timespec="minutes"), low=at, high=at, sort=at,
                zone="Asia/Tokyo", by=by, by_name=by.name, lane=lanes[n % 4], kind=kinds[n % 4], text=f"Something happened, number {n}",
                handover=[lanes[(n + 1) % 4]] if n % 10 == 0 else [],
            )
        )  # fmt: skip
    Entry.objects.bulk_create(made)
    incident.last_seq += count
    Incident.objects.filter(pk=incident.pk).update(last_seq=incident.last_seq, changed_at=timezone.now())


def test_a_long_timeline_shows_the_newest_a_day_or_all(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    many(incident, cast.responder, 500)
    client = signed_in(cast.responder)
    newest = shown(client, incident)
    assert len(newest) >= rows_module.WINDOW - 1
    assert newest[-1].endswith("number 499")
    page = client.get(f"/incidents/{incident.number}").content.decode()
    assert "earlier ones are left out" in page
    assert "show=all" in page
    assert len(shown(client, incident, "show=all")) == 500
    assert [text.split()[-1] for text in shown(client, incident, "day=2026-10-02")] == [str(n) for n in range(45, 117)]
    assert len(page) < 600_000


def test_queries_do_not_grow_with_the_timeline(
    incident: Incident,
    cast: Cast,
    signed_in: SignIn,
    django_assert_max_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What others put beside and below the timeline is counted by their own tests.
    monkeypatch.setattr(view, "sides", lambda *_: [])
    many(incident, cast.responder, 260)
    old = list(Entry.objects.filter(incident=incident, auto="").order_by("-seq")[:10])
    for entry in old[:5]:
        correct_entry(entry=entry, text="corrected", lane="it", kind="contain", by=cast.responder)
    for entry in old[5:10]:
        withdraw_entry(entry=entry, reason="x", by=cast.responder)
    client = signed_in(cast.responder)
    with django_assert_max_num_queries(15):
        client.get(f"/incidents/{incident.number}")
    with django_assert_max_num_queries(9):
        client.get(f"/incidents/{incident.number}")  # drawn already
    with django_assert_max_num_queries(15):
        client.get(f"/incidents/{incident.number}?as_of=2099-01-01T00:00")


def test_it_is_drawn_once_for_all_who_read_it_alike(
    story: Incident, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = drawing._draw

    def counted(incident: Incident, query: Any, *more: Any) -> Any:
        drawn.append(query.urlencode())
        return draw(incident, query, *more)

    monkeypatch.setattr(drawing, "_draw", counted)
    for person in (cast.responder, cast.manager, cast.executive):
        signed_in(person).get(f"/incidents/{story.number}")
    assert drawn == [""]
    signed_in(cast.manager).get(f"/incidents/{story.number}?lane=it")
    enter(story, cast.responder, "New")
    signed_in(cast.manager).get(f"/incidents/{story.number}")
    assert drawn == ["", "lane=it", ""]


def test_as_it_was_known(incident: Incident, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    by, begun = cast.responder, timezone.now()

    def at(minutes: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: begun + dt.timedelta(minutes=minutes))

    at(10)
    wrong = enter(incident, by, "Three accounts", lane="security", kind="analyse", milestone="noticed")
    at(20)
    change_incident(incident=incident, version=1, stand="All is calm", by=by)
    give_role(incident=incident, person=cast.manager, role="lead", by=by)
    at(30)
    correct_entry(entry=wrong, text="Four accounts", lane="security", kind="analyse", by=by)
    enter(incident, by, "Long before, found out later", "2026-01-01T00:00+09:00")
    change_incident(incident=incident, version=incident.version, stand="All is lost", by=by)

    def page(minutes: int) -> str:
        local = (begun + dt.timedelta(minutes=minutes)).astimezone(dt.timezone(dt.timedelta(hours=9)))
        answer = signed_in(cast.manager).get(f"/incidents/{incident.number}?as_of={local:%Y-%m-%dT%H:%M:%S}")
        assert answer.status_code == 200
        return str(answer.content.decode())

    early, late = page(25), page(40)
    assert "Three accounts" in early
    assert "All is calm" in early
    for later in ("Four accounts", "found out later", "All is lost", "corrected"):
        assert later not in early
    assert "Four accounts" in late
    assert "found out later" in late
    assert "All is lost" in late
    assert 'id="entry"' not in early, "there is nothing to enter in the past"
    assert "hx-get" not in early
    assert "Responder</dd>" in page(15)
    assert "Manager</dd>" in early
    assert "was not opened yet" in page(-10)


@pytest.mark.parametrize(
    "as_of", ["", "yesterday", "2026-13-40T00:00", "9" * 100, "0001-01-01T00:00", "9999-12-31T23:59", "\x00"]
)
def test_moments_that_are_none(as_of: str, incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.responder).get(f"/incidents/{incident.number}", {"as_of": as_of})
    assert answer.status_code in (200, 422)
    assert answer.status_code == 422 or as_of[:4] in ("9999", "0001")


def test_the_wall(story: Incident, cast: Cast, signed_in: SignIn) -> None:
    change_incident(incident=story, version=story.version, stand="Under control", by=cast.responder)
    client = signed_in(cast.executive)
    page = client.get(f"/incidents/{story.number}/wall").content.decode()
    for word in ("Under control", "Stopped the accounts", "Since noticed", "Still to come", "No task is open"):
        assert word in page
    part = client.get(f"/incidents/{story.number}/wall", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert signed_in(cast.reporter).get(f"/incidents/{story.number}/wall").status_code == 404


def test_the_wall_leaves_out_what_was_taken_back(story: Incident, cast: Cast, signed_in: SignIn) -> None:
    withdraw_entry(entry=Entry.objects.get(incident=story, text="Miura called"), reason="x", by=cast.responder)
    page = signed_in(cast.executive).get(f"/incidents/{story.number}/wall").content.decode()
    assert "Miura called" not in page


def test_nothing_of_a_restricted_incident_answers_strangers(story: Incident, cast: Cast, signed_in: SignIn) -> None:
    change_incident(incident=story, version=story.version, restricted=True, by=cast.responder)
    client = signed_in(cast.manager)
    for path in ("", "?after=1", "?as_of=2099-01-01T00:00", "/wall", "/settings", "/entries/2", "/paste"):
        assert client.get(f"/incidents/{story.number}{path}").status_code == 404
    for path in ("/line", "/enter", "/paste/enter", "/settings/stand", "/entries/2/correct"):
        assert client.post(f"/incidents/{story.number}{path}").status_code == 404


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_is_read_in_both_languages(language: str, story: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    client.cookies["kizuki_language"] = language
    for path in ("", "/wall", "/settings", "/entries/2", "/paste", "?as_of=2099-01-01T00:00"):
        assert client.get(f"/incidents/{story.number}{path}").status_code == 200


def test_milestones_and_hand_overs_as_a_picture(story: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.executive)
    enter(story, cast.responder, "Not part of it", "2026-11-20T10:00+09:00")
    page = client.get(f"/incidents/{story.number}/picture").content.decode()
    assert page.count("<svg width=") == 1
    for word in ("Miura called", "23 accounts tried", "Stopped the accounts", "noticed", "contained"):
        assert word in page
    assert "Not part of it" not in page
    for n in range(30):
        enter(story, cast.responder, f"To and fro {n}", f"2026-11-21T10:{n:02d}+09:00", handover=["security"])
    assert client.get(f"/incidents/{story.number}/picture").content.decode().count("<svg width=") > 2
    assert signed_in(cast.reporter).get(f"/incidents/{story.number}/picture").status_code == 404


@pytest.mark.parametrize(
    "at", ["undated", "week 1", "day -3", "~2026-11-20T18:00+09:00", "2026-11-20 early+09:00", "1990-01-02"]
)
def test_any_time_can_be_drawn(at: str, incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    enter(incident, cast.responder, "Handed over", at, handover=["security"])
    assert "Handed over" in signed_in(cast.responder).get(f"/incidents/{incident.number}/picture").content.decode()
    assert "Handed over" in signed_in(cast.responder).get(f"/incidents/{incident.number}").content.decode()


def test_without_any_it_teaches(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    assert (
        "to hand the matter over"
        in signed_in(cast.responder).get(f"/incidents/{incident.number}/picture").content.decode()
    )
