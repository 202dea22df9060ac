"""Pages of webhooks: who may, what is shown once, what somebody else's webhook may not tell."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import make_person
from kizuki.kit.tests.test_outgoing import Server
from kizuki.notify import actions, sending
from kizuki.notify.choices import State
from kizuki.notify.models import Delivery, Webhook
from kizuki.notify.sealing import unseal

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, *args: int, status: int = 200, **more: Any) -> str:
    answer = client.get(reverse(f"webhooks:{name}", args=args), **more)
    assert answer.status_code == status
    return str(answer.content.decode())


def send(client: Client, page: str, /, *args: int, **data: Any) -> Any:
    return client.post(reverse(f"webhooks:{page}", args=args), data)


def test_an_empty_list_teaches(cast: Any, signed_in: Any) -> None:
    told = page(signed_in(cast.administrator), "webhooks")
    assert "No webhook yet" in told
    assert "KIZUKI_OUTGOING" in told


def test_making_one_shows_the_secret_once_and_a_second_click_makes_none(known: Any, cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.administrator)
    assert "thing.broken" in page(client, "new")
    form = {"name": "Chat", "url": "https://chat.example.org/x", "events": "thing.made\nother.*", "once": "abc"}
    first = send(client, "new", **form)
    webhook = Webhook.objects.get()
    assert webhook.events == ["thing.made", "other.*"]
    assert unseal(webhook.secret) in first.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert send(client, "new", **form).status_code == 302
    assert Webhook.objects.count() == 1
    assert unseal(webhook.secret) not in page(client, "webhook", webhook.pk)


def test_what_was_typed_stays_beside_what_is_wrong(known: Any, cast: Any, signed_in: Any) -> None:
    answer = send(signed_in(cast.administrator), "new", name="Chat", url="http://x.org/", events="thing.maid", once="a")
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "http://x.org/" in told
    assert "thing.maid" in told
    assert "https" in told


def test_somebody_who_was_slower_sees_both_texts(webhook: Webhook, cast: Any, signed_in: Any) -> None:
    client, version = signed_in(cast.administrator), webhook.version
    actions.change_webhook(
        webhook=webhook, name="Faster", url=webhook.url, events=["*"], version=version, by=cast.administrator
    )
    answer = send(client, "edit", webhook.pk, name="Slower", url=webhook.url, events="thing.made", version=version)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "Faster" in told
    assert "Slower" in told
    assert (
        send(client, "edit", webhook.pk, name="Slower", url=webhook.url, events="*", version=version + 1).status_code
        == 302
    )


def test_a_trial_message_is_followed_until_it_arrived(
    webhook: Webhook, receiver: Server, cast: Any, signed_in: Any
) -> None:
    client = signed_in(cast.administrator)
    answer = send(client, "try", webhook.pk)
    message = Delivery.objects.get()
    assert answer["Location"] == reverse("webhooks:message", args=[webhook.pk, message.pk])
    assert "every 2s" in page(client, "message", webhook.pk, message.pk)
    sending.run(webhook.pk)
    part = page(client, "message", webhook.pk, message.pk, headers={"HX-Request": "true"})
    assert "answered 200" in part
    assert "every 2s" not in part
    assert "<html" not in part
    assert send(client, "again", webhook.pk, message.pk).status_code == 302
    assert Delivery.objects.get().state == State.WAITING


def test_secret_and_switch(webhook: Webhook, cast: Any, signed_in: Any) -> None:
    client, before = signed_in(cast.administrator), unseal(webhook.secret)
    assert "Make a new secret" in page(client, "secret", webhook.pk)
    made = send(client, "secret", webhook.pk, version=webhook.version)
    webhook.refresh_from_db()
    assert unseal(webhook.secret) in made.content.decode()
    assert before not in made.content.decode()
    assert send(client, "secret", webhook.pk, version=1).status_code == 409
    assert send(client, "switch", webhook.pk, version=webhook.version, active="0").status_code == 302
    webhook.refresh_from_db()
    assert not webhook.active
    assert send(client, "switch", webhook.pk, version=1, active="1").status_code == 409
    assert send(client, "switch", webhook.pk, active="1").status_code == 409


def test_messages_about_what_one_may_not_know_are_not_there(webhook: Webhook, cast: Any, signed_in: Any) -> None:
    actions.announce(type="thing.made", room="things", key="A", data={"secret-number": 4711})
    message = Delivery.objects.get()
    other = make_person("administrator", "Other")
    for person in (other, cast.auditor):
        client = signed_in(person)
        assert "thing.made" not in page(client, "webhook", webhook.pk).split('id="messages"')[1].split("<aside")[0]
        page(client, "message", webhook.pk, message.pk, status=404)
    assert send(signed_in(other), "again", webhook.pk, message.pk).status_code == 404
    assert "4711" in page(signed_in(cast.administrator), "message", webhook.pk, message.pk)


def test_auditors_look_without_the_address_and_do_nothing(webhook: Webhook, cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.auditor)
    told = page(client, "webhook", webhook.pk) + page(client, "webhooks")
    assert "127.0.0.1" in told
    assert "s3cret" not in told
    page(client, "new", status=403)
    page(client, "edit", webhook.pk, status=403)
    page(client, "secret", webhook.pk, status=403)
    for name in ("switch", "try"):
        assert send(client, name, webhook.pk, version=1).status_code == 403


def test_for_everyone_else_there_is_nothing(webhook: Webhook, cast: Any, signed_in: Any) -> None:
    for person in (cast.reporter, cast.responder, cast.manager, cast.executive):
        client = signed_in(person)
        page(client, "webhooks", status=404)
        page(client, "new", status=404)
        page(client, "webhook", webhook.pk, status=404)
        assert send(client, "try", webhook.pk).status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_queries_does_not_grow(
    webhook: Webhook, cast: Any, signed_in: Any, django_assert_max_num_queries: Any, count: int
) -> None:
    for n in range(count):
        actions.make_webhook(name=f"W{n}", url=webhook.url, events=["*"], by=cast.administrator)
        actions.announce(type="thing.made", room="things", key="A", data={})
    client = signed_in(cast.administrator)
    with django_assert_max_num_queries(15):
        page(client, "webhooks")
    with django_assert_max_num_queries(15):
        page(client, "webhook", webhook.pk)
