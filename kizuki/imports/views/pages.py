"""The list of imports, and one import: what it would change, or what became of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import who
from kizuki.imports import actions, presenting
from kizuki.imports.actions.stale import died
from kizuki.imports.choices import WORKING, LineState, Outcome, State
from kizuki.imports.filters import LineFilter, kind_names
from kizuki.imports.formats import titles
from kizuki.imports.forms import GiveForm
from kizuki.imports.models import Import, PlanLine
from kizuki.imports.views.common import enter, import_or_404
from kizuki.jobs.models import Job
from kizuki.register.models import Organisation
from kizuki.register.tables import safe
from kizuki.ui.faults import told

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Give a file; and what was brought in before."""
    enter(request)
    posted = request.method == "POST"
    form = GiveForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        try:
            made = actions.give_file(upload=form.cleaned_data["file"], by=who(request))
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("imports:describe", made.pk)
    page = Paginator(Import.objects.visible_to(request.user), PAGE).get_page(request.GET.get("page"))
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).exists()
    context = {
        "form": form, "page": page, "organisation": organisation, "titles": titles(), "may_edit": rules.may_edit(request.user),
        "rows": [(found, titles().get(found.format, "")) for found in page.object_list],
    }  # fmt: skip
    return render(request, "imports/imports.html", context, status=422 if posted else 200)


@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """What an import would change, line by line, and what became of it."""
    found = import_or_404(request, pk)
    if found.state == State.GIVEN:
        return redirect("imports:describe", pk)
    form = LineFilter(request.GET)
    lines = form.apply(PlanLine.objects.filter(of=found))
    page = Paginator(lines.order_by("place", "n"), PAGE).get_page(request.GET.get("page"))
    job = Job.objects.visible_to(request.user).filter(pk=found.job).first() if found.job else None
    working = found.state in WORKING
    context = {
        "imported": found, "form": form, "page": page, "rows": presenting.rows(list(page.object_list)),
        "counts": presenting.counts(found), "title": titles().get(found.format, ""), "job": job, "working": working,
        "dead": working and died(found), "may_cancel": job is not None and job.by_id == request.user.pk,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "open": found.state in (State.PLANNED, State.STOPPED), "asked": request.GET.urlencode(), **_figures(found),
    }  # fmt: skip
    return render(request, "imports/one.html", context)


def _figures(found: Import) -> dict[str, Any]:
    """What is still to be done, what became of the rest, and whether the register has changed since."""
    lines = PlanLine.objects.filter(of=found)
    named = lines.exclude(kind=found.settings.get("main", "asset")).filter(
        kind__in=("unit", "contact", "zone", "realm")
    )
    return {
        "taken": lines.filter(take=True, outcome="").count() if found.state in (State.PLANNED, State.STOPPED) else 0,
        "names": named.exclude(state__in=(LineState.BAD, LineState.NOTE)).exists() if found.state == State.PLANNED else False,
        "changed_since": found.state == State.PLANNED and found.organisation.version != found.planned_version,
        "outcomes": [(label, found.told.get("outcomes", {}).get(value, 0)) for value, label in Outcome.choices if value],
    }  # fmt: skip


@require_safe
def lines_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The lines with the same filters as CSV, so that others can correct their rows."""
    found = import_or_404(request, pk)
    lines = LineFilter(request.GET).apply(PlanLine.objects.filter(of=found)).order_by("place", "n")
    headers = {"Content-Disposition": f'attachment; filename="import-{found.pk}.csv"'}
    return StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _csv(lines: Any) -> Iterator[str]:
    kinds, states = kind_names(), dict(LineState.choices)
    yield "\ufeff" + _line([_("Row"), _("Kind"), _("Id"), _("Name"), _("State"), _("Column"), _("What is to be done")])
    for line in lines.iterator(chunk_size=500):
        cells = (line.place or "", kinds.get(line.kind, ""), line.key, line.name, states[line.state], line.column)
        yield _line([*map(str, cells), presenting.sentence(line)])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([safe(cell) for cell in cells])
    return out.getvalue()


def faults_told(found: Import) -> list[str]:
    """Why a file could not be read, in the reader's language."""
    return [f"{line}: {told(message)}" if line else told(message) for line, message in found.fault]
