"""Self-assessment by API: units are asked, links are made for them, and what owners of units say is taken."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from ninja import Body, Field, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.measures import actions, catalogue, presenting
from kizuki.measures.actions.proposals import Decided, Said
from kizuki.measures.api_coverage import ProposalLine, RoundFull, proposal_lines, round_full, router
from kizuki.measures.engine.holding import Holding
from kizuki.measures.engine.matters import matters
from kizuki.measures.forms.coverage import ProposalForm
from kizuki.measures.forms.rounds import CHOSEN, MATTERS, RoundForm, unit_lines
from kizuki.measures.models import Part, Proposal, Round
from kizuki.measures.models.proposal import Status as Standing
from kizuki.measures.views.common import organisation_for, own
from kizuki.register.engine.kinds import plain
from kizuki.register.models import Organisation
from kizuki.ui.api import REFUSALS, Sent, Version, conflict, not_fit, refused
from kizuki.ui.templatetags.kizuki import language

__all__ = ["router"]


class RoundWanted(Sent):
    """A round as it shall be. `measures` empty: each unit is asked what matters for it. `languages`: unit → ja or en, where it is not
    that of the owner's account."""

    title: str = Field(max_length=200)
    due: dt.date
    units: list[str] = Field(min_length=1, max_length=5000)
    measures: list[str] = Field([], max_length=500)
    languages: dict[str, Literal["ja", "en"]] = Field({}, max_length=5000)


class RoundState(Sent):
    closed: bool


class LinkLine(Schema):
    """The link of a unit. It is shown only now, and ends the one before."""

    unit: str
    link: str
    until: dt.datetime | None


class ProposalWanted(Sent):
    """How far a measure is in force in a unit, or at one asset of it."""

    measure: str = Field(max_length=60)
    unit: str = Field(max_length=120)
    asset: str = Field("", max_length=200)
    state: str = Field(max_length=20)
    evidence: str = Field("", max_length=4000)
    link: str = Field("", max_length=400)


class Remark(Sent):
    """Why a proposal goes back."""

    remark: str = Field(min_length=1, max_length=2000)
    version: Version


def _manager(request: HttpRequest) -> Organisation:
    require_seen(request.user, rules.may_read_all)
    require(request.user, rules.may_edit)
    return organisation_for(request.user)


@router.post("/rounds", response={200: RoundFull, **REFUSALS}, summary="Ask units", url_name="assessment_rounds")
def start(request: HttpRequest, body: Body[RoundWanted]) -> Any:
    """For managers. An open round with the same title and day that asks the same units is given back, and none is begun. Links are
    made one by one."""
    organisation = _manager(request)
    lines = unit_lines(organisation)
    form = RoundForm(_typed(body), lines=lines)
    if not form.is_valid():
        return not_fit(form)
    holding, known = Holding(organisation.standing(presenting.today())), catalogue.offered()
    asked = form.asked(lambda unit: matters(known.values(), holding, unit))
    with transaction.atomic():
        if there := _begun(body, {each.unit for each in asked if each.measures}):
            return round_full(request, there)
        try:
            made = actions.start_round(
                title=body.title.strip(), due=body.due, measures=body.measures, asked=asked, by=request.user
            )
        except ValidationError as error:
            return refused(error)
    return round_full(request, made)


def _typed(body: RoundWanted) -> QueryDict:
    """What was sent, as the form of the page has it."""
    data = QueryDict(mutable=True)
    data.update({"title": body.title, "due": body.due.isoformat(), "which": CHOSEN if body.measures else MATTERS})
    data.setlist("measures", body.measures)
    data.setlist("units", body.units)
    for unit, code in body.languages.items():
        data[f"language-{unit}"] = code
    return data


def _begun(body: RoundWanted, units: set[str]) -> Round | None:
    rows = Round.objects.filter(title=body.title.strip(), due=body.due, closed_at=None).prefetch_related("parts")
    same = (row for row in rows if row.measures == body.measures)
    return next((row for row in same if {part.unit for part in row.parts.all()} == units), None)


@router.put(
    "/rounds/{int:round_id}/state",
    response={200: RoundFull, **REFUSALS},
    summary="Close a round, or open it again",
    url_name="assessment_round_state",
)
def put_state(request: HttpRequest, round_id: int, body: Body[RoundState]) -> Any:
    """For managers. With the round its links end; what was answered can still be accepted."""
    require_seen(request.user, rules.may_read_all)
    found: Round = get_visible(Round.objects, request.user, pk=round_id)
    require(request.user, rules.may_edit)
    act = actions.close_round if body.closed else actions.reopen_round
    return round_full(request, act(round=found, by=request.user))


