"""The criteria file `kizuki/criteria/1`: facts with values, ordered rules, ordered outcomes."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Protocol, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from kizuki.kit.text import Text

#: The value that a fact has while nobody knows; no value of a file may be called so.
UNKNOWN: Final = "unknown"
#: How a condition says "this value or a worse one".
AT_LEAST: Final = "at least "

# `(?!\n)` because `$` alone would let a line end pass. The description is what a message says of the form.
Id: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,59}(?!\n)$",
        description="1 to 60 small letters, digits or hyphens, beginning with a letter or digit",
    ),
]
Condition: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(?:at least )?[a-z0-9][a-z0-9-]{0,59}(?!\n)$",
        description="the id of a value, or “at least” and the id of a value",
    ),
]
Several: TypeAlias = Annotated[tuple[Id, ...], Meta(min_length=1, max_length=20)]
#: Something that a program may use beside an outcome, such as `due_days: 30`.
Datum: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000)] | Annotated[str, Meta(max_length=200)]
Key: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,39}(?!\n)$",
        description="1 to 40 small letters, digits or underscores, beginning with a letter",
    ),
]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the parts: frozen, strict about unknown keys, quiet about defaults."""


class Value(Struct, frozen=True):
    id: Id
    name: Text


class Fact(Struct, frozen=True):
    """What is asked. `monotone`: the values go from best to worst, and a worse one never gives a milder outcome; without
    it they have no order. `unknown` False: an answer is always needed. `ask`: how to find out what is not known."""

    id: Id
    name: Text
    monotone: bool
    values: Annotated[tuple[Value, ...], Meta(min_length=2, max_length=20)]
    help: Text | None = None
    ask: Text | None = None
    unknown: bool = True


class Outcome(Struct, frozen=True):
    """One of the answers. `data`: what programs need of it, such as days until something is due."""

    id: Id
    name: Text
    text: Text | None = None
    data: Annotated[dict[Key, Datum], Meta(max_length=20)] = {}


class Rule(Struct, frozen=True):
    """One row: where every condition of `when` holds (none: always), `outcome`, unless a rule before it held.

    A condition is a value, several values, or "at least" a value of a monotone fact: that one and all worse ones.
    """

    id: Id
    when: Annotated[dict[Id, Condition | Several], Meta(max_length=20)]
    outcome: Id
    because: Text
    conditions: Annotated[tuple[Text, ...], Meta(max_length=20)] = ()


class Criteria(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"schema_": "schema"}
):
    """Written criteria. `outcomes` from mild to strict; of the `rules`, the first that holds decides."""

    schema_: Literal["kizuki/criteria/1"]
    id: Id
    title: Text
    facts: Annotated[tuple[Fact, ...], Meta(min_length=1, max_length=20)]
    outcomes: Annotated[tuple[Outcome, ...], Meta(min_length=2, max_length=20)]
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1, max_length=200)]
    about: Text | None = None

    def fact(self, id: str) -> Fact:
        """The fact of that id. Raises `KeyError`."""
        return _one(self.facts, id)

    def outcome(self, id: str) -> Outcome:
        """The outcome of that id. Raises `KeyError`."""
        return _one(self.outcomes, id)

    def rule(self, id: str) -> Rule:
        """The rule of that id. Raises `KeyError`."""
        return _one(self.rules, id)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


def _one(parts: tuple[T, ...], id: str) -> T:
    for part in parts:
        if part.id == id:
            return part
    raise KeyError(id)
