"""Which row of coverage holds at a place, by the same order as in replay: a row about the asset wins, else the row with more
keys, of equals the worse state, then the scope's text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from kizuki.register.engine.format import KIND_PARENT, Asset, Coverage, Organisation, Scope
from kizuki.register.engine.kinds import keyed, scope_key

#: A row that is over says nothing: where it wins, nothing is known.
WORSE: Final[dict[str, int]] = {"unknown": 0, "none": 1, "not applicable": 2, "partial": 3, "full": 4}


class Place(NamedTuple):
    """Where a measure is asked for: one asset, or what a unit does as a whole. Nothing given: the whole organisation."""

    unit: str | None = None
    zones: tuple[str, ...] = ()
    kind: str | None = None
    asset: str | None = None


class Row(NamedTuple):
    """A row of coverage with the key by which the register finds it."""

    key: str
    says: Coverage


WHOLE: Final = Place()


def place_of(asset: Asset) -> Place:
    return Place(asset.unit, asset.all_zones(), asset.kind, asset.id)


class Holding:
    """The rows of an organisation, the winning one first. Assets of one unit, kind and set of zones are looked up once."""

    def __init__(self, organisation: Organisation) -> None:
        self._above = {unit.id: unit.parent for unit in organisation.units}
        self._rows: dict[str, list[Row]] = {}
        self._areas: dict[str, list[Row]] = {}
        self._single: dict[tuple[str, str], list[Row]] = {}
        self._found: dict[tuple[str, str | None, tuple[str, ...], str | None], Row | None] = {}
        for row in sorted((Row(key, row) for key, row in keyed("coverage", organisation.coverage)), key=_rank):
            measure, asset = row.says.measure, row.says.scope.asset
            self._rows.setdefault(measure, []).append(row)
            rows = (
                self._areas.setdefault(measure, []) if asset is None else self._single.setdefault((measure, asset), [])
            )
            rows.append(row)

    def of(self, measure: str) -> list[Row]:
        return self._rows.get(measure, [])

    def at(self, measure: str, place: Place) -> Row | None:
        """The row that holds there; None where nobody has said anything."""
        if place.asset is not None and (single := self._single.get((measure, place.asset))):
            units = set(self.way_up(place.unit))
            if row := next((row for row in single if _covers(row.says.scope, place, units)), None):
                return row
        alike = (measure, place.unit, place.zones, place.kind)
        if alike not in self._found:
            units = set(self.way_up(place.unit))
            rows = self._areas.get(measure, ())
            self._found[alike] = next((row for row in rows if _covers(row.says.scope, place, units)), None)
        return self._found[alike]

    def way_up(self, unit: str | None) -> Iterable[str]:
        """A unit and those above it."""
        seen: set[str] = set()
        while unit and unit not in seen:
            seen.add(unit)
            yield unit
            unit = self._above.get(unit)


def _rank(row: Row) -> tuple[object, ...]:
    scope = row.says.scope
    keys = sum(value is not None for value in (scope.unit, scope.zone, scope.kind, scope.asset))
    return (scope.asset is None, -keys, WORSE[row.says.state], scope_key(scope), row.key)


def _covers(scope: Scope, place: Place, units: set[str]) -> bool:
    if scope.unit is not None and scope.unit not in units:
        return False
    if scope.zone is not None and scope.zone not in place.zones:
        return False
    if scope.kind is not None and place.kind not in (scope.kind, *_children(scope.kind)):
        return False
    return scope.asset is None or scope.asset == place.asset


def _children(kind: str) -> list[str]:
    return [child for child, parent in KIND_PARENT.items() if parent == kind]
