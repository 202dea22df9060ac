"""Union-find over identifiers, and who held an IP address when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TypeAlias

from kizuki.register.engine.matching.places import Spot

#: ("serial", number), ("cloud", id), ("mac", address) or ("mac", address, zone), ("name", name), ("ip", address, zone), …
Node: TypeAlias = tuple[str, ...]


class Links:
    """Identifiers by number, and which of them belong to one thing. The root is the earliest entered, so that it does not
    depend on the order of joining."""

    def __init__(self) -> None:
        self.numbers: dict[Node, int] = {}
        self.nodes: list[Node] = []
        self._above: list[int] = []

    def number(self, node: Node) -> int:
        if (found := self.numbers.get(node)) is None:
            found = self.numbers[node] = len(self.nodes)
            self.nodes.append(node)
            self._above.append(found)
        return found

    def root(self, number: int) -> int:
        above = self._above
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    def join(self, numbers: Iterable[int]) -> None:
        roots = {self.root(number) for number in numbers}
        if len(roots) > 1:
            first = min(roots)
            for root in roots:
                self._above[root] = first


class Holders:
    """Who was seen at an address, and when."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._stays: dict[Spot, list[tuple[int, int, bool, int]]] = defaultdict(list)

    def add(self, spot: Spot, stay: tuple[int, int], lease: bool, number: int) -> None:
        """`lease`: the source gives the address out and does not only see it."""
        self._stays[spot].append((*stay, not lease, number))

    def at(
        self, spot: Spot, stay: tuple[int, int], slack: int, among: Collection[int] | None = None
    ) -> tuple[int, int | None] | None:
        """The root of who held the address nearest to a stay, and no further than `slack` seconds from it: first the nearest in
        time, then the one whose lease it is, then the one that was there for the shortest time (a long stay may hide a pause).
        With a second root that is just as near, where there is one. `among`: only these roots count."""
        best: tuple[int, bool, int] | None = None
        roots: set[int] = set()
        for first, last, seen, number in self._stays.get(spot, ()):
            away = max(first - stay[1], stay[0] - last, 0)
            rank = (away, seen, last - first)
            if away > slack or (best is not None and rank > best):
                continue
            root = self._links.root(number)
            if among is None or root in among:
                roots = {root} if best is None or rank < best else {*roots, root}
                best = rank
        if not roots:
            return None
        first_root, *others = sorted(roots)
        return first_root, others[0] if others else None
