"""First half of the plain reference (`matching_reference`): what was said, where, and what belongs together."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from kizuki.register.engine.matching import Known, Range, rules
from kizuki.register.engine.matching.rules import GAP, SHORT_GAP, SLACK, host_kind, label_of, mac_kind
from kizuki.register.engine.observation import Observation

Token = tuple[str, ...]
Spot = tuple[str, str | None]
HOUR = 3600


@dataclass
class Saying:
    """All observations that say the same."""

    source: str
    mac: str | None
    serial: str | None
    cloud: str | None
    said_zone: str | None
    ips: tuple[str, ...]
    hosts: tuple[str, ...]
    times: list[int] = field(default_factory=list)
    zone: str | None = None
    spots: list[Spot] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    hint: str | None = None
    core: Token | None = None
    mac_token: Token | None = None
    unit: Token | None = None
    placed: list[Token] = field(default_factory=list)

    def stays(self) -> list[tuple[int, int]]:
        gap = GAP if self.mac or self.serial or self.cloud else SHORT_GAP
        made: list[tuple[int, int]] = []
        for at in sorted(self.times):
            if made and at - made[-1][1] <= gap:
                made[-1] = (made[-1][0], at)
            else:
                made.append((at, at))
        return made

    def span(self) -> tuple[int, int]:
        return min(self.times), max(self.times)


class Partition:
    def __init__(self) -> None:
        self.sets: list[set[Token]] = []

    def of(self, token: Token) -> set[Token]:
        for one in self.sets:
            if token in one:
                return one
        self.sets.append({token})
        return self.sets[-1]

    def join(self, *tokens: Token) -> None:
        found: list[set[Token]] = []
        for token in tokens:
            if self.of(token) not in found:
                found.append(self.of(token))
        if len(found) > 1:
            self.sets = [one for one in self.sets if one not in found]
            self.sets.append(set().union(*found))

    def key(self, token: Token) -> frozenset[Token]:
        return frozenset(self.of(token))


def together(spans: list[tuple[int, int]]) -> int:
    """The longest time that two of them have in common."""
    return max((min(a[1], b[1]) - max(a[0], b[0]) for n, a in enumerate(spans) for b in spans[n + 1 :]), default=-1)


def most_at_once(stays: dict[str, list[tuple[int, int]]]) -> int:
    times = [first for listed in stays.values() for first, _ in listed]
    return max((sum(any(a <= t <= b + HOUR for a, b in listed) for listed in stays.values()) for t in times), default=0)


class Grouped:
    """Sayings and the groups of identifiers that belong to one thing."""

    def __init__(self, known: list[Known], ranges: list[Range], observations: list[Observation]) -> None:
        self.assets = sorted(known, key=lambda a: a.id)
        self.ranges = ranges
        self._uses: dict[Spot, str] = {}
        self.sayings: list[Saying] = []
        self.which = [self._say(one) for one in observations]
        self._places()
        self._names()
        self.groups = Partition()
        self._cores()
        self._macs()
        self._join_names()
        self._join_addresses()
        self._join_register()

    def _say(self, one: Observation) -> Saying:
        mac = one.mac or next((m for ip in sorted(set(one.ips)) if (m := rules.mac_within(ip))), None)
        new = Saying(
            one.source.split(":")[0], mac, rules.serial_of(one.serial) if one.serial else None,
            rules.cloud_of(one.cloud_id) if one.cloud_id else None, one.zone, tuple(sorted(set(one.ips))),
            tuple(sorted(set(one.hosts))),
        )  # fmt: skip
        for old in self.sayings:
            if vars(old) | {"times": []} == vars(new):
                new = old
                break
        else:
            self.sayings.append(new)
        new.times.append(int(one.at.timestamp()))
        return new

    # ── places ──

    def lies(self, ip: str, zone: str | None) -> tuple[str | None, Range | None]:
        address = ipaddress.ip_address(ip)
        holding = [(ipaddress.ip_network(r.cidr, strict=False), r) for r in self.ranges]
        holding = [(net, r) for net, r in holding if net.version == address.version and address in net]
        longest = max((net.prefixlen for net, _ in holding), default=0)
        tight = [r for net, r in holding if net.prefixlen == longest]
        tight = [r for r in tight if r.zone == zone] or tight
        if len({r.zone for r in tight}) != 1:
            return zone, None
        tight.sort(key=lambda r: (r.cidr, r.zone, r.kind or "", r.use or ""))
        return tight[0].zone, tight[0]

    def _places(self) -> None:
        for s in self.sayings:
            s.spots = [(ip, self.lies(ip, s.said_zone)[0]) for ip in s.ips]
        spots = {spot for s in self.sayings for spot in s.spots}
        self.translated = {spot for spot in spots if self._many_under(spot) > rules.MANY_NAMES}
        for s in self.sayings:
            s.spots = [spot for spot in s.spots if not spot[0].startswith(("fe80:", "169.254."))]
            inside = {z for ip, z in s.spots if self.lies(ip, s.said_zone)[1] and (ip, z) not in self.translated}
            s.zone = s.said_zone if not inside or s.said_zone in inside else min(inside, key=str)

    def _many_under(self, spot: Spot) -> int:
        stays: dict[str, list[tuple[int, int]]] = {}
        for s in self.sayings:
            if spot in s.spots and (s.serial or s.cloud or (s.hosts and s.source not in rules.HEARSAY)):
                stays.setdefault(s.serial or s.cloud or label_of(s.hosts[0]), []).extend(s.stays())
        return most_at_once(stays)

    def use(self, spot: Spot) -> str:
        if spot not in self._uses:
            self._uses[spot] = self._use(spot)
        return self._uses[spot]

    def _use(self, spot: Spot) -> str:
        if spot in self.translated:
            return "translated"
        _, r = self.lies(*spot)
        if r is None:
            return "leased"
        if r.use:
            return r.use
        macs: dict[Spot, set[str]] = {}
        for s in self.sayings:
            for ip in s.ips:
                zone, lying = self.lies(ip, s.said_zone)
                if lying is r:
                    if s.source.startswith("dhcp"):
                        return "leased"
                    if s.mac:
                        macs.setdefault((ip, zone), set()).add(s.mac)
        several = sum(len(those) > 1 for those in macs.values())
        return "leased" if ":" in r.cidr or (several >= 2 and several * 20 >= len(macs)) else "fixed"

    # ── names ──

    def name(self, host: str) -> str | None:
        label = label_of(host)
        if host_kind(label) == "generic":
            return None
        full = [(a.id, h) for a in self.assets for h in a.hosts if label_of(h) == label and "." in h]
        if len({id for id, _ in full}) > 1 and len({h for _, h in full}) > 1:
            return host if "." in host else None
        return label

    def names_of(self, asset: Known) -> set[str]:
        return {name for host in asset.hosts if (name := self.name(host))}

    def _names(self) -> None:
        for s in self.sayings:
            s.names = sorted({name for host in s.hosts if (name := self.name(host))})
        doubtful = [
            s for s in self.sayings if s.source in rules.HEARSAY and any(self.use(spot) != "fixed" for spot in s.spots)
        ]
        told = {(name, s.mac) for s in self.sayings if s not in doubtful for name in s.names}
        for s in doubtful:
            kept = [n for n in s.names if n not in {name for name, _ in told} or (s.mac and (n, s.mac) in told)]
            s.hint = s.names[0] if kept != s.names and not s.mac else None
            s.names = kept

    # ── things ──

    def _cores(self) -> None:
        pairs = {(s.serial, s.cloud) for s in self.sayings if s.serial and s.cloud}
        self.void = {serial for serial, _ in pairs if len({c for one, c in pairs if one == serial}) > 1}
        for s in self.sayings:
            tokens: list[Token] = [("cloud", s.cloud)] if s.cloud else []
            tokens += [("serial", s.serial)] if s.serial and s.serial not in self.void else []
            if tokens:
                self.groups.join(*tokens)
                s.core = tokens[0]
        seen = {token for one in self.groups.sets for token in one}
        for asset in self.assets:
            if asset.count == 1 and len(asset.serials) + len(asset.cloud_ids) > 1:
                tokens = [*(("serial", x) for x in asset.serials), *(("cloud", x) for x in asset.cloud_ids)]
                tokens = [t for t in tokens if t in seen and [a.id for a in self.owners(t)] == [asset.id]]
                if tokens:
                    self.groups.join(*tokens)

    def owners(self, token: Token) -> list[Known]:
        kind, value = token[:2]
        if kind == "mac":
            zone = token[2] if len(token) > 2 else None
            return [a for a in self.assets if value in a.macs and (zone is None or not a.zones or zone in a.zones)]
        if kind == "serial":
            return [a for a in self.assets if value in map(rules.serial_of, a.serials)]
        if kind == "cloud":
            return [a for a in self.assets if value in map(rules.cloud_of, a.cloud_ids)]
        return [a for a in self.assets if value in self.names_of(a)] if kind == "name" else []

    def is_core(self, token: Token) -> bool:
        return any(t[0] in ("cloud", "serial") for t in self.groups.of(token))

    def _relays(self) -> set[str]:
        found = set()
        for mac, zone in {(s.mac, z) for s in self.sayings if s.mac for _, z in s.spots}:
            stays: dict[str, list[tuple[int, int]]] = {}
            for s in self.sayings:
                for ip, z in s.spots:
                    if s.mac == mac and z == zone and ":" not in ip:
                        stays.setdefault(ip, []).extend(s.stays())
            own = max((len(a.ips) for a in self.assets if mac in a.macs), default=0)
            if mac and mac_kind(mac) != "router" and most_at_once(stays) > max(rules.MANY_ADDRESSES, own):
                found.add(mac)
        return found

    def _macs(self) -> None:
        self.relays = self._relays()
        for s in self.sayings:
            if s.mac and mac_kind(s.mac) != "container" and (s.mac not in self.relays or self._is_own(s)):
                kind = mac_kind(s.mac)
                alone = kind in ("universal", "virtual")
                s.mac_token = (
                    ("mac", s.mac) if alone else ("router" if kind == "router" else "mac", s.mac, s.zone or "")
                )
        tokens = {s.mac_token for s in self.sayings if s.mac_token and s.mac_token[0] == "mac"}
        cores = {t: {self.groups.key(s.core) for s in self.sayings if s.mac_token == t and s.core} for t in tokens}
        self.carried = {t for t in tokens if len(cores[t]) > 1 or self._differently_named(t)}
        for t in tokens - self.carried:
            for s in self.sayings:
                if s.mac_token == t and s.core:
                    self.groups.join(t, s.core)
        for s in self.sayings:
            s.unit = s.core or (s.mac_token if s.mac_token not in self.carried else None)

    def _is_own(self, s: Saying) -> bool:
        listing = [a for a in self.assets if s.mac in a.macs]
        return any(set(s.names) & self.names_of(a) or any(ip in a.ips for ip, _ in s.spots) for a in listing)

    def _differently_named(self, token: Token) -> bool:
        names = {name for s in self.sayings if s.mac_token == token for name in s.names}
        if len(names) > 2 * rules.MANY_UNITS:
            return True

        def under(name: str) -> set[object]:
            found: set[object] = set()
            for s in self.sayings:
                if name in s.names:
                    found |= {s.mac_token} if s.mac_token and s.mac_token[0] == "mac" else set()
                    found |= {self.groups.key(s.core)} if s.core else set()
            return found

        for a in names:
            for b in names - {a}:
                first, second = ({x.id for x in self.owners(("name", n))} for n in (a, b))
                if (first and second and not first & second) or (under(a) - under(b) and under(b) - under(a)):
                    return True
        return False

    def in_group(self, token: Token) -> list[Saying]:
        group = self.groups.of(token)
        return [s for s in self.sayings if s.unit and s.unit in group]

    def owned(self, token: Token) -> set[str]:
        found = set()
        for t in self.groups.of(token):
            if t not in self.carried and len(owners := self.owners(t)) == 1:
                found.add(owners[0].id)
        return found

    def _join_names(self) -> None:
        self.bearers: dict[str, set[Token]] = {}
        for s in self.sayings:
            if s.unit and s.unit[0] != "router":
                for name in s.names:
                    self.bearers.setdefault(name, set()).add(s.unit)
        self.shared = {name for name, units in self.bearers.items() if self._is_shared(name, units)}
        for name, units in self.bearers.items():
            if name not in self.shared:
                self.groups.join(("name", name), *units)

    def _is_shared(self, name: str, units: set[Token]) -> bool:
        groups = {self.groups.key(unit) for unit in units}
        one_of = [min(group) for group in groups]
        if len(groups) < 2:
            return False
        if sum(map(self.is_core, one_of)) > 1 or len(set().union(*map(self.owned, one_of))) > 1:
            return True
        lasting = [t for t in one_of if self.is_core(t) or mac_kind(t[1]) != "random"]
        if len(lasting) > (2 if host_kind(label_of(name)) == "default" else rules.MANY_UNITS):
            return True
        for zone in {s.zone for s in self.sayings}:
            spans = []
            for token in one_of:
                times = [
                    t for s in self.in_group(token) if s.zone == zone and s.mac
                    and mac_kind(s.mac) in ("virtual", "assigned", "random") for t in s.times
                ]  # fmt: skip
                spans += [(min(times), max(times))] if times else []
            if together(spans) > SLACK:
                return True
        return False

    def _join_addresses(self) -> None:
        pairs = []
        for spot in {spot for s in self.sayings for spot in s.spots if self.use(spot) == "fixed"}:
            there = [s for s in self.sayings if s.unit and s.mac and s.unit[0] != "router" and spot in s.spots]
            groups = {self.groups.key(s.unit) for s in there if s.unit}
            if len(groups) != 2:
                continue
            spans, names = [], []
            for group in groups:
                times = [t for s in there if s.unit in group for t in s.times]
                spans.append((min(times), max(times)))
                with_mac = [s for s in self.sayings if s.unit in group and s.mac]
                names.append({name for s in with_mac for name in s.names})
            a, b = (min(group) for group in groups)
            alike = not names[0] or not names[1] or names[0] & names[1]
            if together(spans) > SLACK and alike and len(self.owned(a) | self.owned(b)) < 2:
                pairs.append((a, b))
        for a, b in pairs:
            self.groups.join(a, b)

    def _join_register(self) -> None:
        for s in self.sayings:
            if s.unit:
                self.groups.of(s.unit)
        groups = [min(group) for group in self.groups.sets]
        owned = {token: self.owned(token) for token in groups}
        core = {token: self.is_core(token) for token in groups}
        for asset in self.assets:
            listed = [t for t in groups if owned[t] == {asset.id}]
            if asset.count == 1 and listed and sum(core[t] for t in listed) < 2:
                self.groups.join(*listed)
