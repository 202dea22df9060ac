"""What is pasted in one piece – a chat, a log, notes, a table – as proposed entries.

A line that begins with a time begins an entry; one without belongs to the entry before. Chats are read as Slack, Teams, Google Chat, LINE
and Discord give them when they are copied; logs with their times in front (syslog, ISO) or inside (web servers, Windows). No line
is lost: where a time cannot be taken, the entry has the whole line as its text and says why. Days of bare times of day are concluded
from the lines around them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kizuki.incidents.engine import human, lexicon, speakers
from kizuki.incidents.engine import time_forms as forms
from kizuki.incidents.engine.line import Line, read_words
from kizuki.incidents.engine.moment import TOLERANCE, BadMoment, in_zone
from kizuki.incidents.engine.proposed import MOST_BYTES, MOST_LINES, Here, Proposed, TooMuch
from kizuki.incidents.engine.sheet import read_sheet

_BULLET: Final = re.compile(r"\A(?:[-*>–]\s+|[・•●‣]\s*)")
_BULLET_OF_TIME: Final = re.compile(r"\A(?:[-*>–]\s+|[・•●‣]\s*|[0-9]{1,3}[.)]\s+)(?=[\[(【]?[0-9~約])")
_PRIORITY: Final = re.compile(r"\A<[0-9]{1,3}>(?:1 )?(?=[0-9A-Z])")
_RULED: Final = re.compile(r"^[-–—─━=*\s]+|[-–—─━=*\s]+$")
#: A time inside a line of a log: in brackets or quotes, or a column; with seconds also after a few words.
_INSIDE: Final = re.compile(
    r"""(?:(?<=[\[\t,="'(|])|(?<= )(?=\S+ [0-9]{1,2}:[0-9]{2}:[0-9]{2}))"""
    r"(?:[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[T ][0-9]{1,2}:[0-9]{2}|[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}:[0-9]{2}:|"
    r"(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}[0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2})"
)
_SIGNS_OF_TIME: Final = re.compile(r"[0-9A-Za-z:/.+ -]{1,40}")
_EPOCH: Final = re.compile(r"\baudit\(([0-9]{9,10})\.[0-9]{3}")
_MACHINE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T|<|[A-Z][a-z]{2} {1,2}[0-9]")
#: A clock that goes back by more has passed midnight; by less, the lines are just not in order.
_NIGHT: Final = 3 * 60
_LEAD: Final = frozenset("<-*・•●‣–>0123456789")
_FAR: Final = 300
_MOST_DAY: Final = 40
_CLOCK: Final = re.compile(r"[0-9][:：時]")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[+-][0-9:]{5}$")
_INSTANT: Final = re.compile(r"~?[0-9]{4}-[0-9]{2}-[0-9]{2}T")
_ENDS_WITH_TIME: Final = re.compile(
    r"(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[ap]\.?m\.?)?|時|分)[\])】]?$", re.IGNORECASE
)


class _Item:
    """An entry while its lines are collected. `bare`: a time of day whose day is not known yet, as written; `day`: the day under which it
    stands; `log`: a machine wrote it; `alone`: its first line holds nothing but a time; `begun`: that line has text as well."""

    def __init__(
        self, line_no: int, whole: str, text: str = "", *, at: str | None = None, note: str = "", who: str = ""
    ) -> None:
        self.line_no, self.whole, self.at, self.note, self.who = line_no, whole, at, note, who
        self.begin(text)
        self.bare = ""
        self.minutes = 0
        self.day: date | None = None
        self.log = self.bracketed = self.alone = self.full = False

    def begin(self, text: str) -> None:
        """Begin with what its first line says; "" for nothing."""
        self.lines: list[str] = [text] if text else []
        self.begun = bool(text)

    def text(self) -> str:
        return "\n".join(self.lines).strip("\n")


def read_paste(text: str, *, now: datetime, zone: str, day_one: date, lane: str = "") -> tuple[Proposed, ...]:
    """The entries that are proposed for a pasted text, in its order. `now` is aware; `zone`: the incident's clock; `lane`: whose acts they
    are unless a line says otherwise. Raises TooMuch for more than MOST_LINES lines or MOST_BYTES bytes."""
    if (size := len(text.encode("utf-8", "replace"))) > MOST_BYTES:
        raise TooMuch("bytes", size, MOST_BYTES)
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if (n := sum(1 for line in lines if line.strip())) > MOST_LINES:
        raise TooMuch("lines", n, MOST_LINES)
    here = Here(now, zone, day_one, lane)
    if (rows := read_sheet(text, here)) is not None:
        return rows
    items = _Reader(lines, here).items()
    _give_days(items, here)
    return tuple(_proposed(item, here) for item in items)


class _Reader:
    """Goes through the lines and collects entries."""

    def __init__(self, lines: Sequence[str], here: Here) -> None:
        self.lines, self.here = lines, here
        self.made: list[_Item] = []
        self.names: set[str] = set()
        self.day: date | None = None  # of the last line that was a day and nothing else
        self.day_line: tuple[int, str] | None = None  # that line, as long as no entry has used it

    def items(self) -> list[_Item]:
        """The entries; where no line has a time, one for each line."""
        timed = False
        for n, raw in enumerate(self.lines):
            line = raw.strip()
            if not line:
                self._blank()
            elif not self._is_day(n + 1, line):
                item = self._begun(n, line)
                timed = timed or item is not None
                if item is None:
                    self._goes_on(n + 1, raw.rstrip())
                else:
                    self._open(n, item)
        self._flush_day()
        if timed or any(item.at for item in self.made):
            return self.made
        told = ((n, line.strip()) for n, line in enumerate(self.lines, 1) if line.strip())
        return [_Item(n, line, _BULLET.sub("", line) or line, note="none") for n, line in told]

    def _read(self, text: str) -> human.Read | None:
        return human.begin(text, now=self.here.now, zone=self.here.zone, day_one=self.here.day_one)

    def _blank(self) -> None:
        if self.made:
            self.made[-1].lines.append("")

    def _is_day(self, line_no: int, line: str) -> bool:
        """Whether the line is a day and nothing else: a heading for the times of day below it."""
        bare = _RULED.sub("", line)
        if len(line) > _MOST_DAY or not bare or _CLOCK.search(line):
            return False
        try:
            read = self._read(bare)
        except BadMoment:
            return False
        if read is None or read.clock or read.end < len(bare) or not _DAY.match(read.at):
            return False
        self._flush_day()
        self.day, self.day_line = date.fromisoformat(read.at[:10]), (line_no, line)
        return True

    def _flush_day(self) -> None:
        """A day under which no entry stands is an entry."""
        if self.day_line is not None and self.day is not None:
            begins = datetime.combine(self.day, datetime.min.time(), ZoneInfo(self.here.zone))
            self.made.append(_Item(*self.day_line, at=f"{self.day}{begins.isoformat()[-6:]}"))
        self.day_line = None

    def _open(self, n: int, item: _Item) -> None:
        """Begin an entry."""
        if item.alone:
            item.who = self._name_above(n)
            item.line_no -= bool(item.who)
            if not item.who and self.made and self.made[-1].alone:  # the same person goes on
                item.who = self.made[-1].who
        if item.who:
            self.names.add(item.who)
        if self.day_line is not None:
            item.day, self.day_line = self.day, None
        self.made.append(item)

    def _goes_on(self, line_no: int, line: str) -> None:
        """A line without a time."""
        self._flush_day()
        if self.made:
            self.made[-1].lines.append(line)
        else:
            self.made.append(_Item(line_no, line, line, note="none"))

    def _name_above(self, n: int) -> str:
        """The name in the line above a line that holds a time alone; it is taken out of the entry before."""
        last = self.made[-1] if self.made else None
        if last is None or not last.lines or not last.lines[-1].strip():
            return ""
        name = last.lines[-1].strip()
        told = sum(1 for line in last.lines if line.strip())
        sure = name in self.names
        parted = last.note == "none" or told > 1
        if not (sure or (parted and speakers.is_name(name))) or self.lines[n - 1].strip() != name:
            return ""
        last.lines.pop()
        if last.note == "none" and not last.text():
            self.made.pop()
        return name

    def _begun(self, n: int, line: str) -> _Item | None:
        """The entry that the line begins; None where it goes on with the one before."""
        body = _PRIORITY.sub("", _BULLET_OF_TIME.sub("", line)) if line[0] in _LEAD else line
        try:
            found = self._in_front(body)
            if found is None:
                return self._below_name(n, line) or self._inside(n + 1, line)
        except BadMoment as error:
            return _Item(n + 1, line, line, note=error.code)
        at, bare, minutes, rest = found
        item = _Item(n + 1, line, at=at)
        item.bare, item.minutes = bare, minutes
        item.log = bool(_MACHINE.match(line)) and not bare
        item.bracketed = body[0] in "[(【"
        item.full = at is not None and bool(_INSTANT.match(at))
        item.alone = not rest
        if rest and not item.log:
            item.who, rest = speakers.speaker(rest, sure=item.bracketed)
        item.begin(rest)
        return item

    def _in_front(self, body: str) -> tuple[str | None, str, int, str] | None:
        """The time with which a line begins: a form, or a bare time of day with its minute of the day, and what follows. None for no
        time, and for words that are a time only in a line typed by hand (now, 5分前). Raises BadMoment."""
        plain = forms.plain(body[:80])
        opened = 1 if plain[0] in "[(【" else 0
        match = forms.BARE.match(plain, opened)
        if (
            match
            and not forms.RANGE.match(plain, opened)
            and (not opened or plain[match.end() : match.end() + 1] in (")", "]", "】"))
        ):
            clock = human.clock_of(match.groupdict(), match[0])
            after = forms.BETWEEN.match(plain, match.end())
            rest = body if match["since"] or after is None else body[after.end() :]
            return None, match[0], clock.hour * 60 + clock.minute, rest
        if forms.AGO.match(plain):
            return None
        try:
            read = self._read(body)
        except BadMoment as error:
            if _CLOCK.search(error.written) or plain[opened : opened + 1].isdigit():
                raise
            return None  # “week 2 of the holidays”
        if read is None:
            return None
        rest = body[read.end :]
        if not read.clock and not plain[opened : opened + 1].isdigit():
            said = read_words(rest[:_FAR])
            if not (said.lane and said.kind):
                return None
        return read.at, "", 0, rest

    def _below_name(self, n: int, line: str) -> _Item | None:
        """A line that is a name and a time, above what was said."""
        following = self.lines[n + 1].strip() if n + 1 < len(self.lines) else ""
        if len(line) > 2 * _MOST_DAY or not following or not _ENDS_WITH_TIME.search(forms.plain(line)):
            return None
        for name, rest, _sure in speakers.ends_of_names(line):
            try:
                found = self._in_front(rest)
            except BadMoment:
                continue
            if found is not None and not found[3] and (found[1] or "T" in (found[0] or "")):
                item = _Item(n + 1, line, at=found[0], who=name)
                item.bare, item.minutes = found[1], found[2]
                return item
        return None

    def _inside(self, line_no: int, line: str) -> _Item | None:
        """A line of a log with its time inside; the line is kept whole."""
        if match := _EPOCH.search(line, 0, _FAR):
            moment = datetime.fromtimestamp(int(match[1]), UTC)
            if moment > self.here.now + TOLERANCE:
                raise BadMoment("future", match[0])
            at: str | None = in_zone(moment, self.here.zone).at
        elif match := _INSIDE.search(line, 0, _FAR):
            written = _SIGNS_OF_TIME.match(line, match.start())
            read = self._read(written[0]) if written else None
            at = read.at if read is not None else None
        if match is None or at is None:
            return None
        item = _Item(line_no, line, line, at=at)
        item.log = True
        return item


def _give_days(items: Sequence[_Item], here: Here) -> None:
    """Conclude the days of bare times of day: forward from a day that is known, else backward from the next one, or from now."""
    zone = ZoneInfo(here.zone)
    day: date | None = None
    minutes = 0
    waiting: list[_Item] = []
    for item in items:
        known = _known(item, zone)
        if known is not None:
            _backward(waiting, known, here)
            waiting = []
            local = known.astimezone(zone)
            day, minutes = local.date(), local.hour * 60 + local.minute
        if not item.bare:
            continue
        if item.day is not None:
            day, minutes = item.day, 0
        if day is None:
            waiting.append(item)
            continue
        day += timedelta(days=1 if item.minutes < minutes - _NIGHT else 0)
        minutes = item.minutes
        _settle(item, day, here)
    _backward(waiting, here.now, here)


def _known(item: _Item, zone: ZoneInfo) -> datetime | None:
    """The moment by which the lines before an item have happened."""
    if item.day is not None:
        return datetime.combine(item.day, datetime.max.time(), zone)
    if item.at is not None and _INSTANT.match(item.at):
        return datetime.fromisoformat(item.at.lstrip("~"))
    return None


def _backward(items: Sequence[_Item], limit: datetime, here: Here) -> None:
    zone = ZoneInfo(here.zone)
    day, later = limit.astimezone(zone).date(), 24 * 60
    for item in reversed(items):
        if item.minutes > later + _NIGHT:
            day -= timedelta(days=1)
        at = datetime.combine(day, datetime.min.time(), zone) + timedelta(minutes=item.minutes)
        if at.astimezone(UTC) > limit.astimezone(UTC) + TOLERANCE:
            day -= timedelta(days=1)
        later = item.minutes
        _settle(item, day, here)
        item.note = item.note or "day"


def _settle(item: _Item, day: date, here: Here) -> None:
    """Read a bare time of day on its day."""
    try:
        read = human.begin(f"{day} {item.bare}", now=here.now, zone=here.zone, day_one=here.day_one)
        item.at = read.at if read is not None else None
        item.note = "" if read is not None else "form"
    except BadMoment as error:
        item.note = error.code
    if item.note:
        item.lines = [item.whole, *item.lines[1 if item.begun else 0 :]]


def _proposed(item: _Item, here: Here) -> Proposed:
    """The entry, with the words in front of its text understood."""
    text, note = item.text(), item.note
    first, _, more = text.partition("\n")
    if item.bracketed and not item.who and more.strip() and speakers.is_name(first):
        item.who, text = first, more.strip("\n")
    word, _, rest = text.partition(" ")
    if item.full and not item.who and not item.log and not note and rest.strip() and speakers.is_short_name(word):
        item.who, text, note = word, rest.strip(), "name"
    said = _words(text or item.whole, here.lane, strict=item.log or bool(item.who))
    return Proposed(
        item.at,
        said.lane,
        said.kind,
        said.text,
        item.who,
        item.line_no,
        note,
        said.guess,
        said.milestone,
        said.handover,
    )


def _words(text: str, lane: str, *, strict: bool) -> Line:
    """Whose act and of what kind it was, if the text begins so. `strict`: somebody speaks, or a machine wrote it; then only both count."""
    said = read_words(text, lane=lane)
    both = said.kind and read_words(text).lane
    return (
        said
        if (both or not strict) and said.text
        else Line(None, lane, "", text, guess="attack" if lane == "attacker" else lexicon.hint(text))
    )
