"""Several lines at once: pasted, looked through, entered together."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kizuki.accounts.access import who
from kizuki.incidents.actions import New, add_entries
from kizuki.incidents.actions.timeline import About, lane_of
from kizuki.incidents.engine.paste import read_paste
from kizuki.incidents.engine.proposed import TooMuch
from kizuki.incidents.entering import about_of, people_meant, time_read
from kizuki.incidents.forms.common import new_once
from kizuki.incidents.forms.paste import MOST_BYTES, MOST_LINES, STEP, PasteForm, RowForm, RowsForm, row_forms, values
from kizuki.incidents.models import Incident
from kizuki.incidents.views.common import found_to_write, shell


@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: HttpRequest, number: str) -> HttpResponse:
    """Paste lines, and see what entries they would be; nothing is entered yet."""
    incident = found_to_write(request, number)
    posted = request.method == "POST"
    lane = lane_of(who(request), incident)
    form = PasteForm(request.POST if posted else None, initial={"lane": lane})
    if posted and form.is_valid():
        try:
            waiting = _proposals(incident, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("text", error)
        else:
            return _looked_through(request, incident, waiting)
    return render(
        request, "incidents/paste.html", shell(request, incident, "incident", form=form), status=422 if posted else 200
    )


@require_POST
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what is ticked: all of it, or nothing where something is wrong. What waited comes next."""
    incident = found_to_write(request, number)
    form = RowsForm(request.POST)
    rows = [RowForm(request.POST, prefix=f"r{n}") for n in range(form.cleaned_data["rows"])] if _counted(form) else []
    wrong = [row for row in rows if not row.is_valid()]
    if form.is_valid() and not wrong:
        taken = [row for row in rows if row.cleaned_data["take"]]
        if _entered(request, incident, form, taken):
            waiting = form.cleaned_data["rest"]
            messages.success(request, _told(len(taken), len(waiting)))
            return _looked_through(request, incident, waiting) if waiting else redirect(incident)
    return _page(request, incident, form, rows, _waiting(form), status=422)


def _proposals(incident: Incident, text: str, lane: str, kind: str) -> list[dict[str, str]]:
    size, lines = len(text.encode()), text.count("\n")
    if size > MOST_BYTES or lines > MOST_LINES:
        raise ValidationError(
            _(
                "At most %(lines)d lines and %(kb)d KB are taken at once; these are %(n)d lines and %(size)d KB. Paste it in parts, "
                "or keep it as a file."
            )
            % {"lines": MOST_LINES, "kb": MOST_BYTES // 1000, "n": lines + 1, "size": size // 1000}
        )
    try:
        read = read_paste(text, now=timezone.now(), zone=incident.zone, day_one=incident.day_one, lane=lane)
    except TooMuch as error:
        raise ValidationError(str(error)) from None
    if not read:
        raise ValidationError(_("There is nothing in it that could be entered."))
    return [values(one, kind) for one in read]


def _counted(form: RowsForm) -> bool:
    form.is_valid()
    return "rows" in form.cleaned_data


def _waiting(form: RowsForm) -> list[dict[str, str]]:
    waiting: list[dict[str, str]] = form.cleaned_data.get("rest", [])
    return waiting


def _entered(request: HttpRequest, incident: Incident, form: RowsForm, taken: list[RowForm]) -> bool:
    """Whether the ticked rows were entered; what is wrong is told in them."""
    new: list[New] = []
    for row in taken:
        try:
            new.append(_new(request, incident, row))
        except ValidationError as error:
            row.add_error("at", error)
    if any(row.errors for row in taken):
        return False
    try:
        add_entries(incident=incident, entries=new, by=who(request), once=form.cleaned_data["once"] or new_once())
    except ValidationError as error:
        _tell(form, taken, error)
        return False
    return True


def _new(request: HttpRequest, incident: Incident, row: RowForm) -> New:
    """The entry of a row. Who said it is linked where known here, else written before the text."""
    given, by = row.cleaned_data, who(request)
    said, text = given["who"].strip(), given["text"]
    about = about_of(incident, text, by=by)
    people: list[About] = people_meant(incident, [said])[0] if said else []
    if said:
        text = f"{said}: {text}"
    return New(
        text, given["lane"], given["kind"], time_read(incident, given["at"]), row.lanes, [*people, *about], given["milestone"]
    )  # fmt: skip


def _tell(form: RowsForm, taken: list[RowForm], error: ValidationError) -> None:
    """Put what was refused beside the rows: fields are named as in “text-3”."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.error_dict.items():
        field, _sign, place = name.rpartition("-")
        if place.isdecimal() and int(place) < len(taken) and field in taken[int(place)].fields:
            taken[int(place)].add_error(field, faults)
        else:
            form.add_error(None, faults)


def _told(n: int, waiting: int) -> str:
    said = ngettext("%(n)d entry was made.", "%(n)d entries were made.", n) % {"n": n}
    if not waiting:
        return said
    return f"{said} " + _("Here are the next ones; %(n)d are left.") % {"n": waiting}


def _looked_through(request: HttpRequest, incident: Incident, waiting: list[dict[str, str]]) -> HttpResponse:
    """The page on which proposals are looked through, with the first of them."""
    rows = row_forms(waiting)
    rest = waiting[STEP:]
    form = RowsForm(initial={"once": new_once(), "rows": len(rows), "rest": json.dumps(rest, ensure_ascii=False)})
    return _page(request, incident, form, rows, rest)


def _page(
    request: HttpRequest, incident: Incident, form: RowsForm, rows: list[RowForm], rest: list[Any], *, status: int = 200
) -> HttpResponse:
    strange = sum(1 for row in rows if row.why)
    context = shell(request, incident, "incident", form=form, rows=rows, left=len(rest), strange=strange)
    return render(request, "incidents/paste_rows.html", context, status=status)
