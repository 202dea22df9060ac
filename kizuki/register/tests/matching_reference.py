"""The matching rule once more, written as plainly as it can be: every question is answered by looking at everything. It shares
the numbers and the kinds of addresses and names (`rules`) with the engine, and nothing else."""

from __future__ import annotations

import ipaddress
from collections import Counter
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


class Reference:
    """`label[n]`: of observation n the device as a number; `devices`: (status, asset, points, candidates, differing words);
    `assets`: id → status."""

    def __init__(
        self, known: list[Known], ranges: list[Range], observations: list[Observation], absent_after: int
    ) -> None:
        self.assets = sorted(known, key=lambda a: a.id)
        self.ranges = ranges
        self._uses: dict[Spot, str] = {}
        self.sayings: list[Saying] = []
        which = [self._say(one) for one in observations]
        self._places()
        self._names()
        self.groups = Partition()
        self._cores()
        self._macs()
        self._join_names()
        self._join_addresses()
        self._join_register()
        self._settle()
        self._decide()
        self.label = [
            self._device_at(saying, int(o.at.timestamp())) for saying, o in zip(which, observations, strict=True)
        ]
        self._absent(max((max(s.times) for s in self.sayings), default=0) - absent_after)

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
            if spot in s.spots and (s.serial or s.cloud or s.hosts):
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
                tokens = [("serial", x) for x in asset.serials] + [("cloud", x) for x in asset.cloud_ids]
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
        for a in self.assets:
            if s.mac in a.macs and (set(s.names) & self.names_of(a) or any(ip in a.ips for ip, _ in s.spots)):
                return True
        return False

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

    def in_group(self, token: Token, *, units: bool = True) -> list[Saying]:
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
            if together(spans) > SLACK and (not names[0] or not names[1] or names[0] & names[1]):
                if len(self.owned(a) | self.owned(b)) < 2:
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

    # ── traces without anything of their own ──

    def _settle(self) -> None:
        later, waiting = [], []
        for s in self.sayings:
            free = [name for name in s.names if name not in self.shared]
            borne = [name for name in free if name in self.bearers]
            if s.unit:
                s.placed = [s.unit]
            elif free:
                s.placed = [("name", (borne or free)[0])]
                waiting += [] if borne else [s]
            else:
                later.append(s)
        self.telling = [s for s in self.sayings if s.placed and s not in waiting]
        self.doubts: set[Token] = set()
        adopted = self._adopt(waiting)
        for s in waiting:
            name = s.placed[0][1]
            known = any(name in self.names_of(a) for a in self.assets)
            if name not in adopted and not known and s.spots and all(self.use(spot) == "fixed" for spot in s.spots):
                held = [self.held(s, stay) for stay in s.stays()]
                s.placed = [min(h[0]) if len(h) == 1 else ("name", name) for h in held]
        carrying = [s for s in self.sayings if s.placed and s.mac_token in self.carried]
        first = [s for s in later if s.mac_token or s.names]
        for s in first:
            s.placed = [self._by_time(s, stay, carrying) for stay in s.stays()]
        self.telling += first
        for s in later:
            if s not in first:
                s.placed = [self._by_time(s, stay, carrying) for stay in s.stays()]

    def _adopt(self, waiting: list[Saying]) -> set[str]:
        bearing = {self.groups.key(unit) for units in self.bearers.values() for unit in units}
        offers: dict[frozenset[Token], list[tuple[int, str]]] = {}
        for name in {s.placed[0][1] for s in waiting}:
            votes: Counter[frozenset[Token] | None] = Counter()
            for s in waiting:
                if s.placed[0][1] == name:
                    for stay in s.stays():
                        held = self.held(s, stay)
                        votes[held[0] if len(held) == 1 else None] += 1
            for group, n in votes.items():
                if group is not None and n >= 2 and n * 4 >= votes.total() * 3 and group not in bearing:
                    offers.setdefault(group, []).append((n, name))
        adopted = set()
        for group, names in offers.items():
            best = [name for n, name in names if n == max(n for n, _ in names)]
            if len(best) == 1:
                self.groups.join(min(group), ("name", best[0]))
                adopted.add(best[0])
        return adopted

    def held(self, s: Saying, stay: tuple[int, int], among: set[frozenset[Token]] | None = None) -> list[frozenset[Token]]:
        """Who held an address of it: the nearest things, more than one if equally near."""
        for spot in s.spots:
            found = []
            for other in self.telling:
                if spot in other.spots and spot not in self.translated and other.placed[0][0] != "router":
                    placed = other.placed
                    for k, (first, last) in enumerate(other.stays()):
                        away = max(first - stay[1], stay[0] - last, 0)
                        group = self.groups.key(placed[k % len(placed)])
                        hold = rules.HOLD_FIXED if self.use(spot) == "fixed" else rules.HOLD
                        if away <= hold and (among is None or group in among):
                            found.append(((away, not other.source.startswith("dhcp"), last - first), group))
            if found:
                return list({group for rank, group in found if rank == min(rank for rank, _ in found)})
        return []

    def _by_time(self, s: Saying, stay: tuple[int, int], carrying: list[Saying]) -> Token:
        shared = [name for name in s.names if name in self.shared]
        among = {self.groups.key(unit) for name in shared for unit in self.bearers[name]} if shared else None
        held = self.held(s, stay, among)
        if not held and s.hint:
            return ("name", s.hint)
        if not held and s.mac_token in self.carried:
            best: dict[frozenset[Token], int] = {}
            for other in carrying:
                if other.mac_token == s.mac_token:
                    for first, last in other.stays():
                        common = min(last, stay[1]) - max(first, stay[0])
                        group = self.groups.key(other.placed[0])
                        if common >= -GAP:
                            best[group] = max(best.get(group, common), common)
            held = [group for group, common in best.items() if common == max(best.values())]
        if len(held) == 1:
            return min(held[0])
        own = self._own(s)
        if held:
            self.doubts.add(own)
        return own

    def _own(self, s: Saying) -> Token:
        zone, relayed = s.zone or "", s.mac in self.relays
        if s.mac and relayed and not (s.spots and self.use(s.spots[0]) == "fixed"):
            return ("relay", s.mac, zone)
        if s.mac and not relayed and mac_kind(s.mac) != "container":
            return ("carried", s.mac)
        if s.names:
            return ("shared", s.names[0], zone)
        if s.spots:
            kind = "translated" if self.use(s.spots[0]) == "translated" else "ip"
            return (kind, s.spots[0][0], s.spots[0][1] or "")
        return ("nameless", s.hosts[0] if s.hosts else s.mac or "-", zone)

    # ── devices ──

    def _decide(self) -> None:
        found: dict[frozenset[Token], list[tuple[Saying, int]]] = {}
        given: dict[frozenset[Token], set[Token]] = {}
        for s in self.sayings:
            stays = s.stays()
            if len(set(map(self.groups.key, s.placed))) == 1:
                s.placed = s.placed[:1]
            for k in range(len(stays)):
                token = s.placed[k % len(s.placed)]
                found.setdefault(self.groups.key(token), []).append((s, k))
                given.setdefault(self.groups.key(token), set()).add(token)
        doubtful = {self.groups.key(token) for token in self.doubts}
        parts = [Thing(self, pieces, given[group], group in doubtful) for group, pieces in found.items()]
        parts.sort(key=lambda thing: thing.order())
        for thing in parts:
            thing.decide()
        self.things = [thing for thing in self._claims(parts)]

    def _claims(self, things: list[Thing]) -> list[Thing]:
        gone: list[Thing] = []
        for asset in self.assets:
            claiming = sorted(
                (t for t in things if t.asset is asset), key=lambda t: (-t.points, t.order())
            )
            if len(claiming) <= asset.count:
                continue
            lead, *others = claiming[asset.count - 1 :]
            joining = [t for t in others if asset.count == 1 and t.is_part_of(lead)]
            for t in others:
                if t not in joining:
                    t.asset, t.candidates, t.clash = None, [asset], True
            if joining:
                gone += joining
                lead.swallow(joining)
        return [t for t in things if t not in gone]

    def _device_at(self, s: Saying, at: int) -> int:
        k = next(k for k, (first, last) in enumerate(s.stays()) if first <= at <= last)
        return next(n for n, thing in enumerate(self.things) if (s, k) in thing.pieces)

    def _absent(self, since: int) -> None:
        self.status: dict[str, str] = {}
        fresh = [s for s in self.sayings if max(s.times) >= since]
        for asset in self.assets:
            own = [t for t in self.things if t.asset is asset]
            maybe = [t for t in self.things if asset in t.maybe() and t.last >= since]
            if any(t.last >= since for t in own):
                self.status[asset.id] = "seen"
            elif maybe:
                self.status[asset.id] = "unclear"
            else:
                zones = set(asset.zones).union(*(t.zones for t in own))
                looked = any(self._looks(s, asset, zones, own) for s in fresh)
                self.status[asset.id] = "gone" if looked else "not looked for"

    def _looks(self, s: Saying, asset: Known, zones: set[str], own: list[Thing]) -> bool:
        def head(cloud: str) -> str:
            rest = cloud.lstrip("".join(c for c in cloud if not c.isascii() or not (c.isdigit() or "a" <= c <= "z")))
            word = rest[: next((n for n, c in enumerate(rest) if not "a" <= c <= "z"), len(rest))]
            return cloud[: len(cloud) - len(rest)] + word

        heads = {head(cloud) for written in asset.cloud_ids if (cloud := rules.cloud_of(written))}
        if s.cloud and head(s.cloud) in heads:
            return True
        of_network = not (s.serial or s.cloud or s.source.startswith("dhcp")) and (s.mac or (s.ips and not s.hosts))
        if s.zone is None or s.zone not in zones:
            return False
        if own:
            return bool(of_network or s.source in {p.source for t in own for p, _ in t.pieces})
        return bool(of_network and (asset.macs or asset.ips or asset.hosts))


