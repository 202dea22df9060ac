"""One incident on the wall of the room: big and quiet, for those who look up from their work."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kizuki.casebook.words import KINDS
from kizuki.casebook.words import MILESTONES as NAMES
from kizuki.incidents.choices import MILESTONES, UNDONE
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.times import ago, shown
from kizuki.incidents.views.common import found
from kizuki.incidents.words import LANE_NAMES
from kizuki.ui.svg import small_kind

ENTRIES: Final = 7
TASKS: Final = 7
#: Milestones that are still to come say what the room works for; those before it are found out, not reached.
AHEAD: Final = tuple(name for name in MILESTONES if name not in ("occurred", "noticed"))


@require_safe
def wall(request: HttpRequest, number: str) -> HttpResponse:
    """How it stands, for a projector; asked by htmx, only what changes."""
    incident = found(request, number)
    part = request.headers.get("HX-Request") == "true"
    return render(request, "incidents/wall_now.html" if part else "incidents/wall.html", _context(incident))


def _context(incident: Incident) -> dict[str, Any]:
    now, zone = timezone.now(), timezone.get_current_timezone()
    reached = {mark.name: mark.entry for mark in incident.milestones.select_related("entry")}
    noticed = reached.get("noticed")
    begun = noticed.low if noticed is not None and noticed.low else incident.opened_at
    newest = (
        Entry.objects.filter(incident=incident, corrections=None).standing().exclude(text="").order_by("-sort", "-seq")
    )
    tasks = (
        incident.tasks.filter(state__in=UNDONE)
        .select_related("owner")
        .order_by(F("due").asc(nulls_last=True), "number")
    )
    return {
        "incident": incident, "since": ago(begun, incident.closed_at or now), "noticed": noticed is not None, "now": now,
        "entries": [(entry, shown(entry, zone), _mark(entry), LANE_NAMES[entry.lane]) for entry in newest[:ENTRIES]],
        "tasks": [(task, _left(task, now)) for task in tasks[:TASKS]], "more": max(0, tasks.count() - TASKS),
        "ahead": [NAMES[name] for name in AHEAD if name not in reached],
        "reached": [(NAMES[name], shown(reached[name], zone)) for name in MILESTONES if name in reached],
    }  # fmt: skip


def _mark(entry: Entry) -> Any:
    return small_kind(entry.kind), KINDS[entry.kind]


def _left(task: Any, now: Any) -> tuple[bool, str]:
    """Whether it is overdue, and by how much, or how much time is left; "" without a due time."""
    if task.due is None:
        return False, ""
    return (True, ago(task.due, now)) if task.due < now else (False, ago(now, task.due))
