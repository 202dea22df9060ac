"""Every write about webhooks by people, and `announce`, by which other rooms tell what happened."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.accounts.models import Person
from kizuki.journal.actions import record
from kizuki.kit.outgoing import NotSent, target
from kizuki.notify import hooks
from kizuki.notify.choices import Fault, State
from kizuki.notify.engine import patterns, signing
from kizuki.notify.models import Delivery, Webhook
from kizuki.notify.sealing import seal
from kizuki.notify.sending import policy, wake

ROOM: Final = "notify"
#: So long a message is tried, and so long an old secret still signs.
TRIED: Final = timedelta(days=1)
GRACE: Final = timedelta(days=1)
PING: Final = "ping"


class Stale(ValidationError):
    """Somebody else changed the webhook since it was shown; nothing was written. `webhook`: as it is now."""

    def __init__(self, webhook: Webhook) -> None:
        super().__init__(_("Somebody changed this in the meantime. Here is how it is now; please decide again."))
        self.webhook = webhook


@transaction.atomic
def make_webhook(*, name: str, url: str, events: Sequence[str], by: Person, once: str = "") -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown this once. Sent again with the same `once`, the webhook is there already and the
    secret is "". ValidationError by field for what cannot be."""
    if once and (there := Webhook.objects.filter(once=once).first()) is not None:
        return there, ""
    values = _checked(name, url, events)
    secret = signing.fresh_secret()
    webhook: Webhook = Webhook.objects.create(**values, secret=seal(secret), by=by, once=once)
    record(by=by, room=ROOM, verb="made_webhook", obj=webhook, data=_told(webhook))
    return webhook, secret


@transaction.atomic
def change_webhook(
    *, webhook: Webhook, name: str, url: str, events: Sequence[str], version: int, by: Person
) -> Webhook:
    """Change what it says. Whoever does becomes its owner, whose sight decides: nobody learns through another's webhook what they may
    not see themselves. What is on its way still goes out by the same rule."""
    values = _checked(name, url, events)
    _update(webhook, version, **values, by=by, failures=0, resume_at=None)
    record(by=by, room=ROOM, verb="changed_webhook", obj=webhook, data=_told(webhook))
    return webhook


@transaction.atomic
def rotate_secret(*, webhook: Webhook, version: int, by: Person) -> str:
    """A new secret, shown this once. For a day messages carry the signatures of both."""
    secret = signing.fresh_secret()
    held = Webhook.objects.select_for_update().get(pk=webhook.pk)
    _update(
        webhook, version, secret=seal(secret), old_secret=held.secret, old_until=timezone.now() + GRACE, failures=0,
        resume_at=None,
    )  # fmt: skip
    record(by=by, room=ROOM, verb="rotated_secret", obj=webhook)
    return secret


@transaction.atomic
def switch_webhook(*, webhook: Webhook, active: bool, version: int, by: Person) -> Webhook:
    """Switch it on or off. What waits while it is switched off is not sent later; an old secret ends at once."""
    if webhook.active == active:
        return webhook
    _update(webhook, version, active=active, failures=0, resume_at=None, old_secret="", old_until=None)
    if not active:
        waiting = Delivery.objects.filter(webhook=webhook, state=State.WAITING)
        waiting.update(state=State.WITHHELD, fault=Fault.DISABLED)
    record(by=by, room=ROOM, verb="switched_webhook", obj=webhook, data={"active": active})
    return webhook


@transaction.atomic
def try_webhook(*, webhook: Webhook, by: Person) -> Delivery:
    """Send a message that tells of nothing, to see whether it arrives."""
    _must_be_active(webhook)
    delivery = _queue(webhook, event=uuid.uuid4(), type=PING, data={})
    record(by=by, room=ROOM, verb="tried_webhook", obj=webhook)
    return delivery


