"""All incidents, and opening a new one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from kizuki.accounts.access import who
from kizuki.incidents import rules
from kizuki.incidents.actions import open_incident
from kizuki.incidents.filters import IncidentFilter
from kizuki.incidents.forms.common import tell
from kizuki.incidents.forms.opening import IncidentForm
from kizuki.incidents.models import Incident
from kizuki.incidents.table import as_csv, as_json

PAGE = 50
#: Ways to take the list along.
FORMATS = {"csv": as_csv, "json": as_json}


@require_safe
def incidents(request: HttpRequest) -> HttpResponseBase:
    """The list, the gravest first; as CSV or JSON with the same filters."""
    if not rules.may_enter(request.user):
        raise Http404
    form = IncidentFilter(request.GET, person=request.user)
    visible = Incident.objects.visible_to(request.user)
    found = form.apply(visible.select_related("lead"))
    if written := FORMATS.get(request.GET.get("format", "")):
        return written(found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "counts": _counts(visible), "may_open": rules.may_open(request.user),
        "heads": _heads(form.sorted_by),
    }  # fmt: skip
    return render(request, "incidents/incidents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open an incident; sent twice, it is opened once."""
    if not rules.may_enter(request.user):
        raise Http404
    if not rules.may_open(request.user):
        raise PermissionDenied
    posted = request.method == "POST"
    form = IncidentForm(request.POST if posted else None, person=request.user)
    if posted and form.is_valid():
        try:
            made = open_incident(**form.cleaned_data, by=who(request))
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(made)
    return render(request, "incidents/new.html", {"form": form}, status=422 if posted else 200)


def _heads(order: str) -> list[tuple[Any, str, str]]:
    """What stands over the columns: the name, the order that a click asks for ("" for none), and how it is sorted now."""
    columns = (
        (_("Incident"), "number"), (_("Severity"), "severity"), (_("Status"), "status"), (pgettext("incident", "Lead"), ""),
        (_("Kind"), ""), (_("Opened"), "opened"), (_("Last change"), "changed"),
    )  # fmt: skip
    heads = []
    for name, word in columns:
        here = "descending" if order == f"-{word}" else "ascending" if order == word else ""
        first = word if word == "number" else f"-{word}"
        asked = (word if order.startswith("-") else f"-{word}") if here else first
        heads.append((name, asked if word else "", here if word else ""))
    return heads


def _counts(visible: Any) -> dict[str, int]:
    """What the first line of the list tells."""
    counted: dict[str, int] = (
        visible.still_open()
        .order_by()
        .aggregate(
            open=Count("pk", filter=Q(exercise=False)), grave=Count("pk", filter=Q(exercise=False, severity__gte=3)),
            leaderless=Count("pk", filter=Q(exercise=False, lead=None)),
            unjudged=Count("pk", filter=Q(exercise=False, severity=0)), exercises=Count("pk", filter=Q(exercise=True)),
        )
    )  # fmt: skip
    return counted
