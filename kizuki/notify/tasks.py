"""Sending messages to webhooks, and forgetting old ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.jobs.declare import every, task
from kizuki.notify import actions, sending
from kizuki.notify.choices import State
from kizuki.notify.models import Delivery

KEPT: Final = timedelta(days=30)


@task(title=_("Tell webhooks what happened"), attempts=3)
def send_waiting(webhook: int) -> dict[str, int]:
    """Send what is due for one webhook."""
    return {"arrived": sending.run(webhook)}


@task(title=_("Look after messages to webhooks"), attempts=3)
def look_after_messages() -> dict[str, int]:
    """Forget messages that ended 30 days ago, and go on with what waits though nothing is queued for it, as after a crash."""
    late = Delivery.objects.filter(state=State.WAITING, next_try__lt=timezone.now() - timedelta(minutes=1))
    for webhook in late.order_by().values_list("webhook", flat=True).distinct():
        sending.wake(webhook)
    return {"forgotten": actions.forget_messages(older_than=KEPT)}


every(timedelta(hours=1), look_after_messages)
