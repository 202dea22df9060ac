"""What priorities say: two lists in the same measure of gain, each row with what it adds to those above it."""

from __future__ import annotations

from kizuki.measures.engine.format import CostClass, Function
from kizuki.replay.engine.result import Ask, Part_, Word


class CaseGain(Part_, frozen=True):
    """What a row of the priorities does for one case. `weight`: likeness to us. Word and harm before and after the row."""

    case: str
    weight: int
    before: int
    after: int
    word_before: Word
    word_after: Word
    lost_before: int = 0
    lost_after: int = 0


class Priority(Part_, frozen=True):
    """One row: `asks` (one; more only where nothing alone gains anything), marginal `gain` after the rows above it, `total` so far.
    `ties`: others that would gain exactly as much in its place."""

    asks: tuple[Ask, ...]
    gain: int
    total: int
    cases: tuple[CaseGain, ...] = ()
    ties: tuple[Ask, ...] = ()
    cost: CostClass = "not stated"
    function: Function | None = None


class Optimum(Part_, frozen=True):
    """The best set of as many rows, found by trying all. `greedy`: what the same number of greedy rows gains."""

    size: int
    gain: int
    greedy: int
    sets: tuple[tuple[Ask, ...], ...] = ()


class PriorityList(Part_, frozen=True):
    """One list, best first. `left`: weighted harm that no row avoids. `optimum` None: too many to try them all."""

    rows: tuple[Priority, ...] = ()
    left: int = 0
    optimum: Optimum | None = None
    cut: bool = False


class Likeness(Part_, frozen=True):
    """How like us a case is: 1 plus shared profile tags, plus 2 for the sector, plus 1 for the size."""

    case: str
    weight: int
    profile: tuple[str, ...] = ()
    sector: bool = False
    size: bool = False


class Grouped(Part_, frozen=True):
    """Equal questions over cases: the ask and the cases whose shortest lists contain it."""

    ask: Ask
    cases: tuple[str, ...]


class Priorities(Part_, frozen=True):
    """What to find out first and what to do first, in the same measure of gain: weighted harm avoided over all cases."""

    cases: tuple[str, ...]
    likeness: tuple[Likeness, ...]
    ask: PriorityList
    do: PriorityList
    questions: tuple[Grouped, ...] = ()
    harm: int = 0
