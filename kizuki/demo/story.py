"""The form of the demo's life (`library/demo/life/story.yaml`): what is told once to a new demo. Days are counted from its first start."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

import msgspec

from kizuki.kit.document import parse
from kizuki.kit.library import library_path
from kizuki.kit.text import Text
from kizuki.register.engine.format import Scope
from kizuki.replay.engine.described import Described

#: Who of the cast acts.
Who: TypeAlias = Literal["reporter", "responder", "manager", "executive", "auditor", "administrator"]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the parts: frozen, strict about unknown keys, quiet about defaults."""


class Row(Struct, frozen=True):
    """A new row of coverage, seen to be so `verified_ago` days ago."""

    measure: str
    scope: Scope
    state: str
    verified_ago: int
    evidence: Text
    by: Who


class Lapse(Struct, frozen=True, rename={"in_": "in"}):
    """A row of coverage, by its key, that is valid for so many more days; below zero: it has lapsed."""

    key: str
    in_: int
    by: Who


class Look(Struct, frozen=True):
    """A file in which a source tells what it saw. `at`: when, where the file itself does not say."""

    file: str
    format: str
    at: str | None = None


class Guest(Struct, frozen=True):
    """A device, by its hardware address, that is not ours for so many days."""

    mac: str
    reason: str
    days: int
    by: Who


class Request(Struct, frozen=True):
    """A request for admission. `device`: the hardware address of the unknown device that it is about. `decided_by`: whoever agreed to what
    the criteria say; "" where it waits."""

    what: str
    purpose: str
    kind: str
    zone: str
    unit: str
    facts: dict[str, str]
    by: Who
    device: str = ""
    decided_by: Who | Literal[""] = ""


class Move(Struct, frozen=True):
    """What somebody did with a task. `said`: what came of it, or why it was dropped."""

    to: Literal["taken", "done", "verified", "dropped"]
    by: Who
    said: Text = Text()
    evidence: str = ""


class Subject(Struct, frozen=True):
    kind: str
    key: str


class Task(Struct, frozen=True):
    title: Text
    unit: str
    owner: str
    due_in: int
    cost: str
    about: Subject
    text: Text | None = None
    moves: tuple[Move, ...] = ()


class Priorities(Struct, frozen=True):
    """So many rows of the priorities are turned into tasks, of `unit` where a row concerns several."""

    rows: int
    unit: str
    due_in: int
    by: Who


class Answer(Struct, frozen=True):
    state: str
    evidence: str = ""


class Part(Struct, frozen=True):
    """A unit that is asked in a round, and what it has answered, measure by measure. `name`: of whoever answers."""

    unit: str
    language: str
    name: str = ""
    answers: dict[str, Answer] = {}
    finished: bool = False


class Returned(Struct, frozen=True):
    unit: str
    measure: str
    remark: str
    by: Who


class Round(Struct, frozen=True):
    title: str
    due_in: int
    by: Who
    measures: tuple[str, ...]
    units: tuple[Part, ...]
    returned: tuple[Returned, ...] = ()


class Proposal(Struct, frozen=True):
    measure: str
    unit: str
    state: str
    evidence: str
    language: str
    by: Who


class Score(Struct, frozen=True):
    """The scores of a self-check so many days ago."""

    check: str
    version: str
    ago: int
    scores: dict[str, float]
    note: str
    by: Who


class Note(Struct, frozen=True):
    """An answer to “are we affected?” that somebody kept."""

    title: str
    text: str
    described: Described
    by: Who


class Story(Struct, frozen=True, rename={"schema_": "schema"}):
    """`written`: the day of which the network files speak. `peers`: what is said of where the figures of peers come from."""

    schema_: Literal["kizuki/demo-life/1"]
    written: date
    coverage: tuple[Row, ...]
    lapses: tuple[Lapse, ...]
    network: tuple[Look, ...]
    guests: tuple[Guest, ...]
    admissions: tuple[Request, ...]
    tasks: tuple[Task, ...]
    priorities: Priorities
    round: Round
    proposals: tuple[Proposal, ...]
    scores: tuple[Score, ...]
    peers: str
    note: Note


def raw(name: str) -> bytes:
    """A file of the demo's life."""
    return (library_path() / "demo" / "life" / name).read_bytes()


def story() -> Story:
    """The story as it stands in the library. Raises `BadFile`."""
    told, _lines = parse("story.yaml", raw("story.yaml"), Story)
    return told
