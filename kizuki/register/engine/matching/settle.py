"""Traces without anything of their own: given to the thing that bears their name, or that held their address then."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from kizuki.register.engine.matching.group import Groups
from kizuki.register.engine.matching.links import Holders
from kizuki.register.engine.matching.places import Spot
from kizuki.register.engine.matching.rules import GAP, HOLD, HOLD_FIXED, mac_kind


class Settled:
    """`placed`: for each trace one number of an identifier, or one for each of its stays. `doubts`: numbers of identifiers
    under which a trace stands that two things could have been."""

    def __init__(self, groups: Groups) -> None:
        self.groups, self.links = groups, groups.links
        self.placed: list[tuple[int, ...]] = [()] * len(groups.traces)
        self.doubts: set[int] = set()
        self._later: list[int] = []
        self._named: dict[str, list[int]] = defaultdict(list)
        for n, unit in enumerate(groups.unit):
            if unit >= 0:
                self.placed[n] = (unit,)
            else:
                self._by_name(n)
        self._find_holders()
        self._adopt()
        for name in sorted(self._named):
            self._alias(name)
        self._carried = self._carried_stays()
        first = [n for n in self._later if self.groups.mac_at[n] >= 0 or self.groups.names[n]]
        for n in first:
            self.placed[n] = self._by_time(n)
        self._hold(first)
        for n in self._later:
            if not self.placed[n]:
                self.placed[n] = self._by_time(n)

    def _names(self, n: int) -> list[str]:
        return [name for name in self.groups.names[n] if name not in self.groups.shared]

    def _by_name(self, n: int) -> None:
        """A name that some thing bears decides; one that none bears waits for the addresses."""
        names = self._names(n)
        borne = [name for name in names if name in self.groups.bearers]
        if borne:
            self.placed[n] = (self.links.number(("name", borne[0])),)
        elif names:
            self.placed[n] = (self.links.number(("name", names[0])),)
            self._named[names[0]].append(n)
        else:
            self._later.append(n)

    def _find_holders(self) -> None:
        """Who held the addresses that are asked for: those of traces that wait."""
        waiting = {n for listed in self._named.values() for n in listed}
        self._asked = {spot for n in (*self._later, *waiting) for spot in self.groups.spots[n]}
        self.holders = Holders(self.links)
        self._hold(n for n, placed in enumerate(self.placed) if placed and n not in waiting)

    def _hold(self, those: Iterable[int]) -> None:
        """Let these traces tell who held their addresses."""
        for n in those:
            trace, placed = self.groups.traces[n], self.placed[n]
            if self.groups.is_router(placed[0]):
                continue
            for spot in self.groups.spots[n]:
                if spot in self._asked and spot not in self.groups.places.translated:
                    lease = trace.source.startswith("dhcp")
                    for k, stay in enumerate(trace.stays):
                        self.holders.add(spot, stay, lease, placed[k % len(placed)])

    def _adopt(self) -> None:
        """A name without a thing belongs to a thing without a name if that held its address nearly always when it was seen."""
        bearing = {self.links.root(root) for roots in self.groups.bearers.values() for root in roots}
        won: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for name, listed in sorted(self._named.items()):
            votes: Counter[int] = Counter()
            for n in listed:
                for stay in self.groups.traces[n].stays:
                    held = self._held(n, stay)
                    votes[held[0] if held and held[1] is None else -1] += 1
            best, most = min(votes.items(), key=lambda vote: (-vote[1], vote[0]))
            if best >= 0 and most >= 2 and most * 4 >= votes.total() * 3 and best not in bearing:
                won[best].append((-most, name))
        for best, names in sorted(won.items()):
            names.sort()
            if len(names) == 1 or names[0][0] < names[1][0]:
                self.links.join((best, self.links.number(("name", names[0][1]))))
                del self._named[names[0][1]]

    def _held(
        self, n: int, stay: tuple[int, int], among: Collection[int] | None = None
    ) -> tuple[int, int | None] | None:
        """Who held one of a trace's addresses at that time."""
        for spot in self.groups.spots[n]:
            hold = HOLD_FIXED if self._use(spot) == "fixed" else HOLD
            if found := self.holders.at(spot, stay, hold, among):
                return found
        return None

    def _alias(self, name: str) -> None:
        """A name that nothing bears and the register does not have, at a fixed address: another name of who is there."""
        if name in self.groups.owners.names:
            return
        for n in self._named[name]:
            spots = [spot for spot in self.groups.spots[n] if self._use(spot) == "fixed"]
            if len(spots) == len(self.groups.spots[n]) > 0:
                own = self.placed[n][0]
                found = [self._held(n, stay) for stay in self.groups.traces[n].stays]
                self.placed[n] = _short([held[0] if held and held[1] is None else own for held in found])

    def _use(self, spot: Spot) -> str:
        return self.groups.places.use(*spot)

    def _carried_stays(self) -> dict[int, list[tuple[int, int, int]]]:
        """When things were seen with each carried address."""
        found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for n, placed in enumerate(self.placed):
            if placed and self._is_carried(n):
                found[self.groups.mac_at[n]] += [
                    (first, last, placed[0]) for first, last in self.groups.traces[n].stays
                ]
        return found

    def _by_time(self, n: int) -> tuple[int, ...]:
        trace = self.groups.traces[n]
        return _short([self._at(n, stay) for stay in trace.stays])

    def _at(self, n: int, stay: tuple[int, int]) -> int:
        """The thing of one stay: who held the IP address then (of those that bear the shared name, where it has one); else who
        had the carried address then; else a thing of its own."""
        held = self._held(n, stay, self._sharing(n))
        if held is None and (hints := self.groups.hints.get(n)):
            return self.links.number(("name", hints[0]))
        if held is None and self._is_carried(n):
            held = self._carrier(self.groups.mac_at[n], stay)
        if held is None:
            return self._own(n)
        if held[1] is None:
            return held[0]
        number = self._own(n)
        self.doubts.add(number)
        return number

    def _is_carried(self, n: int) -> bool:
        node = self.groups.mac_at[n]
        return node >= 0 and self.links.nodes[node] in self.groups.carried

    def _sharing(self, n: int) -> set[int] | None:
        """The roots that bear the trace's shared names; None where it has none."""
        shared = [name for name in self.groups.names[n] if name in self.groups.shared]
        return {self.links.root(root) for name in shared for root in self.groups.bearers[name]} if shared else None

    def _carrier(self, node: int, stay: tuple[int, int]) -> tuple[int, int | None] | None:
        """Who had a carried address nearest to a stay: the longest time in common, else the shortest way in time."""
        ranked: dict[int, int] = {}
        for first, last, number in self._carried.get(node, ()):
            common = min(last, stay[1]) - max(first, stay[0])
            if common >= -GAP:
                root = self.links.root(number)
                ranked[root] = max(ranked.get(root, common), common)
        best = sorted(root for root, common in ranked.items() if common == max(ranked.values()))
        return (best[0], best[1] if len(best) > 1 else None) if best else None

    def _own(self, n: int) -> int:
        """A thing that is known by nothing better than a shared address or name."""
        trace, zone = self.groups.traces[n], self.groups.zones[n] or ""
        spots = self.groups.spots[n]
        if trace.mac in self.groups.relays and not (spots and self._use(spots[0]) == "fixed"):
            return self.links.number(("relay", trace.mac, zone))
        if trace.mac is not None and mac_kind(trace.mac) != "container" and trace.mac not in self.groups.relays:
            return self.links.number(("carried", trace.mac))
        if names := self.groups.names[n]:
            return self.links.number(("shared", names[0], zone))
        if spots:
            use = self._use(spots[0])
            return self.links.number(("translated" if use == "translated" else "ip", spots[0][0], spots[0][1] or ""))
        host = trace.hosts[0] if trace.hosts else trace.mac or "-"
        return self.links.number(("nameless", host, zone))


def _short(numbers: Iterable[int]) -> tuple[int, ...]:
    """One number where all are the same."""
    listed = tuple(numbers)
    return listed[:1] if len(set(listed)) == 1 else listed
