"""Writing criteria by API: versions, the draft as a whole document, proposing and approving it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.criteria import actions, words
from kizuki.criteria.api import enter, set_of
from kizuki.criteria.choices import State
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.read import read
from kizuki.criteria.models import CriteriaSet, Version
from kizuki.kit.faults import BadFile
from kizuki.ui.api import REFUSALS, Paging, Sent, portion, refused
from kizuki.ui.api import Version as Number

router = Router(tags=["criteria"])


class VersionLine(Schema):
    """A version of criteria. `version`: the number of its row's last change, to be sent back with the next one. `faults`: what keeps a
    draft from being proposed."""

    criteria: str
    number: int
    version: int
    state: str
    digest: str
    reason: str
    written_by: str
    approved_by: str
    effective_from: dt.date | None
    faults: list[str]
    document: dict[str, Any]


class VersionPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[VersionLine]
    next: str | None


class DraftWanted(Sent):
    """The draft as kizuki/criteria/1. `version`: the one that was read; left out where there is no draft yet."""

    document: dict[str, Any]
    version: Number | None = None


class Step(Sent):
    """What happens to a version next. `reason` with proposed, `effective_from` with approved; withdrawn takes one step back."""

    state: Literal["proposed", "approved", "withdrawn"]
    version: Number
    reason: str = Field("", max_length=2000)
    effective_from: dt.date | None = None


def version_line(row: Version) -> VersionLine:
    faults = [words.problem(row.read, problem) for problem in row.problems] if row.state == State.DRAFT else []
    return VersionLine(
        criteria=row.criteria.slug, number=row.number, version=row.version, state=row.state, digest=row.digest, reason=row.reason,
        written_by=row.written_by, approved_by=row.approver, effective_from=row.effective_from, faults=faults,
        document=msgspec.to_builtins(row.read),
    )  # fmt: skip


@router.get(
    "/{slug:criteria_id}/versions",
    response=VersionPage,
    summary="All versions of criteria, drafts included",
    url_name="criteria_versions",
)
def versions(request: HttpRequest, criteria_id: str, query: Query[Paging]) -> Any:
    rows = Version.objects.filter(criteria=set_of(request, criteria_id)).select_related("criteria")
    found, after = portion(rows, query)
    return VersionPage(items=[version_line(row) for row in found], next=after)


@router.put(
    "/{slug:criteria_id}/draft",
    response={200: VersionLine, **REFUSALS},
    summary="Write the draft of criteria, or begin one",
    url_name="criteria_draft",
)
def write(request: HttpRequest, criteria_id: str, body: Body[DraftWanted]) -> Any:
    """For managers. Holes and dead rules are allowed until it is proposed, and are told. The same again changes nothing."""
    enter(request)
    _editor(request)
    try:
        document = read("document.json", msgspec.json.encode(body.document))
    except BadFile as error:
        told = [{"place": ["document"], "message": fault.message} for fault in error.faults]
        return Status(422, {"detail": "Nothing was stored.", "problems": told})
    if document.id != criteria_id:
        told = [
            {
                "place": ["document", "id"],
                "message": f"the id is “{criteria_id}” in the address and “{document.id}” here",
            }
        ]
        return Status(422, {"detail": "Nothing was stored.", "problems": told})
    rows = Version.objects.filter(criteria__slug=criteria_id, state=State.DRAFT).select_related("criteria")
    draft = rows.order_by("-number").first()
    if draft is not None and draft.digest == actions.digest_of(document):
        return version_line(draft)
    try:
        return version_line(_written(draft, document, body.version, request))
    except actions.Stale as error:
        return _changed(error.version)
    except ValidationError as error:
        return refused(error)


def _written(draft: Version | None, document: Criteria, version: int | None, request: HttpRequest) -> Version:
    if draft is None:
        return actions.begin_draft(document=document, by=request.user)
    # Without a version nobody knows what the sender has read: as with one that is no longer true.
    return actions.write_draft(draft=draft, document=document, version=version or 0, by=request.user)


def _changed(now: Version) -> Any:
    told = [{"version": now.version, "now": version_line(now).model_dump(mode="json")}]
    return Status(409, {"detail": "Changed by somebody else meanwhile; nothing was stored.", "problems": told})


@router.put(
    "/{slug:criteria_id}/versions/{int:number}/state",
    response={200: VersionLine, **REFUSALS},
    summary="Propose, approve or withdraw a version",
    url_name="criteria_state",
)
def put_state(request: HttpRequest, criteria_id: str, number: int, body: Body[Step]) -> Any:
    """For managers. Nobody approves what they wrote or proposed. The same again changes nothing."""
    found = _version(request, criteria_id, number)
    _editor(request)
    if found.state == body.state and found.version == body.version + 1:
        return version_line(found)
    try:
        return version_line(_stepped(found, body, request))
    except actions.Stale as error:
        return _changed(error.version)
    except ValidationError as error:
        return refused(error)


def _stepped(found: Version, body: Step, request: HttpRequest) -> Version:
    values: dict[str, Any] = {"draft": found, "version": body.version, "by": request.user}
    if body.state == "proposed":
        return actions.propose(**values, reason=body.reason)
    if body.state == "approved":
        return actions.approve(**values, effective_from=body.effective_from or timezone.localdate())
    return actions.withdraw(**values)


def _version(request: HttpRequest, criteria_id: str, number: int) -> Version:
    criteria: CriteriaSet = set_of(request, criteria_id)
    found: Version | None = Version.objects.filter(criteria=criteria, number=number).select_related("criteria").first()
    if found is None:
        raise Http404
    return found


def _editor(request: HttpRequest) -> None:
    if not request.user.has_perm("edit"):
        raise PermissionDenied
