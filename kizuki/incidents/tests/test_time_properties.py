"""No edit, zone, daylight change or year end moves an instant."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kizuki.incidents.engine.human import begin, read_moment
from kizuki.incidents.engine.line import Line, printed, read_line
from kizuki.incidents.engine.moment import BadMoment, check, in_zone, instant, placed
from kizuki.incidents.engine.paste import read_paste
from kizuki.kit import when

#: A busy machine is no fault of what is tried.
UNHURRIED = settings(deadline=None)
#: With and without daylight time, on both halves of the world, by an hour and by half of one, at midnight, and across the date line.
ZONES = st.sampled_from([
    "Asia/Tokyo", "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe",
    "Asia/Kathmandu", "Africa/Cairo",
    "America/Santiago", "Pacific/Apia", "Pacific/Kiritimati", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kolkata",
    "Antarctica/Troll",
])  # fmt: skip
DAY_ONE = date(2026, 1, 1)
FIRST, LAST = datetime(1990, 1, 2, tzinfo=UTC), datetime(2037, 12, 30, tzinfo=UTC)
ANY = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
#: Seconds beside moments at which clocks change or years end.
EDGES = st.builds(
    lambda edge, seconds: datetime.fromisoformat(f"{edge}Z") + timedelta(seconds=seconds),
    st.sampled_from([
        "2026-03-29T01", "2026-10-25T01", "2026-11-01T06", "2026-03-08T07", "2026-04-04T15", "2026-10-03T15:30",
        "2026-12-31T15",
        "2027-01-01T00", "2024-02-28T15", "2024-02-29T15", "2011-12-30T10", "2018-11-04T03",
    ]),
    st.integers(-8000, 8000),
)  # fmt: skip
INSTANTS = st.one_of(ANY, EDGES)
LATER = st.one_of(st.integers(0, 100), st.integers(0, 10**8)).map(lambda seconds: timedelta(seconds=seconds))


def tried(written: str, *, now: datetime, zone: str) -> str:
    """The time that is read, or the code of the refusal."""
    try:
        return read_moment(written, now=now, zone=zone, day_one=DAY_ONE)
    except BadMoment as error:
        return error.code


@UNHURRIED
@given(INSTANTS, ZONES, ZONES, LATER)
def test_an_instant_written_in_a_zone_and_shown_in_another_stays_where_it_is(
    at: datetime, here: str, there: str, later: timedelta
) -> None:
    written = in_zone(at, here)
    assert written.low == written.high == at
    shown = in_zone(at, there).at
    read = read_moment(shown, now=at + later, zone=here, day_one=DAY_ONE)
    assert read == written.at
    assert placed(read, zone=there, day_one=DAY_ONE).low == at
    assert placed(shown, zone=here, day_one=DAY_ONE) == instant(at.astimezone(ZoneInfo(there)))


@UNHURRIED
@given(
    INSTANTS,
    ZONES,
    LATER,
    st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S",
            "%Y/%m/%d %H:%M:%S",
            "%Y年%m月%d日 %H時%M分%S秒",
            "%b %d %Y %H:%M:%S",
            "%d/%b/%Y:%H:%M:%S",
            "%m/%d/%Y %I:%M:%S %p",
        ]
    ),
)
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", timedelta(0), "%Y-%m-%d %H:%M:%S")
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin", timedelta(hours=2), "%Y-%m-%d %H:%M:%S")
def test_a_local_time_means_its_instant_or_is_refused_as_double(
    at: datetime, zone: str, later: timedelta, form: str
) -> None:
    wall = at.astimezone(ZoneInfo(zone))
    with contextlib.suppress(BadMoment):
        read = read_moment(wall.strftime(form), now=at + later, zone=zone, day_one=DAY_ONE)
        assert placed(read, zone=zone, day_one=DAY_ONE).low == at
        return
    other = wall.replace(fold=1 - wall.fold)
    assert other.utcoffset() != wall.utcoffset()  # only what comes twice may be refused
    assert (
        read_moment(f"{wall:%Y-%m-%dT%H:%M:%S}{wall.isoformat()[-6:]}", now=at + later, zone=zone, day_one=DAY_ONE)
        == in_zone(at, zone).at
    )


@UNHURRIED
@given(
    INSTANTS,
    ZONES,
    st.integers(0, 363 * 24 * 60),
    st.sampled_from(["%m/%d %H:%M:%S", "%m-%d %H:%M:%S", "%m月%d日%H時%M分%S秒", "%b %d %H:%M:%S"]),
)
def test_a_day_without_a_year_means_the_last_such_day(at: datetime, zone: str, minutes: int, form: str) -> None:
    wall = at.astimezone(ZoneInfo(zone))
    read = tried(wall.strftime(form), now=at + timedelta(minutes=minutes), zone=zone)
    assert read == "twice" or placed(read, zone=zone, day_one=DAY_ONE).low == at


@UNHURRIED
@given(INSTANTS, ZONES, st.integers(0, 23 * 60 + 59))
def test_a_bare_time_of_day_is_never_to_come_and_never_before_today(now: datetime, zone: str, minute: int) -> None:
    written = f"{minute // 60}:{minute % 60:02}"
    today = now.astimezone(ZoneInfo(zone)).date()
    read = tried(written, now=now, zone=zone)
    if read in ("future", "gap", "twice"):
        return
    moment = placed(read, zone=zone, day_one=DAY_ONE)
    assert moment.low is not None
    assert moment.low <= now + timedelta(minutes=5)
    local = moment.low.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == divmod(minute, 60)
    assert local.date() == today or moment.low > now  # tomorrow begins within the minutes by which clocks may differ


ABOUT = st.sampled_from(["", "~"])
DATES = st.dates(date(1991, 1, 1), date(2025, 12, 31))
DAYS = st.integers(-300, 300).filter(bool)
PARTS = st.sampled_from(sorted(when.PARTS))
FORMS = st.one_of(
    st.builds("{}{} {}".format, ABOUT, DATES, PARTS),
    st.builds("{}{}".format, ABOUT, DATES),
    st.builds("before {}".format, DATES),
    st.builds("{}day {}".format, ABOUT, DAYS),
    st.builds("{}day {} {:02}:{:02}".format, ABOUT, DAYS, st.integers(0, 23), st.integers(0, 59)),
    st.builds("day {} {}".format, DAYS, PARTS),
    st.builds("{} {}{}".format, st.sampled_from(["week", "month"]), st.integers(1, 20), st.sampled_from(["", "+"])),
    st.builds("over {} {}s before".format, st.integers(2, 20), st.sampled_from(["day", "week", "month", "year"])),
    st.just("undated"),
)  # fmt: skip
NOW = datetime(2037, 1, 1, tzinfo=UTC)


@UNHURRIED
@given(FORMS, ZONES, st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_what_was_given_back_is_given_back_again_and_lies_at_the_same_place(
    written: str, zone: str, day_one: date
) -> None:
    with contextlib.suppress(BadMoment):  # a time of day on a day of the incident may not exist there
        once = read_moment(written, now=NOW, zone=zone, day_one=day_one)
        assert read_moment(once, now=NOW, zone=zone, day_one=day_one) == once
        moment = placed(once, zone=zone, day_one=day_one)
        check(moment, NOW)
        assert moment.low is None or moment.high is None or moment.low <= moment.high
        assert placed(moment.at, zone=zone, day_one=day_one) == moment
        assert when.parse(once).precision == when.parse(written).precision


@UNHURRIED
@given(FORMS, st.sampled_from(["Asia/Tokyo", "Europe/Berlin"]), st.sampled_from(["en", "ja"]))
def test_a_time_as_readers_see_it_is_read_again(written: str, zone: str, language: str) -> None:
    day_one = date(2026, 6, 10)
    assume(
        not (written.lstrip("~").startswith("day -"))
    )  # “3日前” counts from day 1 there, and from now where people type it
    with contextlib.suppress(BadMoment):
        once = read_moment(written, now=NOW, zone=zone, day_one=day_one)
        label = when.parse(once).label(language)
        assert read_moment(label, now=NOW, zone=zone, day_one=day_one) == once


@UNHURRIED
@given(
    st.one_of(FORMS, INSTANTS.map(lambda at: instant(at).at)), ZONES, st.sampled_from(["it contain", "情シス 封じ込め"])
)
def test_a_printed_line_has_the_same_moment(written: str, zone: str, words: str) -> None:
    day_one = date(2026, 6, 10)
    with contextlib.suppress(BadMoment):
        at = read_moment(written, now=LAST, zone=zone, day_one=day_one)
        line = read_line(f"{written} {words} PC-123", now=LAST, zone=zone, day_one=day_one)
        assert line == Line(at, "it", "contain", "PC-123")
        assert read_line(printed(line), now=LAST, zone=zone, day_one=day_one) == line
        (pasted,) = read_paste(printed(line), now=LAST, zone=zone, day_one=day_one)
        assert (pasted.at, pasted.note) == (at, "")


@UNHURRIED
@given(INSTANTS, ZONES, st.sampled_from(["{}Z host x", "<34>1 {}Z host x", "[{}Z] x"]))
def test_a_line_of_a_log_has_the_moment_of_the_log(at: datetime, zone: str, form: str) -> None:
    line = form.format(f"{at:%Y-%m-%dT%H:%M:%S}")
    (pasted,) = read_paste(line, now=LAST, zone=zone, day_one=date(2026, 6, 10))
    assert pasted.at == in_zone(at, zone).at


@UNHURRIED
@given(st.text("0123456789:/-年月日時分頃~ T+Zday昨日今earlyweekbfor前目か以上\n [", max_size=24), ZONES)
def test_any_text_is_a_time_a_refusal_or_text(text: str, zone: str) -> None:
    now = datetime(2026, 11, 22, 5, 20, tzinfo=UTC)
    refused = tried(text, now=now, zone=zone)
    assert refused in ("form", "future", "ancient", "gap", "twice") or when.parse(refused)
    try:
        read = begin(text, now=now, zone=zone, day_one=DAY_ONE)
    except BadMoment:
        return
    if read is not None:
        when.parse(read.at)
        assert 0 <= read.end <= len(text)
        check(placed(read.at, zone=zone, day_one=DAY_ONE), now)
