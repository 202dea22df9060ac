"""The main way through: in by a link, read a case, find others, see the replay and what to do first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import LANGUAGES, Site, Visits

WORD = {"ja": "バックアップ", "en": "backup"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_by_a_link_then_a_case_its_measure_and_the_search(language: str, visits: Visits, site: Site) -> None:
    page, say = visits.open(None, language)
    page.goto(site.new_link(f"new-{language}@example.org"))
    page.locator("main form button").click()
    page.get_by_role("link", name=say("Later")).click()
    expect(page).to_have_url(re.compile(r"/cases/$"))
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("table.cases tbody tr")).to_have_count(8)

    page.locator("table.cases a[href='/cases/nisc-h']").click()
    for section in ("overview", "situation", "timeline", "summary", "attack", "times"):
        expect(page.locator(f"#{section}")).to_be_visible()
    expect(page.locator("#situation svg").first).to_be_visible()
    measure = page.locator("#summary a.ref").first
    mark = measure.locator("b").inner_text()
    measure.click()
    expect(page.locator("main")).to_contain_text(mark)
    expect(page).to_have_url(re.compile(f"/measures/{mark}$"))

    page.goto("/cases/")
    _search(page, WORD[language])
    found = page.locator("table.cases tbody tr")
    before = found.count()
    assert before >= 1
    _tick_the_first_facet(page)
    assert 1 <= found.count() <= before


def _search(page: Page, text: str) -> None:
    box = page.locator("input[type=search]")
    box.fill(text)
    box.press("Enter")
    page.wait_for_url("**/cases/?q=*")


def _tick_the_first_facet(page: Page) -> None:
    """Ticking acts at once; the list is then as long as the facet had said."""
    choice = page.locator("form.facets label.opt").first
    said = int(choice.locator("span").last.inner_text())
    choice.locator("input").check()
    page.wait_for_url(re.compile(r"[?&](sector|level|cause|profile|kind|result)="))
    expect(page.locator("table.cases tbody tr")).to_have_count(said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["バックアップ", "backup"])
def test_both_languages_find_from_both(language: str, word: str, visits: Visits) -> None:
    page, _say = visits.open("reporter", language)
    page.goto("/cases/")
    _search(page, word)
    assert page.locator("table.cases tbody tr").count() >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_overview_to_one_replay_to_priorities(language: str, visits: Visits) -> None:
    page, say = visits.open("manager", language)
    page.goto("/replay/")
    rows = page.locator("table.cases tbody tr")
    expect(rows).to_have_count(8)
    for row in rows.all():
        expect(row.locator(".v").first).not_to_be_empty()
    rows.locator("a[href='/replay/case/nisc-h']").first.click()
    expect(page.locator("table.rp tbody tr").first).to_be_visible()
    expect(page.locator("p .big-v")).to_be_visible()
    page.get_by_role("link", name=say("See the priorities")).click()
    expect(page.locator("table.tbl").first).to_be_visible()
    expect(page.locator("h1")).to_have_text(say("What to find out, and what to do first"))


def test_the_language_switch_keeps_the_page(visits: Visits) -> None:
    page, _say = visits.open("manager", "ja")
    address = "/cases/nisc-h?for=executive"
    page.goto(address)
    for language in ("en", "ja", "en"):
        page.locator("form.switch button").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.url.endswith(address)


def test_a_search_keeps_its_words_when_the_language_changes(visits: Visits) -> None:
    page, _say = visits.open("manager", "en")
    page.goto("/cases/?q=バックアップ&level=advanced")
    page.locator("form.switch button").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("input[type=search]")).to_have_value("バックアップ")


def _tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Press Tab until the focus is where the selector says; the focus must be seen on the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            assert page.evaluate("() => document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_everything_by_keyboard_alone(visits: Visits, site: Site) -> None:
    page, _say = visits.open(None, "en")
    page.goto(site.new_link("keyboard@example.org"))
    _tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/password/first/")
    _tab_to(page, "main a[href='/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/")

    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.type") == "search"
    page.keyboard.type("backup")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/?q=backup")
    _tab_to(page, "table.cases a.t")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/nisc-\w(#.*)?$"))
    _tab_to(page, "#summary a.ref", 400)
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/*")

    page.keyboard.press("?")
    page.wait_for_url("**/keys")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/replay/")
    _tab_to(page, "a[href^='/replay/case/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/replay/case/*")
    _tab_to(page, "main a[href='/replay/priorities']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/replay/priorities")
    assert page.evaluate("() => scrollX") == 0


def test_the_skip_link_leads_to_the_content(visits: Visits) -> None:
    page, _say = visits.open("manager", "en")
    page.goto("/cases/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def _options(**extra: Any) -> dict[str, Any]:
    return {"java_script_enabled": False, **extra}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_main_way_without_scripts(language: str, visits: Visits, site: Site) -> None:
    page, say = visits.open(None, language, **_options())
    page.goto(site.new_link(f"plain-{language}@example.org"))
    page.locator("main form button").click()
    page.get_by_role("link", name=say("Later")).click()
    page.locator("input[type=search]").fill(WORD[language])
    page.locator("input[type=search]").press("Enter")
    expect(page.locator("table.cases tbody tr").first).to_be_visible()
    page.locator("form.facets label.opt input").first.check()
    page.locator("form.facets button").click()
    expect(page.locator("table.cases tbody tr").first).to_be_visible()
    page.locator("table.cases a.t").first.click()
    expect(page.locator("#summary")).to_be_visible()
    page.locator("form.switch button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en" if language == "ja" else "ja")
    page.goto("/replay/")
    page.locator("input[type=file]").set_input_files(
        {"name": "organisation.yaml", "mimeType": "application/yaml", "buffer": _template(page)}
    )
    page.locator("#try form button").click()
    expect(page.locator("details.told")).to_have_count(8)


def _template(page: Page) -> bytes:
    return bytes(page.request.get("/replay/template").body())
