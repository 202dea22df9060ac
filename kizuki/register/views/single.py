"""One record: its page, editing it, its history, taking it out, bringing it back, undoing its last change."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts.access import who
from kizuki.journal.models import Revision
from kizuki.register import actions, hooks, presenting, words
from kizuki.register.access import may_write
from kizuki.register.actions import Edit, InUse, Refused, Stale
from kizuki.register.derived import reasons_of
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.forms import RecordForm
from kizuki.register.models import TABLES, Mention
from kizuki.register.views.common import home_or_404, kind_or_404, may_add, must_write, record_or_404, units_for
from kizuki.register.views.judge import JUDGED
from kizuki.register.writing import unit_of

SHOWN = 20


@never_cache
@require_safe
def record(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """What is recorded, what names it, and what was changed."""
    kind = kind_or_404(request.user, part)
    return render(request, "register/record.html", _page(request, part, record_or_404(request.user, kind, pk)))


def _page(request: HttpRequest, part: str, row: Any) -> dict[str, Any]:
    kind: RecordKind = row.kind_name
    revisions = list(_revisions(row)[: SHOWN + 1])
    named = Mention.objects.filter(organisation=row.organisation, of_kind=kind, of_key=row.key)
    users: Any = list(named.order_by("kind", "key").values_list("kind", "key")[: SHOWN * 2])
    panels = [panel for make in hooks.asset_panels if (panel := make(request.user, row))] if kind == "asset" else []
    return {
        "part": part, "words": words.PARTS[part], "row": row, "parts": presenting.parts(kind, row.document),
        "history": presenting.history(kind, revisions)[:SHOWN], "users": presenting.users(users),
        "importance": _importance(row) if kind == "asset" else [], "panels": panels,
        "judged": kind in JUDGED, "may_write": may_write(request.user, kind, row.unit), "words_of": words.DIMENSIONS,
        "elsewhere": hooks.ways_from(request.user, row),
    }  # fmt: skip


def _importance(row: Any) -> list[dict[str, Any]]:
    """Each dimension of an asset's importance with what it comes from."""
    reasons, sources = reasons_of(row)
    return [
        {
            "dimension": words.DIMENSIONS[reason.dimension], "value": words.IMPORTANCE[reason.value],
            "source": sources[cast("RecordKind", reason.of), reason.id] if reason.of != "own" else None,
        }
        for reason in reasons
    ]  # fmt: skip


def _revisions(row: Any) -> Any:
    rows = Revision.objects.filter(room="register", owner=row.organisation_id, kind=row.kind_name, key=row.key)
    return rows.select_related("entry").order_by("-number")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, part: str) -> HttpResponse:
    """A new record. Values may be given in the address, so that other pages can begin one."""
    kind = kind_or_404(request.user, part)
    if not may_add(request.user, kind):
        must_write(request.user, kind, "")
    organisation = home_or_404()
    form = RecordForm(kind, {}, request.POST or None, units=units_for(request.user))
    if request.method == "POST" and form.is_valid():
        document = form.result()
        must_write(request.user, kind, unit_of(document))
        document = actions.with_id(organisation=organisation, kind=kind, document=document)
        key = actions.free_key(organisation=organisation, kind=kind, document=document)
        if key is None:
            form.add_error(
                "id" if "id" in form.fields else None, _("There is one with this id already. Choose another.")
            )
        elif _save(request, form, organisation, Edit(kind, key, document)):
            row = TABLES[kind].objects.get(organisation=organisation, key=key)
            messages.success(request, _("“%(name)s” is recorded.") % {"name": row})
            return redirect(row)
    elif request.method != "POST":
        form.initial = {**form.initial, **_asked(request, form)}
    status = 422 if form.is_bound else 200
    context = {"part": part, "words": words.PARTS[part], "form": form, "row": None}
    return render(request, "register/edit.html", context, status=status)


