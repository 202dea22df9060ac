"""Passkeys in a real browser with a virtual key: added, used alone, used as the second factor, refused politely."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from conftest import PASSWORD
from kizuki.accounts.models import SignIn

CHROMIUM = os.environ.get("KIZUKI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def page(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A page of a browser that owns a virtual key."""
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cache.clear()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=live_server.url, locale="en-GB")
        made = context.new_page()
        key = context.new_cdp_session(made)
        key.send("WebAuthn.enable")
        key.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        yield made
        browser.close()


def sign_in(page: Any, person: Any) -> None:
    page.goto("/account/sign-in/?next=/account/")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")


def sign_out(page: Any) -> None:
    page.goto("/account/sign-out/")
    page.click("main button.btn-primary")
    page.wait_for_url("**/account/sign-in/")


def test_a_passkey_from_beginning_to_end(cast: Any, page: Any, live_server: Any) -> None:
    home = f"{live_server.url}/account/"
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    sign_in(page, cast.reporter)
    page.wait_for_url(home)
    page.goto("/account/passkeys/add/")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: url.endswith("/passkeys/add/") and "confirm" not in url)
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/second/codes/")

    sign_out(page)
    page.goto("/account/sign-in/?next=/account/")
    page.click("#passkey_login")
    page.wait_for_url(home)

    sign_out(page)
    sign_in(page, cast.reporter)
    page.wait_for_url("**/sign-in/second/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(home)
    assert refused == []
    ways = list(SignIn.objects.filter(succeeded=True).order_by("pk").values_list("how", flat=True))
    assert ways == ["password", "passkey", "password+passkey"]


def test_a_cancelled_request_says_so(page: Any) -> None:
    page.goto("/account/sign-in/")
    assert not page.is_visible("[data-passkey-error]")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('cancelled')) }")
    page.click("#passkey_login")
    page.wait_for_selector("[data-passkey-error]", state="visible")


def test_without_a_script_the_other_ways_are_there(cast: Any, page: Any, live_server: Any) -> None:
    context = page.context.browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/account/sign-in/")
    assert not plain.is_visible("#passkey_login")
    assert "JavaScript" in plain.inner_text("noscript")
    sign_in(plain, cast.reporter)
    plain.wait_for_url(f"{live_server.url}/account/")
