"""All incidents: who finds which, filters, order, pages, CSV and JSON; opening one."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents.actions import change_incident, give_role, open_incident, set_severity
from kizuki.incidents.models import Incident
from kizuki.register.models import Organisation

SignIn = Callable[[Person], Client]


@pytest.fixture
def four(small: Organisation, cast: Cast) -> dict[str, Incident]:
    """Alpha: grave; Beta: an exercise that nobody has judged; Gamma: closed; Delta: restricted, led by the manager."""
    alpha = open_incident(title="Alpha", kind="insider", by=cast.responder)
    set_severity(incident=alpha, severity=4, reason="x", by=cast.responder)
    change_incident(incident=alpha, version=alpha.version, stand="printer", by=cast.responder)
    beta = open_incident(title="Beta", exercise=True, by=cast.responder)
    gamma = open_incident(title="Gamma", by=cast.manager)
    Incident.objects.filter(pk=gamma.pk).update(
        status="closed", closed_at=timezone.now(), severity=2, opened_at=dt.datetime(2026, 1, 5, 3, tzinfo=dt.UTC)
    )
    delta = open_incident(title="Delta", restricted=True, by=cast.manager)
    return {"A": alpha, "B": beta, "G": gamma, "D": delta}


def titles(client: Client, query: str) -> str:
    page = client.get(f"/incidents/?{query}").content.decode()
    return "".join(name[0] for name in re.findall(r'<a class="bare" href="[^"]+">(\w+)</a>', page))


def test_filters_and_order(four: dict[str, Incident], cast: Cast, signed_in: SignIn) -> None:
    expected = {
        "": "BA", "status=all": "BAG", "status=closed": "G", "status=all&severity=3%2B": "A", "status=all&severity=2": "G",
        "status=all&severity=0": "B", "kind=insider": "A", "lead=me": "BA", "lead=member": "BA", "lead=nobody": "",
        "exercise=no": "A", "exercise=only": "B", "q=alph": "A", "q=PRINTER": "A", "q=nothing": "",
        "status=all&since=2026-01-05&until=2026-01-05": "G", "status=all&until=2026-01-04": "", "since=nonsense": "BA",
        "status=nonsense&severity=99&sort=evil": "BA", "status=all&sort=opened": "GAB", "status=all&sort=-severity": "BAG",
        "status=all&sort=number": "ABG", "until=9999-12-31": "BA", "q=%00": "BA",
    }  # fmt: skip
    client = signed_in(cast.responder)
    assert {query: titles(client, query) for query in expected} == expected
    assert titles(client, f"q={four['A'].number}") == "A"
    assert "Not judged yet" not in client.get("/incidents/").content.decode(), "exercises count in nothing"
    open_incident(title="Epsilon", by=cast.responder)
    assert '<a href="?severity=0">Not judged yet how grave: 1</a>' in client.get("/incidents/").content.decode()
    assert set(titles(signed_in(cast.manager), "status=all")) == set("ABGDE"), "its members find what is restricted"


@pytest.mark.parametrize("role", ["responder", "executive", "auditor", "administrator", "reporter"])
def test_what_is_restricted_is_nowhere(role: str, four: dict[str, Incident], cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(getattr(cast, role))
    for query in ("status=all", "status=all&q=Delta", "status=all&format=csv", "status=all&format=json"):
        response: Any = client.get(f"/incidents/?{query}")
        text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
        assert ">Delta<" not in text
        assert four["D"].number not in text
    assert client.get(f"/incidents/{four['D'].number}").status_code == 404
    assert "2 open" not in client.get("/incidents/").content.decode(), "it is in no count either"


def test_csv_and_json_have_the_same_rows_and_no_formulas(
    four: dict[str, Incident], cast: Cast, signed_in: SignIn
) -> None:
    bad = '=HYPERLINK("http://evil.example")'
    change_incident(incident=four["A"], version=four["A"].version, title=bad, stand="@SUM(1)", by=cast.responder)
    client = signed_in(cast.responder)
    response: Any = client.get("/incidents/?format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == ["Beta", f"'{bad}"]
    assert rows[1]["stand"] == "'@SUM(1)"
    response = client.get("/incidents/?format=json")
    read = json.loads(b"".join(response.streaming_content))
    assert [row["title"] for row in read] == ["Beta", bad]
    assert read[1]["severity"] == 4
    response = client.get("/incidents/?format=json&q=nothing")
    assert json.loads(b"".join(response.streaming_content)) == []


def test_pages_of_fifty_with_few_queries(
    small: Organisation, cast: Cast, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for n in range(55):
        open_incident(title=f"Number{n}", by=cast.responder)
    client = signed_in(cast.responder)
    client.get("/incidents/")
    with django_assert_max_num_queries(8):
        first = client.get("/incidents/").content.decode()
    assert first.count('<th scope="row">') == 50
    assert "Page 1 of 2" in first
    assert client.get("/incidents/?page=2").content.decode().count('<th scope="row">') == 5
    assert client.get("/incidents/?page=9999").status_code == 200
    response: Any = client.get("/incidents/?format=csv")
    assert len(b"".join(response.streaming_content).splitlines()) == 56


def test_an_empty_list_teaches(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.responder).get("/incidents/").content.decode()
    assert "No incident is open" in page
    assert 'href="/incidents/new"' in page
    assert 'href="/incidents/new"' not in signed_in(cast.executive).get("/incidents/").content.decode()


def test_the_masthead_leads_there(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    assert '<a href="/incidents/"' in signed_in(cast.executive).get("/cases/").content.decode()


def test_opening_one(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    page = client.get("/incidents/new").content.decode()
    once = re.search(r'name="once" value="(\w+)"', page)
    assert once
    sent = {
        "title": "Smoke",
        "kind": "other",
        "tlp": "red",
        "zone": "Europe/Berlin",
        "day_one": "2026-11-20",
        "once": once[1],
    }
    for _n in range(2):
        response = client.post("/incidents/new", {**sent, "restricted": "on", "exercise": "on"})
    made = Incident.objects.get()
    assert response["Location"] == f"/incidents/{made.number}"
    assert (made.title, made.tlp, made.zone, str(made.day_one)) == ("Smoke", "red", "Europe/Berlin", "2026-11-20")
    assert (made.restricted, made.exercise, made.lead) == (True, True, cast.responder)
    child = client.post("/incidents/new", {**sent, "once": "2", "parent": made.number})
    assert child.status_code == 302
    assert Incident.objects.get(once="2").parent == made


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"title": "x" * 201}, {"kind": "fire"}, {"zone": "Mars"}, {"day_one": "never"}, {"tlp": "white"},
     {"parent": "INC-2026-999"}, {"once": "x" * 65}],
)  # fmt: skip
def test_what_cannot_be_opened_keeps_what_was_typed(
    changes: dict[str, str], small: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    sent = {"title": "Typed", "kind": "other", "tlp": "amber", "zone": "Asia/Tokyo", **changes}
    response = signed_in(cast.responder).post("/incidents/new", sent)
    assert response.status_code == 422
    assert sent["title"][:50] in response.content.decode()
    assert not Incident.objects.exists()


def test_a_hidden_incident_is_no_parent(four: dict[str, Incident], cast: Cast, signed_in: SignIn) -> None:
    sent = {"title": "Typed", "kind": "other", "tlp": "amber", "zone": "Asia/Tokyo", "parent": four["D"].number}
    assert signed_in(cast.responder).post("/incidents/new", sent).status_code == 422
    give_role(incident=four["D"], person=cast.responder, role="reader", by=cast.manager)
    assert signed_in(cast.responder).post("/incidents/new", sent).status_code == 302


def test_without_an_organisation_it_says_so(cast: Cast, signed_in: SignIn) -> None:
    sent = {"title": "Typed", "kind": "other", "tlp": "amber", "zone": "Asia/Tokyo"}
    response = signed_in(cast.responder).post("/incidents/new", sent)
    assert response.status_code == 422
    assert "There is no organisation yet" in response.content.decode()
