"""The list of incidents, opening one, reading and changing it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema

from kizuki.accounts.access import who
from kizuki.incidents import actions, rules
from kizuki.incidents.api.common import REFUSED, SEEN, TAGS, Once, Strict, Who, called, enter, numbers_seen, once_of
from kizuki.incidents.choices import Kind, Severity, Status
from kizuki.incidents.filters import IncidentFilter
from kizuki.incidents.models import Incident
from kizuki.incidents.views.common import found, found_to_lead, found_to_write
from kizuki.ui.api import Since, Version, conflict, portion, refused

router = Router(tags=TAGS)
#: What only those who lead the incident may change.
LED = ("restricted",)


class IncidentLine(Schema):
    """An incident with the version to send back with a change. `severity`: 0 not judged, 1 low to 4 critical. `parent`, `merged_into`:
    numbers of other incidents, null also where you may not know of those. `entries`: number of the newest entry."""

    number: str
    version: int
    title: str
    stand: str
    kind: Kind
    status: Status
    severity: int
    tlp: str
    restricted: bool
    exercise: bool
    lead: Who | None
    parent: str | None
    merged_into: str | None
    zone: str
    day_one: dt.date
    opened_at: dt.datetime
    opened_by: Who | None
    closed_at: dt.datetime | None
    changed_at: dt.datetime
    entries: int


class IncidentPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[IncidentLine]
    next: str | None


class IncidentQuery(Since):
    q: str = Field("", max_length=200, description="words, looked for in all that is written in the incidents")
    status: Literal["", "all", "new", "analysing", "containing", "recovering", "watching", "closed", "merged"] = Field(
        "", description="without it what is open; with `updated_since` every status"
    )
    severity: Literal["", "0", "1", "2", "3", "4", "3+"] = ""
    kind: Kind | None = None
    lead: Literal["", "me", "member", "nobody"] = ""
    exercise: Literal["", "no", "only"] = ""
    since: dt.date | None = Field(None, description="opened on this day or later")
    until: dt.date | None = Field(None, description="opened on this day or before")


class IncidentNew(Strict):
    """`kind`: what kind of incident. `zone`: in which clock its times are written. `parent`: number of the incident above it.
    `restricted`: only its members know of it."""

    title: str = Field(min_length=1, max_length=200)
    kind: Kind = Kind.OTHER
    zone: str = Field("Asia/Tokyo", max_length=64)
    tlp: str = Field("amber", max_length=12)
    restricted: bool = False
    exercise: bool = False
    day_one: dt.date | None = Field(None, description="the day that is called day 1; today unless another one is said")
    parent: str = Field("", max_length=20)
    once: Once = ""


class IncidentWanted(Strict):
    """What shall be so from now on; what is left out stays as it is. `version`: the one that it was made from. `parent` "": none."""

    version: Version
    title: str | None = Field(None, min_length=1, max_length=200)
    stand: str | None = Field(None, max_length=500, description="one line, how it stands")
    kind: Kind | None = None
    status: Literal["new", "analysing", "containing", "recovering", "watching"] | None = None
    tlp: str | None = Field(None, max_length=12)
    restricted: bool | None = None
    exercise: bool | None = None
    parent: str | None = Field(None, max_length=20)
    zone: str | None = Field(None, max_length=64)
    day_one: dt.date | None = None


def lines(person: Any, rows: list[Incident]) -> list[IncidentLine]:
    """Incidents as the API gives them; one question for any number, and none where they name no others."""
    numbers = numbers_seen(person, [pk for row in rows for pk in (row.parent_id, row.merged_into_id)])
    return [_line(row, numbers) for row in rows]


def line(person: Any, row: Incident) -> IncidentLine:
    return lines(person, [row])[0]


def _line(row: Incident, numbers: dict[int, str]) -> IncidentLine:
    return IncidentLine(
        number=row.number, version=row.version, title=row.title, stand=row.stand, kind=Kind(row.kind), status=Status(row.status),
        severity=Severity(row.severity).value, tlp=row.tlp, restricted=row.restricted, exercise=row.exercise,
        lead=called(row.lead), parent=numbers.get(row.parent_id or 0), merged_into=numbers.get(row.merged_into_id or 0),
        zone=row.zone, day_one=row.day_one, opened_at=row.opened_at, opened_by=called(row.by, row.by_name),
        closed_at=row.closed_at, changed_at=row.changed_at, entries=row.last_seq,
    )  # fmt: skip


@router.get(
    "",
    response={200: IncidentPage, **SEEN},
    summary="Incidents, in the order in which they were opened",
    url_name="incidents",
)
def incidents(request: HttpRequest, query: Query[IncidentQuery]) -> Any:
    """What is open, unless a status is asked for; with `updated_since`, whatever changed. Each new entry counts as a change."""
    enter(request)
    rows = Incident.objects.visible_to(request.user).select_related("lead", "by")
    if query.updated_since:
        rows = rows.filter(changed_at__gt=query.updated_since)
    asked = query.model_dump(mode="json", exclude={"updated_since", "cursor", "limit"}, exclude_none=True)
    if query.updated_since and not query.status:
        asked["status"] = "all"
    some, after = portion(IncidentFilter(asked, person=request.user).apply(rows), query)
    return IncidentPage(items=lines(request.user, some), next=after)


@router.post("", response={200: IncidentLine, **REFUSED}, summary="Open an incident", url_name="incidents")
def new(request: HttpRequest, body: Body[IncidentNew]) -> Any:
    """Whoever opens it leads it until they hand it over. Sent again with the same `once`, it is given back as it is."""
    enter(request)
    if not rules.may_open(request.user):
        raise PermissionDenied
    try:
        values = body.model_dump(exclude={"once", "parent"})
        parent = _other(request, body.parent)
        made = actions.open_incident(**values, parent=parent, once=once_of(request, body.once), by=who(request))
    except ValidationError as error:
        return refused(error)
    return line(request.user, found(request, made.number))


@router.get("/{number}", response={200: IncidentLine, **SEEN}, summary="One incident", url_name="incident")
def one(request: HttpRequest, number: str) -> Any:
    return line(request.user, found(request, number))


@router.put("/{number}", response={200: IncidentLine, **REFUSED}, summary="Change an incident", url_name="incident")
def change(request: HttpRequest, number: str, body: Body[IncidentWanted]) -> Any:
    """What is left out stays as it is. The same again changes nothing. Restricting it is for whoever leads it; severity, lead and
    closing have operations of their own."""
    wanted = body.model_dump(exclude={"version"}, exclude_unset=True)
    row = found_to_lead(request, number) if set(wanted) & set(LED) else found_to_write(request, number)
    try:
        if "parent" in wanted:
            wanted["parent"] = _other(request, wanted["parent"] or "")
        values = {name: value for name, value in wanted.items() if value is not None or name == "parent"}
        if all(getattr(row, name) == value for name, value in values.items()):
            return line(request.user, row)
        actions.change_incident(incident=row, version=body.version, by=request.user, **values)
    except actions.Stale:
        now = found(request, number)
        return conflict(
            now.version, line(request.user, now), body.model_dump(mode="json", exclude={"version"}, exclude_unset=True)
        )
    except ValidationError as error:
        return refused(error)
    return line(request.user, found(request, number))


def _other(request: HttpRequest, number: str) -> Incident | None:
    """Another incident by its number, which the person must know of."""
    if not number:
        return None
    row: Incident | None = Incident.objects.visible_to(request.user).filter(number=number).first()
    if row is None:
        raise ValidationError({"parent": f"There is no incident {number}."})
    return row