@router.post(
    "/rounds/{int:round_id}/links/{str:unit}",
    response={200: LinkLine, **REFUSALS},
    summary="Make the link of a unit",
    url_name="assessment_link",
)
def make_link(request: HttpRequest, round_id: int, unit: str) -> Any:
    """For managers. Each sending makes a new one and ends the one before, since it is kept nowhere."""
    part = _part(request, round_id, unit)
    try:
        token = actions.make_link(part=part, by=request.user)
    except ValidationError as error:
        return refused(error)
    address = request.build_absolute_uri(reverse("measures:answer", args=[token]))
    return LinkLine(unit=part.unit, link=address, until=part.expires_at)


@router.delete(
    "/rounds/{int:round_id}/links/{str:unit}",
    response={204: None},
    summary="End the link of a unit at once",
    url_name="assessment_link",
)
def revoke_link(request: HttpRequest, round_id: int, unit: str) -> Any:
    """For managers. What was answered stays."""
    actions.revoke_link(part=_part(request, round_id, unit), by=request.user)
    return Status(204, None)


def _part(request: HttpRequest, round_id: int, unit: str) -> Part:
    require_seen(request.user, rules.may_read_all)
    found: Part | None = (
        Part.objects.visible_to(request.user).filter(round=round_id, unit=unit).select_related("round").first()
    )
    if found is None:
        raise Http404
    require(request.user, rules.may_edit)
    return found


@router.post(
    "/proposals",
    response={200: ProposalLine, **REFUSALS},
    summary="Say how far a measure is in force in one's unit",
    url_name="coverage_proposals",
)
def propose(request: HttpRequest, body: Body[ProposalWanted]) -> Any:
    """For owners of a unit and their deputies. The same as one's own proposal that still waits is given back, and none is made."""
    organisation = organisation_for(request.user)
    units = own(request.user)
    if not units:
        raise PermissionDenied
    data = QueryDict(mutable=True)
    data.update({name: getattr(body, name) for name in ("measure", "unit", "asset", "state", "evidence", "link")})
    form = ProposalForm(data, organisation=organisation, units=units)
    if not form.is_valid():
        return not_fit(form)
    given = form.cleaned_data
    said = Said(given["state"], given["evidence"].strip(), given["link"].strip())
    values: dict[str, Any] = {"measure": given["measure"], "unit": given["unit"]}
    with transaction.atomic():
        waiting = Proposal.objects.filter(**values, person=request.user.pk, part=None, status=Standing.OPEN)
        same = waiting.filter(scope=plain(form.scope()), state=said.state, evidence=said.evidence, link=said.link)
        made = same.first() or actions.propose(
            **values, scope=form.scope(), said=said, by=request.user, language=language()
        )
    return proposal_lines(organisation, [made])[0]


@router.put(
    "/proposals/{int:proposal_id}/remark",
    response={200: ProposalLine, **REFUSALS},
    summary="Send a proposal back with a remark",
    url_name="coverage_proposal_remark",
)
def send_back(request: HttpRequest, proposal_id: int, body: Body[Remark]) -> Any:
    """For managers. The unit sees the remark and can answer again."""
    home = organisation_for(request.user)
    found: Proposal = get_visible(Proposal.objects.select_related("part"), request.user, pk=proposal_id)
    require(request.user, rules.may_edit)
    if (found.status, found.remark) == (Standing.RETURNED, body.remark.strip()):
        return proposal_lines(home, [found])[0]
    if found.version != body.version:
        return conflict(found.version, proposal_lines(home, [found])[0], {"remark": body.remark})
    try:
        decided = [Decided(found, body.version, None)]
        actions.return_proposals(decided=decided, remark=body.remark.strip(), by=request.user)
    except ValidationError as error:
        return refused(error)
    found.refresh_from_db()
    return proposal_lines(home, [found])[0]


@router.delete(
    "/proposals/{int:proposal_id}",
    response={204: None, **REFUSALS},
    summary="Take one's own proposal back",
    url_name="coverage_proposal",
)
def withdraw(request: HttpRequest, proposal_id: int) -> Any:
    """While nobody has accepted it."""
    organisation_for(request.user)
    found: Proposal = get_visible(Proposal.objects, request.user, pk=proposal_id)
    if found.part_id is not None or found.person_id != request.user.pk:
        raise PermissionDenied
    try:
        actions.withdraw(proposal=found, by=request.user)
    except ValidationError as error:
        return refused(error)
    return Status(204, None)
