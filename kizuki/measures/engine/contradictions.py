"""Where a measure is claimed in full and the register knows better. Both facts are shown; neither overrules the other.

A check belongs to one measure and finds records that speak against it. A claim is contradicted only where its own row holds: a
row that says less about the asset in question has already admitted it. Silence of the register contradicts nothing, except that
a restore test without a day is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple, TypeAlias

from kizuki.kit.text import Name
from kizuki.measures.engine.holding import WHOLE, Holding, Place, Row, place_of
from kizuki.register.engine.format import Asset, Backup, Organisation, Realm, Supplier
from kizuki.register.engine.kinds import RecordKind

Value: TypeAlias = Name | int
Values: TypeAlias = tuple[tuple[str, Value], ...]
#: A backup that was never brought back within a year has not been tried.
TEST_EVERY: Final = timedelta(days=366)
#: Zones in which ordinary machines stand, so that what cannot be updated is not kept apart there.
SHARED_ZONES: Final = frozenset({"office", "server", "dmz", "cloud", "guest"})
UNPATCHABLE: Final = "unpatchable"


class Fact(NamedTuple):
    """A record that speaks against a measure: which, why (`values` for the sentence), and the places that it is about."""

    kind: RecordKind | None
    key: str
    why: str
    values: Values
    places: tuple[Place, ...]


class Contradiction(NamedTuple):
    """A claim and a fact against it. `assets`: those of the claim's scope that the fact is about."""

    measure: str
    claim: Row
    kind: RecordKind | None
    key: str
    why: str
    values: Values
    assets: tuple[str, ...]


class Ground(NamedTuple):
    """What the checks look at: the register as it stands on the day, and what other rooms know."""

    organisation: Organisation
    day: str
    unknown_devices: int


Check: TypeAlias = Callable[[Ground], Iterable[Fact]]


def _realms(ground: Ground, against: Callable[[Realm], tuple[str, Values] | None]) -> Iterator[Fact]:
    found = {realm.id: (realm, why) for realm in ground.organisation.realms if (why := against(realm)) is not None}
    places: dict[str, list[Place]] = defaultdict(list)
    for asset in ground.organisation.assets if found else ():
        for id in asset.all_realms():
            if id in found:
                places[id].append(place_of(asset))
    for id, (realm, (told, values)) in found.items():
        yield Fact("realm", id, told, (("name", realm.name), *values), tuple(places[id]) or (WHOLE,))


def _less(some: int | None, all: int | None) -> bool:
    return some is not None and all is not None and some < all


def _mfa(realm: Realm) -> tuple[str, Values] | None:
    if realm.mfa in ("none", "partial"):
        return f"mfa-{realm.mfa}", ()
    if _less(realm.accounts_with_mfa, realm.accounts):
        return "mfa-count", (("some", realm.accounts_with_mfa or 0), ("all", realm.accounts or 0))
    if _less(realm.privileged_with_mfa, realm.privileged_accounts):
        return "mfa-privileged", (("some", realm.privileged_with_mfa or 0), ("all", realm.privileged_accounts or 0))
    return None


def _passwords(realm: Realm) -> tuple[str, Values] | None:
    if realm.default_credentials:
        return "default-credentials", ()
    return ("reused-passwords", ()) if realm.reused_passwords else None


def _shared(realm: Realm) -> tuple[str, Values] | None:
    return ("shared-accounts", (("n", realm.shared_accounts),)) if realm.shared_accounts else None


def _backups(ground: Ground, against: Callable[[Ground, Backup], tuple[str, Values] | None]) -> Iterator[Fact]:
    found = {backup.of: why for backup in ground.organisation.backups if (why := against(ground, backup)) is not None}
    for asset in ground.organisation.assets if found else ():
        if asset.id in found:
            told, values = found[asset.id]
            yield Fact("backup", asset.id, told, (("name", asset.name), *values), (place_of(asset),))


def _apart(ground: Ground, backup: Backup) -> tuple[str, Values] | None:
    if backup.apart is False:
        return "backup-within-reach", ()
    return ("backup-one-generation", ()) if backup.generations is not None and backup.generations < 2 else None


def _restored(ground: Ground, backup: Backup) -> tuple[str, Values] | None:
    if backup.last_restore_test is None:
        return "restore-never", ()
    first = (date.fromisoformat(ground.day) - TEST_EVERY).isoformat()
    return ("restore-old", (("day", backup.last_restore_test),)) if backup.last_restore_test < first else None


def _assets(ground: Ground, against: Callable[[Asset], tuple[str, Values] | None]) -> Iterator[Fact]:
    for asset in ground.organisation.assets:
        if found := against(asset):
            yield Fact("asset", asset.id, found[0], (("name", asset.name), *found[1]), (place_of(asset),))


def _unpatchable(asset: Asset) -> tuple[str, Values] | None:
    return ("unpatchable", ()) if UNPATCHABLE in asset.traits else None


