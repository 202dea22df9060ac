"""The register in a real browser: a thing is recorded, changed by two at once, put right, changed with many others, and taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from e2e.conftest import LANGUAGES, Visits


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_asset_from_the_first_line_to_the_last(language: str, visits: Visits) -> None:
    page, say = visits.open("manager", language)
    name = f"Trial {language}"
    page.goto("/register/assets/")
    page.keyboard.press("n")
    page.wait_for_url("**/register/assets/new")
    page.locator("#id_name_ja").fill(name)
    page.locator("#id_name_en").fill(name)
    page.get_by_role("button", name=say("Save")).click()
    expect(page.locator("#id_kind:invalid")).to_have_count(1)
    expect(page.locator("#id_name_en")).to_have_value(name)
    page.locator("#id_kind").select_option("pc")
    page.locator("#id_unit").select_option("sales")
    page.get_by_role("button", name=say("Save")).dblclick()
    page.wait_for_url(re.compile(r"/register/assets/\d+/$"))
    expect(page.locator("h1")).to_contain_text(name)

    other, _say = visits.open("administrator", language)
    other.goto(page.url + "edit")
    page.keyboard.press("e")
    page.wait_for_url("**/edit")
    page.locator("#id_os").fill("Debian 12")
    page.get_by_role("button", name=say("Save")).click()
    other.locator("#id_os").fill("Debian 13")
    other.locator("#id_model").fill("R640")
    other.get_by_role("button", name=say("Save")).click()
    expect(other.locator("#id_os-error")).to_contain_text("Debian 12")
    expect(other.locator("#id_model")).to_have_value("R640")
    other.get_by_role("button", name=say("Save")).click()
    expect(other.locator("#history")).to_contain_text("Debian 13")
    other.locator("#history").get_by_role("button", name=say("Undo"), exact=True).first.click()
    expect(other.locator(".defs").first).to_contain_text("Debian 12")

    other.get_by_role("link", name=say("Take out")).click()
    other.get_by_role("button", name=say("Take out")).click()
    other.get_by_role("button", name=say("Undo: bring it back")).click()
    expect(other.locator("h1")).to_contain_text(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_are_changed_and_taken_back_with_and_without_a_script(language: str, visits: Visits) -> None:
    page, say = visits.open("manager", language, java_script_enabled=language == "en")
    page.goto("/register/assets/?kind=network-device&unit=thai")
    rows = page.locator("td.tick input")
    count = rows.count()
    assert count > 1
    for n in range(2):
        rows.nth(n).check()
    page.get_by_role("button", name=say("Change those ticked")).click()
    page.locator("#id_field").select_option("lifecycle")
    page.get_by_role("button", name=say("Go on")).click()
    page.locator("#id_lifecycle").select_option("in use")
    page.locator("button[name=apply]").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name=say("Undo all of it")).click()
    expect(page.locator(".stand")).to_contain_text(say("undone"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_answers_for_a_unit_sees_that_unit_and_nothing_else(language: str, visits: Visits) -> None:
    page, _say = visits.open("reporter", language)
    page.goto("/register/assets/")
    text = page.locator("table").inner_text()
    assert "files-sales" in text
    assert "dc1" not in text
    assert page.goto("/register/units/") is not None
    expect(page.locator("tbody tr")).to_have_count(1)


def test_five_questions_on_a_phone(visits: Visits) -> None:
    page, say = visits.open("reporter", "ja", viewport={"width": 375, "height": 700})
    page.goto("/register/assets/?q=files-sales")
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name=say("Judge the importance")).click()
    for question in page.locator("main fieldset.field").all():
        question.locator("input[type=radio]").nth(1).check()
    page.get_by_role("button", name=say("See what follows")).click()
    page.get_by_role("button", name=say("Record this")).click()
    expect(page.locator("#history")).to_contain_text(say("Importance"))
