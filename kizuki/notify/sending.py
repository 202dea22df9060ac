"""Sending what waits: one webhook at a time, in order, signed; and when to try again.

Nothing here knows of people. Each row is written by conditional UPDATEs; no transaction is open while another server is spoken to.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import timezone

from kizuki.jobs.actions import enqueue
from kizuki.jobs.choices import State as JobState
from kizuki.jobs.models import Job
from kizuki.kit.outgoing import Answer, NotSent, Policy, send
from kizuki.notify import hooks
from kizuki.notify.choices import Fault, State
from kizuki.notify.engine import signing
from kizuki.notify.models import Delivery, DeliveryQuerySet, Webhook
from kizuki.notify.sealing import Unreadable, unseal

#: The first wait; each later one is three times as long as the one before, at most LONGEST.
FIRST: Final = timedelta(seconds=10)
LONGEST: Final = timedelta(hours=4)
#: One run sends so many messages for so long at most, so that other jobs have their turn.
PORTION: Final = 50
RUN: Final = timedelta(seconds=60)
#: A run that has not ended after this is taken for dead.
BUSY: Final = timedelta(seconds=120)
#: What of another server's state means that it cannot take anything now.
_DOWN: Final = (408, 429)


def policy() -> Policy:
    """What this site may send where, by its settings."""
    return Policy(on=settings.OUTGOING, inside=frozenset(settings.OUTGOING_INSIDE))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed (from 1)."""
    wait: timedelta = FIRST * 3 ** min(attempts - 1, 12)
    return min(wait, LONGEST)


def wake(webhook: int) -> None:
    """Have what waits for the webhook sent once the present transaction is stored."""
    transaction.on_commit(lambda: _ask(webhook), robust=True)


def _ask(webhook: int, later: timedelta = timedelta(0)) -> None:
    """Queue a run at that time, unless one waits that comes as early."""
    from kizuki.notify.tasks import send_waiting

    at = timezone.now() + later
    waiting = Job.objects.filter(task=send_waiting.path, args=[webhook], state=JobState.WAITING, run_after__lte=at)
    if not waiting.exists():
        enqueue(send_waiting, webhook, by=None, run_after=at)


def run(webhook_id: int) -> int:
    """Send what is due for one webhook. Where somebody else does so already, look again in a moment. Returns how many arrived."""
    now = timezone.now()
    mine = Q(busy_until=None) | Q(busy_until__lt=now)
    if not Webhook.objects.filter(mine, pk=webhook_id).update(busy_until=now + BUSY):
        _ask(webhook_id, timedelta(seconds=5))
        return 0
    try:
        return _portion(webhook_id)
    finally:
        Webhook.objects.filter(pk=webhook_id).update(busy_until=None)
        _again(webhook_id)


def _portion(webhook_id: int) -> int:
    end, arrived = time.monotonic() + RUN.total_seconds(), 0
    for pk in list(_due(webhook_id).values_list("pk", flat=True)[:PORTION]):
        webhook = Webhook.objects.select_related("by").get(pk=webhook_id)
        delivery = Delivery.objects.filter(pk=pk, state=State.WAITING).first()
        if delivery is None:  # switched off, or sent by hand meanwhile
            continue
        if webhook.resting or time.monotonic() > end:
            break
        arrived += _attempt(webhook, delivery)
    return arrived


def _due(webhook_id: int) -> DeliveryQuerySet:
    rows = Delivery.objects.filter(webhook=webhook_id, state=State.WAITING, next_try__lte=timezone.now())
    return rows.order_by("next_try", "pk")


def _again(webhook_id: int) -> None:
    """Queue the next run, if anything still waits. What has waited for a day is given up, tried lately or not."""
    rows = Delivery.objects.filter(webhook=webhook_id, state=State.WAITING)
    rows.filter(until__lte=timezone.now()).update(state=State.GIVEN_UP)
    first = rows.aggregate(first=Min("next_try"))["first"]
    if first is not None:
        resume = Webhook.objects.values_list("resume_at", flat=True).get(pk=webhook_id)
        at = max(first, resume or first)
        _ask(webhook_id, max(at - timezone.now(), timedelta(0)))


def _attempt(webhook: Webhook, delivery: Delivery) -> bool:
    """Send one message and write down what became of it."""
    if not webhook.active or (delivery.room and not _seen(webhook, delivery)):
        _write(delivery, state=State.WITHHELD, fault=Fault.SIGHT if webhook.active else Fault.DISABLED)
        return False
    status, fault = _sent(webhook, delivery)
    now, attempts = timezone.now(), delivery.attempts + 1
    tried = {"attempts": attempts, "last_try": now, "status": status, "fault": fault}
    if not fault:
        _write(delivery, state=State.ARRIVED, **tried)
        Webhook.objects.filter(pk=webhook.pk).update(failures=0, resume_at=None)
        return True
    given_up = now >= delivery.until
    _write(delivery, state=State.GIVEN_UP if given_up else State.WAITING, next_try=now + wait_after(attempts), **tried)
    if _is_down(fault, status):
        # Whatever else waits would fail as well; the others wait until this one arrives.
        Webhook.objects.filter(pk=webhook.pk).update(
            failures=F("failures") + 1, resume_at=now + wait_after(webhook.failures + 1)
        )
    return False


def _seen(webhook: Webhook, delivery: Delivery) -> bool:
    """Asked again before each attempt: roles end, and incidents are restricted later."""
    sight = hooks.sights.get(delivery.room)
    return sight is not None and sight.sees(webhook.by, delivery.key)


def _is_down(fault: str, status: int | None) -> bool:
    if fault == Fault.STATUS and status is not None:
        return status >= 500 or status in _DOWN
    return fault != Fault.REDIRECT


def _sent(webhook: Webhook, delivery: Delivery) -> tuple[int | None, str]:
    """Speak to the receiver; gives its status and why it did not arrive (“” where it did)."""
    body = delivery.body.encode()
    try:
        signed = signing.headers(_secrets(webhook), str(delivery.event), int(time.time()), body)
        answer: Answer = send(
            webhook.url, policy=policy(), body=body,
            headers={"Content-Type": "application/json", "User-Agent": "Kizuki webhook", **signed},
        )  # fmt: skip
    except Unreadable:
        return None, Fault.SECRET
    except NotSent as error:
        return None, error.code
    if 200 <= answer.status < 300:
        return answer.status, ""
    return answer.status, Fault.REDIRECT if 300 <= answer.status < 400 else Fault.STATUS


def _secrets(webhook: Webhook) -> list[str]:
    found = [unseal(webhook.secret)]
    if webhook.old_secret and webhook.old_until is not None and webhook.old_until > timezone.now():
        found.append(unseal(webhook.old_secret))
    return found


def _write(delivery: Delivery, **values: object) -> None:
    """Only while it still waits: it may have been switched off meanwhile."""
    Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(**values)
