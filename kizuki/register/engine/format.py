"""The organisation file `kizuki/organisation/1`: assets, how they can be reached, and what protects them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from kizuki.kit.text import Name, NotStated

# `(?!\n)` because `$` alone would let a line end pass. The description is what a message says of the form.
Id: TypeAlias = Annotated[str, Meta(pattern=r"^[^\s]{1,120}(?!\n)$", description="1 to 120 characters without spaces")]
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
Score: TypeAlias = Annotated[int, Meta(ge=0, le=3)]

T = TypeVar("T")
#: A list that is compared with itself; bounded, so that no file keeps a server busy.
Few: TypeAlias = Annotated[tuple[T, ...], Meta(max_length=200)]

ZoneKind: TypeAlias = Literal[
    "internet", "dmz", "cloud", "office", "server", "management", "plant", "guest", "supplier"
]
LinkKind: TypeAlias = Literal["integration", "admin", "backup", "trust"]
State: TypeAlias = Literal["none", "partial", "full", "not applicable"]
Complete: TypeAlias = Literal["routes", "links", "realms", "traits", "internet_facing", "supplier_facing"]
AssetKind: TypeAlias = Literal[
    "server", "web-server", "file-server", "database-server", "mail-server", "directory", "cloud-service", "saas", "pc",
    "mobile", "backup", "iot", "plant-system", "network-device", "data-store",
]  # fmt: skip

#: Each kind's parent; a scope or target that names the parent names the children too.
KIND_PARENT: dict[str, str] = {
    "web-server": "server",
    "file-server": "server",
    "database-server": "server",
    "mail-server": "server",
    "directory": "server",
    "saas": "cloud-service",
}


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the parts: frozen, strict about unknown keys, quiet about defaults."""


class About(Struct, frozen=True):
    name: Name
    sector: WordOrNotStated = "not stated"
    size: Annotated[int, Meta(ge=0, le=100_000_000)] | NotStated = "not stated"
    profile: tuple[Word, ...] = ()


class Unit(Struct, frozen=True):
    id: Id
    name: Name
    parent: Id | None = None


class Zone(Struct, frozen=True):
    id: Id
    name: Name
    kind: ZoneKind
    isolates_clients: bool = False


class Route(Struct, frozen=True, rename={"from_": "from"}):
    """Who may reach whom between zones. Inside a zone all reach all unless it isolates its clients."""

    from_: Id
    to: Id
    services: tuple[str, ...] = ("any",)


class Realm(Struct, frozen=True):
    id: Id
    name: Name


class Importance(Struct, frozen=True):
    confidentiality: Score = 0
    integrity: Score = 0
    availability: Score = 0


class Asset(Struct, frozen=True):
    """An asset, or `count` like ones. `internet_facing` None: not recorded (a cloud service then faces the internet)."""

    id: Id
    name: Name
    kind: AssetKind
    unit: Id | None = None
    zone: Id | None = None
    zones: Few[Id] = ()
    internet_facing: bool | None = None
    supplier_facing: bool | None = None
    count: Annotated[int, Meta(ge=1, le=10_000_000)] = 1
    realm: Id | None = None
    realms: Few[Id] = ()
    importance: Importance | None = None
    holds: tuple[Word, ...] = ()
    traits: Few[Word] = ()
    components: tuple[str, ...] = ()

    def all_zones(self) -> tuple[str, ...]:
        return (*((self.zone,) if self.zone else ()), *self.zones)

    def all_realms(self) -> tuple[str, ...]:
        return (*((self.realm,) if self.realm else ()), *self.realms)


class Link(Struct, frozen=True, rename={"from_": "from"}):
    from_: Id
    to: Id
    kind: LinkKind


class Backup(Struct, frozen=True):
    of: Id
    generations: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    apart: bool | None = None
    last_restore_test: str | None = None


class Scope(Struct, frozen=True):
    """Where a coverage row applies; several keys together must all hold. `all` stands alone."""

    all: Literal[True] | None = None
    unit: Id | None = None
    zone: Id | None = None
    kind: AssetKind | None = None
    asset: Id | None = None


class Coverage(Struct, frozen=True):
    """A measure's state over a scope. No row at all means unknown, never none."""

    measure: str
    scope: Scope
    state: State
    evidence: Name | None = None
    verified: str | None = None


class Organisation(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"schema_": "schema"}
):
    """A register and its coverage, as one file."""

    schema_: Literal["kizuki/organisation/1"]
    organisation: About
    complete: tuple[Complete, ...] = ()
    units: tuple[Unit, ...] = ()
    zones: tuple[Zone, ...] = ()
    routes: tuple[Route, ...] = ()
    realms: tuple[Realm, ...] = ()
    assets: tuple[Asset, ...] = ()
    links: tuple[Link, ...] = ()
    backups: tuple[Backup, ...] = ()
    coverage: tuple[Coverage, ...] = ()
