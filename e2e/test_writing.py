"""Files that are dropped, cases that come and go, people who are invited, second factors, and one click that is two."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import LANGUAGES, ROOT, Site, Visits

PASSWORD = "three plain words and a number 7"
COMPANY = (ROOT / "library" / "demo" / "company.yaml").read_text(encoding="utf-8")
CASE = (ROOT / "library" / "cases" / "nisc-d.yaml").read_text(encoding="utf-8")
DROP = """([selector, name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name, { type: "application/yaml" }));
  const zone = document.querySelector(selector);
  for (const kind of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
  }
}"""


def _file(name: str, text: str) -> dict[str, object]:
    return {"name": name, "mimeType": "application/yaml", "buffer": text.encode()}


def _drop(page: Page, name: str, text: str) -> None:
    with page.expect_navigation():
        page.evaluate(DROP, ["[data-drop]", name, text])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dropped_organisation_is_replayed_and_a_broken_one_is_explained(language: str, visits: Visits) -> None:
    page, say = visits.open("responder", language)
    page.goto("/replay/")
    with page.expect_download() as download:
        page.get_by_role("link", name=say("Start from the template, with comments")).click()
    template = download.value.path().read_text(encoding="utf-8")
    _drop(page, "organisation.yaml", template)
    expect(page.locator("details.told")).to_have_count(8)

    _drop(page, "company.yaml", COMPANY)
    expect(page.locator("details.told")).to_have_count(8)
    first = page.locator("details.told").first
    first.locator("summary").click()
    expect(first.locator(".big-v")).to_be_visible()
    expect(page.locator("[id]")).not_to_have_count(0)

    _drop(page, "broken.yaml", template.replace("zones:", "zoness:", 1))
    alarm = page.locator("[role=alert] li")
    expect(alarm.first).to_contain_text(re.compile(r"broken\.yaml:\d+"))
    expect(page.locator("details.told")).to_have_count(0)
    _drop(page, "picture.png", "\x89PNG not a text at all")
    expect(alarm.first).to_contain_text("picture.png")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_comes_in_is_seen_goes_and_comes_back(language: str, visits: Visits) -> None:
    page, say = visits.open("manager", language)
    name = f"trial-{language}"
    page.goto("/cases/import")
    page.locator("input[type=file]").set_input_files(_file("trial.yaml", CASE.replace("id: nisc-d", f"id: {name}", 1)))
    page.get_by_role("button", name=say("Check and import")).click()
    expect(page.locator("[role=status]")).to_be_visible()
    row = page.locator(f"table.cases a[href='/cases/{name}']")
    expect(row).to_have_count(1)
    row.click()
    expect(page.locator("#attack")).to_be_visible()

    page.locator("details summary", has_text=say("Take out of the library")).click()
    page.get_by_role("button", name=say("Take it out")).click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name=say("Undo: bring the case back")).click()
    page.goto("/cases/")
    expect(row).to_have_count(1)
    page.goto(f"/cases/{name}")
    page.locator("details summary", has_text=say("Take out of the library")).click()
    page.get_by_role("button", name=say("Take it out")).click()
    expect(row).to_have_count(0)


def test_a_case_file_with_faults_names_their_lines_and_stores_nothing(visits: Visits) -> None:
    page, say = visits.open("manager", "en")
    page.goto("/cases/import")
    broken = CASE.replace("id: nisc-d", "id: broken-case", 1).replace("tlp:", "tlp: loud #", 1)
    page.locator("input[type=file]").set_input_files(_file("broken.yaml", broken))
    page.get_by_role("button", name=say("Check and import")).click()
    expect(page.locator("[role=alert] li").first).to_contain_text(re.compile(r"broken\.yaml:\d+"))
    page.goto("/cases/")
    expect(page.locator("a[href='/cases/broken-case']")).to_have_count(0)


def _invite(visits: Visits, email: str, language: str) -> str:
    """The link that an administrator gets for a new person."""
    page, say = visits.open("administrator", language)
    page.goto("/account/people/invite/")
    page.locator("#id_name").fill("新人 Newcomer")
    page.locator("#id_email").fill(email)
    page.locator("input[name=role][value=responder]").check()
    page.locator("#id_language").select_option(language)
    page.get_by_role("button", name=say("Make the link")).click()
    return page.locator("#link").input_value()


def _enter(page: Page, link: str) -> None:
    """In by the link, and set a password."""
    page.goto(link)
    page.locator("main form button").click()
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url("**/account/")


def _confirm_if_asked(page: Page) -> None:
    if "/account/confirm/" in page.url:
        page.locator("#id_password").fill(PASSWORD)
        page.locator("main form button").first.click()


def _code(secret: str, ahead: int = 0) -> str:
    """The six digits of RFC 6238 for this secret, `ahead` periods from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + ahead), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_works_once_and_a_second_factor_is_asked_for(language: str, visits: Visits, site: Site) -> None:
    email = f"invited-{language}@example.org"
    link = _invite(visits, email, language)
    page, say = visits.open(None, language)
    _enter(page, link)
    other, _say = visits.open(None, language)
    other.goto(link)
    expect(other.locator("h1")).to_have_text(say("This link is over"))

    page.goto("/account/second/app/")
    _confirm_if_asked(page)
    secret = page.locator("#secret").input_value()
    page.locator("#id_code").fill(_code(secret))
    page.get_by_role("button", name=say("Turn it on")).click()
    expect(page.locator("main")).to_contain_text(say("Recovery codes"))

    page.goto("/account/sign-out/")
    page.locator("main form button").click()
    page.wait_for_url("**/account/sign-in/**")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/account/sign-in/second/**")
    page.locator("#id_code").fill("000000")
    page.locator("main form button").first.click()
    expect(page.locator(".err:visible, .errsum:visible").first).to_be_visible()
    page.locator("#id_code").fill(_code(secret, ahead=1))
    page.locator("main form button").first.click()
    page.wait_for_url("**/cases/")


def test_a_passkey_is_added_and_signs_in_alone(visits: Visits, site: Site) -> None:
    link = _invite(visits, "passkey@example.org", "en")
    page, say = visits.open(None, "en")
    here = site.address.replace("127.0.0.1", "localhost")  # browsers take no passkeys for bare addresses
    page.context.add_cookies([{"name": "kizuki_language", "value": "en", "url": here}])
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    _enter(page, link.replace("127.0.0.1", "localhost"))
    page.goto(f"{here}/account/passkeys/add/")
    _confirm_if_asked(page)
    page.locator("#id_name").fill("office laptop")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile("/account/(second/codes/)?$"))
    page.goto(f"{here}/account/passkeys/")
    expect(page.locator("main")).to_contain_text("office laptop")

    page.goto(f"{here}/account/sign-out/")
    page.locator("main form button").click()
    page.wait_for_url("**/account/sign-in/**")
    page.get_by_role("button", name=say("Sign in with a passkey")).click()
    page.wait_for_url("**/cases/")
    expect(page.locator("header .who")).to_contain_text("Newcomer")


def test_a_double_click_sends_once(visits: Visits) -> None:
    page, say = visits.open("responder", "en")
    page.goto("/account/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name=say("Save")).dblclick()
    page.wait_for_load_state("networkidle")
    assert len(sent) == 1
    expect(page.locator("[role=status] .note")).to_have_count(1)
