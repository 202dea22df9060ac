"""Where the review says what the timeline, the assets or the register do not bear. Hints for whoever writes: nothing is refused."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from kizuki.casebook.engine.format import Span
from kizuki.incidents.engine import said
from kizuki.incidents.engine.said import Length, Time
from kizuki.kit.when import DAY, Duration, When

Code: TypeAlias = Literal[
    "time", "length", "span", "unmarked", "absent", "clean", "hit", "none", "unknown", "full", "order", "open",
]  # fmt: skip
#: Parts that tell what happened; lessons and challenges speak of what is to come.
TOLD: Final = frozenset({"stand", "outcome", "background", "impact", "causes", "mitigations"})
#: Which milestone cannot come before which.
ORDER: Final = (
    ("occurred", "noticed"), ("noticed", "escalated"), ("noticed", "contained"), ("noticed", "disclosed"),
    ("noticed", "recovered"), ("contained", "recovered"), ("recovered", "closed"),
)  # fmt: skip
#: So much between what is said and what is entered is no difference, in minutes.
SLACK: Final = 1
#: “About 14:00” may mean so many minutes before or after.
_HOUR: Final = 60


class Statement(msgspec.Struct, frozen=True):
    """What is said. `part`: of the review, or stand, outcome. `id`: of the item, "" where the part is one text."""

    part: str
    id: str
    text: str
    measures: tuple[str, ...] = ()


class Thing(msgspec.Struct, frozen=True):
    """An asset of the incident: its names as they may be written, and how it stands."""

    names: tuple[str, ...]
    state: str


class Facts(msgspec.Struct, frozen=True):
    """What is known. `entries`: when each happened, in minutes of UTC. `milestones`: name → when. `spans`: those that can be said.
    `coverage`: measure → its states at the assets concerned. `zone`, `day_one`: how times without a date or day are meant. `now`: in
    minutes of UTC."""

    entries: tuple[tuple[int | None, int | None], ...]
    milestones: Mapping[str, When]
    absent: frozenset[str]
    spans: Mapping[Span, Duration]
    things: tuple[Thing, ...]
    coverage: Mapping[str, frozenset[str]]
    zone: str
    day_one: date
    now: int


class Contradiction(msgspec.Struct, frozen=True):
    """`code`: of which kind. `words`: what is said. `other`: what stands against it – a milestone, a span, a measure, an asset."""

    code: Code
    part: str
    id: str
    words: str
    other: str = ""


def contradictions(statements: Iterable[Statement], facts: Facts) -> tuple[Contradiction, ...]:
    """Everything that does not fit, in the order of the statements; what concerns none of them last."""
    line = _Line(facts)
    found: dict[Contradiction, None] = {}
    for one in statements:
        for sentence in said.sentences(one.text):
            if one.part in TOLD:
                found.update(dict.fromkeys(_of_times(one, sentence, line)))
                found.update(dict.fromkeys(_of_claims(one, sentence, facts)))
            found.update(dict.fromkeys(_of_things(one, sentence, facts)))
        found.update(dict.fromkeys(_of_measures(one, facts)))
    found.update(dict.fromkeys(_of_order(facts)))
    return tuple(found)


class _Line:
    """The entries in their order, for asking whether some moment or some time between two of them is there."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.zone = ZoneInfo(facts.zone)
        known = [(low, high) for low, high in facts.entries if low is not None and high is not None]
        self.spans: list[tuple[int, int]] = sorted(known)
        self.lows = [low for low, _high in self.spans]
        self.latest = list(accumulate((high for _low, high in self.spans), max))
        years = [self.wall(minute).year for minute in (*self.lows[:1], *self.lows[-1:])]
        self.years = range(min(years), max(years) + 1) if years else range(0)
        # An entry that says no more than the day bears no clock time of its own.
        self.clocks = [_clock(self.wall(low), high - low) for low, high in self.spans if high - low < DAY]
        self._clocks: dict[tuple[int, int], bool] = {}
        self._lengths: dict[tuple[int, int | None], bool] = {}

    def wall(self, minute: int) -> datetime:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)).astimezone(self.zone)

    def minute(self, day: date, clock: int = 0) -> int:
        at = datetime.combine(day, datetime.min.time(), self.zone) + timedelta(minutes=clock)
        return int(at.timestamp()) // 60

    def has_between(self, low: int, high: int) -> bool:
        """Whether an entry lies, or may lie, within."""
        upto = bisect_right(self.lows, high)
        return bool(upto) and self.latest[upto - 1] >= low

    def has_clock(self, clock: int, spread: int) -> bool:
        """Whether an entry lies, or may lie, at this time of some day."""
        asked = (clock, spread)
        if asked not in self._clocks:
            self._clocks[asked] = any(
                (clock - start + spread) % DAY <= length + 2 * spread for start, length in self.clocks
            )
        return self._clocks[asked]

    def has_length(self, length: Length) -> bool:
        """Whether two entries are, or may be, so far apart."""
        asked = (length.low, length.high)
        if asked not in self._lengths:
            self._lengths[asked] = any(self._reaches(low, high, length) for low, high in self.spans)
        return self._lengths[asked]

    def _reaches(self, low: int, high: int, length: Length) -> bool:
        upto = len(self.lows) if length.high is None else bisect_right(self.lows, high + length.high)
        return bool(upto) and self.latest[upto - 1] >= low + length.low


