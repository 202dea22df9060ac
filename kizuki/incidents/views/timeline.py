"""One incident: its timeline in lanes, kept up to date while it is looked at."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kizuki.incidents import drawing, rules
from kizuki.incidents.drawing import Table
from kizuki.incidents.forms.common import new_once
from kizuki.incidents.forms.entry import LineForm
from kizuki.incidents.forms.settings import stand_form
from kizuki.incidents.models import Incident
from kizuki.incidents.views.common import BELOW, found, shell, sides
from kizuki.incidents.views.moment import as_of


@require_safe
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """The page on which everyone works; asked by htmx with the number of the newest entry that it shows, only what is new: 204 where
    nothing is."""
    row = found(request, number)
    if request.headers.get("HX-Request") == "true" and "after" in request.GET:
        return _news(request, row)
    if "as_of" in request.GET:
        return as_of(request, row)
    return page(request, row)


def page(request: HttpRequest, incident: Incident, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; `more`: a form that was sent and not taken."""
    context = shell(
        request, incident, "incident", **timeline(incident, request.GET), sides=sides(request, incident),
        below=sides(request, incident, BELOW),
        **{"line": LineForm(initial={"once": new_once()}), "stand_form": stand_form(incident), **more},
    )  # fmt: skip
    return render(request, "incidents/incident.html", context, status=status)


def _news(request: HttpRequest, incident: Incident) -> HttpResponse:
    """What a page that shows the timeline up to an entry has to draw anew: the rows that read differently, or the whole table."""
    written = request.GET["after"]
    after = int(written) if written.isdecimal() and len(written) < 10 else 0
    if after >= incident.last_seq:
        return HttpResponse(status=204)
    query = _filters(request.GET)
    table = drawing.drawn(incident, query)
    before = drawing.as_drawn(incident, query, after)
    changes = table.changes_since(before) if before else None
    context = {
        "incident": incident, "may_write": rules.may_write(request.user, incident), **_about(table, query), "changes": changes,
        "part_of_page": True,
    }  # fmt: skip
    return render(request, "incidents/fresh.html", context)


def timeline(incident: Incident, asked: QueryDict) -> dict[str, Any]:
    """What templates need to draw the timeline with these filters."""
    query = _filters(asked)
    table = drawing.drawn(incident, query)
    return {
        **_about(table, query), "filter": table.form, "days": table.days, "total": len(table.all_.sketches),
        "whole": bool(table.form.asked.get("show")),
    }  # fmt: skip


def _about(table: Table, query: QueryDict) -> dict[str, Any]:
    return {
        "table": table, "query": query.urlencode(), "left_out": table.left_out, "shown": table.shown,
        "narrowed": table.form.narrowed,
    }  # fmt: skip


def _filters(asked: QueryDict) -> QueryDict:
    """What narrows the timeline down."""
    query = asked.copy()
    for name in ("after", "page", "as_of"):
        query.pop(name, None)
    return query


def shown_there(request: HttpRequest) -> QueryDict:
    """The filters of the page from which htmx sends."""
    return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)
