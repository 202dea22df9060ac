"""Criteria as pages show them: the table of rules, the whole table where it is small, a decision with its reasons."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from django.utils.translation import gettext

from kizuki.criteria import words
from kizuki.criteria.engine.compare import Comparison
from kizuki.criteria.engine.compile import Compiled
from kizuki.criteria.engine.decide import Change, Used, changes
from kizuki.criteria.engine.decide import Decision as Made
from kizuki.criteria.engine.format import Criteria, Fact, Outcome, Rule
from kizuki.criteria.models import Decision, Version
from kizuki.kit.text import Text
from kizuki.ui.templatetags.kizuki import language

#: A whole table with more known cells is told in numbers instead of drawn.
MOST_DRAWN: Final = 240
MOST_COLUMNS: Final = 6


class RuleRow(NamedTuple):
    """A rule for the table. `when`: (fact, what it asks); nothing where it always holds."""

    number: int
    rule: Rule
    when: list[tuple[str, str]]
    outcome: Outcome | None
    tone: str


class Drawn(NamedTuple):
    """The whole table, small enough to read: values of the last facts across, of the others down. `cells`: outcome and tone."""

    across: list[str]
    heads: list[str]
    down: list[str]
    rows: list[tuple[list[str], list[tuple[str, str]]]]


class Share(NamedTuple):
    """How many cells have an outcome."""

    outcome: Outcome
    tone: str
    cells: int


class UsedRow(NamedTuple):
    """A fact of a decision: its name, the value, what unknown was read as, and the question to find it out."""

    used: Used
    name: Text
    value: str
    read_as: str
    ask: Text | None


class Shown(NamedTuple):
    """A decision with its reasons. `row` None: it was tried, not made."""

    row: Decision | None
    criteria: Criteria
    outcome: Outcome
    tone: str
    rule: Rule
    number: int
    facts: list[UsedRow]
    unknown: list[UsedRow]
    milder: list[tuple[str, str]]
    stricter: list[tuple[str, str]]


class MoveRow(NamedTuple):
    old: str
    new: str
    number: int
    direction: str
    word: str


def tone(criteria: Criteria, outcome: str) -> str:
    """The wash behind an outcome: mildest, strictest, or between. The word always stands with it."""
    ids = [one.id for one in criteria.outcomes]
    rank = ids.index(outcome) if outcome in ids else 0
    return "full" if rank == 0 else "none" if rank == len(ids) - 1 else "part"


def rules(criteria: Criteria) -> list[RuleRow]:
    """The rows of the table, in the order in which they are asked. Also for drafts that are not sound."""
    outcomes = {one.id: one for one in criteria.outcomes}
    return [
        RuleRow(
            n, rule, [(f.name.in_(language()), words.condition(f, rule)) for f in criteria.facts if f.id in rule.when],
            outcomes.get(rule.outcome), tone(criteria, rule.outcome),
        )
        for n, rule in enumerate(criteria.rules, 1)
    ]  # fmt: skip


def shares(compiled: Compiled) -> list[Share]:
    """For each outcome how many cells of the whole table have it, unknown values included."""
    criteria = compiled.criteria
    return [
        Share(one, tone(criteria, one.id), compiled.outcomes.count(bytes([rank])))
        for rank, one in enumerate(criteria.outcomes)
    ]


def drawn(compiled: Compiled) -> Drawn | None:
    """The known cells as a table with the last facts across; None where there are too many."""
    facts = compiled.criteria.facts
    if math.prod(len(fact.values) for fact in facts) > MOST_DRAWN:
        return None
    split = len(facts) - 1
    while split > 1 and math.prod(len(fact.values) for fact in facts[split - 1 :]) <= MOST_COLUMNS:
        split -= 1
    down, across = facts[:split], facts[split:]
    columns = list(_ways(compiled, across, split))
    rows = []
    for names, base in _ways(compiled, down, 0):
        cells = [_cell(compiled, base + place) for _, place in columns]
        rows.append((names, cells))
    return Drawn(
        [fact.name.in_(language()) for fact in across], [" / ".join(names) for names, _ in columns],
        [fact.name.in_(language()) for fact in down], rows,
    )  # fmt: skip


def _ways(compiled: Compiled, facts: Iterable[Fact], first: int) -> Iterable[tuple[list[str], int]]:
    """Every combination of known values: their names, and what they add to the number of the cell."""
    places = compiled.places[first:]
    options = [
        [(words.name(fact, value.id), at[value.id]) for value in fact.values]
        for fact, at in zip(facts, places, strict=False)
    ]
    for way in itertools.product(*options):
        yield [name for name, _ in way], sum(place for _, place in way)


def _cell(compiled: Compiled, cell: int) -> tuple[str, str]:
    one = compiled.criteria.outcomes[compiled.outcomes[cell]]
    return one.name.in_(language()), tone(compiled.criteria, one.id)


def decision(row: Decision) -> Shown:
    """A decision that was made, with the reasons that its version gives."""
    compiled = row.version.compiled
    milder, stricter = changes(compiled, row.cell)
    made = Made(compiled.criteria.id, row.cell, row.outcome, row.rule, row.used, (), milder, stricter)
    return _shown(row, compiled.criteria, made)


def tried(version: Version, made: Made) -> Shown:
    """A decision that was only tried."""
    return _shown(None, version.read, made)


def _shown(row: Decision | None, criteria: Criteria, made: Made) -> Shown:
    rule, facts = criteria.rule(made.rule), [_used(criteria.fact(one.fact), one) for one in made.facts]
    return Shown(
        row, criteria, criteria.outcome(made.outcome), tone(criteria, made.outcome), rule,
        criteria.rules.index(rule) + 1, facts, [one for one in facts if one.used.value is None],
        [_change(criteria, one) for one in made.milder], [_change(criteria, one) for one in made.stricter],
    )  # fmt: skip


def _used(fact: Fact, one: Used) -> UsedRow:
    return UsedRow(one, fact.name, words.name(fact, one.value), words.name(fact, one.read_as), fact.ask)


def _change(criteria: Criteria, change: Change) -> tuple[str, str]:
    """What would have to be otherwise, and the outcome then."""
    return words.cell(criteria, change.facts), words.outcome(criteria, change.outcome)


def moves(version: Version, against: Version, found: Comparison) -> list[MoveRow]:
    """The moves of a comparison in words, those that change something first."""
    names = {
        "same": gettext("as before"), "milder": gettext("milder"), "stricter": gettext("stricter"),
        "other": gettext("another outcome"),
    }  # fmt: skip
    rows = [
        MoveRow(
            words.outcome(against.read, one.old), words.outcome(version.read, one.new), one.count, one.direction,
            names[one.direction],
        )
        for one in found.moves
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.direction == "same")
