"""The one line of an entry: what is understood, what is asked, and what stays as typed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from kizuki.incidents.choices import KINDS, LANES, MILESTONES
from kizuki.incidents.engine import lexicon
from kizuki.incidents.engine.line import Line, longest_known, mentions, printed, read_line, read_words
from kizuki.incidents.engine.moment import BadMoment

NOW = datetime(2026, 11, 22, 5, 20, tzinfo=UTC)
AT = "2026-11-22T14:02+09:00"


def read(text: str, lane: str = "") -> Line:
    return read_line(text, now=NOW, zone="Asia/Tokyo", day_one=date(2026, 11, 21), lane=lane)


@pytest.mark.parametrize(
    "text",
    [
        "14:02 it contain isolated PC-123", "14:02 IT Contain isolated PC-123", "14:02 contain it isolated PC-123",
        "it 14:02 contain isolated PC-123",
        "contain it 14:02 isolated PC-123", "１４：０２　情シス　封じ込め　isolated PC-123",
        "[14:02] 情シス: 遮断: isolated PC-123", "14:02：情シス：封じ込め：isolated PC-123",
        "  14:02   情報システム   切り離し   isolated PC-123  ", "2026-11-22T05:02Z it contain isolated PC-123",
        "14時2分 情報システム部 隔離 isolated PC-123",
    ],
)  # fmt: skip
def test_time_lane_and_kind_stand_before_the_text_in_any_order(text: str) -> None:
    line = read(text)
    assert (line.at, line.lane, line.kind, line.text) == (AT, "it", "contain", "isolated PC-123")
    assert line.missing == ()
    assert line.guess == ""


def test_the_same_in_japanese() -> None:
    line = read("14:02 情シス 封じ込め PC-123を切り離した")
    assert line == Line(AT, "it", "contain", "PC-123を切り離した")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("14:02 it isolated PC-123", ("kind",)), ("contain isolated PC-123", ("lane",)),
        ("isolated PC-123", ("lane", "kind")), ("14:02 it contain", ("text",)),
        ("", ("lane", "kind", "text")), ("  \u3000 ", ("lane", "kind", "text")), ("14:02", ("lane", "kind", "text")),
        ("!contained", ("lane", "kind", "text")),
    ],
)  # fmt: skip
def test_what_is_missing_is_asked(text: str, missing: tuple[str, ...]) -> None:
    assert read(text).missing == missing


def test_the_lane_of_whoever_writes_is_taken_unless_another_is_said() -> None:
    assert read("contain isolated", lane="it").lane == "it"
    assert read("external contain isolated", lane="it").lane == "external"
    assert read("isolated", lane="it").missing == ("kind",)


def test_without_a_time_it_is_now() -> None:
    assert read("it contain isolated").at is None


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("PC-123を切り離した", "contain"), ("disconnected PC-123", "contain"), ("EDRのアラートを確認", "detect"),
        ("ログを調査", "analyse"), ("JPCERT/CCへ情報提供", "report"),
        ("経営会議へ一報", "escalate"), ("バックアップから復元", "recover"), ("removed the web shell", "eradicate"),
        ("ファイルが暗号化されていた", "attack"), ("the firewall was left open", "enable"),
        ("approved by the board", "decide"), ("プレスリリースを公表", "communicate"), ("再発防止をまとめた", "learn"),
        ("lunch", ""),
    ],
)  # fmt: skip
def test_a_kind_is_suggested_and_never_entered(text: str, guess: str) -> None:
    line = read(f"it {text}")
    assert (line.kind, line.guess, line.text) == ("", guess, text)


def test_nothing_is_suggested_where_the_kind_is_said() -> None:
    assert read("it decide blocked the address").guess == ""


@pytest.mark.parametrize("text", ["it was isolated", "It has been isolated", "it isn't reachable", "it can wait"])
def test_it_may_be_what_the_sentence_is_about(text: str) -> None:
    line = read(f"14:02 {text}")
    assert (line.lane, line.text) == ("", text)


def test_it_is_the_department_else() -> None:
    assert read("it contain x").lane == "it"
    assert read("IT was told").lane == "it"


def test_marks_before_and_after_the_text() -> None:
    line = read("14:02 it contain isolated PC-123 !contained >executive →広報")
    assert (line.text, line.milestone, line.handover) == (
        "isolated PC-123",
        "contained",
        ("executive", "communications"),
    )
    assert read("14:02 !封じ込め ＞経営 情シス 封じ込め 遮断した").milestone == "contained"
    assert read("情シス 封じ込め 遮断した ！封じ込め").milestone == "contained"


def test_marks_inside_the_text_are_text() -> None:
    line = read("it contain moved !contained files >it now")
    assert (line.text, line.milestone, line.handover) == ("moved !contained files >it now", "", ())


def test_a_second_milestone_and_an_unknown_one_stay_to_be_seen() -> None:
    line = read("it contain x !closed !contained")
    assert (line.text, line.milestone) == ("x !closed", "contained")
    assert line.unknown == ()
    line = read("it contain x !contaned")
    assert (line.text, line.milestone, line.unknown) == ("x !contaned", "", ("!contaned",))
    assert read("it contain done!").unknown == ()
    assert read("it contain a → b").handover == ()


def test_mentions_stay_in_the_text() -> None:
    line = read("it contain @佐伯 が #PC-123 を切り離した（@murai.jun、#PC-124）。 @佐伯")
    assert line.people == ("佐伯", "murai.jun")
    assert line.assets == ("PC-123", "PC-124")
    assert "@佐伯 が #PC-123 を" in line.text
    assert mentions("mail eve@evil.example, ticket#12, C#") == ((), ())
    assert mentions("＠佐伯 ＃PC-1. @ #") == (("佐伯",), ("PC-1",))


def test_the_longest_known_name_is_meant() -> None:
    names = ("佐伯", "佐伯花", "Saeki", "")
    assert longest_known("佐伯花さんに", names) == "佐伯花"
    assert longest_known("佐伯さん", names) == "佐伯"
    assert longest_known("ｓａｅｋｉ", names) == "Saeki"
    assert longest_known("村井", names) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("情シス 分析 9:00-10:00 のログを確認", "9:00-10:00 のログを確認"),
        ("it analyse 9:00-10:00 logs", "9:00-10:00 logs"),
        ("情シス 分析 9:00 のログを確認", "9:00 のログを確認"), ("it contain 18:00 までに遮断", "18:00 までに遮断"),
        ("情シス 分析 11/21 のログを確認", "11/21 のログを確認"),
        ("it contain day 2 backups deleted", "day 2 backups deleted"), ("it analyse now the logs", "now the logs"),
    ],
)  # fmt: skip
def test_a_time_that_belongs_to_the_sentence_stays_in_it(text: str, said: str) -> None:
    line = read(text)
    assert (line.at, line.text) == (None, said)


def test_a_time_with_which_the_sentence_begins_counts_and_stays() -> None:
    line = read("14:02から不審な通信")
    assert (line.at, line.text) == (AT, "14:02から不審な通信")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("25:61 it contain x", "form"), ("it 25:61 contain x", "form"), ("18:00 it contain x", "future"),
        ("it 18:00 contain x", "future"), ("1980-01-01 it contain x", "ancient"),
        ("09:00-10:00 it contain x", "form"), ("3日前 情シス 封じ込め x", "form"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadMoment) as caught:
        read(text)
    assert caught.value.code == code


def test_the_text_is_kept_as_typed() -> None:
    typed = "ＰＣ−１２３を　切り離した  （２台）\nsecond line"
    assert read(f"14:02 情シス 封じ込め {typed}").text == typed


def test_every_word_of_the_vocabulary_stands_for_itself() -> None:
    assert all(lexicon.lane_of(lane) == lane for lane in LANES)
    assert all(lexicon.kind_of(kind) == kind for kind in KINDS)
    assert all(lexicon.milestone_of(name) == name for name in MILESTONES)


@pytest.mark.parametrize(
    ("word", "lane"),
    [
        ("情シス", "it"), ("情報システム", "it"), ("csirt", "security"), ("CSIRT", "security"),
        ("セキュリティ", "security"), ("経営", "executive"), ("広報", "communications"),
        ("部門", "business"), ("現場", "business"), ("外部", "external"), ("委託先", "external"),
        ("攻撃者", "attacker"), ("ＩＴ", "it"),
    ],
)  # fmt: skip
def test_lanes_have_several_spellings(word: str, lane: str) -> None:
    assert read(f"{word} contain x").lane == lane


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("きっかけ", "enable"), ("攻撃", "attack"), ("検知", "detect"), ("分析", "analyse"), ("調査", "analyse"),
        ("analyze", "analyse"), ("封じ込め", "contain"), ("遮断", "contain"),
        ("根絶", "eradicate"), ("駆除", "eradicate"), ("復旧", "recover"), ("上申", "escalate"), ("判断", "decide"),
        ("発信", "communicate"), ("公表", "communicate"), ("報告", "report"), ("学び", "learn"),
    ],
)  # fmt: skip
def test_kinds_have_several_spellings(word: str, kind: str) -> None:
    assert read(f"it {word} x").kind == kind


def test_a_printed_line_reads_as_the_same_again() -> None:
    for text in (
        "14:02 it contain isolated #PC-1 !contained >executive",
        "11/21 早朝 経営 判断 停止を決定",
        "undated external learn x",
        "1か月以上前 attacker attack x",
    ):
        line = read(text)
        assert read(printed(line)) == line


def test_words_are_read_without_a_time() -> None:
    assert read_words("情シス 封じ込め 14:02 x") == Line(None, "it", "contain", "14:02 x")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "x " * 50_000,
        "!contained " * 9_000,
        ">it " * 25_000,
        "@" * 100_000,
        "#a@b " * 20_000,
        "1:" * 50_000,
        "　" * 100_000,
        "14:02 " * 16_000,
    ],
)
def test_a_hundred_kilobytes_in_one_line_are_answered_at_once(text: str) -> None:
    begin = time.process_time()
    line = read(text)
    assert time.process_time() - begin < 1
    assert len(line.text) <= len(text)
