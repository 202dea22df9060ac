"""One incident: its timeline in lanes, the line that adds to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kizuki.incidents.views.common import found, shell, sides


@require_safe
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """The page on which everyone works."""
    row = found(request, number)
    context = shell(request, row, "incident", entries=row.entries.all(), sides=sides(request, row))
    return render(request, "incidents/incident.html", context)
