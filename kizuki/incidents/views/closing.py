"""Closing an incident: what is missing, and why it is closed nevertheless."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuki.incidents import actions, reviewing
from kizuki.incidents.actions import NotReady, Stale
from kizuki.incidents.closing import facts_of
from kizuki.incidents.engine import gate
from kizuki.incidents.forms.common import as_data
from kizuki.incidents.forms.review import CloseForm
from kizuki.incidents.views.common import found_to_lead, shell


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, number: str) -> HttpResponseBase:
    """The list of what closing asks for; with a reason for each point that is missing, it is closed nevertheless."""
    incident = found_to_lead(request, number)
    facts, posted = facts_of(incident), request.method == "POST"
    missing = gate.unmet(gate.points(facts))
    form = CloseForm(request.POST if posted else None, points=missing, initial={"version": incident.version})
    if posted and form.is_valid():
        try:
            actions.close_incident(
                incident=incident, version=form.cleaned_data["version"], by=request.user, overrides=form.reasons()
            )
        except NotReady as error:
            form.add_error(None, error)
            for point in error.points:
                form.add_error(point.id if point.id in form.fields else None, _("Say why it is closed without this."))
        except Stale as error:
            form.add_error(None, error)
            as_data(form, version=incident.version)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The incident is closed."))
            return redirect(incident)
    rows = [(point, form[point.id] if point.id in form.fields else None) for point in reviewing.points(facts)]
    context = shell(request, incident, "review", form=form, rows=rows, missing=len(missing))
    return render(request, "incidents/close.html", context, status=422 if posted else 200)
