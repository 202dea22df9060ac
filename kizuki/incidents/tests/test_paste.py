"""What is pasted: chats, logs, notes and tables as proposed entries, of which no line is lost."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuki.incidents.engine.paste import read_paste
from kizuki.incidents.engine.proposed import MOST_BYTES, MOST_LINES, Proposed, TooMuch

#: A busy machine is no fault of what is tried.
UNHURRIED = settings(deadline=None)
NOW = datetime(2026, 11, 22, 5, 20, tzinfo=UTC)  # 14:20 in Tokyo


def paste(text: str, lane: str = "", zone: str = "Asia/Tokyo") -> tuple[Proposed, ...]:
    return read_paste(text, now=NOW, zone=zone, day_one=date(2026, 11, 21), lane=lane)


def told(text: str) -> list[tuple[str | None, str, str]]:
    return [
        (one.at and one.at.removeprefix("2026-11-").removesuffix("+09:00"), one.who, one.text) for one in paste(text)
    ]


#: Three times something is said, first in two lines.
SAID = ("PC-123を切り離した\nログを保全中", "了解", "経営へ連絡します")
CHATS = {
    "slack, name above time": "佐伯 花\n  14:02\n{}\n村井\n  14:05\n{}\n14:06\n{}",
    "slack, name and time": "佐伯 花  14:02\n{}\n村井  14:05\n{}\n村井  14:06\n{}",
    "google chat": "佐伯 花, 14:02\n{}\n村井, 14:05\n{}\n村井、14:06\n{}",
    "teams": "[14:02] 佐伯 花\n{}\n[14:05] 村井\n{}\n[14:06] 村井\n{}",
    "teams with a day": "佐伯 花\n11/22 14:02\n{}\n\n村井\n11/22 14:05\n{}\n\n村井\n11/22 14:06\n{}",
    "brackets": "[14:02] 佐伯 花: {}\n[14:05] 村井：{}\n[14:06] 村井: {}",
    "line": "2026/11/22(日)\n14:02\t佐伯 花\t{}\n14:05\t村井\t{}\n14:06\t村井\t{}",
    "irc": "14:02 佐伯 花: {}\n14:05 <村井> {}\n14:06 <村井> {}",
    "discord": "佐伯 花 — 今日 14:02\n{}\n村井 — Today at 2:05 PM\n{}\n村井 — 2026/11/22 14:06\n{}",
    "whatsapp": "22/11/2026, 14:02 - 佐伯 花: {}\n22/11/2026, 14:05 - 村井: {}\n22/11/2026, 14:06 - 村井: {}",
    "windows line ends": "[14:02] 佐伯 花: {}\r\n[14:05] 村井：{}\r\n[14:06] 村井: {}\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", CHATS)
def test_chats_as_they_are_copied(name: str) -> None:
    ends = "\r\n" if name == "windows line ends" else "\n"
    text = CHATS[name].format(*SAID).replace("\r\n", "\n").replace("\n", ends)
    assert told(text) == [
        ("22T14:02", "佐伯 花", SAID[0]),
        ("22T14:05", "村井", SAID[1]),
        ("22T14:06", "村井", SAID[2]),
    ]


def test_an_english_chat() -> None:
    text = "Hana Saeki  2:02 PM\nisolated PC-123\nnow checking the logs\nJun Murai\n  2:05 PM\nok"
    assert told(text) == [
        ("22T14:02", "Hana Saeki", "isolated PC-123\nnow checking the logs"),
        ("22T14:05", "Jun Murai", "ok"),
    ]


def test_a_date_time_name_and_text() -> None:
    (one,) = paste("2026/11/22 14:02 佐伯 本文です")
    assert (one.who, one.text, one.note) == ("佐伯", "本文です", "name")
    (one,) = paste("2026/11/22 14:02 Defender alert")
    assert (one.who, one.text, one.note) == ("", "Defender alert", "")


@pytest.mark.parametrize(
    ("line", "at", "text"),
    [
        ("Nov 22 14:02:11 fw01 kernel: DROP", "2026-11-22T14:02:11+09:00", "fw01 kernel: DROP"),
        ("<34>Nov 22 14:02:11 host su: fail", "2026-11-22T14:02:11+09:00", "host su: fail"),
        ("<34>1 2026-11-22T05:02:11.123Z host app - - msg", "2026-11-22T14:02:11+09:00", "host app - - msg"),
        ("2026-11-22T05:02:11+00:00 host sshd[1]: x", "2026-11-22T14:02:11+09:00", "host sshd[1]: x"),
        ("2026-11-22 14:02:11,123 ERROR it failed", "2026-11-22T14:02:11+09:00", "ERROR it failed"),
        ("2026/11/22 14:02:11 security alert", "2026-11-22T14:02:11+09:00", "alert"),
        ('203.0.113.5 - - [22/Nov/2026:05:02:11 +0000] "GET / HTTP/1.1" 200 1', "2026-11-22T14:02:11+09:00", None),
        ("情報\t2026/11/22 14:02:11\tSecurity\t4625", "2026-11-22T14:02:11+09:00", None),
        ("情報 2026/11/22 14:02:11 Security 4625", "2026-11-22T14:02:11+09:00", None),
        ("type=LOGIN msg=audit(1795323731.123:456): pid=1", "2026-11-22T14:02:11+09:00", None),
        ('{"time":"2026-11-22T05:02:11Z","msg":"x"}', "2026-11-22T14:02:11+09:00", None),
        ("[Sun Nov 22 14:02:11.123 2026] [core:error] x", "2026-11-22T14:02:11+09:00", None),
    ],
)  # fmt: skip
def test_logs_with_their_time_in_front_or_inside(line: str, at: str, text: str | None) -> None:
    (one,) = paste(line)
    assert (one.at, one.text, one.who, one.note) == (at, text or line, "", "")


def test_a_log_in_another_zone_is_shown_in_the_incidents() -> None:
    (one,) = paste("2026-11-22T00:02:11-05:00 host x", zone="Europe/Berlin")
    assert one.at == "2026-11-22T06:02:11+01:00"


def test_lines_that_go_on_keep_their_indentation() -> None:
    (one,) = paste("14:02 it analyse trace:\n    at a\n\n    at b\n\n")
    assert (one.text, one.lane, one.kind) == ("trace:\n    at a\n\n    at b", "it", "analyse")


def test_notes_with_words_of_the_timeline() -> None:
    made = paste(
        "- 14:02 情シス 封じ込め PC-123を切り離した !封じ込め\n・14:05 経営 判断 停止を決定 >情シス\n3) 14:06 電話した"
    )
    assert [(one.lane, one.kind, one.text) for one in made] == [
        ("it", "contain", "PC-123を切り離した"), ("executive", "decide", "停止を決定"), ("", "", "電話した"),
    ]  # fmt: skip
    assert (made[0].milestone, made[1].handover) == ("contained", ("it",))


def test_whoever_speaks_says_lane_and_kind_or_neither() -> None:
    lane_only, both = paste("[14:02] 佐伯: 経営 会議は15時\n[14:05] 佐伯: 情シス 封じ込め 遮断した", lane="security")
    assert (lane_only.lane, lane_only.kind, lane_only.text) == ("security", "", "経営 会議は15時")
    assert (both.lane, both.kind, both.text) == ("it", "contain", "遮断した")


def test_a_kind_is_only_suggested() -> None:
    (one,) = paste("14:02 遮断した")
    assert (one.kind, one.guess) == ("", "contain")


def test_without_any_time_each_line_is_an_entry() -> None:
    made = paste("- PCを切り離した\n\n* 情シス 封じ込め 遮断した\n電話した")
    assert [(one.line_no, one.at, one.lane, one.text, one.note) for one in made] == [
        (1, None, "", "PCを切り離した", "none"), (3, None, "it", "遮断した", "none"), (4, None, "", "電話した", "none"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["1- 1", "a - b", "PC-1 * 2", "1. 1", "14:02 x\na - 3", "a <34>1 b"])
def test_signs_of_a_list_are_taken_off_in_front_only(text: str) -> None:
    assert paste(text)[0].text == text.removeprefix("14:02 ")


def test_what_stands_before_the_first_time_is_an_entry_of_its_own() -> None:
    made = paste("対応メモ\n共有用\n14:02 遮断した")
    assert [(one.line_no, one.at is None, one.text, one.note) for one in made] == [
        (1, True, "対応メモ\n共有用", "none"),
        (3, False, "遮断した", "day"),
    ]


def test_days_above_the_times() -> None:
    text = "11月21日（土）\n23:50 検知\n00:10 遮断\n--- 2026/11/22 ---\n10:00 復旧\n\n11/20\n何もなし\n11/19"
    assert [(one.line_no, one.at, one.text, one.note) for one in paste(text)] == [
        (2, "2026-11-21T23:50+09:00", "検知", ""), (3, "2026-11-22T00:10+09:00", "遮断", ""),
        (5, "2026-11-22T10:00+09:00", "復旧", ""),
        (7, "2026-11-20+09:00", "何もなし", ""), (9, "2026-11-19+09:00", "11/19", ""),
    ]  # fmt: skip


def test_days_that_nobody_wrote_are_concluded_backward_from_now() -> None:
    made = paste("22:10 a\n23:50 b\n00:20 c\n09:00 d\n08:40 e\n14:10 f")
    assert [one.at for one in made] == [
        "2026-11-21T22:10+09:00", "2026-11-21T23:50+09:00", "2026-11-22T00:20+09:00", "2026-11-22T09:00+09:00",
        "2026-11-22T08:40+09:00",
        "2026-11-22T14:10+09:00",
    ]  # fmt: skip
    assert {one.note for one in made} == {"day"}
    assert [one.at for one in paste("13:00 a\n08:00 b")] == ["2026-11-21T13:00+09:00", "2026-11-22T08:00+09:00"]
    assert [one.at for one in paste("17:00 a\n18:00 b")] == ["2026-11-21T17:00+09:00", "2026-11-21T18:00+09:00"]


def test_days_are_concluded_from_the_days_around() -> None:
    made = paste("23:50 a\n00:10 b\n2026-11-20 10:00 c\n23:00 d\n01:00 e\n00:30 f")
    assert [(one.at, one.note) for one in made] == [
        ("2026-11-19T23:50+09:00", "day"), ("2026-11-20T00:10+09:00", "day"), ("2026-11-20T10:00+09:00", ""),
        ("2026-11-20T23:00+09:00", ""),
        ("2026-11-21T01:00+09:00", ""), ("2026-11-21T00:30+09:00", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("25:61 x", "form"), ("2026-02-30 10:00 x", "form"), ("2026-11-23 10:00 x", "future"),
        ("1980-01-01 10:00 x", "ancient"), ("09:00-10:00 meeting", "form"), ("5/6/2026 10:00 x", "form"),
        ("type=LOGIN msg=audit(1999999999.123:456): pid=1", "future"), ("2026-11-22 25:00:00 x", "form"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_taken_leaves_the_line_whole(line: str, note: str) -> None:
    before, one, after = paste(f"14:02 a\n{line}\nmore\n14:03 b")
    assert (one.at, one.text, one.note) == (None, f"{line}\nmore", note)
    assert (before.text, after.text) == ("a", "b")


@pytest.mark.parametrize(
    "line", ["Hana  18:00", "[18:00] Hana:", "Hana, 18:00", "Hana\n18:00", "18:00 <Hana> ", "18:00"]
)
def test_what_is_said_below_a_time_that_cannot_be_taken_is_kept(line: str) -> None:
    *_before, one = paste(f"11/22\n14:00 a\n\n{line}\nfirst\nsecond")
    assert (one.at, one.note) == (None, "future")
    assert one.text.endswith("first\nsecond")


def test_an_hour_that_comes_twice_is_said() -> None:
    now = datetime(2026, 10, 25, 12, tzinfo=UTC)
    made = read_paste("2026-10-25 02:30 x\n02:40 y", now=now, zone="Europe/Berlin", day_one=date(2026, 10, 25))
    assert [(one.at, one.text, one.note) for one in made] == [
        (None, "2026-10-25 02:30 x", "twice"),
        (None, "02:40 y", "twice"),
    ]


def test_words_of_a_sentence_begin_no_entry() -> None:
    said = "now the logs\ntoday it is quiet\n5分前に通信あり\n3日前 の記録\nweek 2 of the year\nyesterday was worse"
    (one,) = paste(f"14:02 it analyse reading\n{said}")
    assert one.text.count("\n") == 6


@pytest.mark.parametrize(
    "line", ["遮断完了 14:02", "PC-7 14:02", "phoned the vendor at 14:02", "会議は 14:02", "情シス 14:02"]
)
def test_a_line_that_ends_with_a_time_is_not_always_a_name_and_a_time(line: str) -> None:
    (one,) = paste(f"14:00 a\n{line}\nb")
    assert one.text == f"a\n{line}\nb"


def test_our_own_lines_are_read_again_whatever_their_time() -> None:
    text = (
        "2026-11-22T14:02+09:00 it contain a !contained\nday 1 early it contain b\nundated security learn c\n"
        "over 1 month before attacker attack d"
    )
    assert [(one.at, one.kind, one.text) for one in paste(text)] == [
        ("2026-11-22T14:02+09:00", "contain", "a"), ("day 1 early", "contain", "b"), ("undated", "learn", "c"),
        ("over 1 month before", "attack", "d"),
    ]  # fmt: skip


def test_more_than_is_taken_at_once_is_refused() -> None:
    assert len(paste("14:02 a\n" * MOST_LINES)) == MOST_LINES
    with pytest.raises(TooMuch, match="5,001 lines, at most 5,000") as caught:
        paste("14:02 a\n" * (MOST_LINES + 1))
    assert (caught.value.unit, caught.value.n, caught.value.most) == ("lines", MOST_LINES + 1, MOST_LINES)
    with pytest.raises(TooMuch, match="bytes") as caught:
        paste("あ" * (MOST_BYTES // 3 + 1))
    assert caught.value.unit == "bytes"
    assert len(paste("14:02 " + "x" * (MOST_BYTES - 6))[0].text) == MOST_BYTES - 6


def test_nothing_gives_nothing() -> None:
    assert paste("") == paste(" \n\t\n\u3000\n") == ()


SPEED = {
    "log": "Nov 22 14:02:11 fw01 kernel: DROP IN=eth0 SRC=203.0.113.5 DST=10.0.0.1 LEN=60 TOS=0x00 PROTO=TCP SPT=1234 DPT=443",
    "chat": "[14:02] 佐伯: PC-123を切り離した、確認お願いします",
    "web": '203.0.113.5 - - [22/Nov/2026:14:02:11 +0900] "GET /index.html HTTP/1.1" 200 1234 "-" "Mozilla/5.0"',
    "slack": "佐伯 花\n  14:02\nPC-123を切り離した、確認お願いします",
    "bad": "25:61 x",
    "words": "a line without a time, just words that somebody wrote in the chat",
}


@pytest.mark.parametrize("name", SPEED)
def test_five_thousand_lines_take_less_than_a_second(name: str) -> None:
    line = SPEED[name]
    text = "\n".join([line] * (MOST_LINES // (line.count("\n") + 1)))
    assert any(_took(text) < 1 for _ in range(3))


@pytest.mark.parametrize(
    "line",
    [
        "[" * 190,
        "1:" * 95,
        "a " * 95,
        "[14:02] " * 24,
        "\t" * 5 + "x\t" * 90,
        "11/" * 60,
        "「" * 60,
        "day " * 45,
        "9" * 190,
        "a, " * 60,
    ],
)
def test_hostile_lines_take_no_longer(line: str) -> None:
    assert any(_took("\n".join([line] * 1000)) < 0.5 for _ in range(3))


def _took(text: str) -> float:
    begin = time.process_time()
    paste(text)
    return time.process_time() - begin


#: No digits that could be a day.
WORD = st.one_of(
    st.text("abcXYZあ漢カ-.:", min_size=1, max_size=8), st.sampled_from(["PC-123", "7x", "203.0.113.5", "a/b"])
)
LINES = st.lists(
    st.builds(
        "{}{}".format,
        st.sampled_from([
            "", "", "14:02 ", "[14:02] ", "2026-11-22 10:00 ", "Nov 22 14:02:11 ", "25:61 ", "  ", "- ",
            "[14:02] Hana: ",
            "Hana  14:02", "11/21", "\t",
        ]),
        st.lists(WORD, max_size=4).map(" ".join),
    ),
    max_size=12,
)  # fmt: skip


@UNHURRIED
@given(LINES)
def test_no_line_is_lost(lines: list[str]) -> None:
    made = paste("\n".join(lines))
    kept = "\n".join(f"{one.who} {one.lane} {one.kind} {one.text}" for one in made)
    for line in lines:
        for word in re.split(r"[\s:\[\]]+", line):
            assert word in kept or _OF_TIMES.fullmatch(word)
    assert [one.line_no for one in made] == sorted(one.line_no for one in made)
    assert all(one.text for one in made)


#: What becomes a time, or is the sign of a list.
_OF_TIMES = re.compile(r"(?:11/21|2026-11-22|Nov|22|14|02|11|10|00)?Z?[.-]*")