class Thing:
    """One device: pieces (saying, number of the stay)."""

    ORDER = ("cloud", "serial", "mac", "name", "router", "relay", "carried", "shared", "ip", "translated", "nameless")

    def __init__(self, whole: Reference, pieces: list[tuple[Saying, int]], given: set[Token], doubtful: bool) -> None:
        self.whole, self.pieces, self.given, self.doubtful = whole, pieces, given, doubtful
        self.asset: Known | None = None
        self.candidates: list[Known] = []
        self.clash = False

    def order(self) -> str:
        return ":".join(part for part in self.token() if part)

    def token(self) -> Token:
        return min(self.given, key=lambda token: (self.ORDER.index(token[0]), token))

    @property
    def last(self) -> int:
        return max(s.stays()[k][1] for s, k in self.pieces)

    def late(self) -> list[Saying]:
        return [s for s, k in self.pieces if s.stays()[k][1] >= self.last - GAP]

    @property
    def zones(self) -> set[str]:
        return {s.zone for s in self.late() if s.zone is not None}

    def macs(self) -> set[tuple[str, str | None]]:
        return {
            (s.mac, s.zone) for s, _ in self.pieces if s.mac and (s.mac not in self.whole.relays or s.mac_token is not None)
        }

    def own_macs(self) -> set[str]:
        return {
            mac for mac, _ in self.macs()
            if mac_kind(mac) in ("universal", "virtual") and ("mac", mac) not in self.whole.carried and mac not in self.whole.relays
        }  # fmt: skip

    def serials(self) -> set[str]:
        return {s.serial for s, _ in self.pieces if s.serial and s.serial not in self.whole.void}

    def clouds(self) -> set[str]:
        return {s.cloud for s, _ in self.pieces if s.cloud}

    def names(self) -> set[str]:
        return {name for s, _ in self.pieces for name in s.names}

    def weigh(self, asset: Known) -> tuple[int, set[tuple[str, str]], set[str]]:
        """Points, strong evidence, words of all that is shared."""
        found: list[tuple[str, str, int]] = []
        against = 0
        clouds = {c for x in asset.cloud_ids if (c := rules.cloud_of(x))}
        serials = {x for y in asset.serials if (x := rules.serial_of(y))}
        found += [("cloud-id", c, rules.CLOUD) for c in clouds & self.clouds()]
        found += [("serial", x, rules.SERIAL) for x in serials & self.serials()]
        if clouds and self.clouds() and not clouds & self.clouds():
            against += rules.OTHER_THING
        if serials and self.serials() and not serials & self.serials():
            taken = {x for a in self.whole.assets for y in a.serials if (x := rules.serial_of(y))}
            against += 0 if self.slip(self.serials(), serials, taken) else rules.OTHER_THING
        for mac, zone in self.macs():
            if mac in asset.macs:
                found += self.mac_evidence(mac, zone, asset)
        registered = {m for m in asset.macs if mac_kind(m) in ("universal", "virtual")}
        if registered and self.own_macs() and not registered & {m for m, _ in self.macs()}:
            taken = {m for a in self.whole.assets for m in a.macs}
            against += 0 if self.slip(self.own_macs(), registered, taken) else rules.OTHER_MAC
        names = self.whole.names_of(asset)
        found += [self.name_evidence(name) for name in names & self.names()]
        if names and not names & self.names() and any(host_kind(label_of(n)) == "chosen" for n in self.names()):
            against += rules.OTHER_NAME
        for spot in {spot for s in self.late() for spot in s.spots}:
            theirs = {self.whole.lies(spot[0], zone)[0] for zone in asset.zones or (None,)}
            if spot[0] in asset.ips and spot[1] in theirs and self.whole.use(spot) == "fixed":
                found.append(("fixed-ip", spot[0], rules.FIXED_IP))
        best: dict[str, int] = {}
        for word, _, points in found:
            best[word] = max(best.get(word, 0), points)
        strong = {"cloud-id", "serial", "mac", "assigned-mac", "random-mac", "name", "fixed-ip"}
        evidence = {(word, value) for word, value, _ in found if word in strong}
        return sum(best.values()) - against, evidence, {word for word, _, _ in found}

    def slip(self, seen: set[str], registered: set[str], taken: set[str]) -> bool:
        return any(
            len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
            for a in seen - taken for b in registered
        )  # fmt: skip

    def mac_evidence(self, mac: str, zone: str | None, asset: Known) -> list[tuple[str, str, int]]:
        kind, here = mac_kind(mac), not asset.zones or zone in asset.zones
        everywhere = {z for m, z in self.macs() if m == mac}
        if {("mac", mac), *(("mac", mac, z or "") for z in everywhere)} & self.whole.carried:
            return [("carried-mac", mac, rules.CARRIED)]
        if kind in ("universal", "virtual"):
            return [("mac", mac, rules.MAC)]
        if kind == "assigned":
            return [("assigned-mac", mac, rules.ASSIGNED_HERE if here else rules.ASSIGNED_ELSEWHERE)]
        if kind == "router":
            return [("router-mac", mac, rules.MAC if here else 0)]
        return [("random-mac", mac, rules.RANDOM_HERE)] if kind == "random" and here else []

    def name_evidence(self, name: str) -> tuple[str, str, int]:
        label = label_of(name)
        if name in self.whole.shared:
            return "shared-name", name, rules.SHARED_NAME
        if host_kind(label) == "chosen" or any(label.endswith(m.replace(":", "")[-6:]) for m in self.own_macs()):
            return "name", name, rules.CHOSEN_NAME
        return "default-name", name, rules.DEFAULT_NAME

    def decide(self) -> None:
        weighed = [(*self.weigh(asset), asset) for asset in self.whole.assets]
        weighed = [one for one in weighed if one[2]]
        weighed.sort(key=lambda one: (-one[0], one[3].id))
        self.asset, self.points, self.candidates, self.clash = None, 0, [], False
        if not weighed:
            return
        self.points, best, self.words, asset = weighed[0]
        if self.points < rules.ENOUGH:
            self.candidates = [asset]
            return
        rivals = []
        for points, evidence, _, other in weighed[1:]:
            trumped = {"cloud-id", "serial"} & {w for w, _ in best} and not {"cloud-id", "serial"} & {w for w, _ in evidence}
            if points >= rules.ENOUGH and not trumped and (self.points - points < rules.MARGIN or evidence - best):
                rivals.append(other)
        self.asset, self.candidates, self.clash = (None, [asset, *rivals], True) if rivals else (asset, [], False)

    def is_part_of(self, lead: Thing) -> bool:
        for one, other in ((self.serials(), lead.serials()), (self.clouds(), lead.clouds())):
            if one and other and not one & other:
                return False
        bare = any(not (t.serials() or t.clouds() or t.own_macs()) for t in (self, lead))
        listed = {"cloud-id", "serial", "mac", "assigned-mac", "random-mac", "carried-mac"}
        return bare or bool(self.words & listed)

    def swallow(self, others: list[Thing]) -> None:
        for other in others:
            self.pieces += other.pieces
            self.given |= other.given
            self.doubtful = self.doubtful or other.doubtful
        self.decide()

    def in_doubt(self) -> bool:
        return self.token()[0] in ("relay", "router", "carried", "shared") or self.doubtful

    def state(self) -> str:
        if self.asset is None:
            return "conflict" if self.clash or self.in_doubt() else "unknown"
        if self.asset.zones and self.zones and not self.zones & set(self.asset.zones):
            return "moved"
        return "here"

    def maybe(self) -> list[Known]:
        if self.asset is not None:
            return []
        near = self.candidates if self.clash or self.points > 0 else []
        if not self.clash and self.in_doubt():
            near = near + [a for a in self.whole.assets if any(mac in a.macs for mac, _ in self.macs())]
        return near
