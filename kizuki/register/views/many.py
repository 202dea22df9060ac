"""One change to many records: choose the field, see how many, do it, take it back."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import require_seen, who
from kizuki.jobs.actions import enqueue
from kizuki.journal.models import Revision
from kizuki.register import actions, tasks, words
from kizuki.register.access import OWNED, may_see_register
from kizuki.register.actions import InUse, Refused, Stale
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.fields import Field, fields_of
from kizuki.register.forms import RecordForm
from kizuki.register.models import TABLES
from kizuki.register.shapes import shape
from kizuki.register.views.common import home_or_404, kind_or_404, units_for
from kizuki.register.views.lists import filtered

#: What may be given to many records at once.
FIELDS: Final[dict[RecordKind, tuple[str, ...]]] = {
    "asset": (
        "unit", "owner", "zone", "realm", "kind", "lifecycle", "importance", "internet_facing", "supplier_facing", "traits",
        "holds", "services", "information", "os", "make", "model", "admitted_until",
    ),
    "service": ("unit", "owner", "level", "importance"),
    "information": ("unit", "owner", "importance", "keep_in"),
    "zone": ("unit", "addresses"),
    "contact": ("unit", "roles"),
}  # fmt: skip


class WhichForm(forms.Form):
    """Which field, of a kind that allows it."""

    field = forms.ChoiceField(label=gettext_lazy("What to set"))

    def __init__(self, kind: RecordKind, data: Any) -> None:
        super().__init__(data)
        made: Any = self.fields["field"]
        made.choices = [("", gettext_lazy("choose one"))] + [(f.name, f.label) for f in fields(kind)]


def fields(kind: RecordKind) -> list[Field]:
    """The fields of a kind that may be set for many."""
    return [field for field in fields_of(kind) if field.name in FIELDS.get(kind, ())]


def _chosen(request: HttpRequest, kind: RecordKind) -> tuple[list[str], bool]:
    """The keys that were ticked, or of the whole filtered list; of those only what the person may change."""
    rows = TABLES[kind].objects.visible_to(request.user)
    everything = "everything" in request.POST
    if everything:
        rows = filtered(request.user, kind, QueryDict(request.POST.get("asked", "")))[1]
    else:
        rows = rows.filter(key__in=request.POST.getlist("key")[:1000])
    units = units_for(request.user)
    if units is not None:
        rows = rows.filter(unit__in=units if kind in OWNED else ())
    return list(rows.values_list("key", flat=True)), everything


@never_cache
@require_POST
def bulk(request: HttpRequest, part: str) -> HttpResponse:
    """Ask for the field, then for its value, then do it. Nothing is changed before the last step."""
    kind = kind_or_404(request.user, part)
    if not (rules.may_edit(request.user) or kind in OWNED) or kind not in FIELDS:
        raise PermissionDenied
    keys, everything = _chosen(request, kind)
    if not keys:
        messages.error(request, _("Nothing is ticked that you may change. Tick some rows first."))
        return redirect("register:records", part)
    which = WhichForm(kind, request.POST if request.POST.get("field") else None)
    field = next((f for f in fields(kind) if f.name == request.POST.get("field")), None)
    context: dict[str, Any] = {
        "part": part, "words": words.PARTS[part], "keys": keys[:1000], "count": len(keys), "everything": everything,
        "asked": request.POST.get("asked", ""), "which": which, "field": field,
    }  # fmt: skip
    if field is not None:
        given = request.POST if "apply" in request.POST else None
        form = RecordForm(kind, {}, given, units=units_for(request.user))
        context["inputs"] = [form[name] for name in shape(field).names(field) if name in form.fields]
        if given is not None and (done := _apply(request, kind, keys, field, form)):
            return done
    return render(request, "register/bulk.html", context)


def _apply(
    request: HttpRequest, kind: RecordKind, keys: list[str], field: Field, form: RecordForm
) -> HttpResponse | None:
    """Set the value; None where what was typed is wrong."""
    names = [name for name in shape(field).names(field) if name in form.fields]
    form.full_clean()
    if any(name in form.errors for name in names):
        return None
    value = shape(field).value(field, {name: form.cleaned_data.get(name) for name in names}, None)
    organisation, batch = home_or_404(), uuid.uuid4()
    if len(keys) > actions.PORTION:
        job = enqueue(tasks.set_field, kind, keys, field.name, value, str(batch), by=who(request))
        return redirect("jobs:job", job.pk)
    done = actions.set_field(
        organisation=organisation, kind=kind, keys=keys, field=field.name, value=value, by=who(request), batch=batch
    )
    for problem in done.refused[:5]:
        messages.error(request, f"{problem.key}: {problem.message}")
    return redirect("register:batch", batch)


@require_safe
def batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """What was done under one batch, with a button that takes it back."""
    revisions = batch_or_404(request, batch)
    first = revisions.order_by("pk").select_related("entry").first()
    assert first is not None
    context = {
        "batch": batch, "first": first, "count": revisions.count(), "may_undo": may_undo(request, first),
        "undone": actions.undone(batch),
        "rows": revisions.order_by("pk").values("kind", "key", "number")[:100],
    }  # fmt: skip
    return render(request, "register/batch.html", context)


def batch_or_404(request: HttpRequest, batch: uuid.UUID) -> Any:
    """The revisions of a batch, for those who see the whole register, and for whoever made it."""
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    revisions = Revision.objects.filter(room="register", batch=batch)
    if not rules.may_read_all(request.user):
        revisions = revisions.filter(entry__actor_id=str(request.user.pk))
    if not revisions.exists():
        raise Http404
    return revisions


def may_undo(request: HttpRequest, first: Revision) -> bool:
    """Managers, and whoever made the batch."""
    return rules.may_edit(request.user) or first.entry.actor_id == str(request.user.pk)


@require_POST
def undo_batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Take a batch back: at once if it is small, else as a job."""
    revisions = batch_or_404(request, batch)
    if not may_undo(request, revisions.select_related("entry").first()):
        raise PermissionDenied
    if revisions.count() > actions.PORTION:
        job = enqueue(tasks.undo_batch, str(batch), by=who(request))
        return redirect("jobs:job", job.pk)
    try:
        actions.undo_batch(organisation=home_or_404(), batch=batch, by=who(request))
    except (Stale, InUse, Refused) as error:
        messages.error(
            request, _("It cannot be undone as a whole, because of what was changed since: %(what)s") % {"what": error}
        )
    else:
        messages.success(request, _("Everything is as it was before."))
    return redirect("register:batch", batch)
