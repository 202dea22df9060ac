"""Closing an incident, merging it, taking it up again, by API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Body, Field, Router, Schema, Status

from kizuki.incidents import actions, rules
from kizuki.incidents.api.common import REFUSED, SEEN, TAGS, Strict
from kizuki.incidents.api.incidents import IncidentLine, line
from kizuki.incidents.choices import Status as Stands
from kizuki.incidents.closing import known
from kizuki.incidents.engine import gate
from kizuki.incidents.models import Incident
from kizuki.incidents.views.common import found, found_to_lead
from kizuki.ui.api import Version, conflict, refused

router = Router(tags=TAGS)


class GatePoint(Schema):
    """One thing that is asked for before an incident is closed. `left`: what is missing of it, as numbers, milestones or ids."""

    id: str
    met: bool
    left: list[str]


class Closing(Strict):
    """`overrides`: point → reason, for what is missing and stays away; only for whoever leads the incident."""

    version: Version
    overrides: dict[Annotated[str, Field(max_length=20)], Annotated[str, Field(max_length=2000)]] = Field(
        {}, max_length=20
    )


class Reopening(Strict):
    version: Version
    reason: str = Field(min_length=1, max_length=2000)


class Merging(Strict):
    """`into`: number of the incident of which this one turned out to be part."""

    version: Version
    into: str = Field(min_length=1, max_length=20)


@router.get(
    "/{number}/closing", response={200: list[GatePoint], **SEEN}, summary="What is asked for before it is closed",
    url_name="incident_closing",
)  # fmt: skip
def closing(request: HttpRequest, number: str) -> Any:
    points = gate.points(known(found(request, number)).facts)
    return [GatePoint(id=one.id, met=one.met, left=list(one.left)) for one in points]


@router.post(
    "/{number}/closing",
    response={200: IncidentLine, **REFUSED},
    summary="Close an incident",
    url_name="incident_closing",
)
def close(request: HttpRequest, number: str, body: Body[Closing]) -> Any:
    """For whoever leads it. 422 names the points that are missing and have no reason. One that is closed is given back as it is."""
    incident = found_to_lead(request, number)
    return _ended(
        request, incident, {"status": "closed"},
        lambda: actions.close_incident(
            incident=incident, version=body.version, overrides=body.overrides, by=request.user
        ),
        already=incident.status == Stands.CLOSED,
    )  # fmt: skip


@router.post(
    "/{number}/reopening", response={200: IncidentLine, **REFUSED}, summary="Take an incident up again",
    url_name="incident_reopening",
)  # fmt: skip
def reopen(request: HttpRequest, number: str, body: Body[Reopening]) -> Any:
    """For whoever leads it. One that is open is given back as it is."""
    incident = found_to_lead(request, number)
    return _ended(
        request, incident, {"status": "analysing"},
        lambda: actions.reopen_incident(incident=incident, reason=body.reason, version=body.version, by=request.user),
        already=incident.is_open,
    )  # fmt: skip


@router.post(
    "/{number}/merging", response={200: IncidentLine, **REFUSED}, summary="Merge an incident into another one",
    url_name="incident_merging",
)  # fmt: skip
def merge(request: HttpRequest, number: str, body: Body[Merging]) -> Any:
    """For whoever leads it and may write in the other one. The same again changes nothing."""
    incident = found_to_lead(request, number)
    into = Incident.objects.visible_to(request.user).filter(number=body.into).first()
    if into is None or not rules.may_write(request.user, into):
        return refused(ValidationError({"into": "There is no such incident in which you may write."}))
    return _ended(
        request, incident, {"merged_into": body.into},
        lambda: actions.merge_incident(incident=incident, into=into, version=body.version, by=request.user),
        already=incident.merged_into_id == into.pk,
    )  # fmt: skip


def _ended(
    request: HttpRequest, incident: Incident, mine: dict[str, Any], act: Callable[[], Any], *, already: bool
) -> Any:
    """Do it, unless it is so already; 409 with how it stands where somebody was faster."""
    try:
        if not already:
            act()
    except actions.NotReady as error:
        told = [
            {"place": ["overrides", one.id], "message": "Missing, and without a reason.", "left": list(one.left)}
            for one in error.points
        ]
        return Status(422, {"detail": "It is not closed: something is missing.", "problems": told})
    except actions.Stale:
        now = found(request, incident.number)
        return conflict(now.version, line(request.user, now), mine)
    except ValidationError as error:
        return refused(error)
    return line(request.user, found(request, incident.number))
