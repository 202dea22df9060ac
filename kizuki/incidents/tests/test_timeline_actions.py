"""Entries: adding, correcting, taking back, milestones. What stands is never changed, and no time ever moves."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from conftest import Cast
from kizuki.incidents import hooks
from kizuki.incidents.actions import (
    add_entry,
    change_incident,
    clear_milestone,
    correct_entry,
    give_role,
    mark_milestone,
    open_incident,
    withdraw_entry,
)
from kizuki.incidents.actions.timeline import About, lane_of, note
from kizuki.incidents.models import AppendOnly, Entry, Incident, Link, MilestoneAt
from kizuki.register.models import Organisation


def entered(incident: Incident, by: Any, text: str = "Isolated", **values: Any) -> Entry:
    return add_entry(incident=incident, text=text, lane="it", kind="contain", by=by, **values)


def test_an_entry_says_when_it_happened_and_when_it_was_written(incident: Incident, cast: Cast) -> None:
    entry = entered(incident, cast.responder, at="2026-11-20T14:02+09:00", handover=["security", "it", "external"])
    assert entry.low == entry.high == entry.sort == dt.datetime(2026, 11, 20, 5, 2, tzinfo=dt.UTC)
    assert entry.recorded_at > entry.sort
    assert (entry.seq, entry.by, entry.by_name, entry.zone) == (2, cast.responder, "Responder", "Asia/Tokyo")
    assert entry.handover == ["security", "external"], "in the order of lanes, and not to itself"
    now = entered(incident, cast.responder)
    assert now.at.endswith("+09:00")
    assert abs((now.sort - now.recorded_at).total_seconds()) < 60


@pytest.mark.parametrize(
    ("at", "low", "high"),
    [
        ("day 2 14:00", "2026-11-21T05:00", "2026-11-21T05:00"), ("2026-11-20 early+09:00", "2026-11-19T20:00", "2026-11-19T23:00"),
        ("~2026-11-20T18:00+09:00", "2026-11-20T08:00", "2026-11-20T10:00"), ("before 2026-11-20+09:00", None, "2026-11-19T15:00"),
        ("week 1", "2026-11-19T15:00", "2026-11-26T15:00"), ("undated", None, None),
    ],
)  # fmt: skip
def test_as_exact_as_it_is_known(at: str, low: str | None, high: str | None, incident: Incident, cast: Cast) -> None:
    Incident.objects.filter(pk=incident.pk).update(day_one=dt.date(2026, 11, 20))
    entry = entered(incident, cast.responder, at=at)
    wanted = [dt.datetime.fromisoformat(f"{text}:00+00:00") if text else None for text in (low, high)]
    assert [entry.low, entry.high] == wanted
    assert entry.at == at


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": " \x00 "}, "text"), ({"text": "x" * 20_001}, "text"), ({"lane": "kitchen"}, "lane"), ({"kind": "cook"}, "kind"),
        ({"handover": ["kitchen"]}, "handover"), ({"at": "soon"}, "at"), ({"at": "2126-01-01T00:00+09:00"}, "at"),
        ({"at": "1980-01-01T00:00+09:00"}, "at"), ({"at": "2026-02-30"}, "at"), ({"once": "x" * 65}, "once"),
        ({"milestone": "won"}, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_entered(values: dict[str, Any], field: str, incident: Incident, cast: Cast) -> None:
    sent: dict[str, Any] = {"text": "x", "lane": "it", "kind": "contain", **values}
    with pytest.raises(ValidationError) as caught:
        add_entry(incident=incident, by=cast.responder, **sent)
    assert list(caught.value.message_dict) == [field]
    assert Entry.objects.filter(incident=incident).count() == 1
    assert Incident.objects.get(pk=incident.pk).last_seq == 1, "no number is lost"


def test_half_a_character_and_a_null_are_left_out(incident: Incident, cast: Cast) -> None:
    assert entered(incident, cast.responder, "a\x00b\ud800c").text == "abc"


def test_sent_twice_entered_once(incident: Incident, cast: Cast) -> None:
    first = entered(incident, cast.responder, once="k")
    assert entered(incident, cast.responder, "something else", once="k") == first
    other = open_incident(title="Other", by=cast.responder)
    assert entered(other, cast.responder, once="k") != first, "a key is of one incident"


def test_what_it_speaks_of_is_linked_once(incident: Incident, cast: Cast) -> None:
    about = [About("asset", "www", "Web"), About("asset", "www", "Web server"), About("person", "1", "Mari")]
    entry = entered(incident, cast.responder, about=about)
    assert [(link.kind, link.key, link.label) for link in entry.links.all()] == [
        ("asset", "www", "Web server"), ("person", "1", "Mari"),
    ]  # fmt: skip


def test_entries_and_links_are_never_changed(incident: Incident, cast: Cast) -> None:
    entry = entered(incident, cast.responder, about=[About("asset", "www", "Web")])
    entry.text = "Something else"
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.links.get().delete()
    for act in (
        lambda: Entry.objects.filter(pk=entry.pk).update(text="x"),
        lambda: Link.objects.filter(entry=entry).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_correction_stands_in_its_place_and_takes_its_milestones(incident: Incident, cast: Cast) -> None:
    entry = entered(incident, cast.responder, at="2026-11-20T14:02+09:00", milestone="contained")
    change_incident(
        incident=incident, version=1, zone="America/New_York", day_one=dt.date(2020, 1, 1), by=cast.responder
    )
    new = correct_entry(entry=entry, text="Isolated PC-123", lane="it", kind="contain", by=cast.manager, once="k")
    assert (new.at, new.low, new.sort) == (entry.at, entry.low, entry.sort), "the time has not moved"
    assert new.corrects == entry
    assert incident.milestones.get().entry == new
    assert correct_entry(entry=entry, text="x", lane="it", kind="contain", by=cast.manager, once="k") == new
    assert list(Entry.objects.filter(incident=incident).standing().exclude(text="")) == [new]
    for act in (
        lambda: correct_entry(entry=entry, text="x", lane="it", kind="contain", by=cast.manager),
        lambda: withdraw_entry(entry=entry, reason="x", by=cast.manager),
        lambda: mark_milestone(entry=entry, name="noticed", by=cast.manager),
    ):
        with pytest.raises(ValidationError) as caught:
            act()
        assert str(new.seq) in str(caught.value)


def test_taken_back_it_stays_to_be_read(incident: Incident, cast: Cast) -> None:
    entry = entered(incident, cast.responder, milestone="contained")
    back = withdraw_entry(entry=entry, reason="It was another PC", by=cast.manager, once="k")
    assert withdraw_entry(entry=entry, reason="It was another PC", by=cast.manager, once="k") == back
    assert (back.withdrawn, back.corrects, back.text) == (True, entry, "It was another PC")
    assert not incident.milestones.exists()
    assert entry in Entry.objects.filter(incident=incident).standing()
    assert back not in Entry.objects.filter(incident=incident).standing()
    for one in (entry, back):
        with pytest.raises(ValidationError):
            correct_entry(entry=one, text="x", lane="it", kind="contain", by=cast.manager)
    with pytest.raises(ValidationError):
        withdraw_entry(entry=entered(incident, cast.responder), reason=" ", by=cast.manager)


def test_milestones_point_at_entries(incident: Incident, cast: Cast) -> None:
    first = entered(incident, cast.responder, at="2026-11-20T14:02+09:00", milestone="contained")
    second = entered(incident, cast.responder, at="2026-11-20T15:00+09:00")
    mark_milestone(entry=second, name="contained", until="2026-11-20T16:00+09:00", by=cast.manager)
    mark = MilestoneAt.objects.get(incident=incident)
    assert (mark.entry, mark.by) == (second, "2026-11-20T16:00+09:00")
    seq = Incident.objects.get(pk=incident.pk).last_seq
    mark_milestone(entry=second, name="contained", until="2026-11-20T16:00+09:00", by=cast.manager)
    assert Incident.objects.get(pk=incident.pk).last_seq == seq, "marked so already"
    for until in ("2026-11-20T14:00+09:00", "soon", "2126-01-01", "x" * 61, "undated"):
        with pytest.raises(ValidationError) as caught:
            mark_milestone(entry=second, name="contained", until=until, by=cast.manager)
        assert list(caught.value.message_dict) == ["until"]
    clear_milestone(incident=incident, name="contained", by=cast.manager)
    seq = incident.last_seq
    clear_milestone(incident=incident, name="contained", by=cast.manager)
    assert (incident.milestones.count(), incident.last_seq) == (0, seq)
    told = [e.data["set"]["entry"] for e in Entry.objects.filter(incident=incident, auto="milestone").order_by("seq")]
    assert told == [first.seq, second.seq, None]


def test_what_kizuki_wrote_is_not_corrected(incident: Incident, cast: Cast) -> None:
    opened = Entry.objects.get(incident=incident, auto="opened")
    with pytest.raises(ValidationError):
        correct_entry(entry=opened, text="x", lane="it", kind="contain", by=cast.manager)
    with pytest.raises(ValidationError):
        withdraw_entry(entry=opened, reason="x", by=cast.manager)


def test_nothing_is_added_to_what_is_closed(incident: Incident, cast: Cast) -> None:
    entry = entered(incident, cast.responder, once="k")
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=dt.datetime.now(dt.UTC))
    acts: list[Callable[[], Any]] = [
        lambda: entered(incident, cast.responder),
        lambda: correct_entry(entry=entry, text="x", lane="it", kind="contain", by=cast.responder),
        lambda: withdraw_entry(entry=entry, reason="x", by=cast.responder),
        lambda: mark_milestone(entry=entry, name="noticed", by=cast.responder),
        lambda: clear_milestone(incident=incident, name="noticed", by=cast.responder),
    ]
    for act in acts:
        with pytest.raises(ValidationError):
            act()
    assert entered(incident, cast.responder, once="k") == entry, "what was entered before it was closed is still so"


def test_the_lane_of_whoever_writes(incident: Incident, cast: Cast) -> None:
    assert lane_of(cast.responder, incident) == "security", "the lead alone says nothing of the lane"
    give_role(incident=incident, person=cast.responder, role="it", by=cast.responder)
    give_role(incident=incident, person=cast.executive, role="reader", by=cast.responder)
    assert lane_of(cast.responder, incident) == "it"
    assert lane_of(cast.executive, incident) == lane_of("a program", incident) == lane_of(None, incident) == "security"


def test_listeners_hear_of_entries_in_the_same_transaction(
    incident: Incident, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Entry] = []
    events: list[str] = []
    monkeypatch.setattr(hooks, "after_entry", [heard.append])
    monkeypatch.setattr(hooks, "after_event", [lambda incident, event, data: events.append(event)])
    entry = entered(incident, cast.responder)
    new = correct_entry(entry=entry, text="x", lane="it", kind="contain", by=cast.responder)
    withdraw_entry(entry=new, reason="x", by=cast.responder)
    assert heard == [entry, new]
    assert events == ["entry.added", "entry.added", "entry.withdrawn"]

    def fail(_entry: Entry) -> None:
        raise RuntimeError

    monkeypatch.setattr(hooks, "after_entry", [fail])
    with pytest.raises(RuntimeError), transaction.atomic():
        entered(incident, cast.responder, "not kept")
    assert not Entry.objects.filter(text="not kept").exists()


def test_a_note_tells_what_is_so_from_now_on(incident: Incident, cast: Cast) -> None:
    entry = note(incident, "review", by=None, kind="learn", id="x", values={"a": 1}, was={"a": 0}, once="n")
    assert (entry.by, entry.by_name, entry.lane) == (None, "", "security")
    assert entry.data == {"id": "x", "set": {"a": 1}, "was": {"a": 0}}


@pytest.mark.django_db(transaction=True)
def test_many_write_at_once_and_nothing_is_lost_or_doubled(
    small: Organisation, cast: Cast, in_another_process: Callable[[str], Any]
) -> None:
    incident = open_incident(title="Busy", by=cast.responder)
    code = textwrap.dedent(
        """
        from kizuki.accounts.models import Person
        from kizuki.incidents.actions import add_entry
        from kizuki.incidents.models import Incident
        incident = Incident.objects.get(pk={pk})
        by = Person.objects.get(pk={by})
        for n in range(15):
            for _again in range(2):
                add_entry(incident=incident, text="{name} %d" % n, lane="it", kind="contain", by=by, once="{name}-%d" % n)
            add_entry(incident=incident, text="shared %d" % n, lane="it", kind="contain", by=by, once="shared-%d" % n)
        """
    )
    writers = [in_another_process(code.format(pk=incident.pk, by=cast.responder.pk, name=name)) for name in "ab"]
    for writer in writers:
        _out, error = writer.communicate(timeout=120)
        assert writer.returncode == 0, error
    entries = list(Entry.objects.filter(incident=incident, auto="").order_by("seq"))
    assert sorted(e.text for e in entries) == sorted(f"{name} {n}" for name in ("a", "b", "shared") for n in range(15))
    assert [e.seq for e in entries] == list(range(2, 47)), "numbers without a hole"
    assert Incident.objects.get(pk=incident.pk).last_seq == 46
