"""Opening an incident, changing it, its people; merging and reopening: what is written, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conftest import Cast, make_person
from kizuki.incidents import hooks
from kizuki.incidents.actions import (
    Stale,
    add_entry,
    change_incident,
    end_role,
    give_role,
    merge_incident,
    open_incident,
    reopen_incident,
    set_severity,
)
from kizuki.incidents.models import Entry, Incident, Member
from kizuki.journal.models import Entry as Journal
from kizuki.register.models import Organisation

SECRET = "nobody outside may read this"


def last(incident: Incident) -> Entry:
    return Entry.objects.filter(incident=incident).latest("seq")


def test_numbers_run_by_year_and_whoever_opens_leads(small: Organisation, cast: Cast) -> None:
    first = open_incident(title="  One \n line ", by=cast.responder)
    second = open_incident(title="Two", by=cast.manager)
    year = first.opened_at.year
    assert [first.number, second.number] in (
        [f"INC-{year}-001", f"INC-{year}-002"], [f"INC-{year + 1}-001", f"INC-{year + 1}-002"],
    )  # fmt: skip
    assert first.title == "One line"
    assert first.lead == cast.responder
    assert Member.objects.get(incident=first).role == "lead"
    entry = last(first)
    assert (entry.auto, entry.data["set"]["title"], entry.seq) == ("opened", "One line", 1)
    # A number past 999 is a number too, and a hole is not filled.
    Incident.objects.filter(pk=second.pk).update(number=second.number[:-3] + "1234")
    assert open_incident(title="Three", by=cast.manager).number.endswith("-1235")


def test_opened_once(small: Organisation, cast: Cast) -> None:
    first = open_incident(title="One", once="a", by=cast.responder)
    assert open_incident(title="One", once="a", by=cast.responder) == first
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"title": "x", "kind": "fire"}, "kind"),
        ({"title": "x", "zone": "Mars/Base"}, "zone"), ({"title": "x", "tlp": "white"}, "tlp"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened(values: dict[str, Any], field: str, small: Organisation, cast: Cast) -> None:
    with pytest.raises(ValidationError) as caught:
        open_incident(**values, by=cast.responder)
    assert list(caught.value.message_dict) == [field]
    assert not Incident.objects.exists()


def test_a_restricted_incident_has_somebody_who_knows_of_it(small: Organisation) -> None:
    with pytest.raises(ValidationError):
        open_incident(title="x", restricted=True, by="a program")


def test_without_an_organisation_nothing_is_opened(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        open_incident(title="x", by=cast.responder)


def test_the_journal_and_events_never_repeat_what_is_written(
    small: Organisation, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(hooks, "after_event", [lambda incident, event, data: told.append((event, data))])
    incident = open_incident(title=SECRET, by=cast.responder)
    change_incident(incident=incident, version=1, stand=SECRET, title=SECRET + "!", by=cast.responder)
    set_severity(incident=incident, severity=3, reason=SECRET, by=cast.responder)
    add_entry(incident=incident, text=SECRET, lane="it", kind="contain", by=cast.responder)
    give_role(incident=incident, person=cast.manager, role="legal", by=cast.responder)
    other = open_incident(title=SECRET, by=cast.responder)
    merge_incident(incident=incident, into=other, version=incident.version, by=cast.responder)
    reopen_incident(incident=incident, reason=SECRET, version=incident.version, by=cast.responder)
    rows = Journal.objects.filter(room="incidents")
    assert {row.verb for row in rows} == {"opened", "changed", "judged", "entered", "gave_role", "merged", "reopened"}
    assert not any(SECRET in f"{row.object_label}{row.data}" for row in rows)
    assert len(told) == 8
    assert SECRET not in str(told)


def test_a_change_is_an_entry_and_only_what_changed(incident: Incident, cast: Cast) -> None:
    change_incident(incident=incident, version=1, status="containing", stand="Three accounts stopped", by=cast.manager)
    entry = last(incident)
    assert entry.auto == "changed"
    assert entry.data["set"] == {"status": "containing", "stand": "Three accounts stopped"}
    assert entry.data["was"] == {"status": "new", "stand": ""}
    seq = incident.last_seq
    change_incident(incident=incident, version=2, status="containing", by=cast.manager)
    assert (incident.last_seq, incident.version) == (seq, 2), "what is so already changes nothing"
    with pytest.raises(Stale) as caught:
        change_incident(incident=incident, version=1, stand="Other", by=cast.responder)
    row: Any = caught.value.row
    assert row.stand == "Three accounts stopped"
    incident.refresh_from_db()
    assert incident.stand == "Three accounts stopped"


@pytest.mark.parametrize(
    ("values", "field"),
    [({"status": "closed"}, "status"), ({"status": "merged"}, "status"), ({"status": "?"}, "status"), ({"title": ""}, "title"),
     ({"stand": "x" * 501}, "stand"), ({"zone": "Nowhere"}, "zone"), ({"kind": ""}, "kind"), ({"tlp": ""}, "tlp")],
)  # fmt: skip
def test_changes_that_are_refused(values: dict[str, Any], field: str, incident: Incident, cast: Cast) -> None:
    with pytest.raises(ValidationError) as caught:
        change_incident(incident=incident, version=1, **values, by=cast.manager)
    assert list(caught.value.message_dict) == [field]


def test_only_known_fields_are_changed(incident: Incident, cast: Cast) -> None:
    with pytest.raises(TypeError):
        change_incident(incident=incident, version=1, number="INC-1", by=cast.manager)


def test_no_incident_stands_below_itself(incident: Incident, cast: Cast) -> None:
    child = open_incident(title="Child", parent=incident, by=cast.responder)
    grandchild = open_incident(title="Grandchild", parent=child, by=cast.responder)
    for parent in (incident, child, grandchild):
        with pytest.raises(ValidationError):
            change_incident(incident=incident, version=1, parent=parent, by=cast.responder)
    # A circle that two people made at once is no trap for the third.
    Incident.objects.filter(pk=child.pk).update(parent=grandchild)
    outside = open_incident(title="Outside", by=cast.responder)
    grandchild.refresh_from_db()
    change_incident(incident=outside, version=1, parent=grandchild, by=cast.responder)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(parent=incident)


def test_nobody_shuts_themselves_out(incident: Incident, cast: Cast) -> None:
    with pytest.raises(ValidationError):
        change_incident(incident=incident, version=1, restricted=True, by=cast.manager)
    change_incident(incident=incident, version=1, restricted=True, by=cast.responder)
    alone = open_incident(title="Alone", by="a program")
    with pytest.raises(ValidationError):
        change_incident(incident=alone, version=1, restricted=True, by="a program")


def test_one_leads_at_a_time(incident: Incident, cast: Cast) -> None:
    give_role(incident=incident, person=cast.manager, role="lead", by=cast.responder, version=1)
    assert incident.lead == cast.manager
    assert list(incident.members.filter(role="lead", until=None).values_list("person", flat=True)) == [cast.manager.pk]
    ended = incident.members.get(person=cast.responder)
    assert ended.until is not None
    with pytest.raises(Stale) as caught:
        give_role(incident=incident, person=cast.executive, role="lead", by=cast.responder, version=1)
    row: Any = caught.value.row
    assert row.lead == cast.manager, "whoever was faster is named"
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(incident=incident, person=cast.executive, role="lead")
    assert last(incident).data["was"] == {"lead": cast.responder.pk}


def test_a_role_is_given_once_and_ended(incident: Incident, cast: Cast) -> None:
    member = give_role(incident=incident, person=cast.executive, role="executive", by=cast.responder)
    seq = incident.last_seq
    assert give_role(incident=incident, person=cast.executive, role="executive", by=cast.responder) == member
    assert incident.last_seq == seq
    end_role(member=member, by=cast.responder)
    seq = Incident.objects.get(pk=incident.pk).last_seq
    end_role(member=member, by=cast.responder)
    assert Incident.objects.get(pk=incident.pk).last_seq == seq, "ended once"
    with pytest.raises(ValidationError):
        end_role(member=incident.members.get(role="lead"), by=cast.responder)
    gone = make_person("responder", "Gone", is_active=False)
    for person, role in ((gone, "it"), (cast.executive, "king")):
        with pytest.raises(ValidationError):
            give_role(incident=incident, person=person, role=role, by=cast.responder)


def test_whoever_hands_over_a_restricted_incident_still_sees_it(incident: Incident, cast: Cast) -> None:
    change_incident(incident=incident, version=1, restricted=True, by=cast.responder)
    give_role(incident=incident, person=cast.manager, role="lead", by=cast.responder)
    assert incident in Incident.objects.visible_to(cast.responder)
    assert incident.members.get(person=cast.responder, until=None).role == "security"


def test_the_severity_needs_a_reason(incident: Incident, cast: Cast) -> None:
    for severity, reason in ((3, " "), (9, "because")):
        with pytest.raises(ValidationError):
            set_severity(incident=incident, severity=severity, reason=reason, by=cast.responder)
    set_severity(incident=incident, severity=4, reason="because", by=cast.responder)
    assert last(incident).data == {"id": "", "set": {"severity": 4, "reason": "because"}, "was": {"severity": 0}}


def test_merging_ends_it_and_reopening_takes_it_apart(incident: Incident, cast: Cast) -> None:
    other = open_incident(title="Other", by=cast.responder)
    with pytest.raises(ValidationError):
        merge_incident(incident=incident, into=incident, version=1, by=cast.responder)
    merge_incident(incident=incident, into=other, version=1, by=cast.responder)
    assert (incident.status, incident.merged_into) == ("merged", other)
    assert last(other).data["set"] == {"from": incident.number}
    with pytest.raises(ValidationError):
        add_entry(incident=incident, text="x", lane="it", kind="contain", by=cast.responder)
    with pytest.raises(ValidationError):
        merge_incident(incident=other, into=incident, version=other.version, by=cast.responder)
    with pytest.raises(ValidationError):
        reopen_incident(incident=incident, reason="", version=incident.version, by=cast.responder)
    with pytest.raises(Stale):
        reopen_incident(incident=incident, reason="apart", version=1, by=cast.responder)
    reopen_incident(incident=incident, reason="apart", version=incident.version, by=cast.responder)
    assert (incident.status, incident.merged_into) == ("analysing", None)
    assert last(other).data["set"] == {"apart": incident.number}
    assert last(incident).data["set"] == {"status": "analysing", "reason": "apart"}


def test_a_closed_incident_is_left_alone(incident: Incident, cast: Cast) -> None:
    member = give_role(incident=incident, person=cast.manager, role="it", by=cast.responder)
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=dt.datetime.now(dt.UTC))
    acts: list[Any] = [
        lambda: change_incident(incident=incident, version=1, stand="x", by=cast.responder),
        lambda: set_severity(incident=incident, severity=2, reason="x", by=cast.responder),
        lambda: give_role(incident=incident, person=cast.executive, role="it", by=cast.responder),
        lambda: end_role(member=member, by=cast.responder),
        lambda: merge_incident(
            incident=incident,
            into=open_incident(title="o", by=cast.responder),
            version=incident.version,
            by=cast.responder,
        ),
    ]
    for act in acts:
        with pytest.raises(ValidationError) as caught:
            act()
        assert "closed" in str(caught.value)
    reopen_incident(incident=incident, reason="more came up", version=incident.version, by=cast.responder)
    assert incident.closed_at is None
