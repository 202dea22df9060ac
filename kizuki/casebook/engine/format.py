"""The case file `kizuki/case/1`: one incident, or one study, in the casebook's form."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from kizuki.kit.text import NotStated, Text

# `(?!\n)` because `$` alone would let a line end pass. The description is what a message says of the form.
Id: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,79}(?!\n)$",
        description="1 to 80 small letters, digits, hyphens, dots or underscores, beginning with a letter or digit",
    ),
]
StepId: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}(?!\n)$",
        description="1 to 40 letters, digits, hyphens, dots or underscores, beginning with a letter or digit",
    ),
]
ItemId: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}(?!\n)$",
        description="1 to 80 letters, digits, hyphens, dots or underscores, beginning with a letter or digit",
    ),
]
Word: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,59}(?!\n)$",
        description="a word of the vocabulary: small letters, digits and hyphens, at most 60",
    ),
]
#: One pattern, because in a union the pattern of a word would be asked of "not stated" as well.
WordOrNotStated: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(?:not stated|[a-z0-9][a-z0-9-]{0,59})(?!\n)$",
        description="a word of the vocabulary (small letters, digits and hyphens), or “not stated”",
    ),
]

T = TypeVar("T")
#: A list that a person wrote. What is checked against each other is bounded, so that no file keeps a server busy.
Few: TypeAlias = Annotated[tuple[T, ...], Meta(max_length=200)]

Kind: TypeAlias = Literal["casebook", "study", "public-report"]
Level: TypeAlias = Literal["basic", "advanced"]
Tlp: TypeAlias = Literal["clear", "green", "amber", "amber+strict", "red"]
Via: TypeAlias = Literal["outside", "internet", "mail", "supplier", "network", "link", "account", "local", "not stated"]
Pace: TypeAlias = Literal["minutes", "hours", "days", "weeks", "not stated"]
Effect: TypeAlias = Literal["access", "spread", "tamper", "encrypt", "leak", "misuse", "hide", "outage", "none"]
Role: TypeAlias = Literal["attacker", "executive", "communications", "security", "it", "business", "external"]
EntryKind: TypeAlias = Literal[
    "enable", "attack", "detect", "analyse", "contain", "eradicate", "recover",
    "escalate", "decide", "communicate", "report", "learn",
]  # fmt: skip
Milestone: TypeAlias = Literal[
    "occurred", "noticed", "reported", "escalated", "contained", "disclosed", "recovered", "closed"
]
Span: TypeAlias = Literal["detect", "escalate", "contain", "disclose", "recover"]
Place: TypeAlias = Literal["summary", "overview", "timeline"]
ActorKind: TypeAlias = Literal[
    "attacker", "customer", "supplier", "public", "authority", "cloud", "service", "server", "pc", "iot", "plant",
    "network", "site", "people", "team", "executive", "communications",
]  # fmt: skip
#: Columns of the situation diagram, left to right.
ActorZone: TypeAlias = Literal["outside", "partner", "cloud", "branch", "inside", "organisation"]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the parts: frozen, strict about unknown keys, quiet about defaults."""


class Source(Struct, frozen=True):
    title: Text
    publisher: str
    number: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    url: str | None = None
    note: Text | NotStated | None = None


class Organisation(Struct, frozen=True):
    """The anonymised organisation. `text`: the header's own words for its kind, in ours."""

    label: Text
    sector: WordOrNotStated
    size: WordOrNotStated
    text: Text | NotStated = "not stated"


class Actor(Struct, frozen=True):
    id: Id
    kind: ActorKind
    zone: ActorZone
    name: Text


class SituationStep(Struct, frozen=True, rename={"from_": "from"}):
    """One numbered arrow of the situation diagram. `stated` False: an analyst's reading of the source's picture."""

    n: Annotated[int, Meta(ge=1, le=40)]
    from_: Id
    to: Id
    text: Text
    kind: Literal["attack", "act", "tell"]
    stated: bool = True


class Situation(Struct, frozen=True):
    actors: tuple[Actor, ...] = ()
    steps: tuple[SituationStep, ...] = ()
    note: Text | None = None


class Targets(Struct, frozen=True):
    """What a step can hit: kinds (with their children) and traits that an asset must not contradict."""

    kinds: Few[Word]
    traits: Few[Word] = ()


