"""The situation picture: actors in columns by zone, the steps as numbered arrows that never run through a box."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.casebook.engine.format import Actor, Case, Situation, SituationStep
from kizuki.casebook.words import ACTOR_ZONES
from kizuki.ui.svg import Drawing, balanced, number

WIDTH: Final = 984.0
NODE_HEIGHT: Final = 52.0
ROW: Final = 92.0
TOP: Final = 40.0
#: Places beside each other, in the order in which they are taken: at a box's side, under a box, in a gutter, between rows.
PORTS: Final = (0.0, 14.0, -14.0, 7.0, -7.0)
EXITS: Final = (24.0, 40.0, 10.0, 52.0)
GUTTERS: Final = (0.0, 13.0, 21.0)
TRACKS: Final = (40.0, 54.0, 47.0)


class Spot(NamedTuple):
    """Where an actor stands: column and row."""

    column: int
    row: int


class Line(NamedTuple):
    """One drawn arrow: its path, where its head points and which way."""

    step: SituationStep
    way: str
    tip: tuple[float, float]
    head: str


def _zones(situation: Situation) -> list[str]:
    used = {actor.zone for actor in situation.actors}
    return [zone for zone in ACTOR_ZONES if zone in used]


def place(situation: Situation) -> dict[str, Spot]:
    """Each actor's column (its zone) and row. Within a column the order is that of the first step."""
    zones = _zones(situation)
    first: dict[str, int] = {}
    for step in situation.steps:
        for actor in (step.from_, step.to):
            first.setdefault(actor, step.n)
    spots: dict[str, Spot] = {}
    tallest = max(Counter(actor.zone for actor in situation.actors).values(), default=1)
    for column, zone in enumerate(zones):
        members = sorted((a for a in situation.actors if a.zone == zone), key=lambda a: (first.get(a.id, 99), a.id))
        offset = (tallest - len(members)) // 2
        for row, member in enumerate(members):
            spots[member.id] = Spot(column, row + offset)
    return spots


def situation(case: Case, language: str) -> SafeString | None:
    """The situation diagram, or None for a case without actors."""
    if not case.situation.actors or not case.situation.steps:
        return None
    return _SituationDrawing(case.situation, language).markup()


class _Taken:
    """Which stretch of which line is in use, so that two arrows never lie on each other."""

    def __init__(self) -> None:
        self._used: list[tuple[object, float, float, float]] = []

    def choose(self, line: object, offsets: Iterable[float], low: float = 0, high: float = 0) -> float:
        """The first of `offsets` at which nothing lies between `low` and `high`; the last one when all are in use."""
        low, high = min(low, high), max(low, high)
        chosen = 0.0
        for chosen in offsets:
            if all(place != line or abs(at - chosen) > 6 or b < low or a > high for place, at, a, b in self._used):
                break
        self.take(line, chosen, low, high)
        return chosen

    def take(self, line: object, at: float, low: float = 0, high: float = 0) -> None:
        self._used.append((line, at, min(low, high), max(low, high)))

    def free(self, line: object, at: float) -> bool:
        return all(place != line or abs(used - at) > 6 for place, used, *_ in self._used)


