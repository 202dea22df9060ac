"""The register by its identifiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kizuki.register.engine.matching.places import Places
from kizuki.register.engine.matching.result import Conflict, Known, Reason
from kizuki.register.engine.matching.rules import cloud_of, host_kind, label_of, mac_kind, serial_of


class Owners:
    """Which assets (by number, in the order of their ids) have an identifier. Call `fix` once the ranges' use is settled. Raises
    ValueError if an id stands twice."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.assets: Sequence[Known] = sorted(known, key=lambda asset: asset.id)
        if len({asset.id for asset in self.assets}) < len(self.assets):
            raise ValueError("an id of an asset is given twice; every id stands once")
        self.macs: dict[str, list[int]] = defaultdict(list)
        self.serials: dict[str, list[int]] = defaultdict(list)
        self.clouds: dict[str, list[int]] = defaultdict(list)
        self.names: dict[str, list[int]] = defaultdict(list)
        self.ips: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        self._domains = self._ambiguous()
        for n, asset in enumerate(self.assets):
            self._enter(n, asset)

    def _ambiguous(self) -> set[str]:
        """Labels that assets bear in different domains (www, mail): there only the whole name tells."""
        bearers: dict[str, set[tuple[int, str]]] = defaultdict(set)
        for n, asset in enumerate(self.assets):
            for host in asset.hosts:
                if "." in host:
                    bearers[label_of(host)].add((n, host))
        return {
            label for label, by in bearers.items() if len({n for n, _ in by}) > 1 and len({host for _, host in by}) > 1
        }

    def _enter(self, n: int, asset: Known) -> None:
        for mac in sorted(set(asset.macs)):
            self.macs[mac].append(n)
        for serial in sorted({s for written in asset.serials if (s := serial_of(written))}):
            self.serials[serial].append(n)
        for cloud in sorted({c for written in asset.cloud_ids if (c := cloud_of(written))}):
            self.clouds[cloud].append(n)
        for name in sorted({key for host in asset.hosts if (key := self.name(host))}):
            self.names[name].append(n)

    def name(self, host: str) -> str | None:
        """The name by which a host is known: its label, or all of it where the register has the label in several domains.
        None if it says only what the thing is."""
        label = label_of(host)
        if host_kind(label) == "generic":
            return None
        if label in self._domains:
            return host if label != host else None
        return label

    def fix(self, places: Places) -> None:
        """Enter the addresses that identify: those in fixed ranges, in each zone where the asset may be."""
        for n, asset in enumerate(self.assets):
            for ip in asset.ips:
                spots = {(ip, places.of(ip, zone)[0]) for zone in asset.zones or (None,)}
                for spot in sorted(spots, key=str):
                    if places.use(*spot) == "fixed":
                        self.ips[spot].append(n)

    def conflicts(self) -> Iterable[Conflict]:
        """Identifiers that several assets have, although each belongs to one thing."""
        for kind, index in (("mac", self.macs), ("serial", self.serials), ("cloud-id", self.clouds)):
            for value, owners in sorted(index.items()):
                if len(owners) > 1 and not (kind == "mac" and mac_kind(value) in ("router", "container")):
                    ids = tuple(self.assets[n].id for n in owners)
                    yield Conflict(Reason("shared-in-register", (kind, value, *ids)), assets=ids)
