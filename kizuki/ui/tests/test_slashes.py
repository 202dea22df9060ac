"""Addresses with and without a slash at their end lead to the same page, and to no other site."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast: Any, signed_in: Any) -> Client:
    import_cases(documents=cases(), by="test")
    made: Client = signed_in(cast.manager)
    return made


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("/cases/nisc-h/", "/cases/nisc-h"),
        ("/cases/nisc-h//", "/cases/nisc-h"),
        ("/cases/nisc-h/?for=executive", "/cases/nisc-h?for=executive"),
        ("/cases/glossary/", "/cases/glossary"),
        ("/replay/priorities/", "/replay/priorities"),
        ("/cases", "/cases/"),
        ("/cases?q=x", "/cases/?q=x"),
        ("/account/people", "/account/people/"),
    ],
)
def test_the_other_form_leads_to_the_page(wrong: str, right: str, client: Client) -> None:
    answer = client.get(wrong)
    assert (answer.status_code, answer.headers["Location"]) == (301, right)


@pytest.mark.parametrize(
    "path", ["/nothing/", "/cases/nisc-x", "/nothing", "//example.org/", "///example.org/cases/nisc-h/"]
)
def test_what_is_not_there_stays_missing(path: str, client: Client) -> None:
    assert client.get("/", PATH_INFO=path).status_code == 404


@pytest.mark.parametrize(
    "path", ["//example.org/..", "//example.org//", "/\\example.org/", "//cases/nisc-h/", "//example.org/cases/"]
)
def test_nothing_leads_to_another_site(path: str, client: Client) -> None:
    location = client.get("/", PATH_INFO=path).headers.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_a_form_that_was_sent_is_not_led_on(client: Client) -> None:
    assert client.post("/cases/nisc-h/remove/").status_code == 404
