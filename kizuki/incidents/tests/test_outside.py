"""What leaves the room by webhook: ids and states, and nothing of restricted incidents to whoever may not know of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import Cast
from kizuki.incidents import actions, outside
from kizuki.incidents.actions import open_incident
from kizuki.incidents.models import Incident
from kizuki.notify.actions import make_webhook
from kizuki.notify.models import Delivery, Webhook

pytestmark = pytest.mark.django_db
SECRETS = "Geheim7"


@pytest.fixture
def webhook(cast: Cast) -> Webhook:
    return make_webhook(name="All", url="https://hook.example.org/", events=["*"], by=cast.administrator)[0]


def told() -> list[dict[str, Any]]:
    return [json.loads(body) for body in Delivery.objects.order_by("pk").values_list("body", flat=True)]


def test_every_event_that_is_raised_has_a_name() -> None:
    room = Path(outside.__file__).parent
    written = "\n".join(p.read_text() for p in [*room.glob("actions/*.py"), room / "hooks.py"])
    raised = set(re.findall(r'"([a-z]+\.[a-z_]+)"', "\n".join(re.findall(r"(?:happened|_tell)\([^)]*\)", written))))
    raised |= {f"task.{state}" for state in ("todo", "doing", "blocked", "done", "dropped")}
    assert raised - set(outside.EVENTS) == set()
    assert len(raised) > 15


def test_what_happens_is_told_with_numbers_and_states_only(webhook: Webhook, small: Any, cast: Cast) -> None:
    incident = open_incident(title=f"{SECRETS} title", by=cast.responder)
    entry = actions.add_entry(
        incident=incident, text=f"{SECRETS} text", lane="it", kind="detect", milestone="noticed", by=cast.responder
    )
    actions.correct_entry(entry=entry, text=f"{SECRETS} again", lane="it", kind="detect", by=cast.responder)
    actions.change_incident(incident=incident, version=incident.version, stand=f"{SECRETS} stand", by=cast.responder)
    actions.set_severity(incident=incident, severity=3, reason=f"{SECRETS} reason", by=cast.responder)
    task = actions.add_task(incident=incident, title=f"{SECRETS} task", by=cast.responder)
    actions.finish_task(task=task, version=1, result=f"{SECRETS} result", by=cast.responder)
    actions.add_decision(
        incident=incident, question=f"{SECRETS}?", options=[f"{SECRETS} 1", f"{SECRETS} 2"], chosen=0, reason=SECRETS,
        decided_by=SECRETS, by=cast.responder,
    )  # fmt: skip
    sent = told()
    kinds = [one["type"] for one in sent]
    assert kinds[0] == "incident.opened"
    changed = {"milestone.marked", "incident.changed", "incident.severity"}
    assert changed | {"entry.added", "task.added", "task.done", "decision.made"} <= set(kinds)
    assert all(one["data"]["incident"] == incident.number for one in sent)
    assert next(one for one in sent if one["type"] == "incident.severity")["data"]["severity"] == 3
    assert next(one for one in sent if one["type"] == "entry.added")["data"]["entry"] == entry.seq
    assert SECRETS not in json.dumps(sent)


def test_nothing_of_a_restricted_incident_is_told_to_whoever_has_no_role_in_it(
    webhook: Webhook, incident: Incident, cast: Cast
) -> None:
    Delivery.objects.all().delete()
    actions.change_incident(incident=incident, version=incident.version, restricted=True, by=cast.responder)
    actions.add_entry(incident=incident, text="x", lane="it", kind="detect", by=cast.responder)
    other = open_incident(title="Another", by=cast.responder)
    actions.merge_incident(incident=other, into=incident, version=other.version, by=cast.responder)
    assert incident.number not in json.dumps(told()), "not even that another one was merged into it"
    assert {one["data"]["incident"] for one in told()} == {other.number}
    member = actions.give_role(incident=incident, person=cast.administrator, role="reader", by=cast.responder)
    actions.add_entry(incident=incident, text="y", lane="it", kind="detect", by=cast.responder)
    assert told()[-1]["data"]["incident"] == incident.number
    assert told()[-1]["data"]["restricted"] is True
    count = Delivery.objects.count()
    actions.end_role(member=member, by=cast.responder)
    actions.add_entry(incident=incident, text="z", lane="it", kind="detect", by=cast.responder)
    assert Delivery.objects.count() == count


def test_drills_are_told_as_drills(webhook: Webhook, small: Any, cast: Cast) -> None:
    open_incident(title="Drill", exercise=True, by=cast.responder)
    assert told()[0]["data"]["exercise"] is True


def test_messages_about_restricted_incidents_are_seen_by_members_alone(
    webhook: Webhook, incident: Incident, cast: Cast
) -> None:
    actions.add_entry(incident=incident, text="x", lane="it", kind="detect", by=cast.responder)
    for person in (cast.administrator, cast.auditor):
        assert Delivery.objects.visible_to(person).filter(key=incident.number).exists()
    actions.change_incident(incident=incident, version=incident.version, restricted=True, by=cast.responder)
    for person in (cast.administrator, cast.auditor):
        assert not Delivery.objects.visible_to(person).filter(key=incident.number).exists()


def test_without_webhooks_an_entry_costs_one_question(
    incident: Incident, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    from kizuki.incidents import hooks

    with django_assert_max_num_queries(1):
        hooks.happened(incident, "entry.added", {"entry": 1})
