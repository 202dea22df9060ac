"""Times with precision: every form, what cannot be, intervals between, and how they are said."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuki.kit import when
from kizuki.kit.when import DAY, PARTS, WEEK, Duration, When, between, local, parse

DAYS = st.integers(-400, 400).filter(bool)
CLOCK = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda c: f"{c[0]:02}:{c[1]:02}")
ABOUT = st.sampled_from(["", "~"])
DATES = st.dates().map(lambda d: d.isoformat())
ZONES = st.sampled_from(["Z", "+00:00", "+09:00", "-05:30", "+14:00"])
WRITTEN = st.one_of(
    st.builds("{}day {} {}".format, ABOUT, DAYS, CLOCK),
    st.builds("{}day {}".format, ABOUT, DAYS),
    st.builds("{}day {} {}".format, ABOUT, DAYS, st.sampled_from(sorted(PARTS))),
    st.builds("{}{}T{}{}".format, ABOUT, st.dates(datetime(2, 1, 1).date(), datetime(9998, 1, 1).date()), CLOCK, ZONES),
    st.builds("{}{}".format, ABOUT, DATES),
    st.builds("{} {}{}".format, st.sampled_from(["week", "month"]), st.integers(1, 999), st.sampled_from(["", "+"])),
    st.builds("over {} {}s before".format, st.integers(1, 999), st.sampled_from(["day", "week", "month", "year"])),
    st.just("undated"),
)
JST_1402 = int(datetime(2026, 11, 22, 5, 2, tzinfo=UTC).timestamp()) // 60
NOV_22 = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp()) // 60


@pytest.mark.parametrize(
    ("written", "frame", "precision", "low", "high"),
    [
        ("2026-11-22T14:02+09:00", "absolute", "minute", JST_1402, JST_1402),
        ("2026-11-22T05:02:59Z", "absolute", "minute", JST_1402, JST_1402),
        ("~2026-11-22T14:02+09:00", "absolute", "about", JST_1402 - 60, JST_1402 + 60),
        ("2026-11-22", "absolute", "day", NOV_22, NOV_22 + DAY),
        ("~2026-11-22", "absolute", "about", NOV_22 - DAY, NOV_22 + 2 * DAY),
        ("day 1", "relative", "day", 0, DAY),
        ("day 1 22:00", "relative", "minute", 22 * 60, 22 * 60),
        ("~day 1 22:00", "relative", "about", 21 * 60, 23 * 60),
        ("day 2 early", "relative", "part", DAY + 5 * 60, DAY + 8 * 60),
        ("~day 2 early", "relative", "about", DAY + 4 * 60, DAY + 9 * 60),
        ("day 7 before dawn", "relative", "part", 6 * DAY, 6 * DAY + 5 * 60),
        ("day -1", "relative", "day", -DAY, 0),
        ("day -11 06:00", "relative", "minute", -11 * DAY + 360, -11 * DAY + 360),
        ("week 2", "relative", "week", WEEK, 2 * WEEK),
        ("week 3+", "relative", "week", 2 * WEEK, None),
        ("month 1", "relative", "month", 0, 31 * DAY),
        ("month 2+", "relative", "month", 28 * DAY, None),
        ("over 1 month before", "relative", "bound", None, -28 * DAY),
        ("over 2 years before", "relative", "bound", None, -730 * DAY),
        ("undated", "order", "none", None, None),
    ],
)
def test_every_form_is_the_interval_that_it_means(
    written: str, frame: str, precision: str, low: int | None, high: int | None
) -> None:
    made = parse(written)
    assert (made.written, made.frame, made.precision, made.low, made.high) == (written, frame, precision, low, high)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2026-02-30", "not a possible date"), ("0000-01-01", "not a possible date"), ("2026-13-01", "not a possible date"),
        ("2026-11-22T24:00Z", "not a possible time"), ("2026-11-22T10:60Z", "not a possible time"),
        ("2026-11-22T10:00:99Z", "not a possible time"), ("2026-11-22T10:00+25:00", "not a possible time"),
        ("0001-01-01T00:00+09:00", "not a possible time"), ("day 0", "there is no day 0"), ("day -0", "there is no day 0"),
        ("day 1 24:00", "hours go to 23"), ("day 1 10:60", "minutes to 59"), ("day 1 dusk", "not a part of a day"),
        ("week 0", "counting starts at week 1"), ("month 0+", "counting starts at month 1"),
        ("over 0 days before", "counting starts at 1"), ("2026-11-22T14:02", "not a time"), ("2026-11-22 14:02", "not a time"),
        ("2026-11", "not a time"), ("22.11.2026", "not a time"), ("day 1 9:00", "not a time"), ("day", "not a time"),
        ("day 12345", "not a time"), ("", "not a time"), ("yesterday", "not a time"), ("undated ", "not a time"),
        ("2026-11-22\n", "not a time"), ("day 1\n", "not a time"), ("day ２", "not a time"), ("２０２６-11-22", "not a time"),
        ("x" * 10_000, "not a time"), ("~week 2", "not a time"), ("week 1000", "not a time"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_short_line(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        parse(written)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@given(st.text("day weknmoth0123456789:+-~TZ\n", max_size=24))
def test_any_text_is_a_time_or_a_value_error(written: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse(written).written == written


@given(WRITTEN)
def test_an_interval_never_ends_before_it_begins(written: str) -> None:
    made = parse(written)
    assert made.low is None or made.high is None or made.low <= made.high
    assert (made.frame == "order") == (made.low is None and made.high is None)


@given(WRITTEN, WRITTEN)
def test_a_length_between_is_never_negative_and_never_closer_than_known(a: str, b: str) -> None:
    first, later = parse(a), parse(b)
    length = between(first, later)
    if length is None:
        return
    assert first.frame == later.frame != "order"
    assert length.low >= 0
    assert length.high is None or length.low <= length.high
    assert (length.high is None) == (later.high is None or first.low is None)
    assert length.days is None or length.days >= 0


@given(WRITTEN, WRITTEN, st.data())
def test_any_two_moments_inside_lie_as_far_apart_as_is_said(a: str, b: str, data: st.DataObject) -> None:
    first, later = parse(a), parse(b)
    length = between(first, later)
    if length is None:
        return
    far = 10**10
    x = data.draw(st.integers(_or(first.low, -far), _or(first.high, far)))
    y = data.draw(st.integers(_or(later.low, -far), _or(later.high, far)))
    if y >= x:
        assert length.low <= y - x
        assert length.high is None or y - x <= length.high


def _or(bound: int | None, open_end: int) -> int:
    return open_end if bound is None else bound


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("day 1", "2026-11-22"), ("undated", "day 1"), ("undated", "undated"), ("day 3", "day 1"), ("week 3+", "day 1"),
        ("week 3+", "week 4"), ("day 1", "over 1 month before"), ("over 1 month before", "over 2 months before"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_not_said(a: str, b: str) -> None:
    assert between(parse(a), parse(b)) is None


@pytest.mark.parametrize(
    ("a", "b", "length", "english", "japanese"),
    [
        ("day 1 22:00", "day 1 22:45", Duration(45, 45), "45 min", "45分"),
        ("day 1 22:00", "day 2 00:00", Duration(120, 120), "2 h", "2時間"),
        ("day 1", "day 3", Duration(DAY, 3 * DAY, 2), "about 2 days", "約2日"),
        ("day 1", "day 1", Duration(0, DAY, 0), "same day", "同日"),
        ("day -1", "day 1", Duration(0, 2 * DAY, 1), "about 1 day", "約1日"),
        ("day 1", "week 3+", Duration(13 * DAY, None), "at least 13 days", "13日以上"),
        ("over 1 month before", "day 1", Duration(28 * DAY, None, over="1 month"), "over 1 month", "1か月以上"),
        ("day 1 early", "day 1 evening", Duration(540, 960), "9 h to 16 h", "9時間～16時間"),
        ("week 1", "week 2", Duration(0, 2 * WEEK), "at most 14 days", "14日以内"),
    ],
)
def test_lengths_are_said_as_exactly_as_they_are_known(
    a: str, b: str, length: Duration, english: str, japanese: str
) -> None:
    found = between(parse(a), parse(b))
    assert found == length
    assert (found.label("en"), found.label("ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("written", "english", "japanese"),
    [
        ("2026-11-22T14:02+09:00", "2026-11-22 14:02+09:00", "2026-11-22 14:02+09:00"),
        ("~2026-11-22T18:00Z", "about 2026-11-22 18:00Z", "2026-11-22 18:00Z頃"),
        ("2026-11-22", "2026-11-22", "2026-11-22"),
        ("~2026-11-22", "about 2026-11-22", "2026-11-22頃"),
        ("day 1 22:00", "day 1 22:00", "1日目 22:00"),
        ("~day 1 22:00", "about day 1 22:00", "1日目 22:00頃"),
        ("day 2 early", "day 2, early", "2日目 早朝"),
        ("day -11", "11 days before", "11日前"),
        ("day -1 10:00", "1 day before 10:00", "1日前 10:00"),
        ("week 2", "week 2", "2週目"),
        ("week 3+", "week 3 or later", "3週目以降"),
        ("month 1", "month 1", "1か月目"),
        ("over 1 month before", "over 1 month before", "1か月以上前"),
        ("over 2 years before", "over 2 years before", "2年以上前"),
        ("undated", "undated", "日時の記載なし"),
    ],
)
def test_moments_are_said_in_both_languages(written: str, english: str, japanese: str) -> None:
    made = parse(written)
    assert (made.label("en"), made.label("ja")) == (english, japanese)


@given(WRITTEN)
def test_every_moment_has_a_label_without_traces_of_the_other_language(written: str) -> None:
    made = parse(written)
    assert made.label("en").isascii()
    assert not set("abcdefghijklmnopqrsuvwxy") & set(made.label("ja"))


@given(st.integers(0, 10**6), st.integers(0, 10**6) | st.none())
def test_every_length_has_a_label(low: int, more: int | None) -> None:
    made = Duration(low, None if more is None else low + more)
    assert made.label("en").isascii()
    assert made.label("en")
    assert any(word in made.label("ja") for word in ("分", "時間", "日"))


def test_a_whole_number_of_days_stands_bare_after_a_plus_sign() -> None:
    assert [Duration(0, DAY, n).label("en", bare=True) for n in (0, 1, 2)] == ["same day", "1 day", "2 days"]
    assert Duration(0, DAY, 2).label("ja", bare=True) == "2日"


def test_minutes_become_a_moment_for_showing() -> None:
    assert local(JST_1402, 9 * 60).isoformat() == "2026-11-22T14:02:00+00:00"


def test_equal_intervals_keep_what_was_written() -> None:
    assert parse("2026-11-22T05:02Z") != parse("2026-11-22T14:02+09:00")
    assert isinstance(parse("day 1"), When)
    assert when.FORMS.count(",") >= 10


@pytest.mark.parametrize("written", when.FORMS.split(", "))
def test_every_form_that_messages_name_is_taken(written: str) -> None:
    assert parse(written)
