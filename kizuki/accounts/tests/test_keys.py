"""API keys: shown once, kept as a hash, expiring, revocable, never more than their person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils import timezone

from kizuki.accounts.actions import create_key, revoke_key
from kizuki.accounts.keys import person_of
from kizuki.accounts.models import Key
from kizuki.accounts.tests.test_sign_in import confirm, sign_in
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def made(cast: Any) -> tuple[Key, str]:
    return create_key(
        person=cast.manager, name="export", scope="read", expires_at=timezone.now() + DAY, by=cast.manager
    )


def owner(text: str) -> Any:
    return person_of(RequestFactory().get("/api/", headers={"Authorization": f"Bearer {text}"}))


def test_a_key_is_its_person(made: tuple[Key, str], cast: Any) -> None:
    assert owner(made[1]) == cast.manager
    made[0].refresh_from_db()
    assert made[0].last_used_at is not None


def test_only_a_hash_is_kept(made: tuple[Key, str]) -> None:
    secret = made[1].split("_", 2)[2]
    assert secret not in str(Key.objects.values())
    assert secret not in str(Entry.objects.values())


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), str.upper, lambda _: ""]
)
def test_a_wrong_key_is_nobody(change: Any, made: tuple[Key, str]) -> None:
    assert owner(change(made[1])) is None


def test_an_expired_or_revoked_key_or_a_closed_account_is_nobody(made: tuple[Key, str], cast: Any) -> None:
    key, text = made
    Key.objects.update(created_at=timezone.now() - 2 * DAY, expires_at=timezone.now() - DAY)
    assert owner(text) is None
    Key.objects.update(expires_at=timezone.now() + DAY)
    cast.manager.is_active = False
    cast.manager.save()
    assert owner(text) is None
    cast.manager.is_active = True
    cast.manager.save()
    assert owner(text) == cast.manager
    revoke_key(key=key, by=cast.manager)
    revoke_key(key=key, by=cast.manager)
    assert owner(text) is None
    assert Entry.objects.filter(verb="revoke_key").count() == 1


def test_a_key_lasts_at_most_a_year(cast: Any) -> None:
    with pytest.raises(ValidationError):
        create_key(person=cast.manager, name="x", scope="read", expires_at=timezone.now() + 400 * DAY, by=cast.manager)


def test_the_page_shows_it_once(cast: Any, anonymous: Any) -> None:
    sign_in(anonymous, cast.responder)
    confirm(anonymous)
    page = anonymous.post("/account/keys/", {"name": "script", "scope": "write", "days": 30})
    assert owner(page.context["text"]) == cast.responder
    assert page.context["text"] not in anonymous.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [("reporter", 404), ("executive", 404), ("auditor", 403), ("administrator", 302), ("manager", 302)],
)
def test_who_may_revoke(role: str, status: int, made: tuple[Key, str], cast: Any, signed_in: Any) -> None:
    assert signed_in(getattr(cast, role)).post(f"/account/keys/{made[0].pk}/revoke/").status_code == status
    made[0].refresh_from_db()
    assert (made[0].revoked_at is not None) is (status == 302)
