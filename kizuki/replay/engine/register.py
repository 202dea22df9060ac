"""A register made ready for replay: assets as bits in the order of their ids, who can reach whom by zone, and the
state of each measure at each asset.

A row with `count` above 1 gets up to three bits of weight 1, so that one of it can be the entry, and one bit for the
rest.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from kizuki.measures.engine.format import Measure, Measures
from kizuki.register.engine.format import KIND_PARENT, Asset, Organisation
from kizuki.register.engine.vocabulary import Vocabulary
from kizuki.replay.engine.bits import from_positions, members, union
from kizuki.replay.engine.coverage import Cover, Rows, resolve

SINGLES: Final = 3
MAILED: Final = ("pc", "mobile", "mail-server")
DIMENSIONS: Final = ("confidentiality", "integrity", "availability")
IDS_SHOWN: Final = 8
#: How much may be remembered of who reaches whom; six sets of one bit an asset go with each answer.
REMEMBERED_BYTES: Final = 96 * 1024 * 1024


class Facing(msgspec.Struct, frozen=True):
    """Assets that face something for sure, and those of which it is not recorded and not ruled out."""

    known: int
    assumed: int


class Compiled:
    """A register and a catalogue, made ready. Take it from `compile_register`; it does not change after."""

    def __init__(self, organisation: Organisation, catalogue: Measures, vocabulary: Vocabulary) -> None:
        self.organisation, self.about = organisation, organisation.organisation
        self.catalogue: dict[str, Measure] = catalogue.by_id()
        self.contraries = vocabulary.contraries()
        self.complete = frozenset(organisation.complete)
        self.assets: tuple[Asset, ...] = tuple(sorted(organisation.assets, key=lambda asset: asset.id))
        self.number = {asset.id: n for n, asset in enumerate(self.assets)}
        self._place()
        self._describe()
        self._connect()
        self.rows = Rows(organisation.coverage)
        self._covers: dict[str, Cover] = {}
        self.reached: dict[object, object] = {}
        self.remember = max(256, REMEMBERED_BYTES // (self.size + 1))

    def _place(self) -> None:
        """Give every asset its bits, and every bit its weight."""
        self.start: list[int] = []
        self.owner: list[int] = []
        weights: dict[int, list[int]] = {}
        offsets: dict[int, list[int]] = {}
        for n, asset in enumerate(self.assets):
            first = len(self.owner)
            self.start.append(first)
            singles = asset.count if asset.count <= SINGLES else SINGLES
            parts = [1] * singles + ([asset.count - SINGLES] if asset.count > SINGLES else [])
            for k, weight in enumerate(parts):
                self.owner.append(n)
                offsets.setdefault(k, []).append(first + k)
                for digit in range(weight.bit_length()):
                    if weight >> digit & 1:
                        weights.setdefault(digit, []).append(first + k)
        self.size = len(self.owner)
        self.start.append(self.size)
        self.all = (1 << self.size) - 1
        self.slices = [(digit, from_positions(at, self.size)) for digit, at in sorted(weights.items())]
        self.plain = len(self.slices) == 1 and self.size == len(self.assets)
        self.offsets = [from_positions(offsets[k], self.size) for k in sorted(offsets)]
        heavy = [self.start[n] + SINGLES for n, asset in enumerate(self.assets) if asset.count > SINGLES]
        self.single = self.all ^ from_positions(heavy, self.size)

    def spread(self, numbers: Iterable[int]) -> int:
        """The set of all bits of the assets with these numbers."""
        if self.plain:
            return from_positions(numbers, self.size)
        return from_positions((at for n in numbers for at in range(self.start[n], self.start[n + 1])), self.size)

    def _gather(self, pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
        found: dict[str, list[int]] = {}
        for key, n in pairs:
            found.setdefault(key, []).append(n)
        return {key: self.spread(numbers) for key, numbers in sorted(found.items())}

    def _describe(self) -> None:
        each = list(enumerate(self.assets))
        exact = self._gather((asset.kind, n) for n, asset in each)
        self.exact_kinds = exact
        self.kinds = dict(exact)
        for child, parent in KIND_PARENT.items():
            self.kinds[parent] = self.kinds.get(parent, 0) | exact.get(child, 0)
        self.traits = self._gather((trait, n) for n, asset in each for trait in asset.traits)
        self.holds = self._gather((word, n) for n, asset in each for word in asset.holds)
        self.units = self._gather((asset.unit, n) for n, asset in each if asset.unit)
        self.zones = {zone.id: 0 for zone in sorted(self.organisation.zones, key=lambda zone: zone.id)}
        self.zones |= self._gather((zone, n) for n, asset in each for zone in asset.all_zones())
        self.realms = self._gather((realm, n) for n, asset in each for realm in asset.all_realms())
        self.nowhere = self.all & ~union(self.zones.values())
        self.importance = [self._importance(dimension) for dimension in DIMENSIONS]
        cloud = self.kinds.get("cloud-service", 0)
        self.internet = self._facing("internet_facing", cloud)
        self.supplier = self._facing("supplier_facing", 0)
        self.mailed = Facing(union(self.exact_kinds.get(kind, 0) for kind in MAILED), 0)

    def _importance(self, dimension: str) -> list[int]:
        """By value 0 to 3. Where no importance is recorded it counts as 1, so that harm there is not nothing."""
        values: list[list[int]] = [[], [], [], []]
        for n, asset in enumerate(self.assets):
            values[1 if asset.importance is None else getattr(asset.importance, dimension)].append(n)
        return [self.spread(numbers) for numbers in values]

    def _facing(self, what: str, by_nature: int) -> Facing:
        said = self._gather((str(getattr(asset, what)), n) for n, asset in enumerate(self.assets))
        unsaid = said.get("None", 0)
        known = said.get("True", 0) | unsaid & by_nature
        return Facing(known, 0 if what in self.complete else unsaid & ~by_nature)

    def _connect(self) -> None:
        """Who reaches whom, by zone: for sure, and for all that the register says."""
        isolating = {zone.id for zone in self.organisation.zones if zone.isolates_clients}
        self.mixing = {zone: bits for zone, bits in self.zones.items() if zone not in isolating}
        routes: dict[str, set[str]] = {zone: set() for zone in self.zones}
        for route in self.organisation.routes:
            routes.setdefault(route.from_, set()).add(route.to)
        self.routes = routes
        self.own = {zone: self.mixing.get(zone, 0) for zone in self.zones}
        self.out = {z: self.own[z] | union(self.zones.get(to, 0) for to in routes[z]) for z in self.zones}
        others = {z: union(bits for other, bits in self.zones.items() if other != z) for z in self.zones}
        open_ = "routes" not in self.complete
        self.out_any = {z: self.out[z] | self.nowhere | (others[z] if open_ else 0) for z in self.zones}
        self._link()

    def _link(self) -> None:
        number = self.number
        targets: dict[int, set[int]] = {}
        for link in self.organisation.links:
            targets.setdefault(number[link.from_], set()).add(number[link.to])
        self.links = {n: self.spread(sorted(to)) for n, to in sorted(targets.items())}
        self.linking = self.spread(self.links)
        self.linked = union(self.links.values())

    @functools.cached_property
    def link_classes(self) -> list[int]:
        """Sets of assets that have the same links, in and out; those without any are left out."""
        goes: dict[int, list[int]] = {n: sorted({self.owner[at] for at in members(to)}) for n, to in self.links.items()}
        comes: dict[int, list[int]] = {}
        for source, targets in goes.items():
            for n in targets:
                comes.setdefault(n, []).append(source)
        classes: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}
        for n in sorted({*goes, *comes}):
            classes.setdefault((tuple(goes.get(n, ())), tuple(comes.get(n, ()))), []).append(n)
        return [self.spread(numbers) for numbers in classes.values()]

    def cover(self, measure: str) -> Cover:
        """The state of a measure at every asset."""
        made = self._covers.get(measure)
        if made is None:
            made = self._covers[measure] = resolve(self, measure)
        return made

    def count(self, bits: int) -> int:
        """How many machines are in the set."""
        if self.plain:
            return bits.bit_count()
        return sum((bits & mask).bit_count() << digit for digit, mask in self.slices)

    def count_rows(self, bits: int) -> int:
        """How many register rows have a machine in the set."""
        if self.plain:
            return bits.bit_count()
        folded = 0
        for k, mask in enumerate(self.offsets):
            folded |= (bits & mask) >> k
        return folded.bit_count()

    def ids(self, bits: int, most: int = IDS_SHOWN) -> tuple[str, ...]:
        """The ids of the first rows with a machine in the set, sorted."""
        found: list[str] = []
        while bits and len(found) < most:
            n = self.owner[(bits & -bits).bit_length() - 1]
            found.append(self.assets[n].id)
            bits = bits >> self.start[n + 1] << self.start[n + 1]
        return tuple(found)

    def asset_at(self, bits: int) -> Asset:
        """The row of the lowest bit of a set that is not empty."""
        return self.assets[self.owner[(bits & -bits).bit_length() - 1]]

    def fits(self, kinds: Sequence[str], traits: Sequence[str]) -> tuple[int, int]:
        """Assets that fit these targets, and those of them whose fit is assumed. No kind at all: any asset."""
        fit = union(self.kinds.get(kind, 0) for kind in kinds) if kinds else self.all
        assumed = 0
        for trait in traits:
            has, lacks = self.traits.get(trait, 0), self.traits.get(self.contraries.get(trait, ""), 0)
            unsaid = 0 if "traits" in self.complete else self.all & ~has & ~lacks
            fit &= has | unsaid
            assumed |= unsaid
        return fit, fit & assumed


def compile_register(organisation: Organisation, catalogue: Measures, vocabulary: Vocabulary) -> Compiled:
    """Make a register ready for replay; done once, it serves any number of cases."""
    return Compiled(organisation, catalogue, vocabulary)
