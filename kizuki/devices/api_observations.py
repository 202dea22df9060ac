"""Observations by API: who tells of devices, and what they saw, in batches that may be sent again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema
from pydantic import AwareDatetime

from kizuki.accounts import rules
from kizuki.accounts.access import require, require_seen
from kizuki.devices import actions, queries
from kizuki.devices.models import Source
from kizuki.register.access import may_see_register
from kizuki.register.engine import identity
from kizuki.register.engine.observation import Observation as Seen
from kizuki.ui.api import REFUSALS, Paging, Sent, portion, refused

router = Router(tags=["devices"])
#: Observations of one request.
BATCH = 2000


class SourceLine(Schema):
    """Who tells of devices. `count`: observations that are kept."""

    name: str
    zone: str
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    read_at: dt.datetime
    count: int


class SourcePage(Schema):
    items: list[SourceLine]
    next: str | None


class ObservationIn(Schema):
    """One sighting. `at` says its time zone. `zone`: where it was, if the source does not look into one zone only."""

    at: AwareDatetime
    mac: str = Field("", max_length=64)
    ips: list[str] = Field([], max_length=64)
    hosts: list[str] = Field([], max_length=64)
    serial: str = Field("", max_length=200)
    cloud_id: str = Field("", max_length=400)
    zone: str = Field("", max_length=120)


class Batch(Sent):
    """What one source saw. `source`: its name, such as `dhcp:leases.db`; `zone`: where it looks."""

    source: str = Field(min_length=1, max_length=200)
    zone: str = Field("", max_length=120)
    observations: list[ObservationIn] = Field(min_length=1, max_length=BATCH)


class Taken(Schema):
    """How many observations were new, were there already, and lie in the future or further back than is kept."""

    new: int
    same: int
    outside: int


@router.get("/sources", response=SourcePage, summary="Who tells of devices", url_name="device_sources")
def sources(request: HttpRequest, query: Query[Paging]) -> Any:
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    found, after = portion(Source.objects.visible_to(request.user), query)
    return SourcePage(items=[SourceLine.from_orm(row) for row in found], next=after)


@router.post(
    "/observations",
    response={200: Taken, 422: REFUSALS[422]},
    summary="What a source saw, 2,000 sightings at most",
    url_name="device_observations",
)
def observe(request: HttpRequest, body: Body[Batch]) -> Any:
    """For managers. What is there already is not kept twice, so that the same batch may be sent again. A matching follows as a job."""
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    require(request.user, rules.may_edit)
    faults: dict[str, list[str]] = {}
    zones = set(queries.zone_names()) | {""}
    if body.zone not in zones:
        faults["zone"] = [f"There is no zone {body.zone}."]
    seen = [_seen(body.source, n, one, zones, faults) for n, one in enumerate(body.observations)]
    if faults:
        return refused(ValidationError(faults))
    try:
        taken = actions.take_observations(source=body.source, observations=seen, by=request.user, zone=body.zone)
    except ValidationError as error:
        return refused(error)
    return Taken(**taken._asdict())


def _seen(source: str, n: int, one: ObservationIn, zones: set[str], faults: dict[str, list[str]]) -> Seen:
    """The sighting with its addresses in their one form; what cannot be an address is told in `faults`."""
    ways = {"mac": (identity.mac, [one.mac] if one.mac else []), "ips": (identity.ip, one.ips)}
    ways |= {"hosts": (identity.host, one.hosts)}
    found: dict[str, list[str]] = {}
    for name, (form, given) in ways.items():
        found[name] = [written for value in given if (written := form(value[:300]))]
        wrong = [value for value in given if not form(value[:300])]
        if wrong:
            faults.setdefault(f"observations.{n}.{name}", []).append(f"“{wrong[0][:100]}” is none.")
    if one.zone not in zones:
        faults.setdefault(f"observations.{n}.zone", []).append(f"There is no zone {one.zone}.")
    if not any((*found.values(), one.serial, one.cloud_id)):
        faults.setdefault(f"observations.{n}", []).append("Nothing says what was seen.")
    return Seen(
        source, one.at, mac=next(iter(found["mac"]), None), ips=tuple(found["ips"]), hosts=tuple(found["hosts"]),
        serial=one.serial or None, cloud_id=one.cloud_id or None, zone=one.zone or None,
    )  # fmt: skip
