"""The organisation file `kizuki/organisation/1`: what an organisation has, who answers for it, and what protects it."""

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

#: A day as 2026-11-22; `read` says what is wrong with one that does not exist.
Day: TypeAlias = str
Number: TypeAlias = Annotated[int, Meta(ge=0, le=100_000_000)]
Line: TypeAlias = Annotated[str, Meta(max_length=400)]

T = TypeVar("T")
#: A list that is compared with itself; bounded, so that no file keeps a server busy.
Few: TypeAlias = Annotated[tuple[T, ...], Meta(max_length=200)]

ZoneKind: TypeAlias = Literal[
    "internet", "dmz", "cloud", "office", "server", "management", "plant", "guest", "supplier"
]
LinkKind: TypeAlias = Literal["integration", "admin", "backup", "trust"]
ZoneAddresses: TypeAlias = Literal["fixed", "leased", "translated"]
#: “unknown” is said where somebody looked and could not tell; it then holds there although a wider row says otherwise.
State: TypeAlias = Literal["none", "partial", "full", "not applicable", "unknown"]
Lifecycle: TypeAlias = Literal["planned", "in use", "retired"]
ChannelKind: TypeAlias = Literal["phone", "mobile", "mail", "chat", "pager", "radio", "fax", "in person"]
SupplierKind: TypeAlias = Literal["supplier", "contractor", "customer", "partner"]
MissionLevel: TypeAlias = Literal["vital", "important", "supporting"]
#: How far something holds among the accounts of a realm.
Extent: TypeAlias = Literal["none", "partial", "full"]
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


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Base of the parts: frozen, strict about unknown keys, quiet about defaults. None holds itself, so that the collector of
    garbage need not look at a hundred thousand of them."""


class About(Struct, frozen=True):
    name: Name
    sector: WordOrNotStated = "not stated"
    size: Annotated[int, Meta(ge=0, le=100_000_000)] | NotStated = "not stated"
    profile: tuple[Word, ...] = ()


class Unit(Struct, frozen=True):
    """A part of the organisation that owns assets. `owner` and `deputies` are contacts; they answer for what it owns."""

    id: Id
    name: Name
    parent: Id | None = None
    owner: Id | None = None
    deputies: Few[Id] = ()
    notes: Name | None = None


class Channel(Struct, frozen=True):
    """One way to reach a contact, best first in its list. `hours`: when it is answered, in the organisation's words."""

    kind: ChannelKind
    address: Line
    hours: Line | None = None


class Contact(Struct, frozen=True):
    """A person or a desk that can be called. `mail`: the address of the account with which the person signs in here."""

    id: Id
    name: Name
    unit: Id | None = None
    roles: Few[Line] = ()
    mail: Line | None = None
    channels: Few[Channel] = ()
    deputy: Id | None = None
    notes: Name | None = None


class Zone(Struct, frozen=True):
    """A network area. `ranges`: its addresses as CIDR; `addresses`: whether they stay with a machine, are leased, or hide many
    machines behind one (translated)."""

    id: Id
    name: Name
    kind: ZoneKind
    isolates_clients: bool = False
    ranges: Few[Line] = ()
    addresses: ZoneAddresses | None = None
    unit: Id | None = None
    notes: Name | None = None


class Route(Struct, frozen=True, rename={"from_": "from"}):
    """Who may reach whom between zones. Inside a zone all reach all unless it isolates its clients."""

    from_: Id
    to: Id
    services: tuple[str, ...] = ("any",)


