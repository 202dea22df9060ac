"""All coverage, one row with its history, and changing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.measures import actions, catalogue, presenting, words
from kizuki.measures.forms.coverage import CoverageFilter, CoverageForm, VersionForm, initial_of
from kizuki.measures.models import Proposal
from kizuki.measures.views.common import (
    clashes_of,
    organisation_for,
    organisation_to_edit,
    own,
    refused_lines,
    sent_again,
)
from kizuki.register.actions import Refused, Stale
from kizuki.register.actions.write import history
from kizuki.register.engine.merge import changed
from kizuki.register.models import Coverage, Organisation

PAGE = 50
CHANGED = "changed"


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Every row that this person may see, narrowed by measure, state, unit and zone; and what the register says against them."""
    organisation = organisation_for(request.user)
    may_read, may_edit = rules.may_read_all(request.user), rules.may_edit(request.user)
    form = CoverageFilter(request.GET, organisation=organisation, units=None if may_read else own(request.user))
    day = presenting.today()
    visible: Any = Coverage.objects.visible_to(request.user)
    page = Paginator(form.narrowed(visible, day).order_by("measure", "key"), PAGE).get_page(request.GET.get("page"))
    found = (presenting.found_in(organisation, quickly=True) or ()) if may_read else ()
    counts: dict[str, int] = {}
    for one in found:
        counts[one.claim.key] = counts.get(one.claim.key, 0) + 1
    context = {
        "form": form, "page": page, "rows": presenting.rows_of(page.object_list, counts),
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "over": visible.filter(valid_until__gt="", valid_until__lt=day).count(), "contradictions": len(found),
        "waiting": Proposal.objects.visible_to(request.user).waiting().count(),
        "may_edit": may_edit, "may_read": may_read, "may_propose": not may_edit and bool(own(request.user)),
    }  # fmt: skip
    return render(request, "measures/coverage.html", context)


@require_safe
def contradictions(request: HttpRequest) -> HttpResponse:
    """Where a measure is claimed in full and the register knows better."""
    organisation = organisation_for(request.user)
    require_seen(request.user, rules.may_read_all)
    page = Paginator(presenting.found_in(organisation) or (), PAGE).get_page(request.GET.get("page"))
    known = catalogue.measures()
    lines = [(known[one.measure], one) for one in presenting.against(organisation, page.object_list)]
    return render(request, "measures/contradictions.html", {"page": page, "lines": lines})


