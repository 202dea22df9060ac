"""The two pictures of a case: the situation as numbered steps between actors, and the timeline in lanes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.casebook.engine.format import Actor, Case, Entry, Lane, Situation, SituationStep
from kizuki.casebook.words import ACTOR_ZONES, MILESTONES
from kizuki.kit import when
from kizuki.ui.svg import Drawing, number, text_width, wrap

WIDTH: Final = 984.0
NODE_HEIGHT: Final = 52.0
ROW: Final = 92.0
TOP: Final = 40.0


class Spot(NamedTuple):
    """Where an actor stands: column and row."""

    column: int
    row: int


def _zones(situation: Situation) -> list[str]:
    used = {actor.zone for actor in situation.actors}
    return [zone for zone in ACTOR_ZONES if zone in used]


def place(situation: Situation) -> dict[str, Spot]:
    """Each actor's column (its zone) and row. Within a column the order is that of the first step; the busiest stands in the middle."""
    zones = _zones(situation)
    first: dict[str, int] = {}
    arrows: Counter[str] = Counter()
    for step in situation.steps:
        for actor in (step.from_, step.to):
            first.setdefault(actor, step.n)
            arrows[actor] += 1
    spots: dict[str, Spot] = {}
    tallest = max((sum(a.zone == z for a in situation.actors) for z in zones), default=1)
    for column, zone in enumerate(zones):
        members = sorted((a for a in situation.actors if a.zone == zone), key=lambda a: (first.get(a.id, 99), a.id))
        offset = (tallest - len(members)) // 2 if len(members) < tallest else 0
        for row, member in enumerate(members):
            spots[member.id] = Spot(column, row + offset)
    return spots


def situation(case: Case, language: str) -> SafeString | None:
    """The situation diagram, or None for a case without actors."""
    if not case.situation.actors or not case.situation.steps:
        return None
    return _SituationDrawing(case.situation, language).markup()


class _Badges:
    """Numbers of steps; two never lie on each other."""

    def __init__(self) -> None:
        self.placed: list[tuple[float, float, SituationStep]] = []

    def put(self, x: float, y: float, step: SituationStep, *, down: bool) -> None:
        while any(abs(x - a) < 21 and abs(y - b) < 21 for a, b, _s in self.placed):
            x, y = (x, y + 22) if down else (x + 22, y)
        self.placed.append((x, y, step))


