"""Decisions: what is kept of what was known, what is refused, and looking at them again."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from conftest import Cast
from kizuki.incidents import actions
from kizuki.incidents.basis import frozen
from kizuki.incidents.models import AppendOnly, AssetOf, Decision, DecisionReview, Entry, Incident, Indicator
from kizuki.incidents.naming import named
from kizuki.journal.models import Entry as JournalEntry

SAID: dict[str, Any] = {
    "question": "Do we stop the share?", "options": ["Stop it", "Keep it, inside only"], "chosen": 1,
    "reason": "No sign of writing so far", "decided_by": "Otsuka",
}  # fmt: skip


def enter(incident: Incident, text: str, by: Any) -> Entry:
    return actions.add_entry(incident=incident, text=text, lane="it", kind="analyse", by=by)


def test_a_decision_keeps_what_was_known(incident: Incident, cast: Cast) -> None:
    seen = enter(incident, "Three sign-ins", cast.responder)
    actions.mark_milestone(entry=seen, name="noticed", by=cast.responder)
    wrong = enter(incident, "Four sign-ins", cast.responder)
    actions.correct_entry(entry=wrong, text="Five sign-ins", lane="it", kind="analyse", by=cast.responder)
    AssetOf.objects.create(incident=incident, key="www", **named("Web server"), state="suspected")
    for value, state in (("192.0.2.1", "confirmed"), ("192.0.2.2", "rejected")):
        Indicator.objects.create(incident=incident, kind="ip", value=value, state=state)
    task = actions.add_task(incident=incident, title="Look", owner=cast.manager, by=cast.responder)
    actions.set_severity(incident=incident, severity=3, reason="x", by=cast.manager)
    seq = incident.last_seq

    decision = actions.add_decision(incident=incident, **SAID, by=cast.responder)
    later = enter(incident, "The attacker wrote files", cast.responder)
    AssetOf.objects.update(state="affected")
    actions.finish_task(task=task, version=1, result="x", by=cast.manager)
    decision.refresh_from_db()
    basis = decision.basis

    assert (decision.number, decision.answer, decision.basis_seq, basis["seq"]) == (1, "Keep it, inside only", seq, seq)
    assert (basis["status"], basis["severity"], basis["lead"]) == ("new", 3, "Responder")
    assert [(row["name"], row["seq"]) for row in basis["milestones"]] == [("noticed", seen.seq)]
    assert [(row["key"], row["state"]) for row in basis["assets"]] == [("www", "suspected")]
    assert [row["value"] for row in basis["indicators"]] == ["192.0.2.1"]
    assert [(row["number"], row["owner"]) for row in basis["tasks"]] == [(1, "Manager")]
    assert seen.seq in basis["entries"]
    assert wrong.seq not in basis["entries"]
    assert later.seq not in basis["entries"]
    assert basis["counts"] == {"assets": 1, "indicators": 1, "tasks": 1}


def test_a_decision_that_is_entered_later_keeps_what_was_known_when_it_was_taken(
    incident: Incident, cast: Cast
) -> None:
    seen = enter(incident, "Calls to 192.0.2.9", cast.responder)
    Indicator.objects.get_or_create(incident=incident, kind="ip", value="192.0.2.9", defaults={"entry": seen})
    actions.mark_milestone(entry=seen, name="noticed", by=cast.responder)
    task = actions.add_task(incident=incident, title="Look", owner=cast.manager, by=cast.responder)
    over = actions.add_task(incident=incident, title="Over", by=cast.responder)
    actions.drop_task(task=over, version=1, reason="x", by=cast.responder)
    actions.set_severity(incident=incident, severity=2, reason="x", by=cast.manager)
    then, seq = timezone.now(), incident.last_seq

    actions.correct_entry(entry=seen, text="No calls", lane="it", kind="analyse", by=cast.responder)
    actions.finish_task(task=task, version=1, result="x", by=cast.manager)
    actions.set_severity(incident=incident, severity=4, reason="x", by=cast.manager)
    actions.give_role(incident=incident, person=cast.manager, role="lead", by=cast.responder)
    decision = actions.add_decision(incident=incident, **SAID, at=then, by=cast.responder)

    basis = decision.basis
    assert (decision.entry.sort, decision.basis_seq) == (then, seq)
    assert (basis["severity"], basis["status"], basis["lead"], basis["title"]) == (
        2,
        "new",
        "Responder",
        incident.title,
    )
    assert [(one["name"], one["seq"], one["at"]) for one in basis["milestones"]] == [("noticed", seen.seq, seen.at)]
    assert [(one["value"], one["state"]) for one in basis["indicators"]] == [("192.0.2.9", "proposed")]
    assert [(one["number"], one["state"], one["owner"]) for one in basis["tasks"]] == [(1, "todo", "Manager")]
    assert basis["entries"] == [seen.seq]
    assert set(basis) == set(frozen(incident))
    later = timezone.now() + dt.timedelta(hours=1)
    with pytest.raises(ValidationError) as caught:
        actions.add_decision(incident=incident, **SAID, at=later, by=cast.responder)
    assert list(caught.value.message_dict) == ["at"]


def test_the_timeline_tells_it(incident: Incident, cast: Cast) -> None:
    task = actions.add_task(incident=incident, title="Decide", role="executive", by=cast.responder)
    decision = actions.add_decision(incident=incident, **SAID, task=task, by=cast.responder)
    entry = decision.entry
    assert (entry.auto, entry.kind, entry.lane, entry.data["id"]) == ("decision", "decide", "executive", "1")
    assert entry.data["set"]["answer"] == "Keep it, inside only"
    assert [(link.kind, link.key) for link in entry.links.all()] == [("task", "1")]
    found = JournalEntry.objects.order_by("-seq")[0]
    assert (found.verb, found.details) == ("decided", {"decision": 1, "task": 1})


def test_a_double_click_makes_one_decision(incident: Incident, cast: Cast) -> None:
    once = uuid.uuid4().hex
    made = [actions.add_decision(incident=incident, **SAID, once=once, by=cast.responder) for _ in range(2)]
    assert made[0].pk == made[1].pk
    assert Decision.objects.count() == 1
    assert actions.add_decision(incident=incident, **SAID, by=cast.responder).number == 2


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("question", {"question": " "}), ("question", {"question": "x" * 1001}), ("reason", {"reason": "\x00"}),
        ("decided_by", {"decided_by": ""}), ("options", {"options": ["only one"], "chosen": 0}),
        ("options", {"options": ["a", "b", ""]}), ("options", {"options": ["a", " a "]}),
        ("options", {"options": [str(n) for n in range(7)]}), ("options", {"options": ["a", "x" * 501]}),
        ("chosen", {"chosen": 2}), ("chosen", {"chosen": -1}),
        ("review_on", {"review_on": timezone.now() - dt.timedelta(minutes=1)}),
        ("review_on", {"review_on": timezone.now() + dt.timedelta(days=4000)}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field(field: str, values: dict[str, Any], incident: Incident, cast: Cast) -> None:
    with pytest.raises(ValidationError) as caught:
        actions.add_decision(incident=incident, by=cast.responder, **{**SAID, **values})
    assert list(caught.value.message_dict) == [field]
    assert not Decision.objects.exists()


def test_a_decision_is_never_changed(incident: Incident, cast: Cast) -> None:
    decision = actions.add_decision(incident=incident, **SAID, by=cast.responder)
    decision.reason = "Another"
    with pytest.raises(AppendOnly):
        decision.save()
    for act in (lambda: Decision.objects.update(reason="x"), lambda: Decision.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_looking_at_a_decision_again(incident: Incident, cast: Cast) -> None:
    decision = actions.add_decision(incident=incident, **SAID, by=cast.responder)
    once, when = uuid.uuid4().hex, timezone.now() + dt.timedelta(hours=4)
    for _ in range(2):
        first = actions.review_decision(
            decision=decision, holds=True, text="", review_on=when, once=once, by=cast.manager
        )
    second = actions.review_decision(decision=decision, holds=False, text="Files were written", by=cast.manager)
    assert list(DecisionReview.objects.all()) == [first, second]
    assert (first.holds, first.review_on, first.by_name) == (True, when, "Manager")
    entry = Entry.objects.filter(incident=incident).order_by("-seq")[0]
    assert (entry.auto, entry.text, entry.data["id"]) == ("decision", "Files were written", "1")
    assert (entry.data["set"]["holds"], entry.data["set"]["review"]) == (False, second.pk)
    found = JournalEntry.objects.order_by("-seq")[0]
    assert (found.verb, found.details) == ("reviewed_decision", {"decision": 1, "holds": False})


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("text", {"holds": False, "text": "  "}), ("text", {"holds": True, "text": "x" * 4001}),
        ("review_on", {"holds": True, "text": "", "review_on": timezone.now() - dt.timedelta(days=1)}),
    ],
)  # fmt: skip
def test_reviews_that_cannot_be(field: str, values: dict[str, Any], incident: Incident, cast: Cast) -> None:
    decision = actions.add_decision(incident=incident, **SAID, by=cast.responder)
    with pytest.raises(ValidationError) as caught:
        actions.review_decision(decision=decision, by=cast.responder, **values)
    assert list(caught.value.message_dict) == [field]
    assert not DecisionReview.objects.exists()


def test_a_closed_incident_takes_no_decision(incident: Incident, cast: Cast) -> None:
    decision = actions.add_decision(incident=incident, **SAID, by=cast.responder)
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=timezone.now())
    with pytest.raises(ValidationError, match="closed"):
        actions.add_decision(incident=incident, **SAID, by=cast.responder)
    with pytest.raises(ValidationError, match="closed"):
        actions.review_decision(decision=decision, holds=True, text="", by=cast.responder)


def test_the_journal_never_holds_what_was_decided(incident: Incident, cast: Cast) -> None:
    decision = actions.add_decision(incident=incident, **SAID, by=cast.responder)
    actions.review_decision(decision=decision, holds=False, text="Files were written", by=cast.responder)
    kept = json.dumps([[e.object_label, e.details] for e in JournalEntry.objects.all()])
    for text in (*SAID["options"], SAID["question"], SAID["reason"], "Otsuka", "Files were written"):
        assert text not in kept