def _asked(request: HttpRequest, form: RecordForm) -> dict[str, Any]:
    """What the address says of a new record."""
    return {name: value for name, value in request.GET.items() if name in form.fields and name != "version"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """Change a record. What others have changed since the form was opened is kept, or shown where it is the same field."""
    kind = kind_or_404(request.user, part)
    row = record_or_404(request.user, kind, pk)
    must_write(request.user, kind, row.unit)
    given = request.POST.get("version", "")
    base = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else row.version
    document = actions.document_at(row=row, version=base)
    form = RecordForm(kind, document, request.POST or None, version=base, units=units_for(request.user))
    if request.method == "POST" and form.is_valid():
        wanted = form.result()
        if kind != "unit":
            must_write(request.user, kind, unit_of(wanted))
        if _save(request, form, row.organisation, Edit(kind, row.key, wanted, base)):
            messages.success(request, _("“%(name)s” is changed.") % {"name": row})
            return redirect(row)
    status = 422 if form.is_bound else 200
    context = {"part": part, "words": words.PARTS[part], "form": form, "row": row}
    return render(request, "register/edit.html", context, status=status)


def _save(request: HttpRequest, form: RecordForm, organisation: Any, wanted: Edit) -> bool:
    try:
        actions.apply(organisation=organisation, edits=[wanted], by=who(request))
    except Refused as error:
        form.refuse(error.problems)
        return False
    except Stale as error:
        form.clash(error.conflicts[0])
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """Ask first, and say what still needs it; then take it out."""
    kind = kind_or_404(request.user, part)
    row = record_or_404(request.user, kind, pk)
    must_write(request.user, kind, row.unit)
    named = Mention.objects.filter(organisation=row.organisation, of_kind=kind, of_key=row.key)
    users: Any = list(named.order_by("kind", "key").values_list("kind", "key")[:200])
    if request.method == "POST" and not users:
        try:
            actions.apply(
                organisation=row.organisation,
                edits=[Edit(kind, row.key, None, row.version)],
                by=who(request),
                verb="took_out",
            )
        except (InUse, Stale):
            messages.error(request, _("Somebody has just changed something here. Look again."))
            return redirect("register:remove", part, pk)
        messages.success(request, _("“%(name)s” is taken out.") % {"name": row})
        return redirect(f"{_list(part)}?removed={row.pk}")
    context = {"part": part, "words": words.PARTS[part], "row": row, "users": presenting.users(users)}
    return render(request, "register/remove.html", context, status=409 if request.method == "POST" else 200)


def _list(part: str) -> str:
    from django.urls import reverse

    return reverse("register:records", args=[part])


@require_POST
def restore(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """Bring back what was taken out."""
    kind = kind_or_404(request.user, part)
    row = TABLES[kind].objects.select_related("organisation").filter(pk=pk, organisation__is_home=True).first()
    must_write(request.user, kind, row.unit if row else "")
    if row is None or row.deleted_at is None:
        return redirect("register:records", part)
    try:
        edit_ = Edit(kind, row.key, row.document, row.version)
        actions.apply(organisation=row.organisation, edits=[edit_], by=who(request), verb="brought_back")
    except (Refused, Stale) as error:
        messages.error(request, _("It cannot come back as it was: %(why)s") % {"why": error})
        return redirect("register:records", part)
    messages.success(request, _("“%(name)s” is back.") % {"name": row})
    return redirect(row)


@require_POST
def undo(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """Take back one revision of a record, as far as nobody has changed the same fields since."""
    kind = kind_or_404(request.user, part)
    row = record_or_404(request.user, kind, pk)
    must_write(request.user, kind, row.unit)
    number = request.POST.get("number", "")
    revisions = (
        _revisions(row).filter(number=int(number))
        if number.isascii() and number.isdecimal()
        else Revision.objects.none()
    )
    edits = actions.undo_edits(row.organisation, revisions)
    if not edits or edits[0].document is None:
        messages.error(request, _("There is nothing before this that could come back."))
        return redirect(row)
    try:
        actions.apply(organisation=row.organisation, edits=edits, by=who(request), verb="undid")
    except (Refused, Stale):
        messages.error(request, _("The same fields were changed since. Change them by hand."))
    else:
        messages.success(request, _("The change is undone."))
    return redirect(row)
