"""Assets at which the same could happen: like an affected one, and without the measure that was missing there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.measures.engine.holding import Holding, Row, place_of
from kizuki.register.engine.format import Asset, Organisation

#: In what an asset is like another.
Way: TypeAlias = Literal["kind", "os", "component", "zone"]
WAYS: Final[tuple[Way, ...]] = ("kind", "os", "component", "zone")
#: Where a measure counts as missing. What nobody has said is not known.
LACKING: Final = frozenset({"none", "unknown"})
_VERSION: Final = re.compile(r"[\s_/@-]+v?[0-9].*$", re.IGNORECASE)


class Alike(msgspec.Struct, frozen=True):
    """An asset, in what it is like one of those that were affected, and how the measure stands there."""

    asset: Asset
    ways: tuple[Way, ...]
    state: str


class _Seen(msgspec.Struct, frozen=True):
    kinds: frozenset[str]
    systems: frozenset[str]
    components: frozenset[str]
    zones: frozenset[str]


def alike(organisation: Organisation, affected: Collection[str], measure: str) -> list[Alike]:
    """The assets, not affected themselves, of a kind, operating system or component of an affected one, at which the measure is missing
    or unknown; those alike in most ways first. That zones are of one kind alone makes no two assets alike."""
    zones = {zone.id: zone.kind for zone in organisation.zones}
    hit = [asset for asset in organisation.assets if asset.id in affected]
    seen = _Seen(
        frozenset(asset.kind for asset in hit), frozenset(filter(None, map(_system, hit))),
        frozenset(name for asset in hit for name in _components(asset)),
        frozenset(kind for asset in hit for kind in _zones(asset, zones)),
    )  # fmt: skip
    holding = Holding(organisation)
    found = []
    for asset in organisation.assets:
        ways = () if asset.id in affected else tuple(_ways(asset, seen, zones))
        if not set(ways) - {"zone"}:
            continue
        row = holding.at(measure, place_of(asset))
        state = row.says.state if row else "unknown"
        if state in LACKING:
            found.append(Alike(asset, ways, state))
    return sorted(found, key=lambda one: (-len(one.ways), one.state != "none", one.asset.id))


def states_at(
    organisation: Organisation, assets: Collection[str], measures: Collection[str]
) -> dict[str, frozenset[str]]:
    """Measure → its states at these assets; at none of them, as it stands for the whole organisation."""
    holding = Holding(organisation)
    places = [place_of(asset) for asset in organisation.assets if asset.id in assets]
    made: dict[str, frozenset[str]] = {}
    for measure in measures:
        rows: list[Row | None] = [holding.at(measure, place) for place in places]
        if not places:
            rows = list[Row | None](row for row in holding.of(measure) if not _narrow(row.says.scope))[:1]
        made[measure] = frozenset(row.says.state if row else "unknown" for row in rows or [None])
    return made


def _narrow(scope: object) -> bool:
    return any(getattr(scope, name) is not None for name in ("unit", "zone", "kind", "asset"))


def _ways(asset: Asset, seen: _Seen, zones: Mapping[str, str]) -> Iterator[Way]:
    if asset.kind in seen.kinds:
        yield "kind"
    if _system(asset) in seen.systems:
        yield "os"
    if not seen.components.isdisjoint(_components(asset)):
        yield "component"
    if not seen.zones.isdisjoint(_zones(asset, zones)):
        yield "zone"


def _system(asset: Asset) -> str:
    """The operating system without its version: what is misset on one is often misset on the next."""
    return _plain(asset.os or "")


def _components(asset: Asset) -> set[str]:
    return {name for one in asset.components if (name := _plain(one))}


def _plain(name: str) -> str:
    return _VERSION.sub("", " ".join(name.split())).casefold()


def _zones(asset: Asset, zones: Mapping[str, str]) -> set[str]:
    return {zones[zone] for zone in asset.all_zones() if zone in zones}
