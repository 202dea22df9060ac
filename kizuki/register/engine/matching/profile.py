"""All that is known of one thing, gathered from its traces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kizuki.register.engine.matching.group import Groups
from kizuki.register.engine.matching.links import Node
from kizuki.register.engine.matching.places import Spot
from kizuki.register.engine.matching.rules import GAP, mac_kind

#: A trace's number, and which of its stays (None: all).
Piece = tuple[int, int | None]


class Profile:
    """`macs`: with the zones in which each was seen. `spots`, `zones`, `late_names`: of its last hours (`GAP`)."""

    __slots__ = (
        "_own", "clouds", "doubtful", "first", "hosts", "last", "late_names", "macs", "names", "node", "pieces", "says", "seen",
        "serials", "sources", "spots", "zone", "zones",
    )  # fmt: skip

    def __init__(self, groups: Groups, pieces: Sequence[Piece], node: Node, doubtful: bool) -> None:
        self.pieces, self.node, self.doubtful = pieces, node, doubtful
        self.macs: dict[str, set[str | None]] = defaultdict(set)
        self.serials: set[str] = set()
        self.clouds: set[str] = set()
        self.hosts: set[str] = set()
        self.names: set[str] = set()
        self.late_names: set[str] = set()
        self.spots: set[Spot] = set()
        self.zones: set[str] = set()
        self.sources: set[str] = set()
        self.says: dict[str, dict[str, tuple[int, tuple[str, ...]]]] = defaultdict(dict)
        self.seen = 0
        self._own: list[str] | None = None
        ends = [self._gather(groups, n, stay) for n, stay in self.pieces]
        self.first, self.last = min(first for first, _ in ends), max(last for _, last in ends)
        self._look_at_end(groups, ends)

    def _gather(self, groups: Groups, n: int, stay: int | None) -> tuple[int, int]:
        trace = groups.traces[n]
        if trace.mac and (trace.mac not in groups.relays or groups.mac_at[n] >= 0):
            self.macs[trace.mac].add(groups.zones[n])
        if trace.serial and trace.serial not in groups.void:
            self.serials.add(trace.serial)
        if trace.cloud_id:
            self.clouds.add(trace.cloud_id)
        if trace.hosts:
            self.hosts.update(trace.hosts)
            self.names.update(groups.names[n])
        self.sources.add(trace.source)
        self.seen += trace.seen if stay is None else 1
        for said in trace.says:
            heard = self.says[said.word]
            heard[trace.source] = max(heard.get(trace.source, (said.at, said.values)), (said.at, said.values))
        return (trace.stays[0][0], trace.stays[-1][1]) if stay is None else trace.stays[stay]

    def _look_at_end(self, groups: Groups, ends: Sequence[tuple[int, int]]) -> None:
        since = self.last - GAP
        latest: tuple[int, str] | None = None
        for (n, _), (_, last) in zip(self.pieces, ends, strict=True):
            if last < since:
                continue
            if groups.spots[n]:
                self.spots.update(groups.spots[n])
            if groups.names[n]:
                self.late_names.update(groups.names[n])
            if (zone := groups.zones[n]) is not None:
                self.zones.add(zone)
                latest = max(latest or (last, zone), (last, zone))
        self.zone = latest[1] if latest else None

    def universal_macs(self, groups: Groups) -> list[str]:
        """Hardware addresses that are this thing's own, in order."""
        if self._own is None:
            self._own = sorted(
                mac
                for mac in self.macs
                if mac_kind(mac) in ("universal", "virtual")
                and ("mac", mac) not in groups.carried
                and mac not in groups.relays
            )
        return self._own

    def id(self) -> str:
        """The strongest identifier: the same from day to day while the thing has it."""
        return ":".join(part for part in self.node if part)
