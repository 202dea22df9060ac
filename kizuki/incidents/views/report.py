"""Reports to take along, and timelines as tables: out, and in again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kizuki.accounts.access import get_visible
from kizuki.incidents import actions
from kizuki.incidents.actions import NotBroughtIn
from kizuki.incidents.actions.importing import Trouble, troubles
from kizuki.incidents.engine import timeline_file
from kizuki.incidents.engine.timeline_file import Read
from kizuki.incidents.forms.common import new_once
from kizuki.incidents.forms.report import ReportForm, TimelineFileForm, TimelineForm
from kizuki.incidents.models import Incident
from kizuki.incidents.report_words import bad_row
from kizuki.incidents.reporting import files, timeline
from kizuki.incidents.reporting import report as made
from kizuki.incidents.tasks import draw_report
from kizuki.incidents.views.common import found, found_to_write, shell
from kizuki.jobs.actions import enqueue
from kizuki.ui.templatetags.kizuki import language

#: So many rows of a table are shown before it is entered.
SHOWN = 100


@require_safe
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Choose a report, see it, take it along."""
    incident, form = _found(request, number), ReportForm(request.GET, here=language())
    one = made(incident, request.user, audience=form.for_whom, language=form.in_language)
    asked = f"audience={form.for_whom}&language={form.in_language}"
    return render(
        request, "incidents/report.html", shell(request, incident, "report", form=form, report=one, asked=asked)
    )


def _found(request: HttpRequest, number: str) -> Incident:
    """The incident together with its review, of which most of a report is made."""
    rows = Incident.objects.select_related("lead", "organisation", "review")
    incident: Incident = get_visible(rows, request.user, number=number)
    return incident


@require_safe
def download(request: HttpRequest, number: str, ending: str) -> HttpResponseBase:
    """The report as a file, or the timeline as a table."""
    incident, form = _found(request, number), ReportForm(request.GET, here=language())
    if ending == "csv":
        return _table(incident)
    if ending not in files.FORMATS:
        raise Http404
    one, kind = made(incident, request.user, audience=form.for_whom, language=form.in_language), files.FORMATS[ending]
    return _file(HttpResponse(kind.make(one), content_type=kind.media_type), files.name_of(one, ending))


def _file(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """It is kept, not shown: whatever stands in it, no browser takes it for a page of this site."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _table(incident: Incident) -> HttpResponseBase:
    lines = timeline_file.written(timeline.rows(incident))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return _file(response, f"{incident.number}-timeline.csv")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """POST asks for the PDF, which is drawn as a job; GET gives one that was drawn."""
    incident = found(request, number)
    form = ReportForm(request.POST if request.method == "POST" else request.GET, here=language())
    if request.method == "POST":
        job = enqueue(draw_report, incident.number, form.for_whom, form.in_language, by=request.user)
        return redirect("jobs:job", job.pk)
    path = files.kept_pdf(incident, request.GET.get("file", ""))
    if path is None:
        return redirect(
            f"{reverse('incidents:report', args=[number])}?audience={form.for_whom}&language={form.in_language}"
        )
    name = f"{incident.number}-{form.for_whom}-{form.in_language}.pdf"
    return _file(FileResponse(path.open("rb"), content_type="application/pdf"), name)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest, number: str) -> HttpResponseBase:
    """Bring in the table of a timeline: looked through first, entered as a whole or not at all."""
    incident = found_to_write(request, number)
    if request.method != "POST":
        return _page(request, incident, TimelineFileForm())
    if "table" in request.POST:
        return _enter(request, incident)
    form = TimelineFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, incident, form, status=422)
    raw: bytes = form.cleaned_data["file"].read()
    return _looked_through(request, incident, form, raw)


def _looked_through(request: HttpRequest, incident: Incident, form: TimelineFileForm, raw: bytes) -> HttpResponse:
    read = timeline_file.read(raw)
    wrong = _wrong(request, incident, read)
    again = None if wrong else TimelineForm(initial={"table": timeline_file.decoded(raw), "once": new_once()})
    return _page(request, incident, form, read=read, wrong=wrong, again=again, status=422 if wrong else 200)


def _wrong(request: HttpRequest, incident: Incident, read: Read) -> list[Trouble]:
    """Everything that is wrong with the table, in the order of its rows."""
    told = [Trouble(fault.line, fault.column, bad_row(fault)) for fault in read.faults]
    known = {(fault.line, fault.column) for fault in read.faults}
    more = [one for one in troubles(incident, read.rows, request.user) if (one.line, one.column) not in known]
    return sorted([*told, *more], key=lambda one: one.line)


def _enter(request: HttpRequest, incident: Incident) -> HttpResponseBase:
    form = TimelineForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, TimelineFileForm(), status=422)
    read = timeline_file.read(form.cleaned_data["table"].encode())
    wrong = [Trouble(fault.line, fault.column, bad_row(fault)) for fault in read.faults]
    once = form.cleaned_data["once"] or new_once()
    if not wrong:
        try:
            actions.import_timeline(incident=incident, rows=read.rows, by=request.user, once=once[:40])
        except NotBroughtIn as error:
            wrong = list(error.troubles)
        except ValidationError as error:
            wrong = [Trouble(0, "", message) for message in error.messages]
        else:
            return redirect(incident)
    return _page(request, incident, TimelineFileForm(), read=read, wrong=wrong, status=422)


def _page(
    request: HttpRequest, incident: Incident, form: TimelineFileForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    read: Read | None = more.get("read")
    rows = read.rows[:SHOWN] if read else ()
    context = shell(
        request, incident, "report", form=form, columns=timeline_file.COLUMNS, shown=rows, rest=len(read.rows) - len(rows) if read else 0,
        **more,
    )  # fmt: skip
    return render(request, "incidents/timeline_import.html", context, status=status)
