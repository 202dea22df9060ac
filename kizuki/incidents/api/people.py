"""Who is what in an incident, by API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Body, Field, Router, Schema, Status

from kizuki.incidents import actions
from kizuki.incidents.api.common import MOST, REFUSED, SEEN, TAGS, Strict, Who, called, person_named
from kizuki.incidents.choices import Role
from kizuki.incidents.models import Member
from kizuki.incidents.views.common import found, found_to_lead
from kizuki.ui.api import refused

router = Router(tags=TAGS)


class MemberLine(Schema):
    """Who was what from when until when; `until` null: still."""

    id: int
    person: Who
    role: Role
    since: dt.datetime
    until: dt.datetime | None


class MemberNew(Strict):
    """`person`: number or mail address. Who takes the lead takes it over from whoever had it."""

    person: int | str = Field(union_mode="left_to_right")
    role: Literal[
        "lead",
        "recorder",
        "security",
        "it",
        "business",
        "communications",
        "legal",
        "ciso",
        "executive",
        "external",
        "reader",
    ]


def line(row: Member) -> MemberLine:
    person = called(row.person) or Who(id=None, name="")
    return MemberLine(id=row.pk, person=person, role=Role(row.role), since=row.since, until=row.until)


@router.get(
    "/{number}/members",
    response={200: list[MemberLine], **SEEN},
    summary="Who is and was what in it",
    url_name="incident_members",
)
def members(request: HttpRequest, number: str) -> Any:
    rows = Member.objects.filter(incident=found(request, number)).select_related("person")
    return [line(row) for row in rows.order_by("since", "pk")]


@router.post(
    "/{number}/members",
    response={200: MemberLine, **REFUSED},
    summary="Give somebody a role",
    url_name="incident_members",
)
def give(request: HttpRequest, number: str, body: Body[MemberNew]) -> Any:
    """For whoever leads it. A role that the person has already is given back as it is."""
    incident = found_to_lead(request, number)
    try:
        person = person_named(incident, body.person, "person", anyone=True)
        if person is None:
            raise ValidationError({"person": "Say who."})
        return line(actions.give_role(incident=incident, person=person, role=body.role, by=request.user))
    except ValidationError as error:
        return refused(error)


@router.delete(
    "/{number}/members/{int:member_id}",
    response={204: None, **REFUSED},
    summary="End a role",
    url_name="incident_member",
)
def end(request: HttpRequest, number: str, member_id: int) -> Any:
    """The row stays, with its end. The lead is handed over, not laid down. One that has ended stays ended."""
    incident = found_to_lead(request, number)
    rows = Member.objects.filter(incident=incident).select_related("person", "incident")
    row = rows.filter(pk=member_id).first() if member_id <= MOST else None
    if row is None:
        raise Http404
    try:
        if row.until is None:
            actions.end_role(member=row, by=request.user)
    except ValidationError as error:
        return refused(error)
    return Status(204, None)