class Technique(Struct, frozen=True):
    id: Annotated[
        str,
        Meta(pattern=r"^T[0-9]{4}(\.[0-9]{3})?(?!\n)$", description="an ATT&CK technique such as T1078 or T1078.004"),
    ]
    stated: bool


class Condition(Struct, frozen=True):
    text: Text
    stated: bool


class Bears(Struct, frozen=True):
    """A measure that bears on a step. `at: source`: asked at the asset that the attack comes from."""

    measure: str
    stated: bool
    at: Literal["target", "source"] = "target"


class AttackStep(Struct, frozen=True):
    """One act of the attacker. `after` None: the step before; any one of several is enough."""

    id: StepId
    text: Text
    via: Via
    targets: Targets
    effect: Effect
    after: tuple[StepId, ...] | None = None
    pace: Pace = "not stated"
    techniques: tuple[Technique, ...] = ()
    condition: Condition | NotStated = "not stated"
    prevent: Few[Bears] = ()
    detect: Few[Bears] = ()
    contain: Few[Bears] = ()
    soften: Few[Bears] = ()
    note: Text | None = None


class Lane(Struct, frozen=True):
    id: Id
    role: tuple[Role, ...]
    name: Text


class Handover(Struct, frozen=True):
    """The lanes to which the matter passes. `stated` False: the source tells both entries, an analyst that one led to the other."""

    to: tuple[Id, ...]
    stated: bool = True


class Entry(Struct, frozen=True):
    """One row of the timeline. `handover`: to whom the matter passes with this entry. `lane_stated` False: the source's
    columns leave the lane open, this is the best reading. `step`: the attack step told here. `milestone_by`: the milestone was reached
    between `at` and this moment."""

    n: Annotated[int, Meta(ge=1, le=5000)]
    at: str
    lane: Id
    kind: EntryKind
    text: Text
    step: StepId | None = None
    milestone: Milestone | None = None
    milestone_by: str | None = None
    handover: Handover | None = None
    holiday: bool = False
    lane_stated: bool = True


class Timeline(Struct, frozen=True):
    anchor: Literal["attack", "detection", "none"] = "none"
    lanes: tuple[Lane, ...] = ()
    entries: tuple[Entry, ...] = ()


class Statement(Struct, frozen=True):
    """One sentence of background or impact."""

    text: Text
    stated: bool = True


class Item(Struct, frozen=True):
    """One item of the summary with the measures it speaks of. `place`: where in the source it stands. `id` is a mark that
    stays with the item. `stated` False: the source does not say it, an analyst concludes it."""

    id: ItemId
    text: Text
    measures: tuple[str, ...]
    place: Place = "summary"
    stated: bool = True


class Cause(Item, frozen=True):
    """`root`: a root cause, which let the cause come about."""

    root: bool = False


class Lesson(Item, frozen=True):
    """`common`: shared by several organisations, as the source marks it, or derived (3 or more cases share a measure)."""

    common: Literal["common", "particular", "derived"] = "derived"


class Time(Struct, frozen=True):
    """What the source lets one say of a duration, in words; the interval itself follows from the milestones."""

    span: Span
    text: Text


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"schema_": "schema"}):
    """A case. Lists may be empty; what the source does not say is "not stated"."""

    schema_: Literal["kizuki/case/1"]
    id: Id
    kind: Kind
    source: Source
    tlp: Tlp
    title: Text
    organisation: Organisation
    causes: tuple[Word, ...] | NotStated
    level: Level | NotStated
    profile: tuple[Word, ...] = ()
    overview: tuple[Text, ...] = ()
    situation: Situation = Situation()
    attack: Few[AttackStep] = ()
    timeline: Timeline = Timeline()
    times: tuple[Time, ...] = ()
    background: tuple[Statement, ...] = ()
    impact: tuple[Statement, ...] = ()
    causes_found: tuple[Cause, ...] = ()
    mitigations: tuple[Item, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    challenges: tuple[Item, ...] = ()
    ambiguities: tuple[Text, ...] = ()

    def items(self) -> tuple[Item, ...]:
        """All summary items that speak of measures, in the casebook's order."""
        return (*self.causes_found, *self.mitigations, *self.lessons, *self.challenges)
