"""The procedure file `kizuki/procedure/1`: what is done in an incident of a kind, step by step, detailed enough to work from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from kizuki.casebook.engine.format import EntryKind, Milestone
from kizuki.kit import document
from kizuki.kit.document import Lines
from kizuki.kit.faults import quoted
from kizuki.kit.text import Text

Id: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,59}(?!\n)$",
        description="1 to 60 small letters, digits or hyphens, beginning with a letter or digit",
    ),
]
#: Kinds of incidents, each with its procedure in the library; "other" has none.
Kind: TypeAlias = Literal[
    "ransomware", "account-takeover", "defacement", "data-leak", "malware-by-mail", "misused-cloud", "supplier-hit",
    "insider", "lost-device", "other",
]  # fmt: skip
#: What a person is in an incident.
Role: TypeAlias = Literal[
    "lead", "recorder", "security", "it", "business", "communications", "legal", "ciso", "executive", "external"
]
Minutes: TypeAlias = Annotated[int, Meta(ge=1, le=60 * 24 * 90)]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the parts: frozen, strict about unknown keys, quiet about defaults."""


class Option(Struct, frozen=True):
    """One way to decide. `when`: in which case it is the right one."""

    id: Id
    name: Text
    when: Text


class Question(Struct, frozen=True):
    """A point where somebody has to decide. `who`: the role whose decision it is."""

    text: Text
    who: Role
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=6)]


class Step(Struct, frozen=True):
    """One thing to do. `how`: in order, each a line that can be followed; `check`: how one sees that it is done; `caution`: what must
    not happen; `within`: minutes after the incident was opened by which it should be done; `needs`: steps before it; `kind` and
    `milestone`: how it is entered in the timeline when it is done; `cases`: known cases that show it."""

    id: Id
    text: Text
    role: Role
    how: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=12)]
    check: Text
    within: Minutes
    kind: EntryKind
    caution: Text | None = None
    needs: Annotated[tuple[Id, ...], Meta(max_length=10)] = ()
    decision: Question | None = None
    milestone: Milestone | None = None
    measures: Annotated[tuple[str, ...], Meta(max_length=10)] = ()
    cases: Annotated[tuple[str, ...], Meta(max_length=10)] = ()


class Phase(Struct, frozen=True):
    id: Id
    name: Text
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=30)]


class Procedure(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"schema_": "schema"}
):
    """What is done in an incident of `kind`. `about`: when to use it, and what matters most. `never`: what nobody may do."""

    schema_: Literal["kizuki/procedure/1"]
    id: Id
    kind: Kind
    title: Text
    about: Text
    phases: Annotated[tuple[Phase, ...], Meta(min_length=1, max_length=12)]
    never: Annotated[tuple[Text, ...], Meta(max_length=12)] = ()

    def steps(self) -> tuple[Step, ...]:
        """All steps in their order."""
        return tuple(step for phase in self.phases for step in phase.steps)


MOST_BYTES: Final = 1024 * 1024
#: Most characters of a step's text and of a phase's name: they head tasks.
MOST_TITLE: Final = 300
MOST_PHASE: Final = 200
#: Addresses of pages beside those of procedures.
TAKEN: Final = frozenset({"import"})


def read(file: str, raw: bytes, *, measures: frozenset[str]) -> Procedure:
    """Read a procedure file. Raises `BadFile` with every fault of form and of names, and its line."""
    if len(raw) > MOST_BYTES:
        limit = MOST_BYTES // 2**20
        fault = f"the file is larger than {limit} MB; split it or leave out what is not needed"
        raise document.BadFile([document.Fault(file, 0, fault)])
    procedure, lines = document.parse(file, raw, Procedure)
    faults = list(_faults(procedure, lines, measures))
    if faults:
        raise document.BadFile(faults)
    return procedure


def _faults(procedure: Procedure, lines: Lines, measures: frozenset[str]) -> Iterator[document.Fault]:
    seen: set[str] = set()
    if procedure.id in TAKEN:
        yield lines.fault(("id",), f"the id {quoted(procedure.id)} is the address of a page; choose another one")
    for p, phase in enumerate(procedure.phases):
        yield from _too_long(lines, ("phases", p, "name"), phase.name, MOST_PHASE)
        for s, step in enumerate(phase.steps):
            place = ("phases", p, "steps", s)
            yield from _too_long(lines, (*place, "text"), step.text, MOST_TITLE)
            if step.id in seen:
                yield lines.fault((*place, "id"), f"step {quoted(step.id)} is there twice")
            for n, need in enumerate(step.needs):
                if need not in seen:
                    yield lines.fault((*place, "needs", n), f"there is no step {quoted(need)} before this one")
            for n, measure in enumerate(step.measures):
                if measure not in measures:
                    yield lines.fault((*place, "measures", n), f"there is no measure {quoted(measure)}")
            seen.add(step.id)


def _too_long(lines: Lines, place: tuple[str | int, ...], text: Text, most: int) -> Iterator[document.Fault]:
    for code in ("ja", "en"):
        if len(getattr(text, code) or "") > most:
            yield lines.fault((*place, code), f"longer than {most} characters; shorten it")
