"""Pages of what written criteria say of an incident: severity with escalation, authority to stop."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuki.accounts import rules as people_rules
from kizuki.criteria import presenting, queries
from kizuki.criteria.engine.decide import BadFacts, decide
from kizuki.incidents import actions, judged
from kizuki.incidents.forms.common import new_once, tell
from kizuki.incidents.forms.judging import JudgeForm, SetSeverityForm
from kizuki.incidents.models import Incident
from kizuki.incidents.views.common import found, found_to_write, shell
from kizuki.register.models import Asset
from kizuki.ui.templatetags.kizuki import plain


@require_http_methods(["GET", "HEAD", "POST"])
def severity(request: HttpRequest, number: str) -> HttpResponse:
    """How grave it is and who is to be told, and judging it anew."""
    if request.method != "POST":
        return _severity_page(request, found(request, number))
    incident = found_to_write(request, number)
    form = _facts(incident, request.POST)
    if form is not None and form.is_valid():
        grave, others = judged.asked_facts()
        try:
            actions.judge(
                incident=incident, facts=form.given(grave), others=form.given(others) if others else {}, by=request.user,
                once=form.cleaned_data["once"],
            )  # fmt: skip
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{reverse('incidents:severity', args=[number])}#now")
    return _severity_page(request, incident, form=form, status=422)


@require_POST
def set_severity(request: HttpRequest, number: str) -> HttpResponse:
    """Set another severity, with the reason."""
    incident = found_to_write(request, number)
    form = SetSeverityForm(request.POST, auto_id="set-%s")
    if form.is_valid():
        try:
            actions.set_severity(incident=incident, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{reverse('incidents:severity', args=[number])}#now")
    return _severity_page(request, incident, set_form=form, status=422)


@require_POST
def plan_escalation(request: HttpRequest, number: str) -> HttpResponse:
    """Make tasks of whom to tell."""
    incident = found_to_write(request, number)
    row = judged.last(incident, judged.ESCALATION)
    if row is None:
        raise Http404
    try:
        made = actions.plan_escalation(incident=incident, judgement=row, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(n)d tasks are on the list, each with its due time.") % {"n": len(made)})
    return redirect(f"{reverse('incidents:severity', args=[number])}#escalation")


def _facts(incident: Incident, data: Any = None) -> JudgeForm | None:
    """The questions of both criteria; None where no criteria for severity are in effect."""
    grave, others = judged.asked_facts()
    if grave is None:
        return None
    if data is not None:
        return JudgeForm(data, criteria=(grave, others) if others else (grave,))
    weights, units = _hit(incident)
    hints = judged.hints(incident, weights, units)
    first = judged.initial(grave, judged.last(incident, judged.SEVERITY), hints)
    first |= judged.initial(others, judged.last(incident, judged.ESCALATION), hints)
    return JudgeForm(criteria=(grave, others) if others else (grave,), initial={**first, "once": new_once()})


def _hit(incident: Incident) -> tuple[list[int | None], set[str]]:
    """Importances and units of the assets that the incident concerns and that are not cleared."""
    keys = incident.assets.exclude(state="clean").values("key")
    rows = Asset.objects.filter(organisation=incident.organisation_id, deleted_at=None, key__in=keys)
    found: list[Any] = list(rows.values_list("importance", "unit"))  # type: ignore[misc]  # columns of this kind only
    return [weight for weight, _unit in found], {unit for _weight, unit in found}


def _severity_page(
    request: HttpRequest,
    incident: Incident,
    *,
    form: JudgeForm | None = None,
    set_form: SetSeverityForm | None = None,
    status: int = 200,
) -> HttpResponse:
    form = form or _facts(incident)
    past = judged.history(incident)
    context = shell(
        request, incident, "severity", form=form, past=past, now=timezone.now(), escalation=judged.escalation(incident),
        judgement=past[0].judgement if past else None, set_by_hand=past[0] if past and past[0].judgement is None else None,
        set_form=set_form or SetSeverityForm(auto_id="set-%s", initial={"severity": incident.severity or None}),
        reads_criteria=people_rules.may_read_all(request.user),
    )  # fmt: skip
    return render(request, "incidents/severity_page.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """Who may decide to stop something: choose the facts and see; written down only where somebody asks for it."""
    posted = request.method == "POST"
    incident = found_to_write(request, number) if posted else found(request, number)
    version = queries.in_effect(judged.AUTHORITY)
    if version is None:
        return render(
            request, "incidents/stop.html", shell(request, incident, "stop", form=None), status=422 if posted else 200
        )
    data = request.POST if posted else request.GET
    asked = any(name.startswith("fact-") for name in data)
    first = {f"fact-{judged.HOUR_FACT}": judged.hour(incident.zone), "once": new_once()}
    form = JudgeForm(data if asked else None, criteria=(version.read,), initial=first)
    context: dict[str, Any] = {"form": form, "version": version, "once": new_once()}
    if form.is_valid():
        if posted and (response := _write_down(request, incident, form)) is not None:
            return response
        context |= _answer(incident, version, form)
    return render(
        request, "incidents/stop.html", shell(request, incident, "stop", **context),
        status=422 if posted or form.errors else 200,
    )  # fmt: skip


def _write_down(request: HttpRequest, incident: Incident, form: JudgeForm) -> HttpResponse | None:
    try:
        actions.judge_stop(incident=incident, facts=form.given(), by=request.user, once=form.cleaned_data["once"])
    except ValidationError as error:
        tell(form, error)
        return None
    messages.success(request, _("It stands in the timeline."))
    query = urlencode({name: form.data[name] for name in form.data if name.startswith("fact-")})
    return redirect(f"{reverse('incidents:stop', args=[incident.number])}?{query}#answer")


def _answer(incident: Incident, version: Any, form: JudgeForm) -> dict[str, Any]:
    """Who decides, with reasons and names, and the decision form filled in beforehand."""
    try:
        made = decide(version.compiled, form.given())
    except BadFacts:
        return {}
    shown = presenting.tried(version, made)
    target = next((fact.value for fact in shown.facts if fact.used.fact == "target"), "")
    who = judged.whom_to_ask(incident, version, made.outcome)
    question = _("Stop this? %(target)s") % {"target": target} if target else _("Stop it?")
    options = [_("Stop it now"), _("Stop it in part"), _("Do not stop it")]
    people = ", ".join(person.name for person in who.people) if who else ""
    query = {
        "question": question,
        **{f"option_{n}": option for n, option in enumerate(options, start=1)},
        "decided_by": people,
        "reason": plain(shown.rule.because),
    }
    sent = [(name, form.data[name]) for name in form.data if name.startswith("fact-")]
    return {"shown": shown, "who": who, "decide": urlencode(query), "sent": sent}