class _SituationDrawing:
    """Actors in columns by zone, steps as numbered arrows between them."""

    def __init__(self, told: Situation, language: str) -> None:
        self.told, self.language = told, language
        self.spots, self.zones = place(told), _zones(told)
        self.lane = WIDTH / len(self.zones)
        self.width = min(164.0, self.lane - 64)
        self.badges = _Badges()
        rows = 1 + max(spot.row for spot in self.spots.values())
        title = _("Situation: %(n)d steps between %(actors)d actors") % {
            "n": len(told.steps),
            "actors": len(self.spots),
        }
        text = "; ".join(f"{step.n}. {step.text.in_(language)}" for step in told.steps)
        self.drawing = Drawing("si", WIDTH, TOP + rows * ROW, title, text)

    def markup(self) -> SafeString:
        for n, zone in enumerate(self.zones):
            if n % 2:
                self.drawing.rect("band", n * self.lane, 0, self.lane, self.drawing.height)
            self.drawing.text("x12 x2 mid", (n + 0.5) * self.lane, 18, str(ACTOR_ZONES[zone]))
        self.drawing.path("hl2", f"M0 26.5H{number(WIDTH)}")
        for step in self.told.steps:
            self._arrow(step)
        for actor in self.told.actors:
            self._node(actor)
        for x, y, step in self.badges.placed:
            self.drawing.circle("nb-att" if step.kind == "attack" else "nb", x, y, 10)
            self.drawing.text("x12 xb xg mid", x, y + 4.3, str(step.n))
        return self.drawing.markup()

    def _centre(self, actor: str) -> tuple[float, float]:
        spot = self.spots[actor]
        return (spot.column + 0.5) * self.lane, TOP + spot.row * ROW + NODE_HEIGHT / 2 + 12

    def _node(self, actor: Actor) -> None:
        x, y = self._centre(actor.id)
        bad = actor.kind == "attacker"
        css = "nd nd-att" if bad else "nd"
        self.drawing.rect(css, x - self.width / 2, y - NODE_HEIGHT / 2, self.width, NODE_HEIGHT)
        lines = wrap(actor.name.in_(self.language), 12.5, self.width - 14, 3)
        for n, line in enumerate(lines):
            size = "x13 mid xb" if bad else "x12 mid" if len(lines) > 2 else "x13 mid"
            self.drawing.text(size, x, y + 4.5 + (n - (len(lines) - 1) / 2) * 15.5, line)

    def _arrow(self, step: SituationStep) -> None:
        start, end = self.spots[step.from_], self.spots[step.to]
        if step.from_ == step.to:
            x, y = self._centre(step.from_)
            self.badges.put(x + self.width / 2 - 2, y - NODE_HEIGHT / 2, step, down=False)
        elif start.column != end.column:
            self._across(step)
        elif abs(start.row - end.row) == 1:
            self._down(step)
        else:
            self._around(step)

    def _draw(self, step: SituationStep, d: str) -> None:
        css = "ar ar-att" if step.kind == "attack" else "ar"
        self.drawing.path(css if step.stated else f"{css} dash", d)

    def _head(self, step: SituationStep, x: float, y: float, direction: str) -> None:
        self.drawing.arrow_head("ar-h-att" if step.kind == "attack" else "ar-h", x, y, direction)

    def _down(self, step: SituationStep) -> None:
        """Straight between neighbours of one column."""
        (x, y1), (_x, y2) = self._centre(step.from_), self._centre(step.to)
        sign = 1 if y2 > y1 else -1
        leave, tip = y1 + sign * NODE_HEIGHT / 2, y2 - sign * (NODE_HEIGHT / 2 + 1)
        self._draw(step, f"M{number(x)} {number(leave)}V{number(tip - sign * 6)}")
        self._head(step, x, tip, "down" if sign > 0 else "up")
        self.badges.put(x, (leave + tip) / 2, step, down=False)

    def _around(self, step: SituationStep) -> None:
        """Through the gutter, past what stands between in the same column."""
        (x, y1), (_x, y2) = self._centre(step.from_), self._centre(step.to)
        side, gutter = x + self.width / 2, (self.spots[step.from_].column + 1) * self.lane - 14
        self._draw(step, f"M{number(side)} {number(y1)}H{number(gutter)}V{number(y2)}H{number(side + 8)}")
        self._head(step, side + 1, y2, "left")
        self.badges.put(gutter, (y1 + y2) / 2, step, down=True)

    def _across(self, step: SituationStep) -> None:
        """Into another column: out of the side, turn in the gutter, into the middle."""
        start, end = self.spots[step.from_], self.spots[step.to]
        (x1, y1), (x2, y2) = self._centre(step.from_), self._centre(step.to)
        sign = 1 if end.column > start.column else -1
        leave, tip = x1 + sign * self.width / 2, x2 - sign * (self.width / 2 + 1)
        level = start.row == end.row
        # A step leaves for another row a little off the middle, so that several from one side stay apart.
        out = y1 if level else y1 + (14 if y2 > y1 else -14)
        gutter = (end.column if sign > 0 else end.column + 1) * self.lane
        way = f"M{number(leave)} {number(out)}H{number(gutter)}V{number(y2)}H{number(tip - sign * 7)}"
        self._draw(step, way)
        self._head(step, tip, y2, "right" if sign > 0 else "left")
        self.badges.put(gutter, y2 if level else (out + y2) / 2, step, down=True)


LABEL: Final = 120.0
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
    """The timeline in lanes; more than 30 entries become several pictures. Empty for a case without entries."""
    groups = grouped(case.timeline.entries)
    pictures: list[list[Group]] = [[]]
    for group in groups:
        if sum(len(g.entries) for g in pictures[-1]) + len(group.entries) > MOST and pictures[-1]:
            pictures.append([])
        pictures[-1].append(group)
    return [_Lying(case.timeline.lanes, part, language, n).markup() for n, part in enumerate(pictures) if part]


