"""Messages on their way: signed, in order, tried again with growing waits, given up after a day, and never told to whom they may not."""

from __future__ import annotations

import json
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from kizuki.jobs.models import Job
from kizuki.kit.tests.test_outgoing import Server, _plainly
from kizuki.notify import actions, sending
from kizuki.notify.choices import Fault, State
from kizuki.notify.engine.signing import genuine
from kizuki.notify.models import Delivery, Webhook
from kizuki.notify.sealing import unseal
from kizuki.notify.tasks import look_after_messages, send_waiting
from kizuki.notify.tests.conftest import messages

pytestmark = pytest.mark.django_db


def tell(type: str = "thing.made", key: str = "A", **data: Any) -> int:
    return actions.announce(type=type, room="things", key=key, data=data)


def states(webhook: Webhook) -> list[tuple[str, str]]:
    return list(messages(webhook).values_list("state", "fault"))


def let_pass(webhook: Webhook, much: timedelta) -> None:
    """As if so much time had gone by."""
    for name in ("next_try", "until", "created_at"):
        for row in messages(webhook):
            Delivery.objects.filter(pk=row.pk).update(**{name: getattr(row, name) - much})
    fresh = Webhook.objects.get(pk=webhook.pk)
    if fresh.resume_at:
        Webhook.objects.filter(pk=webhook.pk).update(resume_at=fresh.resume_at - much)


def test_a_message_arrives_signed_and_says_only_ids(webhook: Webhook, receiver: Server) -> None:
    assert tell(number=7) == 1
    assert sending.run(webhook.pk) == 1
    [(command, path, headers, body)] = receiver.asked
    assert (command, path) == ("POST", "/hook/s3cret")
    sent = {name.lower(): value for name, value in headers.items()}
    assert genuine(unseal(webhook.secret), sent, body, time.time())
    told = json.loads(body)
    row = messages(webhook).get()
    assert told == {
        "id": str(row.event),
        "type": "thing.made",
        "timestamp": row.created_at.isoformat(),
        "data": {"number": 7},
    }
    assert sent["webhook-id"] == told["id"]
    assert (row.state, row.status, row.attempts, row.fault) == (State.ARRIVED, 200, 1, "")


def test_only_what_was_chosen_and_what_the_owner_may_know_is_told(webhook: Webhook, known: Any, cast: Any) -> None:
    assert tell("other.seen") == 0
    assert tell(key="B") == 0
    assert actions.announce(type="thing.made", room="nowhere", key="A", data={}) == 0
    assert tell() == 1
    actions.switch_webhook(webhook=webhook, active=False, version=webhook.version, by=cast.administrator)
    assert tell() == 0


def test_an_owner_who_is_deactivated_is_told_nothing(webhook: Webhook, cast: Any) -> None:
    cast.administrator.is_active = False
    cast.administrator.save()
    assert tell() == 0


def test_several_webhooks_get_one_event_under_one_id(webhook: Webhook, receiver: Server, cast: Any) -> None:
    actions.make_webhook(name="Second", url=webhook.url, events=["*"], by=cast.administrator)
    assert tell() == 2
    assert Delivery.objects.values("event").distinct().count() == 1


def test_what_is_rolled_back_is_not_told(webhook: Webhook) -> None:
    with transaction.atomic():
        tell()
        transaction.set_rollback(True)
    assert not messages(webhook).exists()


def test_a_message_is_queued_once_the_change_is_stored(
    webhook: Webhook, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell()
        tell()
        assert not Job.objects.exists()
    assert Job.objects.filter(task=send_waiting.path, args=[webhook.pk]).count() == 1


def test_a_receiver_that_is_down_is_left_alone_for_growing_whiles_and_loses_nothing(
    webhook: Webhook, receiver: Server
) -> None:
    receiver.answer = _plainly(b"", 503)
    for n in range(3):
        tell(n=n)
    waits = []
    for attempt in range(1, 9):
        assert sending.run(webhook.pk) == 0
        assert len(receiver.asked) == attempt, "one message is tried, the others wait for it"
        webhook.refresh_from_db()
        assert webhook.resting
        assert webhook.resume_at is not None
        waits.append(round((webhook.resume_at - timezone.now()).total_seconds()))
        assert sending.run(webhook.pk) == 0, "while it rests nothing is tried"
        assert len(receiver.asked) == attempt
        let_pass(webhook, timedelta(seconds=waits[-1] + 1))
    assert waits == [10, 30, 90, 270, 810, 2430, 7290, 14400]
    receiver.answer = _plainly(b"")
    receiver.asked.clear()
    assert sending.run(webhook.pk) == 3
    assert sorted(json.loads(body)["data"]["n"] for *_, body in receiver.asked) == [0, 1, 2]
    assert {state for state, _ in states(webhook)} == {State.ARRIVED}
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.resume_at) == (0, None)


