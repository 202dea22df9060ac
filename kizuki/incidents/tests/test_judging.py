"""Severity, escalation and authority to stop by criteria: what is judged, kept, told, and who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.criteria.actions import NoCriteria, load_library
from kizuki.criteria.engine.format import Outcome
from kizuki.criteria.library import documents
from kizuki.criteria.models import Decision as Judgement
from kizuki.incidents import judged
from kizuki.incidents.actions import (
    add_asset,
    give_role,
    judge,
    judge_escalation,
    judge_severity,
    judge_stop,
    plan_escalation,
    set_severity,
)
from kizuki.incidents.choices import Severity
from kizuki.incidents.models import Entry, Incident, Task
from kizuki.incidents.telling import Telling, asking, tellings
from kizuki.journal.models import Entry as Journal
from kizuki.kit.text import Text

SignIn = Callable[[Person], Client]
MILD = {
    "importance": "small", "spread": "one", "leak": "none", "business": "none", "attacker": "gone", "outside": "none",
}  # fmt: skip
GRAVE = {**MILD, "leak": "possible"}
OTHERS = {"concerned": "none", "publicity": "none", "hour": "office"}
STOP = {"target": "system", "spreading": "suspected", "danger": "none", "owner": "reachable", "hour": "office"}


@pytest.fixture
def criteria(incident: Incident) -> None:
    load_library(documents=documents(), by="a test")


def sent(facts: dict[str, str], **more: str) -> dict[str, str]:
    """Facts as the form sends them."""
    return {**{f"fact-{fact}": value for fact, value in facts.items()}, **more}


@pytest.mark.parametrize(
    ("facts", "severity"),
    [(MILD, 1), ({**MILD, "importance": "large"}, 2), (GRAVE, 3), ({**MILD, "outside": "safety"}, 4), ({}, 4)],
)
def test_the_severity_is_what_the_criteria_say(
    facts: dict[str, str], severity: int, incident: Incident, cast: Cast, criteria: None
) -> None:
    made = judge_severity(incident=incident, facts=facts, by=cast.responder)
    incident.refresh_from_db()
    assert incident.severity == severity == int(made.outcome)
    entry = Entry.objects.get(incident=incident, auto="severity")
    assert entry.data == {
        "id": "", "set": {"severity": severity, "judgement": made.pk, "rule": made.rule}, "was": {"severity": 0},
    }  # fmt: skip
    assert Judgement.objects.about(incident).get() == made


def test_sent_twice_it_is_judged_once(incident: Incident, cast: Cast, criteria: None) -> None:
    first = judge(incident=incident, facts=GRAVE, others=OTHERS, by=cast.responder, once="k1")
    again = judge(incident=incident, facts=MILD, others=OTHERS, by=cast.responder, once="k1")
    assert first == again
    assert Judgement.objects.about(incident).count() == 2
    assert Entry.objects.filter(incident=incident, auto="escalation").count() == 1
    set_severity(incident=incident, severity=2, reason="It is a test bench", by=cast.responder, once="k2")
    set_severity(incident=incident, severity=4, reason="Sent again", by=cast.responder, once="k2")
    incident.refresh_from_db()
    assert incident.severity == 2


def test_a_severity_by_hand_needs_a_reason_and_judges_escalation_again(
    incident: Incident, cast: Cast, criteria: None
) -> None:
    judge(incident=incident, facts=MILD, others={**OTHERS, "publicity": "public"}, by=cast.responder)
    for severity, reason, field in (
        (3, " ", "reason"),
        (0, "because", "severity"),
        (9, "because", "severity"),
        (3, "x" * 2001, "reason"),
    ):
        with pytest.raises(ValidationError) as caught:
            set_severity(incident=incident, severity=severity, reason=reason, by=cast.responder)
        assert field in caught.value.message_dict
    assert judged.escalation(incident).name.en == documents_outcome("escalation", "phone-ciso")  # type: ignore[union-attr]
    set_severity(incident=incident, severity=4, reason="The board asked", by=cast.responder)
    again = judged.last(incident, judged.ESCALATION)
    assert again is not None
    assert again.outcome == "headquarters"
    # What was known of the public is still known.
    assert {one.fact: one.value for one in again.used}["publicity"] == "public"


def documents_outcome(criteria: str, outcome: str) -> str | None:
    return next(one for one in documents() if one.id == criteria).outcome(outcome).name.en


def test_nothing_is_judged_without_criteria_of_closed_incidents_or_of_unknown_facts(
    incident: Incident, cast: Cast
) -> None:
    with pytest.raises(NoCriteria):
        judge_severity(incident=incident, facts=MILD, by=cast.responder)
    load_library(documents=[one for one in documents() if one.id == "severity"], by="a test")
    with pytest.raises(ValidationError):
        judge_severity(incident=incident, facts={**MILD, "colour": "red"}, by=cast.responder)
    # Without criteria for escalation the severity alone is judged.
    judge(incident=incident, facts=MILD, others={}, by=cast.responder)
    assert Judgement.objects.about(incident).count() == 1
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=timezone.now())
    with pytest.raises(ValidationError, match="closed"):
        judge_severity(incident=incident, facts=MILD, by=cast.responder)
    assert Judgement.objects.about(incident).count() == 1


def test_escalation_waits_for_the_severity(incident: Incident, cast: Cast, criteria: None) -> None:
    with pytest.raises(ValidationError, match="severity first"):
        judge_escalation(incident=incident, facts=OTHERS, by=cast.responder)


def test_whom_to_tell_becomes_tasks_with_due_times_once(incident: Incident, cast: Cast, criteria: None) -> None:
    judge(incident=incident, facts=GRAVE, others={**OTHERS, "concerned": "possible"}, by=cast.responder)
    row = judged.last(incident, judged.ESCALATION)
    assert row is not None
    assert row.outcome == "phone-executive"
    made = plan_escalation(incident=incident, judgement=row, by=cast.responder)
    assert [(task.title.en, task.title.ja, task.role) for task in made][:2] == [
        ("Tell the lead by phone", "対応の責任者に電話で知らせる", "security"), ("Tell the CISO by phone", "CISOに電話で知らせる", "lead"),
    ]  # fmt: skip
    assert {task.due - row.at for task in made if task.due} == {dt.timedelta(minutes=30), dt.timedelta(minutes=120)}
    again = plan_escalation(incident=incident, judgement=row, by=cast.manager)
    assert [task.pk for task in again] == [task.pk for task in made]
    assert Task.objects.filter(incident=incident).count() == len(made) == 7
    shown = judged.escalation(incident)
    assert shown is not None
    assert shown.planned


def test_another_incidents_judgement_makes_no_tasks(incident: Incident, cast: Cast, criteria: None) -> None:
    from kizuki.incidents.actions import open_incident

    other = open_incident(title="Another", by=cast.responder)
    judge(incident=other, facts=GRAVE, others=OTHERS, by=cast.responder)
    for purpose in (judged.ESCALATION, judged.SEVERITY):
        row = judged.last(other, purpose)
        assert row is not None
        with pytest.raises(ValidationError):
            plan_escalation(
                incident=incident if purpose == judged.ESCALATION else other, judgement=row, by=cast.responder
            )
    assert not Task.objects.exists()


def test_the_journal_holds_no_text_of_it(incident: Incident, cast: Cast, criteria: None) -> None:
    judge(incident=incident, facts=GRAVE, others=OTHERS, by=cast.responder)
    set_severity(incident=incident, severity=1, reason="Zebra crossing", by=cast.responder)
    judge_stop(incident=incident, facts=STOP, by=cast.responder)
    told = " ".join(f"{row.details} {row.object_label}" for row in Journal.objects.all())
    assert "Zebra" not in told
    assert incident.title not in told
    assert set(Journal.objects.filter(room="incidents").values_list("verb", flat=True)) >= {"judged", "asked_criteria"}


@pytest.mark.parametrize("role", ["reporter", "responder", "manager", "executive", "auditor", "administrator"])
def test_who_sees_and_judges(role: str, incident: Incident, cast: Cast, criteria: None, signed_in: SignIn) -> None:
    client = signed_in(getattr(cast, role))
    sees, writes = role != "reporter", role in ("responder", "manager", "administrator")
    for part in ("severity", "stop"):
        assert client.get(f"/incidents/{incident.number}/{part}").status_code == (200 if sees else 404)
    wanted = 302 if writes else 403 if sees else 404
    posts: list[tuple[str, Any]] = [
        ("severity", sent(MILD, **sent(OTHERS))), ("severity/set", {"severity": "2", "reason": "Known bench"}),
        ("severity/plan", {}), ("stop", sent(STOP)),
    ]  # fmt: skip
    judge(incident=incident, facts=MILD, others=OTHERS, by=cast.responder)
    for path, data in posts:
        assert client.post(f"/incidents/{incident.number}/{path}", data).status_code == wanted, path


def test_the_page_of_a_restricted_incident_is_nowhere(
    incident: Incident, cast: Cast, criteria: None, signed_in: SignIn
) -> None:
    Incident.objects.filter(pk=incident.pk).update(restricted=True)
    for part in ("severity", "stop"):
        assert signed_in(cast.manager).get(f"/incidents/{incident.number}/{part}").status_code == 404
        assert signed_in(cast.responder).get(f"/incidents/{incident.number}/{part}").status_code == 200


def test_judging_on_the_page(incident: Incident, cast: Cast, criteria: None, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{incident.number}/severity"
    empty = client.get(path).content.decode()
    assert "Nobody has judged the severity yet" in empty
    refused = client.post(path, sent({"importance": "enormous"}))
    assert refused.status_code == 422
    assert incident.severity == 0
    give_role(incident=incident, person=cast.executive, role="executive", by=cast.responder)
    assert client.post(path, sent(GRAVE, **sent({**OTHERS, "concerned": "sure"}), once="a")).status_code == 302
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path).content.decode()
    assert len(queries) <= 15, len(queries)
    assert "3 high" in page
    assert "Because" in page
    assert "It would be milder with" in page
    assert "nobody has this role yet" in page
    assert "Executive" in page
    assert "Make tasks of them" in page
    assert client.post(f"{path}/plan").status_code == 302
    planned = client.get(path).content.decode()
    assert "Make tasks of them" not in planned
    wrong = client.post(f"{path}/set", {"severity": "1", "reason": ""})
    assert wrong.status_code == 422
    assert client.post(f"{path}/set", {"severity": "1", "reason": "A drill of the vendor"}).status_code == 302
    after = client.get(path).content.decode()
    assert "A drill of the vendor" in after
    assert after.count('class="sev sev-3"') >= 1


def test_what_is_known_of_the_assets_begins_the_form(
    incident: Incident, cast: Cast, criteria: None, signed_in: SignIn
) -> None:
    add_asset(incident=incident, key="www", by=cast.responder)
    page = signed_in(cast.responder).get(f"/incidents/{incident.number}/severity").content.decode()
    for name, value in (("importance", "large"), ("spread", "one")):
        option = page.split(f'name="fact-{name}" value="{value}"')[1].split(">")[0]
        assert "checked" in option, name


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        ("2026-11-23T10:00", "office"), ("2026-11-23T08:59", "off-hours"), ("2026-11-23T17:30", "off-hours"),
        ("2026-11-22T10:00", "off-hours"),
    ],
)  # fmt: skip
def test_office_hours_are_those_of_the_incident(moment: str, hour: str) -> None:
    now = dt.datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    assert judged.hour("Asia/Tokyo", now.astimezone(dt.UTC)) == hour
    assert judged.hour("America/New_York", now) == "off-hours"


def test_who_may_stop_it(incident: Incident, cast: Cast, criteria: None, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{incident.number}/stop"
    before = incident.last_seq
    assert "Who decides, who stands in and why appears here." in client.get(path).content.decode()
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path, sent(STOP)).content.decode()
    assert len(queries) <= 15
    assert "The lead" in page
    assert cast.responder.name in page
    assert "after 10 minutes" in page
    assert "The CISO" in page
    assert "nobody has this role yet" in page
    assert "decisions/new?question=" in page
    # Looking changes nothing.
    incident.refresh_from_db()
    assert incident.last_seq == before
    assert not Judgement.objects.exists()
    for _again in range(2):
        assert client.post(path, sent(STOP, once="k")).status_code == 302
    made = Judgement.objects.about(incident).get()
    assert made.outcome == "lead"
    entry = Entry.objects.get(incident=incident, auto="authority")
    assert entry.data["set"]["outcome"] == "lead"
    # Some answers are always needed.
    needed = client.post(path, sent({"danger": "none"}))
    assert needed.status_code == 422
    assert "This field is required" in needed.content.decode()
    assert client.get(path, {"fact-target": "moon"}).status_code == 422


def test_whoever_is_on_duty_needs_no_answer(incident: Incident, cast: Cast, criteria: None, signed_in: SignIn) -> None:
    page = signed_in(cast.executive).get(
        f"/incidents/{incident.number}/stop", sent({**STOP, "target": "account", "spreading": "now"})
    )
    text = page.content.decode()
    assert "Stop it at once, then tell." in text
    assert "Enter in the timeline" not in text


def test_without_criteria_the_pages_say_what_to_do(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    severity = client.get(f"/incidents/{incident.number}/severity").content.decode()
    assert "No criteria for severity are in effect" in severity
    assert client.post(f"/incidents/{incident.number}/severity", {}).status_code == 422
    assert (
        "No criteria for authority to stop are in effect"
        in client.get(f"/incidents/{incident.number}/stop").content.decode()
    )
    assert client.post(f"/incidents/{incident.number}/stop", {}).status_code == 422


def outcome(**data: Any) -> Outcome:
    return Outcome("x", Text(en="X"), data=data)


def test_outcomes_without_or_with_odd_data_ask_for_nothing() -> None:
    assert tellings(outcome()) == []
    assert asking(outcome()) is None
    assert tellings(outcome(within_minutes="soon", tell="lead", by="phone")) == []
    assert tellings(outcome(within_minutes=True, tell="lead")) == []
    assert tellings(outcome(within_minutes=5, tell="lead boss", by="phone", then_within_minutes=9, then_tell="lead it")) == [
        Telling("lead", "phone", 5), Telling("it", "", 9),
    ]  # fmt: skip
    assert asking(outcome(ask="boss", wait_minutes=3)) is None


def test_library_outcomes_name_known_roles() -> None:
    by_id = {one.id: one for one in documents()}
    for one in by_id["escalation"].outcomes:
        assert tellings(one), one.id
    for one in by_id["authority-to-stop"].outcomes:
        assert asking(one) is not None, one.id
    assert {one.id for one in by_id["severity"].outcomes} == {str(value) for value in Severity.values if value}


def test_the_decision_form_is_filled_in(incident: Incident, cast: Cast, criteria: None, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    page = client.get(f"/incidents/{incident.number}/stop", sent(STOP)).content.decode()
    address = page.split("decisions/new?")[1].split('"')[0].replace("&amp;", "&")
    form = client.get(f"/incidents/{incident.number}/decisions/new?{address}").content.decode()
    assert "Stop this? A system used inside" in form
    assert "Do not stop it" in form
    assert f'value="{cast.responder.name}"' in form
