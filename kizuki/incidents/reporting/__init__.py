"""Reports of an incident, for two audiences from the same facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import override

from kizuki.incidents.engine.report import Report
from kizuki.incidents.models import Incident
from kizuki.incidents.reporting import executive, technical
from kizuki.incidents.reporting.facts import Facts, gather

_MADE_BY: Final[dict[str, Callable[[Facts], Report]]] = {
    "executive": executive.report,
    "technical": technical.report,
}


def report(incident: Incident, person: Any, *, audience: str, language: str) -> Report:
    """The report of an incident for this audience ("executive", "technical") in this language ("ja", "en"), as far as the person may
    read what it draws on."""
    with override(language):
        return _MADE_BY[audience](gather(incident, person, language=language, whole=audience == "technical"))
