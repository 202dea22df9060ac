"""What can be done with an import: choose lines, enter it, take it back, put it aside."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kizuki.accounts.access import who
from kizuki.imports import actions
from kizuki.imports.filters import LineFilter
from kizuki.imports.models import Import, PlanLine
from kizuki.imports.views.common import import_or_404
from kizuki.imports.views.pages import PAGE


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take or leave the lines of a page as they are ticked, or all that the filter shows."""
    found = import_or_404(request, pk)
    asked = request.POST.get("asked", "")
    try:
        if request.POST.get("all") in ("take", "leave"):
            lines = LineFilter(QueryDict(asked)).apply(PlanLine.objects.filter(of=found))
            count = actions.take_all(imported=found, lines=lines, take=request.POST["all"] == "take")
        else:
            shown, ticked = _numbers(request, "shown"), _numbers(request, "take")
            count = actions.take_lines(imported=found, take=ticked, leave=[n for n in shown if n not in set(ticked)])
    except actions.NotNow as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request, ngettext("%(n)d line was changed.", "%(n)d lines were changed.", count) % {"n": count}
        )
    return redirect(f"{reverse('imports:one', args=[pk])}?{asked}")


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(n) for n in request.POST.getlist(name)[: PAGE * 2] if n.isascii() and n.isdecimal() and len(n) < 10]


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what is taken, as a job."""
    return _begun(request, import_or_404(request, pk))


def _begun(request: HttpRequest, found: Import) -> HttpResponse:
    try:
        actions.begin_applying(imported=found, by=who(request))
    except actions.NotNow as error:
        messages.error(request, " ".join(error.messages))
    return redirect(found)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole import back, as a job."""
    found = import_or_404(request, pk)
    try:
        actions.begin_undoing(imported=found, by=who(request))
    except actions.NotNow:
        messages.error(request, _("There is nothing of it to take back."))
    return redirect(found)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a file aside of which nothing stands in the register."""
    found = import_or_404(request, pk)
    try:
        actions.discard_import(imported=found, by=who(request))
    except actions.NotNow as error:
        messages.error(request, " ".join(error.messages))
        return redirect(found)
    messages.success(request, _("The file was put aside. Nothing of it stands in the register."))
    return redirect("imports:imports")
