"""What is worth asking a unit about."""

from __future__ import annotations

from collections.abc import Iterable

from kizuki.measures.engine.format import Measure
from kizuki.measures.engine.holding import Holding, Place

#: The whole organisation answers for these: a unit has no say in them.
NOT_OF_UNITS = ("govern", "identify")


def matters(measures: Iterable[Measure], holding: Holding, unit: str) -> list[str]:
    """The ids of the measures about which a unit's answer would tell something: those that act on an attack, and are not
    recorded as full or not applicable for the unit by a row that is still valid. In the catalogue's order."""
    found = []
    for measure in measures:
        if measure.function in NOT_OF_UNITS:
            continue
        row = holding.at(measure.id, Place(unit=unit))
        if row is None or row.says.state not in ("full", "not applicable"):
            found.append(measure.id)
    return found
