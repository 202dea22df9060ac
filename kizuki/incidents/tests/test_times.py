"""Times by the reader's clock: the instant never moves, and nothing is shown more exactly than it is known."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kizuki.incidents.engine import moment as moments
from kizuki.incidents.models import Entry
from kizuki.incidents.times import ago, length, moment_of, original_of, shown, since

ZONES = (
    "Asia/Tokyo",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
    "Pacific/Kiritimati",
)
TOKYO = ZoneInfo("Asia/Tokyo")


def entry(at: str, zone: str = "Asia/Tokyo", day_one: dt.date = dt.date(2026, 11, 20)) -> Entry:
    moment = moments.placed(at, zone=zone, day_one=day_one)
    return Entry(
        at=at, low=moment.low, high=moment.high, zone=zone, sort=moment.sort or dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    )


instants = st.datetimes(dt.datetime(1991, 1, 1), dt.datetime(2090, 12, 31), timezones=st.just(dt.UTC))


@given(instants, st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_no_zone_daylight_change_or_year_end_moves_an_instant(at: dt.datetime, there: str, here: str) -> None:
    """Written by one clock and read by another, the shown day and time of day are those of the same minute."""
    written = moments.in_zone(at.replace(second=0, microsecond=0), there)
    row = entry(written.at, there)
    assert row.sort == at.replace(second=0, microsecond=0)
    with translation.override("en"):
        seen = shown(row, ZoneInfo(here))
        local = row.sort.astimezone(ZoneInfo(here))
        assert (seen.day, seen.clock) == (local.date(), f"{local:%H:%M}")
        same = local.utcoffset() == row.sort.astimezone(ZoneInfo(there)).utcoffset()
        assert bool(seen.original) is not same, "the original stands beside it just where it reads otherwise"
        if seen.original:
            match = re.fullmatch(r"(\d\d-\d\d \d\d:\d\d) ([+-])(\d\d):(\d\d)", seen.original)
            assert match
            offset = dt.timedelta(hours=int(match[3]), minutes=int(match[4])) * (-1 if match[2] == "-" else 1)
            wall = dt.datetime.strptime(f"{row.sort.astimezone(ZoneInfo(there)).year}-{match[1]}", "%Y-%m-%d %H:%M")
            assert wall.replace(tzinfo=dt.timezone(offset)) == row.sort


@pytest.mark.parametrize(
    ("at", "en", "ja"),
    [
        ("2026-11-22T14:02+09:00", ("14:02", ""), ("14:02", "")),
        ("2026-11-22T05:02Z", ("14:02", "11-22 05:02 +00:00"), ("14:02", "11-22 05:02 +00:00")),
        ("~2026-11-22T18:00+09:00", ("about 18:00", ""), None),
        ("~2026-11-22T23:30-05:00", ("about 13:30", "about 11-22 23:30 -05:00"), None),
        ("2026-11-22 early+09:00", ("early", ""), ("早朝", "")),
        ("2026-11-22 early-05:00", ("19:00–22:00", "2026-11-22, early"), ("19:00–22:00", "2026-11-22 早朝")),
        ("2026-11-22 before dawn+09:00", ("before dawn", ""), ("未明", "")),
        ("2026-11-22+09:00", ("time not known", ""), None),
        ("day 3 14:00", ("14:00", "day 3 14:00"), ("14:00", "3日目 14:00")),
        ("before 2026-11-22+09:00", ("Before 2026-11-22", ""), ("2026-11-22より前", "")),
        ("week 2", ("Week 2", ""), ("2週目", "")), ("undated", ("Undated", ""), ("日時の記載なし", "")),
    ],
)  # fmt: skip
def test_as_it_is_known(at: str, en: tuple[str, str], ja: tuple[str, str] | None) -> None:
    for language, wanted in (("en", en), ("ja", ja)):
        if wanted:
            with translation.override(language):
                seen = shown(entry(at), TOKYO)
                assert (seen.clock, seen.original) == wanted


def test_the_original_with_its_offset() -> None:
    with translation.override("en"):
        assert original_of(entry("2026-11-22T14:02:33+09:00")) == "11-22 14:02 +09:00"
        assert original_of(entry("2026-11-22T23:00-03:30")) == "11-22 23:00 -03:30"


@pytest.mark.parametrize(
    ("first", "later", "said"),
    [
        ("2026-11-22T09:12+09:00", "2026-11-22T10:15+09:00", "+1 h 3 min"),
        ("2026-11-22T09:12+09:00", "2026-11-22T00:12Z", ""),
        ("2026-11-22T09:12+09:00", "2026-11-22T09:00+09:00", "−12 min"),
        ("2026-11-22T09:12+09:00", "2026-11-24T13:12+09:00", "+2 d 4 h"),
        ("day 1 10:00", "day 2 10:30", "+1 d"),
        ("2026-11-22T09:00+09:00", "~2026-11-22T18:00+09:00", "8 h to 10 h"),
        ("2026-11-22T09:00+09:00", "undated", ""),
        ("2026-11-22T09:00+09:00", "2026-11-23+09:00", "about 1 day"),
    ],
)  # fmt: skip
def test_how_long_after(first: str, later: str, said: str) -> None:
    with translation.override("en"):
        assert since(moment_of(entry(first)), moment_of(entry(later))) == said
        assert since(None, moment_of(entry(later))) == ""


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (61, "1 h 1 min"), (1440, "1 d"), (1441, "1 d"), (1560, "1 d 2 h")],
)  # fmt: skip
def test_lengths(minutes: int, said: str) -> None:
    with translation.override("en"):
        assert length(minutes) == said
        now: Any = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
        assert ago(now - dt.timedelta(minutes=minutes, seconds=20), now) == said
        assert ago(now + dt.timedelta(hours=1), now) == "0 min"


@pytest.mark.parametrize(
    ("at", "stands"),
    [
        ("~2026-11-29T03:15+09:00", "2026-11-28T18:15"), ("~day 2 22:00", "2026-11-21T13:00"),
        ("~2026-11-29 early+09:00", "2026-11-28T20:00"), ("~day 2", "2026-11-20T15:00"), ("~2026-11-29+09:00", "2026-11-28T15:00"),
        ("2026-11-29 early+09:00", "2026-11-28T20:00"), ("day 2", "2026-11-20T15:00"), ("before 2026-11-29+09:00", "2026-11-28T15:00"),
    ],
)  # fmt: skip
def test_what_was_about_a_time_stands_at_that_time(at: str, stands: str) -> None:
    """About 03:15 comes after 02:50, however far “about” may reach."""
    assert entry(at).sort == dt.datetime.fromisoformat(stands).replace(tzinfo=dt.UTC)
