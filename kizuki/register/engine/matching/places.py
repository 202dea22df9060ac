"""Where an address lies, and what is known by knowing it."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from kizuki.register.engine.matching.result import Range, Trace, Use
from kizuki.register.engine.matching.rules import HEARSAY, HOUR, MANY_NAMES, label_of

#: An address in a zone (None: nobody says in which).
Spot: TypeAlias = tuple[str, str | None]


class Places:
    """The ranges, and after `judge` the use of each. Raises ValueError for a range that is none."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        self.ranges = sorted(ranges, key=lambda r: (r.cidr, r.zone, r.kind or "", r.use or ""))
        self._nets: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for n, one in enumerate(self.ranges):
            net = ipaddress.ip_network(one.cidr, strict=False)
            shift = net.max_prefixlen - net.prefixlen
            self._nets[net.version, shift][int(net.network_address) >> shift].append(n)
        self._order = sorted(self._nets, key=lambda key: key[1])
        self._found: dict[Spot, tuple[str | None, int]] = {}
        self._uses: list[Use | None] = [one.use for one in self.ranges]
        self._told: dict[Spot, Use] = {}
        self.translated: set[Spot] = set()
        #: For each trace that was judged by, its addresses with zone and number of the range.
        self.spots: list[tuple[tuple[str, str | None, int], ...]] = []

    def of(self, ip: str, zone: str | None) -> tuple[str | None, int]:
        """Zone and number of the range of an address that was seen by a source in `zone`; -1 where no range holds it, or
        several do and none is of that zone."""
        spot = (ip, zone)
        if (found := self._found.get(spot)) is None:
            found = self._found[spot] = self._look(ip, zone)
        return found

    def _look(self, ip: str, zone: str | None) -> tuple[str | None, int]:
        number, version = _number(ip)
        for key in self._order:
            if key[0] == version and (holding := self._nets[key].get(number >> key[1])):
                named = [n for n in holding if self.ranges[n].zone == zone] or holding
                if len({self.ranges[n].zone for n in named}) > 1:
                    return zone, -1
                return self.ranges[named[0]].zone, named[0]
        return zone, -1

    def use(self, ip: str, zone: str | None) -> Use:
        """The use of an address; leased (it proves nothing for long) where no range tells. Only once it is judged."""
        if (use := self._told.get((ip, zone))) is None:
            place, n = self.of(ip, zone)
            use = "translated" if (ip, place) in self.translated else (self._uses[n] if n >= 0 else None) or "leased"
            self._told[ip, zone] = use
        return use

    def judge(self, traces: Sequence[Trace]) -> None:
        """Settle the use of ranges that do not state it, by what was seen in them: leased if a DHCP server gave out an
        address or at least two addresses (and one in twenty) had several holders; else fixed. IPv6 only by statement.
        An address under which many names or things were seen within an hour is translated, whatever its range says."""
        macs: dict[Spot, set[str]] = defaultdict(set)
        leased: set[int] = set()
        named: dict[Spot, int] = {}
        same: dict[tuple[tuple[str, ...], str | None], tuple[tuple[str, str | None, int], ...]] = {}
        for trace in traces:
            if (spots := same.get((trace.ips, trace.zone))) is None:
                spots = same[trace.ips, trace.zone] = tuple([(ip, *self.of(ip, trace.zone)) for ip in trace.ips])
            self.spots.append(spots)
            tells = _tells(trace)
            for ip, zone, n in spots:
                if trace.source.startswith("dhcp"):
                    leased.add(n)
                if trace.mac and n >= 0 and self._uses[n] is None:
                    macs[ip, zone].add(trace.mac)
                if tells:
                    named[ip, zone] = named.get((ip, zone), 0) + 1
        several, all_of = [0] * len(self.ranges), [0] * len(self.ranges)
        for spot, holders in macs.items():
            n = self.of(*spot)[1]
            all_of[n] += 1
            several[n] += len(holders) > 1
        for n, use in enumerate(self._uses):
            churns = several[n] >= 2 and several[n] * 20 >= all_of[n]
            if use is None:
                self._uses[n] = "leased" if n in leased or churns or ":" in self.ranges[n].cidr else "fixed"
        things: dict[Spot, list[Trace]] = {spot: [] for spot, n in named.items() if n > MANY_NAMES}
        for trace, spots in zip(traces, self.spots, strict=True):
            for ip, zone, _ in spots:
                if (ip, zone) in things and _tells(trace):
                    things[ip, zone].append(trace)
        self.translated = {spot for spot, seen in things.items() if _many(seen)}


def _tells(trace: Trace) -> bool:
    """Whether a trace tells which thing was at its addresses; names that are only read in DNS may be many of one thing."""
    return bool(trace.serial or trace.cloud_id or (trace.hosts and trace.source not in HEARSAY))


def _number(ip: str) -> tuple[int, int]:
    """An address as a number, and its version. Raises ValueError for what is none."""
    if ":" in ip:
        return int(ipaddress.IPv6Address(ip)), 6
    return int(ipaddress.IPv4Address(ip)), 4


def _many(traces: Sequence[Trace]) -> bool:
    """Whether more than `MANY_NAMES` things were seen within an hour of each other, each by its strongest name."""
    stays: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for trace in traces:
        stays[trace.serial or trace.cloud_id or label_of(trace.hosts[0])] += trace.stays
    return depth(stays) > MANY_NAMES


def depth(stays: dict[str, list[tuple[int, int]]]) -> int:
    """How many of the keys are there at once at most, each staying for an hour after it was last seen."""
    if len(stays) < 2:
        return len(stays)
    turns = sorted(
        turn
        for key, listed in stays.items()
        for start, end in listed
        for turn in ((start, 0, key), (end + HOUR, 1, key))
    )
    here: dict[str, int] = defaultdict(int)
    present = most = 0
    for _, leaves, key in turns:
        if leaves:
            here[key] -= 1
            present -= here[key] == 0
        else:
            present += here[key] == 0
            here[key] += 1
            most = max(most, present)
    return most