@transaction.atomic
def send_again(*, delivery: Delivery, by: Person) -> Delivery:
    """Send a message once more under its id, at once and then for a day. One that waits is tried at once."""
    _must_be_active(delivery.webhook)
    now = timezone.now()
    Webhook.objects.filter(pk=delivery.webhook_id).update(resume_at=None)
    Delivery.objects.filter(pk=delivery.pk).update(state=State.WAITING, next_try=now, until=now + TRIED, fault="")
    delivery.refresh_from_db()
    record(by=by, room=ROOM, verb="sent_again", obj=delivery.webhook, data={"event": str(delivery.event)})
    wake(delivery.webhook_id)
    return delivery


def announce(*, type: str, room: str, key: str, data: Mapping[str, Any]) -> int:
    """Tell the webhooks that chose this type and whose owner may know of the thing `key`. Belongs to the caller's transaction: what is
    rolled back is not told. `data`: ids, numbers, states, never texts. Returns how many are told."""
    told, event = 0, uuid.uuid4()
    sight = hooks.sights.get(room)
    for webhook in Webhook.objects.filter(active=True).select_related("by"):
        if patterns.chosen(webhook.events, type) and sight is not None and sight.sees(webhook.by, key):
            _queue(webhook, event=event, type=type, room=room, key=key, data=data)
            told += 1
    return told


def _queue(
    webhook: Webhook, *, event: uuid.UUID, type: str, data: Mapping[str, Any], room: str = "", key: str = ""
) -> Delivery:
    now = timezone.now()
    told = {"id": str(event), "type": type, "timestamp": now.isoformat(), "data": data}
    delivery: Delivery = Delivery.objects.create(
        webhook=webhook, event=event, type=type, room=room, key=key, body=json.dumps(told, ensure_ascii=False),
        created_at=now, next_try=now, until=now + TRIED,
    )  # fmt: skip
    wake(webhook.pk)
    return delivery


def _checked(name: str, url: str, events: Sequence[str]) -> dict[str, Any]:
    """The values, trimmed; ValidationError by field."""
    faults: dict[str, str] = {}
    plain, address, wanted = " ".join(name.split())[:120], url.strip(), list(dict.fromkeys(events))
    if not plain:
        faults["name"] = _("Give it a name: which program is told, and what for.")
    try:
        target(address, policy()._replace(on=True))
    except NotSent as error:
        faults["url"] = str(Fault(error.code).label)
    if len(address) > 500:
        faults["url"] = _("An address has at most 500 characters.")
    wrong = patterns.unknown(wanted, list(hooks.events))
    if wrong:
        faults["events"] = _("There is no event “%(type)s”. The types are listed below.") % {"type": wrong[0][:60]}
    if not wanted:
        faults["events"] = _("Choose at least one event.")
    if faults:
        raise ValidationError(faults)
    return {"name": plain, "url": address, "events": wanted}


def _must_be_active(webhook: Webhook) -> None:
    if not webhook.active:
        raise ValidationError(_("The webhook is switched off. Switch it on first."))


def _told(webhook: Webhook) -> dict[str, Any]:
    """What the journal keeps: never the whole address, which may hold a secret."""
    return {"host": webhook.host, "events": webhook.events}


def _update(webhook: Webhook, version: int, **values: Any) -> None:
    """Write only where `version` is still the row's, else Stale."""
    now = timezone.now()
    rows = Webhook.objects.filter(pk=webhook.pk, version=version)
    changed = rows.update(**values, version=version + 1, changed_at=now)
    webhook.refresh_from_db()
    if not changed:
        raise Stale(webhook)


def forget_messages(*, older_than: timedelta) -> int:
    """Remove messages that ended long ago. Returns how many."""
    old = Delivery.objects.exclude(state=State.WAITING).filter(created_at__lt=timezone.now() - older_than)
    return int(old.delete()[0])


__all__ = [
    "PING", "Stale", "announce", "change_webhook", "forget_messages", "make_webhook", "rotate_secret", "send_again",
    "switch_webhook", "try_webhook",
]  # fmt: skip
