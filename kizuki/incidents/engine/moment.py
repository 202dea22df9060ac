"""When something happened in an incident: a moment with its precision, in the clock of the incident, as instants of UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from kizuki.kit import when
from kizuki.kit.when import When

#: Clocks differ: so much of the future is still now.
TOLERANCE: Final = timedelta(minutes=5)
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


class Moment(msgspec.Struct, frozen=True):
    """`at`: as `kizuki.kit.when` writes it. `low`, `high`: first and last instant that it can mean, None where it is open."""

    at: str
    low: datetime | None
    high: datetime | None

    @property
    def sort(self) -> datetime | None:
        """Where it stands among others: by its beginning, else by its end; None for what is undated. What was about 03:15 stands at 03:15,
        and not an hour before it."""
        if self.at.startswith("~") and self.low is not None and self.high is not None:
            return self.low + (timedelta(days=1) if self.high - self.low > timedelta(days=2) else timedelta(hours=1))
        return self.low or self.high


class BadMoment(ValueError):
    """A time that cannot be. `code`: why, in one word; the pages say it in the reader's language."""

    def __init__(self, code: str, written: str) -> None:
        super().__init__(f"{written}: {code}")
        self.code, self.written = code, written


def instant(at: datetime) -> Moment:
    """An exact moment, to the minute in what is written and to the microsecond in its place."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    text = aware.isoformat(timespec="seconds" if aware.second else "minutes")
    return Moment(text, aware.astimezone(UTC), aware.astimezone(UTC))


def in_zone(at: datetime, zone: str) -> Moment:
    """An exact moment, written in the clock of a zone."""
    return instant(at.astimezone(ZoneInfo(zone)))


def placed(written: str, *, zone: str, day_one: date) -> Moment:
    """The moment that `written` (a form of `kizuki.kit.when`) means in an incident. `day 2` and `week 1` count from `day_one`, which
    begins by the clock of `zone`. Raises BadMoment ("form")."""
    try:
        read = when.parse(written)
    except ValueError:
        raise BadMoment("form", written) from None
    if read.frame == "order":
        return Moment(written, None, None)
    if read.frame == "absolute" and read.precision == "minute":
        return Moment(written, *(datetime.fromisoformat(written).astimezone(UTC),) * 2)
    return Moment(written, _instant(read, read.low, zone, day_one), _instant(read, read.high, zone, day_one))


def _instant(read: When, minute: int | None, zone: str, day_one: date) -> datetime | None:
    if minute is None:
        return None
    if read.frame == "absolute":
        return when.local(minute)
    days, rest = divmod(minute, when.DAY)
    wall = datetime.combine(day_one + timedelta(days=days), datetime.min.time(), ZoneInfo(zone))
    return (wall + timedelta(minutes=rest)).astimezone(UTC)


def check(moment: Moment, now: datetime) -> Moment:
    """The moment, if something can have happened then. Raises BadMoment ("future", "ancient")."""
    if moment.low is not None and moment.low > now + TOLERANCE:
        raise BadMoment("future", moment.at)
    if moment.high is not None and moment.high < EARLIEST:
        raise BadMoment("ancient", moment.at)
    return moment


def as_when(at: str, moment: Moment, zone: str) -> When:
    """The moment for reckoning with others, whichever way each was written: absolute minutes of UTC, whole days by the zone's clock."""
    read = when.parse(at)
    if read.frame != "relative":
        return read
    low, high = (None if m is None else int(m.timestamp()) // 60 for m in (moment.low, moment.high))
    known = moment.low or moment.high
    offset = known.astimezone(ZoneInfo(zone)).utcoffset() if known else None
    minutes = int(offset.total_seconds()) // 60 if offset is not None else 0
    return When(read.written, "absolute", read.precision, low, high, minutes)
