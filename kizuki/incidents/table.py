"""Incidents as CSV and JSON, for spreadsheets and programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from kizuki.incidents.models import Incident
from kizuki.journal.views import neutral

COLUMNS: Final = (
    "number", "title", "stand", "kind", "status", "severity", "tlp", "restricted", "exercise", "lead", "zone", "day_one",
    "opened_at", "closed_at", "changed_at", "entries",
)  # fmt: skip
PORTION: Final = 500


def cells(incident: Incident) -> dict[str, Any]:
    """One incident by column, as JSON holds it. Needs `lead`."""
    return {
        "number": incident.number, "title": incident.title, "stand": incident.stand, "kind": incident.kind,
        "status": incident.status, "severity": incident.severity, "tlp": incident.tlp, "restricted": incident.restricted,
        "exercise": incident.exercise, "lead": incident.lead.name if incident.lead else None, "zone": incident.zone,
        "day_one": incident.day_one.isoformat(), "opened_at": incident.opened_at.isoformat(timespec="seconds"),
        "closed_at": incident.closed_at.isoformat(timespec="seconds") if incident.closed_at else None,
        "changed_at": incident.changed_at.isoformat(timespec="seconds"), "entries": incident.last_seq,
    }  # fmt: skip


def as_csv(rows: QuerySet[Incident]) -> StreamingHttpResponse:
    """The incidents, one a line; no cell is taken for a formula."""
    return _sent(_csv(rows), "text/csv; charset=utf-8", "kizuki-incidents.csv")


def as_json(rows: QuerySet[Incident]) -> StreamingHttpResponse:
    """The incidents as one JSON array."""
    return _sent(_json(rows), "application/json", "kizuki-incidents.json")


def _sent(lines: Iterator[str], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _portions(rows: QuerySet[Incident]) -> Iterator[Incident]:
    pages = Paginator(rows, PORTION)
    for number in pages.page_range:
        yield from pages.page(number).object_list


def _csv(rows: QuerySet[Incident]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(COLUMNS)
    for incident in _portions(rows):
        made = cells(incident)
        yield writer.writerow(["" if made[name] is None else neutral(made[name]) for name in COLUMNS])


def _json(rows: QuerySet[Incident]) -> Iterator[str]:
    before = "["
    for incident in _portions(rows):
        yield f"{before}\n{json.dumps(cells(incident), ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"
