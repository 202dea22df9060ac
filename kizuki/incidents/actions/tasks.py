"""What has to be done: the steps of a procedure, own tasks, and how they move on.

The entries about tasks say in `data` what is so from now on: {"id": "7", "set": {…}} for one task, and for several at once
{"id": "", "set": {"tasks": {"7": {…}, "8": {…}}}}, with `state`, `title_ja`, `title_en`, `role`, `owner` (a person's number),
`owner_name`, `due`, `result`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.accounts.models import Person
from kizuki.incidents import hooks
from kizuki.incidents.actions.timeline import ROOM, About, Stale, hold, lane_of, mark_milestone, must_be_open, note
from kizuki.incidents.choices import KINDS, LANE_OF, UNDONE, Auto, Role, TaskState
from kizuki.incidents.engine import moment as moments
from kizuki.incidents.engine.moment import BadMoment
from kizuki.incidents.engine.procedure import Phase, Procedure, Step
from kizuki.incidents.models import Entry, Incident, Task
from kizuki.incidents.people import sees
from kizuki.incidents.words import bad_moment
from kizuki.journal.actions import By, record
from kizuki.kit.text import Name
from kizuki.register.columns import both

MOST_TITLE: Final = 300
MOST_RESULT: Final = 4000
MOST_ONCE: Final = 64
#: How what somebody of a role did is entered, where no procedure says it.
KIND_OF: Final[dict[str, str]] = {
    Role.IT: "contain", Role.COMMUNICATIONS: "communicate", Role.LEGAL: "report", Role.EXECUTIVE: "decide",
}  # fmt: skip


class Assigned(NamedTuple):
    """Tasks that went to the person, and those that somebody else had changed or ended in the meantime."""

    done: list[Task]
    stale: list[Task]


@transaction.atomic
def begin_procedure(*, incident: Incident, procedure: Procedure, by: By) -> list[Task]:
    """One task for each step, due `within` minutes after the incident was opened; gives the new ones. Steps that became tasks
    before are left as they are, so that beginning twice begins nothing twice."""
    hold(incident)
    must_be_open(incident)
    there = set(Task.objects.filter(incident=incident, procedure=procedure.id).values_list("step_id", flat=True))
    steps = [(phase, step) for phase in procedure.phases for step in phase.steps if step.id not in there]
    if not steps:
        return []
    first = _next_number(incident)
    tasks = Task.objects.bulk_create(
        _task_of(incident, procedure, phase, step, first + n) for n, (phase, step) in enumerate(steps)
    )
    title = {"procedure": procedure.id, "title_ja": procedure.title.ja or "", "title_en": procedure.title.en or ""}
    told = {str(task.number): _told(task) for task in tasks}
    note(incident, Auto.TASK, by=by, kind="decide", values={**title, "tasks": told})
    data = {"procedure": procedure.id, "tasks": [task.number for task in tasks]}
    record(by=by, room=ROOM, verb="began_procedure", obj=incident, data=data)
    hooks.happened(incident, "procedure.begun", data)
    return tasks


def _task_of(incident: Incident, procedure: Procedure, phase: Phase, step: Step, number: int) -> Task:
    return Task(
        incident=incident, number=number, title_ja=step.text.ja or "", title_en=step.text.en or "", procedure=procedure.id,
        phase_ja=phase.name.ja or "", phase_en=phase.name.en or "", step=msgspec.to_builtins(step), step_id=step.id,
        role=step.role, due=incident.opened_at + dt.timedelta(minutes=step.within),
    )  # fmt: skip


@transaction.atomic
def add_task(
    *,
    incident: Incident,
    title: Name,
    by: By,
    role: str = "",
    owner: Person | None = None,
    due: dt.datetime | None = None,
    once: str = "",
) -> Task:
    """Write down what has to be done. A plain title stands for both languages. With `once`, a task that came with the same is given
    back as it is. ValidationError by field for what cannot be."""
    fit(once)
    hold(incident)
    if once and (there := Task.objects.filter(incident=incident, once=once).first()) is not None:
        return there
    must_be_open(incident)
    values = _checked(incident, title=title, role=role, owner=owner, due=due)
    task: Task = Task.objects.create(incident=incident, number=_next_number(incident), once=once, **values)
    note(incident, Auto.TASK, by=by, kind="decide", id=str(task.number), values=_told(task), about=[_about(task)])
    _tell(task, "added_task", "task.added", by)
    return task


@transaction.atomic
def edit_task(
    *,
    task: Task,
    version: int,
    title: Name,
    role: str,
    owner: Person | None,
    due: dt.datetime | None,
    by: By,
    once: str = "",
) -> Task:
    """Change what it says, whose it is and until when, as long as it is not ended. Stale where somebody was faster."""
    hold(task.incident)
    if _sent_before(task, once):
        return task
    must_be_open(task.incident)
    _fresh(task, version, UNDONE)
    values = _checked(task.incident, title=title, role=role, owner=owner, due=due)
    before = _told(task)
    if all(getattr(task, name) == value for name, value in values.items()):
        return task
    _write(task, **values)
    after = _told(task)
    changed = {name: value for name, value in after.items() if value != before[name]}
    was = {name: before[name] for name in changed}
    note(
        task.incident, Auto.TASK, by=by, kind="analyse", id=str(task.number), values=changed, was=was, about=[_about(task)],
        once=once,
    )  # fmt: skip
    _tell(task, "edited_task", "task.changed", by, fields=sorted(changed))
    return task


@transaction.atomic
def take_task(*, task: Task, version: int, by: By, once: str = "") -> Task:
    """Begin to work on it: it is in progress, and whoever takes it has it from now on. Who has it already takes nothing."""
    hold(task.incident)
    if isinstance(by, Person) and Task.objects.filter(pk=task.pk, state=TaskState.DOING, owner=by).exists():
        _known(task)
        return task
    owner = {"owner": by} if isinstance(by, Person) else {}
    _move(task, version, UNDONE, by=by, once=once, values={"state": TaskState.DOING, "result": "", **owner})
    return task


@transaction.atomic
def block_task(*, task: Task, version: int, reason: str, by: By, once: str = "") -> Task:
    """Say that it cannot go on, and why."""
    why = _said(reason, "reason", _("Say what it waits for."))
    _move(task, version, UNDONE, by=by, once=once, values={"state": TaskState.BLOCKED, "result": why})
    return task


@transaction.atomic
def finish_task(
    *,
    task: Task,
    version: int,
    result: str,
    by: By,
    at: dt.datetime | None = None,
    kind: str = "",
    milestone: bool = False,
    once: str = "",
) -> Task:
    """Say that it is done and what came of it. The timeline tells it at the time when it was done (now), in the way that the step
    names (`kind` for own tasks). `milestone`: the step's milestone was reached with it."""
    hold(task.incident)
    step = task.read
    how = step.kind if step else kind or KIND_OF.get(task.role, "analyse")
    if how not in KINDS:
        raise ValidationError({"kind": _("Choose what kind of act it was.")})
    values = {"state": TaskState.DONE, "result": _said(result, "result", _("Say what came of it."))}
    owner = {"owner": by} if task.owner_id is None and isinstance(by, Person) else {}
    ended = {"ended_at": possible(task.incident, at)}
    entry = _move(task, version, UNDONE, by=by, once=once, values={**values, **owner, **ended}, kind=how)
    if entry is not None:
        hooks.entered(entry)
        if milestone and step and step.milestone:
            mark_milestone(entry=entry, name=step.milestone, by=by)
    return task