class _Lying:
    """One lying lane timeline: x is order, not duration; one slot for each entry, so that nothing overlaps."""

    def __init__(self, lanes: Sequence[Lane], groups: Sequence[Group], language: str, n: int) -> None:
        self.lanes, self.groups, self.language = lanes, groups, language
        count = sum(len(group.entries) for group in groups)
        self.slot = min(64.0, (WIDTH - LABEL - GAP * (len(groups) - 1) - 14) / max(count, 1))
        self.x: dict[int, float] = {}
        self.spans: list[tuple[float, float]] = []
        x = LABEL
        for group in groups:
            self.spans.append((x, x + self.slot * len(group.entries)))
            for entry in group.entries:
                self.x[entry.n] = x + self.slot / 2
                x += self.slot
            x += GAP
        self.entries = [entry for group in groups for entry in group.entries]
        self.row = {lane.id: HEAD + (i + 0.5) * LANE for i, lane in enumerate(lanes)}
        self.floor = HEAD + len(lanes) * LANE
        self.labels = self._milestone_rows()
        height = self.floor + 14 + 17 * (1 + max((row for *_, row in self.labels), default=-1))
        title = _("Timeline by role, %(n)d entries") % {"n": count}
        text = "; ".join(f"{e.n}. {when.parse(e.at).label(language)}: {e.text.in_(language)}" for e in self.entries)
        self.drawing = Drawing(f"tl{n}", WIDTH, height, title, text)

    def markup(self) -> SafeString:
        self._draw_lanes()
        self._draw_times()
        self._draw_handovers()
        for x, _text, _row in self.labels:
            self.drawing.path(
                "ms-l", f"M{number(x + 0.5)} {number(self._under(x))}V{number(self.floor + 16 + 17 * _row)}"
            )
        for entry in self.entries:
            self.drawing.kind(entry.kind, entry.n, self.x[entry.n], self.row[entry.lane])
        for x, text, row in self.labels:
            flip = x + 6 + text_width(text, 11) > WIDTH
            self.drawing.text(
                "x11 xb xa end" if flip else "x11 xb xa", x - 4 if flip else x + 5, self.floor + 20 + 17 * row, text
            )
        return self.drawing.markup()

    def _under(self, x: float) -> float:
        entry = next(e for e in self.entries if self.x[e.n] == x)
        return self.row[entry.lane] + 13

    def _milestone_rows(self) -> list[tuple[float, str, int]]:
        placed: list[tuple[float, str, int]] = []
        taken: list[tuple[float, float, int]] = []
        for entry in self.entries:
            if entry.milestone is None:
                continue
            x, text = self.x[entry.n], str(MILESTONES[entry.milestone])
            width = text_width(text, 11) + 10
            left, right = (x - width, x + 2) if x + width > WIDTH else (x - 2, x + width)
            row = next(r for r in range(50) if all(r != tr or right < a or left > b for a, b, tr in taken))
            taken.append((left, right, row))
            placed.append((x, text, row))
        return placed

    def _draw_lanes(self) -> None:
        for i, lane in enumerate(self.lanes):
            top = HEAD + i * LANE
            if "attacker" in lane.role:
                self.drawing.rect("band", 0, top, WIDTH, LANE)
            self.drawing.path("hl", f"M0 {number(top + 0.5)}H{number(WIDTH)}")
            lines = wrap(lane.name.in_(self.language), 12, LABEL - 12, 2)
            for n, line in enumerate(lines):
                self.drawing.text("x12 xb", 0, top + LANE / 2 + 4 + (n - (len(lines) - 1) / 2) * 15, line)
        self.drawing.path("il", f"M0 {number(self.floor + 0.5)}H{number(WIDTH)}")

    def _draw_times(self) -> None:
        previous: when.When | None = None
        for (left, right), group in zip(self.spans, self.groups, strict=True):
            moment = when.parse(group.at)
            open_end = moment.low is None or moment.high is None
            end = right - 6
            self.drawing.path("il dash" if open_end else "il", f"M{number(left)} 38.5H{number(end)}")
            self.drawing.path("il", f"M{number(left + 0.5)} 34v5M{number(end - 0.5)} 34v5")
            room = max(right - left + GAP - 4, 30)
            first, second = heading(moment, group.entries[0], previous, self.language)
            if text_width(first, 12) > room and " " in first:
                # A narrow slot says the day above and the time of day below.
                head, tail = first.rsplit(" ", 1)
                first, second = head.rstrip(","), tail
            self.drawing.text("x12 xb", left, 14, (wrap(first, 12, room, 1) or [""])[0])
            if second:
                self.drawing.text("x11 x3", left, 28, (wrap(second, 11, room, 1) or [""])[0])
            if left > LABEL:
                self.drawing.path("hl dash", f"M{number(left - GAP / 2)} 40V{number(self.floor)}")
            previous = moment

    def _draw_handovers(self) -> None:
        for i, entry in enumerate(self.entries):
            for lane in entry.handover:
                receiver = next((e for e in self.entries[i + 1 :] if e.lane == lane), None)
                if receiver is None or lane == entry.lane:
                    continue
                x1, x2, y1, y2 = self.x[entry.n], self.x[receiver.n], self.row[entry.lane], self.row[lane]
                sign = 1 if y2 > y1 else -1
                edge = y1 + sign * (LANE / 2 - 3)
                stop = y2 - sign * 16
                self.drawing.path(
                    "ho", f"M{number(x1)} {number(y1 + sign * 12)}V{number(edge)}H{number(x2)}V{number(stop)}"
                )
                self.drawing.arrow_head("ho-h", x2, stop + sign * 5, "down" if sign > 0 else "up", 7)


def heading(moment: when.When, entry: Entry, previous: when.When | None, language: str) -> tuple[str, str]:
    """The two lines over a group: the moment, and how exact it is or that it was a rest day."""
    label = moment.label(language)
    label = label[:1].upper() + label[1:]
    if entry.holiday:
        return label, _("rest day")
    if previous is not None and previous.written == moment.written:
        return label, ""
    return label, {"bound": _("at least"), "none": _("order only"), "week": _("week only")}.get(moment.precision, "")
