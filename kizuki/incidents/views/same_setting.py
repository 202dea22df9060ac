"""Looking for the same setting on other assets of the register: found, ticked off, given to their owners."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import require_seen
from kizuki.incidents import actions
from kizuki.incidents.closing import review_of, settings_of
from kizuki.incidents.engine import review as engine
from kizuki.incidents.forms.review import FindForm, RowsForm
from kizuki.incidents.models import Incident
from kizuki.incidents.same_setting import concerned
from kizuki.incidents.views.common import found, found_to_write, shell
from kizuki.measures import catalogue
from kizuki.register.choices import called
from kizuki.register.models import Asset
from kizuki.tasks.models import Task
from kizuki.ui.templatetags.kizuki import language

PAGE = 100
#: Until when owners are asked, unless somebody says otherwise.
DAYS = 14


@require_safe
def elsewhere(request: HttpRequest, number: str) -> HttpResponse:
    """The assets found for each measure, and how far the look at them is. Only for whoever may read the register."""
    require_seen(request.user, rules.may_read_all)
    return _page(request, found(request, number))


def _page(request: HttpRequest, incident: Incident, status: int = 200, **sent: Any) -> HttpResponse:
    parts, counted = engine.read(review_of(incident).parts), {one.measure: one for one in settings_of(incident)}
    named = [id for part, item in engine.items(parts) if part in ("causes", "lessons") for id in item.measures]
    here = request.GET.get("measure", "") if request.GET.get("measure") in counted else next(iter(counted), "")
    rows = incident.same_settings.filter(measure=here).order_by(f"label_{language()}", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    assets = called([("asset", row.key) for row in listed])
    tasks = Task.objects.visible_to(request.user).filter(pk__in=[row.task_id for row in listed if row.task_id])
    measures = catalogue.measures()
    seen = {task.pk: task for task in tasks}
    context = shell(
        request, incident, "review", counted=counted, chosen=here, page=page, measures=measures,
        rows=[(row, _address(assets, row.key), seen.get(row.task_id or 0)) for row in listed],
        find=sent.get("find") or FindForm(first=named), concerned=len(concerned(incident)), typed=sent.get("rows"),
        measure=measures.get(here), due=timezone.localdate() + dt.timedelta(days=DAYS),
        ways=[(one, measures[one.measure].short if one.measure in measures else one.measure) for one in counted.values()],
    )  # fmt: skip
    return render(request, "incidents/elsewhere.html", context, status=status)


def _address(assets: dict[Any, Any], key: str) -> str:
    one = assets.get(("asset", key))
    return Asset(pk=one.pk, key=key).get_absolute_url() if one else ""


@require_POST
def act(request: HttpRequest, number: str, word: str) -> HttpResponseBase:
    """Find assets for a measure, tick some off, or ask their owners."""
    require_seen(request.user, rules.may_read_all)
    incident = found_to_write(request, number)
    if word == "find":
        return _find(request, incident)
    if word not in ("mark", "ask"):
        raise Http404
    measure = request.POST.get("measure", "")
    rows = incident.same_settings.filter(measure=measure[:16]).values_list("pk", flat=True)
    form = RowsForm(request.POST, rows=rows)
    if not form.is_valid():
        messages.error(request, " ".join(str(line) for lines in form.errors.values() for line in lines))
        return _page(request, incident, 422, rows=form)
    try:
        messages.success(request, _done(request, incident, word, form.cleaned_data))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _page(request, incident, 422, rows=form)
    return redirect(f"{reverse('incidents:elsewhere', args=[number])}?measure={measure}")


def _done(request: HttpRequest, incident: Incident, word: str, asked: dict[str, Any]) -> str:
    if word == "ask":
        n = actions.ask_owners(incident=incident, rows=asked["row"], due=asked["due"], by=request.user)
        return ngettext("%(n)d task was made.", "%(n)d tasks were made.", n) % {"n": n}
    n = actions.mark_same_setting(
        incident=incident, rows=asked["row"], state=asked["state"], note_=asked["note"], by=request.user
    )
    return ngettext("%(n)d asset was ticked off.", "%(n)d assets were ticked off.", n) % {"n": n}


def _find(request: HttpRequest, incident: Incident) -> HttpResponse:
    form = FindForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, 422, find=form)
    measure = form.cleaned_data["measure"]
    try:
        made = actions.find_same_setting(incident=incident, measure=measure, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _page(request, incident, 422, find=form)
    messages.success(request, _told(made.new, made.more))
    return redirect(f"{reverse('incidents:elsewhere', args=[incident.number])}?measure={measure}")


def _told(new: int, more: int) -> str:
    if not new and not more:
        return _("No other asset like these lacks this measure, or nobody knows of one.")
    text = ngettext("%(n)d asset was found.", "%(n)d assets were found.", new) % {"n": new}
    if more:
        text += " " + ngettext(
            "%(n)d more is like them: so many are not checked one by one, bring the measure in as a whole.",
            "%(n)d more are like them: so many are not checked one by one, bring the measure in as a whole.", more,
        ) % {"n": more}  # fmt: skip
    return text
