"""Pages of the measures map: the map, and one measure down to single assets and the row that holds for each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kizuki.journal.views import neutral
from kizuki.register.access import may_see_register
from kizuki.register.models import Organisation
from kizuki.replay import map as maps
from kizuki.replay import map_measure
from kizuki.replay.past import first_day


@require_safe
def measures_map(request: HttpRequest) -> HttpResponse:
    """Measures × units, zones or kinds of asset; as of a day, against an earlier one; as CSV and JSON."""
    organisation = _home(request)
    if organisation is None:
        return render(request, "replay/map_empty.html")
    question = maps.asked(request)
    register = maps.register_of(organisation, question)
    made = maps.draw(organisation, question, register, request.user)
    kind = request.GET.get("format")
    if kind == "csv":
        return table("measures-map.csv", maps.table(question, made))
    if kind == "json":
        return document(maps.told(question, made, organisation))
    context = {
        "organisation": organisation, "about": register.about, "question": question, "map": made, "axes": maps.AXES,
        "focus": maps.Naming(register).focus(question.focus), "kept": maps.kept(question), "first_day": first_day(organisation),
        "partial_view": question.focus.units is not None,
    }  # fmt: skip
    return render(request, "replay/map.html", context)


@require_safe
def map_measure_page(request: HttpRequest, measure: str) -> HttpResponse:
    """One measure where it was clicked: its parts, the coverage rows that hold there, the assets one by one."""
    organisation = _home(request)
    if organisation is None:
        raise Http404
    question = maps.asked(request)
    register = maps.register_of(organisation, question)
    found = register.catalogue.get(measure)
    if found is None:
        raise Http404
    detail = map_measure.Detail(organisation, question, register, found, request.user)
    kind = request.GET.get("format")
    if kind == "csv":
        return table(f"{measure}-assets.csv", detail.table())
    if kind == "json":
        return document(detail.told())
    return render(request, "replay/map_measure.html", detail.context(request.GET.get("page")))


def _home(request: HttpRequest) -> Organisation | None:
    """The home organisation for whoever sees its register, or a part of it."""
    if not may_see_register(request.user):
        raise Http404
    return Organisation.objects.filter(is_home=True, deleted_at=None).first()


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """Rows as CSV; no cell is taken for a formula."""
    out = io.StringIO()
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row))
            writer.writeheader()
        writer.writerow({key: neutral(value) for key, value in row.items()})
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def document(value: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json")
