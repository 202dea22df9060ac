"""The past of the register by API: how a record read before, taking a change back, and where an importance comes from."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Body, Query, Router, Schema, Status

from kizuki.accounts.access import get_visible, who
from kizuki.jobs.actions import enqueue
from kizuki.journal.models import Revision
from kizuki.register import actions, tasks
from kizuki.register.access import may_write
from kizuki.register.api import RecordLine, home_of, line, refusal_of
from kizuki.register.derived import reasons_of
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.following import ROOM
from kizuki.register.models import TABLES
from kizuki.register.views.many import batch_or_404, may_undo
from kizuki.ui.api import REFUSALS, Paging, Problem, Sent, Version, portion, refused

router = Router(tags=["register"])


class RevisionLine(Schema):
    """How a record read after an act. `document` null: the act took it out. `batch`: what was done together with it."""

    version: int
    at: datetime
    by: str
    verb: str
    batch: uuid.UUID | None
    document: dict[str, Any] | None


class RevisionPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[RevisionLine]
    next: str | None


class Back(Sent):
    """The version whose change is taken back."""

    version: Version


class ReasonLine(Schema):
    """What an asset's importance in one dimension is, and from where: `own`, or the `service` or `information` with this key."""

    dimension: str
    value: int
    of: str
    key: str


class BatchLine(Schema):
    """Acts that belong together. `records`: how many they changed; `undone`: whether they were taken back as a whole."""

    batch: uuid.UUID
    at: datetime
    by: str
    verb: str
    records: int
    undone: bool


class JobStarted(Schema):
    """A batch of many records is taken back in the background; `job` is its page."""

    job: str


@router.get(
    "/history/{part}/{path:key}", response=RevisionPage, summary="How a record read before", url_name="record_history"
)
def history(request: HttpRequest, part: str, key: str, query: Query[Paging]) -> Any:
    """All versions of a record, the oldest first, also of one that was taken out."""
    row = _row(request, part, key)
    found, after = portion(_revisions(row).select_related("entry"), query)
    return RevisionPage(items=_lines(found), next=after)


def _lines(found: Iterable[Revision]) -> list[RevisionLine]:
    return [
        RevisionLine(
            version=one.number, at=one.at, by=one.entry.actor_name, verb=one.entry.verb, batch=one.batch, document=one.document
        )
        for one in found
    ]  # fmt: skip


def _row(request: HttpRequest, part: str, key: str) -> Any:
    kind = next((kind.name for kind in KINDS.values() if kind.part == part), None)
    if kind is None:
        raise Http404
    home_of(request)
    return get_visible(_Ever(kind), request.user, key=key)


class _Ever:
    """Records of a kind with those that were taken out."""

    def __init__(self, kind: RecordKind) -> None:
        self.kind = kind

    def visible_to(self, person: Any) -> Any:
        rows = TABLES[self.kind].objects.visible_to(person, taken_out=True)
        return rows.select_related("organisation")


def _revisions(row: Any) -> Any:
    return Revision.objects.filter(room=ROOM, owner=row.organisation_id, kind=row.kind_name, key=row.key)


@router.post(
    "/undo/{part}/{path:key}",
    response={200: RecordLine, **REFUSALS},
    summary="Take one change of a record back",
    url_name="record_undo",
)
def undo(request: HttpRequest, part: str, key: str, body: Body[Back]) -> Any:
    """What others changed since in other fields stays; where it is the same field, the answer is 409 with both texts. What is undone
    already stays as it is."""
    row = _row(request, part, key)
    if not may_write(request.user, row.kind_name, row.unit):
        raise PermissionDenied
    edits = actions.undo_edits(row.organisation, _revisions(row).filter(number=body.version))
    if not edits or edits[0].document is None:
        return refused(ValidationError([_("There is nothing before this that could come back.")]))
    try:
        actions.apply(organisation=row.organisation, edits=edits, by=who(request), verb="undid")
    except actions.REFUSALS as error:
        return refusal_of(error)
    row.refresh_from_db()
    return line(row)


@router.get(
    "/importance/{path:key}",
    response=list[ReasonLine],
    summary="How important an asset is, and where that comes from",
    url_name="importance_reasons",
)
def importance(request: HttpRequest, key: str) -> Any:
    """Its own, or inherited from the services that it serves and the information that it holds. Empty where nobody has judged any."""
    home_of(request)
    row = get_visible(TABLES["asset"].objects.select_related("organisation"), request.user, key=key)
    reasons, _sources = reasons_of(row)
    return [ReasonLine(dimension=one.dimension, value=one.value, of=one.of, key=one.id) for one in reasons]


@router.get("/batches/{uuid:batch}", response=BatchLine, summary="What was done under one batch", url_name="batch")
def one_batch(request: HttpRequest, batch: uuid.UUID) -> Any:
    """An import, or one change of many records."""
    revisions = batch_or_404(request, batch)
    first = revisions.order_by("pk").select_related("entry").first()
    return BatchLine(
        batch=batch, at=first.at, by=first.entry.actor_name, verb=first.entry.verb,
        records=revisions.order_by().values("kind", "key").distinct().count(), undone=actions.undone(batch),
    )  # fmt: skip


@router.post(
    "/batches/{uuid:batch}/undo",
    response={200: BatchLine, 202: JobStarted, 409: Problem},
    summary="Take a whole batch back",
    url_name="batch_undo",
)
def undo_batch(request: HttpRequest, batch: uuid.UUID) -> Any:
    """For managers, and for whoever did it. All or nothing. Of many records it is a job."""
    revisions = batch_or_404(request, batch)
    if not may_undo(request, revisions.select_related("entry").first()):
        raise PermissionDenied
    if actions.undone(batch):
        return one_batch(request, batch)
    if revisions.count() > actions.PORTION:
        job = enqueue(tasks.undo_batch, str(batch), by=who(request))
        return Status(202, JobStarted(job=f"/jobs/{job.pk}"))
    try:
        actions.undo_batch(organisation=home_of(request), batch=batch, by=who(request))
    except actions.REFUSALS as error:
        return refusal_of(error)
    return one_batch(request, batch)
