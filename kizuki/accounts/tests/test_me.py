"""One's own account: profile, language, second factors, sign-ins seen."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from conftest import PASSWORD
from kizuki.accounts.actions import SIGN_INS_KEPT, note_sign_in
from kizuki.accounts.tests.test_sign_in import code_now, confirm, sign_in
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db
PROFILE = {"name": "Saeki", "language": "ja", "time_zone": "Europe/Berlin", "version": 1}


@pytest.fixture(autouse=True)
def _no_attempts_yet(db: None) -> None:
    cache.clear()


@pytest.mark.parametrize("role", ["reporter", "responder", "manager", "executive", "auditor", "administrator"])
def test_everyone_has_a_page(role: str, cast: Any, signed_in: Any) -> None:
    assert signed_in(getattr(cast, role)).get("/account/").status_code == 200


def test_the_profile_is_saved_and_its_language_shown_at_once(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.reporter)
    page = client.post("/account/", PROFILE, follow=True)
    cast.reporter.refresh_from_db()
    assert (cast.reporter.name, cast.reporter.language, cast.reporter.time_zone) == ("Saeki", "ja", "Europe/Berlin")
    assert b'<html lang="ja">' in page.content
    assert Entry.objects.get(verb="update_profile").details["language"] == ["en", "ja"]


@pytest.mark.parametrize("change", [{"time_zone": "Mars/Base"}, {"language": "fr"}, {"name": " "}])
def test_nonsense_is_refused_and_what_was_typed_stays(change: dict[str, str], cast: Any, signed_in: Any) -> None:
    page = signed_in(cast.reporter).post("/account/", {**PROFILE, **change})
    assert page.status_code == 200
    assert page.context["form"].errors
    cast.reporter.refresh_from_db()
    assert cast.reporter.name == "Reporter"


def test_a_stale_profile_keeps_what_was_typed(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.reporter)
    client.post("/account/", PROFILE)
    client.cookies["kizuki_language"] = "en"
    page = client.post("/account/", {**PROFILE, "name": "Typed later"})
    assert b"in the meantime" in page.content
    assert b"Typed later" in page.content
    assert client.post("/account/", {**PROFILE, "name": "Typed later", "version": 2}).status_code == 302


def test_an_authenticator_app_is_set_up_with_codes_and_removed(cast: Any, anonymous: Any) -> None:
    sign_in(anonymous, cast.reporter)
    confirm(anonymous)
    page = anonymous.get("/account/second/app/")
    assert b"data:image/svg+xml" in page.content
    code = code_now(page.context["form"].secret)
    assert anonymous.post("/account/second/app/", {"code": code})["Location"] == "/account/second/codes/"
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert anonymous.get("/account/second/codes/").status_code == 200
    assert anonymous.get("/account/second/codes/file/").status_code == 200
    assert anonymous.get("/account/second/codes/new/").status_code == 200
    assert anonymous.get("/account/second/app/remove/").status_code == 200
    anonymous.post("/account/second/app/remove/")
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(verb__in=["add_second_factor", "remove_second_factor"]).count() >= 2


def test_changing_how_one_signs_in_asks_again(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.reporter)
    for path in ("/account/second/app/", "/account/passkeys/add/", "/account/keys/"):
        response = client.get(path)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/account/confirm/")
    page = client.get("/account/confirm/")
    assert page.status_code == 200
    assert client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/keys/"})["Location"] == (
        "/account/keys/"
    )
    assert client.get("/account/passkeys/add/").status_code == 200
    assert client.get("/account/passkeys/").status_code == 200


def test_a_new_password_needs_the_old_one(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.reporter)
    new = "another long sentence of words"
    wrong = {"oldpassword": "x", "password1": new, "password2": new}
    assert b"not your password" in client.post("/account/password/", wrong).content
    assert client.post("/account/password/", {**wrong, "oldpassword": PASSWORD}).status_code == 302
    cast.reporter.refresh_from_db()
    assert cast.reporter.check_password(new)
    assert client.get("/account/").status_code == 200
    assert Entry.objects.filter(verb="set_password").count() == 1


def test_sign_ins_are_shown_and_only_the_last_are_kept(cast: Any, signed_in: Any) -> None:
    for n in range(SIGN_INS_KEPT + 3):
        note_sign_in(person=cast.reporter, succeeded=False, how="password", address=f"192.0.2.{n % 250}", agent="x")
    assert cast.reporter.sign_ins.count() == SIGN_INS_KEPT
    assert b"refused" in signed_in(cast.reporter).get("/account/").content
    assert not Entry.objects.filter(verb="sign_in").exists(), "guessing does not flood the journal"
