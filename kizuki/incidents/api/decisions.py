"""Decisions by API: with what was known when they were taken; and looking at them again."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Body, Field, Query, Router, Schema

from kizuki.incidents import actions
from kizuki.incidents.api.common import MOST, REFUSED, SEEN, TAGS, Once, Strict, Who, called, once_of
from kizuki.incidents.models import Decision, DecisionReview, Task
from kizuki.incidents.views.common import found, found_to_write
from kizuki.ui.api import Paging, portion, refused

router = Router(tags=TAGS)


class ReviewLine(Schema):
    """Somebody looked at the decision again: whether it still holds, why, when to look next."""

    id: int
    holds: bool
    text: str
    review_on: dt.datetime | None
    at: dt.datetime
    by: Who | None


class DecisionOf(Schema):
    """A decision, as it was written down and for good. `chosen`: place of the option, from 0. `basis`: what was known then; `basis_seq`: up
    to which entry. `entry`: the one that tells of it."""

    number: int
    question: str
    options: list[str]
    chosen: int
    reason: str
    decided_by: str
    at: dt.datetime
    by: Who | None
    review_on: dt.datetime | None
    entry: int
    basis_seq: int
    basis: dict[str, Any]
    reviews: list[ReviewLine]


class DecisionOfPage(Schema):
    items: list[DecisionOf]
    next: str | None


class DecisionNew(Strict):
    """`decided_by`: whose decision it was. `review_on`: when to look at it again. `task`: the task whose question it answers."""

    question: str = Field(min_length=1, max_length=1000)
    options: list[Annotated[str, Field(max_length=500)]] = Field(min_length=2, max_length=6)
    chosen: int = Field(ge=0, le=5)
    reason: str = Field(min_length=1, max_length=4000)
    decided_by: str = Field(min_length=1, max_length=200)
    review_on: dt.datetime | None = None
    task: Annotated[int, Field(ge=1, le=MOST)] | None = None
    once: Once = ""


class ReviewNew(Strict):
    holds: bool
    text: str = Field("", max_length=4000)
    review_on: dt.datetime | None = None
    once: Once = ""


def line(row: Decision) -> DecisionOf:
    return DecisionOf(
        number=row.number, question=row.question, options=row.options, chosen=row.chosen, reason=row.reason,
        decided_by=row.decided_by, at=row.entry.recorded_at, by=called(row.by), review_on=row.review_on, entry=row.entry.seq,
        basis_seq=row.basis_seq, basis=row.basis, reviews=[_review(one) for one in row.reviews.all()],
    )  # fmt: skip


def _review(one: DecisionReview) -> ReviewLine:
    return ReviewLine(
        id=one.pk, holds=one.holds, text=one.text, review_on=one.review_on, at=one.at, by=called(one.by, one.by_name)
    )


@router.get(
    "/{number}/decisions",
    response={200: DecisionOfPage, **SEEN},
    summary="What was decided in it",
    url_name="incident_decisions",
)
def decisions(request: HttpRequest, number: str, query: Query[Paging]) -> Any:
    some, after = portion(_rows(found(request, number)), query)
    return DecisionOfPage(items=[line(row) for row in some], next=after)


@router.post(
    "/{number}/decisions",
    response={200: DecisionOf, **REFUSED},
    summary="Write a decision down",
    url_name="incident_decisions",
)
def add(request: HttpRequest, number: str, body: Body[DecisionNew]) -> Any:
    """Kept with what is known now, for good. Sent again with the same `once`, it is given back as it is."""
    incident = found_to_write(request, number)
    values = body.model_dump(exclude={"once", "task"})
    try:
        task = Task.objects.filter(incident=incident, number=body.task).first() if body.task else None
        if body.task and task is None:
            raise ValidationError({"task": "There is no such task in this incident."})
        made = actions.add_decision(
            incident=incident, **values, task=task, once=once_of(request, body.once), by=request.user
        )
    except ValidationError as error:
        return refused(error)
    return line(_rows(incident).get(pk=made.pk))


@router.get(
    "/{number}/decisions/{int:decision_number}", response={200: DecisionOf, **SEEN}, summary="One decision of an incident",
    url_name="incident_decision",
)  # fmt: skip
def one(request: HttpRequest, number: str, decision_number: int) -> Any:
    return line(_decision(found(request, number), decision_number))


@router.post(
    "/{number}/decisions/{int:decision_number}/reviews", response={200: DecisionOf, **REFUSED},
    summary="Look at a decision again", url_name="incident_decision_reviews",
)  # fmt: skip
def review(request: HttpRequest, number: str, decision_number: int, body: Body[ReviewNew]) -> Any:
    """One that no longer holds has to say why. With the same `once` nothing is written twice."""
    incident = found_to_write(request, number)
    row = _decision(incident, decision_number)
    values = body.model_dump(exclude={"once"})
    try:
        actions.review_decision(decision=row, **values, once=once_of(request, body.once), by=request.user)
    except ValidationError as error:
        return refused(error)
    return line(_decision(incident, decision_number))


def _rows(incident: Any) -> Any:
    rows = Decision.objects.filter(incident=incident).select_related("entry", "by", "incident")
    return rows.prefetch_related("reviews__by")


def _decision(incident: Any, number: int) -> Decision:
    row: Decision | None = _rows(incident).filter(number=number).first() if number <= MOST else None
    if row is None:
        raise Http404
    return row
