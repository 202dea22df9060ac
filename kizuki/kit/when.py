"""Time with precision: an interval, the words it was written with, and never more exactness than was known.

A `When` is absolute (minutes of UTC since 1970-01-01), relative (minutes since 00:00 of day 1, the anchor's day), or an
order only. `day -11` is eleven days before day 1; there is no day 0. Parts of a day are fixed intervals of that day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.kit.faults import quoted

DAY: Final = 24 * 60
WEEK: Final = 7 * DAY
MONTH_SHORTEST, MONTH_LONGEST = 28 * DAY, 31 * DAY

#: Parts of a day as minutes after midnight, with the Japanese word.
PARTS: Final[dict[str, tuple[int, int, str]]] = {
    "before dawn": (0, 5 * 60, "未明"),
    "early": (5 * 60, 8 * 60, "早朝"),
    "morning": (6 * 60, 12 * 60, "午前"),
    "afternoon": (12 * 60, 18 * 60, "午後"),
    "evening": (17 * 60, 21 * 60, "夕方"),
    "night": (18 * 60, DAY, "夜間"),
}

Frame: TypeAlias = Literal["absolute", "relative", "order"]
Precision: TypeAlias = Literal["minute", "about", "part", "day", "week", "month", "bound", "none"]


class When(msgspec.Struct, frozen=True):
    """A moment as far as it is known. `low` and `high` are minutes in `frame`; None is open (or, for "order", unknown). `offset`: by how
    many minutes the clock of the place was ahead of UTC; its days begin by that clock."""

    written: str
    frame: Frame
    precision: Precision
    low: int | None = None
    high: int | None = None
    offset: int = 0

    def label(self, language: str) -> str:
        """The moment as a reader says it, as exact as it is known and no more."""
        return _japanese(self) if language.startswith("ja") else _english(self)


class Duration(msgspec.Struct, frozen=True):
    """A length of time as an interval of minutes; `high` None: at least `low`. `days`: whole days between two dates. `over`: the words
    of a lower bound as it was written (“1 month”), whose exact length nobody said."""

    low: int
    high: int | None
    days: int | None = None
    over: str | None = None

    def label(self, language: str, *, bare: bool = False) -> str:
        """The length as a reader says it. `bare`: whole days without “about”, to stand after a plus sign."""
        ja = language.startswith("ja")
        if self.days is not None:
            return _length(self.days * DAY, ja) if bare and self.days else _days_label(self.days, ja)
        if self.over is not None:
            number, unit = self.over.split(" ")
            return f"{number}{_UNITS_JA[unit]}以上" if ja else f"over {number} {unit}{'' if number == '1' else 's'}"
        if self.high is None:
            return f"{_length(self.low, ja)}以上" if ja else f"at least {_length(self.low, ja)}"
        if self.low == self.high:
            return _length(self.low, ja)
        if self.low == 0:
            return f"{_length(self.high, ja)}以内" if ja else f"at most {_length(self.high, ja)}"
        return (
            f"{_length(self.low, ja)}～{_length(self.high, ja)}"
            if ja
            else (f"{_length(self.low, ja)} to {_length(self.high, ja)}")
        )


def _days_label(days: int, ja: bool) -> str:
    if days == 0:
        return "同日" if ja else "same day"
    return f"約{days}日" if ja else f"about {days} day{'s' if days > 1 else ''}"


def _length(minutes: int, ja: bool) -> str:
    for size, word, plural, name in (
        (DAY, "day", "days", "日"),
        (60, "h", "h", "時間"),
        (1, "min", "min", "分"),
    ):
        if minutes >= size and (minutes % size == 0 or (size < DAY and minutes >= 2 * size) or minutes >= 2 * size):
            amount = round(minutes / size, 1) if minutes % size else minutes // size
            return f"{amount}{name}" if ja else f"{amount} {word if amount == 1 else plural}"
    return f"{minutes}分" if ja else f"{minutes} min"


_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT: Final = re.compile(rf"(~)?({_DATE})T([0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?)(Z|[+-][0-9]{{2}}:[0-9]{{2}})")
_ZONE = r"Z|[+-][0-9]{2}:[0-9]{2}"
_ON_DATE: Final = re.compile(rf"(~)?({_DATE})(?: ([a-z]+(?: [a-z]+)?))?({_ZONE})?")
_UNTIL: Final = re.compile(rf"before ({_DATE})({_ZONE})?")
_ON_DAY: Final = re.compile(r"(~)?day (-?[0-9]{1,4})(?: (?:([0-9]{2}):([0-9]{2})|([a-z ]+)))?")
_BUCKET: Final = re.compile(r"(week|month) ([0-9]{1,3})(\+)?")
_BEFORE: Final = re.compile(r"over ([0-9]{1,3}) (day|week|month|year)s? before")
#: The shortest that each unit can be.
_SIZES: Final = {"day": DAY, "week": WEEK, "month": MONTH_SHORTEST, "year": 365 * DAY}

FORMS: Final = (
    "2026-11-22T14:02+09:00, 2026-11-22, 2026-11-22 early+09:00, before 2026-11-22, ~2026-11-22T18:00+09:00, "
    "day 1 22:00, day 2 early, day 3, day -11, week 2, "
    "week 3+, month 1, over 1 month before, undated"
)


def parse(written: str) -> When:
    """Read a moment. Raises `ValueError` with the admissible forms for anything else, also for times that cannot be."""
    made = _absolute(written) or _relative(written) or _bucket(written)
    if made is None:
        raise ValueError(f"{quoted(written)} is not a time; write one of: {FORMS}")
    return made


def _absolute(written: str) -> When | None:
    if match := _INSTANT.fullmatch(written):
        about, day, clock, zone = match.groups()
        moment = _moment(written, f"{day}T{clock}", zone, "time")
        minute, spread = _minute(moment), 60 if about else 0
        precision: Precision = "about" if about else "minute"
        return When(written, "absolute", precision, minute - spread, minute + spread, _offset(moment))
    if match := _UNTIL.fullmatch(written):
        moment = _moment(written, f"{match[1]}T00:00", match[2])
        return When(written, "absolute", "bound", None, _minute(moment), _offset(moment))
    if match := _ON_DATE.fullmatch(written):
        about, day, part, zone = match.groups()
        moment = _moment(written, f"{day}T00:00", zone)
        first, last = (0, DAY) if part is None else _part(part)
        spread = 0 if not about else DAY if part is None else 60
        precision = "about" if about else "day" if part is None else "part"
        start = _minute(moment)
        return When(written, "absolute", precision, start + first - spread, start + last + spread, _offset(moment))
    return None


def _moment(written: str, wall: str, zone: str | None, what: str = "date") -> datetime:
    """The instant of a wall clock. Raises ValueError where there is none."""
    try:
        moment = datetime.fromisoformat(f"{wall}{zone or 'Z'}")
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{quoted(written)} is not a possible {what}") from None
    return moment


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _offset(moment: datetime) -> int:
    return int((moment.utcoffset() or timedelta()).total_seconds()) // 60


def _part(part: str) -> tuple[int, int]:
    """First and last minute of a part of the day."""
    if part not in PARTS:
        raise ValueError(f"{quoted(part)} is not a part of a day; known are {', '.join(PARTS)}")
    return PARTS[part][0], PARTS[part][1]


def _relative(written: str) -> When | None:
    match = _ON_DAY.fullmatch(written)
    if not match:
        return None
    about, number, hour, minute, part = match.groups()
    day = int(number)
    if day == 0:
        raise ValueError(f"{quoted(written)}: there is no day 0; the day before day 1 is day -1")
    start = (day - 1) * DAY if day > 0 else day * DAY
    if hour is not None:
        if int(hour) > 23 or int(minute) > 59:
            raise ValueError(f"{quoted(written)} is not a possible time of day; hours go to 23, minutes to 59")
        at, spread = start + int(hour) * 60 + int(minute), 60 if about else 0
        return When(written, "relative", "about" if about else "minute", at - spread, at + spread)
    if part is not None:
        low, high = _part(part)
        if about:
            return When(written, "relative", "about", start + low - 60, start + high + 60)
        return When(written, "relative", "part", start + low, start + high)
    spread = DAY if about else 0
    return When(written, "relative", "about" if about else "day", start - spread, start + DAY + spread)


def _bucket(written: str) -> When | None:
    if written == "undated":
        return When(written, "order", "none")
    if match := _BUCKET.fullmatch(written):
        unit, number, open_end = match.group(1), int(match.group(2)), bool(match.group(3))
        if number == 0:
            raise ValueError(f"{quoted(written)}: counting starts at {unit} 1")
        if unit == "week":
            low, high = (number - 1) * WEEK, number * WEEK
        else:
            low, high = (number - 1) * MONTH_SHORTEST, number * MONTH_LONGEST
        return When(written, "relative", "week" if unit == "week" else "month", low, None if open_end else high)
    if match := _BEFORE.fullmatch(written):
        if int(match.group(1)) == 0:
            raise ValueError(f"{quoted(written)}: counting starts at 1")
        return When(written, "relative", "bound", None, -int(match.group(1)) * _SIZES[match.group(2)])
    return None


def between(first: When, later: When) -> Duration | None:
    """The time from `first` to `later`, known to come after it; None where it cannot be said (other frame, order only)."""
    if first.frame != later.frame or first.frame == "order":
        return None
    a_low, a_high, b_low, b_high = first.low, first.high, later.low, later.high
    if a_high is None or b_low is None:
        return None
    low = max(0, b_low - a_high)
    high = None if b_high is None or a_low is None else b_high - a_low
    if high is not None and high < 0:
        return None
    days = None
    if {first.precision, later.precision} <= {"day", "part", "minute"} and "day" in (first.precision, later.precision):
        days = (b_low + later.offset) // DAY - ((a_low or 0) + first.offset) // DAY
    over = _BEFORE.fullmatch(first.written)
    # Exactly that long before: the later moment is the beginning of day 1, also where both were written down as instants.
    if over and high is None and low == int(over[1]) * _SIZES[over[2]]:
        return Duration(low, None, over=f"{int(over[1])} {over[2]}")
    return Duration(low, high, days if days is None or days >= 0 else None)


_UNITS_JA: Final = {"day": "日", "week": "週間", "month": "か月", "year": "年"}


def _english(when: When) -> str:
    text = when.written
    if when.frame == "order":
        return "undated"
    if when.frame == "relative":
        about = "about " if text.startswith("~") else ""
        text = text.removeprefix("~")
        if match := _ON_DAY.fullmatch(text):
            _, number, hour, minute, part = match.groups()
            day = f"day {number}" if int(number) > 0 else _before_day_one(-int(number))
            tail = f" {hour}:{minute}" if hour else f", {part}" if part else ""
            return f"{about}{day}{tail}"
        return text.replace("+", " or later")
    about, text = ("about " if text.startswith("~") else ""), text.removeprefix("~")
    if match := _ON_DATE.fullmatch(text):
        return about + match[2] + (f", {match[3]}" if match[3] else "")
    if match := _UNTIL.fullmatch(text):
        return f"before {match[1]}"
    return about + text.replace("T", " ")


def _before_day_one(days: int) -> str:
    return f"{days} day{'s' if days > 1 else ''} before"


def _japanese(when: When) -> str:
    if when.frame == "order":
        return "日時の記載なし"
    text = when.written.removeprefix("~")
    about = "頃" if when.written.startswith("~") else ""
    return _relative_japanese(text, about) if when.frame == "relative" else _absolute_japanese(text) + about


def _absolute_japanese(text: str) -> str:
    if match := _ON_DATE.fullmatch(text):
        return match[2] + (f" {PARTS[match[3]][2]}" if match[3] else "")
    if match := _UNTIL.fullmatch(text):
        return f"{match[1]}より前"
    return text.replace("T", " ")


def _relative_japanese(text: str, about: str) -> str:
    if match := _ON_DAY.fullmatch(text):
        _, number, hour, minute, part = match.groups()
        day = f"{number}日目" if int(number) > 0 else f"{-int(number)}日前"
        tail = f" {hour}:{minute}" if hour else f" {PARTS[part][2]}" if part else ""
        return f"{day}{tail}{about}"
    if match := _BUCKET.fullmatch(text):
        unit, number_text, open_end = match.groups()
        return f"{number_text}{'週' if unit == 'week' else 'か月'}目{'以降' if open_end else ''}"
    match = _BEFORE.fullmatch(text)
    return f"{match[1]}{_UNITS_JA[match[2]]}以上前" if match else text


def local(minute: int, offset_minutes: int = 0) -> datetime:
    """The UTC minute as a datetime shifted by an offset; for showing only."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute + offset_minutes)
