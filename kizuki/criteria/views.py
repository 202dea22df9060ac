"""Criteria to read: all of them, one version, its decisions, trying it, and a draft over history."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kizuki.criteria import presenting, queries, words
from kizuki.criteria.choices import OPEN, State
from kizuki.criteria.engine.decide import decide
from kizuki.criteria.forms import ApproveForm, FactsForm, ProposeForm, VersionForm
from kizuki.criteria.models import CriteriaSet, Decision, DecisionQuerySet, Version
from kizuki.journal.models import Entry
from kizuki.kit.document import dump

PAGE = 50


def may_edit(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("edit"))


def _decided(request: HttpRequest) -> DecisionQuerySet:
    """The decisions that the person may see."""
    return Decision.objects.visible_to(request.user)


def require_reader(request: HttpRequest) -> None:
    """404 for those for whom criteria do not exist."""
    if not request.user.has_perm("read_all"):
        raise Http404


def require_editor(request: HttpRequest) -> None:
    """404 for those who may not even read, 403 for those who may not write."""
    require_reader(request)
    if not may_edit(request):
        raise PermissionDenied


def found_version(request: HttpRequest, slug: str, number: int) -> Version:
    """The version, if the person may see it; else 404."""
    visible = Version.objects.visible_to(request.user).select_related("criteria", "proposed_by", "approved_by")
    if number > 2**31 - 1:
        raise Http404
    version: Version = get_object_or_404(visible, criteria__slug=slug, number=number)
    return version


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All criteria by title: what counts today, what is being changed, how often it decided."""
    require_reader(request)
    sets = CriteriaSet.objects.visible_to(request.user)
    versions = Version.objects.filter(criteria__in=sets).select_related("criteria")
    counting = {version.criteria_id: version for version in reversed(versions.in_effect(timezone.localdate()))}
    drafts = {version.criteria_id: version for version in versions.filter(state__in=OPEN)}
    last = dict(_decided(request).order_by().values_list("version__criteria").annotate(last=Max("at")))
    rows = [(one, counting.get(one.pk), drafts.get(one.pk), last.get(one.pk)) for one in sets]
    return render(request, "criteria/all.html", {"rows": rows, "may_edit": may_edit(request)})


@require_safe
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """The version that counts today, else the newest one."""
    require_reader(request)
    criteria = get_object_or_404(CriteriaSet.objects.visible_to(request.user), slug=slug)
    version = queries.counting(criteria) or criteria.versions.order_by("-number").first()
    if version is None:
        raise Http404
    return redirect(version)


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version as a table that a manager can read, with its check, its history and what can be done with it."""
    found = found_version(request, slug, number)
    return render(request, "criteria/version.html", version_context(request, found))


def version_context(request: HttpRequest, found: Version, **more: Any) -> dict[str, Any]:
    """What the page of a version shows; `more` takes the place of a form that was sent with faults."""
    versions = list(found.criteria.versions.order_by("-number").select_related("criteria")[:PAGE])
    counting = queries.counting(found.criteria)
    compiled = None if found.problems else found.compiled
    here = {"version": found.version}
    own = request.user.pk == found.proposed_by_id or found.writers.filter(pk=request.user.pk).exists()
    return {
        "version": found, "criteria": found.read, "rules": presenting.rules(found.read), "versions": versions,
        "problems": [words.problem(found.read, problem) for problem in found.problems],
        "drawn": presenting.drawn(compiled) if compiled else None, "cells": compiled.cells if compiled else 0,
        "shares": presenting.shares(compiled) if compiled else [], "counting": counting, "State": State,
        "open_draft": next((one for one in versions if one.is_open), None), "may_edit": may_edit(request),
        "may_approve": may_edit(request) and not own, "version_form": VersionForm(initial=here),
        "propose_form": ProposeForm(initial=here),
        "approve_form": ApproveForm(initial={**here, "effective_from": timezone.localdate()}),
        "not_begun": found.state == State.APPROVED and (found.effective_from or timezone.localdate()) > timezone.localdate(),
        "decided": _decided(request).filter(version=found).select_related("version__criteria")[:5],
        "history": Entry.objects.about(found)[:20] if request.user.has_perm("journal.view") else [], **more,
    }  # fmt: skip


@require_safe
def file(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The version as a file that can be imported again."""
    found = found_version(request, slug, number)
    return HttpResponse(
        dump(found.read),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{slug}-{number}.yaml"'},
    )


@require_safe
def try_it(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Choose facts and see the outcome with its reasons. Nothing is kept."""
    found = found_version(request, slug, number)
    asked = any(name.startswith("fact-") for name in request.GET)
    form = FactsForm(request.GET if asked else None, criteria=found.read)
    shown = None
    if not found.problems and form.is_valid():
        shown = presenting.tried(found, decide(found.compiled, form.given()))
    context = {"version": found, "criteria": found.read, "form": form, "shown": shown, "sound": not found.problems}
    return render(request, "criteria/try.html", context)


@require_safe
def compare(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The version replayed over every decision so far, beside the version that counts."""
    found = found_version(request, slug, number)
    against = queries.counting(found.criteria) or found
    comparison = None if found.problems else queries.compare(found, against, request.user)
    context = {
        "version": found, "criteria": found.read, "against": against, "comparison": comparison,
        "moves": presenting.moves(found, against, comparison) if comparison else [],
    }  # fmt: skip
    return render(request, "criteria/compare.html", context)


@require_safe
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """The decisions by these criteria, the newest first."""
    require_reader(request)
    criteria = get_object_or_404(CriteriaSet.objects.visible_to(request.user), slug=slug)
    found = _decided(request).filter(version__criteria=criteria)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) <= 18:
        found = found.filter(pk__lt=int(before))
    rows = list(found.select_related("version__criteria").order_by("-pk")[: PAGE + 1])
    shown = queries.counting(criteria) or criteria.versions.order_by("-number").first()
    context = {
        "criteria": criteria, "title": shown.read.title if shown else None, "after": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "rows": [(row, words.outcome(row.version.read, row.outcome)) for row in rows[:PAGE]],
    }  # fmt: skip
    return render(request, "criteria/decisions.html", context)


@require_safe
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision with everything that it rests on."""
    visible = _decided(request).select_related("version__criteria")
    if pk > 2**63 - 1:
        raise Http404
    row = get_object_or_404(visible, pk=pk)
    return render(request, "criteria/decision.html", {"row": row, "title": row.version.read.title})
