"""What the pages of the casebook say to whom."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> None:
    import_cases(documents=cases(), by="test")


def text_of(response: Any) -> str:
    """The page's words, without marks and runs of space."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_executives_read_when_leaders_decided(library: None, cast: Any, signed_in: Any) -> None:
    page = text_of(signed_in(cast.executive).get("/cases/for/executive"))
    told = page[page.index("The CISO was told of the incident.") :]
    assert re.match(r"The CISO was told of the incident\. day 1 16:00 \(\+4 h\) · ", told)
    assert "day 3 (+2 days)" in page


@pytest.mark.parametrize(
    ("role", "shown"),
    [("manager", True), ("administrator", True), ("reporter", False), ("executive", False), ("auditor", False)],
)
def test_import_is_shown_only_to_those_who_may(
    role: str, shown: bool, library: None, cast: Any, signed_in: Any
) -> None:
    client = signed_in(getattr(cast, role))
    assert ('href="/cases/import"' in client.get("/cases/").content.decode()) == shown
    assert client.get("/cases/import").status_code == (200 if shown else 403)


@pytest.mark.parametrize("text", ["ransomware", "ランサムウェア", "パスワード"])
def test_what_was_found_is_shown_in_the_language_of_the_page(
    text: str, library: None, cast: Any, signed_in: Any
) -> None:
    page = signed_in(cast.manager).get("/cases/", {"q": text}).content.decode()
    said = re.findall(r'<span class="quiet">(.*?)</span></td>', page)
    assert len(said) == 4
    assert not any(re.search("[ぁ-ん]", sentence) for sentence in said)


def test_the_job_of_a_pdf_names_its_case(library: None, cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    answer = client.post("/cases/nisc-h/pdf?language=ja")
    for address in (answer.headers["Location"], "/jobs/"):
        assert "PDF of the case nisc-h in Japanese" in text_of(client.get(address))
