"""The plain reference of a whole replay: every entry, the two runs, the questions that decide, what would change it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import msgspec

from kizuki.casebook.engine.format import AttackStep, Case
from kizuki.measures.engine.format import Measures
from kizuki.register.engine.format import Asset, Coverage, Organisation
from kizuki.register.engine.vocabulary import Vocabulary
from kizuki.replay.tests.reference import DELAYS, ENTRY, VERDICTS, Reference
from kizuki.replay.tests.reference_register import Node, Run

#: What a harmful effect strikes.
STRIKES = {
    "leak": "confidentiality",
    "tamper": "integrity",
    "misuse": "integrity",
    "encrypt": "availability",
    "outage": "availability",
}
#: Through or not, harm by weight, assets harmed, assets lost: the greater the worse.
Severity = tuple[bool, int, int, int]
Choice = dict[str, Node | None]


@dataclass
class Walked:
    """One reading of the unknowns over all entries. `worst`: the worst runs, several where they weigh the same. `through`, `of`:
    rows at the first step at which an entry is taken; where none is, at the first that meets any. `words`: the results from each
    of those rows."""

    severity: Severity
    worst: list[Run]
    through: set[str]
    of: set[str]
    words: dict[str, set[str]] = field(default_factory=dict)

    @property
    def run(self) -> Run:
        return self.worst[0]


@dataclass
class Answer:
    """What replay says of one case and one register; by row, for one of the worst runs with unknown taken as none."""

    word: str
    step: str | None = None
    none: Walked | None = None
    full: Walked | None = None
    views: list[View] = field(default_factory=list)
    questions: list[tuple[str, ...]] = field(default_factory=list)


@dataclass
class View:
    """One run by row: number lost, the weakest verdict, the fastest sight, what is cut off."""

    word: str
    step: str | None
    lost: dict[str, int]
    verdicts: dict[tuple[str, str], str]
    seen_at: dict[tuple[str, str], str]
    seen: tuple[str, str, str] | None
    cut: set[tuple[str, str]]
    late: set[tuple[str, str]]
    assumed: set[tuple[str, str]]


def reference(
    case: Case, org: Organisation, catalogue: Measures, vocabulary: Vocabulary, *, unknown: str | Collection[str]
) -> Walked:
    """One run of the rules from every entry: the worst by harm, then by what is lost."""
    rules = Reference(case, org, catalogue, vocabulary, unknown=unknown)
    steps = entering(rules)
    found = [(choice, rules.walk(choice)) for choice in _choices(rules, steps)]
    weighed = [(severity(rules, run), choice, run) for choice, run in found]
    top = max(weight for weight, _, _ in weighed)
    met = [step for step in steps if any((step.id, node) in run.verdicts for _, run in found for node in rules.nodes)]
    taking = [step for step in met if any(run.taken[step.id] for _, run in found)]
    first = next(iter(taking or met), None)
    rows = [(weight, choice[first.id]) for weight, choice, _ in weighed] if first else []
    words: dict[str, set[str]] = {}
    for _, choice, run in weighed if first else []:
        if first and (node := choice[first.id]):
            words.setdefault(node.id, set()).add(run.word)
    return Walked(
        top,
        [run for weight, _, run in weighed if weight == top],
        {node.id for weight, node in rows if node and weight[0]},
        {node.id for _, node in rows if node},
        words,
    )


def entering(rules: Reference) -> list[AttackStep]:
    """The steps that take one asset from outside; one that spreads takes all it can. The actions of a public report are
    judged alone, so that which asset one takes matters to no other."""
    return [] if rules.alone else [step for step in rules.order if step.via in ENTRY and step.effect != "spread"]


def _choices(rules: Reference, steps: list[AttackStep]) -> Iterator[Choice]:
    """One asset for each step that enters. Of a row with a count, two are tried: the second step may take another one."""
    open_to: list[list[Node | None]] = []
    for n, step in enumerate(steps):
        fitting = [node for node in rules.nodes if node.part <= min(n, 1) and rules.fits(step, node.asset) != "no"]
        open_to.append([node for node in fitting if rules.enters(step.via, node.asset) != "no"] or [None])
    for chosen in itertools.product(*open_to):
        yield {step.id: node for step, node in zip(steps, chosen, strict=True)}


def severity(rules: Reference, run: Run) -> Severity:
    struck = {
        (node, STRIKES[step.effect]) for step in rules.order if step.effect in STRIKES for node in run.taken[step.id]
    }
    harm = sum(node.number * importance(node.asset, what) for node, what in struck)
    harmed = sum(node.number for node in {node for node, _ in struck})
    return run.word == "through", harm, harmed, sum(lost(rules, run).values())


def importance(asset: Asset, what: str) -> int:
    """What is recorded; 1 where nothing is."""
    return getattr(asset.importance, what) if asset.importance else 1


def lost(rules: Reference, run: Run) -> dict[str, int]:
    """Number of assets lost by row: taken by a step that does something to them."""
    taken = {node for step in rules.order if step.effect != "none" for node in run.taken[step.id]}
    found: dict[str, int] = {}
    for node in taken:
        found[node.id] = found.get(node.id, 0) + node.number
    return dict(sorted(found.items()))


def view(rules: Reference, run: Run) -> View:
    """A run by row instead of by asset."""
    verdicts: dict[tuple[str, str], str] = {}
    for (step, node), verdict in run.verdicts.items():
        was = verdicts.get((step, node.id), verdict)
        verdicts[step, node.id] = min(was, verdict, key=VERDICTS.index)
    order = [step.id for step in rules.order]  # the first step seen; there the fastest, of equals the first by name
    sights = [(order.index(step), DELAYS.index(d), m) for (step, node), (m, d) in run.seen.items()]
    first = min(sights, default=None)
    return View(
        run.word,
        run.step,
        lost(rules, run),
        verdicts,
        {(step, node.id): delay for (step, node), (_, delay) in run.seen.items()},
        (order[first[0]], first[2], DELAYS[first[1]]) if first else None,
        {(step, node.id) for step, nodes in run.cut.items() for node in nodes},
        {(step, measure) for step, _, measure in run.late},
        run.assumed,
    )


def reference_replay(case: Case, org: Organisation, catalogue: Measures, vocabulary: Vocabulary) -> Answer:
    """The result of a case: both runs, the word, what is lost, and the questions that decide."""
    if case.kind == "study" or not case.attack:
        return Answer("study")
    if not org.assets:
        return Answer("cannot be judged")
    rules = Reference(case, org, catalogue, vocabulary, unknown="none")
    none = reference(case, org, catalogue, vocabulary, unknown="none")
    full = reference(case, org, catalogue, vocabulary, unknown="full")
    depends = none.severity[0] != full.severity[0]
    answer = Answer("depends" if depends else none.run.word, none.run.step, none, full)
    answer.views = [view(rules, run) for run in none.worst]
    if depends:
        answer.questions = _questions(case, org, catalogue, vocabulary)
    return answer


def _questions(case: Case, org: Organisation, catalogue: Measures, vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    """The shortest lists of measures which, in force, end it while every other unknown is absent; all of that length."""
    open_ = unknowns(Reference(case, org, catalogue, vocabulary, unknown="none"))
    for length in range(1, len(open_) + 1):
        found = [
            chosen
            for chosen in itertools.combinations(open_, length)
            if not reference(case, org, catalogue, vocabulary, unknown=chosen).severity[0]
        ]
        if found:
            return found
    return []


def unknowns(rules: Reference) -> list[str]:
    """The measures of the case of which something is not recorded somewhere."""
    named = {b.measure for step in rules.order for b in (*step.prevent, *step.detect, *step.contain)}
    return sorted(m for m in named if any(rules.state(m, node) == "unknown" for node in rules.nodes))


def closed(org: Organisation, row: Coverage) -> Organisation:
    """The register with one coverage row set to full."""
    rows = [msgspec.structs.replace(row, state="full") if other == row else other for other in org.coverage]
    return msgspec.structs.replace(org, coverage=tuple(rows))


@dataclass(frozen=True)
class Changed:
    """What one gap closed would change. `row` None: the measure in force wherever nothing is recorded."""

    measure: str
    row: Coverage | None
    before: Severity
    after: Severity


def changes(case: Case, org: Organisation, catalogue: Measures, vocabulary: Vocabulary) -> list[Changed]:
    """Each measure of the case, by coverage row or unrecorded, set to full: loss before and after, where they differ."""
    rules = Reference(case, org, catalogue, vocabulary, unknown="none")
    named = {b.measure for step in rules.order for b in (*step.prevent, *step.detect, *step.contain)}
    before = reference(case, org, catalogue, vocabulary, unknown="none").severity
    found: list[Changed] = []
    for row in org.coverage:
        if row.measure in named and row.state in ("none", "partial"):
            after = reference(case, closed(org, row), catalogue, vocabulary, unknown="none").severity
            found.append(Changed(row.measure, row, before, after))
    for measure in unknowns(rules):
        after = reference(case, org, catalogue, vocabulary, unknown=[measure]).severity
        found.append(Changed(measure, None, before, after))
    return [change for change in found if change.before != change.after]
