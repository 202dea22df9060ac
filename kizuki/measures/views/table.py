"""Coverage as a table: download; upload with a report row by row; undoing an upload."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.files import storage
from kizuki.files.actions import store_file
from kizuki.jobs.actions import enqueue
from kizuki.journal.models import Entry, Revision
from kizuki.kit.document import BadFile
from kizuki.measures.engine.table import COLUMNS, cells_of
from kizuki.measures.table import plan
from kizuki.measures.tasks import import_table
from kizuki.measures.views.common import organisation_for, organisation_to_edit
from kizuki.register.actions import PORTION, InUse, Stale, undo_batch
from kizuki.register.models import Coverage
from kizuki.register.tasks import undo_batch as undo_large
from kizuki.ui.faults import said
from kizuki.ui.fields import OneFile

#: In the session: the table that this person has just looked at.
LOOKED_AT = "measures_table"
MOST_SHOWN = 200


class TableForm(forms.Form):
    """A table of coverage."""

    file = OneFile(
        label=gettext_lazy("Table"),
        help_text=gettext_lazy("CSV or Excel, with the columns of the table that can be downloaded here."),
    )


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The coverage that this person may see, as CSV that can be taken in again."""
    organisation_for(request.user)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    rows: Any = Coverage.objects.visible_to(request.user).order_by("measure", "key")
    for row in rows.iterator(chunk_size=1000):
        writer.writerow(cells_of(row.read))
    headers = {"Content-Disposition": 'attachment; filename="coverage.csv"'}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Look at a table before it is stored: what is new, changed, the same, and what is wrong with which row."""
    organisation = organisation_to_edit(request.user)
    form = TableForm(request.POST if request.method == "POST" else None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "columns": COLUMNS, "imports": _imports()}
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            made = plan(organisation, upload.name, content)
            upload.seek(0)
            file = store_file(upload=upload, by=request.user)
        except BadFile as error:
            form.add_error("file", [said(fault) for fault in error.faults])
        except ValidationError as error:
            form.add_error("file", error)
        else:
            request.session[LOOKED_AT] = {"digest": file.digest, "name": upload.name[:200]}
            context |= {
                "plan": made, "new": made.count("new"), "changed": made.count("changed"), "same": made.count("same"),
                "wrong": made.wrong[:MOST_SHOWN], "wrong_more": max(0, len(made.wrong) - MOST_SHOWN), "name": upload.name,
                "rows": [row for row in made.rows if row.what != "same"][:MOST_SHOWN],
                "rows_more": max(0, len(made.edits) - MOST_SHOWN),
            }  # fmt: skip
    return render(request, "measures/table.html", context, status=422 if form.errors else 200)


@require_POST
def apply_table(request: HttpRequest) -> HttpResponse:
    """Store the table that was looked at, or undo one that was stored (`batch`)."""
    organisation = organisation_to_edit(request.user)
    if batch := request.POST.get("batch"):
        return _undo(request, organisation, batch)
    looked_at = request.session.pop(LOOKED_AT, None)
    if not looked_at:
        messages.error(request, _("Choose the table again: it was stored already, or your session is a new one."))
        return redirect("measures:table_import")
    try:
        storage.opened(looked_at["digest"]).close()
    except storage.Damaged:
        messages.error(request, _("The table is not there any more. Choose it again."))
        return redirect("measures:table_import")
    job = enqueue(
        import_table, organisation.pk, looked_at["digest"], looked_at["name"], str(uuid.uuid4()), by=request.user
    )
    return redirect("jobs:job", job.pk)


def _undo(request: HttpRequest, organisation: Any, batch: str) -> HttpResponse:
    if batch not in {known["batch"] for known in _imports()}:
        messages.error(request, _("There is no such import."))
        return redirect("measures:table_import")
    if Revision.objects.filter(batch=uuid.UUID(batch)).count() > PORTION:
        job = enqueue(undo_large, batch, by=request.user)
        return redirect("jobs:job", job.pk)
    try:
        done = undo_batch(organisation=organisation, batch=uuid.UUID(batch), by=request.user)
    except (Stale, InUse):
        messages.error(request, _("Somebody changed the same rows since. Nothing was undone."))
    else:
        n = done.changed + done.created + done.removed
        messages.success(request, ngettext("%(n)d row is as before.", "%(n)d rows are as before.", n) % {"n": n})
    return redirect("measures:table_import")


def _imports() -> list[dict[str, Any]]:
    """The last tables that were stored, each once, newest first."""
    found: dict[str, dict[str, Any]] = {}
    entries = Entry.objects.filter(room="register", verb="imported", data__contains='"table"').order_by("-seq")
    for entry in entries[:100]:
        details = entry.details
        batch = details.get("batch", "")
        one = found.setdefault(batch, {"batch": batch, "entry": entry, "name": details["table"], "rows": 0})
        one["rows"] += details.get("revisions", 0)
    return list(found.values())[:5]
