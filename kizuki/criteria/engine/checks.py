"""Whether the names in criteria hang together; what needs the whole table is for `compile`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from kizuki.criteria.engine.format import AT_LEAST, UNKNOWN, Criteria, Fact, Rule
from kizuki.criteria.engine.problems import Place, Problem
from kizuki.kit.text import Text

LONGEST_NAME: Final = 400
LONGEST_TEXT: Final = 4_000
#: Addresses of the room's own pages, so that no criteria may be called so.
TAKEN: Final = frozenset({"import", "decisions"})


def names(criteria: Criteria) -> Iterator[Problem]:
    """Everything that the form allows and that cannot be meant, except what needs the whole table."""
    if criteria.id in TAKEN:
        yield Problem("address", ("id",), {"id": criteria.id})
    yield from _texts(criteria)
    for part in ("facts", "outcomes", "rules"):
        yield from _twice((part,), [one.id for one in getattr(criteria, part)])
    for n, fact in enumerate(criteria.facts):
        yield from _twice(("facts", n, "values"), [value.id for value in fact.values])
        for k, value in enumerate(fact.values):
            if value.id == UNKNOWN:
                yield Problem("reserved", ("facts", n, "values", k, "id"), {"id": value.id})
    known = {fact.id: fact for fact in criteria.facts}
    outcomes = [outcome.id for outcome in criteria.outcomes]
    for n, rule in enumerate(criteria.rules):
        yield from _rule(n, rule, known, outcomes)


def _texts(value: object, place: Place = ()) -> Iterator[Problem]:
    """The places of texts that say nothing in either language, or too much."""
    if isinstance(value, Text):
        longest = max(len(value.ja or ""), len(value.en or ""))
        limit = LONGEST_NAME if place[-1:] in (("name",), ("title",)) else LONGEST_TEXT
        if not (value.ja or "").strip() and not (value.en or "").strip():
            yield Problem("text", place)
        elif longest > limit:
            yield Problem("long", place, {"n": str(limit)})
    elif isinstance(value, tuple):
        for n, part in enumerate(value):
            yield from _texts(part, (*place, n))
    elif isinstance(value, msgspec.Struct):
        for name, key in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from _texts(getattr(value, name), (*place, key))


def _twice(place: Place, ids: list[str]) -> Iterator[Problem]:
    for n, id in enumerate(ids):
        if id in ids[:n]:
            yield Problem("twice", (*place, n, "id"), {"id": id})


def _rule(n: int, rule: Rule, known: dict[str, Fact], outcomes: list[str]) -> Iterator[Problem]:
    place: Place = ("rules", n)
    if rule.outcome not in outcomes:
        words = {"rule": rule.id, "id": rule.outcome, "known": ", ".join(outcomes)}
        yield Problem("outcome", (*place, "outcome"), words)
    for id, condition in rule.when.items():
        here: Place = (*place, "when", id)
        fact = known.get(id)
        if fact is None:
            yield Problem("fact", here, {"rule": rule.id, "id": id, "known": ", ".join(known)})
        else:
            yield from _condition(here, rule.id, fact, condition)


def _condition(place: Place, rule: str, fact: Fact, condition: str | tuple[str, ...]) -> Iterator[Problem]:
    words = {"rule": rule, "fact": fact.id}
    named = (condition.removeprefix(AT_LEAST),) if isinstance(condition, str) else condition
    values = [value.id for value in fact.values]
    for n, id in enumerate(named):
        here = place if isinstance(condition, str) else (*place, n)
        if id not in values:
            yield Problem("value", here, {**words, "id": id, "known": ", ".join(values)})
        elif id in named[:n]:
            yield Problem("repeated", here, {**words, "id": id})
    if isinstance(condition, str) and condition.startswith(AT_LEAST):
        if not fact.monotone:
            yield Problem("unordered", place, words)
        elif named[0] == values[0]:
            yield Problem("everything", place, words)
    elif set(named) == set(values):
        yield Problem("everything", place, words)
