"""The register as matching takes it: assets with their identifiers in one form, and the ranges of zones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from kizuki.register.engine import format as f
from kizuki.register.engine import identity
from kizuki.register.engine.matching import Known, Range

#: What a source may say of a thing and the register may hold to be true of it.
_SAYS: Final = ("make", "model", "os")


def known_of(asset: f.Asset) -> Known:
    """An asset as matching knows it. What is no address or name in any form is left out: it can be recognised by nothing."""
    return Known(
        id=asset.id, macs=_formed(asset.macs, identity.mac), ips=_formed(asset.ips, identity.ip),
        hosts=_formed(asset.hosts, identity.host), serials=asset.serials, cloud_ids=asset.cloud_ids,
        zones=tuple(sorted(asset.all_zones())), unit=asset.unit, count=asset.count,
        says=tuple((word, value) for word in _SAYS if (value := getattr(asset, word))),
    )  # fmt: skip


def ranges_of(zones: Iterable[f.Zone]) -> Iterator[Range]:
    """The ranges of all zones."""
    for zone in zones:
        for cidr in zone.ranges:
            yield Range(cidr=cidr, zone=zone.id, kind=zone.kind, use=zone.addresses)


def _formed(written: Iterable[str], form: Callable[[str], str | None]) -> tuple[str, ...]:
    return tuple(sorted({found for one in written if (found := form(one))}))
