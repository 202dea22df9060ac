"""One incident: its timeline in lanes, kept up to date while it is looked at."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from kizuki.incidents.forms.common import new_once
from kizuki.incidents.forms.entry import LineForm
from kizuki.incidents.forms.settings import stand_form
from kizuki.incidents.forms.timeline import TimelineFilter
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.rows import WINDOW, Whole, day_name, drawn, folded, milestones_of, rows, sketch, whole, whole_of
from kizuki.incidents.views.common import BELOW, found, shell, sides
from kizuki.incidents.views.moment import as_of
from kizuki.kit.kept import Kept
from kizuki.ui.templatetags.kizuki import language

#: Timelines as they were drawn. Whoever reads the same one in the same language and clock sees the same.
_drawn: Final[Kept[tuple[SafeString, dict[str, Any]]]] = Kept(64)


@require_safe
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """The page on which everyone works; asked by htmx with the number of the newest entry that it shows, only what is new: 204 where
    nothing is."""
    row = found(request, number)
    if request.headers.get("HX-Request") == "true" and "after" in request.GET:
        if request.GET["after"] == str(row.last_seq):
            return HttpResponse(status=204)
        context = shell(request, row, "incident", **timeline(request, row, request.GET), part_of_page=True)
        return render(request, "incidents/fresh.html", context)
    if "as_of" in request.GET:
        return as_of(request, row)
    return page(request, row)


def page(request: HttpRequest, incident: Incident, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; `more`: a form that was sent and not taken."""
    context = shell(
        request, incident, "incident", **timeline(request, incident, request.GET), sides=sides(request, incident),
        below=sides(request, incident, BELOW),
        **{"line": LineForm(initial={"once": new_once()}), "stand_form": stand_form(incident), **more},
    )  # fmt: skip
    return render(request, "incidents/incident.html", context, status=status)


def timeline(request: HttpRequest, incident: Incident, asked: QueryDict) -> dict[str, Any]:
    """What templates need to draw the timeline with these filters. Drawn once for everyone who reads it so."""
    query = asked.copy()
    for name in ("after", "page", "as_of"):
        query.pop(name, None)
    zone = timezone.get_current_timezone_name()
    key = (incident.pk, incident.last_seq, incident.changed_at, language(), zone, query.urlencode())
    table, about = _drawn.get(key, lambda: _draw(incident, query))
    return {"table": table, "query": query.urlencode(), **about}


def shown_there(request: HttpRequest) -> QueryDict:
    """The filters of the page from which htmx sends."""
    return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)


def _draw(incident: Incident, query: QueryDict) -> tuple[SafeString, dict[str, Any]]:
    standing = Entry.objects.filter(incident=incident).standing()
    short = [] if query else list(standing.prefetch_related("links").order_by("sort", "seq")[: WINDOW + 1])
    if 0 < len(short) <= WINDOW:
        all_ = whole_of([sketch(one) for one in short], milestones_of(incident))
        form, found, left_out = TimelineFilter(query, sketches=all_.sketches), short, 0
    else:
        all_ = whole(incident)
        form = TimelineFilter(query, sketches=all_.sketches)
        found, left_out = _window(form.apply(standing), form)
    made = rows(incident, found, all_, timezone.get_current_timezone())
    unfolded = form.asked.get("wrote") == "kizuki"
    table = drawn(incident, made if unfolded else folded(made), all_)
    about = {
        "filter": form, "left_out": left_out, "days": _days(all_, form), "total": len(all_.sketches),
        "narrowed": form.narrowed, "whole": bool(form.asked.get("show")), "shown": len(made),
    }  # fmt: skip
    return table, about


def _window(fitting: Any, form: TimelineFilter) -> tuple[list[Entry], int]:
    """The entries to show in the order of the timeline, and how many earlier ones are left out."""
    ordered = fitting.prefetch_related("links")
    if form.asked.keys() & {"show", "day"}:
        return list(ordered.order_by("sort", "seq")), 0
    newest = list(ordered.order_by("-sort", "-seq")[: WINDOW + 1])
    if len(newest) <= WINDOW:
        return newest[::-1], 0
    return newest[:WINDOW][::-1], fitting.order_by().count() - WINDOW


def _days(all_: Whole, form: TimelineFilter) -> list[tuple[str, str, int, bool]]:
    """The days of a long timeline: as the address has it, its name, how many entries, whether it is shown. [] for a short one."""
    if len(all_.sketches) <= WINDOW:
        return []
    here = timezone.get_current_timezone()
    counted: dict[Any, int] = {}
    for one in all_.sketches:
        day = one.sort.astimezone(here).date()
        counted[day] = counted.get(day, 0) + 1
    return [(day.isoformat(), day_name(day), n, form.asked.get("day") == day) for day, n in counted.items()]
