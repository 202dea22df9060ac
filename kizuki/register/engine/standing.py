"""What of a register counts on a day: things in use, rows of coverage that are still valid, importance with what it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from kizuki.register.engine.format import Asset, Coverage, Importance, Information, Organisation, Service

DIMENSIONS: Final = ("confidentiality", "integrity", "availability")


class Reason(NamedTuple):
    """Why an asset is as important as it is in one dimension: `of` is own, service or information, `id` names which."""

    dimension: str
    value: int
    of: str
    id: str


def importance_of(
    asset: Asset, services: Mapping[str, Service], information: Mapping[str, Information]
) -> tuple[Importance | None, tuple[Reason, ...]]:
    """An asset's importance: its own, or more where a service that it serves or information that it holds weighs more. None
    where nobody has judged any of them. The reasons give the first source of each dimension's value, own before inherited."""
    sources = [("own", asset.id, asset.importance)]
    sources += [("service", id, services[id].importance) for id in asset.services if id in services]
    sources += [("information", id, information[id].importance) for id in asset.information if id in information]
    judged = [(of, id, found) for of, id, found in sources if found is not None]
    if not judged:
        return None, ()
    reasons = []
    for dimension in DIMENSIONS:
        of, id, found = max(judged, key=lambda source, d=dimension: getattr(source[2], d))  # type: ignore[misc]
        reasons.append(Reason(dimension, getattr(found, dimension), of, id))
    return Importance(*(reason.value for reason in reasons)), tuple(reasons)


def standing(organisation: Organisation, day: str) -> Organisation:
    """The register as it counts on a day (as 2026-11-22): without what is planned or retired, and what leads to it; importance
    inherited; coverage that is no longer valid taken as unknown."""
    services = {service.id: service for service in organisation.services if service.importance is not None}
    information = {kind.id: kind for kind in organisation.information if kind.importance is not None}
    gone = {asset.id for asset in organisation.assets if asset.lifecycle in ("planned", "retired")}
    assets = _inherited((a for a in organisation.assets if a.id not in gone), services, information)
    return msgspec.structs.replace(
        organisation,
        assets=tuple(assets),
        links=tuple(x for x in organisation.links if x.from_ not in gone and x.to not in gone),
        backups=tuple(x for x in organisation.backups if x.of not in gone),
        coverage=tuple(_valid(x, day) for x in organisation.coverage if x.scope.asset not in gone),
    )


def _inherited(
    assets: Iterable[Asset], services: Mapping[str, Service], information: Mapping[str, Information]
) -> Iterable[Asset]:
    for asset in assets:
        if not (asset.services and services) and not (asset.information and information):
            yield asset
            continue
        importance, _ = importance_of(asset, services, information)
        yield asset if importance == asset.importance else msgspec.structs.replace(asset, importance=importance)


def _valid(row: Coverage, day: str) -> Coverage:
    return msgspec.structs.replace(row, state="unknown") if is_over(row, day) else row


def is_over(row: Coverage, day: str) -> bool:
    """Whether a row of coverage is no longer valid on a day, so that it says nothing any more."""
    return row.valid_until is not None and row.valid_until < day
