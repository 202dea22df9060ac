"""Traces grouped to things: first by what a thing has of its own, then by names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from kizuki.register.engine.matching.links import Links, Node
from kizuki.register.engine.matching.owners import Owners
from kizuki.register.engine.matching.places import Places, Spot, depth
from kizuki.register.engine.matching.result import Trace
from kizuki.register.engine.matching.rules import (
    HEARSAY,
    MANY_ADDRESSES,
    MANY_UNITS,
    SLACK,
    host_kind,
    label_of,
    mac_kind,
)

#: Kinds of hardware address of which a thing has one in a network at a time, so that two at once are two things.
_ONE_EACH = ("virtual", "assigned", "random")


class Groups:
    """The state of grouping. `unit`: for each trace the number of an identifier of its thing, -1 while it has none."""

    def __init__(self, traces: Sequence[Trace], places: Places, owners: Owners) -> None:
        self.traces, self.places, self.owners = traces, places, owners
        self.links = Links()
        self.zones: list[str | None] = []
        self.spots: list[tuple[Spot, ...]] = []
        self.names: list[tuple[str, ...]] = []
        self.hints: dict[int, tuple[str, ...]] = {}
        self._lies: dict[object, tuple[str | None, tuple[Spot, ...]]] = {}
        for trace, found in zip(traces, places.spots, strict=True):
            self._prepare(trace, found)
        self._doubt_hearsay()
        self.relays = self._relays()
        self.void = self._void_serials()
        self.core = [self._core(trace) for trace in traces]
        self.mac_at = [self._mac_node(n) for n in range(len(traces))]
        self._register_cores()
        self.carried: set[Node] = set()
        self._find_carried()
        self.unit = [self._unit(n) for n in range(len(traces))]
        self.shared: set[str] = set()
        self._sole: list[tuple[int, int]] = []
        self._owned_to = 0
        self.bearers = self._bearers()
        self._join_names()
        self._join_addresses()
        self._join_register()

    def _prepare(self, trace: Trace, found: Sequence[tuple[str, str | None, int]]) -> None:
        """Where a trace lies, and the names in it that tell something."""
        if (place := self._lies.get((found, trace.zone))) is None:
            placed = [one for one in found if not one[0].startswith(("fe80:", "169.254."))]
            inside = {zone for ip, zone, n in placed if n >= 0 and (ip, zone) not in self.places.translated}
            zone = trace.zone if not inside or trace.zone in inside else min(inside, key=str)
            place = self._lies[found, trace.zone] = zone, tuple([(ip, lies) for ip, lies, _ in placed])
        self.zones.append(place[0])
        self.spots.append(place[1])
        names = {key for host in trace.hosts if (key := self.owners.name(host))} if trace.hosts else ()
        self.names.append(tuple(sorted(names)) if len(names) > 1 else tuple(names))

    def _doubt_hearsay(self) -> None:
        """A name that a scan read in DNS at an address that is not fixed may be the last holder's: it is dropped where a
        thing told it of itself, unless with the same hardware address. For a trace without anything else it stays a hint."""
        told: dict[str, set[str | None]] = defaultdict(set)
        doubtful = []
        for n, trace in enumerate(self.traces):
            if not self.names[n]:
                continue
            if trace.source in HEARSAY and any(self.places.use(*spot) != "fixed" for spot in self.spots[n]):
                doubtful.append(n)
            else:
                for name in self.names[n]:
                    told[name].add(trace.mac)
        for n in doubtful:
            mac = self.traces[n].mac
            kept = tuple(name for name in self.names[n] if name not in told or (mac and mac in told[name]))
            if kept != self.names[n] and mac is None:
                self.hints[n] = self.names[n]
            self.names[n] = kept

    # ── what a thing has of its own ──

    def _relays(self) -> set[str]:
        """Hardware addresses that stand for many IPv4 addresses of a zone at a time: routers answering for others."""
        found: dict[tuple[str, str | None], set[str]] = {}
        first: dict[tuple[str, str | None], str] = {}
        for n, trace in enumerate(self.traces):
            if trace.mac:
                for ip, zone in self.spots[n]:
                    if first.setdefault(key := (trace.mac, zone), ip) != ip and ":" not in ip:
                        found.setdefault(key, {first[key]}).add(ip)
        many = {key for key, ips in found.items() if len(ips) >= MANY_ADDRESSES and mac_kind(key[0]) != "router"}
        stays: dict[tuple[str, str | None], dict[str, list[tuple[int, int]]]] = {key: defaultdict(list) for key in many}
        for n, trace in enumerate(self.traces):
            for ip, zone in self.spots[n] if trace.mac else ():
                if (key := (trace.mac or "", zone)) in many and ":" not in ip:
                    stays[key][ip] += trace.stays
        own = {
            mac: max((len(self.owners.assets[n].ips) for n in self.owners.macs.get(mac, ())), default=0)
            for mac, _ in many
        }
        return {key[0] for key in many if depth(stays[key]) > max(MANY_ADDRESSES, own[key[0]])}

    def _void_serials(self) -> set[str]:
        """Serial numbers under several cloud ids: copied with a machine's image."""
        clouds: dict[str, set[str]] = defaultdict(set)
        for trace in self.traces:
            if trace.serial and trace.cloud_id:
                clouds[trace.serial].add(trace.cloud_id)
        return {serial for serial, ids in clouds.items() if len(ids) > 1}

    def _core(self, trace: Trace) -> int:
        """The number of a trace's serial number and cloud id, which are joined; -1 if it has neither."""
        numbers = []
        if trace.cloud_id:
            numbers.append(self.links.number(("cloud", trace.cloud_id)))
        if trace.serial and trace.serial not in self.void:
            numbers.append(self.links.number(("serial", trace.serial)))
        self.links.join(numbers)
        return numbers[0] if numbers else -1

    def _mac_node(self, n: int) -> int:
        """The number of a trace's hardware address; -1 if it has none that identifies. Those that are not unique in the world
        are told apart by zone."""
        mac = self.traces[n].mac
        kind = mac_kind(mac) if mac else "container"
        if mac is None or kind == "container" or (mac in self.relays and not self._is_own(n, mac)):
            return -1
        if kind in ("universal", "virtual"):
            return self.links.number(("mac", mac))
        return self.links.number(("router" if kind == "router" else "mac", mac, self.zones[n] or ""))

    def _is_own(self, n: int, mac: str) -> bool:
        """Whether a trace of a relay's address is of the relay itself, as the register tells."""
        for asset in self.owners.macs.get(mac, ()):
            if any(asset in self.owners.names.get(name, ()) for name in self.names[n]):
                return True
            if any(ip in self.owners.assets[asset].ips for ip, _ in self.spots[n]):
                return True
        return False

    def _register_cores(self) -> None:
        """What the register says has several serial numbers or cloud ids is one thing all the same."""
        for n, asset in enumerate(self.owners.assets):
            if asset.count == 1 and len(asset.serials) + len(asset.cloud_ids) > 1:
                nodes = [("serial", key) for key in asset.serials if self.owners.serials.get(key) == [n]]
                nodes += [("cloud", key) for key in asset.cloud_ids if self.owners.clouds.get(key) == [n]]
                self.links.join(self.links.numbers[node] for node in nodes if node in self.links.numbers)

    # ── hardware addresses that go from machine to machine ──

    def _find_carried(self) -> None:
        """Hardware addresses under several things, or under names of different machines, are carried; the others join the
        thing that has them."""
        cores: dict[int, set[int]] = defaultdict(set)
        named: dict[int, set[str]] = defaultdict(set)
        under: dict[str, set[int]] = defaultdict(set)
        for n, node in enumerate(self.mac_at):
            mac = -1 if node >= 0 and self.is_router(node) else node
            core = self.links.root(self.core[n]) if self.core[n] >= 0 else -1
            if mac >= 0 and core >= 0:
                cores[mac].add(core)
            for name in self.names[n]:
                under[name].update(x for x in (mac, core) if x >= 0)
                if mac >= 0:
                    named[mac].add(name)
        carried = {mac for mac, found in cores.items() if len(found) > 1}
        for mac, names in named.items():
            if len(names) > 1 and self._different(names, under):
                carried.add(mac)
        self.carried = {self.links.nodes[mac] for mac in carried}
        for mac, found in cores.items():
            if mac not in carried:
                self.links.join((mac, *found))

    def _different(self, names: set[str], under: dict[str, set[int]]) -> bool:
        """Whether some of the names are of different machines: assets of their own, or each with an interface or a serial
        number that the other never had."""
        if len(names) > 2 * MANY_UNITS:
            return True
        for one, other in combinations(sorted(names), 2):
            first, second = self.owners.names.get(one, ()), self.owners.names.get(other, ())
            if first and second and not set(first) & set(second):
                return True
            if under[one] - under[other] and under[other] - under[one]:
                return True
        return False

    def _unit(self, n: int) -> int:
        if self.core[n] >= 0:
            return self.core[n]
        mac = self.mac_at[n]
        return -1 if mac < 0 or self.links.nodes[mac] in self.carried else mac

    # ── names ──

    def is_router(self, unit: int) -> bool:
        return self.links.nodes[unit][0] == "router"

    def _bearers(self) -> dict[str, list[int]]:
        """The roots of the things under each name, before names join anything."""
        found: dict[str, set[int]] = defaultdict(set)
        for n, unit in enumerate(self.unit):
            if unit >= 0 and self.names[n] and not self.is_router(unit):
                root = self.links.root(unit)
                for name in self.names[n]:
                    found[name].add(root)
        return {name: sorted(roots) for name, roots in sorted(found.items())}

    def _join_names(self) -> None:
        """A name joins the things that bear it unless they are clearly several."""
        wanted = {root for roots in self.bearers.values() if len(roots) > 1 for root in roots}
        when = self._when(wanted)
        owner = self._owned()
        cores = {self.links.root(core) for core in self.core if core >= 0}
        self.shared = {
            name
            for name, roots in self.bearers.items()
            if len(roots) > 1 and self._is_shared(name, roots, when, owner, cores)
        }
        for name, roots in self.bearers.items():
            if name not in self.shared:
                self.links.join((*roots, self.links.number(("name", name))))

    def _when(self, wanted: set[int]) -> dict[int, dict[str | None, list[int]]]:
        """From when to when each of these things was seen in each zone, where a thing has one hardware address there at a time."""
        found: dict[int, dict[str | None, list[int]]] = defaultdict(dict)
        for n, unit in enumerate(self.unit):
            if unit < 0 or (root := self.links.root(unit)) not in wanted:
                continue
            mac = self.traces[n].mac
            if mac and mac_kind(mac) in _ONE_EACH:
                stays = self.traces[n].stays
                span = found[root].setdefault(self.zones[n], [stays[0][0], stays[-1][1]])
                span[0], span[1] = min(span[0], stays[0][0]), max(span[1], stays[-1][1])
        return found

    def _owned(self) -> dict[int, set[int]]:
        """The assets that have the identifiers of each thing, where these are the asset's alone."""
        found: dict[int, set[int]] = defaultdict(set)
        nodes = self.links.nodes
        for number in range(self._owned_to, len(nodes)):
            if nodes[number] not in self.carried and len(owners := self._owners_of(nodes[number])) == 1:
                self._sole.append((number, owners[0]))
        self._owned_to = len(nodes)
        for number, owner in self._sole:
            found[self.links.root(number)].add(owner)
        return found

    def _owners_of(self, node: Node) -> Sequence[int]:
        kind, value = node[:2]
        if kind == "mac":
            zone = node[2] if len(node) > 2 else None
            return [
                n
                for n in self.owners.macs.get(value, ())
                if zone is None or zone in (self.owners.assets[n].zones or (zone,))
            ]
        index = {"serial": self.owners.serials, "cloud": self.owners.clouds, "name": self.owners.names}.get(kind)
        return index.get(value, ()) if index is not None else ()

    def _is_shared(
        self,
        name: str,
        roots: Sequence[int],
        when: dict[int, dict[str | None, list[int]]],
        owner: dict[int, set[int]],
        cores: set[int],
    ) -> bool:
        """Whether the things under a name are several: two serial numbers, two assets, too many, or two in one network at a
        time that each would have one address there."""
        if sum(root in cores for root in roots) > 1 or len({n for root in roots for n in owner.get(root, ())}) > 1:
            return True
        most = 2 if host_kind(label_of(name)) == "default" else MANY_UNITS
        if sum(self._lasts(root) for root in roots) > most:
            return True
        spans: dict[str | None, list[list[int]]] = defaultdict(list)
        for root in roots:
            for zone, span in when.get(root, {}).items():
                spans[zone].append(span)
        return any(map(_overlap, spans.values()))

    def _lasts(self, root: int) -> bool:
        """Whether a thing has more than an address that it made up for a network, of which it may have had many."""
        node = self.links.nodes[root]
        return node[0] != "mac" or mac_kind(node[1]) != "random"

    def _join_addresses(self) -> None:
        """Two hardware addresses that take turns at one fixed IP address are one machine's (bonding, failover), unless they
        have different names, or the register knows better."""
        found: dict[Spot, dict[int, list[int]]] = defaultdict(dict)
        names: dict[int, set[str]] = defaultdict(set)
        for n, unit in enumerate(self.unit):
            if unit < 0 or self.traces[n].mac is None:
                continue
            root = self.links.root(unit)
            if self.names[n]:
                names[root].update(self.names[n])
            for spot in self.spots[n]:
                if self.places.use(*spot) == "fixed" and not self.is_router(unit):
                    stays = self.traces[n].stays
                    span = found[spot].setdefault(root, [stays[0][0], stays[-1][1]])
                    span[0], span[1] = min(span[0], stays[0][0]), max(span[1], stays[-1][1])
        owner, pairs = self._owned(), []
        for spans in found.values():
            if len(spans) == 2 and _overlap(spans.values()):
                one, other = sorted(spans)
                named = names[one] and names[other] and not names[one] & names[other]
                if not named and len(owner.get(one, set()) | owner.get(other, set())) < 2:
                    pairs.append((one, other))
        for pair in pairs:
            self.links.join(pair)

    def _join_register(self) -> None:
        """What the register lists at one machine is joined, unless a thing also has what another asset has."""
        owned = self._owned()
        roots: dict[int, list[int]] = defaultdict(list)
        for root, assets in owned.items():
            if len(assets) == 1:
                roots[next(iter(assets))].append(root)
        cores = {self.links.root(core) for core in self.core if core >= 0}
        for asset, listed in sorted(roots.items()):
            if self.owners.assets[asset].count == 1 and sum(root in cores for root in listed) < 2:
                self.links.join(listed)


def _overlap(spans: Iterable[list[int]]) -> bool:
    """Whether two of them have more than `SLACK` seconds in common."""
    end: int | None = None
    for start, stop in sorted(spans):
        if end is not None and min(end, stop) - start > SLACK:
            return True
        end = stop if end is None else max(end, stop)
    return False
