"""Entering a line: what of it is understood, and the entry."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kizuki.accounts.access import who
from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents.entering import Understood, completions, enter, understand
from kizuki.incidents.forms.common import as_data, new_once, tell
from kizuki.incidents.forms.entry import LineForm
from kizuki.incidents.models import Incident
from kizuki.incidents.times import original_of_text
from kizuki.incidents.views.common import found_to_write, shell
from kizuki.incidents.views.timeline import page, shown_there, timeline
from kizuki.incidents.words import LANE_NAMES


@require_POST
def line(request: HttpRequest, number: str) -> HttpResponse:
    """What is understood of a line while it is written; nothing is entered."""
    incident = found_to_write(request, number)
    form = LineForm(request.POST)
    text = request.POST.get("line", "")
    context = {"line": form, "incident": incident, **_reading(request, incident, form)}
    context["completions"] = completions(incident, text, by=who(request))
    if context["completions"] and "strange" in context:
        context["strange"] = [word for word in context["strange"] if not text.endswith(word)]
    return render(request, "incidents/parse.html", context)


@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Enter a line; what it leaves out is asked, and what was typed stays."""
    incident = found_to_write(request, number)
    form = LineForm(request.POST)
    text = request.POST.get("line", "")
    asked: dict[str, Any] = {}
    try:
        form.is_valid()
        read = understand(incident, text, by=who(request), chosen=form.picked())
        asked = _understood(read, form)
        if not read.missing:
            entry = enter(incident, read, by=who(request), once=request.POST.get("once", "")[:64])
            return _entered(request, incident, entry.seq)
        if "text" in read.missing:
            form.add_error("line", _("Say what happened."))
    except ValidationError as error:
        tell(form, error)
    if request.headers.get("HX-Request") == "true":
        context = shell(request, incident, "incident", line=form, **asked)
        return render(request, "incidents/entry_line.html", context, status=422)
    return page(request, incident, 422, line=form, **asked)


def _entered(request: HttpRequest, incident: Incident, seq: int) -> HttpResponse:
    """The timeline with the new entry, and an empty line for the next one."""
    if request.headers.get("HX-Request") != "true":
        return redirect(f"{reverse('incidents:incident', args=[incident.number])}#e{seq}")
    context = shell(
        request, incident, "incident", **timeline(incident, shown_there(request)),
        line=LineForm(initial={"once": new_once()}), entered=seq, again=True, part_of_page=True,
    )  # fmt: skip
    return render(request, "incidents/entered.html", context)


def _reading(request: HttpRequest, incident: Incident, form: LineForm) -> dict[str, Any]:
    """What the line says so far, or what is wrong with its time."""
    text = request.POST.get("line", "")
    if not text.strip():
        return {}
    try:
        return _understood(understand(incident, text, by=who(request), chosen=form.picked()), form)
    except ValidationError as error:
        return {"wrong": error.messages}


def _understood(read: Understood, form: LineForm) -> dict[str, Any]:
    """What the template tells of it. Where the kind has to be asked, what the text sounds like is proposed."""
    line = read.line
    guessed = "kind" in read.missing and line.guess
    if guessed:
        as_data(form, kind=line.guess)
    return {
        "read": read, "read_at": original_of_text(line.at) if line.at else "", "read_lane": LANE_NAMES.get(read.lane, ""),
        "read_kind": KINDS.get(read.kind, ""), "read_milestone": MILESTONES.get(line.milestone, ""),
        "strange": list(read.strange), "read_handover": [LANE_NAMES[lane] for lane in line.handover],
        "asks": _asks(read), "guessed": bool(guessed),
    }  # fmt: skip


def _asks(read: Understood) -> list[str]:
    """What the line leaves out, and so can be picked beside it."""
    said = {"lane": read.line.lane, "kind": read.line.kind}
    return [name for name, value in said.items() if not value] if read.line.text else []
