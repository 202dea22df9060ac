"""Signing in: password, second factor, lockout that all processes share, and what is closed."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from conftest import PASSWORD
from kizuki.accounts.models import SignIn
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/sign-in/"


@pytest.fixture(autouse=True)
def _no_attempts_yet(db: None) -> None:
    cache.clear()


def sign_in(client: Any, person: Any, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"login": person.email, "password": password, **more})


def confirm(client: Any) -> None:
    assert client.post("/account/confirm/", {"password": PASSWORD}).status_code == 302


def test_address_and_password_lead_on_to_where_one_wanted(cast: Any, anonymous: Any) -> None:
    response = sign_in(anonymous, cast.manager, next="/account/?a=1")
    assert (response.status_code, response["Location"]) == (302, "/account/?a=1")
    assert anonymous.get("/account/").status_code == 200
    seen = SignIn.objects.get()
    assert (seen.person, seen.succeeded, seen.how) == (cast.manager, True, "password")
    assert Entry.objects.get(verb="sign_in").actor_name == "Manager"


def test_capitals_in_the_address_do_not_matter(cast: Any, anonymous: Any) -> None:
    response = anonymous.post(SIGN_IN, {"login": cast.manager.email.upper(), "password": PASSWORD})
    assert response.status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_next_never_leads_away(target: str, cast: Any, anonymous: Any) -> None:
    assert sign_in(anonymous, cast.manager, next=target)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_look_the_same(cast: Any, anonymous: Any) -> None:
    wrong = sign_in(anonymous, cast.manager, "not this one at all")
    unknown = anonymous.post(SIGN_IN, {"login": "nobody@example.org", "password": PASSWORD})
    words = b"do not fit together"
    assert words in wrong.content
    assert words in unknown.content
    assert [(seen.person, seen.succeeded) for seen in SignIn.objects.all()] == [(cast.manager, False)]


def test_a_closed_account_stays_out(cast: Any, anonymous: Any) -> None:
    cast.manager.is_active = False
    cast.manager.save()
    assert sign_in(anonymous, cast.manager)["Location"] == "/account/inactive/"
    assert anonymous.get("/account/").status_code == 302
    assert anonymous.get("/account/inactive/").status_code == 200


def test_deactivation_ends_sessions(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    assert client.get("/account/").status_code == 200
    cast.manager.is_active = False
    cast.manager.save()
    assert client.get("/account/").status_code == 302


def test_five_failures_lock_the_address_and_not_others(cast: Any, anonymous: Any) -> None:
    for _ in range(5):
        sign_in(anonymous, cast.manager, "wrong wrong wrong")
    locked = sign_in(anonymous, cast.manager)
    assert locked.status_code == 200
    assert b"Wait ten minutes" in locked.content
    assert sign_in(anonymous, cast.executive).status_code == 302


def test_guessing_at_many_addresses_unlocks_none(cast: Any, anonymous: Any) -> None:
    for _ in range(5):
        sign_in(anonymous, cast.manager, "wrong wrong wrong")
    for n in range(700):
        cache.set(f"allauth:rl:other:{n}", [1.0], 600)
    assert b"Wait ten minutes" in sign_in(anonymous, cast.manager).content


def test_another_host_name_gives_no_new_attempts(cast: Any, anonymous: Any) -> None:
    for n in range(5):
        anonymous.post(SIGN_IN, {"login": cast.manager.email, "password": "wrong"}, headers={"Host": f"h{n}.example"})
    assert b"Wait ten minutes" in sign_in(anonymous, cast.manager).content


@pytest.mark.django_db(transaction=True)
def test_lockout_is_shared_by_processes(cast: Any, anonymous: Any, in_another_process: Any) -> None:
    connection.close()
    process = in_another_process(
        f"""
        from django.test import Client
        for _ in range(5):
            Client().post({SIGN_IN!r}, {{"login": {cast.manager.email!r}, "password": "wrong wrong"}})
        """
    )
    _, errors = process.communicate(timeout=90)
    assert process.returncode == 0, errors
    assert b"Wait ten minutes" in sign_in(anonymous, cast.manager).content
    assert SignIn.objects.filter(person=cast.manager, succeeded=False).count() == 5


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def test_the_second_factor_is_asked_for(cast: Any, anonymous: Any) -> None:
    secret = generate_totp_secret()
    TOTP.activate(cast.manager, secret)
    assert sign_in(anonymous, cast.manager)["Location"] == "/account/sign-in/second/"
    assert anonymous.get("/account/").status_code == 302
    assert anonymous.get("/account/sign-in/second/").status_code == 200
    assert b"does not fit" in anonymous.post("/account/sign-in/second/", {"code": "000000"}).content
    assert anonymous.post("/account/sign-in/second/", {"code": code_now(secret)}).status_code == 302
    assert anonymous.get("/account/").status_code == 200
    assert SignIn.objects.filter(succeeded=True).get().how == "password+totp"


def test_a_recovery_code_works_once(cast: Any, anonymous: Any) -> None:
    TOTP.activate(cast.manager, generate_totp_secret())
    code = RecoveryCodes.activate(cast.manager).get_unused_codes()[0]
    sign_in(anonymous, cast.manager)
    assert anonymous.post("/account/sign-in/second/", {"code": code}).status_code == 302
    anonymous.post("/account/sign-out/")
    sign_in(anonymous, cast.manager)
    assert b"does not fit" in anonymous.post("/account/sign-in/second/", {"code": code}).content


def test_secrets_of_second_factors_are_not_readable_in_the_database(cast: Any) -> None:
    secret = generate_totp_secret()
    TOTP.activate(cast.manager, secret)
    assert secret not in str(Authenticator.objects.values())
    assert Authenticator.objects.get().wrap().validate_code(code_now(secret))


def test_passkey_sign_in_hands_out_a_challenge_and_refuses_nonsense(anonymous: Any) -> None:
    answer = anonymous.get("/account/sign-in/passkey/", headers={"Accept": "application/json"})
    assert answer.json()["request_options"]["publicKey"]["challenge"]
    refused = anonymous.post("/account/sign-in/passkey/", {"credential": "{}"})
    assert (refused.status_code, refused["Location"]) == (302, SIGN_IN)


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_set_password", "account_reset_password",
             "account_email_verification_sent"],
)  # fmt: skip
def test_what_this_site_does_not_have_is_closed(name: str, cast: Any, signed_in: Any) -> None:
    assert signed_in(cast.administrator).get(reverse(name)).status_code == 404
    assert signed_in(cast.administrator).post(reverse(name)).status_code == 404


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", [SIGN_IN, "/account/inactive/", "/account/first/unknown/"])
def test_the_way_in_needs_no_script_of_the_page_itself(path: str, language: str, anonymous: Any) -> None:
    anonymous.cookies["kizuki_language"] = language
    page = anonymous.get(path)
    assert page.status_code in (200, 410)
    assert f'<html lang="{language}">'.encode() in page.content
    assert b"onclick=" not in page.content
    assert b"style=" not in page.content
    for tag in page.content.split(b"<script")[1:]:
        assert b"src=" in tag.split(b">")[0] or b'type="application/json"' in tag.split(b">")[0]


def test_signing_out_needs_a_post(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.reporter)
    assert client.get("/account/sign-out/").status_code == 200
    assert client.get("/account/").status_code == 200
    assert client.post("/account/sign-out/")["Location"] == SIGN_IN
    assert client.get("/account/").status_code == 302
