"""The catalogue against the cases, and one measure with all that is known of it."""

from __future__ import annotations

import csv
import io
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kizuki.accounts import rules
from kizuki.journal.views import neutral
from kizuki.kit.document import dump
from kizuki.measures import catalogue, hooks, presenting, words
from kizuki.measures.engine.format import Measure
from kizuki.measures.models import OwnMeasure, Proposal
from kizuki.measures.standing import standing
from kizuki.measures.views.common import own, picked, the_organisation
from kizuki.register.models import Coverage
from kizuki.ui.templatetags.kizuki import language


class Line(NamedTuple):
    measure: Measure
    cells: list[tuple[str, list[tuple[str, Any]]]]
    total: int
    retired: bool


def _marks() -> list[str]:
    return sorted({mark for cases in standing().values() for mark in cases})


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Measures × cases: where each helped, was missing, came in later, is still wished for."""
    state = catalogue.state()
    known, offered = catalogue.measures(state), catalogue.offered(state)
    if request.GET.get("format") == "csv":
        return _csv(known)
    marks, table = _marks(), standing()
    groups = []
    for function, name in words.FUNCTIONS.items():
        lines = [
            Line(
                measure,
                [(mark, [(x, words.LETTERS[x]) for x in table.get(measure.id, {}).get(mark, "")]) for mark in marks],
                len(table.get(measure.id, {})),
                measure.id not in offered,
            )
            for measure in known.values()
            if measure.function == function
        ]
        groups.append((name, lines))
    context = {
        "groups": groups, "marks": [(m, hooks.case_address(m)) for m in marks], "letters": words.LETTERS,
        "may_edit": rules.may_edit(request.user), "may_read": rules.may_read_all(request.user),
        "owner": bool(own(request.user)),
    }  # fmt: skip
    return render(request, "measures/matrix.html", context)


def _csv(known: dict[str, Measure]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    marks = _marks()
    writer.writerow(["id", "name", "function", *marks])
    for measure in known.values():
        cells = [standing().get(measure.id, {}).get(mark, "") for mark in marks]
        writer.writerow([measure.id, neutral(measure.name.in_(language())), measure.function, *cells])
    headers = {"Content-Disposition": 'attachment; filename="measures-by-case.csv"'}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def measure(request: HttpRequest, id: str) -> HttpResponse:
    """What a measure is and can do, where it is in force, and what the register says against it."""
    state = catalogue.state()
    found = catalogue.measures(state).get(id)
    if found is None:
        raise Http404
    power = found.power
    context = {
        "measure": found,
        "function": words.FUNCTIONS[found.function],
        "stops": words.STOPS[power.stops],
        "contains": words.CONTAINS[power.contains],
        "delay": words.DELAYS[power.delay],
        "basis": _("the source") if power.basis == "source" else _("Kizuki's judgement"),
        "own": OwnMeasure.objects.filter(key=id).first() if id.startswith("X") else None,
        "said": hooks.said_of(id),
        "steps": hooks.steps_with(id),
        "letters": words.LETTERS,
        **_coverage(request, id),
    }
    if context["own"] and power.basis == "judgement":
        context["basis"] = words.BASES["judgement"]
    return render(request, "measures/measure.html", context)


def _coverage(request: HttpRequest, id: str) -> dict[str, Any]:
    """The measure's coverage as far as this person may see it."""
    person, organisation = request.user, the_organisation()
    if organisation is None:
        return {}
    may_read, may_edit = rules.may_read_all(person), rules.may_edit(person)
    may_propose = not may_edit and bool(own(person))
    if not (may_read or may_propose):
        return {}
    found = [one for one in presenting.found_in(organisation) or () if one.measure == id] if may_read else []
    counts: dict[str, int] = {}
    for one in found:
        counts[one.claim.key] = counts.get(one.claim.key, 0) + 1
    visible: Any = Coverage.objects.visible_to(person)
    rows = visible.filter(measure=id).order_by("key")
    return {
        "organisation": organisation,
        "rows": presenting.rows_of(rows[:500], counts),
        "against": presenting.against(organisation, found[:50]),
        "against_more": max(0, len(found) - 50),
        "waiting": Proposal.objects.visible_to(person).waiting().filter(measure=id).count(),
        "may_edit": may_edit,
        "may_propose": may_propose,
        "removed": _removed(request) if rules.may_edit(person) else None,
    }


def _removed(request: HttpRequest) -> tuple[int, int] | None:
    """The row that was taken out a moment ago and its version, so that it can be brought back."""
    given = picked([request.GET.get("removed", ""), request.GET.get("version", "")])
    return (given[0], given[1]) if len(given) == 2 else None


@require_safe
def catalogue_file(request: HttpRequest) -> HttpResponse:
    """The catalogue in force as a measures file; `?own`: the own measures alone, those that are retired left out."""
    whole = catalogue.current()
    name = "measures"
    if "own" in request.GET:
        offered = catalogue.offered()
        mine = tuple(one for one in whole.measures if one.id.startswith("X") and one.id in offered)
        whole, name = type(whole)(schema_="kizuki/measures/1", measures=mine), "own-measures"
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return HttpResponse(dump(whole), content_type="application/yaml; charset=utf-8", headers=headers)
