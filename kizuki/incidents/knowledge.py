"""What the register tells of the assets of an incident, and what can be reached from them. Only for whoever may read the register:
it shows where an organisation is weak."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kizuki.incidents.choices import AssetState
from kizuki.incidents.engine.naming import Index
from kizuki.incidents.engine.onward import Onward, Way, onward
from kizuki.incidents.engine.similar import Alike
from kizuki.incidents.models import AssetOf, Incident
from kizuki.kit.kept import Kept
from kizuki.register.engine.format import Asset, Backup
from kizuki.register.words import ASSET_KINDS, LINK_KINDS
from kizuki.replay.affected import channels
from kizuki.replay.engine.affected import calls
from kizuki.replay.engine.register import DIMENSIONS, Compiled
from kizuki.replay.map import Naming
from kizuki.replay.past import compiled_now

#: From such assets the attacker may go on.
HELD = (AssetState.SUSPECTED, AssetState.AFFECTED)
#: Gaps shown of one asset; assets shown that are reached next, at first and at most.
MOST_GAPS, FIRST_REACHED, MOST_REACHED = 4, 15, 200
_indexes: Kept[Index] = Kept(2)


class Gap(NamedTuple):
    """A measure that alike cases name for an asset like this, and that is not in full here."""

    measure: str
    name: Any
    state: str


class Line(NamedTuple):
    """An asset of the incident with what the register says of it. `asset` None: the register no longer has it in use."""

    row: AssetOf
    asset: Asset | None
    kind: Any
    unit: str
    zone: str
    importance: int | None
    owner: Any
    owner_ways: list[str]
    services: list[tuple[Any, Any]]
    backups: list[Backup]
    gaps: list[Gap]


class ReachedLine(NamedTuple):
    """An asset that is reached. `ways`: in words, best known first."""

    key: str
    name: Any
    kind: Any
    unit: str
    zones: list[tuple[str, str]]
    importance: int | None
    step: int
    assumed: bool
    ways: list[str]


class Known:
    """The register as it counts today, for the pages of one incident."""

    def __init__(self, incident: Incident) -> None:
        self.register: Compiled = compiled_now(incident.organisation)
        self.names = Naming(self.register)

    def lines(self, rows: Sequence[AssetOf], alike: Sequence[Alike] = ()) -> list[Line]:
        """The assets of an incident as the page shows them; those that matter most first."""
        register = self.register
        numbers = {row.key: register.number[row.key] for row in rows if row.key in register.number}
        called = calls(register.organisation, [(number, "open") for number in numbers.values()], register)
        owners = {asset: call.contact for call in called for asset in call.assets}
        services = {service.id: service for service in register.organisation.services}
        backups: dict[str, list[Backup]] = {}
        for backup in register.organisation.backups:
            if backup.of in numbers:
                backups.setdefault(backup.of, []).append(backup)
        made = []
        for row in rows:
            if row.key not in numbers:
                made.append(Line(row, None, "", "", "", None, None, [], [], [], []))
                continue
            asset, owner = register.assets[numbers[row.key]], owners.get(row.key)
            served = [services[id] for id in asset.services if id in services]
            line = Line(
                row, asset, ASSET_KINDS[asset.kind], self.names.unit(asset.unit or ""), self._zones(asset),
                importance(asset), owner.name if owner else None, channels(owner) if owner else [],
                [(service.name, service.customers) for service in served], backups.get(row.key, []),
                self._gaps(numbers[row.key], asset, alike),
            )  # fmt: skip
            made.append(line)
        return sorted(made, key=_pressing)

    def _zones(self, asset: Asset) -> str:
        zones = [self.names.zone(zone) for zone in asset.all_zones()] or [self.names.zone("")]
        return pgettext("between things", ", ").join(zones)

    def _gaps(self, number: int, asset: Asset, alike: Sequence[Alike]) -> list[Gap]:
        """Measures that the steps of alike cases name for an asset like this and that do not hold in full: none first, then partial,
        then unknown; of equals what more steps name."""
        register, bits = self.register, self.register.spread([number])
        named: dict[str, int] = {}
        for one in alike:
            for step in one.case.attack:
                if register.fits(step.targets.kinds, step.targets.traits)[0] & bits:
                    for bears in (*step.prevent, *step.detect, *step.contain, *step.soften):
                        named[bears.measure] = named.get(bears.measure, 0) + 1 + bears.stated
        order = {"none": 0, "partial": 1, "unknown": 2}
        found = [
            (order[state], -count, measure, str(state))
            for measure, count in named.items()
            if measure in register.catalogue and (state := register.cover(measure).state(bits & -bits)) in order
        ]
        return [Gap(id, register.catalogue[id].name, state) for _order, _count, id, state in sorted(found)[:MOST_GAPS]]

    def onward(
        self, rows: Iterable[AssetOf], *, whole: bool, most: int = FIRST_REACHED
    ) -> tuple[Onward, list[ReachedLine]]:
        """What is reached next from what the attacker holds, in one step or all; the first `most` of it."""
        found = onward(self.register, [row.key for row in rows if row.state in HELD], whole=whole, most=most)
        made = []
        for row in found.rows:
            asset = self.register.assets[self.register.number[row.asset]]
            zones = [(zone, self.names.zone(zone)) for zone in asset.all_zones()]
            ways = [self._way(way) for way in row.ways]
            made.append(
                ReachedLine(
                    asset.id, asset.name, ASSET_KINDS[asset.kind], self.names.unit(asset.unit or ""), zones, row.importance,
                    row.step, row.assumed, ways,
                )
            )  # fmt: skip
        return found, made

    def _way(self, way: Way) -> str:
        """By what an asset is reached, in words."""
        if way.by == "link":
            words = {"kind": LINK_KINDS.get(way.word, way.word), "from": self._name(way.from_)}
            return _("link (%(kind)s) from %(from)s") % words
        if way.by == "account":
            return _("account of %(realm)s") % {"realm": self._realm(way.from_)}
        if way.from_ == way.to:
            return _("network: same zone %(zone)s") % {"zone": self.names.zone(way.to)}
        return _("network: from %(from)s to %(to)s") % {
            "from": self.names.zone(way.from_), "to": self.names.zone(way.to),
        }  # fmt: skip

    def _name(self, key: str) -> str:
        from kizuki.ui.templatetags.kizuki import plain

        return plain(self.register.assets[self.register.number[key]].name)

    def _realm(self, id: str) -> str:
        from kizuki.ui.templatetags.kizuki import plain

        return next((plain(realm.name) for realm in self.register.organisation.realms if realm.id == id), id)


def importance(asset: Asset) -> int | None:
    """The highest of the three values; None where nobody has judged any."""
    judged = asset.importance
    return None if judged is None else max(getattr(judged, dimension) for dimension in DIMENSIONS)


_STATES = list(AssetState.values)
_ORDER = {AssetState.AFFECTED: 0, AssetState.SUSPECTED: 1, AssetState.CONTAINED: 2, AssetState.RECOVERED: 3}


def _pressing(line: Line) -> tuple[int, int, str]:
    return (_ORDER.get(line.row.state, 4), -(line.importance or 0), line.row.key)  # type: ignore[call-overload]


def index_of(incident: Incident) -> Index:
    """The words by which the assets of the register are called; made once for each state of it."""
    organisation = incident.organisation
    return _indexes.get(organisation.digest, lambda: Index(organisation.read))
