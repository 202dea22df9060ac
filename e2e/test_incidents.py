"""An incident in a real browser, from the first line to the last: typed, corrected, worked through, judged, reviewed, closed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from e2e.conftest import Reader, Visits
from e2e.test_looks import RULES, WIDER

#: Lines in the reader's words: whole, without the kind of act, typed while there is no connection.
LINES = {
    "ja": ("IT 検知 共有フォルダに身代金要求の文書 !把握", "ファイルサーバーのLANを抜いた", "IT 封じ込め 全拠点のVPNを止めた >経営"),
    "en": (
        "it detect Ransom notes on the shared drive !noticed", "Unplugged the file server",
        "it contain VPN of all sites stopped >executive",
    ),
}  # fmt: skip
OFFLINE = re.compile(r"htmx:(sendError|afterRequest)|ERR_INTERNET_DISCONNECTED")
NOTICED = {"ja": "共有フォルダに身代金要求の文書", "en": "Ransom notes on the shared drive"}
NEW = {"ja": "ファイルサーバーをネットワークから切り離した", "en": "Took the file server off the network"}
STOPPED = {"ja": "全拠点のVPNを止めた", "en": "VPN of all sites stopped"}


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands."""
    page.evaluate(AXE_SCRIPT)
    found: Any = page.evaluate("rules => axe.run(document, rules)", RULES)
    lines = [f"{fault['id']}: {node['target']}" for fault in found["violations"] for node in fault["nodes"][:3]]
    return [f"{page.url} {line}" for line in [*lines, *page.evaluate(WIDER)]]


def opened(reader: Reader, title: str) -> str:
    """A new incident of ransomware; gives its address."""
    page, say = reader
    page.goto("/incidents/new")
    page.locator("#id_title").fill(title)
    page.locator("#id_kind").select_option("ransomware")
    page.get_by_role("button", name=say("Open the incident")).click()
    page.wait_for_url(re.compile(r"/incidents/INC-\d{4}-\d+$"))
    return page.url


def send(page: Page, line: str) -> None:
    page.locator("#id_line").fill(line)
    page.locator("#id_line").press("Enter")


def row(page: Page, text: str) -> Any:
    return page.locator("#timeline tr", has_text=text)


def write_lines(reader: Reader, language: str) -> None:
    """Three lines: one whole, one in which something is missing, one without a connection."""
    page, say = reader
    whole, partly, offline = LINES[language]
    send(page, whole)
    expect(row(page, NOTICED[language])).to_have_count(1)
    expect(page.locator("#id_line")).to_have_value("")

    send(page, partly)
    kind = page.locator("#parse select[name=kind]")
    expect(kind).to_be_visible()
    expect(page.locator("#id_line")).to_have_value(partly)
    kind.select_option("contain")
    lane = page.locator("#parse select[name=lane]")
    if lane.count():
        lane.select_option("it")
    page.locator("#entry .send-line").click()
    expect(row(page, partly)).to_have_count(1)

    page.context.set_offline(True)
    send(page, offline)
    expect(page.locator("[data-trouble]")).to_contain_text(
        say("Not sent: no connection. Your line is still here and kept in this browser; send it again.")
    )
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#id_line")).to_have_value(offline)
    page.locator("#id_line").press("Enter")
    expect(row(page, STOPPED[language])).to_have_count(1)


def correct(page: Page, address: str, old: str, new: str) -> None:
    """Another text in place of the old one, and a milestone at it."""
    page.goto(address)
    row(page, old).locator("a[href*='/entries/']").first.click()
    page.locator("#correct summary").click()
    page.locator("#correct-text").fill(new)
    page.locator("#correct button").click()
    page.wait_for_url(re.compile(r"/incidents/INC-\d{4}-\d+#e\d+$"))
    expect(row(page, new)).to_have_count(1)
    expect(row(page, old)).to_have_count(1)  # in the same line, as what it said before
    row(page, new).locator("a[href*='/entries/']").first.click()
    page.locator("#milestone summary").click()
    page.locator("#milestone select[name=name]").select_option("contained")
    page.locator("#milestone button").click()
    expect(row(page, new).locator(".ms")).to_have_count(1)


def work(page: Page, address: str, language: str) -> None:
    """A procedure begun, its first task done, and a decision."""
    page.goto(f"{address}/tasks")
    page.locator("form[action$='/tasks/begin']:has([value=ransomware]) button").click()
    first = page.locator("tr[data-row] th a").first
    expect(first).to_be_visible()
    first.click()
    page.locator("#finish textarea").fill("203.0.113.9")
    page.locator("#finish form > p button").click()
    page.wait_for_url(re.compile("/(tasks|decisions)"))
    page.goto(f"{address}/decisions/new")
    for name, text in (
        ("question", "VPN?"),
        ("option_1", "A"),
        ("option_2", "B"),
        ("reason", "C"),
        ("decided_by", "D"),
    ):
        page.locator(f"#id_{name}").fill(text)
    page.locator("#chosen-1").check()
    page.locator("main form.read button.btn-primary").click()
    page.wait_for_url(re.compile(r"/decisions/\d+$"))
    expect(page.locator("main")).to_contain_text("VPN?")


