"""The journal's pages: who sees them, filters, paging, files."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from kizuki.accounts.actions import (
    change_role,
    create_key,
    create_person,
    make_first_link,
    note_sign_in,
    update_profile,
)
from kizuki.casebook.actions import remove_case
from kizuki.casebook.models import Case
from kizuki.demo.actions import load_company, load_library
from kizuki.journal import words
from kizuki.journal.actions import record
from kizuki.journal.filters import PAGE
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db
PATHS = ["/journal/", "/journal/1/", "/journal/file.csv", "/journal/file.jsonl"]


@pytest.fixture
def entries(cast: Any) -> None:
    record(by=cast.manager, room="accounts", verb="change_role", obj=cast.reporter, data={"to": "manager"})
    record(by="=cmd|' /C calc'!A0", room="journal", verb="verify", data={"n": 1})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("role", "status"),
    [("reporter", 404), ("responder", 404), ("manager", 404), ("executive", 404), ("auditor", 200),
     ("administrator", 200)],
)  # fmt: skip
def test_who_may_see(path: str, role: str, status: int, cast: Any, signed_in: Any, entries: None) -> None:
    assert signed_in(getattr(cast, role)).get(path).status_code == status


@pytest.mark.parametrize("path", PATHS)
def test_anonymous_is_sent_to_sign_in(path: str, anonymous: Any) -> None:
    response = anonymous.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in/?next=")


def test_filters_narrow(cast: Any, signed_in: Any, entries: None) -> None:
    client = signed_in(cast.auditor)
    page = client.get("/journal/", {"act": "accounts.change_role", "who": "manag"})
    assert [entry.seq for entry in page.context["page"].entries] == [1]
    page = client.get("/journal/", {"room": "journal"})
    assert [entry.seq for entry in page.context["page"].entries] == [2]
    page = client.get("/journal/", {"since": "2000-01-01", "until": "2000-01-02"})
    assert page.context["page"].entries == []


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"before": "x"}, {"before": "9" * 40}, {"act": "no.such"}])
def test_nonsense_is_answered_calmly(query: dict[str, str], cast: Any, signed_in: Any, entries: None) -> None:
    assert signed_in(cast.auditor).get("/journal/", query).status_code == 200


def test_pages_follow_without_gap(cast: Any, signed_in: Any) -> None:
    for n in range(PAGE + 5):
        record(by="test", room="journal", verb="try", data={"n": n})
    client = signed_in(cast.auditor)
    first = client.get("/journal/").context["page"]
    second = client.get("/journal/", {"before": first.after}).context["page"]
    assert [entry.seq for entry in first.entries + second.entries] == list(range(PAGE + 5, 0, -1))
    assert second.after is None


def test_csv_holds_no_formula(cast: Any, signed_in: Any, entries: None) -> None:
    response = signed_in(cast.auditor).get("/journal/file.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[1]["actor_name"].startswith("'=cmd")
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_json_holds_everything(cast: Any, signed_in: Any, entries: None) -> None:
    response = signed_in(cast.auditor).get("/journal/file.jsonl")
    lines = [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]
    assert [line["seq"] for line in lines] == [1, 2]
    assert lines[0]["data"] == {"to": "manager"}


def test_the_list_asks_few_questions(
    cast: Any, signed_in: Any, entries: None, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.auditor)
    with django_assert_max_num_queries(6):
        client.get("/journal/")


def test_the_page_is_japanese_for_those_who_read_it(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.auditor)
    client.cookies["kizuki_language"] = "ja"
    assert client.get("/journal/").content.startswith(b'<!doctype html>\n<html lang="ja">')


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", {"E-mail address": "new@example.org", "Role": "executive"}),
        ("ja", {"メールアドレス": "new@example.org", "役割": "経営層"}),
    ],
)
def test_details_are_told_in_words(language: str, told: dict[str, str], cast: Any, signed_in: Any) -> None:
    create_person(email="new@example.org", name="New", role="executive", by=cast.administrator)
    entry = Entry.objects.get(verb="create_person")
    client = signed_in(cast.auditor, headers={"Accept-Language": language})
    cast.auditor.language = language
    cast.auditor.save()
    page = client.get(f"/journal/{entry.seq}/").content.decode()
    for name, value in told.items():
        assert f'<th scope="row">{name}</th><td>{value}</td>' in page
    assert "<code>email</code>" not in page


def test_every_detail_of_a_first_day_has_a_name(cast: Any) -> None:
    """What setting up, people, keys, cases, the register and the queue write into the journal."""
    load_library()
    load_company()
    person = create_person(email="new@example.org", name="New", role="executive", by=cast.administrator)
    make_first_link(person=person, by=cast.administrator)
    change_role(person=person, role="auditor", version=person.version, by=cast.administrator)
    update_profile(person=person, name="N", language="en", time_zone="UTC", version=person.version, by=person)
    create_key(person=person, name="k", scope="read", expires_at=timezone.now() + timedelta(days=1), by=person)
    note_sign_in(person=person, succeeded=True, how="totp", address="192.0.2.1", agent="x")
    remove_case(case=Case.objects.get(slug="nisc-h"), by=cast.manager)
    found = {(entry.room, entry.verb, key) for entry in Entry.objects.all() for key in entry.details}
    assert len({room for room, _, _ in found}) >= 3
    assert {(room, verb, key) for room, verb, key in found if words.detail_name(key) is None} == set()


def test_values_are_told_in_words() -> None:
    translation.activate("en")
    assert words.detail_value("language", ["ja", "en"]) == "日本語, English"
    assert words.detail_value("x", {"role": "auditor", "y": True}) == "Role: auditor; y: yes"
    assert words.detail_value("x", None) == words.detail_value("x", []) == "–"
