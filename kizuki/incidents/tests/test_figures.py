"""How long things took: the casebook's own timelines, typed in as incidents, give the times that the casebook gives."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Cast
from kizuki.casebook.engine.format import Case, Entry
from kizuki.casebook.engine.times import spans
from kizuki.casebook.library import cases
from kizuki.incidents import figures
from kizuki.incidents.actions import add_entry, change_incident, mark_milestone, open_incident
from kizuki.incidents.engine.figures import Figure, Mark, durations, spread
from kizuki.incidents.engine.figures import figures as reckon
from kizuki.incidents.engine.moment import Moment, placed
from kizuki.incidents.models import Incident
from kizuki.kit.when import Duration
from kizuki.register.models import Organisation

DAY_ONE = dt.date(2020, 3, 5)
ZONE = "Asia/Tokyo"
TOLD = cases()


def typed(case: Case, incident: Incident, write: Callable[[str], str]) -> None:
    """Enter a case's timeline as people would; `write` says how they write its times."""
    lanes = {lane.id: lane.role[0] for lane in case.timeline.lanes}
    marked: set[str] = set()
    for one in case.timeline.entries:
        handover = [lanes[to] for to in one.handover.to] if one.handover else []
        entry = add_entry(
            incident=incident, text=one.text.in_("en"), lane=lanes[one.lane], kind=one.kind, at=write(one.at),
            handover=handover, by="a test", once=str(one.n),
        )  # fmt: skip
        if one.milestone and one.milestone not in marked:
            marked.add(one.milestone)
            mark_milestone(entry=entry, name=one.milestone, by="a test", until=write(one.milestone_by or ""))


def as_written(at: str) -> str:
    return at


def as_date(at: str) -> str:
    """A time relative to day 1 as a date of the calendar. Weeks and months have no such form and stay."""
    if match := re.fullmatch(r"day (-?\d+)(?: (.+))?", at):
        number, rest = int(match[1]), match[2]
        day = DAY_ONE + dt.timedelta(days=number - 1 if number > 0 else number)
        if rest is None:
            return f"{day}+09:00"
        return f"{day}T{rest}+09:00" if ":" in rest else f"{day} {rest}+09:00"
    if at == "over 1 month before":
        return f"before {DAY_ONE - dt.timedelta(days=28)}+09:00"
    return at


def opened() -> Incident:
    return open_incident(title="A case", by="a test", zone=ZONE, day_one=DAY_ONE)


def found(incident: Incident) -> dict[str, Duration]:
    return {span: figure.duration for span, figure in figures.of(incident).items() if figure.duration}


def test_there_are_eight() -> None:
    assert len(TOLD) == 8
    assert sum(len(spans(case)) for case in TOLD) == 24


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.id)
def test_a_case_typed_in_gives_its_times(case: Case, small: Organisation) -> None:
    incident = opened()
    typed(case, incident, as_written)
    assert found(incident) == spans(case)


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case.id)
def test_a_case_typed_in_with_dates_gives_its_times(case: Case, small: Organisation) -> None:
    incident = opened()
    typed(case, incident, as_date)
    # A date does not say “1 month”, though it is as far away.
    wanted = {span: Duration(one.low, one.high, one.days) for span, one in spans(case).items()}
    assert found(incident) == wanted


def test_dates_really_were_dates() -> None:
    written = [as_date(entry.at) for case in TOLD for entry in case.timeline.entries]
    assert sum(at.startswith("2020") for at in written) > len(written) / 2
    assert "before 2020-02-06+09:00" in written


def test_another_day_one_moves_nothing(small: Organisation, cast: Cast) -> None:
    case = next(case for case in TOLD if any(entry.milestone_by for entry in case.timeline.entries))
    incident = opened()
    typed(case, incident, as_written)
    change_incident(incident=incident, version=incident.version, by=cast.responder, day_one=dt.date(2020, 5, 1))
    assert found(incident) == spans(case)


def mark(name: str, at: str, by: str = "") -> Mark:
    moment = placed(at, zone=ZONE, day_one=DAY_ONE)
    return Mark(name, at, moment, ZONE, by, DAY_ONE)


@pytest.mark.parametrize(
    ("marks", "why", "missing"),
    [
        ([], "missing", ("noticed", "contained")),
        ([mark("noticed", "day 1")], "missing", ("contained",)),
        ([mark("noticed", "undated"), mark("contained", "day 2")], "undated", ()),
        ([mark("noticed", "day 1"), mark("contained", "before 2020-01-01")], "order", ()),
        ([mark("noticed", "day 3 10:00"), mark("contained", "day 2 10:00")], "order", ()),
        ([mark("noticed", "week 2+"), mark("contained", "week 2")], "undated", ()),
        ([mark("noticed", "day 1"), mark("contained", "day 1 12:00")], "", ()),
    ],
)
def test_what_cannot_be_said_says_why(marks: list[Mark], why: str, missing: tuple[str, ...]) -> None:
    figure = reckon(marks)["contain"]
    assert (figure.why, figure.missing) == (why, missing)
    assert (figure.duration is None) == bool(why)
    assert isinstance(figure, Figure)
    if why:
        assert figures.why(figure)


def test_clocks_put_back_take_an_hour_more() -> None:
    def in_berlin(name: str, at: str) -> Mark:
        moment = placed(at, zone="Europe/Berlin", day_one=dt.date(2026, 10, 24))
        return Mark(name, at, moment, "Europe/Berlin")

    made = durations([in_berlin("noticed", "day 1 12:00"), in_berlin("contained", "2026-10-25T12:00+01:00")])
    assert made["contain"] == Duration(25 * 60, 25 * 60)


def test_reached_between_two_moments() -> None:
    made = durations([mark("noticed", "day 1 10:00"), mark("contained", "day 1 12:00", by="day 1 16:00")])
    assert made["contain"] == Duration(120, 360)
    turned = durations([mark("noticed", "day 1 10:00"), mark("contained", "day 1 12:00", by="day 1 09:00")])
    assert "contain" not in turned


MINUTES = st.integers(0, 10**6)
DURATIONS = st.builds(
    lambda low, more: Duration(low, None if more is None else low + more), MINUTES, st.none() | MINUTES
)


@given(st.lists(DURATIONS, min_size=1, max_size=40))
def test_quarters_hold_the_middle(some: list[Duration]) -> None:
    made = spread(some)
    assert made is not None
    assert made.n == len(some)
    assert made.middle.low in {one.low for one in some}
    if len(some) < 4:
        assert (made.low, made.high) == (None, None)
        return
    assert made.low is not None
    assert made.low <= made.middle.low
    assert made.high is None or (made.middle.high is not None and made.middle.high <= made.high)
    # At least half of them lie wholly or partly within.
    within = [
        one
        for one in some
        if (made.high is None or one.low <= made.high) and (one.high is None or one.high >= made.low)
    ]
    assert len(within) * 2 >= len(some)


def test_of_none_there_is_no_middle() -> None:
    assert spread([]) is None


def test_the_zone_of_the_entry_counts(small: Organisation) -> None:
    """A moment is where it was, whatever the incident's clock says later."""
    incident = opened()
    noticed = add_entry(
        incident=incident, text="x", lane="it", kind="detect", at="2020-03-05 morning+09:00", by="a test"
    )
    assert noticed.low == dt.datetime(2020, 3, 5, 6, tzinfo=ZoneInfo(ZONE))
    moment = Moment(noticed.at, noticed.low, noticed.high)
    assert Mark("noticed", noticed.at, moment, noticed.zone).when.offset == 540
    assert isinstance(TOLD[0].timeline.entries[0], Entry)
