"""Making webhooks and changing them; what is kept of secrets; whose sight decides."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from conftest import make_person
from kizuki.journal.models import Entry
from kizuki.kit.tests.test_outgoing import Server
from kizuki.notify import actions, sending
from kizuki.notify.choices import Fault, State
from kizuki.notify.engine.signing import genuine
from kizuki.notify.models import Delivery, Webhook
from kizuki.notify.sealing import Unreadable, seal, unseal
from kizuki.notify.tests.conftest import messages

pytestmark = pytest.mark.django_db
GOOD: dict[str, Any] = {"name": "Chat", "url": "https://chat.example.org/hook/t0ken", "events": ["thing.made"]}


def test_the_secret_is_given_once_and_kept_unreadable(known: Any, cast: Any) -> None:
    webhook, secret = actions.make_webhook(**GOOD, by=cast.administrator, once="x")
    assert secret.startswith("whsec_")
    assert secret not in webhook.secret
    assert unseal(webhook.secret) == secret
    again, nothing = actions.make_webhook(**GOOD, by=cast.administrator, once="x")
    assert (again.pk, nothing) == (webhook.pk, "")
    assert Webhook.objects.count() == 1


def test_what_is_sealed_needs_the_key_of_the_site(settings: Any) -> None:
    sealed = seal("secret")
    settings.SECRET_KEY = "another key " * 6
    with pytest.raises(Unreadable):
        unseal(sealed)


def test_the_journal_tells_the_host_and_never_the_rest_of_the_address(known: Any, cast: Any) -> None:
    webhook, secret = actions.make_webhook(**GOOD, by=cast.administrator)
    actions.change_webhook(webhook=webhook, **GOOD, version=webhook.version, by=cast.administrator)
    actions.rotate_secret(webhook=webhook, version=webhook.version, by=cast.administrator)
    actions.try_webhook(webhook=webhook, by=cast.administrator)
    told = " ".join(f"{entry.data} {entry.object_label}" for entry in Entry.objects.filter(room="notify"))
    assert Entry.objects.filter(room="notify").count() == 4
    assert "chat.example.org" in told
    assert "t0ken" not in told
    assert secret not in told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "), ("url", "http://chat.example.org/"), ("url", "https://"), ("url", "https://a b/"), ("url", "https://u:p@x.org/"),
        ("url", "https://x.org/" + "a" * 500), ("url", "javascript:alert(1)"), ("events", []), ("events", ["nonsense"]),
        ("events", ["thing.made", "thing"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(known: Any, cast: Any, field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        actions.make_webhook(**{**GOOD, field: value}, by=cast.administrator)
    assert list(caught.value.message_dict) == [field]
    assert not Webhook.objects.exists()


def test_whoever_changes_it_becomes_the_one_whose_sight_decides(webhook: Webhook, known: set[Any], cast: Any) -> None:
    """Else an administrator could have another's restricted events sent to an address of their own."""
    other = make_person("administrator", "Other")
    actions.change_webhook(webhook=webhook, **GOOD, version=webhook.version, by=other)
    assert webhook.by == other
    assert actions.announce(type="thing.made", room="things", key="A", data={}) == 0
    known.add((other.pk, "A"))
    assert actions.announce(type="thing.made", room="things", key="A", data={}) == 1


def test_what_waited_for_the_one_before_is_not_sent_to_the_new_ones_address(
    webhook: Webhook, receiver: Server, cast: Any
) -> None:
    actions.announce(type="thing.made", room="things", key="A", data={})
    other = make_person("administrator", "Other")
    actions.change_webhook(
        webhook=webhook, name="Mine", url=webhook.url + "2", events=["*"], version=webhook.version, by=other
    )
    sending.run(webhook.pk)
    assert receiver.asked == []
    assert messages(webhook).get().fault == Fault.SIGHT


def test_two_at_once_do_not_overwrite_each_other(webhook: Webhook, cast: Any) -> None:
    version = webhook.version
    actions.change_webhook(webhook=webhook, **GOOD, version=version, by=cast.administrator)
    for act in (
        lambda: actions.change_webhook(webhook=webhook, **GOOD, version=version, by=cast.administrator),
        lambda: actions.rotate_secret(webhook=webhook, version=version, by=cast.administrator),
        lambda: actions.switch_webhook(webhook=webhook, active=False, version=version, by=cast.administrator),
    ):
        with pytest.raises(actions.Stale):
            act()


def test_a_new_secret_and_the_old_one_both_sign_for_a_day(webhook: Webhook, receiver: Server, cast: Any) -> None:
    old = unseal(webhook.secret)
    new = actions.rotate_secret(webhook=webhook, version=webhook.version, by=cast.administrator)
    actions.try_webhook(webhook=webhook, by=cast.administrator)
    sending.run(webhook.pk)
    assert _fits(receiver, old)
    assert _fits(receiver, new)
    Webhook.objects.update(old_until=timezone.now())
    actions.try_webhook(webhook=webhook, by=cast.administrator)
    sending.run(webhook.pk)
    assert not _fits(receiver, old)
    assert _fits(receiver, new)


def _fits(receiver: Server, secret: str) -> bool:
    *_, headers, body = receiver.asked[-1]
    sent = {name.lower(): value for name, value in headers.items()}
    return genuine(secret, sent, body, int(sent["webhook-timestamp"]))


def test_switched_off_it_sends_nothing_not_even_later(webhook: Webhook, receiver: Server, cast: Any) -> None:
    actions.announce(type="thing.made", room="things", key="A", data={})
    actions.switch_webhook(webhook=webhook, active=False, version=webhook.version, by=cast.administrator)
    with pytest.raises(ValidationError, match="switched off"):
        actions.try_webhook(webhook=webhook, by=cast.administrator)
    with pytest.raises(ValidationError, match="switched off"):
        actions.send_again(delivery=Delivery.objects.get(), by=cast.administrator)
    actions.switch_webhook(webhook=webhook, active=True, version=webhook.version, by=cast.administrator)
    sending.run(webhook.pk)
    assert receiver.asked == []
    assert messages(webhook).get().state == State.WITHHELD
