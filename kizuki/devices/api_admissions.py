"""Admissions by API: asking to connect something, deciding by the written criteria, saying what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen, who
from kizuki.criteria.engine.decide import Given
from kizuki.devices import actions
from kizuki.devices.access import may_ask, may_speak_for
from kizuki.devices.choices import Request
from kizuki.devices.forms_admission import AskForm
from kizuki.devices.models import Admission, Device
from kizuki.journal.models import Entry
from kizuki.register import actions as register
from kizuki.register.access import may_see_register
from kizuki.ui.api import REFUSALS, Sent, Since, Version, conflict, not_fit, portion, refused

router = Router(tags=["admissions"])


class AdmissionLine(Schema):
    """A request with the version to send back with a decision. `suggested`: what the criteria lead to, by the decision of that
    number; where `outcome` is another, it is an exception and `reason` says why. `until`: the last day of the permission."""

    id: int
    version: int
    state: Request
    what: str
    purpose: str
    kind: str
    zone: str
    unit: str
    asset: str
    device: int | None
    follows: int | None
    facts: dict[str, str | None]
    decision: int | None
    suggested: str
    outcome: str
    reason: str
    until: dt.date | None
    asked_at: dt.datetime
    asked_by: str
    decided_at: dt.datetime | None
    decided_by: str


class AdmissionPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[AdmissionLine]
    next: str | None


class AdmissionQuery(Since):
    state: Literal["", "asked", "approved", "connected", "refused", "withdrawn", "ended"] = ""
    unit: str = Field("", max_length=120)


class AdmissionNew(Sent):
    """What is to be connected, where, for which unit. `facts`: the answers by fact of the criteria; what is missing is unknown.
    `device`: the device that it is; `follows`: the request that it renews."""

    what: str = Field(min_length=1, max_length=200)
    purpose: str = Field("", max_length=2000)
    kind: str = Field(max_length=20)
    zone: str = Field(max_length=120)
    unit: str = Field(max_length=120)
    facts: dict[str, str | None] = Field({}, max_length=60)
    device: int | None = None
    follows: int | None = None


class OutcomeWanted(Sent):
    """`reason` and `until` are needed where the outcome is not the suggested one."""

    outcome: str = Field(max_length=60)
    version: Version
    reason: str = Field("", max_length=4000)
    until: dt.date | None = None


class StateWanted(Sent):
    """`connected`: the conditions are met and it is connected. `withdrawn`: the request is taken back, or the permission given back."""

    state: Literal["connected", "withdrawn"]
    version: Version


def line(row: Admission) -> AdmissionLine:
    same = {
        name: getattr(row, name) for name in ("version", "what", "purpose", "kind", "zone", "unit", "asset", "facts")
    }
    return AdmissionLine(
        id=row.pk, state=Request(row.state), device=row.device_id, follows=row.follows_id, decision=row.decision_id,
        suggested=row.suggested, outcome=row.outcome, reason=row.reason, until=row.until, asked_at=row.asked_at,
        asked_by=row.asked_name, decided_at=row.decided_at, decided_by=row.decided_name, **same,
    )  # fmt: skip


@router.get("", response=AdmissionPage, summary="Requests to connect something", url_name="admissions")
def admissions(request: HttpRequest, query: Query[AdmissionQuery]) -> Any:
    _enter(request)
    rows: Any = Admission.objects.visible_to(request.user)
    for name in ("state", "unit"):
        if asked := getattr(query, name):
            rows = rows.filter(**{name: asked})
    if query.updated_since:
        rows = rows.filter(_since(query.updated_since))
    found, after = portion(rows, query)
    return AdmissionPage(items=[line(row) for row in found], next=after)


def _since(moment: dt.datetime) -> Q:
    """What the journal speaks of since, and what a decision since has renewed, and so ended."""
    entries = Entry.objects.filter(object_type=Admission._meta.label_lower, at__gt=moment)
    keys = [int(key) for key in entries.order_by().values_list("object_id", flat=True).distinct()]
    renewed = Admission.objects.filter(decided_at__gt=moment).exclude(follows=None)
    return Q(pk__in=keys) | Q(pk__in=renewed.values("follows"))


@router.get("/{int:admission_id}", response=AdmissionLine, summary="One request", url_name="admission")
def one(request: HttpRequest, admission_id: int) -> Any:
    return line(_found(request, admission_id))


@router.post("", response={200: AdmissionLine, **REFUSALS}, summary="Ask to connect something", url_name="admissions")
def ask(request: HttpRequest, body: Body[AdmissionNew]) -> Any:
    """Managers for any unit, owners for theirs. The criteria in effect answer at once; a manager then decides. The same person's
    same request, while it waits, is given back as it is, and none is made."""
    _enter(request)
    if not may_ask(request.user):
        raise PermissionDenied
    form = AskForm(body.model_dump(include={"what", "purpose", "kind", "zone", "unit"}), person=request.user)
    if not form.is_valid():
        return not_fit(form)
    data = {name: form.cleaned_data[name] for name in ("what", "purpose", "kind", "zone", "unit")}
    device = get_visible(Device.objects, request.user, pk=body.device) if body.device else None
    follows = _found(request, body.follows) if body.follows else None
    waiting = Admission.objects.filter(**data, state=Request.ASKED, asked_by=who(request), organisation__is_home=True)
    same = waiting.filter(device=device, follows=follows, facts=body.facts).first()
    if same is not None:
        return line(same)
    facts = {fact: Given(value) for fact, value in body.facts.items()}
    try:
        return line(actions.ask(**data, facts=facts, device=device, follows=follows, by=request.user))
    except ValidationError as error:
        return refused(error)


@router.put(
    "/{int:admission_id}/decision",
    response={200: AdmissionLine, **REFUSALS},
    summary="Decide about a request",
    url_name="admission_decision",
)
def decide(request: HttpRequest, admission_id: int, body: Body[OutcomeWanted]) -> Any:
    """For managers, but not about what they asked for themselves. The same again changes nothing."""
    found = _found(request, admission_id)
    require(request.user, rules.may_edit)
    if found.decided_at and (found.outcome, found.reason) == (body.outcome, body.reason.strip()):
        return line(found)
    if found.state != Request.ASKED:
        return conflict(found.version, line(found), {"outcome": body.outcome})
    try:
        return line(actions.confirm(admission=found, **body.model_dump(), by=request.user))
    except (ValidationError, register.Refused, register.Stale) as error:
        return _refusal(error, {"outcome": body.outcome})


@router.put(
    "/{int:admission_id}/state",
    response={200: AdmissionLine, **REFUSALS},
    summary="Say what became of a request",
    url_name="admission_state",
)
def speak(request: HttpRequest, admission_id: int, body: Body[StateWanted]) -> Any:
    """For managers and for those who answer for its unit. The same again changes nothing."""
    found = _found(request, admission_id)
    if not may_speak_for(request.user, found):
        raise PermissionDenied
    over = {Request.WITHDRAWN, Request.ENDED} if body.state == "withdrawn" else {Request.CONNECTED}
    if found.state in over:
        return line(found)
    act = actions.connect if body.state == "connected" else actions.withdraw
    try:
        return line(act(admission=found, version=body.version, by=request.user))
    except (ValidationError, register.Refused, register.Stale) as error:
        return _refusal(error, {"state": body.state})


def _refusal(error: Exception, sent: dict[str, Any]) -> Any:
    if isinstance(error, actions.Stale):
        return conflict(error.row.version, line(error.row), sent)
    if isinstance(error, register.Refused):
        return refused(ValidationError([f"{problem.key}: {problem.message}" for problem in error.problems]))
    if isinstance(error, ValidationError):
        return refused(error)
    return Status(409, {"detail": "Somebody changed the asset at the same time; nothing was stored."})


def _enter(request: HttpRequest) -> None:
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do


def _found(request: HttpRequest, pk: int) -> Admission:
    rows = Admission.objects.select_related("decision__version__criteria", "follows", "organisation")
    found: Admission = get_visible(rows, request.user, pk=pk)
    return found
