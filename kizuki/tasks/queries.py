"""What other rooms ask of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kizuki.tasks.choices import FOLLOWED
from kizuki.tasks.models import Task, TaskQuerySet


def for_object(person: Any, kind: str, key: str) -> TaskQuerySet:
    """The tasks about one thing that the person may see, those that are followed first. For `tasks/of_object.html`."""
    return Task.objects.visible_to(person).filter(about_kind=kind, about_key=key).order_by("-done_at", "-pk")


def followed(person: Any, kind: str, keys: Iterable[str]) -> dict[str, list[Task]]:
    """key → tasks that are not ended, for many things at once."""
    found: dict[str, list[Task]] = {}
    rows = Task.objects.visible_to(person).filter(about_kind=kind, about_key__in=list(keys), state__in=FOLLOWED)
    for task in rows.order_by("pk"):
        found.setdefault(task.about_key, []).append(task)
    return found