def _not_kept_apart(ground: Ground) -> Iterator[Fact]:
    shared = {z.id: z for z in ground.organisation.zones if z.kind in SHARED_ZONES and not z.isolates_clients}

    def against(asset: Asset) -> tuple[str, Values] | None:
        if asset.kind not in ("iot", "plant-system") or UNPATCHABLE not in asset.traits:
            return None
        zone = next((shared[id] for id in asset.all_zones() if id in shared), None)
        return ("among-others", (("zone", zone.name),)) if zone else None

    yield from _assets(ground, against)


def _admission_over(ground: Ground) -> Iterator[Fact]:
    def against(asset: Asset) -> tuple[str, Values] | None:
        until = asset.admitted_until
        return ("admission-over", (("day", until),)) if until is not None and until < ground.day else None

    yield from _assets(ground, against)


def _unknown_devices(ground: Ground) -> Iterator[Fact]:
    if ground.unknown_devices:
        yield Fact(None, "", "unknown-devices", (("n", ground.unknown_devices),), (WHOLE,))


def _information(ground: Ground) -> Iterator[Fact]:
    for kind in ground.organisation.information:
        if kind.importance is None:
            yield Fact("information", kind.id, "not-rated", (("name", kind.name),), (Place(unit=kind.unit),))
    allowed = {kind.id: kind for kind in ground.organisation.information if kind.keep_in}
    for asset in ground.organisation.assets if allowed else ():
        for id in asset.information:
            if id in allowed and asset.zone and not set(asset.all_zones()) & set(allowed[id].keep_in):
                values: Values = (("name", allowed[id].name), ("asset", asset.name))
                yield Fact("information", id, "kept-elsewhere", values, (place_of(asset),))


def _responsibility(ground: Ground) -> Iterator[Fact]:
    for service in ground.organisation.services:
        if service.suppliers and service.responsibility is None:
            yield Fact("service", service.id, "no-boundary", (("name", service.name),), (Place(unit=service.unit),))
    yield from (
        Fact("supplier", supplier.id, "contract-over", (("name", supplier.name), ("day", day)), (WHOLE,))
        for supplier, day in _contracts(ground.organisation.suppliers)
        if day < ground.day
    )


def _contracts(suppliers: Iterable[Supplier]) -> Iterator[tuple[Supplier, str]]:
    for supplier in suppliers:
        if supplier.contract_until is not None and supplier.kind in ("supplier", "contractor"):
            yield supplier, supplier.contract_until


def _unreachable(ground: Ground) -> Iterator[Fact]:
    contacts = {contact.id: contact for contact in ground.organisation.contacts}
    for unit in ground.organisation.units:
        owner = contacts.get(unit.owner or "")
        if owner is not None and not owner.channels and owner.mail is None:
            yield Fact("contact", owner.id, "no-channel", (("name", owner.name),), (Place(unit=unit.id),))
        elif owner is not None and {channel.kind for channel in owner.channels} <= {"mail", "chat"}:
            # A call tree that hangs on the network is down together with it.
            yield Fact("contact", owner.id, "network-only", (("name", owner.name),), (Place(unit=unit.id),))


#: Measure → what may speak against it. One line a check; the sentences stand in `kizuki.measures.words`.
CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("P06", lambda ground: _realms(ground, _mfa)),
    ("P07", lambda ground: _realms(ground, _passwords)),
    ("P08", lambda ground: _realms(ground, _shared)),
    ("C02", lambda ground: _backups(ground, _apart)),
    ("C03", lambda ground: _backups(ground, _restored)),
    ("P01", lambda ground: _assets(ground, _unpatchable)),
    ("P02", _not_kept_apart),
    ("I01", _unknown_devices),
    ("I02", _information),
    ("I06", _admission_over),
    ("G10", _responsibility),
    ("R04", _unreachable),
)


def contradictions(organisation: Organisation, day: str, *, unknown_devices: int = 0) -> tuple[Contradiction, ...]:
    """All contradictions of a register as it stands on a day (`register.engine.standing`), by measure, claim and record.
    `unknown_devices`: how many devices were seen that the register does not have."""
    ground, holding = Ground(organisation, day, unknown_devices), Holding(organisation)
    found: list[Contradiction] = []
    for measure, check in CHECKS:
        if any(row.says.state == "full" for row in holding.of(measure)):
            found += (made for fact in check(ground) for made in _against(measure, fact, holding))
    order = {measure: n for n, (measure, _) in enumerate(CHECKS)}
    return tuple(sorted(found, key=lambda c: (order[c.measure], c.claim.key, c.kind or "", c.key, c.why, c.assets)))


def _against(measure: str, fact: Fact, holding: Holding) -> Iterator[Contradiction]:
    claims: dict[str, tuple[Row, list[str]]] = {}
    for place in fact.places:
        row = holding.at(measure, place)
        if row is not None and row.says.state == "full":
            claims.setdefault(row.key, (row, []))[1].extend([place.asset] if place.asset else [])
    for row, assets in claims.values():
        yield Contradiction(measure, row, fact.kind, fact.key, fact.why, fact.values, tuple(assets))
