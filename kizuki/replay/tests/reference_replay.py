"""The plain reference of a whole replay: every entry, the two runs, the questions that decide, what would change it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import msgspec

from kizuki.casebook.engine.format import Case
from kizuki.measures.engine.format import Measures
from kizuki.register.engine.format import Asset, Coverage, Organisation, Scope
from kizuki.register.engine.vocabulary import Vocabulary
from kizuki.replay.tests.reference import DELAYS, ENTRY, HARM, VERDICTS, Reference
from kizuki.replay.tests.reference_register import Node, Run

WORDS = ("not applicable", "out of reach", "stopped", "contained", "no harm", "through")


@dataclass
class Walked:
    """One run over all entries: the worst of them, and from how many it goes through."""

    run: Run
    through: list[dict[str, Node | None]]
    entries: list[dict[str, Node | None]]
    loss: tuple[int, int]
    lost: dict[str, int]


@dataclass
class Answer:
    """What replay says of one case and one register."""

    word: str
    step: str | None = None
    none: Walked | None = None
    full: Walked | None = None
    lost: dict[str, int] = field(default_factory=dict)
    seen: tuple[str, str, str] | None = None
    verdicts: dict[tuple[str, str], str] = field(default_factory=dict)
    seen_at: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    contained: dict[str, str] = field(default_factory=dict)
    assumed: set[tuple[str, str, str]] = field(default_factory=set)
    questions: list[tuple[str, ...]] = field(default_factory=list)


def weight(asset: Asset) -> int:
    """How much the loss of an asset counts: the greatest of its importances, at least 1."""
    i = asset.importance
    return max(1, i.confidentiality, i.integrity, i.availability) if i else 1


def reference(
    case: Case, org: Organisation, catalogue: Measures, vocabulary: Vocabulary, *, unknown: str | Collection[str]
) -> Walked:
    """One run of the rules over every entry: the worst by harm, then by what is lost."""
    rules = Reference(case, org, catalogue, vocabulary, unknown=unknown)
    entries = list(_choices(rules))
    runs = [(rules.walk(choice), choice) for choice in entries]
    worst = max(runs, key=lambda found: _severity(rules, found[0]))[0]
    through = [choice for run, choice in runs if run.word == "through"]
    return Walked(worst, through, entries, _loss(rules, worst), _lost(rules, worst))


def _choices(rules: Reference) -> Iterator[dict[str, Node | None]]:
    """One asset for each step that enters from outside; of a row with a count, one of them stands for all."""
    steps = [step for step in rules.case.attack if step.via in ENTRY]
    open_to: list[list[Node | None]] = []
    for step in steps:
        ways: list[Node | None] = [
            node
            for node in rules.nodes
            if node.part == 0 and rules.fits(step, node.asset) != "no" and rules.enters(step.via, node.asset) != "no"
        ]
        open_to.append(ways or [None])
    for chosen in itertools.product(*open_to):
        yield {step.id: node for step, node in zip(steps, chosen, strict=True)}


def _severity(rules: Reference, run: Run) -> tuple[bool, int, int, int]:
    harm, lost = _loss(rules, run)
    return run.word == "through", harm, lost, WORDS.index(run.word)


def _loss(rules: Reference, run: Run) -> tuple[int, int]:
    """Harm (assets that suffer it, by number and weight), and the number of all assets lost."""
    harmed = {node for step in rules.case.attack if step.effect in HARM for node in run.taken[step.id]}
    return sum(node.number * weight(node.asset) for node in harmed), sum(_lost(rules, run).values())


def _lost(rules: Reference, run: Run) -> dict[str, int]:
    """Number of assets lost by row: taken by any step that does something to them."""
    taken = {node for step in rules.case.attack if step.effect != "none" for node in run.taken[step.id]}
    lost: dict[str, int] = {}
    for node in taken:
        lost[node.id] = lost.get(node.id, 0) + node.number
    return dict(sorted(lost.items()))


def reference_replay(case: Case, org: Organisation, catalogue: Measures, vocabulary: Vocabulary) -> Answer:
    """The result of a case: both runs, the word, what is lost, and the questions that decide."""
    if case.kind == "study" or not case.attack:
        return Answer("study")
    if not org.assets:
        return Answer("cannot be judged")
    none = reference(case, org, catalogue, vocabulary, unknown="none")
    full = reference(case, org, catalogue, vocabulary, unknown="full")
    depends = (none.run.word == "through") != (full.run.word == "through")
    answer = Answer("depends" if depends else none.run.word, none.run.step, none, full, none.lost)
    answer.assumed = none.run.assumed
    _per_row(none.run, answer)
    order = [step.id for step in case.attack]
    sights = [(order.index(s), DELAYS.index(d), row, m) for (s, row), (m, d) in answer.seen_at.items()]
    if sights:
        step, delay, _, measure = min(sights)
        answer.seen = (order[step], measure, DELAYS[delay])
    if depends:
        answer.questions = _questions(case, org, catalogue, vocabulary)
    return answer


def _per_row(run: Run, answer: Answer) -> None:
    """By row instead of by node: the worse verdict, the fastest sight, the earliest place of containment."""
    for (step, node), verdict in run.verdicts.items():
        was = answer.verdicts.get((step, node.id), verdict)
        answer.verdicts[step, node.id] = min(was, verdict, key=VERDICTS.index)
    for (step, node), (measure, delay) in run.seen.items():
        answer.seen_at[step, node.id] = (measure, delay)
    for node, at in run.cut.items():
        answer.contained.setdefault(node.id, at)


def _questions(case: Case, org: Organisation, catalogue: Measures, vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    """The shortest lists of measures which, in force, end it while every other unknown is absent; at most three."""
    rules = Reference(case, org, catalogue, vocabulary, unknown="none")
    asked = {b.measure for s in case.attack for b in (*s.prevent, *s.detect, *s.contain)}
    open_ = sorted(m for m in asked if any(rules.state(m, node) == "unknown" for node in rules.nodes))
    for length in range(1, len(open_) + 1):
        found = [
            chosen
            for chosen in itertools.combinations(open_, length)
            if reference(case, org, catalogue, vocabulary, unknown=chosen).run.word != "through"
        ]
        if found:
            return found[:3]
    return []


def with_full(org: Organisation, measure: str, scope: Scope) -> Organisation:
    """The register with one measure's scope set to full: its row changed, or a row added where there was none."""
    rows = [
        msgspec.structs.replace(row, state="full") if (row.measure, row.scope) == (measure, scope) else row
        for row in org.coverage
    ]
    if rows == list(org.coverage):
        rows.append(Coverage(measure, scope, "full"))
    return msgspec.structs.replace(org, coverage=tuple(rows))
