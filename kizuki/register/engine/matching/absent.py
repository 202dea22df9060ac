"""The other way round: what became of each asset, and whether anybody looked for those that were not seen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from kizuki.register.engine.matching.group import Groups
from kizuki.register.engine.matching.result import AssetSeen, Device, Known, Reason
from kizuki.register.engine.matching.rules import cloud_of

_HEAD = re.compile(r"[^a-z0-9]*[a-z]*")


class Lookouts:
    """Which kinds of source looked into which zones since a time. `network`: those that see whatever is there, not only what
    reports to them or asks them for an address. `clouds`: heads of the cloud ids that were listed."""

    def __init__(self, groups: Groups, since: int) -> None:
        self.any: dict[str | None, set[str]] = defaultdict(set)
        self.network: dict[str | None, set[str]] = defaultdict(set)
        self.clouds: dict[str, set[str]] = defaultdict(set)
        for n, trace in enumerate(groups.traces):
            if trace.stays[-1][1] < since:
                continue
            if trace.cloud_id:
                self.clouds[_head(trace.cloud_id)].add(trace.source)
            self.any[groups.zones[n]].add(trace.source)
            own_account = trace.serial or trace.cloud_id or trace.source.startswith("dhcp")
            if not own_account and (trace.mac or (trace.ips and not trace.hosts)):
                self.network[groups.zones[n]].add(trace.source)


def absent(assets: Sequence[Known], devices: Sequence[Device], groups: Groups, since: int) -> Iterable[AssetSeen]:
    """What became of each asset; `since`: what was not seen after it is missing."""
    lookouts = Lookouts(groups, since)
    are: dict[str, list[Device]] = defaultdict(list)
    maybe: dict[str, list[Device]] = defaultdict(list)
    for device in devices:
        if device.asset is not None:
            are[device.asset].append(device)
        for id in (*device.assets, *((device.near.asset,) if device.near and device.near.points > 0 else ())):
            maybe[id].append(device)
    for asset in assets:
        own, doubtful = are.get(asset.id, []), [d for d in maybe.get(asset.id, ()) if d.last >= since]
        last = max((device.last for device in own), default=None)
        ids = tuple(device.id for device in own)
        if last is not None and last >= since:
            yield AssetSeen(asset.id, "seen", ids, last)
        elif doubtful:
            yield AssetSeen(asset.id, "unclear", tuple(device.id for device in doubtful), last)
        elif own and last is not None:
            yield _lost(asset, own, last, lookouts)
        else:
            yield _never(asset, lookouts)


def _lost(asset: Known, own: Sequence[Device], last: int, lookouts: Lookouts) -> AssetSeen:
    """Gone if a source that saw it, or one that sees all, still looks where it was or belongs."""
    zones = sorted({*asset.zones, *(zone for device in own for zone in device.zones)})
    sources = {source for device in own for source in device.sources}
    ids, seen = tuple(device.id for device in own), Reason("last-seen", (str(last),))
    looking = [
        Reason("seen-by", (source, zone))
        for zone in zones
        for source in sorted((lookouts.any.get(zone, set()) & sources) | lookouts.network.get(zone, set()))
    ]
    looking += _clouds(asset, lookouts)
    if looking:
        return AssetSeen(asset.id, "gone", ids, last, (seen, *looking))
    return AssetSeen(asset.id, "not looked for", ids, last, (seen, *(Reason("no-source", (zone,)) for zone in zones)))


def _never(asset: Known, lookouts: Lookouts) -> AssetSeen:
    """Gone if it could be recognised, and a source that sees all looks into a zone of it."""
    if not (asset.macs or asset.ips or asset.hosts or asset.serials or asset.cloud_ids):
        return AssetSeen(asset.id, "not looked for", reasons=(Reason("no-identifier"),))
    looking = list(_clouds(asset, lookouts))
    if asset.macs or asset.ips or asset.hosts:
        zones = sorted(set(asset.zones))
        looking += [
            Reason("seen-by", (source, zone)) for zone in zones for source in sorted(lookouts.network.get(zone, ()))
        ]
    if looking:
        return AssetSeen(asset.id, "gone", reasons=(Reason("never-seen"), *looking))
    why = tuple(Reason("no-source", (zone,)) for zone in sorted(set(asset.zones))) or (Reason("no-zone"),)
    return AssetSeen(asset.id, "not looked for", reasons=why)


def _clouds(asset: Known, lookouts: Lookouts) -> Iterable[Reason]:
    """Sources that list cloud ids of the same make."""
    heads = sorted({_head(cloud) for written in asset.cloud_ids if (cloud := cloud_of(written))})
    return [Reason("seen-by", (source, head)) for head in heads for source in sorted(lookouts.clouds.get(head, ()))]


def _head(cloud_id: str) -> str:
    """How ids of one provider begin: arn, /subscriptions, //compute."""
    found = _HEAD.match(cloud_id)
    return found.group() if found else ""
