"""What the columns of a record take from other records: inherited importance, the unit of links and backups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from kizuki.register.columns import highest
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.engine.standing import Reason, importance_of
from kizuki.register.models import TABLES, Asset, Mention, Organisation

#: Rows looked at and written at once.
ROWS = 400


def refresh_derived(organisation: Organisation, changed: Sequence[tuple[RecordKind, str]]) -> None:
    """Bring the derived columns of these records, and of those that name them, up to date."""
    touched: dict[str, set[str]] = {
        "asset": set(),
        "service": set(),
        "information": set(),
        "link": set(),
        "backup": set(),
    }
    for kind, key in changed:
        if kind in touched:
            touched[kind].add(key)
    assets = set(touched["asset"])
    for of_kind in ("service", "information"):
        assets |= _naming(organisation, "asset", of_kind, touched[of_kind])
    _importance(organisation, assets)
    for kind in ("link", "backup"):
        _units(organisation, kind, touched[kind] | _naming(organisation, kind, "asset", touched["asset"]))
    _coverage_units(
        organisation,
        _naming(organisation, "coverage", "asset", touched["asset"])
        | {key for kind, key in changed if kind == "coverage"},
    )


def _naming(organisation: Organisation, kind: str, of_kind: str, keys: set[str]) -> set[str]:
    found: set[str] = set()
    for portion in _portions(keys):
        rows = Mention.objects.filter(organisation=organisation, kind=kind, of_kind=of_kind, of_key__in=portion)
        found.update(rows.values_list("key", flat=True))
    return found


def _portions(keys: set[str]) -> list[list[str]]:
    ordered = sorted(keys)
    return [ordered[n : n + ROWS] for n in range(0, len(ordered), ROWS)]


def _importance(organisation: Organisation, assets: set[str]) -> None:
    """Assets that serve something or hold some information weigh at least as much as that."""
    naming = _heirs(organisation, assets)
    if not naming:
        return
    services = _judged(organisation, "service")
    information = _judged(organisation, "information")
    for portion in _portions(naming):
        changed = []
        for row in TABLES["asset"].objects.filter(organisation=organisation, key__in=portion):
            value = highest(importance_of(row.read, services, information)[0])
            if value != row.importance:
                row.importance = value
                changed.append(row)
        TABLES["asset"].objects.bulk_update(changed, ["importance"], batch_size=ROWS)


def reasons_of(asset: Asset) -> tuple[tuple[Reason, ...], dict[tuple[RecordKind, str], Any]]:
    """What an asset's importance comes from, dimension by dimension, and the rows of its services and information by kind and key."""
    record = asset.read
    named: tuple[tuple[RecordKind, Sequence[str]], ...] = (
        ("service", record.services),
        ("information", record.information),
    )
    rows = {
        (kind, row.key): row
        for kind, ids in named
        if ids
        for row in TABLES[kind].objects.filter(organisation=asset.organisation_id, key__in=ids, deleted_at=None)
    }
    services, information = ({key: row.read for (of, key), row in rows.items() if of == kind} for kind, _ids in named)
    return importance_of(record, services, information)[1], rows


def _heirs(organisation: Organisation, assets: set[str]) -> set[str]:
    found: set[str] = set()
    for portion in _portions(assets):
        rows = Mention.objects.filter(
            organisation=organisation, kind="asset", key__in=portion, of_kind__in=("service", "information")
        )
        found.update(rows.values_list("key", flat=True))
    return found


def _judged(organisation: Organisation, kind: RecordKind) -> dict[str, Any]:
    rows = TABLES[kind].objects.filter(organisation=organisation, deleted_at=None, importance__isnull=False)
    return {row.key: row.read for row in rows}


def _units(organisation: Organisation, kind: RecordKind, keys: set[str]) -> None:
    """A link or backup is answered for by the unit of its asset."""
    end = "from" if kind == "link" else "of"
    for portion in _portions(keys):
        rows = list(TABLES[kind].objects.filter(organisation=organisation, key__in=portion))
        _set_units(organisation, kind, [(row, row.document[end]) for row in rows])


def _coverage_units(organisation: Organisation, keys: set[str]) -> None:
    """Coverage of one asset is shown to whoever answers for that asset."""
    for portion in _portions(keys):
        rows = TABLES["coverage"].objects.filter(Q(organisation=organisation, key__in=portion) & ~Q(scope_asset=""))
        _set_units(organisation, "coverage", [(row, row.scope_asset) for row in rows])


def _set_units(organisation: Organisation, kind: RecordKind, rows: Sequence[tuple[Any, str]]) -> None:
    units = dict(
        Asset.objects.filter(organisation=organisation, key__in={asset for _, asset in rows}).values_list("key", "unit")
    )
    changed = []
    for row, asset in rows:
        unit = units.get(asset, "")
        if row.unit != unit:
            row.unit = unit
            changed.append(row)
    TABLES[kind].objects.bulk_update(changed, ["unit"], batch_size=ROWS)
