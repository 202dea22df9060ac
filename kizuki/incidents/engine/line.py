"""The one line with which an entry is made: `14:02 it contain isolated PC-123`, `14:02 情シス 封じ込め PC-123を切り離した`.

When, whose and what kind of act it was stand before the text, each of them optional and in any order; marks stand before or after
it: `!contained` for a milestone, `>it` or `→情シス` for a hand-over. `@person` and `#asset` stay in the text. The text is kept as typed.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

import msgspec

from kizuki.incidents.engine import human, lexicon
from kizuki.incidents.engine.moment import BadMoment
from kizuki.incidents.engine.time_forms import RANGE, plain


class Line(msgspec.Struct, frozen=True):
    """A line as it was understood. `at`: a form of `kizuki.kit.when`, None for now; `lane`, `kind`: "" where not said; `milestone`: one
    or ""; `handover`: lanes; `people`, `assets`: what was mentioned, without its sign; `missing`: which of lane, kind and text have to
    be asked; `guess`: the kind at which the text hints, to be suggested only; `unknown`: marks that name no milestone, left in the
    text."""

    at: str | None
    lane: str
    kind: str
    text: str
    milestone: str = ""
    handover: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    guess: str = ""
    unknown: tuple[str, ...] = ()


#: A word that may stand before the text, with what parts it from the next.
_WORD: Final = re.compile(r"([^\s：:、,，]{1,60})(?:[：:、,，]\s*|\s+|$)")
_MILESTONE_SIGNS, _HANDOVER_SIGNS = "!！", ">＞→"
_NAME = r"([^\s、。,;:!?()（）「」『』\[\]【】\"<>＠@#＃：；！？]{1,80})"
_PERSON: Final = re.compile(rf"(?<![^\s(（「『、。,;])[@＠]{_NAME}")
_ASSET: Final = re.compile(rf"(?<![^\s(（「『、。,;])[#＃]{_NAME}")
#: After a time, these show that it belongs to the sentence.
_OF_SENTENCE: Final = re.compile(r"\s*(?:の|まで|から|より|時点)")
#: Before these, “it” is a pronoun.
_SAID_OF_IT: Final = re.compile(
    r"(?:is|was|has|ha[ds]|did|does|will|would|can|could|should|may|might|must|seem|look|appear|bec[ao]me|turn|took|take|c[ao]me|start|stop|"
    r"work|fail)(?:n't|not|s|ed)?",
    re.IGNORECASE,
)


def read_line(text: str, *, now: datetime, zone: str, day_one: date, lane: str = "") -> Line:
    """The line as it is understood. `now` is aware; `zone`: the incident's clock; `day_one`: from which its days are counted; `lane`: whose
    act it was unless the line says otherwise. Raises BadMoment for a time that cannot be (form, future, ancient, gap, twice)."""
    reading = _Reading(text.strip())
    reading.head(now=now, zone=zone, day_one=day_one)
    return reading.line(lane)


def read_words(text: str, *, lane: str = "") -> Line:
    """As `read_line`, for a text whose time is known already."""
    reading = _Reading(text.strip())
    while reading.rest and reading.word():
        pass
    return reading.line(lane)


def printed(line: Line) -> str:
    """The line written out, so that it reads as the same again. (A text that itself begins or ends with a mark does not.)"""
    marks = [f"!{line.milestone}"] if line.milestone else []
    parts = [line.at or "", line.lane, line.kind, line.text, *marks, *(f">{lane}" for lane in line.handover)]
    return " ".join(part for part in parts if part)


def longest_known(mention: str, names: tuple[str, ...]) -> str:
    """The longest of the known names with which a mention begins (@佐伯さんに means 佐伯); "" for none. Capitals and width do not count."""
    said = lexicon.folded(mention)
    return max((name for name in names if name and said.startswith(lexicon.folded(name))), key=len, default="")


class _Reading:
    """A line while it is read: `rest` is what was not understood as anything but text."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.at: str | None = None
        self.lane = self.kind = self.milestone = ""
        self.handover: list[str] = []
        self.unknown: list[str] = []
        self._ahead: int | None = None  # how many hand-overs stand before the text, once those after it are read

    def line(self, lane: str) -> Line:
        """The line, once what stands before the text was taken."""
        self._tail()
        rest, whose = self.rest.strip(), self.lane or lane
        people, assets = mentions(rest)
        asked = (("lane", whose), ("kind", self.kind), ("text", rest))
        return Line(
            at=self.at, lane=whose, kind=self.kind, text=rest, milestone=self.milestone, handover=tuple(self.handover),
            people=people, assets=assets, guess="" if self.kind else "attack" if whose == "attacker" else lexicon.hint(rest),
            missing=tuple(name for name, value in asked if not value), unknown=tuple(self.unknown),
        )  # fmt: skip

    def head(self, *, now: datetime, zone: str, day_one: date) -> None:
        """Take what stands before the text."""
        first = True
        while self.rest:
            read = self._time(first, now=now, zone=zone, day_one=day_one) if self.at is None else None
            if read is not None:
                self.at, self.rest = read.at, self.rest[read.end :]
                if not read.end:  # the time belongs to what is told
                    return
            elif not self.word():
                return
            first = False

    def _time(self, first: bool, *, now: datetime, zone: str, day_one: date) -> human.Read | None:
        """The time that stands next. After the lane or the kind, only a time of day that is not a part of the sentence."""
        if not first and RANGE.match(plain(self.rest[:40])):
            return None
        try:
            read = human.begin(self.rest, now=now, zone=zone, day_one=day_one)
        except BadMoment as error:
            if first or not _OF_SENTENCE.match(self.rest, len(error.written)):
                raise
            return None
        if read is None or first or (read.clock and read.end and not _OF_SENTENCE.match(self.rest, read.end)):
            return read
        return None

    def word(self) -> bool:
        """Take the next word, if it says whose act or what kind it was, or is a mark."""
        match = _WORD.match(self.rest)
        if match is None:
            return False
        word, after = match[1], self.rest[match.end() :]
        if self._mark(word):
            pass
        elif not self.lane and lexicon.lane_of(word) and not _is_pronoun(word, after):
            self.lane = lexicon.lane_of(word)
        elif not self.kind and lexicon.kind_of(word):
            self.kind = lexicon.kind_of(word)
        else:
            return False
        self.rest = after
        return True

    def _tail(self) -> None:
        """Take the marks that stand after the text, from the last to the first."""
        self._ahead = len(self.handover)
        while self.rest:
            *before, last = self.rest.rsplit(None, 1)
            if len(last) > 60 or not self._mark(last):
                return
            self.rest = before[0] if before else ""

    def _mark(self, token: str) -> bool:
        """Take a milestone or a hand-over; False where the token is none, or where there is one already."""
        sign, word = token[:1], token[1:]
        if sign and sign in _MILESTONE_SIGNS and word:
            name = lexicon.milestone_of(word)
            if name and not self.milestone:
                self.milestone = name
                return True
            if not name and word.isalpha() and token not in self.unknown:
                self.unknown.append(token)
        elif sign and sign in _HANDOVER_SIGNS and (lane := lexicon.lane_of(word)) and lane not in self.handover:
            self.handover.insert(len(self.handover) if self._ahead is None else self._ahead, lane)
            return True
        return False


def _is_pronoun(word: str, after: str) -> bool:
    """Whether “it” is no department but what the sentence is about."""
    following = _WORD.match(after)
    return word in ("it", "It") and following is not None and bool(_SAID_OF_IT.fullmatch(following[1]))


def mentions(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people and the assets that a text mentions as @person and #asset, without the sign, each once."""
    return _mentioned(_PERSON, text), _mentioned(_ASSET, text)


def _mentioned(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    names = (match[1].rstrip(".・-") for match in pattern.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name))
