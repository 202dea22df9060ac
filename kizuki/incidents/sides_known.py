"""Blocks beside the timeline: what is known, and the first next steps."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from kizuki.incidents.choices import AssetState, IndicatorState
from kizuki.incidents.models import Incident

MOST_ASSETS: Final = 5
MOST_STEPS: Final = 3
_ORDER: Final = {AssetState.AFFECTED: 0, AssetState.SUSPECTED: 1, AssetState.CONTAINED: 2, AssetState.RECOVERED: 3}


def known(request: HttpRequest, incident: Incident) -> dict[str, Any]:
    """The assets that matter most now, and how many indicators there are."""
    assets = sorted(incident.assets.all(), key=lambda row: (_ORDER.get(row.state, 4), row.key))  # type: ignore[call-overload]
    states = list(incident.indicators.order_by().values_list("state", flat=True))
    return {
        "assets": assets[:MOST_ASSETS], "assets_total": len(assets), "address": reverse("incidents:known", args=[incident.number]),
        "proposed": states.count(IndicatorState.PROPOSED), "confirmed": states.count(IndicatorState.CONFIRMED),
    }  # fmt: skip


def steps(request: HttpRequest, incident: Incident) -> dict[str, Any] | None:
    """The first next steps; nothing once the incident is closed."""
    from kizuki.incidents.advice import Advice

    if not incident.is_open:
        return None
    advice = Advice(incident, request.user, [], None)
    return {
        "steps": advice.front(MOST_STEPS), "cases": advice.cases(), "address": reverse("incidents:next", args=[incident.number]),
    }  # fmt: skip
