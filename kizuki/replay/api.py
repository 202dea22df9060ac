"""Replay by API: stored organisation, or one that is sent along and forgotten; the map, figures over time, what is to be done."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.casebook.models import Case
from kizuki.kit.document import BadFile
from kizuki.kit.text import Text
from kizuki.measures.catalogue import measures
from kizuki.measures.library import catalogue
from kizuki.register.access import may_see_register
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation
from kizuki.replay import actions, figures, follow, listing, service
from kizuki.replay import map as maps
from kizuki.tasks.actions import create_task
from kizuki.tasks.api import TaskLine, TaskPage
from kizuki.tasks.api import line as task_line
from kizuki.tasks.choices import Origin
from kizuki.tasks.forms import TaskForm
from kizuki.tasks.models import Task
from kizuki.ui.api import REFUSALS, Sent, Since, not_fit, portion, refused

router = Router(tags=["replay"])


class Faults(Schema):
    """Why a file was not taken: FILE:LINE: what is wrong and what would be right."""

    detail: str
    faults: list[str]


class MapQuery(Sent):
    """`unit`, `zone`, `kind`: only what is there, `-` for what has none; `own`: without the units below."""

    by: Literal["units", "zones", "kinds"] = "units"
    weigh: Literal["", "importance"] = Field("", description="assets count each as one, or by their importance")
    day: dt.date | None = Field(None, description="as of this day; today, unless a past one is asked for")
    since: dt.date | None = Field(None, description="an earlier day to compare with")
    unit: str = Field("", max_length=120)
    zone: str = Field("", max_length=120)
    kind: str = Field("", max_length=20)
    own: Literal["", "1"] = ""


class DaysQuery(Schema):
    """The days; the last ninety unless others are asked for, a year at most."""

    first: dt.date | None = None
    last: dt.date | None = None


class FollowWanted(Sent):
    """A row of the priorities by the key that it has there: a measure with the scope of a row of coverage, or `P06 unrecorded`."""

    row: str = Field(min_length=1, max_length=600)
    unit: str = Field("", max_length=120)
    owner: str = Field("", max_length=120)
    due: dt.date | None = None


def home(request: HttpRequest) -> Organisation:
    require_seen(request.user, rules.may_read_all)
    found: Organisation = get_visible(Organisation.objects, request.user, is_home=True)
    return found


def _cases(request: HttpRequest) -> list[Case]:
    return list(Case.objects.visible_to(request.user).exclude(kind="public-report")[: actions.WEIGHED])


@router.get(
    "/priorities", response={200: dict[str, Any], 202: dict[str, str]}, summary="What to find out and what to do first"
)
def priorities(request: HttpRequest) -> Any:
    found = listing.priorities_for(home(request))
    if found is None:
        return Status(202, {"detail": "The priorities are being worked out; ask again in a minute."})
    return msgspec.to_builtins(found)


@router.get("/priorities/tasks", response=TaskPage, summary="Tasks made of the priorities", url_name="priority_tasks")
def priority_tasks(request: HttpRequest, query: Query[Since]) -> Any:
    """In whatever state, in the order in which they were made; `about` says the row."""
    home(request)
    rows = Task.objects.visible_to(request.user).filter(origin=Origin.PRIORITY)
    if query.updated_since:
        rows = rows.filter(changed_at__gt=query.updated_since)
    found, after = portion(rows, query)
    return TaskPage(items=[task_line(task) for task in found], next=after)


@router.post(
    "/priorities/tasks",
    response={200: TaskLine, **REFUSALS},
    summary="Make a row of the priorities a task",
    url_name="priority_tasks",
)
def follow_up(request: HttpRequest, body: Body[FollowWanted]) -> Any:
    """For managers. A row that is followed already is given back as it is. 404 where the priorities have no such row any more."""
    organisation = home(request)
    require(request.user, rules.may_edit)
    found = listing.priorities_for(organisation)
    ask = follow.ask_of(found, body.row) if found else None
    measure = measures().get(ask.measure) if ask else None
    if ask is None or measure is None:
        raise Http404
    cost = "" if measure.cost == "not stated" else measure.cost
    due = body.due.isoformat() if body.due else ""
    data = {"title": body.row[:200], "unit": body.unit, "owner": body.owner, "due": due, "cost": cost}
    form = TaskForm(data, person=request.user)
    if not form.is_valid():
        return not_fit(form)
    title: Text = follow.title_of(ask, measure, organisation.read)
    try:
        made = create_task(
            **{**form.values(), "title": title, "text": measure.text}, about=follow.about(body.row), origin=Origin.PRIORITY,
            once=follow.once(body.row), by=request.user, organisation=organisation,
        )  # fmt: skip
    except ValidationError as error:
        return refused(error)
    return task_line(made)


@router.get(
    "/map",
    response={200: dict[str, Any], 422: REFUSALS[422]},
    summary="Measures over units, zones or kinds of asset as kizuki/map/1",
    url_name="map",
)
def measures_map(request: HttpRequest, query: Query[MapQuery]) -> Any:
    """As of a day, and against an earlier one. Whoever answers for a unit sees the map of that unit."""
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if organisation is None:
        raise Http404
    question = maps.asked(request)
    if not question.form.is_valid():
        return not_fit(question.form)
    made = maps.draw(organisation, question, maps.register_of(organisation, question), request.user)
    return maps.told(question, made, organisation)


@router.get("/figures", response=dict[str, Any], summary="Figures over time as kizuki/figures/1", url_name="figures")
def over_time(request: HttpRequest, query: Query[DaysQuery]) -> Any:
    """Of each day that has figures: coverage, results of the cases, what is unknown."""
    organisation = home(request)
    first, last = figures.span(query.first, query.last)
    days = figures.days_of(organisation, request.user, first, last)
    told = [{"day": day.day.isoformat(), **msgspec.to_builtins(day.figures)} for day in days]
    return {"schema": "kizuki/figures/1", "organisation": organisation.slug, "days": told}


@router.post("", response={200: list[dict[str, Any]], 422: Faults}, summary="All cases over an organisation file")
def tried(request: HttpRequest) -> Any:
    """The body is the organisation file, YAML or JSON. It is replayed and stored nowhere."""
    require_seen(request.user, rules.may_read_all)
    try:
        register = read("body", request.body, vocabulary=vocabulary(), measures=catalogue())
    except BadFile as error:
        faults = [str(fault) for fault in error.faults[:200]]
        return Status(422, {"detail": "The file was not taken.", "faults": faults})
    documents = [service.document_of(case) for case in _cases(request)]
    _compiled, results = service.replay_documents(documents, register)
    return [msgspec.to_builtins(result) for result in results]


@router.get("/{case_id}", response=dict[str, Any], summary="One case over the home organisation")
def one(request: HttpRequest, case_id: str) -> Any:
    organisation = home(request)
    case = get_visible(Case.objects, request.user, slug=case_id)
    return msgspec.to_builtins(service.replay_of(case, organisation))
