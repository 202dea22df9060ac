"""Everything asks who you are; language and time zone are the person's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from kizuki.accounts.actions import create_key

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/account/", "/jobs/", "/journal/?x=1", "/no/such/page", "/account/people/1/"])
def test_pages_send_strangers_to_sign_in_and_back(path: str, anonymous: Any) -> None:
    response = anonymous.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in/")
    assert ("next=" in response["Location"]) is (path != "/")


def test_health_and_language_are_open(anonymous: Any) -> None:
    assert anonymous.get("/healthz").status_code == 200
    response = anonymous.post("/language", {"language": "ja", "next": "/account/sign-in/"})
    assert response.status_code == 302
    assert '<html lang="ja">' in anonymous.get("/account/sign-in/").content.decode()


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(anonymous: Any) -> None:
    response = anonymous.get("/jobs/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (401, "/account/sign-in/")


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("http://testserver/incidents/INC-1?lane=it", "?next=%2Fincidents%2FINC-1%3Flane%3Dit"), ("http://testserver/", ""),
        ("https://evil.example/x", ""), ("http://testserver//evil.example/x", ""), ("//testserver/x", "?next=%2Fx"),
        ("http://[", ""), ("nonsense", ""), ("", ""),
    ],
)  # fmt: skip
def test_after_signing_in_the_page_with_the_form_comes_back(address: str, back: str, anonymous: Any) -> None:
    """What is typed into it comes back too (kizuki.js); another site's page never does."""
    sent = anonymous.post("/incidents/INC-1/decisions/new", {"x": "y"}, headers={"Referer": address})
    assert sent["Location"] == f"/account/sign-in/{back}"
    part = anonymous.get("/jobs/", headers={"HX-Request": "true", "HX-Current-URL": address})
    assert part["HX-Redirect"] == f"/account/sign-in/{back}"


def test_the_api_answers_401_in_json(anonymous: Any) -> None:
    for headers in ({}, {"Authorization": "Bearer kzk_00000000_" + "x" * 43}, {"Authorization": "Basic abc"}):
        response = anonymous.get("/api/anything", headers=headers)
        assert response.status_code == 401
        assert response.json()["detail"]
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_key_opens_the_api_and_nothing_else(cast: Any, anonymous: Any) -> None:
    until = timezone.now() + timedelta(days=1)
    _, text = create_key(person=cast.manager, name="k", scope="read", expires_at=until, by=cast.manager)
    headers = {"Authorization": f"Bearer {text}"}
    assert anonymous.get("/api/anything", headers=headers).status_code == 404, "past the gate; there is no such page"
    assert anonymous.post("/api/anything", headers=headers).status_code == 403
    assert anonymous.get("/account/", headers=headers).status_code == 302


def test_a_session_does_not_excuse_a_bad_key(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    assert client.get("/api/anything", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_the_switch_wins_over_the_persons_language(cast: Any, signed_in: Any) -> None:
    cast.manager.language = "ja"
    cast.manager.save()
    client = signed_in(cast.manager)
    assert '<html lang="ja">' in client.get("/jobs/").content.decode()
    client.post("/language", {"language": "en", "next": "/jobs/"})
    assert '<html lang="en">' in client.get("/jobs/").content.decode()


def test_nothing_of_a_request_stays_behind(cast: Any, signed_in: Any) -> None:
    zone, language = timezone.get_current_timezone_name(), translation.get_language()
    cast.manager.time_zone = "America/New_York"
    cast.manager.save()
    signed_in(cast.manager).get("/jobs/")
    assert (timezone.get_current_timezone_name(), translation.get_language()) == (zone, language)
