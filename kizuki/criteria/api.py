"""Written criteria by API: what counts, deciding by it, what was decided."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Body, Field, Query, Router, Schema

from kizuki.criteria import actions, queries
from kizuki.criteria.engine.decide import BadFacts, Given
from kizuki.criteria.engine.decide import decide as decide_engine
from kizuki.criteria.models import CriteriaSet, Decision, Version
from kizuki.criteria.words import explained
from kizuki.ui.api import REFUSALS, Paging, Sent, Since, Words, portion, refused, words

router = Router(tags=["criteria"])


class CriteriaLine(Schema):
    """Criteria with the version that counts on the day asked for; `version` and `effective_from` null where none does."""

    id: str
    title: Words | None
    version: int | None
    effective_from: dt.date | None
    digest: str
    approved_by: str


class CriteriaPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[CriteriaLine]
    next: str | None


class DayQuery(Paging):
    day: dt.date | None = Field(None, description="today, unless another day is asked for")


class Fact(Schema):
    """A fact as it was used. `value` null: unknown, and read as `read_as`, the worst."""

    fact: str
    value: str | None
    read_as: str
    source: str
    day: str


class DecisionLine(Schema):
    """A decision as it was made, for good. `rule`: the one of the version that led to the outcome."""

    id: int
    criteria: str
    version: int
    outcome: str
    rule: str
    facts: list[Fact]
    about_type: str
    about_id: str
    about: str
    at: dt.datetime
    by: str


class DecisionPage(Schema):
    items: list[DecisionLine]
    next: str | None


class Answer(Schema):
    """`value` null: nobody knows. `source`: where it comes from; `day`: on which day that held."""

    value: str | None = Field(max_length=60)
    source: str = Field("", max_length=400)
    day: dt.date | None = None


class Facts(Sent):
    """Answers by fact; what is missing is unknown."""

    facts: dict[str, Answer] = Field(max_length=60)

    @property
    def given(self) -> dict[str, Given]:
        days = {fact: one.day.isoformat() if one.day else "" for fact, one in self.facts.items()}
        return {fact: Given(one.value, one.source.strip(), days[fact]) for fact, one in self.facts.items()}


def line(row: Decision) -> DecisionLine:
    facts = [Fact(fact=f.fact, value=f.value, read_as=f.read_as, source=f.source, day=f.day) for f in row.used]
    return DecisionLine(
        id=row.pk, criteria=row.version.criteria.slug, version=row.version.number, outcome=row.outcome, rule=row.rule,
        facts=facts, about_type=row.about_type, about_id=row.about_id, about=row.about_label, at=row.at, by=row.decider,
    )  # fmt: skip


@router.get("", response=CriteriaPage, summary="Criteria with the version in effect", url_name="criteria")
def criteria(request: HttpRequest, query: Query[DayQuery]) -> Any:
    enter(request)
    found, after = portion(CriteriaSet.objects.visible_to(request.user), query)
    return CriteriaPage(items=[_line(one, query.day) for one in found], next=after)


def _line(one: CriteriaSet, day: dt.date | None) -> CriteriaLine:
    version = queries.in_effect(one.slug, day)
    if version is None:
        return CriteriaLine(id=one.slug, title=None, version=None, effective_from=None, digest="", approved_by="")
    return CriteriaLine(
        id=one.slug, title=words(version.read.title), version=version.number, effective_from=version.effective_from,
        digest=version.digest, approved_by=version.approver,
    )  # fmt: skip


@router.get("/decisions/{int:decision_id}", response=DecisionLine, summary="One decision", url_name="criteria_decision")
def decision(request: HttpRequest, decision_id: int) -> Any:
    """With everything that it rests on."""
    if decision_id > 2**63 - 1:
        raise Http404
    rows = Decision.objects.visible_to(request.user).filter(pk=decision_id).select_related("version__criteria")
    found: Decision | None = rows.first()
    if found is None:
        raise Http404
    return line(found)


@router.get(
    "/{slug:criteria_id}",
    response=dict[str, Any],
    summary="The version in effect as kizuki/criteria/1",
    url_name="criterion",
)
def document(request: HttpRequest, criteria_id: str, day: dt.date | None = None) -> Any:
    """Of today, unless another day is asked for; 404 where none was in effect."""
    version = queries.in_effect(set_of(request, criteria_id).slug, day)
    if version is None:
        raise Http404
    return msgspec.to_builtins(version.read)


@router.get(
    "/{slug:criteria_id}/decisions", response=DecisionPage, summary="What was decided", url_name="criteria_decisions"
)
def decisions(request: HttpRequest, criteria_id: str, query: Query[Since]) -> Any:
    """In the order in which it was decided. Decisions never change."""
    rows: Any = Decision.objects.visible_to(request.user).filter(version__criteria=set_of(request, criteria_id))
    if query.updated_since:
        rows = rows.filter(at__gt=query.updated_since)
    found, after = portion(rows.select_related("version__criteria"), query)
    return DecisionPage(items=[line(row) for row in found], next=after)


@router.post(
    "/{slug:criteria_id}/decisions",
    response={200: DecisionLine, **REFUSALS},
    summary="Decide by the version in effect, and keep the decision",
    url_name="criteria_decisions",
)
def decide(request: HttpRequest, criteria_id: str, body: Body[Facts]) -> Any:
    """For managers. Of the same facts by the same version the same person's decision of the same day is given back, and none is made."""
    found = set_of(request, criteria_id)
    if not request.user.has_perm("edit"):
        raise PermissionDenied
    try:
        return line(_made_today(request, found, body) or _decided(request, found, body))
    except ValidationError as error:
        return refused(error)


def _decided(request: HttpRequest, found: CriteriaSet, body: Facts) -> Decision:
    return actions.decide(purpose=found.slug, facts=body.given, by=request.user)


def _made_today(request: HttpRequest, found: CriteriaSet, body: Facts) -> Decision | None:
    """The same decision, if this person made it today. Raises ValidationError for facts that the criteria do not know."""
    version: Version | None = queries.in_effect(found.slug)
    if version is None:
        return None
    try:
        made = decide_engine(version.compiled, body.given)
    except BadFacts as error:
        raise ValidationError(explained(version.read, error.wrong)) from None
    rows = Decision.objects.filter(version=version, cell=made.cell, by=request.user.pk, about_type="")
    facts = list(msgspec.to_builtins(made.facts))
    today = timezone.localdate()
    alike = rows.select_related("version__criteria").order_by("-pk")[:20]
    return next((row for row in alike if timezone.localdate(row.at) == today and row.facts == facts), None)


def set_of(request: HttpRequest, slug: str) -> CriteriaSet:
    """The criteria of an address, for those who see them."""
    enter(request)
    found: CriteriaSet | None = CriteriaSet.objects.visible_to(request.user).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def enter(request: HttpRequest) -> None:
    """404 for those for whom criteria do not exist."""
    if not request.user.has_perm("read_all"):
        raise Http404
