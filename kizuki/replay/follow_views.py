"""Turning a row of the priorities into a task."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.kit.text import Text
from kizuki.measures import catalogue
from kizuki.register.models import Organisation
from kizuki.replay import follow, listing
from kizuki.tasks import actions
from kizuki.tasks.choices import Origin
from kizuki.tasks.forms import TaskForm
from kizuki.ui.templatetags.kizuki import language


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest) -> HttpResponse:
    """Write down who does what until when about one row; one that is followed already is shown instead."""
    require_seen(request.user, rules.may_read_all)
    organisation: Organisation = get_visible(Organisation.objects, request.user, is_home=True)
    require(request.user, rules.may_edit)
    key = (request.POST if request.method == "POST" else request.GET).get("row", "")
    found = listing.priorities_for(organisation)
    ask = follow.ask_of(found, key) if found else None
    measure = catalogue.measures().get(ask.measure) if ask else None
    if ask is None or measure is None:
        raise Http404
    title = follow.title_of(ask, measure, organisation.read)
    first = {
        "title": title.in_(language()), "text": measure.text.in_(language()), "unit": ask.units[0] if len(ask.units) == 1 else "",
        "cost": "" if measure.cost == "not stated" else measure.cost,
    }  # fmt: skip
    form = TaskForm(request.POST if request.method == "POST" else None, person=request.user, initial=first)
    if form.is_bound and form.is_valid():
        values = form.values()
        try:
            task = actions.create_task(
                **{**values, "title": _both(values["title"], title), "text": _both(values["text"], measure.text)},
                about=follow.about(key), origin=Origin.PRIORITY, once=follow.once(key), by=request.user,
                organisation=organisation,
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(task)
    context = {"form": form, "row": key, "measure": measure, "ask": ask, "organisation": organisation}
    return render(request, "replay/follow.html", context, status=422 if form.is_bound else 200)


def _both(typed: str, prepared: Text) -> Any:
    """What was typed; where it is what was prepared, in both languages."""
    return prepared if typed.strip() == prepared.in_(language()).strip() else typed
