"""A room whose things are known to some, and a receiver on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet

from kizuki.accounts.models import Person
from kizuki.kit.tests.test_outgoing import Server
from kizuki.notify import hooks
from kizuki.notify.actions import make_webhook
from kizuki.notify.models import Webhook


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> set[tuple[int, str]]:
    """Pairs of person and key: what of the room “things” is known to whom. The test adds to it."""
    pairs: set[tuple[int, str]] = set()

    def keys(person: Person) -> list[str]:
        return [key for pk, key in pairs if pk == person.pk]

    sight = hooks.Sight(lambda person, key: person.is_active and (person.pk, key) in pairs, keys)
    monkeypatch.setitem(hooks.sights, "things", sight)
    for type in ("thing.made", "thing.broken", "other.seen"):
        monkeypatch.setitem(hooks.events, type, type)
    return pairs


@pytest.fixture
def receiver(settings: Any) -> Iterator[Server]:
    """A receiver to which the site may speak."""
    settings.OUTGOING, settings.OUTGOING_INSIDE = True, frozenset({"127.0.0.1"})
    server = Server()
    yield server
    server.close()


@pytest.fixture
def webhook(receiver: Server, known: set[tuple[int, str]], cast: Any) -> Webhook:
    """A webhook of the administrator for everything about things, who knows the thing A."""
    known.add((cast.administrator.pk, "A"))
    url = f"http://127.0.0.1:{receiver.port}/hook/s3cret"
    return make_webhook(name="Chat", url=url, events=["thing.*"], by=cast.administrator)[0]


def messages(webhook: Webhook) -> QuerySet[Any]:
    return webhook.deliveries.order_by("pk")
