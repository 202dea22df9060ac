"""What is said of coverage by API: contradictions, proposals of units, rounds of self-assessment. Coverage itself is in the register."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.measures import actions, presenting
from kizuki.measures.actions.coverage import key_of
from kizuki.measures.actions.proposals import Decided
from kizuki.measures.models import Part, Proposal, Round
from kizuki.measures.models.proposal import Status as Standing
from kizuki.measures.views.common import organisation_for
from kizuki.register.actions import Refused, Stale
from kizuki.register.models import Coverage, Organisation
from kizuki.ui.api import REFUSALS, Number, Paging, Sent, Version, Words, part_of, portion, refused, words

router = Router(tags=["coverage"])


class ContradictionLine(Schema):
    """A row of coverage in full, by its key, and the record that knows better. `kind` null: devices that nobody knows."""

    measure: str
    coverage: str
    kind: str | None
    key: str
    why: str
    text: str
    assets: list[str]


class ContradictionPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[ContradictionLine]
    next: str | None


class ProposalLine(Schema):
    """What a unit says of a measure. `coverage`: the key of the row that it would make, and `base` the version of the row that is
    there now, 0 where there is none. `round`: null where somebody with an account proposed it."""

    id: int
    version: int
    status: str
    measure: str
    unit: str
    scope: dict[str, Any]
    coverage: str
    base: int
    state: str
    evidence: str
    language: str
    link: str
    files: list[str]
    round: int | None
    by: str
    saved_at: dt.datetime
    remark: str
    decided_at: dt.datetime | None
    decided_by: str


class ProposalPage(Schema):
    items: list[ProposalLine]
    next: str | None


class ProposalQuery(Paging):
    updated_since: dt.datetime | None = Field(None, description="only what was said or decided after this moment")
    status: Literal["", "open", "accepted", "returned"] = ""
    unit: str = Field("", max_length=120)
    round: Number | None = None


class Accepted(Sent):
    """Proposals that are accepted together, all or none, each with its version and `base` as they were read."""

    class One(Schema):
        id: int
        version: Version
        base: Number

    proposals: list[One] = Field(min_length=1, max_length=400)
    valid_until: dt.date | None = None


class PartLine(Schema):
    """How far a unit has come. `link`: whether a link of it leads in at present; the link itself is shown only when it is made."""

    unit: str
    name: Words | None
    asked: int
    open: int
    accepted: int
    returned: int
    link: bool
    done_at: dt.datetime | None


class RoundLine(Schema):
    """`measures`: what every unit is asked; empty: each what matters for it."""

    id: int
    title: str
    measures: list[str]
    due: dt.date
    created_at: dt.datetime
    created_by: str
    closed_at: dt.datetime | None
    units: int
    finished: int
    waiting: int


class RoundPage(Schema):
    items: list[RoundLine]
    next: str | None


class RoundFull(RoundLine):
    parts: list[PartLine]


@router.get(
    "/contradictions",
    response=ContradictionPage,
    summary="Where a measure is claimed in full and the register knows better",
    url_name="contradictions",
)
def contradictions(request: HttpRequest, query: Query[Paging]) -> Any:
    """As the register stands today."""
    require_seen(request.user, rules.may_read_all)
    organisation = organisation_for(request.user)
    found, after = part_of(presenting.found_in(organisation) or (), query)
    told = presenting.against(organisation, found)
    items = [
        ContradictionLine(
            measure=one.measure, coverage=one.claim.key, kind=one.kind, key=one.key, why=one.why, text=shown.why,
            assets=list(one.assets),
        )
        for one, shown in zip(found, told, strict=True)
    ]  # fmt: skip
    return ContradictionPage(items=items, next=after)


@router.get(
    "/proposals",
    response=ProposalPage,
    summary="What units say, in the order in which it came",
    url_name="coverage_proposals",
)
def proposals(request: HttpRequest, query: Query[ProposalQuery]) -> Any:
    home = organisation_for(request.user)
    rows: Any = Proposal.objects.visible_to(request.user)
    for name, value in {"status": query.status, "unit": query.unit, "part__round": query.round}.items():
        if value:
            rows = rows.filter(**{name: value})
    if query.updated_since:
        rows = rows.filter(Q(saved_at__gt=query.updated_since) | Q(decided_at__gt=query.updated_since))
    found, after = portion(rows.select_related("part"), query)
    return ProposalPage(items=proposal_lines(home, found), next=after)


@router.get("/proposals/{int:proposal_id}", response=ProposalLine, summary="One proposal", url_name="coverage_proposal")
def proposal(request: HttpRequest, proposal_id: int) -> Any:
    home = organisation_for(request.user)
    return proposal_lines(home, [get_visible(Proposal.objects.select_related("part"), request.user, pk=proposal_id)])[0]


def proposal_lines(home: Organisation, found: list[Proposal]) -> list[ProposalLine]:
    """Proposals as the API tells them."""
    keys = {row.pk: key_of(row.measure, row.scope) for row in found}
    versions = _versions(home, set(keys.values()))
    same = ("version", "status", "measure", "unit", "scope", "state", "evidence", "language", "link", "files")
    return [
        ProposalLine(
            id=row.pk, coverage=keys[row.pk], base=versions.get(keys[row.pk], 0), round=row.part.round_id if row.part else None,
            by=row.by_name, saved_at=row.saved_at, remark=row.remark, decided_at=row.decided_at, decided_by=row.decided_by,
            **{name: getattr(row, name) for name in same},
        )
        for row in found
    ]  # fmt: skip


def _versions(home: Organisation, keys: set[str]) -> dict[str, int]:
    rows = Coverage.objects.filter(organisation=home, key__in=keys, deleted_at=None)
    return dict(rows.values_list("key", "version"))


@router.post(
    "/proposals/accept",
    response={200: list[ProposalLine], **REFUSALS},
    summary="Write proposals as coverage, all or none",
    url_name="accept_proposals",
)
def accept(request: HttpRequest, body: Body[Accepted]) -> Any:
    """For managers. What was accepted by the same sending before stays as it is."""
    home = organisation_for(request.user)
    require(request.user, rules.may_edit)
    asked = {one.id: one for one in body.proposals}
    found = {pk: get_visible(Proposal.objects, request.user, pk=pk) for pk in asked}
    left = [
        row for row in found.values() if (row.status, row.version) != (Standing.ACCEPTED, asked[row.pk].version + 1)
    ]
    versions = _versions(home, {key_of(row.measure, row.scope) for row in left})
    if any(asked[row.pk].base == 0 and key_of(row.measure, row.scope) in versions for row in left):
        return Status(409, {"detail": "There is coverage now where there was none; nothing was stored."})
    decided = [Decided(row, asked[row.pk].version, asked[row.pk].base or None) for row in left]
    until = body.valid_until.isoformat() if body.valid_until else None
    try:
        if decided:
            actions.accept_proposals(organisation=home, decided=decided, by=request.user, valid_until=until)
    except (ValidationError, Refused, Stale) as error:
        return _refusal(error)
    rows = Proposal.objects.select_related("part").filter(pk__in=list(asked))
    return proposal_lines(home, list(rows.order_by("pk")))


def _refusal(error: ValidationError | Refused | Stale) -> Any:
    if isinstance(error, Refused):
        return refused(ValidationError([f"{problem.key}: {problem.message}" for problem in error.problems]))
    if isinstance(error, ValidationError):
        return refused(error)
    told = [
        {"key": c.key, "version": c.version, "now": c.now, "fields": [clash._asdict() for clash in c.clashes]}
        for c in error.conflicts
    ]
    return Status(409, {"detail": "Changed by somebody else meanwhile; nothing was stored.", "problems": told})


@router.get("/rounds", response=RoundPage, summary="Rounds of self-assessment", url_name="assessment_rounds")
def rounds(request: HttpRequest, query: Query[Paging]) -> Any:
    require_seen(request.user, rules.may_read_all)
    found, after = portion(_counted(request), query)
    return RoundPage(items=[RoundLine(**_round(row)) for row in found], next=after)


@router.get(
    "/rounds/{int:round_id}", response=RoundFull, summary="How far each unit of a round is", url_name="assessment_round"
)
def one_round(request: HttpRequest, round_id: int) -> Any:
    require_seen(request.user, rules.may_read_all)
    return round_full(request, get_visible(Round.objects, request.user, pk=round_id))


def round_full(request: HttpRequest, row: Round) -> RoundFull:
    """A round with how far each unit has come."""
    found = _counted(request).get(pk=row.pk)
    counts = {status: Count("proposals", filter=Q(proposals__status=status)) for status in Standing.values}
    parts: Any = Part.objects.visible_to(request.user).filter(round=found).select_related("round").annotate(**counts)
    return RoundFull(**_round(found), parts=[_part(part) for part in parts])


def _counted(request: HttpRequest) -> Any:
    return Round.objects.visible_to(request.user).annotate(
        units=Count("parts", distinct=True),
        finished=Count("parts", filter=Q(parts__done_at__isnull=False), distinct=True),
        waiting=Count("parts__proposals", filter=Q(parts__proposals__status=Standing.OPEN), distinct=True),
    )


def _round(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RoundLine.model_fields}


def _part(part: Any) -> PartLine:
    return PartLine(
        unit=part.unit, name=words(part.name), asked=len(part.measures), open=part.open, accepted=part.accepted,
        returned=part.returned, link=part.open_now, done_at=part.done_at,
    )  # fmt: skip
