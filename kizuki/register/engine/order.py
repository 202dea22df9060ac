"""The order in which many records can be written one after another, so that what stands at any moment holds together."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


def lumps(things: Sequence[T], waits: Mapping[T, Collection[T]]) -> Iterator[list[T]]:
    """Every thing once, each after all that it waits for; what waits for each other comes as one lump, which has to be done together.
    Where nothing else decides, the order of `things` does. What is waited for and is not among them counts as done.

    These are the strongly connected components of a graph, which R. Tarjan's algorithm (1972) gives in just this order; it is written
    without recursion here, since a chain can be as long as there are things.
    """
    walk = _Walk(frozenset(things), waits)
    for thing in things:
        if thing not in walk.number:
            yield from walk.from_(thing)


class _Walk(Generic[T]):
    """`number`: when a thing was reached. `lowest`: the first that is reached from it and has not been given yet."""

    def __init__(self, wanted: Collection[T], waits: Mapping[T, Collection[T]]) -> None:
        self.number: dict[T, int] = {}
        self._wanted, self._waits = wanted, waits
        self._lowest: dict[T, int] = {}
        self._waiting: dict[T, None] = {}

    def from_(self, start: T) -> Iterator[list[T]]:
        way = [self._reach(start)]
        while way:
            here, others = way[-1]
            for other in others:
                if other not in self.number:
                    way.append(self._reach(other))
                    break
                if other in self._waiting:
                    self._lowest[here] = min(self._lowest[here], self.number[other])
            else:
                way.pop()
                if way:
                    above = way[-1][0]
                    self._lowest[above] = min(self._lowest[above], self._lowest[here])
                if self._lowest[here] == self.number[here]:
                    yield self._give(here)

    def _reach(self, thing: T) -> tuple[T, Iterator[T]]:
        self.number[thing] = self._lowest[thing] = len(self.number)
        self._waiting[thing] = None
        return thing, (other for other in self._waits.get(thing, ()) if other in self._wanted)

    def _give(self, first: T) -> list[T]:
        """All that was reached since the first one and waits still."""
        lump: list[T] = []
        while not lump or lump[-1] != first:
            lump.append(self._waiting.popitem()[0])
        return lump
