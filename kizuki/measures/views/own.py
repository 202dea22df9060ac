"""Own measures: list, add, change, retire, files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require
from kizuki.journal.models import Revision
from kizuki.measures import actions, presenting, words
from kizuki.measures.actions.own import KIND, ROOM
from kizuki.measures.engine.own import next_id
from kizuki.measures.forms.coverage import VersionForm
from kizuki.measures.forms.own import MeasuresFileForm, OwnMeasureForm, initial_of_measure
from kizuki.measures.models import OwnMeasure
from kizuki.measures.views.common import sent_again
from kizuki.register.engine.merge import changed


@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """The organisation's own measures, those in use first."""
    rows = sorted(OwnMeasure.objects.visible_to(request.user), key=lambda row: (row.retired_at is not None, row.key))
    lines = [(row, row.read, words.FUNCTIONS[row.read.function]) for row in rows]
    return render(request, "measures/own.html", {"lines": lines, "may_edit": rules.may_edit(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new own measure."""
    require(request.user, rules.may_edit)
    first = {"id": next_id(OwnMeasure.objects.values_list("key", flat=True)), "base": 0}
    form = OwnMeasureForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_bound and form.is_valid() and (done := _store(request, form, None)):
        return done
    return render(request, "measures/own_edit.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, id: str) -> HttpResponse:
    """Change an own measure; a clash with somebody else's change shows both texts."""
    row: OwnMeasure = get_visible(OwnMeasure.objects, request.user, key=id)
    require(request.user, rules.may_edit)
    if request.method == "POST":
        form = OwnMeasureForm(request.POST, fixed=row.key)
    else:
        form = OwnMeasureForm(initial=initial_of_measure(row.read, row.version), fixed=row.key)
    context: dict[str, Any] = {"form": form, "row": row, "measure": row.read}
    if form.is_bound and form.is_valid() and (done := _store(request, form, context)):
        return done
    return render(request, "measures/own_edit.html", context | {"history": _history(row)})


def _store(request: HttpRequest, form: OwnMeasureForm, context: dict[str, Any] | None) -> HttpResponse | None:
    """Store what the form says; None where it has to be shown again, with what was typed."""
    measure = form.measure()
    try:
        edits = [actions.MeasureEdit(measure, form.cleaned_data["base"])]
        actions.store_measures(edits=edits, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
    except actions.Clashed as error:
        if context is not None:
            context["clashes"] = [
                {"field": clash.field, "mine": _text(clash.mine), "theirs": _text(clash.theirs)}
                for clash in error.clashes
            ]
        # Sent once more, it replaces what the other one wrote, now with both texts read.
        sent_again(form, base=str(error.row.version))
    else:
        messages.success(request, _("The measure is stored."))
        return redirect("measures:measure", measure.id)
    return None


def _text(value: Any) -> str:
    if isinstance(value, dict) and value.keys() <= {"ja", "en"}:
        return presenting.in_both(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {part}" for name, part in value.items() if isinstance(part, str))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _history(row: OwnMeasure) -> list[dict[str, Any]]:
    """Who changed what, newest first."""
    revisions = list(
        Revision.objects.filter(room=ROOM, kind=KIND, key=row.key).select_related("entry").order_by("-number")[:50]
    )
    made = []
    for n, one in enumerate(revisions):
        before = revisions[n + 1].document if n + 1 < len(revisions) else {}
        fields = [field for field, _was, _is in changed(before or {}, one.document or {})]
        made.append({"entry": one.entry, "fields": fields if one.number > 1 else []})
    return made


@require_POST
def retire(request: HttpRequest, id: str) -> HttpResponse:
    """Offer a measure no more."""
    return _turn(request, id, actions.retire_measure, _("The measure is retired. What speaks of it stays."))


@require_POST
def bring_back(request: HttpRequest, id: str) -> HttpResponse:
    """Offer a retired measure again."""
    return _turn(request, id, actions.bring_back_measure, _("The measure can be chosen again."))


def _turn(request: HttpRequest, id: str, act: Any, done: str) -> HttpResponse:
    row: OwnMeasure = get_visible(OwnMeasure.objects, request.user, key=id)
    require(request.user, rules.may_edit)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        act(measure=row, version=version, by=request.user)
    except actions.Clashed:
        messages.error(request, _("Somebody changed this in the meantime. Look at it as it is now."))
    else:
        messages.success(request, done)
    return redirect("measures:measure", row.key)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Own measures from a file, all or none."""
    require(request.user, rules.may_edit)
    form = MeasuresFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            new, same = actions.import_measures(given=form.cleaned_data["file"], by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            told = ngettext("%(n)d measure was stored.", "%(n)d measures were stored.", new) % {"n": new}
            kept = ngettext("%(n)d was as given.", "%(n)d were as given.", same) % {"n": same}
            messages.success(request, told)
            messages.info(request, kept)
            return redirect("measures:own")
    return render(request, "measures/own_import.html", {"form": form}, status=422 if form.errors else 200)
