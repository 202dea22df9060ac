"""Figures over time: coverage, cases, unknowns; and filling in the days before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.jobs.actions import enqueue
from kizuki.kit.text import shown
from kizuki.register.models import Organisation, Unit
from kizuki.replay import figures as over_time
from kizuki.replay.map_views import document, table
from kizuki.replay.past import first_day
from kizuki.replay.tasks import fill_figures
from kizuki.ui.templatetags.kizuki import language


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class SpanForm(forms.Form):
    """The days that are shown; a year at most."""

    first = _day(_("First day"))
    last = _day(_("Last day"))


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How coverage, cases and unknowns went, day by day; as CSV and JSON."""
    organisation = _organisation(request)
    form = SpanForm(request.GET)
    form.is_valid()
    first, last = over_time.span(form.cleaned_data.get("first"), form.cleaned_data.get("last"))
    days = over_time.days_of(organisation, request.user, first, last)
    kind = request.GET.get("format")
    if kind == "csv":
        return table("figures.csv", over_time.table(days))
    if kind == "json":
        told = [{"day": day.day.isoformat(), **msgspec.to_builtins(day.figures)} for day in days]
        return document({"schema": "kizuki/figures/1", "organisation": organisation.slug, "days": told})
    started = first_day(organisation)
    context: dict[str, Any] = {
        "organisation": organisation, "form": form, "first": first, "last": last, "days": days,
        "missing": _missing(days, first, last, started), "may_fill": rules.may_replay(request.user), "started": started,
    }  # fmt: skip
    if days:
        context |= _drawn(organisation, days)
    return render(request, "replay/figures.html", context)


def _missing(days: list[over_time.Day], first: date, last: date, started: date | None) -> int:
    """How many of the days shown could have figures and have none."""
    if started is None:
        return 0
    return max(0, (last - max(first, started)).days + 1 - len(days))


def _drawn(organisation: Organisation, days: list[over_time.Day]) -> dict[str, Any]:
    calendar = over_time.calendar(days[0].day, days[-1].day)
    names = {
        row.key: shown(row.name, language())
        for row in Unit.objects.filter(organisation=organisation).only("key", "name_ja", "name_en")
    }
    functions = over_time.by_measure(days, calendar)
    return {
        "whole": over_time.panels("w", over_time.whole(days, calendar), calendar),
        "units": over_time.panels("u", over_time.by_unit(days, calendar, names), calendar),
        "functions": [(name, over_time.panels("m", lines, calendar)) for name, lines in functions if lines],
    }


@require_POST
def fill(request: HttpRequest) -> HttpResponse:
    """Work out the figures of the days shown that have none, as a job."""
    organisation = _organisation(request)
    require(request.user, rules.may_replay)
    form = SpanForm(request.POST)
    form.is_valid()
    first, last = over_time.span(form.cleaned_data.get("first"), form.cleaned_data.get("last"))
    started = first_day(organisation) or timezone.localdate()
    first = min(max(first, started), last + timedelta(days=1))
    job = enqueue(fill_figures, first.isoformat(), last.isoformat(), by=request.user)
    return redirect("jobs:job", job.pk)


def _organisation(request: HttpRequest) -> Organisation:
    require_seen(request.user, rules.may_read_all)
    found: Organisation = get_visible(Organisation.objects, request.user, is_home=True)
    return found
