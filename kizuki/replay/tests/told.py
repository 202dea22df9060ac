"""What the engine and the reference say of one case, brought to one plain form so that they can be compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kizuki.casebook.engine.format import Case
from kizuki.kit import document
from kizuki.measures.engine import format as measures_format
from kizuki.measures.engine.format import Measures
from kizuki.register.engine import vocabulary as vocabulary_format
from kizuki.register.engine.format import Organisation
from kizuki.register.engine.vocabulary import Vocabulary
from kizuki.replay.engine.register import compile_register
from kizuki.replay.engine.replay import replay
from kizuki.replay.engine.result import Replay, Run
from kizuki.replay.tests.reference import VERDICTS, Reference
from kizuki.replay.tests.reference_replay import Answer, View, reference_replay

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "library"


@dataclass
class Told:
    """One answer. `lost`: number of assets by row. `verdicts`: the weakest by (step, row). `entries`: through, all."""

    word: str
    step: str | None = None
    lost: dict[str, int] = field(default_factory=dict)
    loss: tuple[bool, int, int, int] = (False, 0, 0, 0)
    seen: tuple[str, str, str] | None = None
    contained: set[str] = field(default_factory=set)
    stopped_by: set[str] = field(default_factory=set)
    too_late: set[str] = field(default_factory=set)
    assumed: set[tuple[str, str]] = field(default_factory=set)
    verdicts: dict[tuple[str, str], str] = field(default_factory=dict)
    questions: list[tuple[str, ...]] = field(default_factory=list)
    through_from: set[str] = field(default_factory=set)
    contained_from: set[str] = field(default_factory=set)
    entries: tuple[int, int] = (0, 0)

    def weakest(self, step: str) -> str | None:
        found = [verdict for (at, _), verdict in self.verdicts.items() if at == step]
        return min(found, key=VERDICTS.index, default=None)


@cache
def catalogue() -> Measures:
    path = LIBRARY / "measures.yaml"
    return measures_format.read(path.name, path.read_bytes())


@cache
def vocabulary() -> Vocabulary:
    path = LIBRARY / "vocabulary.yaml"
    return vocabulary_format.read(path.name, path.read_bytes())


@cache
def library_case(name: str) -> Case:
    path = LIBRARY / "cases" / f"{name}.yaml"
    return document.parse(path.name, path.read_bytes(), Case)[0]


@cache
def victim(name: str) -> Organisation:
    path = Path(__file__).parent / "fidelity" / f"{name}.yaml"
    return document.parse(path.name, path.read_bytes(), Organisation)[0]


def by_reference(case: Case, org: Organisation) -> Told:
    """What the plain reference says; of several worst runs the first."""
    answer = reference_replay(case, org, catalogue(), vocabulary())
    if answer.none is None:
        return Told(answer.word)
    return told_of(answer, answer.views[0], case, org)


def every_reference(case: Case, org: Organisation) -> list[Told]:
    """What the plain reference says, once for each of the worst runs that weigh the same."""
    answer = reference_replay(case, org, catalogue(), vocabulary())
    if answer.none is None:
        return [Told(answer.word)]
    return [told_of(answer, view, case, org) for view in answer.views]


def told_of(answer: Answer, view: View, case: Case, org: Organisation) -> Told:
    assert answer.none is not None
    return Told(
        word="depends" if answer.word == "depends" else view.word,
        step=view.step,
        lost=view.lost,
        loss=answer.none.severity,
        seen=view.seen,
        contained={row for _, row in view.cut},
        stopped_by=_stopping(view, case, org),
        too_late={measure for _, measure in view.late},
        assumed=view.assumed,
        verdicts=view.verdicts,
        questions=answer.questions,
        through_from=answer.none.through,
        contained_from={row for row, words in answer.none.words.items() if words == {"contained"}},
        entries=(len(answer.none.through), len(answer.none.of)),
    )


def _stopping(view: View, case: Case, org: Organisation) -> set[str]:
    """The stated measures in force in full at the step that the result names, where it is stopped."""
    rules = Reference(case, org, catalogue(), vocabulary(), unknown="none")
    return {
        bears.measure
        for step, row in view.verdicts
        if view.word == "stopped" and step == view.step
        for bears in rules.stopping(rules.steps[step])
        for node in rules.nodes
        if node.id == row and rules.state(bears.measure, node) == "full"
    }


def by_engine(case: Case, org: Organisation) -> Told:
    """What the engine says."""
    found = replay(case, compile_register(org, catalogue(), vocabulary()))
    return Told(found.word) if found.none is None else engine_told(found, found.none)


def _only(word: str, run: Run) -> set[str]:
    """The entries from which nothing but this comes out."""
    ends = [(out.word, row) for out in run.entries.outcomes for row in out.ids]
    return {row for _, row in ends} - {row for end, row in ends if end != word}


def engine_told(found: Replay, run: Run) -> Told:
    groups = [(step.id, row, group) for step in run.steps for group in step.groups for row in group.ids]
    assert not any(step.more_groups for step in run.steps)
    told = Told(
        word=found.word,
        step=run.step,
        lost=dict.fromkeys(run.loss.ids, 0),
        loss=(run.word == "through", run.loss.harm, run.loss.harmed, run.loss.assets),
        seen=(run.seen.step, run.seen.measure, run.seen.delay) if run.seen else None,
        contained={row for _, row, group in groups if any(cut.how == "isolates" for cut in group.cut)},
        stopped_by=set(run.stopped_by),
        too_late={late.measure for late in run.too_late},
        assumed={(a.step, row) for a in run.assumed if a.what not in ("way", "outside") for row in a.ids},
        questions=[tuple(sorted(ask.measure for ask in question.asks)) for question in found.questions],
        through_from={row for out in run.entries.outcomes if out.word == "through" for row in out.ids},
        contained_from=_only("contained", run),
        entries=(run.entries.through, run.entries.of),
    )
    for step, row, group in groups:
        if group.verdict is not None:
            was = told.verdicts.get((step, row), group.verdict)
            told.verdicts[step, row] = min(was, group.verdict, key=VERDICTS.index)
    return told
