"""The first link: kept as a hash, works once, for a while, for one person."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from conftest import PASSWORD
from kizuki.accounts.actions import create_person, deactivate, make_first_link, use_first_link
from kizuki.accounts.models import FirstLink
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def newcomer(db: None) -> Any:
    return create_person(email="New@Example.org", name="Newcomer", role="responder", by="test", language="en")


def path(token: str) -> str:
    return f"/account/first/{token}/"


def test_looking_uses_nothing_up_and_the_button_signs_in(newcomer: Any, anonymous: Any) -> None:
    token = make_first_link(person=newcomer, by="test")
    for _ in range(2):
        page = anonymous.get(path(token))
        assert page.status_code == 200
        assert b"Newcomer" in page.content
    assert anonymous.post(path(token))["Location"] == "/account/password/first/"
    assert anonymous.get("/account/").status_code == 200


def test_it_works_once(newcomer: Any, client: Any) -> None:
    token = make_first_link(person=newcomer, by="test")
    assert client.post(path(token)).status_code == 302
    client.logout()
    assert client.post(path(token)).status_code == 410
    assert client.get(path(token)).status_code == 410
    assert client.get("/account/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_comes_in(newcomer: Any) -> None:
    token = make_first_link(person=newcomer, by="test")
    came_in: list[Any] = []
    start = threading.Barrier(4)

    def use() -> None:
        start.wait()
        came_in.append(use_first_link(token=token))
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(person is not None for person in came_in) == [False, False, False, True]


def test_only_a_hash_is_kept(newcomer: Any) -> None:
    token = make_first_link(person=newcomer, by="test")
    assert token not in str(FirstLink.objects.values())
    assert token not in str(Entry.objects.values())


def test_it_expires(newcomer: Any, anonymous: Any) -> None:
    token = make_first_link(person=newcomer, by="test", hours=1)
    past = timezone.now() - timedelta(hours=2)
    FirstLink.objects.update(created_at=past, expires_at=past + SECOND)
    assert anonymous.get(path(token)).status_code == 410
    assert use_first_link(token=token) is None


def test_a_newer_link_replaces_it(newcomer: Any) -> None:
    first = make_first_link(person=newcomer, by="test")
    second = make_first_link(person=newcomer, by="test")
    assert use_first_link(token=first) is None
    assert use_first_link(token=second) == newcomer


def test_nobody_deactivated_comes_in(newcomer: Any, cast: Any) -> None:
    token = make_first_link(person=newcomer, by="test")
    deactivate(person=newcomer, version=newcomer.version, by=cast.administrator)
    assert use_first_link(token=token) is None
    with pytest.raises(ValidationError):
        make_first_link(person=newcomer, by="test")


@pytest.mark.parametrize("token", ["", "x", "../..", "日本", "a" * 500])
def test_nonsense_is_over(token: str, anonymous: Any) -> None:
    assert anonymous.get(path(token or "-")).status_code in (302, 404, 410)


def test_it_signs_out_whoever_was_there(newcomer: Any, cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.administrator)
    client.post(path(make_first_link(person=newcomer, by="test")))
    assert client.get("/account/").context["person"] == newcomer


def test_a_password_can_be_chosen_then_and_must_be_good(newcomer: Any, anonymous: Any) -> None:
    anonymous.post(path(make_first_link(person=newcomer, by="test")))
    page = anonymous.post("/account/password/first/", {"password1": "short", "password2": "short"})
    assert page.status_code == 200
    assert page.context["form"].errors["password1"]
    page = anonymous.post("/account/password/first/", {"password1": PASSWORD, "password2": PASSWORD + "x"})
    assert page.context["form"].errors["password2"]
    done = anonymous.post("/account/password/first/", {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)
    assert anonymous.get("/account/").status_code == 200, "this session stays"


def test_a_forgotten_password_is_replaced_only_by_way_of_a_link(cast: Any, signed_in: Any, client: Any) -> None:
    assert signed_in(cast.manager).get("/account/password/first/")["Location"] == "/account/password/"
    client.post(path(make_first_link(person=cast.manager, by=cast.administrator)))
    assert client.get("/account/password/first/").status_code == 200


def test_a_second_factor_is_still_asked_for(cast: Any, client: Any) -> None:
    TOTP.activate(cast.manager, generate_totp_secret())
    response = client.post(path(make_first_link(person=cast.manager, by=cast.administrator)))
    assert response["Location"] == "/account/sign-in/second/"
    assert client.get("/account/").status_code == 302
