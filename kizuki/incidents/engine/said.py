"""Times, durations and claims in a text that a person wrote, in Japanese or English."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from kizuki.casebook.engine.format import Span
from kizuki.kit.when import DAY, MONTH_LONGEST, MONTH_SHORTEST, WEEK


class Time(NamedTuple):
    """A moment as it is said. `year` None: any; `month` and `day` None: any day; `number`: counted from day 1; `clock`: minutes after
    midnight, None for the whole day. `about`: an hour more or less."""

    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    number: int | None = None
    clock: int | None = None
    about: bool = False


class Length(NamedTuple):
    """A duration as it is said, in minutes; `high` None: at least `low`."""

    text: str
    low: int
    high: int | None


#: Where one statement ends and the next begins.
_END: Final = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+|\n+")

_CLOCK = (
    r"(?P<pm>午後|午前|正午)?\s*(?:(?P<h>[01]?[0-9]|2[0-4])(?:[:：](?P<m>[0-5][0-9])(?![0-9])|時(?!間)(?:(?P<mj>[0-5]?[0-9])分(?!間)|(?P<half>半))?))"
    r"(?:\s*(?P<ap>[ap])\.?m\.?(?![a-z]))?"
)
_DATE = (
    r"(?:(?P<y>[12][0-9]{3})\s*(?:[-/.]|年)\s*(?P<mo>[01]?[0-9])\s*(?:[-/.]|月)\s*(?P<d>[0-3]?[0-9])(?![0-9])日?"
    r"|(?P<mo2>[01]?[0-9])月(?P<d2>[0-3]?[0-9])日"
    r"|(?i:\bday )(?P<n>[0-9]{1,4})\b(?! *(?:days?|hours?))|(?P<n2>[0-9]{1,4})日目)"
)
_ABOUT_BEFORE = r"(?P<b>(?i:\b(?:about|around|approximately|circa)\s+(?:at\s+)?)|~|約|およそ|ほぼ)?"
_ABOUT_AFTER = r"(?P<a>\s*(?:頃|ごろ|前後|過ぎ))?"
_TIME: Final = re.compile(
    rf"{_ABOUT_BEFORE}(?<![0-9:：.])(?:{_DATE}(?:[,、]?\s*(?:at\s+|の)?\s*{_CLOCK})?){_ABOUT_AFTER}"
)
_CLOCK_ALONE: Final = re.compile(rf"{_ABOUT_BEFORE}(?<![0-9:：./\-]){_CLOCK}{_ABOUT_AFTER}")

_UNITS: Final[tuple[tuple[str, int], ...]] = (
    (r"(?:minutes?|mins?)\b|分間?", 1),
    (r"(?:hours?|hrs?)\b|時間", 60),
    (r"days?\b|日間|日(?=で|以内|以上|後に|かか|を要|余り|弱|強)", DAY),
    (r"weeks?\b|週間", WEEK),
    (r"months?\b|か月|ヶ月|カ月|箇月", MONTH_LONGEST),
)
_LENGTH: Final = re.compile(
    r"(?P<before>\b(?:about|around|approximately|nearly|almost|over|more than|at least|within|under|less than|at most|up to)\s+"
    r"|約|およそ|ほぼ)?"
    r"(?<![0-9.時月:：])(?P<n>[0-9]{1,4}(?:\.[0-9])?)\s?-?(?P<unit>"
    + "|".join(f"(?:{unit})" for unit, _n in _UNITS)
    + r")"
    r"(?P<half>半)?(?P<after>以上|以内|超|未満|余り|弱|強)?(?!\s*(?:ago|before|前))",
    re.IGNORECASE,
)
_AT_LEAST: Final = frozenset({"over", "more than", "at least", "以上", "超", "余り"})
_AT_MOST: Final = frozenset({"within", "under", "less than", "at most", "up to", "以内", "未満"})
_ABOUT: Final = frozenset({"about", "around", "approximately", "nearly", "almost", "約", "およそ", "ほぼ", "弱", "強"})


def sentences(text: str) -> list[str]:
    """The statements of a text."""
    return [part.strip() for part in _END.split(text) if part and part.strip()]


def times(text: str) -> Iterator[Time]:
    """Every date and clock time, once."""
    taken: list[tuple[int, int]] = []
    for found in _TIME.finditer(text):
        taken.append(found.span())
        if (made := _dated(found)) is not None:
            yield made
    for found in _CLOCK_ALONE.finditer(text):
        if not _within(found, taken):
            clock = _clock(found)
            if clock is not None:
                yield Time(found[0].strip(), clock=clock, about=bool(found["a"] or found["b"]))


def _within(found: re.Match[str], taken: list[tuple[int, int]]) -> bool:
    """Whether it overlaps one of these, which stand in their order and do not overlap each other."""
    n = bisect_left(taken, (found.end(), 0))
    return n > 0 and taken[n - 1][1] > found.start()


def _dated(found: re.Match[str]) -> Time | None:
    clock = _clock(found) if found["h"] else None
    about = bool(found["a"] or found["b"])
    if number := found["n"] or found["n2"]:
        return Time(found[0].strip(), number=int(number), clock=clock, about=about) if int(number) else None
    year = int(found["y"]) if found["y"] else None
    month, day = int(found["mo"] or found["mo2"]), int(found["d"] or found["d2"])
    try:
        date(year or 2024, month, day)
    except ValueError:
        return None
    return Time(found[0].strip(), year, month, day, clock=clock, about=about)


def _clock(found: re.Match[str]) -> int | None:
    hour = int(found["h"])
    minute = 30 if found["half"] else int(found["m"] or found["mj"] or 0)
    if (found["pm"] == "午後" or found["ap"] == "p") and hour < 12:
        hour += 12
    if (found["pm"] == "午前" or found["ap"] == "a") and hour == 12:
        hour = 0
    return (hour * 60 + minute) % DAY if hour <= 24 else None


def lengths(text: str) -> Iterator[Length]:
    """Every duration, as wide as what is said can mean."""
    for found in _LENGTH.finditer(text):
        size = next(
            size for unit, size in _UNITS if re.fullmatch(unit, found["unit"], re.IGNORECASE) or _is(unit, found)
        )
        amount = float(found["n"]) + (0.5 if found["half"] else 0)
        said = {(found["before"] or "").strip().casefold(), found["after"] or ""}
        low, high = _between(amount, size, bool(said & _ABOUT))
        if said & _AT_LEAST:
            yield Length(found[0].strip(), low, None)
        elif said & _AT_MOST:
            yield Length(found[0].strip(), 0, high)
        else:
            yield Length(found[0].strip(), low, high)


def _is(unit: str, found: re.Match[str]) -> bool:
    """Whether the unit is this one; some are one only before what follows them."""
    return re.compile(unit, re.IGNORECASE).match(found.string, found.start("unit")) is not None


def _between(amount: float, size: int, about: bool) -> tuple[int, int]:
    """What “2 hours” can mean: half a unit more or less; with “about” a quarter of the whole, if that is more."""
    spread = size / 2 if size > 1 else 1
    if about:
        spread = max(spread, amount * size / 4)
    shortest = MONTH_SHORTEST if size == MONTH_LONGEST else size
    return max(0, int(amount * shortest - spread)), int(amount * size + spread)


#: What says that a milestone was reached, in English and in Japanese. Nothing here claims it of what is still to come.
_CLAIMS: Final[dict[str, tuple[str, str]]] = {
    "noticed": (
        r"\b(?:was|were|been|we|it) (?:first )?(?:noticed|detected|discovered)\b",
        r"検知(?:した|しました|され)|気(?:付|づ)(?:いた|きました)|発覚(?:した|しました)",
    ),
    "escalated": (r"\b(?:was|were|been) escalated\b", r"エスカレーション(?:した|しました|を行った|を行いました)"),
    "contained": (
        r"\b(?:was|were|been|is|are|has|have) (?:now )?(?:fully )?contained\b"
        r"|\bcontainment (?:was |is )?(?:completed?|done)\b",
        r"封じ込め(?:た|ました|済|が完了|を完了|に成功|を終え)",
    ),
    "disclosed": (
        r"\b(?:was|were|been|has|have) (?:publicly )?(?:disclosed|announced|made public)\b",
        r"公表(?:した|しました|済|を行った|を行いました)",
    ),
    "recovered": (
        r"\b(?:was|were|been|is|are|has|have) (?:now )?(?:fully )?(?:recovered|restored)\b"
        r"|\bback in (?:service|operation)\b",
        r"復旧(?:した|しました|済|が完了|を完了|を終え)",
    ),
}
_CLAIM: Final = {name: re.compile("|".join(patterns), re.IGNORECASE) for name, patterns in _CLAIMS.items()}
#: Just before the claim: it is not so, or not yet.
_NOT: Final = re.compile(
    r"\b(?:not|never|no|yet to|cannot|nothing|until|before|once|if|when|n't)\b[^.;]{0,30}$|(?:まだ|未だ|いまだ)[^。]{0,12}$",
    re.IGNORECASE,
)
#: Just after it.
_NOT_YET: Final = re.compile(r"^(?:ら|[^。]{0,6}(?:たら|れば|場合|まで|前))")


def claims(sentence: str) -> dict[str, str]:
    """Milestones that a sentence says were reached, each with the words that say so."""
    made = {}
    for name, pattern in _CLAIM.items():
        for found in pattern.finditer(sentence):
            if not _NOT.search(sentence[max(0, found.start() - 60) : found.start()]) and not _NOT_YET.search(
                sentence[found.end() : found.end() + 20]
            ):
                made[name] = found[0]
                break
    return made


#: What a sentence about the length of a span speaks of.
_SPANS: Final[dict[Span, re.Pattern[str]]] = {
    "detect": re.compile(r"\b(?:notic|detect|discover)|発覚|検知|気(?:付|づ)", re.IGNORECASE),
    "escalate": re.compile(r"\bescalat|エスカレーション", re.IGNORECASE),
    "contain": re.compile(r"\bcontain|封じ込め", re.IGNORECASE),
    "disclose": re.compile(r"\b(?:disclos|made public)|公表", re.IGNORECASE),
    "recover": re.compile(r"\b(?:recover|restor)|復旧", re.IGNORECASE),
}


def span_of(sentence: str) -> Span | None:
    """The one span of which a sentence speaks; None where it names none or several. “To recover took 3 days after it was noticed”
    speaks of recovery: every span but the first begins there."""
    named = [span for span, pattern in _SPANS.items() if pattern.search(sentence)]
    if len(named) == 2 and named[0] == "detect":
        return named[1]
    return named[0] if len(named) == 1 else None


_CLEAN: Final = re.compile(
    r"\b(?:not (?:affected|infected|compromised|encrypted)|unaffected|clean|no (?:signs?|traces?) of|untouched)\b"
    r"|(?:影響|被害|異常|感染|侵害|痕跡|形跡)(?:の|を)?(?:は|が|も)?(?:受けて(?:い)?な|確認されな|見つからな|な[いかくし]|無[いかくし]|ありません|及んでいな)|無事",
    re.IGNORECASE,
)
_HIT: Final = re.compile(
    r"\b(?:infected|compromised|encrypted|affected|leaked|tampered|destroyed)\b"
    r"|感染(?:した|しました|し、|していた)|暗号化され|侵害され|改ざんされ|被害を受け|漏え?い(?:した|しました)|漏洩",
    re.IGNORECASE,
)


def fares(sentence: str) -> str:
    """What a sentence says of the things that it names: "clean", "hit", or "" for neither."""
    if _CLEAN.search(sentence):
        return "clean"
    return "hit" if _HIT.search(sentence) else ""
