"""Indicators of an incident as pages and files show them: defanged on pages, plain in files for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, Final, NamedTuple

from django.db.models import Q
from django.http import HttpResponse

from kizuki.incidents.choices import IndicatorState
from kizuki.incidents.engine.defang import defanged
from kizuki.incidents.models import Incident, Indicator
from kizuki.journal.views import neutral

#: Indicators that a page shows; a file has all of them.
MOST: Final = 500
COLUMNS: Final = ("kind", "value", "state", "note", "entry", "changed_at")


class Line(NamedTuple):
    """An indicator, how it is shown, and the other incidents that the reader sees in which it stands as well."""

    row: Indicator
    shown: str
    others: list[Incident]


def lines(incident: Incident, person: Any) -> list[Line]:
    """The indicators of an incident: proposed first, then confirmed, then rejected. Three questions to the database at most."""
    rows = list(incident.indicators.select_related("entry")[:MOST])
    others = _others(incident, rows, person)
    order = {IndicatorState.PROPOSED: 0, IndicatorState.CONFIRMED: 1, IndicatorState.REJECTED: 2}
    made = [Line(row, defanged(row.kind, row.value), others.get((row.kind, row.value), [])) for row in rows]
    return sorted(made, key=lambda line: (order[line.row.state], line.row.kind, line.row.value))  # type: ignore[index]


def _others(incident: Incident, rows: list[Indicator], person: Any) -> dict[tuple[str, str], list[Incident]]:
    values = {row.value for row in rows}
    if not values:
        return {}
    visible = Incident.objects.visible_to(person).exclude(pk=incident.pk)
    same = Indicator.objects.filter(Q(value__in=values), ~Q(state=IndicatorState.REJECTED), incident__in=visible)
    made: dict[tuple[str, str], list[Incident]] = {}
    for row in same.select_related("incident").order_by("-incident__opened_at")[: MOST * 2]:
        made.setdefault((row.kind, row.value), []).append(row.incident)
    return made


def as_file(incident: Incident, kind: str) -> HttpResponse:
    """All indicators as CSV or JSON, values in their plain form; no cell is taken for a formula."""
    rows = [_cells(row) for row in incident.indicators.select_related("entry")]
    name = f"{incident.number}-indicators.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "json":
        body = json.dumps(
            {"incident": incident.number, "tlp": incident.tlp, "indicators": rows}, ensure_ascii=False, indent=1
        )
        return HttpResponse(body, content_type="application/json", headers=headers)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(["" if row[column] is None else neutral(row[column]) for column in COLUMNS])
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _cells(row: Indicator) -> dict[str, Any]:
    return {
        "kind": row.kind, "value": row.value, "state": row.state, "note": row.note,
        "entry": row.entry.seq if row.entry else None, "changed_at": row.changed_at.isoformat(timespec="seconds"),
    }  # fmt: skip
