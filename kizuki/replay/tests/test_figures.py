"""Figures of a day, kept once a day, and worked out for days past."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Cast
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.jobs.models import Job
from kizuki.measures import hooks
from kizuki.measures.library import catalogue
from kizuki.register import actions as register
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation
from kizuki.replay import tasks
from kizuki.replay.actions import take_snapshot
from kizuki.replay.engine.figures import Figures, figures, share
from kizuki.replay.engine.register import compile_register
from kizuki.replay.engine.replay import replay
from kizuki.replay.models import Snapshot
from kizuki.replay.tests.reference_register import RegisterRules
from kizuki.replay.tests.strategies import random_case, random_register
from kizuki.replay.tests.test_map import clock, cover, small  # noqa: F401 - fixtures

STATES = ("full", "partial", "none", "unknown", "not applicable")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_figures_are_what_loops_count(seed: int) -> None:
    random = Random(seed)
    org = random_register(random)
    case = random_case(random)
    compiled = compile_register(org, catalogue(), vocabulary())
    found = figures(compiled, [case])
    rules = RegisterRules(org, catalogue(), vocabulary(), unknown="none")
    for measure in ("P01", "D02", "P06"):
        count = dict.fromkeys(STATES, 0)
        for asset in org.assets:
            row = rules.row(measure, asset)
            count[row.state if row else "unknown"] += asset.count
        assert found.coverage[measure] == tuple(count.values())
    assert found.assets == sum(asset.count for asset in org.assets)
    result = replay(case, compiled)
    assert (found.cases, found.assumed) == ({case.id: result.word}, len(result.assumed))
    assert sum(found.words().values()) == 1
    pairs = sum(found.whole)
    assert pairs == found.assets * len(catalogue().measures)


def test_shares_leave_out_what_does_not_apply() -> None:
    assert share((1, 1, 1, 1, 9)) == 25
    assert share((0, 0, 0, 0, 9)) is None
    assert share((1, 0, 0, 3, 0), "unknown") == 75


def of(organisation: Organisation, *day: int) -> Figures:
    return msgspec.convert(Snapshot.objects.get(organisation=organisation, day=date(*day)).figures, Figures)


def test_one_row_a_day_however_often(small: Organisation, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    import_cases(documents=cases(), by="a test")
    monkeypatch.setattr(hooks, "unknown_devices", lambda: (3, "/devices/"))
    clock(2026, 10, 5, 9)
    first = take_snapshot(organisation=small, day=date(2026, 10, 5))
    again = take_snapshot(organisation=small, day=date(2026, 10, 5))
    assert first is not None
    assert again is not None
    assert (first.pk, first.made_at) == (again.pk, again.made_at)
    assert of(small, 2026, 10, 5).devices == 3
    before = of(small, 2026, 10, 5).coverage["P06"]
    register.apply(organisation=small, edits=[cover("P06", "full", all=True)], by="a test")
    small.refresh_from_db()
    clock(2026, 10, 5, 15)
    take_snapshot(organisation=small, day=date(2026, 10, 5))
    assert Snapshot.objects.count() == 1
    assert of(small, 2026, 10, 5).coverage["P06"] != before
    assert take_snapshot(organisation=small, day=date(2026, 10, 6)) is None


def test_a_day_is_settled_as_it_ended(small: Organisation, clock: Any) -> None:  # noqa: F811
    """What changes after the last job of a day still belongs to it; what changes later does not."""
    clock(2026, 10, 5, 9)
    take_snapshot(organisation=small, day=date(2026, 10, 5))
    clock(2026, 10, 5, 23)
    register.apply(organisation=small, edits=[cover("P01", "full", zone="dmz")], by="a test")
    clock(2026, 10, 6, 1)
    register.apply(organisation=small, edits=[cover("P02", "full", zone="dmz")], by="a test")
    tasks.take_figures.run()
    found = of(small, 2026, 10, 5)
    assert (found.coverage["P01"][0], found.coverage["P02"][0]) == (1, 0)
    assert of(small, 2026, 10, 6).coverage["P02"][0] == 1
    settled = Snapshot.objects.get(day=date(2026, 10, 5))
    assert not settled.backfilled
    clock(2026, 10, 9, 9)
    again = take_snapshot(organisation=small, day=date(2026, 10, 5))
    assert again is not None
    assert again.made_at == settled.made_at


def test_days_filled_in_later_are_what_they_would_have_been(small: Organisation, clock: Any) -> None:  # noqa: F811
    import_cases(documents=cases(), by="a test")
    random, lived = Random(3), {}
    for n in range(4, 9):
        clock(2026, 10, n, 12)
        edit = cover(random.choice(("P01", "P06", "D02")), random.choice(("none", "full", "partial")), zone="dmz")
        register.apply(organisation=small, edits=[edit], by="a test")
        small.refresh_from_db()
        clock(2026, 10, n, 23)
        take_snapshot(organisation=small, day=date(2026, 10, n))
        # How many unknown devices there were on a past day, nobody can say afterwards.
        lived[n] = msgspec.structs.replace(of(small, 2026, 10, n), devices=None)
    Snapshot.objects.all().delete()
    clock(2026, 10, 20, 9)
    tasks.fill_figures.run("2026-09-28", "2026-10-08")
    assert sorted(day.day for day in Snapshot.objects.values_list("day", flat=True)) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert Snapshot.objects.filter(backfilled=False).count() == 0
    assert {n: of(small, 2026, 10, n) for n in lived} == lived


def test_the_page_and_its_files(small: Organisation, clock: Any, cast: Cast, signed_in: Any) -> None:  # noqa: F811
    import_cases(documents=cases(), by="a test")
    clock(2026, 10, 8, 9)
    client = signed_in(cast.manager)
    assert "What these figures are" in client.get("/replay/figures").content.decode()
    tasks.fill_figures.run("2026-10-01", "2026-10-03")
    register.apply(organisation=small, edits=[cover("P06", "full", all=True)], by="a test")
    tasks.take_figures.run()
    page = client.get("/replay/figures").content.decode()
    assert "5 days with figures" in page
    assert "3 more days could be filled in" in page
    assert "Coverage in full" in page
    assert page.count("<svg") > 60
    told = json.loads(client.get("/replay/figures?format=json").content)
    assert [day["day"] for day in told["days"]] == [
        "2026-10-01",
        "2026-10-02",
        "2026-10-03",
        "2026-10-07",
        "2026-10-08",
    ]
    rows = list(csv.DictReader(io.StringIO(client.get("/replay/figures?format=csv").content.decode("utf-8-sig"))))
    last = next(r for r in rows if (r["day"], r["of"], r["key"]) == ("2026-10-08", "measure", "P06"))
    assert (last["full"], last["unknown"]) == ("21", "0")
    later = json.loads(client.get("/replay/figures?first=2026-10-02&format=json").content)
    assert "2026-10-01" not in {day["day"] for day in later["days"]}


def test_a_gap_is_drawn_as_a_gap() -> None:
    from kizuki.replay.figures import Series, calendar
    from kizuki.replay.trend_picture import trend

    days = calendar(date(2026, 10, 1), date(2026, 10, 7))
    whole = trend("a", Series("a", "A", [1.0] * 7, False, 3), days)
    broken = trend("b", Series("b", "B", [1.0, 2.0, None, None, 3.0, 4.0, 5.0], False, 3), days)
    assert whole.count('class="t-line"') == 1
    assert broken.count('class="t-line"') == 2
    assert "No figure" in trend("c", Series("c", "C", [None] * 7, True, 0), days)


def test_who_may_fill_in(small: Organisation, cast: Cast, signed_in: Any) -> None:  # noqa: F811
    for person in cast:
        client = signed_in(person)
        reads = 404 if person == cast.reporter else 200
        assert client.get("/replay/figures").status_code == reads
        fills = {cast.reporter: 404, cast.executive: 403, cast.auditor: 403}.get(person, 302)
        assert client.post("/replay/figures/fill", {"first": "2026-10-01", "last": "2026-10-02"}).status_code == fills
    assert Job.objects.filter(task__endswith="fill_figures").count() == 3
