"""Devices by API: what was seen and what it comes to, and what is decided about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts.access import get_visible, require_seen
from kizuki.devices import actions, queries, words
from kizuki.devices.access import may_decide
from kizuki.devices.choices import Kind, State
from kizuki.devices.forms import AsideForm, BlockForm, IdentifyForm, MakeForm
from kizuki.devices.models import Device, DeviceDecision
from kizuki.register import actions as register
from kizuki.register.access import may_see_register
from kizuki.register.models import Asset
from kizuki.ui.api import REFUSALS, Sent, Since, Version, conflict, not_fit, portion, refused

router = Router(tags=["devices"])
#: Sightings that are told of one device.
SIGHTINGS = 200


class DeviceLine(Schema):
    """A device with the version to send back with a decision. `asset`: what it is in the register. `decided`: the kind of decision
    that counts."""

    id: int
    version: int
    name: str
    state: State
    asset: str
    confidence: str
    points: int
    zone: str
    unit: str
    macs: list[str]
    ips: list[str]
    hosts: list[str]
    serials: list[str]
    cloud_ids: list[str]
    sources: list[str]
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    seen: int
    decided: str


class DevicePage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[DeviceLine]
    next: str | None


class Reason(Schema):
    """Why matching says so: the engine's word with its values, what it counted, and the sentence in the reader's language."""

    word: str
    values: list[str]
    points: int
    text: str


class Sighting(Schema):
    at: dt.datetime
    source: str
    zone: str
    mac: str
    ips: list[str]
    hosts: list[str]


class Decision(Schema):
    """What a person decided. `ended`: why it counts no longer; empty while it counts."""

    kind: Kind
    asset: str
    reason: str
    until: dt.date | None
    at: dt.datetime
    by: str
    ended: str


class DeviceFull(DeviceLine):
    """`differs`: where the register says otherwise. `candidates`: the assets that it could be. `near`: the asset that comes nearest."""

    reasons: list[Reason]
    differs: list[Reason]
    candidates: list[str]
    near: str | None
    sightings: list[Sighting]
    decisions: list[Decision]


class DeviceQuery(Since):
    updated_since: dt.datetime | None = Field(
        None,
        description="only what has changed after this moment, by matching or by a decision. What was taken for two and is one, or was "
        "forgotten, is gone from the list and not told",
    )
    state: Literal["", "known", "moved", "changed", "unknown", "conflict", "gone"] = ""
    decided: Literal["", "nothing", "asset", "made", "not ours", "block"] = ""
    zone: str = Field("", max_length=120, description="key of a zone, or `-` for none")
    unit: str = Field("", max_length=120, description="key of a unit, or `nobody`")
    q: str = Field("", max_length=200, description="parts of addresses, names or the id of the asset")


class DecisionWanted(Sent):
    """`asset`: it is this asset, which is known by `identifiers` from now on. `made`: it becomes an asset with this id, name, kind,
    unit and zone. `not ours`: until a day, with the reason. `block`: keep it off, with the reason."""

    kind: Literal["asset", "made", "not ours", "block"]
    version: Version
    asset: str = Field("", max_length=120)
    identifiers: dict[Literal["macs", "ips", "hosts", "serials", "cloud_ids"], list[str]] = Field({}, max_length=5)
    name: str = Field("", max_length=200)
    asset_kind: str = Field("", max_length=20)
    unit: str = Field("", max_length=120)
    zone: str = Field("", max_length=120)
    reason: str = Field("", max_length=2000)
    until: dt.date | None = None


def line(device: Device) -> DeviceLine:
    return DeviceLine(**_values(device))


def _values(device: Device) -> dict[str, Any]:
    named = {name: getattr(device, name) for name in DeviceLine.model_fields if name != "id"}
    return {"id": device.pk, **named}


@router.get(
    "", response=DevicePage, summary="Devices, in the order in which they were first matched", url_name="devices"
)
def devices(request: HttpRequest, query: Query[DeviceQuery]) -> Any:
    _enter(request)
    rows: Any = Device.objects.visible_to(request.user)
    if query.updated_since:
        rows = rows.filter(changed_at__gt=query.updated_since)
    for name in ("state", "decided", "zone", "unit"):
        if asked := getattr(query, name):
            empty = {"decided": "nothing", "zone": "-", "unit": "nobody"}.get(name)
            rows = rows.filter(**{name: "" if asked == empty else asked})
    found, after = portion(queries.searched_devices(rows, query.q), query)
    return DevicePage(items=[line(row) for row in found], next=after)


@router.get(
    "/{int:device_id}", response=DeviceFull, summary="One device with its reasons and sightings", url_name="device"
)
def one(request: HttpRequest, device_id: int, sightings: int = Query(20, ge=0, le=SIGHTINGS)) -> Any:  # type: ignore[type-arg]
    """The latest sightings first. Assets that the person may not see are left out."""
    _enter(request)
    return _full(request, get_visible(Device.objects, request.user, pk=device_id), sightings)


def _full(request: HttpRequest, found: Device, most: int = 20) -> DeviceFull:
    near = (found.near or {}).get("asset")
    rows: Any = Asset.objects.visible_to(request.user).filter(key__in=[*found.assets, near])
    seen, zones = set(rows.values_list("key", flat=True)), queries.Zones()
    return DeviceFull(
        **_values(found), reasons=_reasons(found.reasons, zones.names), differs=_reasons(found.differs, zones.names),
        candidates=[key for key in found.assets if key in seen], near=near if near in seen else None,
        sightings=[
            Sighting(
                at=row.at, source=row.source.name, zone=zones.of(row.trace), mac=row.trace.mac, ips=row.trace.ips,
                hosts=row.trace.hosts,
            )
            for row in queries.sightings(found, most)
        ],
        decisions=[_decision(row) for row in found.decisions.all()[:50]],
    )  # fmt: skip


def _reasons(kept: list[Any], zones: Mapping[str, str]) -> list[Reason]:
    made = []
    for reason, told in zip(kept, words.told(kept, zones), strict=True):
        values = [str(value) for value in reason[1]] if len(reason) > 1 else []
        made.append(Reason(word=reason[0], values=values, points=told.points, text=told.text))
    return made


def _decision(row: DeviceDecision) -> Decision:
    return Decision(
        kind=Kind(row.kind),
        asset=row.asset,
        reason=row.reason,
        until=row.until,
        at=row.at,
        by=row.by_name,
        ended=row.ended,
    )


@router.put(
    "/{int:device_id}/decision",
    response={200: DeviceFull, **REFUSALS},
    summary="Decide what a device is",
    url_name="device_decision",
)
def decide(request: HttpRequest, device_id: int, body: Body[DecisionWanted]) -> Any:
    """For managers, and for whoever answers for its unit. The same again changes nothing; another decision takes its place."""
    found = _decidable(request, device_id)
    counting = found.decisions.counting().first()
    if counting is not None and _same(counting, body):
        return _full(request, found)
    form: Any = _form(request, found, body)
    if not form.is_valid():
        return not_fit(form)
    try:
        _decide(request, found, body, form)
    except (ValidationError, register.Refused, register.Stale) as error:
        return _refusal(error)
    found.refresh_from_db()
    return _full(request, found)


def _same(row: DeviceDecision, body: DecisionWanted) -> bool:
    if row.kind in (Kind.ASSET, Kind.MADE):
        return (row.kind, row.asset) == (body.kind, body.asset)
    until = body.until if row.kind == Kind.NOT_OURS else None
    return (row.kind, row.reason, row.until) == (body.kind, body.reason.strip(), until)


def _form(request: HttpRequest, found: Device, body: DecisionWanted) -> Any:
    """The form of the pages for this kind of decision, which knows what a person may choose."""
    ticked = [f"{field}:{value}" for field, values in body.identifiers.items() for value in values[:200]]
    until = body.until.isoformat() if body.until else ""
    data: dict[str, Any] = {"version": body.version, "identifiers": ticked, "reason": body.reason, "until": until}
    if body.kind == "asset":
        return IdentifyForm({**data, "asset": body.asset}, person=request.user, device=found)
    if body.kind == "made":
        about = {"id": body.asset, "name": body.name, "kind": body.asset_kind, "unit": body.unit, "zone": body.zone}
        return MakeForm({**data, **about}, person=request.user, device=found, zones=queries.zone_names())
    return AsideForm(data) if body.kind == "not ours" else BlockForm(data)


def _decide(request: HttpRequest, found: Device, body: DecisionWanted, form: Any) -> None:
    to: dict[str, Any] = {"device": found, "version": body.version, "by": request.user}
    data = form.cleaned_data
    if body.kind == "asset":
        actions.identify(asset=data["asset"], identifiers=form.given(), **to)
    elif body.kind == "made":
        actions.make_asset(document=form.document(), **to)
    elif body.kind == "not ours":
        actions.set_aside(reason=data["reason"], until=data["until"], **to)
    else:
        actions.request_block(reason=data["reason"], **to)


@router.delete(
    "/{int:device_id}/decision",
    response={204: None, **REFUSALS},
    summary="Take the decision about a device back",
    url_name="device_decision",
)
def undo(request: HttpRequest, device_id: int) -> Any:
    """The register and the task are as they were before it. Where nothing counts, nothing changes."""
    counting = _decidable(request, device_id).decisions.counting().first()
    if counting is None:
        return Status(204, None)
    try:
        actions.undo(decision=counting, by=request.user)
    except (ValidationError, register.Refused, register.Stale, register.InUse) as error:
        return _refusal(error)
    return Status(204, None)


def _refusal(error: Exception) -> Any:
    """What an action, or the register below it, refused."""
    if isinstance(error, actions.Stale):
        now = line(error.row) if isinstance(error.row, Device) else None
        return conflict(error.row.version if now else None, now, {})
    if isinstance(error, register.Refused):
        return refused(ValidationError([f"{problem.key}: {problem.message}" for problem in error.problems]))
    if isinstance(error, ValidationError):
        return refused(error)
    return Status(409, {"detail": "The asset was changed or is named by others since; nothing was stored."})


def _enter(request: HttpRequest) -> None:
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do


def _decidable(request: HttpRequest, pk: int) -> Device:
    found: Device = get_visible(Device.objects, request.user, pk=pk)
    if not may_decide(request.user, found):
        raise PermissionDenied
    return found
