"""Tasks by API: the same rules of sight, the same acts as on the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require_seen, who
from kizuki.register.access import own_units
from kizuki.register.columns import both
from kizuki.tasks import actions
from kizuki.tasks.access import may_see_tasks, may_work
from kizuki.tasks.choices import Origin, State
from kizuki.tasks.filters import TaskFilter
from kizuki.tasks.forms import TaskForm
from kizuki.tasks.models import Task
from kizuki.ui.api import REFUSALS, Sent, ShortWords, Since, Version, Words, conflict, not_fit, portion, refused, words

router = Router(tags=["tasks"])


class AboutWhat(Schema):
    """Kind and key of a record of the register; `measure` with “P06 zone=dmz”; `device` or `admission` with its number."""

    kind: str = Field(max_length=16)
    key: str = Field(max_length=600)


class TaskLine(Schema):
    """A task with the version to send back with a change. `result`: what came of it, or why it was dropped."""

    id: int
    version: int
    state: State
    origin: Origin
    title: Words
    text: Words | None
    about: AboutWhat | None
    unit: str
    owner: str
    due: dt.date | None
    cost: str
    result: Words | None
    evidence: str
    created_at: dt.datetime
    created_by: str
    changed_at: dt.datetime
    done_at: dt.datetime | None
    done_by: str
    verified_at: dt.datetime | None
    verified_by: str


class TaskPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[TaskLine]
    next: str | None


class TaskQuery(Since):
    whose: Literal["", "mine", "units", "all"] = ""
    q: str = Field("", max_length=200, description="words, each of which stands in title, text or what it is about")
    state: Literal["", "every", "open", "taken", "done", "verified", "dropped"] = Field(
        "", description="without it what is not ended; with `updated_since` every state"
    )
    unit: str = Field("", max_length=120)
    owner: str = Field("", max_length=120, description="key of a contact, or `nobody`")
    origin: Literal["", "device", "priority", "assessment", "admission", "contradiction", "review", "own"] = ""
    overdue: bool = False


class TaskContent(Sent):
    """What a task says and whose it is. `unit` and `owner`: keys of a unit and a contact of the register."""

    title: ShortWords
    text: Words | None = None
    unit: str = Field("", max_length=120)
    owner: str = Field("", max_length=120)
    due: dt.date | None = None
    cost: Literal["", "low", "medium", "high"] = ""

    @property
    def written(self) -> dict[str, Any]:
        """The content as a task holds it, for comparing."""
        title, text = (
            tuple(part.strip() for part in both(one.text if one else None)) for one in (self.title, self.text)
        )
        return {"title": title, "text": text, **self.model_dump(include={"unit", "owner", "due", "cost"})}


class TaskNew(TaskContent):
    """`once`: the sender's own name for it. Of the same sender's tasks of one name at most one is not ended: sent again, it is
    given back as it is, and none is made."""

    once: str = Field(min_length=1, max_length=120)
    about: AboutWhat | None = None


class TaskWanted(TaskContent):
    """`version`: the one that it was made from."""

    version: Version


class StateWanted(Sent):
    """The state that a task shall have. `result`: for `done` what was done, for `dropped` and for `open` (taken up again) why."""

    state: Literal["open", "taken", "done", "verified", "dropped"]
    version: Version
    result: Words | None = None
    evidence: str = Field("", max_length=4000)


def line(task: Task) -> TaskLine:
    about = AboutWhat(kind=task.about_kind, key=task.about_key) if task.about_kind else None
    return TaskLine(
        id=task.pk, version=task.version, state=State(task.state), origin=Origin(task.origin),
        title=Words(ja=task.title.ja, en=task.title.en), text=words(task.text), about=about, unit=task.unit, owner=task.owner,
        due=task.due, cost=task.cost, result=words(task.result), evidence=task.evidence, created_at=task.created_at,
        created_by=task.by_name, changed_at=task.changed_at, done_at=task.done_at, done_by=task.done_name,
        verified_at=task.verified_at, verified_by=task.verified_name,
    )  # fmt: skip


@router.get("", response=TaskPage, summary="Tasks, in the order in which they were made", url_name="tasks")
def tasks(request: HttpRequest, query: Query[TaskQuery]) -> Any:
    """What is not ended, unless a state is asked for; with `updated_since`, whatever changed."""
    require_seen(request.user, may_see_tasks)  # type: ignore[arg-type]  # a plain function will do
    rows = Task.objects.visible_to(request.user)
    if query.updated_since:
        rows = rows.filter(changed_at__gt=query.updated_since)
    if query.unit:
        rows = rows.filter(unit=query.unit)
    if query.owner:
        rows = rows.filter(owner="" if query.owner == "nobody" else query.owner)
    asked = query.model_dump(include={"whose", "q", "state", "origin"}) | ({"overdue": "on"} if query.overdue else {})
    if query.updated_since and not query.state:
        asked["state"] = "every"
    found, after = portion(TaskFilter(asked, person=request.user).apply(rows), query)
    return TaskPage(items=[line(task) for task in found], next=after)


@router.post("", response={200: TaskLine, **REFUSALS}, summary="Write a task down", url_name="tasks")
def new(request: HttpRequest, body: Body[TaskNew]) -> Any:
    """Managers for any unit, whoever answers for a unit for that one. The same again makes none."""
    require_seen(request.user, may_see_tasks)  # type: ignore[arg-type]  # a plain function will do
    if not (rules.may_edit(request.user) or own_units(request.user)):
        raise PermissionDenied
    form = _form(request, body)
    if not form.is_valid():
        return not_fit(form)
    about = actions.About(body.about.kind, body.about.key) if body.about else actions.NOTHING
    once = f"api:{who(request).pk}:{body.once}"
    try:
        values = _values(form, body)
        return line(actions.create_task(**values, about=about, once=once, origin=Origin.OWN, by=request.user))
    except ValidationError as error:
        return refused(error)


@router.get("/{int:task_id}", response=TaskLine, summary="One task", url_name="task")
def one(request: HttpRequest, task_id: int) -> Any:
    return line(get_visible(Task.objects, request.user, pk=task_id))


@router.put("/{int:task_id}", response={200: TaskLine, **REFUSALS}, summary="Change what a task says", url_name="task")
def put(request: HttpRequest, task_id: int, body: Body[TaskWanted]) -> Any:
    """The same again changes nothing. Of what has ended nothing is changed: 409."""
    task = _workable(request, task_id)
    form = _form(request, body)
    if not form.is_valid():
        return not_fit(form)
    now = {"title": both(task.title), "text": both(task.text), "unit": task.unit, "owner": task.owner, "due": task.due}
    if body.written == {**now, "cost": task.cost}:
        return line(task)
    try:
        return line(actions.edit_task(task=task, **_values(form, body), version=body.version, by=request.user))
    except actions.Stale as error:
        return conflict(error.task.version, line(error.task), _sent(body))
    except ValidationError as error:
        return refused(error)


@router.put(
    "/{int:task_id}/state", response={200: TaskLine, **REFUSALS}, summary="Move a task on", url_name="task_state"
)
def move(request: HttpRequest, task_id: int, body: Body[StateWanted]) -> Any:
    """Begin it, say that it is done, verify what somebody else has done, drop it, or take it up again. The same again changes
    nothing; what cannot be done any more is answered with 409."""
    task = _workable(request, task_id)
    said = body.result.text if body.result else None
    if task.state == body.state and (said is None or both(said) in (both(task.result), ("", ""))):
        return line(task)
    try:
        return line(_moved(request, task, body))
    except actions.Stale as error:
        return conflict(error.task.version, line(error.task), {"state": body.state})
    except ValidationError as error:
        return refused(error)


def _moved(request: HttpRequest, task: Task, body: StateWanted) -> Task:
    by: dict[str, Any] = {"task": task, "version": body.version, "by": request.user}
    said = body.result.text if body.result else ""
    if body.state == "taken":
        return actions.take(**by)
    if body.state == "verified":
        return actions.verify(**by)
    if body.state == "done":
        return actions.finish(**by, result=said, evidence=body.evidence)
    if not any(part.strip() for part in both(said)):
        raise ValidationError({"result": "Say why."})
    return actions.drop(**by, reason=said) if body.state == "dropped" else actions.reopen(**by, reason=said)


def _workable(request: HttpRequest, pk: int) -> Task:
    found: Task = get_visible(Task.objects, request.user, pk=pk)
    if not may_work(request.user, found.unit, found.owner):
        raise PermissionDenied
    return found


def _form(request: HttpRequest, body: TaskContent) -> TaskForm:
    """The form of the pages, which knows the units that a person may choose and the contacts that there are."""
    title, text = (max(both(one.text if one else None), key=len) for one in (body.title, body.text))
    due = body.due.isoformat() if body.due else ""
    about = getattr(body, "about", None)
    data = {"title": title, "text": text, "due": due, **body.model_dump(include={"unit", "owner", "cost"})}
    data |= {"about_kind": about.kind, "about_key": about.key} if about else {}
    return TaskForm(data, person=request.user)


def _values(form: TaskForm, body: TaskContent) -> dict[str, Any]:
    text = body.text.text if body.text else None
    return {**form.values(), "title": body.title.text, "text": text}


def _sent(body: TaskWanted) -> dict[str, Any]:
    sent: dict[str, Any] = body.model_dump(mode="json", exclude={"version"})
    return sent
