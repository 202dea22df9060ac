"""Every page at two widths, light and dark, in both languages: axe finds nothing, nothing sticks out, no console complains."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from e2e.conftest import Visits

PAGES = [
    "/cases/", "/cases/?q=backup&level=advanced", "/cases/?q=zzzzzz", "/cases/nisc-a", "/cases/nisc-g",
    "/cases/nisc-h?for=practitioner", "/cases/for/executive", "/cases/for/strategy", "/cases/for/practitioner",
    "/cases/glossary", "/cases/import", "/measures/", "/measures/P01", "/measures/own/", "/measures/own/new",
    "/measures/own/import", "/measures/coverage/", "/measures/coverage/contradictions", "/measures/coverage/new",
    "/measures/coverage/import", "/measures/coverage/1/", "/measures/coverage/1/edit", "/measures/proposals/",
    "/measures/rounds/", "/measures/rounds/new", "/replay/", "/replay/case/nisc-b",
    "/replay/case/nisc-g", "/replay/case/nisc-h", "/replay/priorities", "/replay/map?by=zones",
    "/replay/map/P06?unit=plant1", "/replay/affected", "/replay/affected?way=internet&product=vpn&lost=encrypt&onward=network",
    "/replay/affected?case=nisc-b&show=calls", "/replay/notes", "/replay/figures", "/maturity/", "/maturity/nist-csf/2.0/",
    "/maturity/nist-csf/2.0/enter", "/maturity/peers", "/maturity/add", "/tasks/", "/tasks/new", "/imports/", "/devices/",
    "/devices/observations", "/devices/sources", "/devices/admissions/", "/devices/admissions/ask",
    "/devices/admissions/ask?what=XR-8&kind=iot&zone=hq&unit=it", "/jobs/?all", "/journal/", "/journal/1/",
    "/account/", "/account/people/", "/account/people/invite/", "/account/people/1/", "/account/people/2/deactivate/",
    "/account/sign-out/", "/account/passkeys/", "/account/confirm/", "/keys", "/no-such-page",
]  # fmt: skip
#: Pages that are looked at at both widths and in both languages, in turn light or dark.
IN_TURN = [
    "/measures/rounds/1/", "/measures/proposals/1/", "/devices/42", "/devices/admissions/1", "/tasks/1", "/replay/notes/1?now=1",
    "/maturity/meti-ipa-visualisation/2/", "/incidents/", "/incidents/?status=all&q=zzzzzz", "/incidents/new", "/incidents/figures",
    "/incidents/mine", "/incidents/procedures/", "/incidents/procedures/ransomware", "/incidents/procedures/import", "/webhooks/",
    "/webhooks/new",
]  # fmt: skip
#: The same of one incident, the first of the demo, below its address.
OF_INCIDENT = [
    "", "?q=zzzzzz", "?as_of={now}", "/wall", "/picture", "/paste", "/entries/3", "/settings", "/figures", "/severity", "/stop",
    "/stop?fact-target=internet&fact-spreading=now", "/known", "/known?find=dc", "/next", "/tasks", "/tasks/new", "/tasks/1",
    "/tasks/1/edit", "/decisions", "/decisions/new", "/decisions/1", "/review", "/review/elsewhere", "/close", "/report",
    "/report?audience=technical", "/report/import",
]  # fmt: skip
OUTSIDE = ["/account/sign-in/", "/account/inactive/", "/account/first/no-such-link/", "/measures/answer/no-such-link/"]
LOOKS = [(1280, "light", "en"), (1280, "dark", "ja"), (375, "light", "ja"), (375, "dark", "en")]
#: What is wider than the window although it does not scroll by itself, to name it where the page does not fit.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(e => e.tagName + '.' + (e.getAttribute('class') || '') + ': ' + e.textContent.trim().slice(0, 40))
    .concat([document.documentElement.scrollWidth + ' px'])"""
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # Style sheets are read once more for one rule only, an experimental one that is not among these.
    "preload": {"assets": ["media"]},
}


#: Contrast takes most of the time and is the same at both widths: it is looked at on the wide page, once in light and once in dark.
ON_A_PHONE = RULES | {"rules": {"color-contrast": {"enabled": False}}}


def faults(page: Page, address: str, width: int) -> list[str]:
    """What is wrong with this page, each in one line."""
    page.goto(address)
    page.evaluate(AXE_SCRIPT)
    found: Any = page.evaluate("rules => axe.run(document, rules)", RULES if width > 640 else ON_A_PHONE)
    lines = [
        f"{address} {fault['id']}: {node['target']} {node['html'][:120]} {node['failureSummary'].splitlines()[1].strip()}"
        for fault in found["violations"]
        for node in fault["nodes"][:3]
    ]
    return lines + [f"{address} sticks out: {line}" for line in page.evaluate(WIDER)]


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_every_page_for_everyone(width: int, scheme: str, language: str, visits: Visits) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    inside, _say = visits.open("administrator", language, **options)
    inside.goto("/incidents/?sort=opened")
    number = inside.locator("main table a[href*='/incidents/INC-']").first.get_attribute("href")
    now = datetime.now(UTC).isoformat(timespec="minutes")[:16]
    in_turn = [*IN_TURN, *(f"{number}{rest}".replace("{now}", now) for rest in OF_INCIDENT)]
    pages = [*PAGES, *in_turn[LOOKS.index((width, scheme, language)) % 2 :: 2]]
    found = [line for address in pages for line in faults(inside, address, width)]
    outside, _say = visits.open(None, language, **options)
    found += [line for address in OUTSIDE for line in faults(outside, address, width)]
    assert not found, "\n".join(found)


def test_a_replayed_file_and_a_refused_one_look_right_too(visits: Visits) -> None:
    page, _say = visits.open("manager", "ja", viewport={"width": 375, "height": 800})
    page.goto("/replay/")
    template = page.request.get("/replay/template").body()
    for name, content in (("organisation.yaml", template), ("broken.yaml", b"schema: [")):
        page.goto("/replay/")
        page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/yaml", "buffer": content}
        )
        page.locator("#try form button").click()
        page.wait_for_url("**/replay/try")
        page.evaluate(AXE_SCRIPT)
        found: Any = page.evaluate("rules => axe.run(document, rules)", RULES)
        assert [fault["id"] for fault in found["violations"]] == []
        assert page.evaluate(WIDER) == []
