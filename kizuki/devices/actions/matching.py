"""Running the matching engine over what is known, and keeping what it finds. Every portion is a transaction of its own; a matching that
was stopped is simply done again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final, NamedTuple

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kizuki.devices.actions.following import follow
from kizuki.devices.actions.stale import ROOM
from kizuki.devices.actions.storing import Row, Store
from kizuki.devices.choices import Ended
from kizuki.devices.engine import overlay
from kizuki.devices.engine.known import known_of, ranges_of
from kizuki.devices.engine.overlay import Decided, Standing, Units
from kizuki.devices.models import DeviceDecision, Trace, Watch
from kizuki.jobs.worker import progress
from kizuki.journal.actions import By, record
from kizuki.register.engine.format import Asset, Zone
from kizuki.register.engine.matching import AssetSeen, Matching, match
from kizuki.register.engine.matching import Device as Found
from kizuki.register.engine.matching import State as Folded
from kizuki.register.models import Organisation
from kizuki.register.reading import records_of

#: After so long a matching that has not ended is taken for dead.
LONGEST: Final = timedelta(hours=2)
#: Contradictions shown; a register with more has another problem.
MOST_CONFLICTS: Final = 500


class Register(NamedTuple):
    """What matching asks of the register."""

    assets: dict[str, Asset]
    zones: dict[str, Zone]


def match_devices(*, organisation: Organisation, by: By = None, now: int | None = None) -> dict[str, int] | None:
    """Match everything observed to the register as it is now; keep devices, where their traces belong, and a task for each that nobody
    knows. Gives the number of devices by state; None where another matching runs, which then is not disturbed. `now`: seconds since
    1970, for tests."""
    organisation.refresh_from_db()
    watch = _begin(organisation)
    if watch is None:
        return None
    try:
        return _matched(organisation, watch, by, int(timezone.now().timestamp()) if now is None else now)
    finally:
        Watch.objects.filter(pk=watch.pk).update(since=None)


def _begin(organisation: Organisation) -> Watch | None:
    """Claim the matching of an organisation: nobody else does it meanwhile."""
    with transaction.atomic():
        watch, _new = Watch.objects.get_or_create(organisation=organisation)
        free = Q(since=None) | Q(since__lt=timezone.now() - LONGEST)
        claimed = Watch.objects.filter(free, pk=watch.pk).update(since=timezone.now())
    watch.refresh_from_db()
    return watch if claimed else None


def _matched(organisation: Organisation, watch: Watch, by: By, now: int) -> dict[str, int]:
    register = Register(
        {asset.id: asset for asset in records_of(organisation, "asset")},
        {zone.id: zone for zone in records_of(organisation, "zone")},
    )
    traces = list(Trace.objects.filter(organisation=organisation).order_by("pk"))
    state = Folded(tuple(row.folded for row in traces))
    progress(10)
    known = [known_of(asset) for asset in register.assets.values()]
    result = match(known, ranges_of(register.zones.values()), (), state, now=now)
    progress(50)
    store = Store(organisation, traces, result)
    store.carry()
    decisions = _decisions(organisation, store)
    rows = list(_rows(register, result, decisions))
    store.write(rows)
    progress(80)
    store.keep_decisions(decisions)
    _end_needless(decisions, {row.key: row for row in rows})
    follow(organisation, store, register.zones)
    counts = dict(Counter(row.values["state"] for row in rows))
    _finish(organisation, watch, result, counts, by)
    return counts


def _decisions(organisation: Organisation, store: Store) -> dict[str, DeviceDecision]:
    """The decisions that count, by the key of the device as it is called now. What has been forgotten and is back takes up its
    decision again."""
    today = timezone.localdate()
    with transaction.atomic():
        over = DeviceDecision.objects.counting().filter(organisation=organisation, until__lt=today)
        over.update(ended=Ended.EXPIRED, ended_at=timezone.now(), ended_name="Kizuki")
    found: dict[str, DeviceDecision] = {}
    for decision in DeviceDecision.objects.counting().filter(organisation=organisation).order_by("-pk"):
        key = store.key_of(decision.device_id) or decision.key
        if key in store.keys:
            found.setdefault(key, decision)
    return found


def _rows(register: Register, result: Matching, decisions: dict[str, DeviceDecision]) -> Iterator[Row]:
    """Every device as it is to be kept, and every asset that was looked for in vain and never seen."""
    places = {asset.id: (asset.unit or "", asset.all_zones()) for asset in register.assets.values()}
    zones = {zone.id: zone.unit or "" for zone in register.zones.values()}
    units = Units(places, zones, result.devices)
    expected = {asset.id for asset in register.assets.values() if asset.lifecycle in (None, "in use")}
    named = {decision.asset for decision in decisions.values() if decision.asset}
    gone = overlay.gone(result.assets, expected, named)
    for device in result.devices:
        decision = decisions.get(device.id)
        at = overlay.standing(device, _decided(decision), register.assets.keys())
        if at.asset in gone:
            at = at._replace(state="gone", reasons=gone[at.asset].reasons)
        counts = "" if decision is None or at.needless else decision.kind
        yield Row(device.id, _values(device, at, counts, units.of(at.asset, device.zone)), at.needless)
    for id, seen in gone.items():
        if not seen.devices:
            yield _missing(register.assets[id], seen)


def _decided(decision: DeviceDecision | None) -> Decided | None:
    if decision is None:
        return None
    return Decided(decision.kind, decision.asset, decision.by_name, timezone.localdate(decision.at).isoformat())


def _values(device: Found, at: Standing, decided: str, unit: str) -> dict[str, Any]:
    parts = {name: list(getattr(device, name)) for name in ("macs", "ips", "hosts", "serials", "cloud_ids", "sources")}
    return {
        **parts, "state": at.state, "asset": at.asset, "assets": list(at.assets), "reasons": overlay.plain(at.reasons),
        "confidence": device.confidence or "", "points": device.points, "differs": overlay.plain(device.differs),
        "near": overlay.plain(device.near) if device.near else None, "zone": device.zone or "",
        "zones": list(device.zones), "unit": unit, "first": device.first, "last": device.last, "seen": device.seen,
        "decided": decided,
    }  # fmt: skip


def _missing(asset: Asset, seen: AssetSeen) -> Row:
    known = known_of(asset)
    place = next(iter(known.zones), None)
    device = Found(
        id=f"asset:{asset.id}", status="known", asset=asset.id, zone=place, zones=known.zones, macs=known.macs, ips=known.ips,
        hosts=known.hosts, serials=known.serials, cloud_ids=known.cloud_ids,
    )  # fmt: skip
    at = Standing("gone", asset.id, (), seen.reasons)
    return Row(device.id, _values(device, at, "", asset.unit or ""))


def _end_needless(decisions: dict[str, DeviceDecision], rows: dict[str, Row]) -> None:
    """Decisions that were overtaken: not ours, but recognised since; an asset that was taken out."""
    for key, decision in decisions.items():
        if needless := rows[key].needless:
            values = {"ended": Ended(needless), "ended_at": timezone.now(), "ended_name": "Kizuki"}
            DeviceDecision.objects.counting().filter(pk=decision.pk).update(**values)


@transaction.atomic
def _finish(organisation: Organisation, watch: Watch, result: Matching, counts: dict[str, int], by: By) -> None:
    values = {
        "matched": watch.taken, "register": organisation.digest, "matched_at": timezone.now(),
        "assets": dict(Counter(one.status for one in result.assets)),
        "conflicts": msgspec.to_builtins(result.conflicts[:MOST_CONFLICTS]),
    }  # fmt: skip
    Watch.objects.filter(pk=watch.pk).update(**values)
    record(by=by, room=ROOM, verb="matched", obj=watch, data={"devices": counts, "assets": values["assets"]})