@require_safe
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row: what is claimed, on what evidence, who saw it, how it changed."""
    organisation = organisation_for(request.user)
    found: Coverage = get_visible(Coverage.objects, request.user, pk=pk)
    against = (
        [one for one in presenting.found_in(organisation) or () if one.claim.key == found.key]
        if rules.may_read_all(request.user)
        else []
    )
    shown = presenting.rows_of([found])[0]
    context = {
        "line": shown, "row": found, "measure": catalogue.measures().get(found.measure),
        "heading": presenting.scope_words(shown.scope), "against": presenting.against(organisation, against[:50]),
        "history": _history(organisation, found), "may_edit": rules.may_edit(request.user),
    }  # fmt: skip
    return render(request, "measures/row.html", context)


def _history(organisation: Organisation, found: Coverage) -> list[dict[str, Any]]:
    """Every revision, newest first, with what changed in words."""
    revisions = history(organisation, "coverage", found.key)[:100]
    names = presenting.Names(organisation.pk, [found.document["scope"]])
    made = []
    for n, one in enumerate(revisions):
        before = revisions[n + 1].document if n + 1 < len(revisions) else None
        lines = [
            (words.FIELDS.get(field, field), presenting.said(was, field, names), presenting.said(now, field, names))
            for field, was, now in changed(before or {}, one.document or {})
            if field not in ("measure", "scope")
        ]
        made.append({"entry": one.entry, "gone": one.document is None, "lines": lines})
    return made


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new row of coverage."""
    organisation = organisation_to_edit(request.user)
    if request.method == "POST":
        form = CoverageForm(request.POST, request.FILES, organisation=organisation)
    else:
        known = {key: request.GET[key] for key in ("measure", "unit", "zone", "kind", "asset") if key in request.GET}
        first = {**known, "base": 0, "verified": presenting.today(), "verified_by": str(request.user)}
        form = CoverageForm(initial=first, organisation=organisation)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid() and (done := _store(request, organisation, form, context)):
        return done
    return render(request, "measures/row_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a row; where somebody changed the same field meanwhile, both texts are shown and nothing typed is lost."""
    organisation = organisation_to_edit(request.user)
    found: Coverage = get_visible(Coverage.objects, request.user, pk=pk)
    files = found.document.get("files", [])
    if request.method == "POST":
        form = CoverageForm(request.POST, request.FILES, organisation=organisation, row=found, files=files)
    else:
        first = initial_of(found.document, found.version)
        form = CoverageForm(initial=first, organisation=organisation, row=found, files=files)
    context: dict[str, Any] = {
        "form": form, "row": found, "line": presenting.rows_of([found])[0], "measure": catalogue.measures().get(found.measure),
    }  # fmt: skip
    context["heading"] = presenting.scope_words(context["line"].scope)
    if form.is_bound and form.is_valid() and (done := _store(request, organisation, form, context)):
        return done
    return render(request, "measures/row_edit.html", context)


def _store(
    request: HttpRequest, organisation: Organisation, form: CoverageForm, context: dict[str, Any]
) -> HttpResponse | None:
    """Write the row; None where the form has to be shown again."""
    try:
        document = form.document(form.stored(request.user))
        actions.change_coverage(
            organisation=organisation, document=document, base=form.cleaned_data["base"], by=request.user
        )
    except (Refused, ValidationError) as error:
        form.add_error(None, refused_lines(error) if isinstance(error, Refused) else error)
    except Stale as error:
        context["clashes"] = clashes_of(error, organisation, document)
        context["gone"] = error.conflicts[0].now is None
        # Sent once more, it replaces what the other one wrote, now with both texts read.
        sent_again(form, base=str(error.conflicts[0].version))
    else:
        messages.success(request, _("The coverage is stored."))
        return redirect("measures:measure", document["measure"])
    return None


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a row out: what it spoke of is unknown again."""
    found, version = _asked(request, pk)
    response = _do(request, found, lambda: actions.remove_coverage(row=found, version=version, by=request.user), "")
    if response is not None:
        return response
    messages.success(request, _("The row is taken out. What it spoke of counts as unknown again."))
    found.refresh_from_db()
    address = reverse("measures:measure", args=[found.measure])
    return redirect(f"{address}?removed={found.pk}&version={found.version}#coverage")


@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the row was seen to be true today."""
    found, version = _asked(request, pk)
    today = timezone.localdate()

    def act() -> Any:
        return actions.verify_again(row=found, version=version, by=request.user, today=today)

    done = _("It was seen to be true today.")
    return _do(request, found, act, done) or redirect("measures:row", found.pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the newest change back; also of a row that was taken out."""
    organisation = organisation_to_edit(request.user)
    found: Coverage = _also_removed(organisation, pk)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0

    def act() -> Any:
        return actions.undo_last_change(row=found, version=version, by=request.user)

    if response := _do(request, found, act, _("The change is taken back.")):
        return response
    found.refresh_from_db()
    return redirect("measures:measure", found.measure) if found.deleted_at else redirect("measures:row", found.pk)


def _also_removed(organisation: Organisation, pk: int) -> Any:
    found = Coverage.objects.filter(organisation=organisation, pk=pk).first()
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest, pk: int) -> tuple[Coverage, int]:
    """The row and the version that the reader saw; 0 where the form says none, which is always stale."""
    organisation_for(request.user)
    found: Coverage = get_visible(Coverage.objects, request.user, pk=pk)
    require(request.user, rules.may_edit)
    form = VersionForm(request.POST)
    return found, form.cleaned_data["version"] if form.is_valid() else 0


def _do(request: HttpRequest, found: Coverage, act: Callable[[], Any], done: str) -> HttpResponse | None:
    """Act, and say what came of it; a response where it was refused."""
    try:
        act()
    except Stale:
        messages.error(request, _("Somebody changed this in the meantime. Look at it as it is now."))
        return redirect("measures:row", found.pk) if found.deleted_at is None else redirect("measures:coverage")
    except Refused as error:
        messages.error(request, " ".join(refused_lines(error)))
        return redirect("measures:row", found.pk)
    if done:
        messages.success(request, done)
    return None