class Realm(Struct, frozen=True):
    """A set of assets that accept the same credentials, with what is known of its accounts; never a password itself."""

    id: Id
    name: Name
    mfa: Extent | None = None
    accounts: Number | None = None
    accounts_with_mfa: Number | None = None
    privileged_accounts: Number | None = None
    privileged_with_mfa: Number | None = None
    shared_accounts: Number | None = None
    default_credentials: bool | None = None
    reused_passwords: bool | None = None
    locks_out: bool | None = None
    checked: Day | None = None
    notes: Name | None = None


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
    owner: Id | None = None
    lifecycle: Lifecycle | None = None
    macs: Few[Line] = ()
    ips: Few[Line] = ()
    hosts: Few[Line] = ()
    serials: Few[Line] = ()
    cloud_ids: Few[Line] = ()
    urls: Few[Line] = ()
    make: Line | None = None
    model: Line | None = None
    os: Line | None = None
    services: Few[Id] = ()
    information: Few[Id] = ()
    unpatchable_because: Name | None = None
    admitted_until: Day | None = None
    notes: Name | None = None

    def all_zones(self) -> tuple[str, ...]:
        return (*((self.zone,) if self.zone else ()), *self.zones)

    def all_realms(self) -> tuple[str, ...]:
        return (*((self.realm,) if self.realm else ()), *self.realms)


class Link(Struct, frozen=True, rename={"from_": "from"}):
    from_: Id
    to: Id
    kind: LinkKind
    notes: Name | None = None


class Backup(Struct, frozen=True):
    """`apart`: an attacker who holds the asset cannot reach its copies."""

    of: Id
    generations: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    apart: bool | None = None
    last_restore_test: Day | None = None
    notes: Name | None = None


class Agreement(Struct, frozen=True):
    """What was promised for a service: when it runs (e.g. “99.9 % a month”), hours until it is back, hours of data that may be
    lost."""

    availability: Line | None = None
    back_within_hours: Number | None = None
    lost_hours: Number | None = None


class Service(Struct, frozen=True):
    """Something the organisation does for others by means of assets. `responsibility`: where one's own part ends, towards
    customers and contractors."""

    id: Id
    name: Name
    unit: Id | None = None
    owner: Id | None = None
    level: MissionLevel | None = None
    importance: Importance | None = None
    agreement: Agreement | None = None
    customers: Name | None = None
    suppliers: Few[Id] = ()
    needs: Few[Id] = ()
    responsibility: Name | None = None
    notes: Name | None = None


class Supplier(Struct, frozen=True):
    """Another organisation on which this one depends, or which depends on it."""

    id: Id
    name: Name
    kind: SupplierKind
    does: Name | None = None
    contacts: Few[Id] = ()
    access: Name | None = None
    contract_until: Day | None = None
    notes: Name | None = None


class Information(Struct, frozen=True):
    """A kind of information with an owner who has judged it. `word`: what the vocabulary calls it; `keep_in`: zones in which it
    may be kept."""

    id: Id
    name: Name
    word: Word | None = None
    unit: Id | None = None
    owner: Id | None = None
    importance: Importance | None = None
    judged: Day | None = None
    keep_in: Few[Id] = ()
    notes: Name | None = None


class Scope(Struct, frozen=True):
    """Where a coverage row applies; several keys together must all hold. `all` stands alone."""

    all: Literal[True] | None = None
    unit: Id | None = None
    zone: Id | None = None
    kind: AssetKind | None = None
    asset: Id | None = None


class Coverage(Struct, frozen=True):
    """A measure's state over a scope. No row at all means unknown, never none; so does a row after `valid_until`.

    `link` and `files` (SHA-256) lead to the evidence; `verified_by` names who saw it."""

    measure: str
    scope: Scope
    state: State
    evidence: Name | None = None
    verified: Day | None = None
    verified_by: Line | None = None
    valid_until: Day | None = None
    link: Line | None = None
    files: Few[Line] = ()


class Organisation(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"schema_": "schema"}
):
    """A register and its coverage, as one file."""

    schema_: Literal["kizuki/organisation/1"]
    organisation: About
    complete: tuple[Complete, ...] = ()
    units: tuple[Unit, ...] = ()
    contacts: tuple[Contact, ...] = ()
    zones: tuple[Zone, ...] = ()
    routes: tuple[Route, ...] = ()
    realms: tuple[Realm, ...] = ()
    information: tuple[Information, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    services: tuple[Service, ...] = ()
    assets: tuple[Asset, ...] = ()
    links: tuple[Link, ...] = ()
    backups: tuple[Backup, ...] = ()
    coverage: tuple[Coverage, ...] = ()
