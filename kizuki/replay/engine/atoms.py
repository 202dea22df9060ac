"""A register's assets as bits: assets that are alike in all that replay looks at share a few bits, so that 100,000
become few.

Of each class of alike assets, and of each row with `count` above 1, some get a bit of their own, so that one of them
can be an entry; one more bit stands for the rest and weighs as many as they are. Bits are in the order of the first
id they stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

import msgspec

from kizuki.register.engine.format import Asset
from kizuki.replay.engine.bits import from_positions, members

#: Weights of bits, by binary digit.
Weights = list[tuple[int, int]]


def sum_of(weights: Weights, bits: int) -> int:
    """The weights of all bits in the set together."""
    made = 0
    for digit, mask in weights:
        made += (bits & mask).bit_count() << digit
    return made


class Atom(msgspec.Struct, frozen=True):
    """What one bit stands for: register rows (by number), machines."""

    rows: Sequence[int]
    machines: int
    order: int


class Atoms:
    """The bits of a register. `single`: the set of bits that stand for one machine."""

    def __init__(self, assets: Sequence[Asset], apart: Collection[int], singles: int) -> None:
        """`assets` sorted by id. `apart`: numbers of assets that are like no other, as a link or a coverage row names
        them."""
        self.assets, self.singles = assets, singles
        self.classes: list[list[int]] = _classes(assets, apart)
        parts = [(atom, n) for n, rows in enumerate(self.classes) for atom in self._atoms(rows)]
        parts.sort(key=lambda pair: (pair[0].rows[0], pair[0].order))
        self.atoms = [atom for atom, _ in parts]
        self.size = len(parts)
        self.all = (1 << self.size) - 1
        positions: list[list[int]] = [[] for _ in self.classes]
        for at, (_, n) in enumerate(parts):
            positions[n].append(at)
        self.masks = [from_positions(at, self.size) for at in positions]
        self.class_of = {row: n for n, rows in enumerate(self.classes) for row in rows}
        self.machines = self.weighed(lambda atom: atom.machines)
        self.rows = self.weighed(lambda atom: len(atom.rows) if assets[atom.rows[0]].count == 1 else 0)
        many = [(at, atom.order) for at, atom in enumerate(self.atoms) if assets[atom.rows[0]].count > 1]
        self.folds = [from_positions([at for at, k in many if k == order], self.size) for order in range(singles + 1)]
        self.single = from_positions([at for at, atom in enumerate(self.atoms) if atom.machines == 1], self.size)

    def _atoms(self, rows: list[int]) -> list[Atom]:
        total = sum(self.assets[row].count for row in rows)
        few = min(self.singles, total)
        one = len(rows) == 1
        made = [Atom(rows if one else rows[k : k + 1], 1, k) for k in range(few)]
        if total > few:
            made.append(Atom(rows if one else rows[few:], total - few, few))
        return made

    def weighed(self, weight: Callable[[Atom], int]) -> Weights:
        """What each bit weighs, digit by digit: (digit, bits whose weight has it), so that a sum takes a few counts of
        bits."""
        digits: dict[int, list[int]] = {}
        for at, atom in enumerate(self.atoms):
            for digit in members(weight(atom)):
                digits.setdefault(digit, []).append(at)
        return [(digit, from_positions(at, self.size)) for digit, at in sorted(digits.items())]

    def spread(self, numbers: Iterable[int]) -> int:
        """The set of all bits of the classes that hold these assets."""
        made = 0
        for n in {self.class_of[number] for number in numbers}:
            made |= self.masks[n]
        return made

    def gather(self, keys: Callable[[Asset], Iterable[str]]) -> dict[str, int]:
        """For each key the set of assets that have it; all of a class have the same."""
        found: dict[str, int] = {}
        for mask, rows in zip(self.masks, self.classes, strict=True):
            for key in keys(self.assets[rows[0]]):
                found[key] = found.get(key, 0) | mask
        return dict(sorted(found.items()))

    def count(self, bits: int) -> int:
        """How many machines are in the set."""
        return sum_of(self.machines, bits)

    def count_rows(self, bits: int) -> int:
        """How many register rows have a machine in the set."""
        folded = 0
        for order, mask in enumerate(self.folds):
            folded |= (bits & mask) >> order
        return folded.bit_count() + sum_of(self.rows, bits)

    def first(self, bits: int, most: int) -> list[int]:
        """The numbers of the first rows with a machine in the set, in order."""
        found: list[int] = []
        for at in members(bits):
            rows = self.atoms[at].rows
            if len(found) >= most and rows[0] > found[-1]:
                break
            found += rows[:most]
            if len(found) >= most:
                found = sorted(set(found))[:most]
        return sorted(set(found))[:most]

    def at(self, bits: int) -> int:
        """The number of the row of the lowest bit."""
        return self.atoms[(bits & -bits).bit_length() - 1].rows[0]


def _classes(assets: Sequence[Asset], apart: Collection[int]) -> list[list[int]]:
    found: dict[Hashable, list[int]] = {}
    for n, asset in enumerate(assets):
        found.setdefault(n if asset.count > 1 or n in apart else sign(asset), []).append(n)
    return list(found.values())


def sign(asset: Asset) -> Hashable:
    """Everything of an asset that replay looks at."""
    return (
        asset.kind, asset.unit, tuple(sorted(asset.all_zones())), tuple(sorted(asset.all_realms())),
        asset.internet_facing, asset.supplier_facing, asset.importance, tuple(sorted(asset.holds)),
        tuple(sorted(asset.traits)),
    )  # fmt: skip
