"""A register made ready for replay: assets as bits, who can reach whom by zone, the state of each measure at each
asset."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Final

import msgspec

from kizuki.measures.engine.format import Measure, Measures
from kizuki.register.engine.format import KIND_PARENT, Asset, Organisation
from kizuki.register.engine.vocabulary import Vocabulary
from kizuki.replay.engine.atoms import Atoms, Weights, sign
from kizuki.replay.engine.bits import union
from kizuki.replay.engine.coverage import Cover, Rows, resolve

#: Steps at which one asset is taken in most cases; for a case with more, `wide_enough` makes the register ready again.
SINGLES: Final = 2
MAILED: Final = ("pc", "mobile", "mail-server")
DIMENSIONS: Final = ("confidentiality", "integrity", "availability")
IDS_SHOWN: Final = 8
#: How much may be remembered of who reaches whom. With each answer go six sets of a bit an atom, so about a byte an atom, and
#: what Python needs to keep them.
REMEMBERED_BYTES: Final = 16 * 1024 * 1024
ANSWER_BYTES: Final = 1_000


class Reached(msgspec.Struct, frozen=True, gc=False):
    """Assets that something reaches for sure, and those that it reaches for all that the register says."""

    known: int
    any: int

    @property
    def assumed(self) -> int:
        return self.any & ~self.known


class Compiled:
    """A register and a catalogue, made ready. Take it from `compile_register`; it does not change after."""

    def __init__(
        self,
        organisation: Organisation,
        catalogue: Measures,
        vocabulary: Vocabulary,
        singles: int,
        before: Compiled | None = None,
    ) -> None:
        self.organisation, self.about = organisation, organisation.organisation
        self._from = (organisation, catalogue, vocabulary)
        self._wider: Compiled | None = None
        self.singles = singles
        #: The same object in registers that are the same in all that replay looks at.
        self.sight = object()
        self.catalogue: dict[str, Measure] = catalogue.by_id()
        self.contraries = vocabulary.contraries()
        self.complete = frozenset(organisation.complete)
        self.assets: tuple[Asset, ...] = tuple(sorted(organisation.assets, key=lambda asset: asset.id))
        self.number = {asset.id: n for n, asset in enumerate(self.assets)}
        self.apart = self._apart()
        same = before is not None and before.apart == self.apart and before.has_like(self.assets)
        self.atoms: Atoms = before.atoms if before is not None and same else Atoms(self.assets, self.apart, singles)
        self.all, self.size, self.single = self.atoms.all, self.atoms.size, self.atoms.single
        self.count, self.count_rows, self.spread = self.atoms.count, self.atoms.count_rows, self.atoms.spread
        self._describe()
        self._connect()
        self.rows = Rows(organisation.coverage)
        self._covers: dict[str, Cover] = {}
        self.reached: dict[object, object] = {}
        self.crossed: dict[int, int] = {}
        self._ids: dict[tuple[int, int], tuple[str, ...]] = {}
        self.remember = max(256, REMEMBERED_BYTES // (self.size + ANSWER_BYTES))

    def _apart(self) -> set[int]:
        """Assets that a link or a coverage row names: they are like no other."""
        names = {name for link in self.organisation.links for name in (link.from_, link.to)}
        names |= {row.scope.asset for row in self.organisation.coverage if row.scope.asset is not None}
        return {self.number[name] for name in names}

    def followed(self, organisation: Organisation) -> Compiled | None:
        """The register after a change, where nothing has changed that replay looks at, such as names, notes, owners or addresses:
        what is worked out already is shared. Else None."""
        before = self.organisation
        parts = ("complete", "units", "zones", "routes", "links", "coverage", "realms")
        if any(getattr(before, part) != getattr(organisation, part) for part in parts):
            return None
        assets = tuple(sorted(organisation.assets, key=lambda asset: asset.id))
        if not self.has_like(assets):
            return None
        made = copy.copy(self)
        made.organisation, made.about, made.assets = organisation, organisation.organisation, assets
        made._from, made._wider = (organisation, *self._from[1:]), None
        return made

    def has_like(self, assets: Sequence[Asset]) -> bool:
        """Whether these, sorted by id, are the same to replay as the register's own."""
        return len(assets) == len(self.assets) and all(map(_alike, self.assets, assets))

    def wide_enough(self, entries: int) -> Compiled:
        """The register with as many single bits a class as a case has entries, so that each can be another of alike
        assets."""
        if entries <= self.singles:
            return self
        if self._wider is None or self._wider.singles < entries:
            self._wider = Compiled(*self._from, entries)
        return self._wider

    def _describe(self) -> None:
        gather, atoms = self.atoms.gather, self.atoms
        self.exact_kinds = exact = gather(lambda asset: (asset.kind,))
        self.kinds = dict(exact)
        for child, parent in KIND_PARENT.items():
            self.kinds[parent] = self.kinds.get(parent, 0) | exact.get(child, 0)
        self.traits, self.holds = gather(lambda asset: asset.traits), gather(lambda asset: asset.holds)
        self.units = gather(lambda asset: (asset.unit,) if asset.unit else ())
        self.zones = {zone.id: 0 for zone in sorted(self.organisation.zones, key=lambda zone: zone.id)}
        self.zones |= gather(Asset.all_zones)
        self.realms = gather(Asset.all_realms)
        self.nowhere = atoms.all & ~union(self.zones.values())
        self.importance = [self._importance(dimension) for dimension in DIMENSIONS]
        self.harm = [self._harm(dimension) for dimension in DIMENSIONS]
        self.internet = self._facing("internet_facing", self.kinds.get("cloud-service", 0))
        self.supplier = self._facing("supplier_facing", 0)
        mailed = union(exact.get(kind, 0) for kind in MAILED)
        #: what an attack reaches from outside, by the way of its step
        self.facing = {"internet": self.internet, "supplier": self.supplier, "mail": Reached(mailed, mailed),
                       "not stated": Reached(0, self.all)}  # fmt: skip

    def _importance(self, dimension: str) -> list[int]:
        """By value 0 to 3."""
        found = self.atoms.gather(lambda asset: (str(_importance(asset, dimension)),))
        return [found.get(str(value), 0) for value in range(4)]

    def _harm(self, dimension: str) -> Weights:
        """What harm weighs: machines times importance."""
        return self.atoms.weighed(lambda atom: atom.machines * _importance(self.assets[atom.rows[0]], dimension))

    def _facing(self, what: str, by_nature: int) -> Reached:
        said = self.atoms.gather(lambda asset: (str(getattr(asset, what)),))
        unsaid = said.get("None", 0)
        known = said.get("True", 0) | unsaid & by_nature
        return Reached(known, known if what in self.complete else known | unsaid)

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
        number, spread = self.number, self.atoms.spread
        targets: dict[int, set[int]] = {}
        for link in self.organisation.links:
            targets.setdefault(number[link.from_], set()).add(number[link.to])
        self.links = {n: spread(to) for n, to in sorted(targets.items())}
        self.linking = spread(self.links)
        self.linked = union(self.links.values())
        comes: dict[int, set[int]] = {}
        for source, to in targets.items():
            for n in to:
                comes.setdefault(n, set()).add(source)
        alike: dict[object, list[int]] = {}
        for n in sorted({*targets, *comes}):
            alike.setdefault((frozenset(targets.get(n, ())), frozenset(comes.get(n, ()))), []).append(n)
        #: sets of assets that have the same links, in and out
        self.link_classes = [spread(numbers) for numbers in alike.values()]

    def cover(self, measure: str) -> Cover:
        """The state of a measure at every asset."""
        made = self._covers.get(measure)
        if made is None:
            made = self._covers[measure] = resolve(self, measure)
        return made

    def ids(self, bits: int, most: int = IDS_SHOWN) -> tuple[str, ...]:
        """The ids of the first rows with a machine in the set, sorted."""
        made = self._ids.get((bits, most))
        if made is None:
            if len(self._ids) >= self.remember:
                self._ids.clear()
            made = self._ids[bits, most] = tuple([self.assets[n].id for n in self.atoms.first(bits, most)])
        return made

    def asset_at(self, bits: int) -> Asset:
        """The row of the lowest bit of a set that is not empty."""
        return self.assets[self.atoms.at(bits)]

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


def _alike(one: Asset, other: Asset) -> bool:
    return one is other or (one.id == other.id and one.count == other.count and sign(one) == sign(other))


def _importance(asset: Asset, dimension: str) -> int:
    """Where none is recorded it counts as 1, so that harm there is not nothing."""
    return 1 if asset.importance is None else int(getattr(asset.importance, dimension))


def compile_register(
    organisation: Organisation, catalogue: Measures, vocabulary: Vocabulary, before: Compiled | None = None
) -> Compiled:
    """Make a register ready for replay; done once, it serves any number of cases. `before`: the same register before some change, by
    the same catalogue and vocabulary."""
    if before is not None and (followed := before.followed(organisation)) is not None:
        return followed
    return Compiled(organisation, catalogue, vocabulary, SINGLES, before)
