"""Times of entries as a reader sees them: by the reader's clock, as exact as they are known, with the original beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.incidents.engine import moment as moments
from kizuki.incidents.engine.moment import Moment
from kizuki.incidents.models import Entry
from kizuki.kit import when
from kizuki.kit.when import When
from kizuki.ui.templatetags.kizuki import language

ABOUT = timedelta(hours=1)


class Shown(NamedTuple):
    """`day`: under which it stands, by the reader's clock. `clock`: the time of day, or how far it is known. `original`: how it was
    written, where a reader elsewhere would read something else; "" else."""

    day: date
    clock: str
    original: str


def shown(entry: Entry, zone: ZoneInfo) -> Shown:
    """When it happened, for a reader in `zone`."""
    read = entry.when
    day = entry.sort.astimezone(zone).date()
    if entry.low is None or entry.high is None or read.precision in ("week", "month", "bound", "none"):
        return Shown(day, _capital(read.label(language())), "")
    there = _offset_there(entry, read)
    here = entry.low.astimezone(zone).utcoffset()
    original = "" if here == there and read.frame == "absolute" else original_of(entry)
    if read.precision == "minute":
        return Shown(day, f"{entry.low.astimezone(zone):%H:%M}", original)
    if read.precision == "about" and entry.high - entry.low == 2 * ABOUT:
        middle = (entry.low + ABOUT).astimezone(zone)
        return Shown(middle.date(), _("about %(clock)s") % {"clock": f"{middle:%H:%M}"}, original)
    if here != there and read.precision != "day":
        return Shown(day, _span(entry.low, entry.high, zone), original)
    return Shown(day, _part(read), original)


def original_of(entry: Entry) -> str:
    """The time as it was written, with its offset."""
    return original_of_text(entry.at)


def original_of_text(at: str) -> str:
    """A time that is written as `kizuki.kit.when` has it, for a reader: 11-22 14:02 +09:00."""
    read = when.parse(at)
    if read.frame != "absolute" or read.precision not in ("minute", "about"):
        return read.label(language())
    about = read.written.startswith("~")
    wall = when.local((read.low or 0) + (60 if about else 0), read.offset)
    clock = f"{wall:%m-%d %H:%M} {_sign(read.offset)}"
    return _("about %(clock)s") % {"clock": clock} if about else clock


def _offset_there(entry: Entry, read: When) -> timedelta | None:
    """By how much the clock of the place was ahead of UTC."""
    if read.frame == "absolute":
        return timedelta(minutes=read.offset)
    return entry.low.astimezone(ZoneInfo(entry.zone)).utcoffset() if entry.low else None


def _sign(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def _part(read: When) -> str:
    """What is known of the time of day."""
    word = next((part for part in when.PARTS if f" {part}" in read.written), None)
    if word is None:
        return _("time not known")
    said = when.PARTS[word][2] if language() == "ja" else word
    return _("about %(clock)s") % {"clock": said} if read.written.startswith("~") else said


def _span(low: datetime, high: datetime, zone: ZoneInfo) -> str:
    first, last = low.astimezone(zone), high.astimezone(zone)
    if last - first >= timedelta(days=1):
        return f"{first:%m-%d %H:%M}–{last:%m-%d %H:%M}"
    return f"{first:%H:%M}–{last:%H:%M}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def moment_of(entry: Entry) -> When:
    """The moment for reckoning with those of other entries of the incident."""
    return moments.as_when(entry.at, Moment(entry.at, entry.low, entry.high), entry.zone)


def since(first: When | None, later: When) -> str:
    """How long after `first` (or before it) it was: “+1 h 3 min”; "" where that cannot be said or is nothing."""
    if first is None:
        return ""
    made, sign = when.between(first, later), "+"
    if made is None or (made.low == made.high == 0 and (later.high or 0) < (first.low or 0)):
        made, sign = when.between(later, first), "−"
    if made is None or made.high == 0:
        return ""
    if made.low == made.high and made.days is None:
        return f"{sign}{length(made.low)}"
    return made.label(language()) if sign == "+" else ""


def length(minutes: int) -> str:
    """A length of time in its two greatest units."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return _("%(d)d d %(h)d h") % {"d": days, "h": hours} if hours else _("%(d)d d") % {"d": days}
    if hours:
        return _("%(h)d h %(m)d min") % {"h": hours, "m": left} if left else _("%(h)d h") % {"h": hours}
    return _("%(m)d min") % {"m": left}


def ago(at: datetime, now: datetime) -> str:
    """How long ago a moment was, to the minute."""
    return length(max(0, int((now - at).total_seconds()) // 60))


def midnight(day: date, *, after: bool = False) -> datetime:
    """The beginning of a day by the reader's clock, or of the day after it; days that no database counts become the nearest that it
    does."""
    sane = min(max(day, date(1900, 1, 1)), date(9000, 1, 1)) + timedelta(days=1 if after else 0)
    return timezone.make_aware(datetime.combine(sane, datetime.min.time()))
