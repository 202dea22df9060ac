"""Times as people write them, in both languages, read in the clock of the incident and given back in one form.

What is given back is always a form of `kizuki.kit.when`, with the offset that the zone has at that moment. A clock time without a
day is today's; a day without a year is the latest that is not to come; a local time that does not exist or comes twice is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from kizuki.incidents.engine import time_forms as forms
from kizuki.incidents.engine.moment import EARLIEST, TOLERANCE, BadMoment, check, in_zone, placed
from kizuki.kit.when import PARTS

#: No time is written longer.
_FAR: Final = 80


class Read(NamedTuple):
    """A time at the beginning of a text. `at`: a form of `kizuki.kit.when`; `end`: where what follows it begins (0 where the time is a
    part of what is told: 14:02から); `clock`: a time of day was written; `bare`: no day was."""

    at: str
    end: int
    clock: bool = False
    bare: bool = False


class _Here(NamedTuple):
    """Where and when a time is read."""

    now: datetime
    zone: ZoneInfo
    day_one: date
    written: str

    def bad(self, code: str) -> BadMoment:
        return BadMoment(code, self.written)

    def today(self, clock: tzinfo) -> date:
        return (self.now + TOLERANCE).astimezone(clock).date()

    def day_of(self, at: time, clock: tzinfo) -> date:
        """The day of a time of day that has no day: today; tomorrow where midnight is so near that clocks may differ about it."""
        ahead = self.today(clock)
        soon = datetime.combine(ahead, at, clock).astimezone(UTC) <= self.now + TOLERANCE
        return ahead if soon else self.now.astimezone(clock).date()


def read_moment(written: str, *, now: datetime, zone: str, day_one: date) -> str:
    """The time that the whole of `written` means. `now` is aware; `zone`: the incident's clock; days are counted from `day_one`.
    Raises BadMoment (form, future, ancient, gap, twice)."""
    text = written.strip()
    read = begin(text, now=now, zone=zone, day_one=day_one)
    if read is None or read.end < len(text):
        raise BadMoment("form", written)
    return read.at


def begin(text: str, *, now: datetime, zone: str, day_one: date) -> Read | None:
    """The time with which `text` begins, perhaps in brackets; None where it begins with none. Raises BadMoment for what is written
    like a time and cannot be one, and for spans of time."""
    plain = forms.plain(text[:_FAR])
    opened = 1 if plain[:1] in "[(【" and plain else 0
    span = forms.RANGE.match(plain, opened)
    for pattern, meaning in _READERS:
        match = pattern.match(plain, opened)
        if match is None or (opened and plain[match.end() : match.end() + 1] not in (")", "]", "】")):
            continue
        if span is not None and match.end() < span.end():
            break
        here = _Here(now, ZoneInfo(zone), day_one, text[opened : match.end()].strip())
        at = meaning(match, here)
        if at is None:
            return None
        found = match.groupdict()
        clock = any(found.get(name) is not None for name in ("h1", "h2", "h3"))
        bare = any(found.get(name) is not None for name in ("ch1", "ch2", "ch3"))
        after = forms.BETWEEN.match(plain, match.end())
        return Read(at, 0 if found.get("since") or after is None else after.end(), clock or bare, bare)
    if span is not None:
        raise BadMoment("form", text[opened : span.end()])
    return None


def _undated(_match: re.Match[str], _here: _Here) -> str:
    return "undated"


def _now(_match: re.Match[str], here: _Here) -> str:
    return in_zone(here.now.replace(microsecond=0), here.zone.key).at


def _ago(match: re.Match[str], here: _Here) -> str:
    if match["days"]:  # from now, or before day 1? People mean either.
        raise here.bad("form")
    number = int(match["n"])
    if match["hours"]:
        return _instant(here.now - timedelta(hours=number), here, about=True)
    return _instant((here.now - timedelta(minutes=number)).replace(second=0), here)


def _over(match: re.Match[str], here: _Here) -> str:
    number, unit = _counted(match, here)
    return _checked(f"over {number} {unit}{'s' if number > 1 else ''} before", here)


def _bucket(match: re.Match[str], here: _Here) -> str:
    number, unit = _counted(match, here)
    return _checked(f"{unit} {number}{'+' if match['on'] or match['on_ja'] else ''}", here)


def _counted(match: re.Match[str], here: _Here) -> tuple[int, str]:
    number = int(match["n"] or match["n_ja"])
    if number == 0:
        raise here.bad("form")
    ja = match["unit_ja"]
    return number, match["unit"].lower() if not ja else forms.UNITS["月" if "月" in ja else ja[0]]


def _before(match: re.Match[str], here: _Here) -> str | None:
    ja = match["upto"] is not None
    offset = _offset(match["zone"], here)
    day = _day(_groups(match, "j" if ja else ""), here, offset, bare=False)
    if not isinstance(day, date):  # “before day 3” has no form
        raise here.bad("form")
    if match["upto"] == "以前":
        day += timedelta(days=1)
    clock = timezone(offset) if offset is not None else here.zone
    begins = datetime.combine(_sane(day, here), time(), clock)
    if begins.astimezone(UTC) > here.now + timedelta(days=1):
        raise here.bad("future")
    return _checked(f"before {day}{_sign(begins)}", here)


def _main(match: re.Match[str], here: _Here) -> str | None:
    """A day, a time of day, or both."""
    about = bool(match["about"] or match["or_so"])
    offset = _offset(match["zone"], here)
    if match["ch1"] or match["ch2"] or match["ch3"]:
        said = _groups(match, "c")
        clock = clock_of(said, here.written)
        _must_be_no_span({**said, "zone": match["zone"]}, here.day_of(clock, here.zone), clock, offset, here)
        return _at(here.day_of(clock, _tz(offset, here)), clock, offset, here, about=about)
    found = _groups(match, "")
    has_clock = any(found[name] is not None for name in ("h1", "h2", "h3"))
    part = forms.PART_WORDS[match["part"].lower()] if match["part"] else ""
    day = _day(found, here, offset, bare=not (has_clock or part), american=bool(found["ap2"]))
    if day is None or (match["m4"] and not (has_clock or part) and forms.FRACTION.match(match.string, match.end())):
        return None
    of_word = forms.DAY_WORDS[found["word"].lower()][1] if found["word"] else ""
    if not has_clock:
        return _whole(day, part or of_word, offset, here, about=about)
    clock = clock_of(found, here.written)
    if of_word == "night" and clock.hour < 17:  # “last night 2:00” may be yesterday's or today's
        raise here.bad("form")
    _must_be_no_span(found, day, clock, offset, here)
    return _at(day, clock, offset, here, about=about)


def _must_be_no_span(
    found: Mapping[str, str | None], day: date | int, clock: time, offset: timedelta | None, here: _Here
) -> None:
    """“09:00-10:00” is a span, and no time in Hawaii – unless the clock of the incident came to that time twice, or never, and the offset
    says which is meant. Raises BadMoment ("form")."""
    if found.get("t") or found["s1"] or not re.fullmatch(r"-[0-9]{2}:[0-9]{2}", found["zone"] or ""):
        return
    walls = (
        [datetime.combine(day, clock, here.zone).replace(fold=fold) for fold in (0, 1)] if isinstance(day, date) else []
    )
    offsets = {wall.utcoffset() for wall in walls}
    if len(offsets) < 2 or offset not in offsets:
        raise here.bad("form")


def _at(day: date | int, clock: time, offset: timedelta | None, here: _Here, *, about: bool) -> str:
    """A time of day on a day."""
    if isinstance(day, int):
        if offset is not None or clock.second:
            raise here.bad("form")
        _wall(datetime.combine(_counted_day(day, here), clock), here)
        return _checked(f"{'~' if about else ''}day {day} {clock:%H:%M}", here)
    wall = datetime.combine(_sane(day, here), clock)
    moment = wall.replace(tzinfo=timezone(offset)) if offset is not None else _wall(wall, here)
    return _instant(moment, here, about=about)


def _whole(day: date | int, part: str, offset: timedelta | None, here: _Here, *, about: bool) -> str:
    """A whole day, or a part of it."""
    tail, sign = f" {part}" if part else "", "~" if about else ""
    if isinstance(day, int):
        if offset is not None:
            raise here.bad("form")
        _counted_day(day, here)
        return _checked(f"{sign}day {day}{tail}", here)
    begins = datetime.combine(_sane(day, here), time(PARTS[part][0] // 60 if part else 0), _tz(offset, here))
    return _checked(f"{sign}{day}{tail}{_sign(begins)}", here)


def _wall(wall: datetime, here: _Here) -> datetime:
    """The moment that a wall clock of the incident shows. Raises BadMoment ("gap", "twice")."""
    first, second = (wall.replace(tzinfo=here.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(here.zone).replace(tzinfo=None, fold=0) != wall:
        raise here.bad("gap")
    if second > here.now + TOLERANCE:  # the second time has not come yet
        return first
    raise here.bad("twice")


def _instant(moment: datetime, here: _Here, *, about: bool = False) -> str:
    """An exact moment, or one that is about right, in the clock of the incident. Raises BadMoment ("future", "ancient")."""
    at = moment.astimezone(UTC).replace(microsecond=0)
    if at > here.now + TOLERANCE:
        raise here.bad("future")
    if at < EARLIEST:
        raise here.bad("ancient")
    return f"{'~' if about else ''}{in_zone(at, here.zone.key).at}"


def _checked(at: str, here: _Here) -> str:
    """The form, if something can have happened then."""
    try:
        check(placed(at, zone=here.zone.key, day_one=here.day_one), here.now)
    except BadMoment as error:
        raise here.bad(error.code) from None
    except OverflowError:
        raise here.bad("ancient") from None
    return at


def _sane(day: date, here: _Here) -> date:
    """The day, if it lies where zones and clocks can be reckoned with."""
    if day.year < EARLIEST.year:
        raise here.bad("ancient")
    if day.year > here.now.year + 1:
        raise here.bad("future")
    return day


def _counted_day(number: int, here: _Here) -> date:
    """Day 1 is `day_one`, day -1 the day before it; there is no day 0."""
    if number == 0:
        raise here.bad("form")
    try:
        return here.day_one + timedelta(days=number - 1 if number > 0 else number)
    except OverflowError:
        raise here.bad("future" if number > 0 else "ancient") from None


def _tz(offset: timedelta | None, here: _Here) -> tzinfo:
    return here.zone if offset is None else timezone(offset)


def _sign(moment: datetime) -> str:
    """The offset of a moment, as +09:00."""
    return moment.isoformat()[-6:]


def _groups(match: re.Match[str], begin: str) -> dict[str, str | None]:
    """What the groups whose names begin so hold, by the rest of their names."""
    found = match.groupdict()
    return {name[len(begin) :]: value for name, value in found.items() if name.startswith(begin)} if begin else found


def _offset(zone: str | None, here: _Here) -> timedelta | None:
    if zone is None:
        return None
    if zone in forms.ZONE_WORDS:
        minutes = forms.ZONE_WORDS[zone]
        if minutes is None:  # CST is Chicago's, or China's
            raise here.bad("form")
        return timedelta(minutes=minutes)
    sign, digits = zone[-6:].lstrip("TCGM")[:1], re.sub(r"\D", "", zone)
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        raise here.bad("form")
    return timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)


def clock_of(found: Mapping[str, str | None], written: str) -> time:
    """The time of day that the groups of a pattern hold. Raises BadMoment ("form") for 25:61, and for 午後12時, which people mean as noon
    or as midnight."""
    hour = int(found["h1"] or found["h2"] or found["h3"] or 0)
    minute = 30 if found["half"] else int(found["i1"] or found["i2"] or 0)
    half = (found["ap1"] or found["ap2"] or found["ap3"] or found["ap4"] or "").lower()
    if half in ("午前", "午後"):
        possible, hour = hour <= 11, hour + (12 if half == "午後" else 0)
    elif half:
        possible, hour = 1 <= hour <= 12, hour % 12 + (12 if half[0] == "p" else 0)
    else:
        possible = True
    try:
        made = time(hour, minute, int(found["s1"] or found["s2"] or 0))
    except ValueError:
        possible = False
    if not possible:
        raise BadMoment("form", written)
    return made


def _day(
    found: dict[str, str | None], here: _Here, offset: timedelta | None, *, bare: bool, american: bool = False
) -> date | int | None:
    """The day that was written: a date, or the number of a day of the incident. None for what only looks like one (`bare`: no time
    of day stands with it). Raises BadMoment ("form")."""
    if (number := found["nth"] or found["nth_ja"]) is not None:
        return int(number)
    today = here.today(_tz(offset, here))
    if found["word"] is not None:
        return here.now.astimezone(_tz(offset, here)).date() - timedelta(days=forms.DAY_WORDS[found["word"].lower()][0])
    if found["y3"] is not None:
        return _slashed(int(found["a3"] or 0), int(found["b3"] or 0), int(found["y3"]), here, american=american)
    name = found["n5"] or found["n6"]
    year = found["y1"] or found["y2"] or found["y5"] or found["y6"]
    if name and bare and year is None:  # “May 3 servers went down”
        return None
    month = forms.MONTHS.index(name[:3].lower()) + 1 if name else int(found["m1"] or found["m2"] or found["m4"] or 0)
    day = int(found["d1"] or found["d2"] or found["d4"] or found["d5"] or found["d6"] or 0)
    if found["m4"] and bare and (found["sign"] == "-" or month > 12 or day > 31):  # “10-15 hosts”, “24/7”
        return None
    return _dated(int(year), month, day, here) if year else _latest(month, day, today, here)


def _slashed(a: int, b: int, year: int, here: _Here, *, american: bool) -> date:
    """11/22/2026 or 22/11/2026, where one can tell which."""
    if american or b > 12 or a == b:
        return _dated(year, a, b, here)
    if a > 12:
        return _dated(year, b, a, here)
    raise here.bad("form")


def _dated(year: int, month: int, day: int, here: _Here) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise here.bad("form") from None


def _latest(month: int, day: int, today: date, here: _Here) -> date:
    """The latest such day that is not to come. (29 February may lie eight years back.)"""
    for year in range(today.year, today.year - 9, -1):
        try:
            made = date(year, month, day)
        except ValueError:
            continue
        if made <= today:
            return made
    raise here.bad("form")


_READERS: Final = (
    (forms.NO_DATE, _undated),
    (forms.OVER, _over),
    (forms.BUCKET, _bucket),
    (forms.BEFORE, _before),
    (forms.AGO, _ago),
    (forms.NOW, _now),
    (forms.MAIN, _main),
)