@transaction.atomic
def drop_task(*, task: Task, version: int, reason: str, by: By, once: str = "") -> Task:
    """Give it up, with the reason."""
    values = {
        "state": TaskState.DROPPED, "result": _said(reason, "reason", _("Say why it is dropped.")), "ended_at": timezone.now(),
    }  # fmt: skip
    _move(task, version, UNDONE, by=by, once=once, values=values, kind="decide")
    return task


@transaction.atomic
def reopen_task(*, task: Task, version: int, by: By, reason: str = "", once: str = "") -> Task:
    """Take it up again. What came of it before stays in the timeline."""
    values = {"state": TaskState.TODO, "result": plain(reason)[:MOST_RESULT], "ended_at": None}
    _move(task, version, (TaskState.DONE, TaskState.DROPPED), by=by, once=once, values=values)
    return task


@transaction.atomic
def assign_tasks(
    *, incident: Incident, tasks: Mapping[int, int], owner: Person | None, by: By, once: str = ""
) -> Assigned:
    """Give several tasks to one person, or to nobody. `tasks`: number → version as it was shown; those that changed since are left
    as they are and given back as stale."""
    fit(once)
    hold(incident)
    if once and Entry.objects.filter(incident=incident, once=once).exists():
        return Assigned(list(Task.objects.filter(incident=incident, number__in=tasks)), [])
    must_be_open(incident)
    _must_see(incident, owner)
    rows = list(Task.objects.filter(incident=incident, number__in=tasks).select_related("owner"))
    stale = [row for row in rows if row.version != tasks[row.number] or row.state not in UNDONE]
    done = [row for row in rows if row not in stale and row.owner_id != (owner.pk if owner else None)]
    if not done:
        return Assigned([], stale)
    was = {str(row.number): {"owner": row.owner_id, "owner_name": row.owner.name if row.owner else ""} for row in done}
    for row in done:
        _write(row, owner=owner)
    told = {"owner": owner.pk if owner else None, "owner_name": owner.name if owner else ""}
    note(
        incident, Auto.TASK, by=by, kind="decide", values={"tasks": {str(row.number): told for row in done}}, was={"tasks": was},
        about=[_about(row) for row in done], once=once,
    )  # fmt: skip
    numbers = [row.number for row in done]
    record(by=by, room=ROOM, verb="assigned_tasks", obj=incident, data={"tasks": numbers, "person": told["owner"]})
    hooks.happened(incident, "task.assigned", {"tasks": numbers})
    return Assigned(done, stale)