class _Router:
    """Finds each step's way between the boxes."""

    def __init__(self, spots: dict[str, Spot], lane: float, width: float) -> None:
        self.spots, self.lane, self.width = spots, lane, width
        self.stand = set(spots.values())
        self.taken = _Taken()
        self.lines: list[Line] = []
        self.badges: list[tuple[float, float, SituationStep]] = []
        self.known: dict[tuple[str, str, bool, bool], tuple[float, float]] = {}
        self.deepest = 0.0

    def centre(self, actor: str) -> tuple[float, float]:
        spot = self.spots[actor]
        return (spot.column + 0.5) * self.lane, TOP + spot.row * ROW + NODE_HEIGHT / 2 + 12

    def add(self, step: SituationStep) -> None:
        """Find the way of one step. A step that repeats an arrow only adds its number to it."""
        start, end = self.spots[step.from_], self.spots[step.to]
        key = (step.from_, step.to, step.kind == "attack", step.stated)
        if key in self.known:
            self._badge(*self.known[key], step)
        elif step.from_ == step.to:
            x, y = self.centre(step.from_)
            self._badge(x + self.width / 2 - 2, y - NODE_HEIGHT / 2, step, down=False)
        elif start.column != end.column:
            self._across(step, start, end)
        elif abs(start.row - end.row) == 1:
            self._down(step)
        else:
            self._around(step, start)
        self.known.setdefault(key, self.badges[-1][:2])

    def _badge(self, x: float, y: float, step: SituationStep, *, down: bool = True) -> None:
        """Numbers of steps; two never lie on each other."""
        while any(abs(x - a) < 21 and abs(y - b) < 21 for a, b, _s in self.badges):
            x, y = (x, y + 22) if down else (x + 22, y)
        self.badges.append((x, y, step))
        self.deepest = max(self.deepest, y + 12)

    def _line(self, step: SituationStep, way: list[tuple[str, float]], tip: tuple[float, float], head: str) -> None:
        d = "".join(f"{letter}{number(value)}" for letter, value in way)
        self.lines.append(Line(step, d, tip, head))

    def _empty(self, row: int, start: Spot, end: Spot) -> bool:
        """Whether no box stands in a row between two columns."""
        low, high = sorted((start.column, end.column))
        return all(spot.row != row or not low < spot.column < high for spot in self.stand)

    def _gutter(self, gutter: int, sign: int, y1: float, y2: float) -> float:
        """Beside what already runs there: on the side to which the arrow goes, so that two heads never meet."""
        return self.taken.choose(("gutter", gutter), [sign * offset for offset in GUTTERS], y1, y2)

    def _down(self, step: SituationStep) -> None:
        """Straight between neighbours of one column; the way back runs beside it."""
        (x, y1), (_x, y2) = self.centre(step.from_), self.centre(step.to)
        sign = 1 if y2 > y1 else -1
        x += self.taken.choose(("column", x, min(y1, y2)), (0.0, 28.0, -28.0))
        leave, tip = y1 + sign * NODE_HEIGHT / 2, y2 - sign * (NODE_HEIGHT / 2 + 1)
        self._line(step, [("M", x), (" ", leave), ("V", tip - sign * 6)], (x, tip), "down" if sign > 0 else "up")
        self._badge(x, (leave + tip - sign * 8) / 2, step, down=False)

    def _around(self, step: SituationStep, start: Spot) -> None:
        """Through the gutter, past what stands between in the same column."""
        (x, y1), (_x, y2) = self.centre(step.from_), self.centre(step.to)
        side, gutter = x + self.width / 2, start.column + 1
        y1 += self.taken.choose((step.from_, 1), PORTS)
        y2 += self.taken.choose((step.to, 1), PORTS)
        turn = gutter * self.lane - 14 + self._gutter(gutter, -1, y1, y2)
        self._line(step, [("M", side), (" ", y1), ("H", turn), ("V", y2), ("H", side + 8)], (side + 1, y2), "left")
        self._badge(turn, (y1 + y2) / 2, step)

    def _across(self, step: SituationStep, start: Spot, end: Spot) -> None:
        """Into another column: straight, with one turn in a gutter, or along the corridor between two rows."""
        if start.row == end.row and self._empty(start.row, start, end):
            self._straight(step, start, end)
        elif self._empty(start.row, start, end):
            self._elbow(step, start, end, near_end=True)
        elif self._empty(end.row, start, end):
            self._elbow(step, start, end, near_end=False)
        else:
            self._corridor(step, start, end)

    def _straight(self, step: SituationStep, start: Spot, end: Spot) -> None:
        (x1, y), (x2, _y) = self.centre(step.from_), self.centre(step.to)
        sign = 1 if end.column > start.column else -1
        ends = ((step.from_, sign), (step.to, -sign))
        shift = next((o for o in PORTS if all(self.taken.free(port, o) for port in ends)), PORTS[-1])
        for port in ends:
            self.taken.take(port, shift)
        leave, tip = x1 + sign * self.width / 2, x2 - sign * (self.width / 2 + 1)
        y += shift
        self._line(step, [("M", leave), (" ", y), ("H", tip - sign * 7)], (tip, y), "right" if sign > 0 else "left")
        self._badge((end.column if sign > 0 else end.column + 1) * self.lane, y, step)

    def _elbow(self, step: SituationStep, start: Spot, end: Spot, *, near_end: bool) -> None:
        (x1, y1), (x2, y2) = self.centre(step.from_), self.centre(step.to)
        sign, below = (1 if end.column > start.column else -1), y2 > y1
        leave, tip = x1 + sign * self.width / 2, x2 - sign * (self.width / 2 + 1)
        # A step leaves for another row a little off the middle, so that several from one side stay apart.
        y1 += self.taken.choose((step.from_, sign), (14.0, 0.0, -14.0) if below else (-14.0, 0.0, 14.0))
        y2 += self.taken.choose((step.to, -sign), (0.0, -14.0, 14.0) if below else PORTS)
        beside = end if near_end else start
        gutter = beside.column + (0 if (sign > 0) == near_end else 1)
        turn = gutter * self.lane + self._gutter(gutter, sign, y1, y2)
        way = [("M", leave), (" ", y1), ("H", turn), ("V", y2), ("H", tip - sign * 7)]
        self._line(step, way, (tip, y2), "right" if sign > 0 else "left")
        self._badge(turn, (y1 + y2) / 2, step)

    def _corridor(self, step: SituationStep, start: Spot, end: Spot) -> None:
        """Out of the bottom (or top) of the box, along between two rows, up or down in the gutter beside the goal."""
        (x1, y1), (x2, y2) = self.centre(step.from_), self.centre(step.to)
        sign, down = (1 if end.column > start.column else -1), (1 if end.row >= start.row else -1)
        x1 += sign * self.taken.choose((step.from_, "exit", down), EXITS)
        y2 += self.taken.choose((step.to, -sign), PORTS)
        gutter = end.column if sign > 0 else end.column + 1
        level = start.row if down > 0 else start.row - 1
        track = self.taken.choose(("corridor", level), TRACKS, x1, gutter * self.lane)
        along = y1 + track if down > 0 else y1 - ROW + track
        turn = gutter * self.lane + self._gutter(gutter, sign, along, y2)
        leave, tip = y1 + down * NODE_HEIGHT / 2, x2 - sign * (self.width / 2 + 1)
        way = [("M", x1), (" ", leave), ("V", along), ("H", turn), ("V", y2), ("H", tip - sign * 7)]
        self._line(step, way, (tip, y2), "right" if sign > 0 else "left")
        self._badge((x1 + turn) / 2, along, step)


