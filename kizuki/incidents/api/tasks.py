"""Tasks and procedures of incidents by API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Body, Field, Query, Router, Schema

from kizuki.incidents import actions
from kizuki.incidents import procedures as playbooks
from kizuki.incidents.api.common import (
    MOST,
    REFUSED,
    SEEN,
    TAGS,
    Once,
    Strict,
    Who,
    called,
    enter,
    once_of,
    person_named,
)
from kizuki.incidents.choices import UNDONE, Kind, TaskState
from kizuki.incidents.models import Task
from kizuki.incidents.views.common import found, found_to_write
from kizuki.ui.api import ShortWords, Since, Version, Words, conflict, portion, refused, words

router = Router(tags=TAGS)
procedures = Router(tags=TAGS)
Role = Literal[
    "", "lead", "recorder", "security", "it", "business", "communications", "legal", "ciso", "executive", "external"
]


class StepTask(Schema):
    """A task with the version to send back with a change. `procedure` and `step`: where it comes from, "" for an own one. `result`: what
    came of it, why it is blocked or was dropped."""

    number: int
    version: int
    state: TaskState
    title: Words
    role: str
    owner: Who | None
    due: dt.datetime | None
    result: str
    procedure: str
    step: str
    phase: Words | None
    created_at: dt.datetime
    changed_at: dt.datetime
    ended_at: dt.datetime | None


class StepTaskPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[StepTask]
    next: str | None


class StepTaskQuery(Since):
    state: Literal["", "every", "todo", "doing", "blocked", "done", "dropped"] = Field(
        "", description="without it what is undone; with `updated_since` every state"
    )
    owner: Literal["", "me", "nobody"] = ""


class StepTaskContent(Strict):
    """`owner`: number or mail address of somebody who sees the incident; empty: nobody yet."""

    title: ShortWords
    role: Role = ""
    owner: int | str | None = Field(None, union_mode="left_to_right")
    due: dt.datetime | None = None


class StepTaskNew(StepTaskContent):
    once: Once = ""


class StepTaskWanted(StepTaskContent):
    version: Version
    once: Once = ""


class StepTaskMoved(Strict):
    """The state that it shall have. `result`: for `done` what came of it, for `blocked` and `dropped` why, for `todo` (taken up again)
    may say why. `at`: when it was done; now unless said. `milestone`: the one that its step names was reached with it."""

    state: Literal["todo", "doing", "blocked", "done", "dropped"]
    version: Version
    result: str = Field("", max_length=4000)
    at: dt.datetime | None = None
    milestone: bool = False
    once: Once = ""


class ProcedureLine(Schema):
    """A procedure that can be begun. `own`: the organisation's, in place of the library's or beside it."""

    id: str
    title: Words | None
    kind: Kind
    steps: int
    own: bool


class ProcedureBegun(Strict):
    procedure: str = Field(min_length=1, max_length=60)


def line(row: Task) -> StepTask:
    return StepTask(
        number=row.number, version=row.version, state=TaskState(row.state), title=Words(ja=row.title.ja, en=row.title.en),
        role=row.role, owner=called(row.owner), due=row.due, result=row.result, procedure=row.procedure, step=row.step_id,
        phase=words(row.phase) if row.phase_ja or row.phase_en else None, created_at=row.created_at,
        changed_at=row.changed_at, ended_at=row.ended_at,
    )  # fmt: skip


@procedures.get(
    "/procedures", response={200: list[ProcedureLine], **SEEN}, summary="Procedures that can be begun",
    url_name="incident_procedures",
)  # fmt: skip
def offered(request: HttpRequest) -> Any:
    enter(request)
    return [
        ProcedureLine(
            id=one.procedure.id, title=words(one.procedure.title), kind=Kind(one.procedure.kind),
            steps=sum(len(phase.steps) for phase in one.procedure.phases), own=one.own is not None,
        )
        for one in playbooks.offered()
        if one.in_force
    ]  # fmt: skip


@procedures.get(
    "/procedures/{procedure_id}", response={200: dict[str, Any], **SEEN}, summary="A procedure, in full",
    url_name="incident_procedure",
)  # fmt: skip
def procedure(request: HttpRequest, procedure_id: str) -> Any:
    enter(request)
    one = playbooks.find(procedure_id) if "\0" not in procedure_id else None
    if one is None:
        raise Http404
    return msgspec.to_builtins(one.procedure)


@router.get(
    "/{number}/tasks", response={200: StepTaskPage, **SEEN}, summary="Tasks of an incident", url_name="incident_tasks"
)
def tasks(request: HttpRequest, number: str, query: Query[StepTaskQuery]) -> Any:
    """What is undone, unless a state is asked for; with `updated_since`, whatever changed."""
    rows = Task.objects.filter(incident=found(request, number)).select_related("owner")
    if query.updated_since:
        rows = rows.filter(changed_at__gt=query.updated_since)
    if query.state not in ("", "every"):
        rows = rows.filter(state=query.state)
    elif not query.state and not query.updated_since:
        rows = rows.filter(state__in=UNDONE)
    if query.owner:
        rows = rows.filter(owner=request.user.pk if query.owner == "me" else None)
    some, after = portion(rows, query)
    return StepTaskPage(items=[line(row) for row in some], next=after)


@router.post(
    "/{number}/tasks", response={200: StepTask, **REFUSED}, summary="Write a task down", url_name="incident_tasks"
)
def add(request: HttpRequest, number: str, body: Body[StepTaskNew]) -> Any:
    """Sent again with the same `once`, it is given back as it is."""
    incident = found_to_write(request, number)
    try:
        owner = person_named(incident, body.owner, "owner")
        made = actions.add_task(
            incident=incident, title=body.title.text, role=body.role, owner=owner, due=body.due,
            once=once_of(request, body.once), by=request.user,
        )  # fmt: skip
    except ValidationError as error:
        return refused(error)
    return line(_fresh(made))


@router.post(
    "/{number}/procedures", response={200: list[StepTask], **REFUSED}, summary="Begin a procedure",
    url_name="incident_begin",
)  # fmt: skip
def begin(request: HttpRequest, number: str, body: Body[ProcedureBegun]) -> Any:
    """One task for each step; gives all tasks of the procedure. Steps that are tasks already stay as they are."""
    incident = found_to_write(request, number)
    one = playbooks.find(body.procedure)
    if one is None or not one.in_force:
        return refused(ValidationError({"procedure": "There is no such procedure in force."}))
    try:
        actions.begin_procedure(incident=incident, procedure=one.procedure, by=request.user)
    except ValidationError as error:
        return refused(error)
    rows = Task.objects.filter(incident=incident, procedure=one.procedure.id).select_related("owner")
    return [line(row) for row in rows.order_by("number")]


@router.get(
    "/{number}/tasks/{int:task_number}", response={200: StepTask, **SEEN}, summary="One task of an incident",
    url_name="incident_task",
)  # fmt: skip
def one(request: HttpRequest, number: str, task_number: int) -> Any:
    return line(_task(request, number, task_number))


@router.put(
    "/{number}/tasks/{int:task_number}", response={200: StepTask, **REFUSED}, summary="Change what a task says",
    url_name="incident_task",
)  # fmt: skip
def put(request: HttpRequest, number: str, task_number: int, body: Body[StepTaskWanted]) -> Any:
    """The same again changes nothing."""
    row = _task(request, number, task_number, write=True)
    try:
        owner = person_named(row.incident, body.owner, "owner")
        if _same(row, body, owner):
            return line(row)
        actions.edit_task(
            task=row, version=body.version, title=body.title.text, role=body.role, owner=owner, due=body.due,
            once=once_of(request, body.once), by=request.user,
        )  # fmt: skip
    except actions.Stale as error:
        return _stale(error, body.model_dump(mode="json", include={"title", "role", "owner", "due"}))
    except ValidationError as error:
        return refused(error)
    return line(_fresh(row))


@router.put(
    "/{number}/tasks/{int:task_number}/state", response={200: StepTask, **REFUSED}, summary="Move a task of an incident on",
    url_name="incident_task_state",
)  # fmt: skip
def move(request: HttpRequest, number: str, task_number: int, body: Body[StepTaskMoved]) -> Any:
    """Take it, say that it is blocked, done or dropped, or take it up again. The same again changes nothing; what cannot be done any more
    is answered with 409."""
    row = _task(request, number, task_number, write=True)
    if row.state == body.state and (body.result.strip() in (row.result, "") or body.state in ("todo", "doing")):
        return line(row)
    said: dict[str, Any] = {
        "task": row,
        "version": body.version,
        "once": once_of(request, body.once),
        "by": request.user,
    }
    try:
        if body.state == "doing":
            actions.take_task(**said)
        elif body.state == "blocked":
            actions.block_task(**said, reason=body.result)
        elif body.state == "done":
            actions.finish_task(**said, result=body.result, at=body.at, milestone=body.milestone)
        elif body.state == "dropped":
            actions.drop_task(**said, reason=body.result)
        else:
            actions.reopen_task(**said, reason=body.result)
    except actions.Stale as error:
        return _stale(error, {"state": body.state, "result": body.result})
    except ValidationError as error:
        return refused(error)
    return line(_fresh(row))


def _task(request: HttpRequest, number: str, task_number: int, *, write: bool = False) -> Task:
    incident = found_to_write(request, number) if write else found(request, number)
    rows = Task.objects.filter(incident=incident).select_related("incident", "owner")
    row: Task | None = rows.filter(number=task_number).first() if task_number <= MOST else None
    if row is None:
        raise Http404
    return row


def _same(row: Task, body: StepTaskWanted, owner: Any) -> bool:
    title = (body.title.ja or "").strip(), (body.title.en or "").strip()
    owner_id = owner.pk if owner else None
    return (row.title_ja, row.title_en, row.role, row.owner_id, row.due) == (*title, body.role, owner_id, body.due)


def _fresh(row: Any) -> Task:
    """The task as it is stored, times and all."""
    return Task.objects.select_related("owner").get(pk=row.pk)


def _stale(error: actions.Stale, mine: dict[str, Any]) -> Any:
    now = _fresh(error.row)
    return conflict(now.version, line(now), mine)