def _clock(wall: datetime, length: int) -> tuple[int, int]:
    return wall.hour * 60 + wall.minute, length


def _of_times(one: Statement, sentence: str, line: _Line) -> Iterator[Contradiction]:
    for time in said.times(sentence):
        if not _bears(time, line):
            yield Contradiction("time", one.part, one.id, time.text)
    span = said.span_of(sentence)
    for length in said.lengths(sentence):
        if span is not None and (known := line.facts.spans.get(span)) is not None:
            if not _overlap(length, known):
                yield Contradiction("span", one.part, one.id, length.text, span)
        elif not line.has_length(length):
            yield Contradiction("length", one.part, one.id, length.text)


def _overlap(length: Length, known: Duration) -> bool:
    too_long = known.high is not None and length.low > known.high + SLACK
    too_short = length.high is not None and length.high < known.low - SLACK
    return not (too_long or too_short)


def _bears(time: Time, line: _Line) -> bool:
    """Whether the timeline has something then. Of what lies ahead it can have nothing."""
    spread = _HOUR if time.about else SLACK
    days = list(_days(time, line))
    if not days:
        return time.clock is None or line.has_clock(time.clock, spread)
    for day in days:
        first = line.minute(day, time.clock or 0)
        last = first if time.clock is not None else line.minute(day + timedelta(days=1))
        if last - spread > line.facts.now or line.has_between(first - spread, last + spread):
            return True
    return False


def _days(time: Time, line: _Line) -> Iterator[date]:
    """The days that can be meant; none for a clock time without a day."""
    if time.number is not None:
        yield line.facts.day_one + timedelta(days=time.number - 1)
    elif time.month is not None and time.day is not None:
        for year in [time.year] if time.year else line.years or [line.wall(line.facts.now).year]:
            try:
                yield date(year, time.month, time.day)
            except ValueError:
                continue


def _of_claims(one: Statement, sentence: str, facts: Facts) -> Iterator[Contradiction]:
    for name, words in said.claims(sentence).items():
        if name in facts.absent:
            yield Contradiction("absent", one.part, one.id, words, name)
        elif name not in facts.milestones:
            yield Contradiction("unmarked", one.part, one.id, words, name)


def _of_things(one: Statement, sentence: str, facts: Facts) -> Iterator[Contradiction]:
    fares = said.fares(sentence)
    if not fares:
        return
    plain = sentence.casefold()
    for thing in facts.things:
        if (name := next((name for name in thing.names if _names(name, plain)), None)) is None:
            continue
        if fares == "clean" and thing.state in ("affected", "contained", "recovered"):
            yield Contradiction("clean", one.part, one.id, sentence, name)
        if fares == "hit" and thing.state == "clean":
            yield Contradiction("hit", one.part, one.id, sentence, name)


def _names(name: str, plain: str) -> bool:
    """Whether the sentence names it, as a word of its own where it is written in Latin letters."""
    wanted = name.casefold()
    at = plain.find(wanted) if len(wanted) > 1 else -1
    while at >= 0:
        before, after = plain[at - 1 : at], plain[at + len(wanted) : at + len(wanted) + 1]
        if not (_latin(before) and _latin(wanted[0])) and not (_latin(after) and _latin(wanted[-1])):
            return True
        at = plain.find(wanted, at + 1)
    return False


def _latin(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in "-_") if letter else False


def _of_measures(one: Statement, facts: Facts) -> Iterator[Contradiction]:
    """A measure that is said to have helped, or to have been missing, and what its coverage says."""
    for measure in one.measures:
        states = facts.coverage.get(measure, frozenset())
        if one.part == "mitigations" and states == {"none"}:
            yield Contradiction("none", one.part, one.id, measure, measure)
        elif one.part == "mitigations" and states == {"unknown"}:
            yield Contradiction("unknown", one.part, one.id, measure, measure)
        elif one.part == "causes" and states == {"full"}:
            yield Contradiction("full", one.part, one.id, measure, measure)


def _of_order(facts: Facts) -> Iterator[Contradiction]:
    for first, later in ORDER:
        a, b = facts.milestones.get(first), facts.milestones.get(later)
        if a is None or b is None or a.frame != b.frame or a.low is None or b.high is None:
            continue
        # A day ends where the next begins: what was on a day was before that.
        if b.high < a.low or (b.high == a.low and b.low != b.high):
            yield Contradiction("order", "timeline", "", later, first)
    if "recovered" in facts.milestones:
        for thing in facts.things:
            if thing.state in ("suspected", "affected"):
                yield Contradiction("open", "timeline", "", thing.names[0], thing.state)
