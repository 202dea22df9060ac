"""The timeline in lanes, lying: order runs to the right, roles stand below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.casebook.engine.format import Case, Entry, Lane
from kizuki.casebook.words import MILESTONES
from kizuki.kit import when
from kizuki.ui.svg import Drawing, balanced, number, text_width, wrap

WIDTH: Final = 984.0
LABEL: Final = 136.0
GAP: Final = 16.0
LANE: Final = 44.0
HEAD: Final = 46.0
MOST: Final = 30


class Group(NamedTuple):
    """Entries that share one heading of time."""

    at: str
    entries: list[Entry]


def grouped(entries: Sequence[Entry]) -> list[Group]:
    """Neighbouring entries with the same time, in their order."""
    groups: list[Group] = []
    for entry in entries:
        if groups and groups[-1].at == entry.at:
            groups[-1].entries.append(entry)
        else:
            groups.append(Group(entry.at, [entry]))
    return groups


def timeline(case: Case, language: str) -> list[SafeString]:
    """The timeline of a case in lanes; see `lying`."""
    return lying(case.timeline.lanes, case.timeline.entries, language)


def lying(lanes: Sequence[Lane], entries: Sequence[Entry], language: str, most: int = MOST) -> list[SafeString]:
    """A timeline in lanes; more than `most` entries become several pictures. Empty without entries."""
    pictures: list[list[Group]] = [[]]
    for group in grouped(entries):
        if sum(len(g.entries) for g in pictures[-1]) + len(group.entries) > most and pictures[-1]:
            pictures.append([])
        pictures[-1].append(group)
    return [_Lying(lanes, part, language, n).markup() for n, part in enumerate(pictures) if part]


class _Label(NamedTuple):
    """A milestone's label: its entry, where its line stands, its text and its row under the lanes."""

    entry: Entry
    x: float
    text: str
    row: int
    flip: bool