def judge(page: Page, address: str) -> None:
    """Nobody knows anything yet: the criteria take the worst."""
    page.goto(f"{address}/severity")
    page.locator("#judge form:has(.questions) button").click()
    page.wait_for_url(re.compile(r"/severity(#now)?$"))
    expect(page.locator("#now .empty")).to_have_count(0)
    expect(page.locator("#now")).to_contain_text("4")


def end(page: Page, address: str, *, checked: bool) -> list[str]:
    """The review, and closing with a reason for all that is missing."""
    page.goto(f"{address}/review")
    page.locator("#outcome textarea").fill("Z")
    page.locator("form[action*='/review/outcome'] button").click()
    page.locator("#causes details", has=page.locator("#add-causes")).locator("summary").click()
    page.locator("#add-causes").fill("VPN")
    page.locator("#add-causes").locator("xpath=ancestor::form").locator("button").click()
    expect(page.locator("#causes .say li")).to_have_count(1)
    found = faults(page) if checked else []
    page.goto(f"{address}/close")
    for reason in page.locator("main table textarea").all():
        reason.fill("Y")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/incidents/INC-\d{4}-\d+$"))
    expect(page.locator("#entry")).to_have_count(0)
    return found


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ja", 375)])
def test_from_the_first_line_to_the_last(language: str, width: int, visits: Visits) -> None:
    reader = visits.open(
        "responder" if width == 1280 else "manager", language, viewport={"width": width, "height": 800}
    )
    page = reader.page
    address = opened(reader, f"Trial {language} {width}")
    write_lines(reader, language)
    found = faults(page)
    old = LINES[language][1]
    correct(page, address, old, NEW[language])
    work(page, address, language)
    judge(page, address)
    found += faults(page)
    found += [*end(page, address, checked=True), *faults(page)]
    # Without a connection the browser complains; that is what was tried.
    visits.faults[:] = [fault for fault in visits.faults if not OFFLINE.search(fault)]
    assert not found, "\n".join(found)


def test_the_same_without_scripts(visits: Visits) -> None:
    language = "ja"
    reader = visits.open("manager", language, java_script_enabled=False)
    page = reader.page
    address = opened(reader, f"Plain {language}")
    whole, partly, _offline = LINES[language]
    for line in (whole, partly):
        page.locator("#id_line").fill(line)
        page.locator("#entry .send-line").click()
    page.locator("#parse select[name=kind]").select_option("contain")
    if page.locator("#parse select[name=lane]").count():
        page.locator("#parse select[name=lane]").select_option("it")
    page.locator("#entry .send-line").click()
    expect(row(page, NOTICED[language])).to_have_count(1)
    expect(row(page, partly)).to_have_count(1)
    correct(page, address, partly, NEW[language])
    work(page, address, language)
    judge(page, address)
    end(page, address, checked=False)


def test_very_long_words_stay_in_their_place(visits: Visits) -> None:
    reader = visits.open("manager", "en", viewport={"width": 375, "height": 800})
    page = reader.page
    address = opened(reader, "W" * 200)
    send(page, f"it detect {'M' * 3000}")
    expect(row(page, "MMM")).to_have_count(1)
    entry = row(page, "MMM").locator("a[href*='/entries/']").first.get_attribute("href")
    page.goto(f"{address}/tasks/new")
    page.locator("#id_title").fill("T" * 300)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile("/tasks(#t1)?$"))
    found = []
    for where in (
        address,
        str(entry),
        f"{address}/tasks",
        f"{address}/tasks/1",
        f"{address}/wall",
        f"{address}/report",
        "/incidents/",
        "/incidents/mine",
    ):
        page.goto(where)
        found += [f"{where} {line}" for line in page.evaluate(WIDER)]
    assert not found, "\n".join(found)


def _tab_to(page: Page, selector: str, most: int = 150) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_by_keyboard_alone(visits: Visits) -> None:
    page, _say = visits.open("manager", "en")
    page.goto("/incidents/")
    page.keyboard.press("n")
    page.wait_for_url("**/incidents/new")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/incidents/INC-\d{4}-\d+$"))
    address = page.url
    page.keyboard.press("e")
    page.wait_for_function("() => document.activeElement.id === 'id_line'")
    page.keyboard.type("it contain pulled the plug of #dc")
    expect(page.locator("#parse [data-word]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("!contained")
    page.keyboard.press("Enter")
    entry = row(page, "pulled the plug of")
    expect(entry).to_have_count(1)
    expect(entry.locator(".ms")).to_have_count(1)
    page.goto(f"{address}/tasks")
    _tab_to(page, "form[action$='/tasks/begin'] button")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row]").first).to_be_visible()
    page.keyboard.press("j")
    page.wait_for_function("() => document.activeElement.matches('tr[data-row] th a')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tasks/1$"))
    _tab_to(page, "#finish textarea")
    page.keyboard.type("Done by keyboard")
    _tab_to(page, "#finish button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(address)
    expect(row(page, "Done by keyboard")).to_have_count(1)
