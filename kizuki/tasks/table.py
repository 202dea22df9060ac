"""Tasks as CSV, for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse

from kizuki.journal.views import neutral
from kizuki.tasks.models import Task, TaskQuerySet
from kizuki.ui.templatetags.kizuki import language

COLUMNS = (
    "id", "title", "text", "state", "origin", "about", "unit", "owner", "due", "cost", "result", "evidence", "created",
    "done", "done_by", "verified", "verified_by",
)  # fmt: skip


def as_csv(tasks: TaskQuerySet) -> StreamingHttpResponse:
    """The tasks in the reader's language; no cell is taken for a formula."""
    response = StreamingHttpResponse(_lines(tasks), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="kizuki-tasks.csv"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(tasks: TaskQuerySet) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(COLUMNS)
    after = 0
    while portion := list(tasks.order_by("pk").filter(pk__gt=after)[:1000]):
        for task in portion:
            yield writer.writerow([neutral(value) for value in _cells(task)])
        after = portion[-1].pk


def _cells(task: Task) -> tuple[Any, ...]:
    here = language()
    text, result = task.text, task.result
    return (
        task.pk, task.title.in_(here), text.in_(here) if text else "", task.state, task.origin,
        f"{task.about_kind} {task.about_key}".strip(), task.unit, task.owner, _day(task.due), task.cost,
        result.in_(here) if result else "", task.evidence, _day(task.created_at), _day(task.done_at), task.done_name,
        _day(task.verified_at), task.verified_name,
    )  # fmt: skip


def _day(value: Any) -> str:
    return value.isoformat(timespec="seconds") if hasattr(value, "hour") else value.isoformat() if value else ""
