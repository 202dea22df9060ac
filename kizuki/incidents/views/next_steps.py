"""Next steps that worked elsewhere: the page, taking one, setting one aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts import rules as people_rules
from kizuki.incidents import actions
from kizuki.incidents.advice import Advice, title_of
from kizuki.incidents.forms.knowledge import AsideForm, StepForm
from kizuki.incidents.models import Incident
from kizuki.incidents.views.common import found, found_to_write, shell
from kizuki.replay.past import compiled_now


def advice_of(request: HttpRequest, incident: Incident) -> Advice:
    """What known cases advise; with the register's word on measures where the person may read it."""
    register = compiled_now(incident.organisation) if people_rules.may_read_all(request.user) else None
    return Advice(incident, request.user, list(incident.assets.exclude(state="clean")), register)


@require_safe
def next_steps(request: HttpRequest, number: str) -> HttpResponse:
    """The cases that resemble, why, and what they suggest."""
    return _page(request, found(request, number))


def _page(request: HttpRequest, incident: Incident, status: int = 200, **more: Any) -> HttpResponse:
    advice = advice_of(request, incident)
    context = shell(request, incident, "next", cases=advice.cases(), groups=advice.groups(), **more)
    return render(request, "incidents/next.html", context, status=status)


@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Make a task of a suggestion."""
    incident = found_to_write(request, number)
    form = StepForm(request.POST)
    one = advice_of(request, incident).find(form.cleaned_data["key"]) if form.is_valid() else None
    if one is None:
        messages.info(request, _("This is on the list of tasks already, or no longer suggested."))
        return redirect("incidents:next", number)
    try:
        task = actions.take_step(incident=incident, key=one.key, title=title_of(one), role=one.role, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("It is task %(n)d now.") % {"n": task.number})
    return redirect("incidents:next", number)


@require_POST
def aside(request: HttpRequest, number: str) -> HttpResponse:
    """Set a suggestion aside, with the reason."""
    incident = found_to_write(request, number)
    form = AsideForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, 422, aside=form, aside_key=request.POST.get("key", "")[:120])
    one = advice_of(request, incident).find(form.cleaned_data["key"])
    if one is None:
        messages.info(request, _("This is on the list of tasks already, or no longer suggested."))
        return redirect("incidents:next", number)
    try:
        actions.dismiss_step(
            incident=incident, key=one.key, title=title_of(one), reason=form.cleaned_data["reason"], by=request.user
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("incidents:next", number)
