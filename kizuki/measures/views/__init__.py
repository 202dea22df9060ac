"""The catalogue against the cases, and one measure with all that is known of it."""

from __future__ import annotations

import csv
import io
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kizuki.kit.document import dump
from kizuki.measures import hooks
from kizuki.measures.engine.format import Measure
from kizuki.measures.library import catalogue, measures
from kizuki.measures.standing import standing
from kizuki.ui.templatetags.kizuki import language

FUNCTIONS: dict[str, Any] = {
    "govern": gettext_lazy("Govern"),
    "identify": gettext_lazy("Identify"),
    "protect": gettext_lazy("Protect"),
    "detect": gettext_lazy("Detect"),
    "respond": gettext_lazy("Respond"),
    "recover": gettext_lazy("Recover"),
}
LETTERS: dict[str, Any] = {
    "H": gettext_lazy("helped"),
    "M": gettext_lazy("missing"),
    "L": gettext_lazy("introduced"),
    "W": gettext_lazy("wished for"),
}
STOPS: dict[str, Any] = {
    "yes": gettext_lazy("can stop a step"),
    "hinders": gettext_lazy("makes a step harder, never stops it for sure"),
    "no": gettext_lazy("stops nothing by itself"),
}
CONTAINS: dict[str, Any] = {
    "isolates": gettext_lazy("takes an asset out of the attack"),
    "fences": gettext_lazy("closes a way on"),
    "no": gettext_lazy("contains nothing by itself"),
}
DELAYS: dict[str, Any] = {
    "minutes": gettext_lazy("within minutes"),
    "hours": gettext_lazy("within hours"),
    "days": gettext_lazy("within days"),
    "weeks": gettext_lazy("within weeks"),
    "no": gettext_lazy("sees nothing by itself"),
}


class Line(NamedTuple):
    measure: Measure
    cells: list[tuple[str, list[tuple[str, Any]]]]
    total: int


def _marks() -> list[str]:
    return sorted({mark for cases in standing().values() for mark in cases})


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Measures × cases: where each helped, was missing, came in later, is still wished for."""
    if request.GET.get("format") == "csv":
        return _csv()
    marks, table = _marks(), standing()
    groups = []
    for function, name in FUNCTIONS.items():
        lines = [
            Line(
                measure,
                [(mark, [(x, LETTERS[x]) for x in table.get(measure.id, {}).get(mark, "")]) for mark in marks],
                len(table.get(measure.id, {})),
            )
            for measure in measures().values()
            if measure.function == function
        ]
        groups.append((name, lines))
    context = {"groups": groups, "marks": [(m, hooks.case_address(m)) for m in marks], "letters": LETTERS}
    return render(request, "measures/matrix.html", context)


def _csv() -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    marks = _marks()
    writer.writerow(["id", "name", "function", *marks])
    for measure in measures().values():
        cells = [standing().get(measure.id, {}).get(mark, "") for mark in marks]
        writer.writerow([measure.id, measure.name.in_(language()), measure.function, *cells])
    headers = {"Content-Disposition": 'attachment; filename="measures-by-case.csv"'}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def measure(request: HttpRequest, id: str) -> HttpResponse:
    found = measures().get(id)
    if found is None:
        raise Http404
    context = {
        "measure": found,
        "function": FUNCTIONS[found.function],
        "stops": STOPS[found.power.stops],
        "contains": CONTAINS[found.power.contains],
        "delay": DELAYS[found.power.delay],
        "basis": _("the source") if found.power.basis == "source" else _("Kizuki's judgement"),
        "said": hooks.said_of(id),
        "steps": hooks.steps_with(id),
        "letters": LETTERS,
    }
    return render(request, "measures/measure.html", context)


@require_safe
def catalogue_file(request: HttpRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="measures.yaml"'}
    return HttpResponse(dump(catalogue()), content_type="application/yaml; charset=utf-8", headers=headers)