def _move(
    task: Task,
    version: int,
    states: Collection[str],
    *,
    by: By,
    values: Mapping[str, Any],
    once: str,
    kind: str = "analyse",
) -> Entry | None:
    """Write the new state where the row still has this version and one of these states, and the entry that tells it; None where
    the same was sent before. Raises Stale."""
    incident = task.incident
    hold(incident)
    if _sent_before(task, once):
        return None
    must_be_open(incident)
    _fresh(task, version, states)
    before = _told(task)
    _write(task, **values)
    after = _told(task)
    changed = {name: value for name, value in after.items() if value != before[name]}
    entry = note(
        incident, Auto.TASK, by=by, kind=kind, id=str(task.number), values={"state": task.state, **changed},
        was={name: before[name] for name in changed}, text=task.result if task.state == TaskState.DONE else "",
        lane=LANE_OF.get(task.role, "") if task.state == TaskState.DONE else lane_of(by, incident),
        at=task.ended_at if task.state == TaskState.DONE else None, about=[_about(task)], once=once,
    )  # fmt: skip
    _tell(task, "moved_task", f"task.{task.state}", by, state=task.state)
    return entry


def _tell(task: Task, verb: str, event: str, by: By, **data: Any) -> None:
    """The journal and whoever listens: numbers and states, never what is written in the task."""
    record(by=by, room=ROOM, verb=verb, obj=task.incident, data={"task": task.number, **data})
    hooks.happened(task.incident, event, {"task": task.number})


def _fresh(task: Task, version: int, states: Collection[str]) -> None:
    """Know the task as it is now. Stale unless it has this version and one of these states."""
    _known(task)
    if task.version != version or task.state not in states:
        raise Stale(task)


