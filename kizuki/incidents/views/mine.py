"""My work: what waits for the person who looks, over all incidents."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kizuki.incidents import rules
from kizuki.incidents.mine import of_person


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Tasks by due time, incidents with my role, decisions to look at again, indicators to confirm, follow-up tasks."""
    context = {
        "mine": of_person(request.user), "now": timezone.now(), "may_open": rules.may_open(request.user),
        "may_enter": rules.may_enter(request.user),
    }  # fmt: skip
    return render(request, "incidents/mine.html", context)
