"""Tables and lines of timelines that are pasted: what was printed is given back."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from kizuki.incidents.choices import KINDS, LANES, MILESTONES
from kizuki.incidents.engine.line import Line, printed
from kizuki.incidents.engine.timeline_file import Cells, written
from kizuki.incidents.tests.test_paste import UNHURRIED, paste


def test_our_own_table() -> None:
    rows = [
        Cells("1", "2026-11-22T14:02+09:00", "it", "contain", 'a\n"b", c', "contained", "", "executive external", by="佐伯"),
        Cells("2", "day 1 early", "attacker", "attack", "=1+1"),
        Cells("3", "undated", "security", "learn", "'quoted"),
        Cells("4", "2026-11-22T14:02+09:00", "it", "decide", "", auto="task"),
    ]  # fmt: skip
    text = "".join(written(rows))
    assert "\n2,day 1 early,attacker,attack,'=1+1," in text.replace("\r", "")
    assert [(p.at, p.lane, p.kind, p.text, p.milestone, p.handover, p.who, p.line_no) for p in paste(text)] == [
        ("2026-11-22T14:02+09:00", "it", "contain", 'a\n"b", c', "contained", ("executive", "external"), "佐伯", 2),
        ("day 1 early", "attacker", "attack", "=1+1", "", (), "", 4),
        ("undated", "security", "learn", "'quoted", "", (), "", 5),
    ]  # fmt: skip


def test_what_of_our_table_an_entry_has_no_place_for_is_told() -> None:
    row = Cells(
        "1", "undated", "it", "contain", "a", "noticed; contained", "; day 2", assets="pc-1", people="佐伯; 村井"
    )
    (one,) = paste("".join(written([row])))
    assert (one.milestone, one.text) == (
        "noticed",
        "a\nuntil: ; day 2\nassets: pc-1\npeople: 佐伯; 村井\nmilestone: contained",
    )


def test_tables_of_others() -> None:
    (one,) = paste("日時,担当,区分,内容,備考\n2026/11/22 14:02,情シス,封じ込め,切り離した,急ぎ\n")
    assert (one.at, one.lane, one.kind, one.text) == (
        "2026-11-22T14:02+09:00",
        "it",
        "contain",
        "切り離した\n備考: 急ぎ",
    )
    (one,) = paste("レベル,日付と時刻,ソース,イベント ID\n情報,2026/11/22 14:02:11,Security,4625")
    assert (one.at, one.text) == ("2026-11-22T14:02:11+09:00", "レベル: 情報\nソース: Security\nイベント ID: 4625")
    (one,) = paste("date;time;message\n2026-11-22;14:02;isolated")
    assert (one.at, one.text) == ("2026-11-22T14:02+09:00", "isolated")


def test_cells_that_cannot_be_read_are_told() -> None:
    first, second, third = paste(
        "at,lane,kind,text,milestone,handover\nsoon,ops,fix,x,done,them\n,,,y,,\n2026-11-22 14:02,it,contain,z,,it,extra"
    )
    assert (first.at, first.note, first.text) == (
        None,
        "form",
        "soon\nx\nlane: ops\nkind: fix\nmilestone: done\nhandover: them",
    )
    assert (second.at, second.note) == (None, "none")
    assert (third.text, third.handover) == ("z\nextra", ("it",))


def test_a_line_with_commas_is_no_table() -> None:
    assert len(paste("time, and again, it failed\n14:02 a")) == 2
    assert [one.text for one in paste("at,text")] == ["at,text"]


TEXTS = st.text(min_size=1, max_size=60).filter(
    lambda text: text == text.strip() and "\x00" not in text and "\r" not in text
)
ENTRIES = st.builds(
    Line,
    st.sampled_from([
        "2026-11-22T14:02+09:00", "2026-11-21T23:10:05+09:00", "~2026-11-21T18:00+09:00", "2026-11-21 early+09:00",
        "2026-11-21+09:00", "day 1 22:00", "day 2 early", "before 2026-10-22+09:00", "over 1 month before", "week 1",
        "undated",
    ]),
    st.sampled_from(LANES), st.sampled_from(KINDS), TEXTS, st.sampled_from(["", *MILESTONES]),
    st.lists(st.sampled_from(LANES), unique=True, max_size=3).map(tuple),
)  # fmt: skip


def _cells(entries: list[Line]) -> Iterator[Cells]:
    for n, line in enumerate(entries, 1):
        yield Cells(str(n), line.at or "", line.lane, line.kind, line.text, line.milestone, "", " ".join(line.handover))


@UNHURRIED
@given(st.lists(ENTRIES, min_size=1, max_size=5))
def test_a_printed_table_gives_its_entries_back(entries: list[Line]) -> None:
    made = paste("".join(written(_cells(entries))))
    assert [(p.at, p.lane, p.kind, p.text, p.milestone, p.handover) for p in made] == [
        (e.at, e.lane, e.kind, e.text, e.milestone, e.handover) for e in entries
    ]
    assert all(not p.note for p in made)


SIMPLE = st.lists(st.text("abcXYZあ漢カ", min_size=1, max_size=8), min_size=1, max_size=4).map(" ".join)


@UNHURRIED
@given(st.lists(st.tuples(ENTRIES, SIMPLE), min_size=1, max_size=5))
def test_printed_lines_give_their_entries_back(pairs: list[tuple[Line, str]]) -> None:
    entries = [Line(e.at, e.lane, e.kind, text, e.milestone, e.handover) for e, text in pairs]
    made = paste("\n".join(map(printed, entries)))
    assert [(p.at, p.lane, p.kind, p.text, p.milestone, p.handover) for p in made] == [
        (e.at, e.lane, e.kind, e.text, e.milestone, e.handover) for e in entries
    ]
