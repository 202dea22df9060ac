"""The matching rule once more, written as plainly as it can be: every question is answered by looking at everything. It shares
the numbers and the kinds of addresses and names (`rules`) with the engine, and nothing else."""

from __future__ import annotations

from collections import Counter

from kizuki.register.engine.matching import Known, Range, rules
from kizuki.register.engine.matching.rules import GAP, mac_kind
from kizuki.register.engine.observation import Observation
from kizuki.register.tests.matching_reference_groups import Grouped, Saying, Token
from kizuki.register.tests.matching_reference_things import Thing


class Reference(Grouped):
    """`label[n]`: of observation n the number of its thing in `things`; `status`: id of an asset → what became of it."""

    def __init__(
        self, known: list[Known], ranges: list[Range], observations: list[Observation], absent_after: int
    ) -> None:
        super().__init__(known, ranges, observations)
        self._settle()
        self._decide()
        which = zip(self.which, observations, strict=True)
        self.label = [self._device_at(saying, int(one.at.timestamp())) for saying, one in which]
        self._absent(max((max(s.times) for s in self.sayings), default=0) - absent_after)

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

    def held(
        self, s: Saying, stay: tuple[int, int], among: set[frozenset[Token]] | None = None
    ) -> list[frozenset[Token]]:
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
        self.things = self._claims(parts)

    def _claims(self, things: list[Thing]) -> list[Thing]:
        gone: list[Thing] = []
        for asset in self.assets:
            claiming = sorted((t for t in things if t.asset is asset), key=lambda t: (-t.points, t.order()))
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
