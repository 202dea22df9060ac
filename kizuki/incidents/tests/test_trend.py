"""Figures over many incidents: what counts, what is narrowed, what nobody learns from them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.incidents.actions import add_entry, mark_milestone, merge_incident, open_incident
from kizuki.incidents.models import Incident
from kizuki.incidents.trend import all_periods, document, period_of, table, trend
from kizuki.register.models import Organisation

SignIn = Callable[[Person], Client]
PATH = "/incidents/figures"
#: What is another in every answer: the token against forged requests.
CHANGING = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]*')


def had(by: Person, opened: str, minutes: int | None, **more: object) -> Incident:
    """An incident of that day, contained so many minutes after it was noticed."""
    at = dt.datetime.fromisoformat(f"{opened}T09:00+09:00")
    incident = open_incident(title=f"x {opened}", by=by, **more)  # type: ignore[arg-type]
    if minutes is not None:
        for name, moment in (("noticed", at), ("contained", at + dt.timedelta(minutes=minutes))):
            entry = add_entry(incident=incident, text=name, lane="it", kind="contain", at=moment.isoformat(), by=by)
            mark_milestone(entry=entry, name=name, by=by)
    Incident.objects.filter(pk=incident.pk).update(opened_at=at)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def some(small: Organisation, cast: Cast) -> list[Incident]:
    """Five of this year and last; a drill, one that was merged, one that is restricted."""
    by, year = cast.manager, timezone.localdate().year
    made = [
        had(by, f"{year - 1}-03-10", 60), had(by, f"{year - 1}-03-20", 120), had(by, f"{year - 1}-04-02", 240, kind="insider"),
        had(by, f"{year - 1}-12-31", 480), had(by, f"{year - 1}-06-01", None),
    ]  # fmt: skip
    had(by, f"{year - 1}-05-05", 1, exercise=True)
    gone = had(by, f"{year - 1}-05-06", 2)
    merge_incident(incident=gone, into=made[0], version=gone.version, by=by)
    had(cast.responder, f"{year - 1}-05-07", 9999, restricted=True, kind="lost-device")
    return made


def test_what_counts(some: list[Incident], cast: Cast) -> None:
    visible = Incident.objects.visible_to(cast.manager).counted()
    made = trend(visible, "month")
    year = timezone.localdate().year - 1
    assert (made.whole.n, made.whole.kinds) == (5, {"other": 4, "insider": 1})
    assert [group.name for group in made.periods][:3] == [f"{year}-03", f"{year}-04", f"{year}-05"]
    assert [group.n for group in made.periods] == [2, 1, 0, 1, 0, 0, 0, 0, 0, 1]
    contain = made.whole.spans["contain"]
    assert (contain.n, contain.middle.low, contain.low, contain.high) == (4, 120, 60, 480)
    assert "detect" not in made.whole.spans
    quarters = trend(visible, "quarter")
    assert [(group.name, group.n) for group in quarters.periods] == [
        (f"{year}-Q1", 2), (f"{year}-Q2", 2), (f"{year}-Q3", 0), (f"{year}-Q4", 1),
    ]  # fmt: skip


def test_figures_follow_every_change(some: list[Incident], cast: Cast) -> None:
    visible = Incident.objects.visible_to(cast.manager).counted()
    before = trend(visible, "month").whole.spans["contain"].n
    one = some[4]
    for name in ("noticed", "contained"):
        entry = add_entry(incident=one, text=name, lane="it", kind="contain", by=cast.manager)
        mark_milestone(entry=entry, name=name, by=cast.manager)
    assert trend(visible, "month").whole.spans["contain"].n == before + 1


@pytest.mark.parametrize("role", ["manager", "executive", "auditor", "administrator", "responder"])
def test_figures_keep_what_is_restricted(role: str, some: list[Incident], cast: Cast, signed_in: SignIn) -> None:
    client, member = signed_in(getattr(cast, role)), role == "responder"
    for kind in ("", "&format=csv", "&format=json"):
        text = client.get(f"{PATH}?period=all{kind}").content.decode()
        if kind == "&format=json":
            assert ("lost-device" in text) == member
        assert ("9999" in text or "6.9 days" in text) == member, kind
    told = client.get(f"{PATH}?period=all&format=json").json()
    assert told["whole"]["n"] == (6 if member else 5)


def test_who_is_in_no_incident_learns_of_none(
    cast: Cast, small: Organisation, signed_in: SignIn, request: pytest.FixtureRequest
) -> None:
    """A reporter's page and files are, to the letter, those of an installation that never had an incident."""
    paths = [
        f"{PATH}?period=all{more}{kind}"
        for more in ("", "&by=quarter", "&kind=insider", "&status=open")
        for kind in ("", "&format=csv", "&format=json")
    ]

    def told(person: Person) -> dict[str, str]:
        client = signed_in(person)
        return {path: CHANGING.sub("", client.get(path).content.decode("utf-8-sig")) for path in paths}

    before = told(cast.reporter)
    request.getfixturevalue("some")
    after, others = told(cast.reporter), told(cast.manager)
    assert after == before
    assert all(others[path] != after[path] for path in paths)
    assert json.loads(after[paths[2]]) == {
        "schema": "kizuki/incident-figures/1", "by": "month", "whole": {"n": 0, "kinds": {}, "severities": {}, "spans": {}},
        "periods": [],
    }  # fmt: skip
    assert len(list(csv.reader(io.StringIO(after[paths[1]])))) == 1
    assert "No incident fits." in after[paths[0]]


