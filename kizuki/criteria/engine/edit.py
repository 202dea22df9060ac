"""Changes to the rows of criteria. Each takes the criteria and gives new ones; nothing is checked here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from kizuki.criteria.engine.format import AT_LEAST, Condition, Criteria, Fact, Rule, Several

MOST_RULES: Final = 200


def condition(fact: Fact, values: Collection[str]) -> Condition | Several | None:
    """The shortest way to say these values of a fact; None where all or none are chosen, which asks nothing."""
    ids = [value.id for value in fact.values]
    chosen = [id for id in ids if id in values]
    if not chosen or len(chosen) == len(ids):
        return None
    if len(chosen) == 1:
        return chosen[0]
    if fact.monotone and chosen == ids[-len(chosen) :]:
        return AT_LEAST + chosen[0]
    return tuple(chosen)


def free_id(criteria: Criteria) -> str:
    """An id for a new rule: “r” and the first number that is free."""
    taken = {rule.id for rule in criteria.rules}
    return next(f"r{n}" for n in range(1, len(taken) + 2) if f"r{n}" not in taken)


def add_rule(criteria: Criteria, rule: Rule, position: int) -> Criteria:
    """Put a rule before the one at `position` (0-based; past the end: last)."""
    rules = criteria.rules
    return msgspec.structs.replace(criteria, rules=(*rules[:position], rule, *rules[position:]))


def replace_rule(criteria: Criteria, rule: Rule) -> Criteria:
    """Put a rule in the place of the one with its id."""
    rules = tuple(rule if one.id == rule.id else one for one in criteria.rules)
    return msgspec.structs.replace(criteria, rules=rules)


def remove_rule(criteria: Criteria, id: str) -> Criteria:
    return msgspec.structs.replace(criteria, rules=tuple(rule for rule in criteria.rules if rule.id != id))


def move_rule(criteria: Criteria, id: str, by: int) -> Criteria:
    """Move a rule up (`by` -1) or down (1); at the end it stays."""
    rules = list(criteria.rules)
    here = next(n for n, rule in enumerate(rules) if rule.id == id)
    there = min(max(here + by, 0), len(rules) - 1)
    rules.insert(there, rules.pop(here))
    return msgspec.structs.replace(criteria, rules=tuple(rules))
