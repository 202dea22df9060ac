"""What people decide about a device. Each can be undone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.devices.actions.following import asset_name, find_out
from kizuki.devices.actions.stale import ROOM, Stale
from kizuki.devices.choices import Ended, Kind, State
from kizuki.devices.models import Device, DeviceDecision
from kizuki.journal.actions import By, record
from kizuki.kit.text import Text
from kizuki.register.actions import Edit, apply, undo_batch
from kizuki.register.models import TABLES, Asset, Zone
from kizuki.tasks import actions as tasks
from kizuki.tasks.choices import ENDED, FOLLOWED
from kizuki.tasks.models import Task

#: The fields of an asset by which a device can be recognised.
IDENTIFIERS: Final = ("macs", "ips", "hosts", "serials", "cloud_ids")
#: A device that is not ours is looked at again after a year at the latest.
LONGEST: Final = timedelta(days=366)


@transaction.atomic
def identify(
    *, device: Device, asset: Asset, identifiers: Mapping[str, Sequence[str]], version: int, by: By
) -> DeviceDecision:
    """Say which asset a device is, and add these identifiers of it to the asset (field → values), so that it is recognised from now
    on. Raises what `register.actions.apply` raises."""
    document = dict(asset.document)
    for field in IDENTIFIERS:
        if given := list(identifiers.get(field, ())):
            document[field] = list(dict.fromkeys([*document.get(field, ()), *given]))
    batch = uuid.uuid4()
    edit = Edit("asset", asset.key, document, base=asset.version)
    done = apply(organisation=device.organisation, edits=[edit], by=by, verb="identified", batch=batch)
    values = {"kind": Kind.ASSET, "asset": asset.key, "batch": batch if done.entry else None}
    ja, en = asset_name(device.organisation, asset.key)
    said = Text(ja=f"資産「{ja}」とした。", en=f"Said to be the asset “{en}”.")
    change = {"state": State.KNOWN, "asset": asset.key, "assets": [], "unit": asset.unit}
    return _decide(device, version, by, values=values, change=change, said=said)


@transaction.atomic
def make_asset(*, device: Device, document: Mapping[str, Any], version: int, by: By) -> DeviceDecision:
    """Enter the device in the register as a new asset. Raises what `register.actions.apply` raises; ValidationError where there is an
    asset of that id."""
    key = str(document.get("id", ""))
    if Asset.objects.filter(organisation=device.organisation, key=key, deleted_at=None).exists():
        raise ValidationError(_("There is already an asset with the id “%(id)s”.") % {"id": key})
    batch = uuid.uuid4()
    apply(organisation=device.organisation, edits=[Edit("asset", key, document)], by=by, verb="made", batch=batch)
    values = {"kind": Kind.MADE, "asset": key, "batch": batch}
    ja, en = asset_name(device.organisation, key)
    said = Text(ja=f"資産「{ja}」として登録した。", en=f"Entered as the asset “{en}”.")
    change = {"state": State.KNOWN, "asset": key, "assets": [], "unit": str(document.get("unit") or "")}
    return _decide(device, version, by, values=values, change=change, said=said)


@transaction.atomic
def set_aside(*, device: Device, reason: str, until: dt.date, version: int, by: By) -> DeviceDecision:
    """Say that a device is not ours, until a day; then somebody has to look again."""
    today = timezone.localdate()
    if not today <= until <= today + LONGEST:
        raise ValidationError({"until": _("Choose a day from today on, within a year.")})
    values = {"kind": Kind.NOT_OURS, "reason": reason.strip(), "until": until}
    said = Text(ja=f"自組織のものではない（{until}まで）：{reason}", en=f"Not ours (until {until}): {reason}")
    return _decide(device, version, by, values=values, said=said, drop=True)


@transaction.atomic
def request_block(*, device: Device, reason: str, version: int, by: By) -> DeviceDecision:
    """Ask that a device be kept off the network: a task for whoever looks after its zone."""
    said = Text(ja=f"遮断を依頼した：{reason}", en=f"Asked to block it: {reason}")
    values = {"kind": Kind.BLOCK, "reason": reason.strip()}
    decision = _decide(device, version, by, values=values, said=said)
    zone = Zone.objects.filter(organisation=device.organisation, key=device.zone, deleted_at=None).first()
    unit = (zone.unit if zone else "") or device.unit
    owner = (
        TABLES["unit"]
        .objects.filter(organisation=device.organisation, key=unit, deleted_at=None)
        .values_list("owner", flat=True)
    )
    tasks.create_task(
        title=Text(ja=f"機器 {device.name} を遮断する", en=f"Block {device.name}"), text=reason, origin=tasks.Origin.DEVICE,
        about=tasks.About("device", str(device.pk)), unit=unit, owner=owner.first() or "", due=timezone.localdate(),
        once=_block(device), by=by, organisation=device.organisation,
    )  # fmt: skip
    return decision


@transaction.atomic
def undo(*, decision: DeviceDecision, by: By) -> Device:
    """Take a decision back: the register as it was before it, the device as it stood, the task open again. Raises what
    `register.actions.undo_batch` raises where the asset has changed in the same place since."""
    changed = DeviceDecision.objects.counting().filter(pk=decision.pk).update(**_ended(Ended.UNDONE, by))
    decision.refresh_from_db()
    device = decision.device
    if not changed or device is None:
        raise Stale(decision)
    if decision.batch:
        undo_batch(organisation=device.organisation, batch=decision.batch, by=by)
    rows = Device.objects.filter(pk=device.pk)
    rows.update(**decision.before, decided="", digest="", version=device.version + 1, changed_at=timezone.now())
    device.refresh_from_db()
    _undo_tasks(device, by)
    _match_again()
    record(by=by, room=ROOM, verb="undid", obj=device, data={"kind": decision.kind, "asset": decision.asset})
    return device


def _decide(
    device: Device,
    version: int,
    by: By,
    *,
    values: dict[str, Any],
    said: Text,
    change: Mapping[str, Any] | None = None,
    drop: bool = False,
) -> DeviceDecision:
    """Keep a decision in place of the one that counted, change the device by it, and settle the task."""
    change = change or {}
    before = {name: getattr(device, name) for name in change}
    rows = Device.objects.filter(pk=device.pk, version=version)
    written = rows.update(**change, decided=values["kind"], digest="", version=version + 1, changed_at=timezone.now())
    device.refresh_from_db()
    if not written:
        raise Stale(device)
    former = DeviceDecision.objects.counting().filter(device=device).first()
    if former is not None and former.batch:
        raise ValidationError(_("It was said to be an asset. Undo that first, so that the register is as it was."))
    if former is not None:
        DeviceDecision.objects.filter(pk=former.pk).update(**_ended(Ended.REPLACED, by))
        tasks.settle(once=_block(device), result=said, by=by, drop=True, organisation=device.organisation)
    decision = DeviceDecision.objects.create(
        organisation=device.organisation,
        device=device,
        key=device.key,
        before=before,
        by_id=_id(by),
        by_name=_name(by),
        **values,
    )
    tasks.settle(once=device.task_name, result=said, by=by, drop=drop, organisation=device.organisation)
    _match_again()
    told = {name: str(value) for name, value in values.items() if value}
    record(by=by, room=ROOM, verb="decided", obj=device, data=told)
    return decision


def _undo_tasks(device: Device, by: By) -> None:
    said = Text(ja="決定が取り消された。", en="The decision was undone.")
    tasks.settle(once=_block(device), result=said, by=by, drop=True, organisation=device.organisation)
    mine = Task.objects.filter(organisation=device.organisation, once=device.task_name)
    last = mine.order_by("-pk").first()
    if last is not None and (last.state in ENDED or last.state not in ("open", "taken")):
        if not mine.filter(state__in=FOLLOWED).exclude(pk=last.pk).exists():
            tasks.reopen(task=last, reason=said, version=last.version, by=by)
    elif last is None and device.state == State.UNKNOWN:
        owner = (
            TABLES["unit"]
            .objects.filter(organisation=device.organisation, key=device.unit)
            .values_list("owner", flat=True)
        )
        zone = Zone.objects.filter(organisation=device.organisation, key=device.zone, deleted_at=None).first()
        find_out(device, zone.read if zone else None, owner.first() or "")


def _block(device: Device) -> str:
    return f"block:{device.pk}"


def _ended(why: Ended, by: By) -> dict[str, Any]:
    return {"ended": why, "ended_at": timezone.now(), "ended_name": _name(by)}


def _match_again() -> None:
    from kizuki.devices.tasks import ask_for_matching

    ask_for_matching()


def _id(by: By) -> Any:
    return None if by is None or isinstance(by, str) else by.pk


def _name(by: By) -> str:
    return "Kizuki" if by is None else str(by)[:200]
