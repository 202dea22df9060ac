"""How fast written criteria are compiled, decide, and are replayed over history, beside asking the rules one by one.

    python -m benchmarks.criteria [--decisions 1000000]

Uses the library's admission criteria (75,000 cells, 20 rules) and one generated table near the bound of a million cells. The
promises: a million decisions a second in bulk, a draft over 100,000 past decisions within 2 seconds. Prints the time taken,
the promise, and how many times faster the table is than the rules one by one, each measured in the same run. Processor time
of one core.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from kizuki.criteria.engine.compare import Past, compare
from kizuki.criteria.engine.compile import Compiled, compile_criteria
from kizuki.criteria.engine.decide import decide, decide_many
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.read import read_sound
from kizuki.kit.library import library_path

Row = dict[str, str | None]


def one_by_one(criteria: Criteria) -> Callable[[Mapping[str, str | None]], int]:
    """A plain decider: conditions as sets of values, rules asked from the top. Unknown is read as the worst value of a monotone
    fact; the rows it is given know all others."""
    rank = {outcome.id: n for n, outcome in enumerate(criteria.outcomes)}
    worst = {fact.id: fact.values[-1].id for fact in criteria.facts}
    rules: list[tuple[list[tuple[str, frozenset[str]]], int]] = []
    for rule in criteria.rules:
        tests = []
        for fact in criteria.facts:
            if (asked := rule.when.get(fact.id)) is None:
                continue
            ids = [value.id for value in fact.values]
            if isinstance(asked, str) and asked.startswith("at least "):
                tests.append((fact.id, frozenset(ids[ids.index(asked[9:]) :])))
            else:
                tests.append((fact.id, frozenset((asked,) if isinstance(asked, str) else asked)))
        rules.append((tests, rank[rule.outcome]))

    def decider(row: Mapping[str, str | None]) -> int:
        for tests, outcome in rules:
            if all((row[fact] or worst[fact]) in values for fact, values in tests):
                return outcome
        raise AssertionError("no rule holds")

    return decider


def rows_of(compiled: Compiled, number: int) -> list[Row]:
    """Random facts; one in ten of a monotone fact is unknown."""
    chance = random.Random(1)
    facts = [
        (fact.id, [value.id for value in fact.values], fact.monotone and fact.unknown)
        for fact in compiled.criteria.facts
    ]
    return [
        {id: None if may and chance.random() < 0.1 else chance.choice(values) for id, values, may in facts}
        for _ in range(number)
    ]


def large() -> Criteria:
    """Nine facts of four values, 40 rules with conditions that only ask for worse values, the strictest first."""
    chance = random.Random(2)
    rules: list[dict[str, Any]] = []
    for n in range(40):
        asked = chance.sample(range(8), 3)
        when: dict[str, Any] = {f"f{k}": f"at least v{chance.randint(1, 2)}" for k in asked}
        rules.append({"id": f"r{n}", "when": when, "outcome": f"o{3 - n // 14}", "because": {"en": "x"}})
    rules.append({"id": "rest", "when": {}, "outcome": "o0", "because": {"en": "x"}})
    values = [{"id": f"v{k}", "name": {"en": "x"}} for k in range(4)]
    facts = [{"id": f"f{n}", "name": {"en": "x"}, "monotone": True, "values": values} for n in range(8)]
    facts.append({"id": "f8", "name": {"en": "x"}, "monotone": False, "unknown": False, "values": values[:2]})
    document = {
        "schema": "kizuki/criteria/1", "id": "large", "title": {"en": "x"}, "facts": facts, "rules": rules,
        "outcomes": [{"id": f"o{n}", "name": {"en": "x"}} for n in range(4)],
    }  # fmt: skip
    return msgspec.convert(document, Criteria)


def timed(act: Callable[[], Any], rounds: int = 3) -> tuple[float, Any]:
    """The best of some rounds in seconds, and what the last one gave."""
    best, made = float("inf"), None
    for _ in range(rounds):
        start = time.process_time()
        made = act()
        best = min(best, time.process_time() - start)
    return best, made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    number = parser.parse_args().decisions
    path = library_path() / "criteria" / "admission.yaml"
    seconds, admission = timed(lambda: read_sound(path.name, path.read_bytes()))
    print(f"read and compile admission, {admission.cells:,} cells: {seconds * 1000:.0f} ms")
    seconds, big = timed(lambda: _compiled_or_none(large()), 1)
    print(f"compile {big:,} cells: {seconds:.2f} s")
    return 1 if bulk(admission, number) + history(admission) else 0


def _compiled_or_none(criteria: Criteria) -> int:
    """How many cells were compiled; random rules may hide each other, which costs the same time."""
    from kizuki.criteria.engine.compile import cell_count
    from kizuki.criteria.engine.problems import NotSound

    try:
        return compile_criteria(criteria).cells
    except NotSound:
        return cell_count(criteria)


def bulk(compiled: Compiled, number: int) -> bool:
    """Many decisions from named values. True where the promise is missed."""
    rows = rows_of(compiled, number)
    columns = {fact.id: [row[fact.id] for row in rows] for fact in compiled.criteria.facts}
    table, outcomes = timed(lambda: decide_many(compiled, columns))
    decider = one_by_one(compiled.criteria)
    few = rows[: max(1, number // 20)]
    plain, expected = timed(lambda: bytes(map(decider, few)), 1)
    assert expected == outcomes[: len(few)], "the table and the rules disagree"
    reasons, _ = timed(lambda: [decide(compiled, row) for row in rows[:200]], 1)
    rate, slow = number / table, len(few) / plain
    print(
        f"decide {number:,} cases in bulk: {rate:,.0f}/s (promised 1,000,000/s), rules one by one {slow:,.0f}/s: × {rate / slow:.1f}"
    )
    print(f"decide one case with all reasons: {reasons / 200 * 1000:.2f} ms")
    return rate < 1_000_000


def history(compiled: Compiled) -> bool:
    """A draft over 100,000 decisions. True where the promise is missed."""
    rules = compiled.criteria.rules
    draft = compile_criteria(
        msgspec.structs.replace(compiled.criteria, rules=tuple(r for r in rules if r.id != "slow-patching"))
    )
    pasts = [Past(row) for row in rows_of(compiled, 100_000)]
    table, found = timed(lambda: compare(compiled, draft, pasts))
    before, after = one_by_one(compiled.criteria), one_by_one(draft.criteria)
    plain, moved = timed(lambda: sum(before(past.facts) != after(past.facts) for past in pasts), 1)
    assert moved == found.moved, "the table and the rules disagree"
    print(
        f"a draft over {found.total:,} decisions ({found.moved:,} move): {table:.2f} s (promised 2 s), "
        f"rules one by one {plain:.2f} s: × {plain / table:.1f}"
    )
    return table > 2


if __name__ == "__main__":
    sys.exit(main())
