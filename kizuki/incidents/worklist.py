"""Tasks as people look at them: by phase, with what they wait for and how late they are."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.incidents import times
from kizuki.incidents.choices import UNDONE, Role, TaskState
from kizuki.incidents.engine.procedure import Step
from kizuki.incidents.models import Incident, Task
from kizuki.journal.views import neutral
from kizuki.kit.text import Text
from kizuki.ui.templatetags.kizuki import language

COLUMNS = (
    "number", "title", "state", "phase", "role", "owner", "due", "result", "procedure", "step", "created", "ended",
)  # fmt: skip


class Brief(NamedTuple):
    """As much of a task as the list needs of every one of the incident."""

    number: int
    procedure: str
    step_id: str
    phase: tuple[str, str]
    state: str
    due: dt.datetime | None
    owner: int | None


class Row(NamedTuple):
    """A task in the list. `waits`: tasks before it that are not done."""

    task: Task
    step: Step | None
    waits: list[Brief]


class Group(NamedTuple):
    """The tasks of one phase, or the own ones (`name` None). `done` of `all` are ended."""

    name: Text | None
    rows: list[Row]
    done: int
    all: int


def briefs(incident: Incident) -> list[Brief]:
    """All tasks of the incident in short, in their order; one question."""
    fields = ("number", "procedure", "step_id", "phase_ja", "phase_en", "state", "due", "owner")
    return [
        Brief(number, procedure, step, (ja, en), state, due, owner)
        for number, procedure, step, ja, en, state, due, owner in Task.objects.filter(incident=incident).values_list(*fields)
    ]  # fmt: skip


def counts(known: Sequence[Brief], person: Any) -> dict[str, int]:
    """How many tasks each way of looking shows."""
    undone, now = [task for task in known if task.state in UNDONE], timezone.now()
    return {
        "open": len(undone), "mine": sum(task.owner == person.pk for task in undone),
        "nobody": sum(task.owner is None for task in undone),
        "late": sum(task.due is not None and task.due < now for task in undone),
        "blocked": sum(task.state == TaskState.BLOCKED for task in undone), "ended": len(known) - len(undone),
        "all": len(known),
    }  # fmt: skip


def grouped(tasks: Iterable[Task], known: Sequence[Brief]) -> list[Group]:
    """The tasks by phase in the order of their procedures; own tasks first, since somebody found them needful now."""
    made: dict[tuple[str, tuple[str, str]], list[Row]] = {}
    for task in tasks:
        made.setdefault((task.procedure, (task.phase_ja, task.phase_en)), []).append(row_of(task, known))
    totals: dict[tuple[str, tuple[str, str]], list[bool]] = {}
    for one in known:
        totals.setdefault((one.procedure, one.phase), []).append(one.state not in UNDONE)
    return [
        Group(_name(key), rows, sum(totals[key]), len(totals[key]))
        for key, rows in sorted(made.items(), key=lambda item: (bool(item[0][0]), item[1][0].task.number))
    ]


def row_of(task: Task, known: Sequence[Brief]) -> Row:
    """The task with its step and what it waits for."""
    step = task.read
    needs = set(step.needs) if step else set()
    waits = [
        one
        for one in known
        if one.step_id in needs and one.procedure == task.procedure and one.state in UNDONE and needs
    ]
    return Row(task, step, waits)


def _name(key: tuple[str, tuple[str, str]]) -> Text | None:
    ja, en = key[1]
    return Text(ja=ja or None, en=en or None) if ja or en else None


def late_by(task: Task) -> str:
    """How long it is overdue, in words; "" where it is not."""
    if not task.is_overdue or task.due is None:
        return ""
    return _("overdue by %(length)s") % {"length": times.ago(task.due, timezone.now())}


def as_csv(incident: Incident, rows: QuerySet[Task]) -> StreamingHttpResponse:
    """The tasks in the reader's language and by the reader's clock; no cell is taken for a formula."""
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{incident.number}-tasks.csv"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(rows: QuerySet[Task]) -> Iterator[str]:
    writer, here = csv.writer(_Echo()), language()
    tasks = list(rows.select_related("owner"))
    yield "\ufeff" + writer.writerow(COLUMNS)
    for task in tasks:
        yield writer.writerow([neutral(value) for value in _cells(task, here)])


def _cells(task: Task, here: str) -> tuple[Any, ...]:
    role = str(Role(task.role).label) if task.role else ""
    return (
        task.number, task.title.in_(here), task.state, task.phase.in_(here), role, task.owner.name if task.owner else "",
        _at(task.due), task.result, task.procedure, task.step_id, _at(task.created_at), _at(task.ended_at),
    )  # fmt: skip


def _at(moment: dt.datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes") if moment else ""
