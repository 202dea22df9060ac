"""What was seen, sighting by sighting, and who tells it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from kizuki.devices.forms import ObservationFilter
from kizuki.devices.models import Observation, Source, Watch
from kizuki.devices.queries import zone_names
from kizuki.devices.views.devices import enter
from kizuki.devices.words import told

PAGE = 50


@require_safe
def observations(request: HttpRequest) -> HttpResponse:
    """Sightings, the newest first. Further pages go by time, as counting a million rows would take longer than reading fifty."""
    enter(request)
    zones = zone_names()
    form = ObservationFilter(request.GET, zones=zones)
    found = form.apply(Observation.objects.visible_to(request.user))
    found = _before(found, request.GET.get("before", ""))
    rows = list(found.select_related("trace", "source", "trace__device").order_by("-at", "-pk")[: PAGE + 1])
    source = Source.objects.visible_to(request.user).filter(pk=form.cleaned_data.get("source") or 0).first()
    context = {
        "form": form, "rows": [(row, zones.get(row.zone, row.zone)) for row in rows[:PAGE]], "source": source,
        "after": f"{rows[PAGE - 1].at.isoformat()}_{rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "narrowed": any(request.GET.get(name) for name in form.fields),
    }  # fmt: skip
    return render(request, "devices/observations.html", context)


def _before(observations: Any, mark: str) -> Any:
    """What comes after a row in the list: many are of the same second, so that its number counts as well."""
    time, _sign, number = mark.replace(" ", "+")[:60].partition("_")
    at = parse_datetime(time)
    if at is None or at.tzinfo is None or not number.isdecimal():
        return observations
    return observations.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=min(int(number), 2**62)))


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Who tells of devices: where it looks, when it was last read; and contradictions that belong to no single device."""
    enter(request)
    zones = zone_names()
    watch = Watch.objects.filter(organisation__is_home=True).first()
    reader = bool(request.user.has_perm("read_all"))
    context = {
        "rows": [(row, zones.get(row.zone, row.zone)) for row in Source.objects.visible_to(request.user)],
        "watch": watch, "reader": reader, "unlooked": watch.assets.get("not looked for", 0) if watch else 0,
        "conflicts": told([one["reason"] for one in watch.conflicts], zones) if watch and reader else [],
    }  # fmt: skip
    return render(request, "devices/sources.html", context)
