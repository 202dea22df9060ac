"""What a review says and the timeline does not bear is pointed out; what it bears is not."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuki.incidents.engine import said
from kizuki.incidents.engine.contradictions import Contradiction, Facts, Statement, Thing, contradictions
from kizuki.incidents.engine.moment import as_when, placed
from kizuki.kit.when import Duration, When

ZONE, DAY_ONE = "Asia/Tokyo", dt.date(2026, 11, 22)
NOW = int(dt.datetime(2026, 12, 24, tzinfo=dt.UTC).timestamp()) // 60


def at(written: str) -> When:
    return as_when(written, placed(written, zone=ZONE, day_one=DAY_ONE), ZONE)


def facts(*entries: str, **more: Any) -> Facts:
    whens = [at(entry) for entry in entries]
    values: dict[str, Any] = {
        "entries": tuple((when.low, when.high) for when in whens), "milestones": {}, "absent": frozenset(), "spans": {},
        "things": (), "coverage": {}, "zone": ZONE, "day_one": DAY_ONE, "now": NOW,
    }  # fmt: skip
    return Facts(**{**values, **more})


def say(text: str, known: Facts, part: str = "background", measures: Sequence[str] = ()) -> list[tuple[str, str]]:
    found = contradictions([Statement(part, "i1", text, tuple(measures))], known)
    return [(one.code, one.words) for one in found if one.part == part]


ENTRIES = (
    "2026-11-22T14:02+09:00",
    "2026-11-22T18:30+09:00",
    "2026-11-23 morning+09:00",
    "day 4",
    "~2026-11-26T09:00+09:00",
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("It was seen at 14:02.", []),
        ("It was seen at 14:05.", ["14:05"]),
        ("14時02分に見つかった。", []),
        ("14時05分に見つかった。", ["14時05分"]),
        ("午後2時2分に見つかった。", []),
        ("午前2時2分に見つかった。", ["午前2時2分"]),
        ("About 15:00 somebody called.", []),
        ("15:00頃に電話があった。", []),
        ("16:00頃に電話があった。", ["16:00頃"]),
        ("On 2026-11-22 14:02 it began.", []),
        ("On 2026-11-23 14:02 it began.", ["2026-11-23 14:02"]),
        ("11月22日18時30分に隔離した。", []),
        ("11月24日18時30分に隔離した。", ["11月24日18時30分"]),
        ("11月25日に確認した。", []),
        ("11月28日に確認した。", ["11月28日"]),
        ("2026年11月26日午前9時に再開した。", []),
        ("On day 4 it was over, not on day 9.", ["day 9"]),
        ("4日目に終わった。8日目ではない。", ["8日目"]),
        ("2日目の7:30に見た。", []),
        ("2日目の13:30に見た。", ["2日目の13:30"]),
        ("We shall look again on 2027-01-15.", []),
        ("On 2026-02-30 nothing can be.", []),
        ("Port 10.1.2.3:443 answered; version 12.14 of it.", []),
        ("The analysis took 4 hours.", []),
        ("The analysis took 11 hours.", []),
        ("The analysis took 9 days.", ["9 days"]),
        ("解析に約4時間半かかった。", []),
        ("解析に20日間かかった。", ["20日間"]),
        ("It had been there for over 2 months.", ["over 2 months"]),
        ("It was done within 30 minutes.", []),
        ("全体で4日以上かかった。", []),
        ("全体で5日以上かかった。", ["5日以上"]),
    ],
)
def test_times_and_durations(text: str, wrong: list[str]) -> None:
    assert [words for _code, words in say(text, facts(*ENTRIES))] == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Containing it took 4 hours.", []),
        ("Containing it took 3 days.", ["3 days"]),
        ("封じ込めまで約4時間。", []),
        ("検知から封じ込めまで2日間。", ["2日間"]),
        ("Two hours to contain and 4 hours to recover.", []),
        ("Recovery took 4 hours.", []),
    ],
)
def test_a_duration_of_a_span_is_held_against_its_milestones(text: str, wrong: list[str]) -> None:
    known = facts(*ENTRIES, spans={"contain": Duration(240, 300)}, milestones={"contained": at("day 1 18:30")})
    found = say(text, known)
    assert [words for _code, words in found] == wrong
    assert {code for code, _words in found} <= {"span"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The attack was contained.", "contained"),
        ("攻撃を封じ込めた。", "contained"),
        ("封じ込めが完了しました。", "contained"),
        ("All servers were fully restored.", "recovered"),
        ("サーバは復旧した。", "recovered"),
        ("It was publicly disclosed.", "disclosed"),
        ("事案を公表しました。", "disclosed"),
        ("It was noticed by the help desk.", "noticed"),
        ("ヘルプデスクが気付いた。", "noticed"),
        ("It was escalated to the board.", "escalated"),
        ("It was not contained.", ""),
        ("Nothing was restored.", ""),
        ("まだ復旧していない。", ""),
        ("復旧したら連絡する。", ""),
        ("Nobody slept until it was contained.", ""),
        ("封じ込められていない。", ""),
    ],
)
def test_what_is_said_to_be_reached_is_marked(text: str, name: str) -> None:
    wanted = [("unmarked", name)] if name else []
    found = contradictions([Statement("outcome", "", text)], facts())
    assert [(one.code, one.other) for one in found] == wanted
    if name:
        marked = facts(milestones={name: at("day 1")})
        assert say(text, marked) == []
        away = contradictions([Statement("outcome", "", text)], facts(absent=frozenset({name})))
        assert [one.code for one in away] == ["absent"]


@pytest.mark.parametrize(
    ("text", "state", "codes"),
    [
        ("The Web server was not affected.", "affected", ["clean"]),
        ("The web server is clean.", "recovered", ["clean"]),
        ("Web serverには影響がなかった。", "contained", ["clean"]),
        ("Web serverは影響を受けていない。", "affected", ["clean"]),
        ("www に感染の痕跡はない。", "affected", ["clean"]),
        ("The Web server was encrypted.", "clean", ["hit"]),
        ("Web serverが暗号化された。", "clean", ["hit"]),
        ("The Web server was encrypted.", "affected", []),
        ("The Web server was not affected.", "clean", []),
        ("The Web server was not affected.", "suspected", []),
        ("The Web servers of others were not affected.", "affected", []),
        ("www2 was not affected.", "affected", []),
        ("The mail server was not affected.", "affected", []),
    ],
)
def test_assets(text: str, state: str, codes: list[str]) -> None:
    known = facts(things=(Thing(("Web server", "www"), state),))
    assert [code for code, _words in say(text, known)] == codes


@pytest.mark.parametrize(
    ("part", "states", "codes"),
    [
        ("mitigations", {"none"}, ["none"]),
        ("mitigations", {"unknown"}, ["unknown"]),
        ("mitigations", {"none", "partial"}, []),
        ("mitigations", {"full"}, []),
        ("causes", {"full"}, ["full"]),
        ("causes", {"none"}, []),
        ("lessons", {"full"}, []),
        ("lessons", {"none"}, []),
    ],
)
def test_measures(part: str, states: set[str], codes: list[str]) -> None:
    known = facts(coverage={"P06": frozenset(states)})
    assert [code for code, _words in say("Copies lay apart.", known, part, ["P06"])] == codes
    assert say("Copies lay apart.", known, part) == []


@pytest.mark.parametrize(
    ("first", "later", "wrong"),
    [
        ({"contained": "day 2"}, {"recovered": "day 1"}, True),
        ({"contained": "day 2"}, {"recovered": "day 2"}, False),
        ({"contained": "day 2 12:00"}, {"recovered": "day 2"}, False),
        ({"noticed": "day 2 12:00"}, {"contained": "day 2 11:00"}, True),
        ({"occurred": "day 3"}, {"noticed": "week 1"}, False),
        ({"occurred": "2026-11-23T00:01+09:00"}, {"noticed": "day 1"}, True),
        ({"noticed": "undated"}, {"contained": "day 1"}, False),
    ],
)
def test_milestones_in_an_order_that_cannot_be(first: dict[str, str], later: dict[str, str], wrong: bool) -> None:
    known = facts(milestones={name: at(written) for name, written in (first | later).items()})
    found = contradictions([], known)
    (a,), (b,) = first, later
    assert found == ((Contradiction("order", "timeline", "", b, a),) if wrong else ())


def test_recovered_though_an_asset_is_not() -> None:
    things = (Thing(("www",), "affected"), Thing(("db",), "recovered"), Thing(("pc",), "suspected"))
    found = contradictions([], facts(milestones={"recovered": at("day 3")}, things=things))
    assert [(one.code, one.words) for one in found] == [("open", "www"), ("open", "pc")]
    assert contradictions([], facts(things=things)) == ()


def test_lessons_speak_of_what_is_to_come() -> None:
    assert say("By 2026-12-01 all copies are contained.", facts(*ENTRIES), "lessons") == []


MINUTES = st.integers(0, 400_000)


@given(st.lists(MINUTES, min_size=1, max_size=30), st.data())
def test_what_the_timeline_says_is_borne(minutes: list[int], data: st.DataObject) -> None:
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    moments = [start + dt.timedelta(minutes=minute) for minute in minutes]
    known = facts(*(moment.isoformat() for moment in moments))
    one, other = (data.draw(st.sampled_from(moments)).astimezone(dt.timezone(dt.timedelta(hours=9))) for _ in "ab")
    apart = abs(int((one - other).total_seconds())) // 60
    text = (
        f"It was {one:%Y-%m-%d %H:%M} and {other:%H:%M}, {apart % 10000} minutes later."
        if apart < 10000
        else f"{one:%H:%M}"
    )
    assert say(text, known) == []
    assert say(f"{one:%Y年%m月%d日%H時%M分}", known) == []


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    contradictions([Statement("outcome", "", text)], facts(*ENTRIES, things=(Thing(("あ", "www"), "clean"),)))


PIECES = ["14:02", "2 days", "約3時間", " ", "。", "2026-11-22", "日", "時", "P06", "contained", "not "]


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_pieces_of_times_can_be_read(pieces: list[str]) -> None:
    text = "".join(pieces)
    for one in said.times(text):
        assert one.text in text
    for length in said.lengths(text):
        assert length.high is None or 0 <= length.low <= length.high


@pytest.mark.parametrize(
    "piece", ["14:02 ", "2 days ", "約", "0", "not contained ", "1月1日", "day 1 ", "www ", "9" * 50 + "時", "a. "]
)
def test_a_long_text_is_read_quickly(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    entries = [f"2026-11-{1 + n % 20:02}T{n % 24:02}:{n % 60:02}+09:00" for n in range(2000)]
    known = facts(*entries, things=tuple(Thing((f"www{n}",), "affected") for n in range(50)))
    started = time.perf_counter()
    contradictions([Statement("outcome", "", text)], known)
    assert time.perf_counter() - started < 5
