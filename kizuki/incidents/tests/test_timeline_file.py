"""Timelines as tables: what goes out comes in again, row by row; what is wrong is named by row, and nothing of it is entered."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.casebook.library import cases
from kizuki.incidents.actions import (
    NotBroughtIn,
    add_decision,
    add_entry,
    correct_entry,
    import_timeline,
    mark_milestone,
    open_incident,
    withdraw_entry,
)
from kizuki.incidents.actions.timeline import About
from kizuki.incidents.choices import KINDS, LANES, MILESTONES, Auto
from kizuki.incidents.engine.inert import FORMULA
from kizuki.incidents.engine.timeline_file import COLUMNS, MOST_CELL, Cells, Fault, Read, read, written
from kizuki.incidents.models import Entry, Incident, MilestoneAt
from kizuki.incidents.report_words import bad_row
from kizuki.incidents.reporting import timeline
from kizuki.incidents.tests.live import FORMULAS, LIVE
from kizuki.incidents.tests.test_figures import as_written, typed
from kizuki.register.models import Organisation

SignIn = Callable[[Person], Client]
WITH_ENTRIES = [case for case in cases() if case.timeline.entries]
#: The columns that tell of the entry, and not of where it comes from.
SAME = ("at", "lane", "kind", "text", "milestone", "until", "handover", "assets", "people")


def file_of(incident: Incident) -> bytes:
    return "".join(written(timeline.rows(incident))).encode()


def rows_of(incident: Incident) -> list[tuple[str, ...]]:
    """The entries that people wrote, as the table tells them."""
    return [tuple(getattr(row, name) for name in SAME) for row in timeline.rows(incident) if not row.auto]


def brought_in(raw: bytes, incident: Incident, by: Any = "a test", once: str = "k") -> list[Entry]:
    found = read(raw)
    assert not found.faults
    return import_timeline(incident=incident, rows=found.rows, by=by, once=once)


def test_a_timeline_that_nobody_wrote_in_has_nothing_to_bring_in(
    incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    raw = file_of(incident)
    auto = incident.entries.exclude(auto="").count()
    assert auto == incident.entries.count() > 0
    assert read(raw) == Read((), (Fault(0, "empty"),), auto)
    other = open_incident(title="B", by=cast.responder)
    before = Entry.objects.count()
    answer = upload(signed_in(cast.responder), other, raw)
    assert answer.status_code == 422
    assert "There is nothing in it that could be entered." in answer.content.decode()
    assert Entry.objects.count() == before


def test_of_one_case_no_hour_is_told() -> None:
    assert {case.id for case in cases()} - {case.id for case in WITH_ENTRIES} == {"nisc-g"}


@pytest.mark.parametrize("case", WITH_ENTRIES, ids=lambda case: case.id)
def test_a_case_goes_out_and_comes_in_again(case: Any, small: Organisation) -> None:
    first = open_incident(title="A", by="a test", day_one=dt.date(2020, 3, 5))
    typed(case, first, as_written)
    second = open_incident(title="B", by="a test", day_one=dt.date(2020, 3, 5))
    brought_in(file_of(first), second)
    assert rows_of(second) == rows_of(first)
    assert file_of(first).count(b"\r\n") >= len(case.timeline.entries)
    moments = [
        list(one.entries.filter(auto="").order_by("sort", "seq").values_list("low", "high")) for one in (first, second)
    ]
    assert moments[0] == moments[1]


def test_everything_that_an_entry_has_comes_again(incident: Incident, cast: Cast) -> None:
    by = cast.responder
    about = [About("asset", "www", "x"), About("person", str(by.pk), by.name), About("asset", "pcs", "y")]
    entry = add_entry(
        incident=incident, text="line 1\nline, \"2\"; '", lane="it", kind="contain", at="2020-03-05T14:02:11+09:00",
        handover=["security", "executive"], about=about, by=by,
    )  # fmt: skip
    mark_milestone(entry=entry, name="noticed", by=by)
    mark_milestone(entry=entry, name="contained", by=by, until="2020-03-05T16:00+09:00")
    wrong = add_entry(incident=incident, text="wrong", lane="it", kind="report", by=by)
    correct_entry(entry=wrong, text="right", lane="it", kind="report", by=by)
    gone = add_entry(incident=incident, text="gone", lane="it", kind="report", by=by)
    withdraw_entry(entry=gone, reason="not so", by=by)
    add_decision(incident=incident, question="q", options=["a", "b"], chosen=0, reason="r", decided_by="d", by=by)
    raw = file_of(incident)
    found = read(raw)
    assert found.left_out > 3
    assert [row.text for row in found.rows] == ['line 1\nline, "2"; \'', "right"]
    other = open_incident(title="B", by=by)
    brought_in(raw, other, by)
    assert rows_of(other) == rows_of(incident)
    assert set(MilestoneAt.objects.filter(incident=other).values_list("name", "by")) == {
        ("noticed", ""), ("contained", "2020-03-05T16:00+09:00"),
    }  # fmt: skip
    # Sent again, nothing is doubled.
    brought_in(raw, other, by)
    assert rows_of(other) == rows_of(incident)


@pytest.mark.parametrize("live", LIVE + FORMULAS)
def test_no_cell_is_a_formula_and_each_is_read_again(live: str, incident: Incident, cast: Cast) -> None:
    entry = add_entry(incident=incident, text=live, lane="it", kind="report", by=cast.responder)
    raw = file_of(incident).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(raw, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    other = open_incident(title="B", by=cast.responder)
    (made,) = brought_in(raw.encode(), other)
    assert made.text == entry.text


PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
NAMES = PLAIN.map(lambda name: name.replace(";", "").strip()).filter(bool)
KEYS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,7}", fullmatch=True)
ROWS = st.builds(
    Cells, n=st.just("1"), at=st.sampled_from(["day 1", "2020-03-05T14:02+09:00", "undated"]), lane=st.sampled_from(LANES),
    kind=st.sampled_from(KINDS), text=PLAIN.filter(lambda text: bool(text.strip())), milestone=st.just(""), until=st.just(""),
    handover=st.lists(st.sampled_from(LANES), max_size=2, unique=True).map(" ".join), assets=st.lists(KEYS, max_size=2).map(" ".join),
    people=st.lists(NAMES, max_size=2).map(";".join), by=PLAIN, recorded_at=PLAIN, auto=st.sampled_from(["", "", *Auto.values]),
)  # fmt: skip
#: In which of the rows a milestone is marked, which, and until when it was reached.
MARKS = st.tuples(st.integers(0, 4), st.sampled_from(MILESTONES), st.sampled_from(["", "day 3", "before 2020-04-01"]))


@given(st.lists(ROWS, min_size=1, max_size=5), st.lists(MARKS, max_size=4, unique_by=lambda mark: mark[1]))
def test_what_is_written_is_read(plain: list[Cells], marks: list[tuple[int, str, str]]) -> None:
    """What people wrote comes again cell by cell; of what Kizuki wrote by itself, only how many rows there are."""
    of = [[mark[1:] for mark in marks if mark[0] == n] for n in range(len(plain))]
    cells = [
        row._replace(milestone=";".join(name for name, _ in its), until=";".join(until for _, until in its).rstrip(";"))
        for row, its in zip(plain, of, strict=True)
    ]
    found = read("".join(written(cells)).encode())
    wanted = [
        (
            one.at, one.lane, one.kind, one.text, tuple(its), tuple(one.handover.split()), tuple(one.assets.split()),
            tuple(one.people.split(";")) if one.people else (),
        )
        for one, its in zip(cells, of, strict=True) if not one.auto
    ]  # fmt: skip
    assert [row[1:] for row in found.rows] == wanted
    assert found.faults == (() if wanted else (Fault(0, "empty"),))
    assert found.left_out == len(cells) - len(wanted)


@given(st.binary(max_size=300) | PLAIN.map(str.encode))
def test_any_file_is_answered(raw: bytes) -> None:
    found = read(raw)
    assert found.faults or found.rows
    assert all(bad_row(fault) for fault in found.faults)


HEAD = "at,lane,kind,text,milestone,until,handover,assets,people"


def codes(*lines: str, head: str = HEAD) -> list[tuple[int, str]]:
    found: Read = read("\r\n".join((head, *lines)).encode())
    return [(fault.line, fault.code) for fault in found.faults]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["day 1,it,contain,x"], []),
        (["day 1,情シス,封じ込め,x,封じ込め,,経営"], []),
        (["day 1,nobody,contain,x", "day 1,it,dance,x"], [(2, "lane"), (3, "kind")]),
        (["day 1,it,contain,x,landed"], [(2, "milestone")]),
        (["day 1,it,contain,x,noticed", "", "day 2,it,contain,x,noticed"], [(4, "twice")]),
        (["day 1,it,contain,x,,day 2"], [(2, "until")]),
        (["day 1,it,contain,x,,,it moon"], [(2, "handover")]),
        (['day 1,it,contain,"a\nb"', "day 1,x,contain,y"], [(4, "lane")]),
        (['day 1,it,contain,"open'], [(2, "broken")]),
        (["day 1,it,contain,x", "", 'day 1,it,contain,"open', *["day 1,it,contain,x"] * 50], [(4, "broken")]),
        (['day 1,it,contain,"a\nb"', 'day 1,it,contain,"a\nb" c'], [(4, "broken")]),
        (["day 1,nobody,contain,x", 'day 1,it,contain,"open'], [(2, "lane"), (3, "broken")]),
        (["day 1,it,contain,x", f"day 1,it,contain,{'x' * 131_073}"], [(3, "length")]),
        (['day 1,it,contain,"open', *["day 1,it,contain,x"] * 10_000], [(2, "length")]),
        ([], [(0, "empty")]),
    ],
)
def test_faults_are_named_by_their_line(lines: list[str], wanted: list[tuple[int, str]]) -> None:
    assert codes(*lines) == wanted


def test_the_heading_may_be_broken_or_have_several_lines() -> None:
    assert codes("day 1,it,contain,x", head='at,lane,kind,"text') == [(1, "broken")]
    assert codes("day 1,x,contain,y", head='at,lane,kind,text,"more\nof it"') == [(3, "lane")]


def test_reading_changes_nothing_for_other_readers_of_tables() -> None:
    before = csv.field_size_limit()
    assert codes("day 1,it,contain,x") == []
    assert csv.field_size_limit() == before == MOST_CELL


def test_faults_of_the_whole() -> None:
    assert read(b"").faults[0].code == "empty"
    assert read(b"at,lane,text\nday 1,it,x").faults[0] == (0, "columns", "", "kind")
    assert read(b"x" * 2_000_001).faults[0].code == "large"
    many = "\n".join(["at,lane,kind,text", *["day 1,it,report,x"] * 3001])
    assert read(many.encode()).faults[0].code == "rows"
    assert codes("day 1;it;contain;x", head="at;lane;kind;text") == []
    assert read("at,lane,kind,text\nday 1,it,report,封じ込め".encode("cp932")).rows[0].text == "封じ込め"
    assert COLUMNS[1:5] == ("at", "lane", "kind", "text")
    assert set(MILESTONES) >= {"noticed"}


def test_what_is_not_known_here_is_named_and_nothing_is_entered(incident: Incident, cast: Cast) -> None:
    by = cast.responder
    mark_milestone(entry=add_entry(incident=incident, text="x", lane="it", kind="detect", by=by), name="noticed", by=by)
    lines = [
        "at,lane,kind,text,milestone,until,handover,assets,people",
        "day 1,it,contain,fine,,,,www,Responder",
        "yesterday,it,contain,x", "2999-01-01,it,contain,x", ",it,contain,x", "day 1,it,contain,",
        "day 1,it,contain,x,noticed", "day 1,it,contain,x,contained,before 2000-01-01", "day 1,it,contain,x,,,,nothing",
        "day 1,it,contain,x,,,,,Nobody",
    ]  # fmt: skip
    found = read("\n".join(lines).encode())
    assert not found.faults
    before = Entry.objects.count()
    with pytest.raises(NotBroughtIn) as caught:
        import_timeline(incident=incident, rows=found.rows, by=by, once="k")
    assert [(one.line, one.column) for one in caught.value.troubles] == [
        (3, "at"), (4, "at"), (5, "at"), (6, "text"), (7, "milestone"), (8, "until"), (9, "assets"), (10, "people"),
    ]  # fmt: skip
    assert Entry.objects.count() == before


def upload(client: Client, incident: Incident, raw: bytes) -> Any:
    file = SimpleUploadedFile("timeline.csv", raw, "text/csv")
    return client.post(f"/incidents/{incident.number}/report/import", {"file": file})


def test_through_the_pages(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    add_entry(incident=incident, text="<b>seen</b> =1+1", lane="it", kind="detect", at="day 1", by=cast.responder)
    client = signed_in(cast.responder)
    sent: Any = client.get(f"/incidents/{incident.number}/report/file.csv")
    raw = b"".join(sent.streaming_content)
    other = open_incident(title="B", by=cast.responder)
    page = upload(client, other, raw)
    body = page.content.decode()
    assert page.status_code == 200
    assert "1 entry can be made of it." in body
    assert "<b>seen" not in body
    assert not rows_of(other)
    form = {name: body.split(f'name="{name}" value="')[1].split('"')[0] for name in ("once",)}
    form["table"] = raw.decode()
    for _ in "ab":
        assert client.post(f"/incidents/{other.number}/report/import", form).status_code == 302
    assert rows_of(other) == rows_of(incident)
    wrong = upload(client, other, b"at,lane,kind,text\nnever,it,contain,x")
    assert wrong.status_code == 422
    assert "is not a time" in wrong.content.decode()
    assert client.post(f"/incidents/{other.number}/report/import", {"table": "at,lane\nx,y"}).status_code == 422
    assert upload(client, other, b"").status_code == 422
    assert upload(signed_in(cast.executive), other, raw).status_code == 403
    assert upload(signed_in(cast.reporter), other, raw).status_code == 404
