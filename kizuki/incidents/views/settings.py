"""The incident itself: how it stands, what it is, who is in it; merging it into another, reopening it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts.access import who
from kizuki.accounts.models import Person
from kizuki.incidents import actions, rules
from kizuki.incidents.actions import Stale
from kizuki.incidents.choices import Role
from kizuki.incidents.forms.common import as_data, tell
from kizuki.incidents.forms.settings import DetailsForm, MergeForm, ReopenForm, RoleForm, stand_form
from kizuki.incidents.models import Incident
from kizuki.incidents.views.common import found, found_to_lead, found_to_write, shell

PART = "settings"
#: What whoever writes in the incident may do; the rest is for whoever leads it.
WRITERS = ("stand", "details")
#: So many incidents may be chosen from to merge into.
MOST_TARGETS = 200


@require_safe
def settings(request: HttpRequest, number: str) -> HttpResponse:
    """What can be changed, who is in it and was."""
    return _shown(request, found(request, number))


@require_POST
def act(request: HttpRequest, number: str, word: str) -> HttpResponseBase:
    """Change it. Where somebody was faster, both are shown, and nothing typed is lost."""
    if word not in FORMS:
        raise Http404
    incident = found_to_write(request, number) if word in WRITERS else found_to_lead(request, number)
    form = FORMS[word](request, incident, request.POST)
    now: list[tuple[Any, Any]] = []
    if form.is_valid():
        try:
            target = _ACTS[word](incident, form, who(request))
        except Stale as error:
            now = _as_it_is(form, found(request, number))
            form.add_error(None, error)
        except ValidationError as error:
            tell(form, error)
        else:
            if word == "role":
                messages.success(request, _("The role is given, and stands in the timeline."))
            return redirect(f"incidents:{'settings' if word in ('details', 'role') else 'incident'}", target)
    return _shown(request, found(request, number), {word: form}, now)


@require_POST
def end(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """End somebody's role."""
    incident = found_to_lead(request, number)
    member = incident.members.select_related("person", "incident").filter(pk=pk).first()
    if member is None:
        raise Http404
    try:
        actions.end_role(member=member, by=who(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if not Incident.objects.visible_to(request.user).filter(pk=incident.pk).exists():
        return redirect("incidents:incidents")  # one's own role was the last reason to know of it
    return redirect("incidents:settings", number)


def _stand_form(_request: HttpRequest, incident: Incident, data: QueryDict | None = None) -> Form:
    return stand_form(incident, data)


def _details_form(request: HttpRequest, incident: Incident, data: QueryDict | None = None) -> Form:
    person = who(request)
    return DetailsForm(
        data, incident=incident, person=person, leads=rules.may_lead(person, incident), auto_id="details-%s"
    )


def _role_form(_request: HttpRequest, incident: Incident, data: QueryDict | None = None) -> Form:
    return RoleForm(data, initial={"version": incident.version}, auto_id="role-%s")


def _merge_form(request: HttpRequest, incident: Incident, data: QueryDict | None = None) -> Form:
    return MergeForm(
        data, targets=_targets(request, incident), initial={"version": incident.version}, auto_id="merge-%s"
    )


def _reopen_form(_request: HttpRequest, incident: Incident, data: QueryDict | None = None) -> Form:
    return ReopenForm(data, initial={"version": incident.version}, auto_id="reopen-%s")


FORMS: dict[str, Callable[..., Form]] = {
    "stand": _stand_form, "details": _details_form, "role": _role_form, "merge": _merge_form, "reopen": _reopen_form,
}  # fmt: skip


def _stand(incident: Incident, form: Form, by: Person) -> str:
    return actions.change_incident(incident=incident, **form.cleaned_data, by=by).number


def _role(incident: Incident, form: Form, by: Person) -> str:
    actions.give_role(incident=incident, **form.cleaned_data, by=by)
    return incident.number


def _merge(incident: Incident, form: Form, by: Person) -> str:
    into = Incident.objects.visible_to(by).get(number=form.cleaned_data["into"])
    if not rules.may_write(by, into):
        raise PermissionDenied
    actions.merge_incident(incident=incident, into=into, version=form.cleaned_data["version"], by=by)
    return into.number


def _reopen(incident: Incident, form: Form, by: Person) -> str:
    return actions.reopen_incident(incident=incident, **form.cleaned_data, by=by).number


_ACTS: dict[str, Callable[[Incident, Any, Person], str]] = {
    "stand": _stand, "details": _stand, "role": _role, "merge": _merge, "reopen": _reopen,
}  # fmt: skip


def _targets(request: HttpRequest, incident: Incident) -> list[tuple[str, str]]:
    """Open incidents into which this one can be merged: those in which the person may write."""
    rows = Incident.objects.visible_to(request.user).still_open().exclude(pk=incident.pk).order_by("-opened_at", "-pk")
    if not rules.may_open(request.user):
        rows = (
            rows.filter(members__person=request.user.pk, members__until=None)
            .exclude(members__role=Role.READER)
            .distinct()
        )
    return [(row.number, f"{row.number} {row.title}") for row in rows.only("number", "title")[:MOST_TARGETS]]


def _shown(
    request: HttpRequest, incident: Incident, sent: dict[str, Form] | None = None, now: Any = ()
) -> HttpResponse:
    """The page; `sent`: the form that was sent and not taken; `now`: what stands there instead of what it says."""
    given = sent or {}
    members = list(incident.members.select_related("person").order_by("-since", "-pk"))
    context = shell(
        request, incident, PART, forms={word: given.get(word) or make(request, incident) for word, make in FORMS.items()},
        sent=next(iter(given), ""), now=now, now_in=[row for row in members if row.until is None],
        gone=[row for row in members if row.until is not None], **_around(request, incident),
    )  # fmt: skip
    return render(request, "incidents/settings.html", context, status=422 if given else 200)


def _around(request: HttpRequest, incident: Incident) -> dict[str, Any]:
    """The incidents that belong together with this one, as far as the person may know of them."""
    rows = Incident.objects.visible_to(request.user).only("number", "title", "parent", "merged_into")
    near = list(rows.filter(parent=incident) | rows.filter(merged_into=incident))
    return {
        "children": [row for row in near if row.parent_id == incident.pk],
        "merged": [row for row in near if row.merged_into_id == incident.pk],
    }


def _as_it_is(form: Form, incident: Incident) -> list[tuple[Any, Any]]:
    """Label and present value of each field in which what was typed is not what stands there; the form knows the new version."""
    now = {
        **DetailsForm.initial_of(incident), "stand": incident.stand, "status": incident.status,
        "person": incident.lead.name if incident.lead else "", "role": "",
    }  # fmt: skip
    typed = form.cleaned_data
    shown = [
        (_("Lead") if name == "person" else form.fields[name].label, _said(form, name, now[name]))
        for name in form.fields
        if name in now and name not in ("version", "role") and str(typed.get(name) or "") != str(now[name] or "")
    ]
    as_data(form, version=incident.version)
    return shown


def _said(form: Form, name: str, value: Any) -> Any:
    """A value as the reader says it."""
    choices = dict(getattr(form.fields[name], "choices", ()) or ())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return choices.get(value) or value or "–"