class _SituationDrawing:
    """Actors in columns by zone, steps as numbered arrows between them."""

    def __init__(self, told: Situation, language: str) -> None:
        self.told, self.language = told, language
        self.spots, self.zones = place(told), _zones(told)
        self.lane = WIDTH / len(self.zones)
        self.width = min(164.0, self.lane - 64)
        self.router = _Router(self.spots, self.lane, self.width)
        for step in told.steps:
            self.router.add(step)
        rows = 1 + max(spot.row for spot in self.spots.values())
        title = _("Situation: %(n)d steps between %(actors)d actors") % {
            "n": len(told.steps),
            "actors": len(self.spots),
        }
        text = "; ".join(f"{step.n}. {step.text.in_(language)}" for step in told.steps)
        height = max(TOP + rows * ROW, self.router.deepest + 12)
        self.drawing = Drawing("si", WIDTH, height, title, text)

    def markup(self) -> SafeString:
        for n, zone in enumerate(self.zones):
            if n % 2:
                self.drawing.rect("band", n * self.lane, 0, self.lane, self.drawing.height)
            self.drawing.text("x12 x2 mid", (n + 0.5) * self.lane, 18, str(ACTOR_ZONES[zone]))
        self.drawing.path("hl2", f"M0 26.5H{number(WIDTH)}")
        for line in self.router.lines:
            self._arrow(line)
        for actor in self.told.actors:
            self._node(actor)
        for x, y, step in self.router.badges:
            self.drawing.circle("nb-att" if step.kind == "attack" else "nb", x, y, 10)
            self.drawing.text("x12 xb xg mid", x, y + 4.3, str(step.n))
        return self.drawing.markup()

    def _arrow(self, line: Line) -> None:
        bad = line.step.kind == "attack"
        css = "ar ar-att" if bad else "ar"
        self.drawing.path(css if line.step.stated else f"{css} dash", line.way)
        self.drawing.arrow_head("ar-h-att" if bad else "ar-h", *line.tip, line.head)

    def _node(self, actor: Actor) -> None:
        x, y = self.router.centre(actor.id)
        bad = actor.kind == "attacker"
        css = "nd nd-att" if bad else "nd"
        self.drawing.rect(css, x - self.width / 2, y - NODE_HEIGHT / 2, self.width, NODE_HEIGHT)
        lines = balanced(actor.name.in_(self.language), 12.5, self.width - 6, 3)
        for n, line in enumerate(lines):
            size = "x13 mid xb" if bad else "x12 mid" if len(lines) > 2 else "x13 mid"
            self.drawing.text(size, x, y + 4.5 + (n - (len(lines) - 1) / 2) * 15.5, line)
