"""Decisions on the pages of any room."""

from __future__ import annotations

from typing import Any

from django import template

from kizuki.criteria import presenting
from kizuki.criteria.models import Decision

register = template.Library()


@register.inclusion_tag("criteria/shown.html")
def decision_reasons(row: Decision) -> dict[str, Any]:
    """A decision with its outcome, rule, conditions, facts, unknowns, and what would change it. Select `version__criteria`."""
    return {"shown": presenting.decision(row)}


@register.inclusion_tag("criteria/facts.html")
def facts_fields(form: Any) -> dict[str, Any]:
    """The questions of a `FactsForm`."""
    return {"form": form}
