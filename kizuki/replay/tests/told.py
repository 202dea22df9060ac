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
from kizuki.replay.tests.reference import VERDICTS, Reference
from kizuki.replay.tests.reference_replay import Answer, reference_replay

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "library"


@dataclass
class Told:
    """One answer. `lost`: number of assets by row. `verdicts`: the weakest by (step, row). `entries`: through, all."""

    word: str
    step: str | None = None
    lost: dict[str, int] = field(default_factory=dict)
    harm: int = 0
    seen: tuple[str, str, str] | None = None
    contained: set[str] = field(default_factory=set)
    stopped_by: set[str] = field(default_factory=set)
    too_late: set[str] = field(default_factory=set)
    verdicts: dict[tuple[str, str], str] = field(default_factory=dict)
    seen_at: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    questions: list[tuple[str, ...]] = field(default_factory=list)
    through_from: set[str] = field(default_factory=set)
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
    """What the plain reference says."""
    answer = reference_replay(case, org, catalogue(), vocabulary())
    told = Told(answer.word, answer.step, answer.lost)
    if answer.none is None:
        return told
    walked = answer.none
    told.harm, told.seen, told.questions = walked.loss[0], answer.seen, answer.questions
    told.verdicts, told.seen_at, told.contained = answer.verdicts, answer.seen_at, set(answer.contained)
    told.stopped_by = _stopping(case, org, answer)
    told.too_late = {measure for _, _, measure in walked.run.late}
    told.through_from = {node.id for choice in walked.through for node in choice.values() if node is not None}
    told.entries = (len(walked.through), len(walked.entries))
    return told


def _stopping(case: Case, org: Organisation, answer: Answer) -> set[str]:
    """The stated measures in force in full at the step that the result names, where it is stopped."""
    if answer.word != "stopped" or answer.none is None:
        return set()
    rules = Reference(case, org, catalogue(), vocabulary(), unknown="none")
    step = rules.steps[answer.step or ""]
    return {
        bears.measure
        for (at, node), _ in answer.none.run.verdicts.items()
        if at == step.id
        for bears in step.prevent
        if bears.stated and rules.measures[bears.measure].power.stops == "yes"
        if rules.state(bears.measure, node) == "full"
    }
