"""Reports of an incident as files, by API."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from kizuki.incidents.api.common import SEEN, TAGS
from kizuki.incidents.engine import timeline_file
from kizuki.incidents.reporting import files, timeline
from kizuki.incidents.reporting import report as made
from kizuki.incidents.views.common import found
from kizuki.ui.api import Sent

router = Router(tags=TAGS)


class ReportQuery(Sent):
    """`format` csv: the timeline as a table, which can be brought in again; else the report for the audience in the language."""

    format: Literal["json", "md", "html", "docx", "csv"] = "json"
    audience: Literal["technical", "executive"] = "technical"
    language: Literal["ja", "en"] = "en"


@router.get(
    "/{number}/report", response={200: None, **SEEN}, summary="The report as a file", url_name="incident_report"
)
def report(request: HttpRequest, number: str, query: Query[ReportQuery]) -> Any:
    """To keep, never to show: whatever stands in it, no browser takes it for a page of this site."""
    incident = found(request, number)
    if query.format == "csv":
        raw, media_type = "".join(timeline_file.written(timeline.rows(incident))).encode(), "text/csv; charset=utf-8"
        name = f"{incident.number}-timeline.csv"
    else:
        one, kind = (
            made(incident, request.user, audience=query.audience, language=query.language),
            files.FORMATS[query.format],
        )
        raw, media_type, name = kind.make(one), kind.media_type, files.name_of(one, query.format)
    response = HttpResponse(raw, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
