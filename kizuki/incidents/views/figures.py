"""How long things took: in one incident, and over all that count."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kizuki.accounts.access import require_seen
from kizuki.casebook.engine.format import Span
from kizuki.casebook.engine.times import ENDS
from kizuki.casebook.words import SPANS
from kizuki.incidents import figures as reckoned
from kizuki.incidents import rules, trend_picture
from kizuki.incidents.choices import Kind, Severity
from kizuki.incidents.engine.figures import Spread
from kizuki.incidents.forms.figures import FiguresForm
from kizuki.incidents.models import Incident
from kizuki.incidents.trend import Group, document, table, trend
from kizuki.incidents.views.common import found, shell
from kizuki.journal.views import neutral
from kizuki.kit.when import Duration
from kizuki.ui.templatetags.kizuki import language


@require_safe
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """The times of one incident beside the casebook's."""
    row = found(request, number)
    here, made, cases = language(), reckoned.of(row), reckoned.cases_beside(request.user)
    context = shell(
        request, row, "figures", spans=reckoned.rows(made, cases, here), picture=reckoned.picture(made, cases, here),
        cases=cases, said=sum(figure.duration is not None for figure in made.values()),
    )  # fmt: skip
    return render(request, "incidents/figures.html", context)


@require_safe
def over_all(request: HttpRequest) -> HttpResponse:
    """Figures over the incidents that the reader sees: drills and merged ones are left out. As CSV and JSON with the same filters."""
    require_seen(request.user, rules.may_enter)
    form = FiguresForm(request.GET)
    visible = Incident.objects.visible_to(request.user).counted()
    by = form.grouping
    made = trend(form.apply(visible, timezone.localdate()), by)
    kind = request.GET.get("format")
    if kind == "csv":
        return _csv("kizuki-incident-figures.csv", table(made))
    if kind == "json":
        return _json(document(made, by))
    cases = reckoned.spreads(reckoned.cases_beside(request.user)) if made.whole.n else {}
    return render(request, "incidents/trend.html", _context(form, made.whole, made.periods, cases))


def _context(form: FiguresForm, whole: Group, periods: Sequence[Group], cases: Mapping[Any, Spread]) -> dict[str, Any]:
    return {
        "form": form, "whole": whole, "counted": trend_picture.counted(whole.n), "narrowed": form.narrowed,
        "picture": trend_picture.columns(periods) if whole.n else None,
        "spans": [
            (SPANS[span], told, _span("", cases[span]) if span in cases else None)
            for span in ENDS
            if (told := _told(whole, periods, span))
        ],
        "unsaid": [SPANS[span] for span in SPANS if span not in whole.spans],
        "kinds": [(Kind(kind).label, n) for kind, n in sorted(whole.kinds.items(), key=lambda pair: (-pair[1], pair[0]))],
        "severities": [(level, Severity(level).label, whole.severities[level]) for level in sorted(whole.severities, reverse=True)],
        "periods": [_line(group) for group in reversed(periods)],
        "kind_names": [Kind(kind).label for kind in Kind.values if whole.kinds.get(kind)],
    }  # fmt: skip


def _line(group: Group) -> dict[str, Any]:
    levels = [
        (level, Severity(level).label, group.severities[level]) for level in sorted(group.severities, reverse=True)
    ]
    kinds = [(Kind(kind).label, n) for kind, n in sorted(group.kinds.items(), key=lambda pair: (-pair[1], pair[0]))]
    return {"name": group.name, "n": group.n, "severities": levels, "kinds": kinds}


def _told(whole: Group, periods: Sequence[Group], span: Span) -> list[dict[str, Any]]:
    """A span over all incidents, then in each period that has it, the newest first; empty where none has it."""
    if span not in whole.spans:
        return []
    rows = [_span("", whole.spans[span])]
    return rows + [_span(group.name, group.spans[span]) for group in reversed(periods) if span in group.spans]


def _span(name: str, made: Spread) -> dict[str, Any]:
    here = language()
    quarters = Duration(made.low, made.high).label(here) if made.low is not None else ""
    return {
        "name": name,
        "n": made.n,
        "middle": Duration(made.middle.low, made.middle.high).label(here),
        "quarters": quarters,
    }


def _csv(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _json(value: Any) -> HttpResponse:
    return HttpResponse(json.dumps(value, ensure_ascii=False, indent=1) + "\n", content_type="application/json")
