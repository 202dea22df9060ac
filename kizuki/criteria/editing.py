"""Writing criteria: drafts, their rows and texts, proposing and approving. Everything is a plain form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuki.criteria import actions, presenting, queries, words
from kizuki.criteria.choices import State
from kizuki.criteria.engine import edit as rows
from kizuki.criteria.engine.checks import names
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.forms import (
    ApproveForm,
    CriteriaFileForm,
    OperationForm,
    ProposeForm,
    RuleForm,
    TextForm,
    VersionForm,
    rule_values,
)
from kizuki.criteria.models import CriteriaSet, Version
from kizuki.criteria.views import found_version, require_editor, version_context
from kizuki.kit.document import dump

NEW = "new"


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """A criteria file becomes a draft: of criteria that are there already, the next version."""
    require_editor(request)
    form = CriteriaFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = actions.begin_draft(document=form.cleaned_data["file"], by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("The file is now a draft. It takes effect when somebody else has approved it."))
            return redirect(draft)
    return render(request, "criteria/bring_in.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a draft from the version that counts, or from the newest one where none does."""
    require_editor(request)
    criteria = get_object_or_404(CriteriaSet.objects.visible_to(request.user), slug=slug)
    base = queries.counting(criteria) or criteria.versions.order_by("-number").first()
    if base is None:
        raise Http404
    try:
        draft = actions.begin_draft(document=base.read, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(base)
    return redirect("criteria:edit", slug, draft.number)


def _draft(request: HttpRequest, slug: str, number: int) -> Version:
    """The draft that may be written on; 404 where it is none. What is sent to one that is none any more is not lost: the
    action refuses it, and the page shows it again."""
    require_editor(request)
    found = found_version(request, slug, number)
    if found.state != State.DRAFT and request.method != "POST":
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The table of a draft: rows move, go, or are opened; the check stands beside it."""
    draft = _draft(request, slug, number)
    status = 200
    if request.method == "POST":
        form = OperationForm(request.POST)
        if form.is_valid():
            document = form.done(draft.read)
            try:
                _write(draft, document, form.cleaned_data["version"], request)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
                status = 409
            else:
                return redirect("criteria:edit", slug, number)
        else:
            status = 422
    context = {
        "version": draft, "criteria": draft.read, "rules": presenting.rules(draft.read),
        "problems": [words.problem(draft.read, problem) for problem in draft.problems],
    }  # fmt: skip
    return render(request, "criteria/edit.html", context, status=status)


def _write(draft: Version, document: Criteria, version: int, request: HttpRequest) -> None:
    """Keep the draft where something is changed, or is to be refused."""
    if document != draft.read or version != draft.version or draft.state != State.DRAFT:
        actions.write_draft(draft=draft, document=document, version=version, by=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, slug: str, number: int, rule: str) -> HttpResponse:
    """One row of a draft, or a new one."""
    draft = _draft(request, slug, number)
    criteria = draft.read
    known = {one.id: one for one in criteria.rules}
    if rule != NEW and rule not in known and request.method != "POST":
        raise Http404
    first = rule_values(criteria, known[rule]) if rule in known else {"position": len(criteria.rules)}
    form = RuleForm(request.POST or None, criteria=criteria, initial={"version": draft.version, **first})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and rule != NEW and rule not in known:
            return _stale_rule(request, draft, rule, form)
        if form.is_valid() and (document := _with_rule(criteria, form, rule)):
            try:
                _write(draft, document, form.cleaned_data["version"], request)
            except actions.Stale as error:
                return _stale_rule(request, error.version, rule, form)
            return redirect("criteria:edit", slug, number)
    context = {"version": draft, "criteria": criteria, "form": form, "rule": known.get(rule)}
    return render(request, "criteria/rule.html", context, status=status)


def _with_rule(criteria: Criteria, form: RuleForm, id: str) -> Criteria | None:
    """The criteria with the row of a valid form at its place; None, with the form saying why, where it cannot stand."""
    made = form.rule(id if id != NEW else rows.free_id(criteria))
    without = rows.remove_rule(criteria, made.id)
    document = rows.add_rule(without, made, form.cleaned_data["position"] - 1)
    if len(document.rules) > rows.MOST_RULES:
        form.add_error(None, _("At most %(n)d rules. Join some, or remove one.") % {"n": rows.MOST_RULES})
        return None
    faults = [words.problem(document, problem) for problem in names(document)]
    if faults:
        form.add_error(None, ValidationError(faults))
        return None
    return document


def _stale_rule(request: HttpRequest, now: Version, id: str, form: RuleForm) -> HttpResponse:
    """What was typed stays in the form; the row as it is now stands beside it, and sending again decides for the typed one."""
    criteria = now.read
    again = RuleForm(_now(form, now), criteria=criteria)
    again.is_valid()
    again.add_error(None, _("Someone changed this in the meantime. Here is how it is now; please decide again."))
    known = {one.id: one for one in criteria.rules}
    current = next((row for row in presenting.rules(criteria) if row.rule.id == id), None)
    gone = id != NEW and id not in known
    context = {
        "version": now, "criteria": criteria, "form": again, "rule": known.get(id), "current": current, "gone": gone,
    }  # fmt: skip
    return render(request, "criteria/rule.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The whole draft as a file, for facts, outcomes and texts."""
    draft = _draft(request, slug, number)
    form = TextForm(request.POST or None, initial={"document": dump(draft.read), "version": draft.version})
    status, current = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _write(draft, form.cleaned_data["document"], form.cleaned_data["version"], request)
                return redirect("criteria:edit", slug, number)
            except actions.Stale as error:
                status, current = 409, dump(error.version.read)
                form.data = _now(form, error.version)
                form.add_error(None, error)
            except ValidationError as error:
                form.add_error(None, error)
    context = {"version": draft, "criteria": draft.read, "form": form, "current": current}
    return render(request, "criteria/text.html", context, status=status)


@require_POST
def propose(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask somebody else to approve the draft."""
    draft = _draft(request, slug, number)
    form = ProposeForm(request.POST)
    if form.is_valid():
        try:
            data = form.cleaned_data
            actions.propose(draft=draft, reason=data["reason"], version=data["version"], by=request.user)
        except ValidationError as error:
            return _refused(request, draft, "propose_form", form, error)
        messages.success(request, _("The draft is proposed. Somebody else has to approve it."))
        return redirect(draft)
    return _refused(request, draft, "propose_form", form, None)


@require_POST
def approve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Approve what somebody else has proposed."""
    require_editor(request)
    found = found_version(request, slug, number)
    form = ApproveForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.approve(
                draft=found, effective_from=data["effective_from"], version=data["version"], by=request.user
            )
        except ValidationError as error:
            return _refused(request, found, "approve_form", form, error)
        messages.success(request, _("The version is approved."))
        return redirect(found)
    return _refused(request, found, "approve_form", form, None)


@require_POST
def withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a proposal back, or give up a draft."""
    require_editor(request)
    found = found_version(request, slug, number)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            actions.withdraw(draft=found, version=form.cleaned_data["version"], by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect(found)


def _now(form: Any, version: Version) -> Any:
    """What was typed, with the version of the row as it is now."""
    data = form.data.copy()
    data["version"] = str(version.version)
    return data


def _refused(
    request: HttpRequest, version: Version, name: str, form: Any, error: ValidationError | None
) -> HttpResponse:
    """The page of the version with what was typed and why it was refused."""
    if error is not None:
        form.add_error(None, error)
    now = found_version(request, version.criteria.slug, version.number)
    form.data = _now(form, now)
    context = version_context(request, now, **{name: form})
    return render(request, "criteria/version.html", context, status=409 if error is not None else 422)