def test_filters_and_files(some: list[Incident], cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.manager)

    def n(query: str) -> int:
        return int(client.get(f"{PATH}?format=json&{query}").json()["whole"]["n"])

    assert n("period=all") == 5
    assert n("period=all&kind=insider") == 1
    assert n("period=all&severity=3%2B") == 0
    assert n("period=all&status=closed") == 0
    assert n("period=all&status=open&kind=nonsense") == 5
    assert n("") <= 5
    raw = client.get(f"{PATH}?period=all&by=quarter&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert [row["n"] for row in rows] == ["2", "2", "0", "1"]
    assert rows[0]["contain middle_low"] == "60"
    assert rows[2]["contain middle_low"] == ""
    for query in ("?period=all", "?period=all&kind=lost-device", "?by=quarter", ""):
        assert client.get(PATH + query).status_code == 200
    assert "What these figures are" in client.get(f"{PATH}?kind=lost-device").content.decode()


def test_the_casebook_stands_beside(some: list[Incident], cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.manager)
    said = "For comparison: cases of the casebook"
    assert said not in client.get(f"{PATH}?period=all").content.decode()
    import_cases(documents=cases(), by="a test")
    page = client.get(f"{PATH}?period=all").content.decode()
    told = re.findall(rf"{said}</th><td[^>]*>([^<]+)</td>.*?<td class=\"num\"[^>]*>(\d+)</td>", page)
    assert told == [("at most 4 h", "6")]


def test_few_questions(some: list[Incident], cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.manager)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{PATH}?period=all")
    assert len(queries) <= 8


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 2000), st.sampled_from(["month", "quarter"]))
def test_periods_follow_one_another(first: dt.date, days: int, by: str) -> None:
    last = first + dt.timedelta(days=days)
    names = list(all_periods(period_of(first, by), period_of(last, by)))
    assert names == sorted(set(names))
    assert names[0] == period_of(first, by)
    assert names[-1] == period_of(last, by)
    step = 3 if by == "quarter" else 1
    assert len(names) == (last.year * 12 + last.month - 1) // step - (first.year * 12 + first.month - 1) // step + 1


def test_the_same_in_both_files(some: list[Incident], cast: Cast) -> None:
    made = trend(Incident.objects.visible_to(cast.manager).counted(), "month")
    head, *rows = table(made)
    for row, told in zip(rows, document(made, "month")["periods"], strict=True):
        cells = dict(zip(head, row, strict=True))
        assert cells["n"] == told["n"]
        assert {kind: cells[f"kind {kind}"] for kind in told["kinds"]} == told["kinds"]
        for span, parts in told["spans"].items():
            assert {name: cells[f"{span} {name}"] for name in parts if parts[name] is not None} == {
                name: value for name, value in parts.items() if value is not None
            }