def test_after_a_day_it_is_given_up_and_says_so(webhook: Webhook, receiver: Server) -> None:
    receiver.answer = _plainly(b"", 500)
    tell()
    tell()
    sending.run(webhook.pk)
    let_pass(webhook, timedelta(days=1, seconds=1))
    sending.run(webhook.pk)
    assert [state for state, _ in states(webhook)] == [State.GIVEN_UP] * 2
    assert messages(webhook)[0].status == 500
    assert not messages(webhook).filter(state=State.WAITING).exists()
    receiver.asked.clear()
    let_pass(webhook, timedelta(days=1))
    sending.run(webhook.pk)
    assert receiver.asked == []


def test_one_that_is_refused_does_not_hold_up_the_others(webhook: Webhook, receiver: Server) -> None:
    receiver.answer = _plainly(b"", 400)
    tell(n=0)
    sending.run(webhook.pk)
    receiver.answer = _plainly(b"")
    tell(n=1)
    assert sending.run(webhook.pk) == 1
    assert states(webhook) == [(State.WAITING, Fault.STATUS), (State.ARRIVED, "")]


@pytest.mark.parametrize(
    ("status", "fault"), [(302, Fault.REDIRECT), (404, Fault.STATUS), (429, Fault.STATUS), (500, Fault.STATUS)]
)
def test_what_is_no_yes_is_a_no(webhook: Webhook, receiver: Server, status: int, fault: str) -> None:
    receiver.answer = _plainly(b"", status, {"Location": "http://127.0.0.1/"})
    tell()
    sending.run(webhook.pk)
    assert states(webhook) == [(State.WAITING, fault)]
    assert len(receiver.asked) == 1


def test_while_sending_is_off_nothing_leaves(webhook: Webhook, receiver: Server, settings: Any) -> None:
    settings.OUTGOING = False
    tell()
    sending.run(webhook.pk)
    assert states(webhook) == [(State.WAITING, Fault.OFF)]
    assert receiver.asked == []


def test_who_may_no_longer_know_of_it_is_not_told_of_it_any_more(
    webhook: Webhook, receiver: Server, known: set[Any], cast: Any
) -> None:
    tell()
    known.clear()
    sending.run(webhook.pk)
    assert states(webhook) == [(State.WITHHELD, Fault.SIGHT)]
    assert receiver.asked == []


def test_a_secret_that_cannot_be_read_is_said(webhook: Webhook, receiver: Server, settings: Any) -> None:
    tell()
    settings.SECRET_KEY = "another key " * 6
    sending.run(webhook.pk)
    assert states(webhook) == [(State.WAITING, Fault.SECRET)]


def test_two_runs_never_send_at_once(webhook: Webhook, receiver: Server) -> None:
    tell()
    Webhook.objects.filter(pk=webhook.pk).update(busy_until=timezone.now() + timedelta(minutes=1))
    assert sending.run(webhook.pk) == 0
    assert receiver.asked == []
    again = Job.objects.get(task=send_waiting.path)
    assert again.run_after > timezone.now()
    Webhook.objects.filter(pk=webhook.pk).update(busy_until=timezone.now() - timedelta(seconds=1))
    assert sending.run(webhook.pk) == 1, "one that died leaves the way free after a while"


def test_one_run_sends_a_portion_and_asks_for_the_next(webhook: Webhook, receiver: Server, monkeypatch: Any) -> None:
    monkeypatch.setattr(sending, "PORTION", 2)
    for _ in range(3):
        tell()
    assert sending.run(webhook.pk) == 2
    assert Job.objects.filter(task=send_waiting.path).count() == 1
    assert sending.run(webhook.pk) == 1


def test_what_a_crash_left_behind_is_found_and_what_is_old_forgotten(
    webhook: Webhook, receiver: Server, django_capture_on_commit_callbacks: Any
) -> None:
    tell()
    let_pass(webhook, timedelta(minutes=5))
    with django_capture_on_commit_callbacks(execute=True):
        assert look_after_messages.run() == {"forgotten": 0}
    assert Job.objects.filter(task=send_waiting.path, args=[webhook.pk]).exists()
    sending.run(webhook.pk)
    let_pass(webhook, timedelta(days=31))
    assert actions.forget_messages(older_than=timedelta(days=30)) == 1


def test_a_message_sent_again_keeps_its_id(webhook: Webhook, receiver: Server, cast: Any) -> None:
    tell()
    sending.run(webhook.pk)
    row = messages(webhook).get()
    actions.send_again(delivery=row, by=cast.administrator)
    assert sending.run(webhook.pk) == 1
    first, second = (json.loads(body)["id"] for *_, body in receiver.asked)
    assert first == second == str(row.event)
    assert isinstance(row.event, uuid.UUID)
