"""The incident as of any moment: what was known then."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from kizuki.accounts.models import Person
from kizuki.incidents.choices import UNDONE, AssetState, IndicatorState, Kind, Role, Severity, Status, TaskState
from kizuki.incidents.engine.defang import defanged
from kizuki.incidents.engine.fold import COLUMNS, Row, State, state_at
from kizuki.incidents.models import Entry, Incident, MilestoneAt
from kizuki.incidents.naming import text_of
from kizuki.incidents.rows import drawn, folded, rows, sketch, whole_of
from kizuki.incidents.views.common import shell
from kizuki.ui.templatetags.kizuki import language


def as_of(request: HttpRequest, incident: Incident) -> HttpResponse:
    """The incident as it was known at the moment asked for, by the reader's clock. 422 where that is no moment."""
    written = request.GET.get("as_of", "")
    moment = _read(written)
    context: dict[str, Any] = {"written": written[:40], "moment": moment}
    if moment is None:
        context["fault"] = _("This is not a time. Write it as 2026-11-22T14:00.")
        return render(request, "incidents/as_of.html", shell(request, incident, "incident", **context), status=422)
    entries = Entry.objects.filter(incident=incident)
    state = state_at((Row(*values) for values in entries.values_list(*COLUMNS)), moment)
    if state.seq == 0:
        context["fault"] = _("The incident was not opened yet.")
    else:
        context |= {"state": state, **_told(state), "table": _table(incident, state, moment)}
    return render(request, "incidents/as_of.html", shell(request, incident, "incident", **context))


def _read(written: str) -> dt.datetime | None:
    """The moment by the reader's clock; None for what is none."""
    try:
        moment = parse_datetime(written.strip()[:40])
        if moment is not None and timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        # A minute that was asked for is over when it is over.
        return moment + dt.timedelta(seconds=59.999999) if moment is not None and moment.second == 0 else moment
    except (ValueError, OverflowError):
        return None


def _table(incident: Incident, state: State, moment: dt.datetime) -> Any:
    """The timeline as it stood then."""
    found = Entry.objects.filter(incident=incident, seq__in=state.timeline).prefetch_related("links")
    by_seq = {one.seq: one for one in found}
    entries = [by_seq[seq] for seq in state.timeline if seq in by_seq]
    marks = [
        MilestoneAt(incident=incident, name=name, entry=by_seq[reached.entry], by=reached.by)
        for name, reached in state.milestones.items()
        if reached.entry in by_seq
    ]
    all_ = whole_of([sketch(one) for one in entries], marks)
    zone: Any = timezone.get_current_timezone()
    return drawn(incident, folded(rows(incident, entries, all_, zone, until=moment)), all_)


def _told(state: State) -> dict[str, Any]:
    """What was known, in the reader's words."""
    fields = state.fields
    severity = fields.get("severity") or 0
    lead = Person.objects.filter(pk=fields["lead"]).first() if fields.get("lead") else None
    return {
        "was_severity": severity, "was_severity_name": _label(Severity, severity), "was_status": _label(Status, fields.get("status")),
        "was_kind": _label(Kind, fields.get("kind")), "was_lead": lead, "was_stand": fields.get("stand", ""),
        "was_title": fields.get("title", ""),
        "was_members": [(one.name or (lead.name if lead else ""), _label(Role, one.role)) for one in state.members],
        "was_tasks": [_task(number, one) for number, one in state.tasks.items() if one.get("state") in UNDONE],
        "was_decisions": [(number, one.get("question", ""), one.get("answer", "")) for number, one in state.decisions.items()],
        "was_assets": [
            (text_of(one, "label").in_(language()) or key, _label(AssetState, one.get("state")))
            for key, one in state.assets.items()
        ],
        "was_indicators": [
            (defanged(*key.split(":", 1)), _label(IndicatorState, one.get("state"))) for key, one in state.indicators.items()
        ],
    }  # fmt: skip


def _task(number: str, values: dict[str, Any]) -> tuple[str, str, str, str]:
    title = text_of(values, "title").in_(language())
    return number, title, _label(TaskState, values.get("state")), values.get("owner_name") or ""


def _label(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else str(value or "–")
