"""The review of an incident: the six parts, what came of it, what is published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.incidents import actions, reviewing
from kizuki.incidents.actions import Stale, StaleItem
from kizuki.incidents.closing import known, review_of
from kizuki.incidents.engine import review as engine
from kizuki.incidents.engine.review import PARTS, Item
from kizuki.incidents.forms.common import VersionForm, as_data, new_once, tell
from kizuki.incidents.forms.review import WHOLE, AbsentForm, AddForm, ItemForm
from kizuki.incidents.models import Incident, Review
from kizuki.incidents.review_words import PARTS as NAMES
from kizuki.incidents.review_words import REVIEW_FIELDS
from kizuki.incidents.views.common import found, found_to_write, shell

PART = "review"


@require_safe
def review(request: HttpRequest, number: str) -> HttpResponse:
    """The whole page."""
    return _page(request, found(request, number))


def _page(
    request: HttpRequest, incident: Incident, status: int = 200, *, sent: dict[str, Any] | None = None, now: Any = None
) -> HttpResponse:
    """`sent`: forms that were not taken, by what they write; `now`: how it stands where somebody was faster."""
    made = reviewing.page(incident, request.user, all_proposals="proposals" in request.GET)
    held, marked = made.known.review, made.known.facts.marked
    fresh: dict[str, Any] = {word: _fresh(word, held, marked) for word in WHOLE}
    context = shell(
        request, incident, PART, page=made, held=held, whole={**fresh, **(sent or {})}, now=now or {}, sent=sent or {},
        once=new_once(), marked=marked,
    )  # fmt: skip
    return render(request, "incidents/review.html", context, status=status)


def _fresh(word: str, held: Review, marked: frozenset[str]) -> VersionForm:
    """A form of the whole that shows what stands there."""
    kind = WHOLE[word]
    if kind is AbsentForm:
        return AbsentForm(marked=marked, initial={**held.absent, "version": held.version}, auto_id="absent-%s")
    names = ("outcome", "same_setting", "publication", "publication_reason")
    initial = {name: getattr(held, name) for name in names}
    return kind(initial={**initial, "version": held.version}, auto_id=f"{word}-%s")


@require_POST
def write(request: HttpRequest, number: str, word: str) -> HttpResponse:
    """Write one text or choice of the whole. Where somebody was faster, both are shown."""
    if word not in WHOLE:
        raise Http404
    incident = found_to_write(request, number)
    form = _bound(request, incident, word)
    now: dict[str, Any] = {}
    if form.is_valid():
        values = form.values() if isinstance(form, AbsentForm) else dict(form.cleaned_data)
        version = form.cleaned_data["version"]
        values.pop("version", None)
        try:
            actions.write_review(incident=incident, version=version, by=request.user, **values)
        except Stale as error:
            form.add_error(None, error)
            now = _as_it_is(error.row, values)
            as_data(form, version=error.row.version)  # type: ignore[attr-defined]  # the row is a review
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{reverse('incidents:review', args=[number])}#{word}")
    return _page(request, incident, 422, sent={word: form}, now=now)


def _bound(request: HttpRequest, incident: Incident, word: str) -> VersionForm:
    if WHOLE[word] is AbsentForm:
        marked = incident.milestones.values_list("name", flat=True)
        return AbsentForm(request.POST, marked=marked, auto_id="absent-%s")
    return WHOLE[word](request.POST, auto_id=f"{word}-%s")


def _as_it_is(row: Any, typed: dict[str, Any]) -> dict[str, str]:
    """Name and present text of each field in which what was typed is not what stands there."""
    made = {}
    for name, value in typed.items():
        here = getattr(row, name)
        if here != value:
            made[str(REVIEW_FIELDS[name])] = "; ".join(here.values()) if isinstance(here, dict) else str(here)
    return made


@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add an item to a part: a sentence that was typed, or what the timeline proposes."""
    incident = found_to_write(request, number)
    part = request.POST.get("part", "")
    if part not in PARTS:
        raise Http404
    try:
        if source := request.POST.get("source", "")[:60]:
            made = _accepted(request, incident, part, source)
        else:
            made = _typed(request, incident, part)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _page(request, incident, 422, sent={part: request.POST.get("text", "")})
    return redirect(f"{reverse('incidents:review', args=[number])}#{made.id if made else part}")


def _typed(request: HttpRequest, incident: Incident, part: str) -> Item:
    form = AddForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("Write it in one sentence."))
    return actions.save_item(incident=incident, part=part, by=request.user, **form.cleaned_data)


def _accepted(request: HttpRequest, incident: Incident, part: str, source: str) -> Item | None:
    """The proposal as an item; None where it was taken already, or the timeline no longer proposes it."""
    about, entries = known(incident), reviewing.standing(incident)
    offered = reviewing.proposals(about, entries, incident.assets.all())[part]
    one = next((proposal for proposal in offered if proposal.source == source), None)
    if one is None:
        return None
    return actions.save_item(
        incident=incident,
        part=part,
        text=one.text,
        source=source,
        entry=one.entry,
        measures=one.measures,
        by=request.user,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, number: str, id: str) -> HttpResponseBase:
    """One item with all that belongs to it."""
    incident = found_to_write(request, number)
    there = engine.find(engine.read(review_of(incident).parts), id)
    if there is None:
        if request.method != "POST":
            raise Http404
        messages.error(request, _("Somebody took it out in the meantime. What you typed is below."))
        return _gone(request, incident)
    part, one = there
    posted = request.method == "POST"
    form = ItemForm(request.POST if posted else None, part=part, item=one, initial=ItemForm.initial_of(one))
    now: Item | None = None
    if posted and form.is_valid():
        try:
            actions.save_item(incident=incident, part=part, id=id, by=request.user, **form.values())
        except StaleItem as error:
            form.add_error(None, error)
            now = error.item
            as_data(form, version=now.version if now else 1)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{reverse('incidents:review', args=[number])}#{id}")
    context = shell(request, incident, PART, form=form, item=one, name=NAMES[part], now=now)
    return render(request, "incidents/review_item.html", context, status=422 if posted else 200)


def _gone(request: HttpRequest, incident: Incident) -> HttpResponse:
    """The page with what was typed for an item that is no longer there, to be added anew."""
    parts = [name for name in PARTS if name == request.POST.get("part")]
    return _page(request, incident, 422, sent={parts[0] if parts else "background": request.POST.get("text", "")})


@require_POST
def remove(request: HttpRequest, number: str, id: str) -> HttpResponse:
    """Take an item out; its entry in the timeline keeps what it said."""
    incident = found_to_write(request, number)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            actions.remove_item(incident=incident, id=id, version=form.cleaned_data["version"], by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("incidents:review", number)
