"""What goes into matching and what comes out of it. Times are whole seconds since 1970 in UTC."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Use: TypeAlias = Literal["fixed", "leased", "translated"]
Status: TypeAlias = Literal["known", "moved", "changed", "unknown", "conflict"]
Confidence: TypeAlias = Literal["sure", "likely", "possible"]
#: For: what device and asset share. Against: what differs. The rest: why it could not be decided, or what else is to be known.
#: Values in order: what is written after each word.
Word: TypeAlias = Literal[
    "cloud-id",  # id
    "serial",  # serial number
    "mac",  # address
    "assigned-mac",  # address
    "random-mac",  # address
    "carried-mac",  # address
    "name",  # name
    "default-name",  # name
    "shared-name",  # name
    "fixed-ip",  # address
    "other-serial",  # seen; registered
    "other-cloud-id",  # seen; registered
    "other-mac",  # seen; registered
    "other-name",  # seen; registered
    "other-ip",  # seen; registered
    "other-says",  # word; seen; registered
    "other-zone",  # seen; registered
    "too-weak",  # points; points needed
    "two-assets",  # asset; asset
    "claimed-twice",  # asset; number of devices; number of machines in its row
    "relay-mac",  # address; number of IP addresses
    "router-mac",  # address
    "two-holders",  # IP address; device, device, … (at a device that nothing else tells: only the address)
    "shared-in-register",  # kind of identifier; identifier; assets
    "translated-ip",  # address
    "not-told-apart",  # carried address or shared name
    "seen-by",  # kind of source; zone
    "never-seen",  # nothing
    "last-seen",  # time
    "no-source",  # zone
    "no-zone",  # nothing
    "no-identifier",  # nothing
]


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """An asset of the register, or `count` like ones. Identifiers in their one form (`identity`); `zones`: where it may be;
    `says`: what the register holds to be true of it, word by word, as in `Observation`."""

    id: str
    macs: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    cloud_ids: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    unit: str | None = None
    count: int = 1
    says: tuple[tuple[str, str], ...] = ()


class Range(msgspec.Struct, frozen=True, omit_defaults=True):
    """The addresses of a zone. `use` None: judged by what was seen. Two zones may have the same range (sites behind routers);
    the zone that an observation names decides between them."""

    cidr: str
    zone: str
    kind: str | None = None
    use: Use | None = None


class Said(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The latest that was said under one word."""

    word: str
    at: int
    values: tuple[str, ...]


class Trace(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """All observations that say the same of the same thing. `source`: the kind of source (what stands before its colon).
    `stays`: (first, last) of sightings with no long pause between, in order. `seen`: how many observations."""

    source: str
    mac: str | None
    serial: str | None
    cloud_id: str | None
    zone: str | None
    ips: tuple[str, ...]
    hosts: tuple[str, ...]
    stays: tuple[tuple[int, int], ...]
    seen: int
    says: tuple[Said, ...] = ()


class State(msgspec.Struct, frozen=True):
    """What is kept from day to day: traces in the order of what they say."""

    traces: tuple[Trace, ...] = ()


class Reason(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One piece of evidence, as data. `points`: what it counted, below zero if against."""

    word: Word
    values: tuple[str, ...] = ()
    points: int = 0


class NearMiss(msgspec.Struct, frozen=True, omit_defaults=True):
    """The asset that an unknown device came nearest to, and why it is not it."""

    asset: str
    points: int
    reasons: tuple[Reason, ...]


class Device(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One thing, as all sources together tell of it. `id`: its strongest identifier. `status` moved goes before changed; what
    differs stands in `differs` in any case. `assets`: the candidates of a conflict. `zones`: where it was in the last
    twelve hours in which it was seen (`zone`: the latest of them). `ips`: those of the same hours."""

    id: str
    status: Status
    asset: str | None = None
    confidence: Confidence | None = None
    points: int = 0
    reasons: tuple[Reason, ...] = ()
    differs: tuple[Reason, ...] = ()
    near: NearMiss | None = None
    assets: tuple[str, ...] = ()
    zone: str | None = None
    zones: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    cloud_ids: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    seen: int = 0
    sources: tuple[str, ...] = ()


class AssetSeen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of an asset. `unclear`: a device in conflict, or an unknown one that comes near, may
    be it. `devices`: ids of those that are it."""

    id: str
    status: Literal["seen", "gone", "not looked for", "unclear"]
    devices: tuple[str, ...] = ()
    last: int | None = None
    reasons: tuple[Reason, ...] = ()


class Conflict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person must decide: contradictions in the register or between devices (a device's own are at the device)."""

    reason: Reason
    devices: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()


class Matching(msgspec.Struct, frozen=True):
    """The result. `devices` by id, `assets` by id. `placed`: for each trace of `state` the number of its device, or one
    number for each of its stays where they belong to different devices."""

    state: State
    devices: tuple[Device, ...]
    assets: tuple[AssetSeen, ...]
    conflicts: tuple[Conflict, ...]
    placed: tuple[tuple[int, ...], ...]
    now: int
