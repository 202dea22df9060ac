"""What stands beside the timeline of an incident about its tasks and decisions. At most three questions each."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from kizuki.incidents import questions
from kizuki.incidents.choices import UNDONE
from kizuki.incidents.models import Decision, Incident, Task

MOST_UNDONE: Final = 8
MOST_DONE: Final = 2
MOST_DECISIONS: Final = 4


def tasks(request: HttpRequest, incident: Incident) -> dict[str, Any]:
    """The undone tasks that are due first, and those that ended last."""
    known = list(Task.objects.filter(incident=incident).select_related("owner").defer("step"))
    far = timezone.now() + dt.timedelta(days=36500)
    undone = sorted((task for task in known if task.state in UNDONE), key=lambda task: (task.due or far, task.number))
    ended = sorted((task for task in known if task.ended_at), key=lambda task: str(task.ended_at), reverse=True)
    return {
        "rows": [*undone[:MOST_UNDONE], *ended[:MOST_DONE]], "undone": len(undone), "ended": len(ended),
        "more": max(0, len(undone) - MOST_UNDONE), "late": sum(task.is_overdue for task in undone),
    }  # fmt: skip


def decisions(request: HttpRequest, incident: Incident) -> dict[str, Any]:
    """The questions that wait for an answer, and the newest decisions."""
    rows = Decision.objects.filter(incident=incident).select_related("entry").order_by("-number")
    kept = list(questions.with_due(rows).prefetch_related("reviews")[: MOST_DECISIONS + 1])
    return {
        "asked": list(questions.unanswered(incident)[:MOST_DECISIONS]), "rows": kept[:MOST_DECISIONS],
        "more": len(kept) > MOST_DECISIONS, "now": timezone.now(),
    }  # fmt: skip
