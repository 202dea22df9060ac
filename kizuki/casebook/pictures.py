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
        for row, actor in enumerate(members):
            spots[actor.id] = Spot(column, row + offset)
    return spots


def situation(case: Case, language: str) -> SafeString | None:
    """The situation diagram, or None for a case without actors."""
    if not case.situation.actors or not case.situation.steps:
        return None
    spots = place(case.situation)
    zones = _zones(case.situation)
    rows = 1 + max(spot.row for spot in spots.values())
    steps = case.situation.steps
    text = "; ".join(f"{step.n}. {step.text.in_(language)}" for step in steps)
    title = _("Situation: %(n)d steps between %(actors)d actors") % {"n": len(steps), "actors": len(spots)}
    drawing = Drawing("si", WIDTH, TOP + rows * ROW, title, text)
    lane = WIDTH / len(zones)
    for n, zone in enumerate(zones):
        if n % 2:
            drawing.rect("band", n * lane, 0, lane, drawing.height)
        drawing.text("x12 x2 mid", (n + 0.5) * lane, 18, str(ACTOR_ZONES[zone]))
    drawing.path("hl2", f"M0 26.5H{number(WIDTH)}")
    width = min(164.0, lane - 64)
    labels = _Badges()
    for step in steps:
        _arrow(drawing, step, spots, lane, width, labels)
    for actor in case.situation.actors:
        _node(drawing, actor, spots[actor.id], lane, width, language)
    for x, y, step in labels.placed:
        drawing.circle("nb-att" if step.kind == "attack" else "nb", x, y, 10)
        drawing.text("x12 xb xg mid", x, y + 4.3, str(step.n))
    return drawing.markup()


class _Badges:
    """Numbers of steps; two never lie on each other."""

    def __init__(self) -> None:
        self.placed: list[tuple[float, float, SituationStep]] = []

    def put(self, x: float, y: float, step: SituationStep, *, down: bool) -> None:
        while any(abs(x - a) < 21 and abs(y - b) < 21 for a, b, _s in self.placed):
            x, y = (x, y + 22) if down else (x + 22, y)
        self.placed.append((x, y, step))


def _centre(spot: Spot, lane: float) -> tuple[float, float]:
    return (spot.column + 0.5) * lane, TOP + spot.row * ROW + NODE_HEIGHT / 2 + 12


def _node(drawing: Drawing, actor: Actor, spot: Spot, lane: float, width: float, language: str) -> None:
    x, y = _centre(spot, lane)
    drawing.rect("nd nd-att" if actor.kind == "attacker" else "nd", x - width / 2, y - NODE_HEIGHT / 2, width, NODE_HEIGHT)
    lines = wrap(actor.name.in_(language), 12.5, width - 14, 3)
    for n, line in enumerate(lines):
        css = "x13 mid xb" if actor.kind == "attacker" else "x12 mid" if len(lines) > 2 else "x13 mid"
        drawing.text(css, x, y + 4.5 + (n - (len(lines) - 1) / 2) * 15.5, line)


def _arrow(
    drawing: Drawing, step: SituationStep, spots: dict[str, Spot], lane: float, width: float, labels: _Badges
) -> None:
    attack = step.kind == "attack"
    css, head = ("ar ar-att", "ar-h-att") if attack else ("ar", "ar-h")
    if not step.stated:
        css += " dash"
    start, end = spots[step.from_], spots[step.to]
    (x1, y1), (x2, y2) = _centre(start, lane), _centre(end, lane)
    if step.from_ == step.to:
        labels.put(x1 + width / 2 - 2, y1 - NODE_HEIGHT / 2, step, down=False)
        return
    if start.column == end.column:
        down = y2 > y1
        near = abs(start.row - end.row) == 1
        if near:
            edge1, edge2 = y1 + (NODE_HEIGHT / 2) * (1 if down else -1), y2 - (NODE_HEIGHT / 2 + 1) * (1 if down else -1)
            drawing.path(css, f"M{number(x1)} {number(edge1)}V{number(edge2 - 6 * (1 if down else -1))}")
            drawing.arrow_head(head, x1, edge2, "down" if down else "up")
            labels.put(x1, (edge1 + edge2) / 2, step, down=False)
        else:
            side = x1 + width / 2
            gutter = (start.column + 1) * lane - 14
            drawing.path(css, f"M{number(side)} {number(y1)}H{number(gutter)}V{number(y2)}H{number(side + 8)}")
            drawing.arrow_head(head, side + 1, y2, "left")
            labels.put(gutter, (y1 + y2) / 2, step, down=True)
        return
    right = end.column > start.column
    sign = 1 if right else -1
    side1, side2 = x1 + sign * width / 2, x2 - sign * (width / 2 + 1)
    # A step leaves for another row a little off the middle, so that several from one side stay apart.
    out = y1 if start.row == end.row else y1 + (14 if y2 > y1 else -14)
    gutter = (end.column if right else end.column + 1) * lane
    tip = side2 - sign * 7
    drawing.path(css, f"M{number(side1)} {number(out)}H{number(gutter)}V{number(y2)}H{number(tip)}")
    drawing.arrow_head(head, side2, y2, "right" if right else "left")
    labels.put(gutter, y2 if start.row == end.row else (out + y2) / 2, step, down=True)


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
            self.drawing.path("ms-l", f"M{number(x + 0.5)} {number(self._under(x))}V{number(self.floor + 16 + 17 * _row)}")
        for entry in self.entries:
            self.drawing.kind(entry.kind, entry.n, self.x[entry.n], self.row[entry.lane])
        for x, text, row in self.labels:
            flip = x + 6 + text_width(text, 11) > WIDTH
            self.drawing.text("x11 xb xa end" if flip else "x11 xb xa", x - 4 if flip else x + 5, self.floor + 20 + 17 * row, text)
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
