"""Times as people write them: every form in both languages, and what cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kizuki.incidents.engine.human import begin, read_moment
from kizuki.incidents.engine.moment import BadMoment, check, placed
from kizuki.kit import when

#: Sunday 22 November 2026, 14:20 in Tokyo; day 1 is the day before.
NOW = datetime(2026, 11, 22, 5, 20, 11, tzinfo=UTC)
DAY_ONE = date(2026, 11, 21)


def read(written: str, *, now: datetime = NOW, zone: str = "Asia/Tokyo", day_one: date = DAY_ONE) -> str:
    return read_moment(written, now=now, zone=zone, day_one=day_one)


def refused(written: str, *, now: datetime = NOW, zone: str = "Asia/Tokyo") -> str:
    with pytest.raises(BadMoment) as caught:
        read(written, now=now, zone=zone)
    return caught.value.code


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("14:02", "2026-11-22T14:02+09:00"), ("9:05", "2026-11-22T09:05+09:00"),
        ("14:02:05", "2026-11-22T14:02:05+09:00"),
        ("14:02:05.123", "2026-11-22T14:02:05+09:00"), ("2時5分", "2026-11-22T02:05+09:00"),
        ("14時", "2026-11-22T14:00+09:00"),
        ("13時半", "2026-11-22T13:30+09:00"), ("2時5分9秒", "2026-11-22T02:05:09+09:00"),
        ("14:24", "2026-11-22T14:24+09:00"),
        ("午前9時", "2026-11-22T09:00+09:00"), ("午後1時5分", "2026-11-22T13:05+09:00"),
        ("午後 0:30", "2026-11-22T12:30+09:00"),
        ("1:05 pm", "2026-11-22T13:05+09:00"), ("12:10 am", "2026-11-22T00:10+09:00"),
        ("2pm", "2026-11-22T14:00+09:00"),
        ("１４：０２", "2026-11-22T14:02+09:00"), ("２時５分", "2026-11-22T02:05+09:00"),
        ("2:02\u202fPM", "2026-11-22T14:02+09:00"),
        ("今", "2026-11-22T14:20:11+09:00"), ("now", "2026-11-22T14:20:11+09:00"),
        ("現在", "2026-11-22T14:20:11+09:00"),
        ("10分前", "2026-11-22T14:10+09:00"), ("10 min ago", "2026-11-22T14:10+09:00"),
        ("2時間前", "~2026-11-22T12:20:11+09:00"),
        ("05:02Z", "2026-11-22T14:02+09:00"), ("05:02 UTC", "2026-11-22T14:02+09:00"),
        ("14:02 JST", "2026-11-22T14:02+09:00"),
        ("06:02+01:00", "2026-11-22T14:02+09:00"), ("at 14:02", "2026-11-22T14:02+09:00"),
        ("[14:02]", "2026-11-22T14:02+09:00"),
    ],
)  # fmt: skip
def test_a_time_of_day_is_todays(written: str, at: str) -> None:
    assert read(written) == at


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("昨日 23:10", "2026-11-21T23:10+09:00"), ("昨日23時10分", "2026-11-21T23:10+09:00"),
        ("yesterday 23:10", "2026-11-21T23:10+09:00"),
        ("Yesterday at 11:10 PM", "2026-11-21T23:10+09:00"), ("一昨日 10:00", "2026-11-20T10:00+09:00"),
        ("昨日の23:10", "2026-11-21T23:10+09:00"),
        ("11/21 23:10", "2026-11-21T23:10+09:00"), ("11-21 23:10", "2026-11-21T23:10+09:00"),
        ("１１／２１　２３：１０", "2026-11-21T23:10+09:00"),
        ("11月21日 23時10分", "2026-11-21T23:10+09:00"), ("11月21日23時10分", "2026-11-21T23:10+09:00"),
        ("11月21日（土） 23:10", "2026-11-21T23:10+09:00"),
        ("2026-11-21 23:10", "2026-11-21T23:10+09:00"), ("2026/11/21 23:10:09", "2026-11-21T23:10:09+09:00"),
        ("2026年11月21日 23:10", "2026-11-21T23:10+09:00"),
        ("2026-11-21T23:10", "2026-11-21T23:10+09:00"), ("2026-11-21T14:10Z", "2026-11-21T23:10+09:00"),
        ("2026-11-21T14:10:05.123456Z", "2026-11-21T23:10:05+09:00"),
        ("2026-11-21T09:00-10:00", "2026-11-22T04:00+09:00"),
        ("2026-11-21 09:10:00 -0500", "2026-11-21T23:10+09:00"), ("Nov 21 23:10:09", "2026-11-21T23:10:09+09:00"),
        ("Nov  2 23:10:09", "2026-11-02T23:10:09+09:00"), ("Sat, 21 Nov 2026 23:10", "2026-11-21T23:10+09:00"),
        ("21/Nov/2026:14:10:09 +0000", "2026-11-21T23:10:09+09:00"),
        ("11/21/2026 11:10:09 PM", "2026-11-21T23:10:09+09:00"),
        ("21/11/2026 23:10", "2026-11-21T23:10+09:00"), ("昨夜 23:10", "2026-11-21T23:10+09:00"),
    ],
)  # fmt: skip
def test_a_day_and_a_time_of_day(written: str, at: str) -> None:
    assert read(written) == at


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("~13:00", "~2026-11-22T13:00+09:00"), ("about 13:00", "~2026-11-22T13:00+09:00"),
        ("13:00頃", "~2026-11-22T13:00+09:00"),
        ("13時ごろ", "~2026-11-22T13:00+09:00"), ("約13時", "~2026-11-22T13:00+09:00"),
        ("〜13:00", "~2026-11-22T13:00+09:00"),
        ("13時過ぎ", "~2026-11-22T13:00+09:00"), ("11/21 18:00 頃", "~2026-11-21T18:00+09:00"),
        ("11/20頃", "~2026-11-20+09:00"),
        ("11/21", "2026-11-21+09:00"), ("2026-11-21", "2026-11-21+09:00"), ("2026年11月21日", "2026-11-21+09:00"),
        ("今日", "2026-11-22+09:00"),
        ("11/21 早朝", "2026-11-21 early+09:00"), ("11/21早朝", "2026-11-21 early+09:00"),
        ("11/21 early", "2026-11-21 early+09:00"),
        ("昨夜", "2026-11-21 night+09:00"), ("今朝", "2026-11-22 morning+09:00"),
        ("昨日 夕方", "2026-11-21 evening+09:00"),
        ("2026-11-21 before dawn", "2026-11-21 before dawn+09:00"), ("11月21日未明", "2026-11-21 before dawn+09:00"),
        ("day 2 early", "day 2 early"), ("2日目 早朝", "day 2 early"), ("1日目 22:00", "day 1 22:00"),
        ("1日目22時", "day 1 22:00"), ("Day 1", "day 1"),
        ("~day 1 22:00", "~day 1 22:00"), ("day -3 06:00", "day -3 06:00"), ("about day 1, early", "~day 1 early"),
        ("over 1 month before", "over 1 month before"), ("1か月以上前", "over 1 month before"),
        ("１ヶ月以上前", "over 1 month before"),
        ("2週間以上前", "over 2 weeks before"), ("3日以上前", "over 3 days before"),
        ("more than 1 year before", "over 1 year before"),
        ("week 1", "week 1"), ("1週目", "week 1"), ("month 1+", "month 1+"), ("1か月目以降", "month 1+"),
        ("before 2026-10-22", "before 2026-10-22+09:00"), ("2026-10-22より前", "before 2026-10-22+09:00"),
        ("before 10/22", "before 2026-10-22+09:00"),
        ("2026-10-22以前", "before 2026-10-23+09:00"), ("undated", "undated"), ("日時不明", "undated"),
    ],
)  # fmt: skip
def test_what_is_known_less_exactly_keeps_its_precision(written: str, at: str) -> None:
    assert read(written) == at


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("25:61", "form"), ("24:00", "form"), ("14:02:99", "form"), ("25時", "form"), ("13:00 pm", "form"),
        ("午後12時", "form"), ("2026-02-30 10:00", "form"),
        ("2/30", "form"), ("5/6/2026", "form"), ("day 0", "form"), ("week 0", "form"), ("day 1 25:00", "form"),
        ("", "form"), ("soon", "form"), ("14:02 x", "form"),
        ("09:00-10:00", "form"), ("14時から16時", "form"), ("11/21 09:00-10:00", "form"),
        ("2026-11-21 09:00-10:00", "form"), ("3日前", "form"), ("昨夜 2:00", "form"),
        ("14:02 CST", "form"), ("14:02+25:00", "form"), ("day 1 22:00 JST", "form"), ("before day 3", "form"),
        ("14:02から", "form"), ("x" * 100_000, "form"),
        ("18:00", "future"), ("14:26", "future"), ("14:02 UTC", "future"), ("~18:00", "future"),
        ("2026-11-23", "future"), ("2027-01-01 10:00", "future"),
        ("day 3", "future"), ("week 3", "future"), ("9999-12-31T23:59-12:00", "future"),
        ("2026-11-22 evening", "future"), ("before 2027-01-01", "future"),
        ("1989-12-31 10:00", "ancient"), ("1990-01-01T05:00+09:00", "ancient"), ("0001-01-01T00:00+14:00", "ancient"),
        ("1600-01-01", "ancient"),
        ("before 1989-01-01", "ancient"), ("day -9999 10:00", "ancient"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_reason(written: str, code: str) -> None:
    day_one = date(2010, 1, 1) if written.startswith("day -") else DAY_ONE
    with pytest.raises(BadMoment) as caught:
        read(written, day_one=day_one)
    assert caught.value.code == code


def test_a_day_without_a_year_is_the_latest_that_is_not_to_come() -> None:
    assert read("12/31 23:00") == "2025-12-31T23:00+09:00"
    assert read("12/31 23:00", now=datetime(2027, 1, 1, 15, tzinfo=UTC)) == "2026-12-31T23:00+09:00"
    assert read("11/22 14:24") == "2026-11-22T14:24+09:00"
    assert refused("11/22 14:40") == "future"  # today it is, so not a year ago
    assert read("2/29") == "2024-02-29+09:00"
    assert read("2/29", now=datetime(1904 + 200, 1, 5, tzinfo=UTC)) == "2096-02-29+09:00"  # 2100 is no leap year


def test_clocks_that_differ_a_little_do_not_differ_about_the_day() -> None:
    before_midnight = datetime(2026, 11, 22, 14, 58, tzinfo=UTC)  # 23:58
    assert read("00:01", now=before_midnight) == "2026-11-23T00:01+09:00"
    assert read("23:58", now=before_midnight) == "2026-11-22T23:58+09:00"
    assert read("00:10", now=before_midnight) == "2026-11-22T00:10+09:00"
    after_midnight = datetime(2026, 11, 22, 15, 2, tzinfo=UTC)  # 00:02 of the 23rd
    assert refused("23:58", now=after_midnight) == "future"  # yesterday has to be said
    assert read("昨日 23:58", now=after_midnight) == "2026-11-22T23:58+09:00"


#: The clock of Berlin went forward on 29 March 2026 at 02:00, and goes back on 25 October 2026 at 03:00.
SUMMER, WINTER = datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize("written", ["02:30", "3/29 02:30", "2026-03-29 02:30", "2026-03-29T02:30:10", "about 02:30"])
def test_a_local_time_that_was_skipped_needs_its_offset(written: str) -> None:
    assert refused(written, now=SUMMER, zone="Europe/Berlin") == "gap"


@pytest.mark.parametrize("written", ["02:30", "10/25 02:30", "2026-10-25 02:00", "2026-10-25 02:59:59"])
def test_a_local_time_that_came_twice_needs_its_offset(written: str) -> None:
    assert refused(written, now=WINTER, zone="Europe/Berlin") == "twice"


def test_with_its_offset_either_of_two_times_is_taken() -> None:
    first = read("2026-10-25 02:30+02:00", now=WINTER, zone="Europe/Berlin")
    second = read("02:30+01:00", now=WINTER, zone="Europe/Berlin")
    assert (first, second) == ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00")
    assert read("2026-03-29 02:30+01:00", now=SUMMER, zone="Europe/Berlin") == "2026-03-29T03:30+02:00"
    assert read("03:00", now=SUMMER, zone="Europe/Berlin") == "2026-03-29T03:00+02:00"
    assert read("01:59", now=SUMMER, zone="Europe/Berlin") == "2026-03-29T01:59+01:00"


def test_the_offset_that_is_asked_for_is_taken_where_it_looks_like_a_span() -> None:
    after = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert refused("01:30", now=after, zone="America/New_York") == "twice"
    for written in (
        "01:30-04:00",
        "2026-11-01 01:30-04:00",
        "11/1 01:30-04:00",
        "2026-11-01T01:30-04:00",
        "01:30 -0400",
    ):
        assert read(written, now=after, zone="America/New_York") == "2026-11-01T01:30-04:00"
    assert read("01:30-05:00", now=after, zone="America/New_York") == "2026-11-01T01:30-05:00"
    assert refused("01:30-06:00", now=after, zone="America/New_York") == "form"
    assert refused("04:00-05:00", now=after, zone="America/New_York") == "form"


def test_while_the_hour_comes_for_the_first_time_there_is_no_doubt() -> None:
    in_first = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)  # 02:40 in summer time
    assert read("02:30", now=in_first, zone="Europe/Berlin") == "2026-10-25T02:30+02:00"
    in_second = datetime(2026, 10, 25, 1, 40, tzinfo=UTC)
    assert refused("02:30", now=in_second, zone="Europe/Berlin") == "twice"


def test_a_day_of_the_incident_has_gaps_too() -> None:
    with pytest.raises(BadMoment, match="gap"):
        read("day 1 02:30", now=SUMMER, zone="Europe/Berlin", day_one=date(2026, 3, 29))
    assert (
        read("day 2 02:30", now=SUMMER, zone="Europe/Berlin", day_one=date(2026, 3, 28).replace(day=27))
        == "day 2 02:30"
    )


def test_days_have_the_offset_of_their_place() -> None:
    assert read("2026-03-28", now=SUMMER, zone="Europe/Berlin") == "2026-03-28+01:00"
    assert read("2026-03-29 early", now=SUMMER, zone="Europe/Berlin") == "2026-03-29 early+02:00"
    assert read("2026-03-28+05:30", now=SUMMER, zone="Europe/Berlin") == "2026-03-28+05:30"
    moment = placed(read("2026-03-29 early", now=SUMMER, zone="Europe/Berlin"), zone="Europe/Berlin", day_one=DAY_ONE)
    assert moment.low == datetime(2026, 3, 29, 5, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    "text",
    [
        "3時間停止した", "5台を隔離", "24/7 monitoring", "9/10 hosts patched", "13/45 hosts", "10-15 hosts",
        "May 3 servers went down", "today's alerts", "now-known host", "2026 was",
        "1.2.3.4 blocked", "12:345", "yesterdays", "3/5台", "no time", "", "PC-123", "午後に連絡", "20台",
        "00:1a:2b:3c:4d:5e seen", "today we",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_time_is_text(text: str) -> None:
    made = begin(text, now=NOW, zone="Asia/Tokyo", day_one=DAY_ONE)
    assert made is None or text == "today we"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("14:02 isolated", "isolated"), ("14:02　切り離した", "切り離した"), ("14:02に切り離した", "切り離した"),
        ("14:02には完了", "完了"), ("14:02、切り離した", "切り離した"),
        ("[14:02] isolated", "isolated"), ("（14:02）切り離した", "切り離した"), ("14:02: isolated", "isolated"),
        ("14:02 - isolated", "isolated"), ("14:02\tisolated", "isolated"),
        ("14:02から通信", "14:02から通信"), ("昨日以降の通信", "昨日以降の通信"), ("2026-11-21 23:10. Then", "Then"),
    ],
)  # fmt: skip
def test_what_follows_a_time_begins_after_the_signs_between(text: str, rest: str) -> None:
    made = begin(text, now=NOW, zone="Asia/Tokyo", day_one=DAY_ONE)
    assert made is not None
    assert text[made.end :] == rest


def test_a_bracket_that_is_not_closed_holds_no_time() -> None:
    assert begin("[14:02 isolated]", now=NOW, zone="Asia/Tokyo", day_one=DAY_ONE) is None


def test_what_is_given_back_can_be_read_and_has_happened() -> None:
    for written in (
        "14:02",
        "11/21",
        "11/21 早朝",
        "2日目 早朝",
        "1か月以上前",
        "1週目",
        "before 2026-10-22",
        "undated",
        "13時ごろ",
        "11/20頃",
    ):
        at = read(written)
        when.parse(at)
        check(placed(at, zone="Asia/Tokyo", day_one=DAY_ONE), NOW)
        assert read(at) == at


def test_seconds_keep_their_place() -> None:
    moment = placed("2026-11-22T14:02:05+09:00", zone="Asia/Tokyo", day_one=DAY_ONE)
    assert moment.low == moment.high == moment.sort == datetime(2026, 11, 22, 5, 2, 5, tzinfo=UTC)
    later = placed("2026-11-22T05:02:06Z", zone="Asia/Tokyo", day_one=DAY_ONE)
    assert later.low == datetime(2026, 11, 22, 5, 2, 6, tzinfo=UTC)
