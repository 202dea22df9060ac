"""What a timeline proposes for the review: each entry, decision or task for the part in which it is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from kizuki.incidents.engine.review import PARTS

#: Which kind of entry is told in which part. What is not named proposes nothing: it is told in the timeline.
PART_OF: Final[dict[str, str]] = {
    "attack": "background", "enable": "causes", "analyse": "causes", "detect": "mitigations", "contain": "mitigations",
    "eradicate": "mitigations", "recover": "impact", "learn": "lessons",
}  # fmt: skip


class EntryFact(msgspec.Struct, frozen=True):
    """An entry that stands as it is and was written by a person."""

    seq: int
    kind: str
    text: str


class DecisionFact(msgspec.Struct, frozen=True):
    """`told`: question, answer and reason in one sentence. `holds`: False where somebody found since that it no longer does."""

    number: int
    entry: int
    told: str
    holds: bool = True


class TaskFact(msgspec.Struct, frozen=True):
    """A task that was done (`state` "done") or could not be ("dropped", "blocked"). `entry`: the entry that says so, if any."""

    number: int
    state: str
    told: str
    measures: tuple[str, ...] = ()
    entry: int | None = None


class Proposal(msgspec.Struct, frozen=True):
    """A sentence for a part of the review. `source`: "entry 12", "decision 3", "task 7" or "assets"."""

    part: str
    source: str
    text: str
    entry: int | None = None
    measures: tuple[str, ...] = ()


def proposals(
    entries: Iterable[EntryFact],
    decisions: Iterable[DecisionFact],
    tasks: Iterable[TaskFact],
    assets: str,
    taken: Collection[tuple[str, str]],
) -> dict[str, tuple[Proposal, ...]]:
    """The proposals of each part, without those that were taken (part, source). `assets`: what the register says was affected, in one
    sentence, "" for nothing."""
    made = [Proposal("impact", "assets", assets)] if assets else []
    made += [
        Proposal(PART_OF[one.kind], f"entry {one.seq}", one.text, one.seq) for one in entries if one.kind in PART_OF
    ]
    made += [
        Proposal("mitigations" if one.holds else "challenges", f"decision {one.number}", one.told, one.entry)
        for one in decisions
    ]
    for one in tasks:
        if one.state == "done" and one.measures:
            made.append(Proposal("mitigations", f"task {one.number}", one.told, one.entry, one.measures))
        elif one.state in ("dropped", "blocked"):
            made.append(Proposal("challenges", f"task {one.number}", one.told, one.entry, one.measures))
    return {part: tuple(one for one in made if one.part == part and (part, one.source) not in taken) for part in PARTS}
