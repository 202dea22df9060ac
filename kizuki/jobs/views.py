"""Pages of the queue: one's own jobs, all jobs for those who look after the site, and one job with its progress."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kizuki.jobs import actions
from kizuki.jobs.choices import State
from kizuki.jobs.models import Job
from kizuki.jobs.tasks import verify_journal as verify_task

PAGE = 50
#: A page that asks again by itself gets this answer from htmx when there is nothing more to ask.
STOP_POLLING = 286


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    may_see_all = request.user.has_perm("jobs.view_all")
    everyone = may_see_all and "all" in request.GET
    found = Job.objects.visible_to(request.user) if everyone else Job.objects.filter(by_id=request.user.pk)
    if request.GET.get("state") in State.values:
        found = found.filter(state=request.GET["state"])
    before = parse_datetime(request.GET.get("before", "").replace(" ", "+")[:40])
    if before is not None and before.tzinfo is not None:
        found = found.filter(created_at__lt=before)
    rows = list(found.select_related("by").order_by("-created_at", "-id")[: PAGE + 1])
    context = {
        "jobs": rows[:PAGE], "after": rows[PAGE - 1].created_at.isoformat() if len(rows) > PAGE else "",
        "everyone": everyone, "may_see_all": may_see_all, "states": State.choices,
    }  # fmt: skip
    return render(request, "jobs/jobs.html", context)


@require_safe
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One job; asked by htmx, only its progress."""
    found = _visible(request, pk)
    part = request.headers.get("HX-Request") == "true"
    status = STOP_POLLING if part and found.ended else 200
    context = {"job": found, "may_cancel": _may_cancel(request, found)}
    return render(request, "jobs/progress.html" if part else "jobs/job.html", context, status=status)


@require_POST
def cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop a job that waits or runs."""
    found = _visible(request, pk)
    if not _may_cancel(request, found):
        raise PermissionDenied
    actions.cancel(job=found, by=request.user)
    messages.info(request, _("The job will stop at the next safe place."))
    return redirect("jobs:job", pk=pk)


@require_POST
def verify_journal(request: HttpRequest) -> HttpResponse:
    """Queue a verification of the journal and go to its progress."""
    if not request.user.has_perm("journal.verify"):
        raise Http404
    found = actions.enqueue(verify_task, by=request.user)
    return redirect("jobs:job", pk=found.pk)


def _visible(request: HttpRequest, pk: uuid.UUID) -> Job:
    found: Job = get_object_or_404(Job.objects.visible_to(request.user).select_related("by"), pk=pk)
    return found


def _may_cancel(request: HttpRequest, job: Job) -> Any:
    return job.by_id == request.user.pk or request.user.has_perm("jobs.manage_all")
