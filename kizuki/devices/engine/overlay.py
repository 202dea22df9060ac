"""What people decided, laid over what matching finds, and who has to do with a device."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from kizuki.register.engine.matching import AssetSeen, Device

#: `gone` is said of assets; a device is gone where its asset is.
Word = Literal["known", "moved", "changed", "unknown", "conflict", "gone"]
RECOGNISED: frozenset[str] = frozenset(("known", "moved", "changed"))


class Decided(NamedTuple):
    """A decision that counts. `asset` "" where the device is not ours or is to be blocked."""

    kind: str
    asset: str
    by: str
    day: str


class Standing(NamedTuple):
    """How a device stands: what is stored beside its identifiers. `needless`: why the decision counts no longer, "" where it does."""

    state: Word
    asset: str
    assets: tuple[str, ...]
    reasons: tuple[Any, ...]
    needless: Literal["", "overruled", "removed"] = ""


def standing(device: Device, decided: Decided | None, assets: Collection[str]) -> Standing:
    """A device with the decision about it. A person who said which asset it is counts where matching says nothing else; where matching
    says another, that is a conflict. Not ours, or to be blocked, counts until it is recognised as an asset."""
    own = Standing(device.status, device.asset or "", device.assets, device.reasons)
    if decided is None:
        return own
    if not decided.asset:
        return own._replace(needless="overruled") if device.status in RECOGNISED else own
    if decided.asset not in assets:
        return own._replace(needless="removed")
    said = ["decided", [decided.by, decided.day], 0]
    if device.asset is None:
        return Standing("known", decided.asset, (), (said, *device.reasons))
    if device.asset == decided.asset:
        return own
    return Standing("conflict", "", tuple(sorted((decided.asset, device.asset))), (said, *device.reasons))


def gone(seen: Iterable[AssetSeen], expected: Collection[str], decided: Collection[str]) -> dict[str, AssetSeen]:
    """Assets that somebody looked for in vain, by id: only those that are `expected` to be there, and that no person has recognised."""
    return {one.id: one for one in seen if one.status == "gone" and one.id in expected and one.id not in decided}


class Units:
    """Which unit has to do with a device: that of its asset; else that of its zone; else that of most of the assets that were recognised in
    that zone, or, where none was, of most that the register has there."""

    def __init__(
        self, assets: Mapping[str, tuple[str, tuple[str, ...]]], zones: Mapping[str, str], devices: Iterable[Device]
    ) -> None:
        self._assets, self._zones = assets, zones
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for device in devices:
            if device.zone and device.asset and (unit := assets.get(device.asset, ("", ()))[0]):
                seen[device.zone][unit] += 1
        registered: dict[str, Counter[str]] = defaultdict(Counter)
        for unit, places in assets.values():
            for zone in places if unit else ():
                registered[zone][unit] += 1
        self._neighbours = {**_most(registered), **_most(seen)}

    def of(self, asset: str, zone: str | None) -> str:
        """The unit, "" where nobody has to do with it."""
        if asset:
            return self._assets.get(asset, ("", ()))[0]
        if not zone:
            return ""
        return self._zones.get(zone) or self._neighbours.get(zone, "")


def _most(counted: Mapping[str, Counter[str]]) -> dict[str, str]:
    return {zone: min(units.items(), key=lambda one: (-one[1], one[0]))[0] for zone, units in counted.items() if units}


def plain(value: Any) -> Any:
    """The engine's values as JSON has them."""
    return msgspec.to_builtins(value)
