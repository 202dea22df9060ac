"""Times as programs and people write them, to times that know their zone."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from kizuki.register.engine.sources import says
from kizuki.register.engine.sources.values import Wrong

_CLOCK: Final = (
    r"(?:[T ]*(?P<h>\d{1,2})(?::|時)(?P<mi>\d{1,2})(?:(?::|分)(?P<s>\d{1,2})秒?)?分?(?:[.,](?P<f>\d+))?\s*(?P<half>am|pm|午前|午後)?)?"
    r"\s*(?P<zone>z|utc|gmt|jst|[+-]\d{2}:?\d{2})?"
)
_YEAR_FIRST: Final = re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?" + _CLOCK, re.IGNORECASE)
_YEAR_LAST: Final = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4}),?" + _CLOCK, re.IGNORECASE)
_POWERSHELL: Final = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
_SINCE_1601: Final = datetime(1601, 1, 1, tzinfo=UTC)
#: What directories write for "never": the start and the end of their counting, and the year 1.
_FIRST, _LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def moment(written: str, clock: tzinfo = UTC, day_first: bool | None = None) -> datetime | None:
    """A time in UTC; None for an empty one and for those that stand for never. `clock`: the zone of a time that names none.

    Read are ISO 8601, 2026/11/22 14:02, 2026年11月22日, 22/11/2026 and 11/22/2026 (by `day_first` where both can be), seconds
    and milliseconds since 1970, PowerShell's /Date(…)/, and the 100 ns since 1601 of Windows. Raises `Wrong`.
    """
    text = unicodedata.normalize("NFKC", written).strip()
    if not text or text.lower() in ("never", "0", "null", "none", "9223372036854775807"):
        return None
    try:
        found = _number(text) or _digits(text, clock) or _read(text, clock, day_first)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        if isinstance(error, Wrong):
            raise
        raise Wrong(says.NOT_TIME, value=written) from None
    return found if _FIRST <= found <= _LAST else None


def _number(text: str) -> datetime | None:
    if match := _POWERSHELL.fullmatch(text):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(match[1]))
    if not re.fullmatch(r"(?:\d{9,11}|\d{13}|\d{17,19})(?:\.\d{1,9})?", text):
        return None
    number = float(text)
    if number >= 1e17:
        return _SINCE_1601 + timedelta(microseconds=int(text.partition(".")[0]) // 10)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / (1000 if number >= 1e11 else 1))


def _digits(text: str, clock: tzinfo) -> datetime | None:
    """20261122140200Z, as LDAP writes times, and the like without seconds."""
    match = re.fullmatch(r"((?:19|20|21)\d{10})(\d\d)?(?:\.\d+)?(Z)?", text)
    if match is None:
        return None
    return datetime.strptime(match[1] + (match[2] or "00"), "%Y%m%d%H%M%S").replace(tzinfo=UTC if match[3] else clock)


def _read(text: str, clock: tzinfo, day_first: bool | None) -> datetime:
    if match := _YEAR_FIRST.fullmatch(text):
        return _made(match, int(match["m"]), int(match["d"]), clock)
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        raise Wrong(says.NOT_TIME, value=text)
    a, b = int(match["a"]), int(match["b"])
    dotted = "." in text[:6]  # 22.11.2026: who writes dots puts the day first
    both = a <= 12 and b <= 12 and a != b
    if both and day_first is None and not dotted:
        raise Wrong(says.TWO_DAYS, value=text)
    first_is_day = (dotted if day_first is None else day_first) if both else a > 12
    return _made(match, b if first_is_day else a, a if first_is_day else b, clock)


def _made(match: re.Match[str], month: int, day: int, clock: tzinfo) -> datetime:
    hour = int(match["h"] or 0)
    if half := (match["half"] or "").lower():
        hour = hour % 12 + (12 if half in ("pm", "午後") else 0)
    fraction = int((match["f"] or "0")[:6].ljust(6, "0"))
    return datetime(
        int(match["y"]),
        month,
        day,
        hour,
        int(match["mi"] or 0),
        int(match["s"] or 0),
        fraction,
        _zone(match["zone"], clock),
    )


def _zone(written: str | None, clock: tzinfo) -> tzinfo:
    word = (written or "").lower()
    if not word:
        return clock
    if word in ("z", "utc", "gmt"):
        return UTC
    if word == "jst":
        return timezone(timedelta(hours=9))
    sign = -1 if word[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(word[1:3]), minutes=int(word[-2:])))
