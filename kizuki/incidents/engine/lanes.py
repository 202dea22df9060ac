"""The lanes of a timeline as columns, and who hands over to whom: what is drawn beside each entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

import msgspec

#: Lanes that share a column, from the left. The attacker's is drawn where anything is known of the attacker.
COLUMNS: Final = (("attacker",), ("executive", "communications"), ("security",), ("it",), ("business", "external"))


class Step(msgspec.Struct, frozen=True):
    """An entry for the drawing: its number, its lane, and to which lanes it hands over. `quiet`: it neither gives nor receives."""

    seq: int
    lane: str
    handover: tuple[str, ...] = ()
    quiet: bool = False


class Link(msgspec.Struct, frozen=True):
    """A hand-over from one entry to the next one in the lane that receives; `to` None while nobody took it up."""

    giver: int
    lane: str
    to: int | None


class Strokes(msgspec.Struct, frozen=True):
    """What is drawn in one row, as columns: hand-overs that leave to a column (and go on below, or end there, not taken up), those
    that pass, those that arrive."""

    out: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    through: tuple[int, ...] = ()
    arriving: tuple[int, ...] = ()


def columns(used: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """The columns of a timeline in which these lanes are used."""
    return COLUMNS if "attacker" in used else COLUMNS[1:]


def column_of(lane: str, shown: Sequence[Sequence[str]]) -> int:
    """The place of a lane's column from the left."""
    return next(n for n, lanes in enumerate(shown) if lane in lanes)


def links(steps: Sequence[Step]) -> list[Link]:
    """Who hands over to whom. `steps`: every entry in the order of the timeline."""
    waiting: dict[str, list[int]] = {}
    taken: dict[tuple[int, str], int] = {}
    for step in steps:
        if step.quiet:
            continue
        for giver in waiting.pop(step.lane, ()):
            taken[giver, step.lane] = step.seq
        for lane in step.handover:
            if lane != step.lane:
                waiting.setdefault(lane, []).append(step.seq)
    return [
        Link(step.seq, lane, taken.get((step.seq, lane)))
        for step in steps if not step.quiet
        for lane in step.handover if lane != step.lane
    ]  # fmt: skip


def strokes(rows: Sequence[int], made: Iterable[Link], shown: Sequence[Sequence[str]]) -> dict[int, Strokes]:
    """What to draw in each row. `rows`: numbers of the entries that are shown, from the top; a hand-over of which one end is not
    shown comes from the top or goes on to the foot."""
    place = {seq: n for n, seq in enumerate(rows)}
    found: dict[str, dict[int, set[int]]] = {name: {} for name in Strokes.__struct_fields__}

    def draw(name: str, row: int, column: int) -> None:
        found[name].setdefault(row, set()).add(column)

    for link in made:
        giver, to = place.get(link.giver), place.get(link.to) if link.to is not None else None
        column = column_of(link.lane, shown)
        if giver is not None and to is not None:
            draw("out", giver, column)
            draw("arriving", to, column)
            for row in range(giver + 1, to):
                draw("through", row, column)
        elif giver is not None:
            draw("waiting", giver, column)
        elif to is not None:
            draw("arriving", to, column)
    return {
        seq: Strokes(**{name: tuple(sorted(found[name].get(n, ()))) for name in found}) for n, seq in enumerate(rows)
    }
