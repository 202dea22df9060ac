"""Procedures to read, to print and to take along; the organisation's own ones: stored from files, retired, brought back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import require
from kizuki.incidents import actions, procedures
from kizuki.incidents.actions import Stale
from kizuki.incidents.choices import Kind
from kizuki.incidents.engine.procedure import Procedure
from kizuki.incidents.forms.common import VersionForm, as_data
from kizuki.incidents.forms.procedures import ProcedureForm
from kizuki.incidents.models import OwnProcedure
from kizuki.incidents.procedures import Offered
from kizuki.kit.document import dump
from kizuki.kit.library import library_path


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All procedures: those of the library and own ones."""
    rows = [
        {"procedure": one.procedure, "own": one.own, "steps": len(one.procedure.steps()), "kind": Kind(one.procedure.kind).label}
        for one in procedures.offered()
    ]  # fmt: skip
    return render(request, "incidents/procedures.html", {"rows": rows, "may_edit": rules.may_edit(request.user)})


@require_safe
def one(request: HttpRequest, id: str) -> HttpResponse:
    """One procedure in full, as a list that can be worked from and printed."""
    offered = _offered(id)
    numbers = {step.id: n for n, step in enumerate(offered.procedure.steps(), start=1)}
    phases = [
        {
            "phase": phase,
            "steps": [(numbers[step.id], step, [(need, numbers[need]) for need in step.needs]) for step in phase.steps],
        }
        for phase in offered.procedure.phases
    ]
    context = {
        "procedure": offered.procedure, "own": offered.own, "phases": phases, "kind": Kind(offered.procedure.kind).label,
        "cases": procedures.cases_of(request.user, offered.procedure.steps()), "may_edit": rules.may_edit(request.user),
        "retired": OwnProcedure.objects.filter(key=id).exclude(retired_at=None).first(),
    }  # fmt: skip
    return render(request, "incidents/procedure.html", context)


@require_safe
def file(request: HttpRequest, id: str) -> HttpResponse:
    """The procedure as a file that can be changed and imported."""
    offered = _offered(id)
    if offered.own is None:
        text = (library_path() / "playbooks" / f"{offered.procedure.id}.yaml").read_text(encoding="utf-8")
    else:
        text = dump(offered.procedure)
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{offered.procedure.id}.yaml"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """An own procedure from a file. `?id=` says which one it replaces; a clash shows both and keeps the file."""
    require(request.user, rules.may_edit)
    row = OwnProcedure.objects.filter(key=request.GET.get("id", "")[:60].replace("\x00", "")).first()
    posted = request.method == "POST"
    id = row.key if row else ""
    form = ProcedureForm(
        request.POST if posted else None, request.FILES or None, id=id, initial={"base": row.version if row else 0}
    )
    clash: list[tuple[str, str]] = []
    if posted and form.is_valid():
        try:
            stored = actions.store_procedure(
                procedure=form.cleaned_data["procedure"], base=form.cleaned_data["base"], by=request.user
            )
        except Stale as error:
            row = OwnProcedure.objects.get(pk=error.row.pk)
            clash = _kept_to_decide(form, row)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("The procedure is stored, and in force from now on."))
            return redirect("incidents:procedure", stored.key)
    context = {"form": form, "row": row, "clash": clash}
    return render(request, "incidents/procedure_import.html", context, status=422 if posted else 200)


def _kept_to_decide(form: ProcedureForm, row: OwnProcedure) -> list[tuple[str, str]]:
    """What the file and the version that is there differ in; the form keeps the file, and replaces that version when sent again."""
    as_data(form, base=row.version, kept=form.text, name=form.cleaned_data["name"])
    return differences(row.read, form.cleaned_data["procedure"])


def differences(there: Procedure, given: Procedure) -> list[tuple[str, str]]:
    """(what, how) for each part in which two readings of a procedure differ: new, gone or changed steps, and the rest."""
    before, after = ({step.id: step for step in side.steps()} for side in (there, given))
    made = [(id, "new" if id not in before else "gone" if id not in after else "changed") for id in {**before, **after}
            if before.get(id) != after.get(id)]  # fmt: skip
    parts = ("kind", "title", "about", "never")
    return [(part, "changed") for part in parts if getattr(there, part) != getattr(given, part)] + made


@require_POST
def retire(request: HttpRequest, id: str) -> HttpResponse:
    """Offer an own procedure no more."""
    return _turn(request, id, actions.retire_procedure, _("The procedure is retired. Tasks that it made stay."))


@require_POST
def restore(request: HttpRequest, id: str) -> HttpResponse:
    """Offer a retired one again."""
    return _turn(request, id, actions.bring_back_procedure, _("The procedure is in force again."))


def _turn(request: HttpRequest, id: str, act: Callable[..., OwnProcedure], done: str) -> HttpResponse:
    row = OwnProcedure.objects.filter(key=id.replace("\x00", "")[:61]).first()
    if row is None:
        raise Http404
    require(request.user, rules.may_edit)
    form = VersionForm(request.POST)
    try:
        act(row=row, version=form.cleaned_data["version"] if form.is_valid() else 0, by=request.user)
    except Stale as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    if procedures.find(id) is None:
        return redirect("incidents:procedures")
    return redirect("incidents:procedure", id)


def _offered(id: str) -> Offered:
    found = procedures.find(id)
    if found is None:
        raise Http404
    return found