class _Lying:
    """One lying lane timeline: x is order, not duration; one slot for each entry, so that nothing overlaps."""

    def __init__(self, lanes: Sequence[Lane], groups: Sequence[Group], language: str, n: int) -> None:
        self.lanes, self.groups, self.language = lanes, groups, language
        self.entries = [entry for group in groups for entry in group.entries]
        self.heads = self._headings()
        self.x: dict[int, float] = {}
        self.spans: list[tuple[float, float]] = []
        self._lay_out()
        self.row = {lane.id: HEAD + (i + 0.5) * LANE for i, lane in enumerate(lanes)}
        self.floor = HEAD + len(lanes) * LANE
        self.links = self._links()
        self.labels = self._milestones()
        height = self.floor + 14 + 17 * (1 + max((label.row for label in self.labels), default=-1))
        title = _("Timeline by role, %(n)d entries") % {"n": len(self.entries)}
        text = "; ".join(f"{e.n}. {when.parse(e.at).label(language)}: {e.text.in_(language)}" for e in self.entries)
        self.drawing = Drawing(f"tl{n}", WIDTH, height, title, text)

    def _headings(self) -> list[tuple[str, str]]:
        """The two lines over each group; a long first line over few entries gives its time of day to the second."""
        made: list[tuple[str, str]] = []
        previous: when.When | None = None
        for group in self.groups:
            moment = when.parse(group.at)
            first, second = heading(moment, group.entries[0], previous, self.language)
            if text_width(first, 12) > 36 * len(group.entries) and " " in first:
                head, tail = first.rsplit(", " if ", " in first else " ", 1)
                if not tail.isdigit():
                    first, second = head, tail
            made.append((first, second))
            previous = moment
        return made

    def _lay_out(self) -> None:
        """Slots as wide as there is room; a group is never narrower than its heading."""
        last = next((e for e in reversed(self.entries[-2:]) if e.milestone), None)
        margin = text_width(str(MILESTONES[last.milestone]), 11) - 8 if last and last.milestone else 14
        room = WIDTH - LABEL - GAP * (len(self.groups) - 1) - max(margin, 14)
        least = [max(text_width(a, 12), text_width(b, 11)) + 8 - GAP for a, b in self.heads]
        slot = 64.0
        while slot > 22 and sum(max(slot * len(g.entries), w) for g, w in zip(self.groups, least, strict=True)) > room:
            slot -= 0.5
        x = LABEL
        for group, width in zip(self.groups, least, strict=True):
            right = x + max(slot * len(group.entries), width)
            self.spans.append((x, right))
            for n, entry in enumerate(group.entries):
                self.x[entry.n] = x + slot * (n + 0.5)
            x = right + GAP

    def markup(self) -> SafeString:
        self._draw_lanes()
        self._draw_times()
        for link in self.links:
            self._draw_handover(*link)
        for label in self.labels:
            top, bottom = self.row[label.entry.lane] + 13, self.floor + 16 + 17 * label.row
            self.drawing.path("ms-l", f"M{number(label.x + 0.5)} {number(top)}V{number(bottom)}")
        for entry in self.entries:
            self.drawing.kind(entry.kind, entry.n, self.x[entry.n], self.row[entry.lane])
        for label in self.labels:
            css, x = ("x11 xb xa end", label.x - 4) if label.flip else ("x11 xb xa", label.x + 5)
            self.drawing.text(css, x, self.floor + 20 + 17 * label.row, label.text)
        return self.drawing.markup()

    def _milestones(self) -> list[_Label]:
        """Labels from the right to the left: one that reaches over the lines of others stands below where they end."""
        placed: list[_Label] = []
        taken: list[tuple[float, float, int]] = []
        busy = {x for giver, receiver in self.links for x in self._below(giver, receiver)}
        for entry in reversed(self.entries):
            if entry.milestone is None:
                continue
            x, text = self.x[entry.n], str(MILESTONES[entry.milestone])
            if x in busy:
                x -= 6
            width = text_width(text, 11) + 10
            flip = x + width > WIDTH + 4
            left, right = (x - width, x + 2) if flip else (x - 2, x + width)
            row = 1 + max((label.row for label in placed if left < label.x < right and label.x != x), default=-1)
            while any(row == other and right > a and left < b for a, b, other in taken):
                row += 1
            taken.append((left, right, row))
            placed.append(_Label(entry, x, text, row, flip))
        return placed

    def _below(self, giver: Entry, receiver: Entry) -> list[float]:
        """Where a hand-over touches a mark from below."""
        return [self.x[(giver if self.row[receiver.lane] > self.row[giver.lane] else receiver).n]]

    def _draw_lanes(self) -> None:
        for i, lane in enumerate(self.lanes):
            top = HEAD + i * LANE
            if "attacker" in lane.role:
                self.drawing.rect("band", 0, top, WIDTH, LANE)
            self.drawing.path("hl", f"M0 {number(top + 0.5)}H{number(WIDTH)}")
            name, room = lane.name.in_(self.language), LABEL - 12
            lines = [name] if text_width(name, 11) <= room else balanced(name, 12, room, 3)
            small = len(lines) > 2 or text_width(max(lines, key=len), 12) > room
            css, pitch = ("x11 xb", 13) if small else ("x12 xb", 15)
            for n, line in enumerate(lines):
                self.drawing.text(css, 0, top + LANE / 2 + 4 + (n - (len(lines) - 1) / 2) * pitch, line)
        self.drawing.path("il", f"M0 {number(self.floor + 0.5)}H{number(WIDTH)}")

    def _draw_times(self) -> None:
        for (left, right), group, (first, second) in zip(self.spans, self.groups, self.heads, strict=True):
            moment = when.parse(group.at)
            open_end = moment.low is None or moment.high is None
            end = right - 6
            self.drawing.path("il dash" if open_end else "il", f"M{number(left)} 38.5H{number(end)}")
            self.drawing.path("il", f"M{number(left + 0.5)} 34v5M{number(end - 0.5)} 34v5")
            room = max(right - left + GAP - 4, 30)
            self.drawing.text("x12 xb", left, 14, (wrap(first, 12, room, 1) or [""])[0])
            if second:
                self.drawing.text("x11 x3", left, 28, (wrap(second, 11, room, 1) or [""])[0])
            if left > LABEL:
                self.drawing.path("hl dash", f"M{number(left - GAP / 2)} 40V{number(self.floor)}")

    def _links(self) -> list[tuple[Entry, Entry]]:
        """Who hands over to whom: the giver's entry and the receiver's next one."""
        return handed_over(self.entries)

    def _draw_handover(self, giver: Entry, receiver: Entry) -> None:
        x1, x2, y1, y2 = self.x[giver.n], self.x[receiver.n], self.row[giver.lane], self.row[receiver.lane]
        sign = 1 if y2 > y1 else -1
        edge = y1 + sign * (LANE / 2 - 3)
        stop = y2 - sign * 16
        css = "ho" if giver.handover is None or giver.handover.stated else "ho dash"
        self.drawing.path(css, f"M{number(x1)} {number(y1 + sign * 12)}V{number(edge)}H{number(x2)}V{number(stop)}")
        self.drawing.arrow_head("ho-h", x2, stop + sign * 5, "down" if sign > 0 else "up", 7)


def handed_over(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Who hands over to whom: the giver's entry and the receiver's next one."""
    made = []
    for i, entry in enumerate(entries):
        for lane in entry.handover.to if entry.handover else ():
            receiver = next((e for e in entries[i + 1 :] if e.lane == lane), None)
            if receiver is not None and lane != entry.lane:
                made.append((entry, receiver))
    return made


def heading(moment: when.When, entry: Entry, previous: when.When | None, language: str) -> tuple[str, str]:
    """The two lines over a group: the moment, and how exact it is or that it was a rest day."""
    label = moment.label(language)
    label = label[:1].upper() + label[1:]
    if entry.holiday:
        return label, _("rest day")
    if previous is not None and previous.written == moment.written:
        return label, ""
    return label, {"bound": _("at least"), "none": _("order only"), "week": _("week only")}.get(moment.precision, "")