def _write(task: Task, **values: Any) -> None:
    """Change the row under the version that is known. The incident must be held."""
    now = timezone.now()
    rows = Task.objects.filter(pk=task.pk, version=task.version)
    if not rows.update(**values, version=task.version + 1, changed_at=now):
        raise Stale(Task.objects.get(pk=task.pk))
    for name, value in {**values, "version": task.version + 1, "changed_at": now}.items():
        setattr(task, name, value)


def _sent_before(task: Task, once: str) -> bool:
    """Whether this sending was acted on already; the task is then known as it is."""
    fit(once)
    if not (once and Entry.objects.filter(incident=task.incident_id, once=once).exists()):
        return False
    _known(task)
    return True


def fit(once: str) -> None:
    """ValidationError for a key against doubling that cannot be kept."""
    if len(once) > MOST_ONCE or plain(once) != once:
        raise ValidationError({"once": _("A key against doubling has at most %(n)d characters.") % {"n": MOST_ONCE}})


def plain(text: str) -> str:
    """The text without what no database keeps: NUL, and half of a character, as a program may send it."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def _known(task: Task) -> None:
    """Know the row as it is now; its incident is held and known already."""
    task.refresh_from_db(fields=[field.name for field in Task._meta.concrete_fields if field.name != "incident"])


def _next_number(incident: Incident) -> int:
    """The incident is held, so that no two get the same; the database refuses it as well. Tasks are never removed."""
    last: int | None = Task.objects.filter(incident=incident).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _told(task: Task) -> dict[str, Any]:
    """What entries tell of a task, as JSON holds it."""
    return {
        "state": task.state, "title_ja": task.title_ja, "title_en": task.title_en, "role": task.role, "owner": task.owner_id,
        "owner_name": task.owner.name if task.owner else "", "due": task.due.isoformat() if task.due else None,
        "result": task.result,
    }  # fmt: skip


def _about(task: Task) -> About:
    return About("task", str(task.number), task.title)


def _checked(
    incident: Incident, *, title: Name, role: str, owner: Person | None, due: dt.datetime | None
) -> dict[str, Any]:
    """The content of a task, trimmed; ValidationError by field."""
    faults: dict[str, Any] = {}
    ja, en = (" ".join(plain(text).split()) for text in both(title))
    if not (ja or en):
        faults["title"] = _("Say what has to be done.")
    if (n := max(len(ja), len(en))) > MOST_TITLE:
        faults["title"] = _("At most %(most)d characters; these are %(n)d.") % {"most": MOST_TITLE, "n": n}
    if role and role not in set(Role.values) - {Role.READER}:
        faults["role"] = _("Choose one of the roles.")
    if due is not None and not 2000 <= due.year <= 2100:
        faults["due"] = _("This year cannot be meant. Check the date.")
    try:
        _must_see(incident, owner)
    except ValidationError as error:
        faults["owner"] = error
    if faults:
        raise ValidationError(faults)
    return {"title_ja": ja, "title_en": en, "role": role, "owner": owner, "due": due}


def _must_see(incident: Incident, owner: Person | None) -> None:
    if owner is not None and not sees(incident, owner):
        raise ValidationError(
            _("%(name)s cannot see this incident. Give them a role in it first.") % {"name": owner.name}
        )


def _said(text: str, field: str, empty: str) -> str:
    said = plain(text)
    if not said:
        raise ValidationError({field: empty})
    if len(said) > MOST_RESULT:
        most = {"most": f"{MOST_RESULT:,}", "n": f"{len(said):,}"}
        raise ValidationError({field: _("At most %(most)s characters; these are %(n)s.") % most})
    return said


def possible(incident: Incident, at: dt.datetime | None) -> dt.datetime:
    """The time at which something was done (None: now), no later than now; ValidationError where nothing can have been done."""
    now = timezone.now()
    if at is None:
        return now
    try:
        moments.check(moments.in_zone(at, incident.zone), now)
    except BadMoment as error:
        raise ValidationError({"at": bad_moment(error)}) from None
    return min(at, now)
