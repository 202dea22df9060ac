"""One entry: what it says, what became of it, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts.access import who
from kizuki.accounts.models import Person
from kizuki.casebook.words import KINDS
from kizuki.incidents import actions, rules
from kizuki.incidents.actions.timeline import About
from kizuki.incidents.entering import about_of, time_read
from kizuki.incidents.forms.common import new_once, tell
from kizuki.incidents.forms.entry import CorrectForm, HandOverForm, MilestoneForm, WithdrawForm
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.rows import milestone_name
from kizuki.incidents.times import original_of, shown
from kizuki.incidents.told import told
from kizuki.incidents.views.common import found, found_to_write, shell
from kizuki.incidents.words import LANE_NAMES

#: What may be done with an entry: its form.
FORMS: dict[str, Callable[..., Form]] = {
    "correct": CorrectForm, "withdraw": WithdrawForm, "milestone": MilestoneForm, "handover": HandOverForm, "unmark": MilestoneForm,
}  # fmt: skip


@require_safe
def entry(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    """The entry with its history and links."""
    incident = found(request, number)
    return _shown(request, incident, _entry(incident, seq))


@require_POST
def act(request: HttpRequest, number: str, seq: int, word: str) -> HttpResponse:
    """Correct it, take it back, mark a milestone, hand over. What cannot be done is told beside what was typed."""
    if word not in FORMS:
        raise Http404
    incident = found_to_write(request, number)
    row = _entry(incident, seq)
    form = _form(word, row, request.POST)
    if form.is_valid():
        try:
            left = _ACTS[word](incident, row, form, who(request))
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{reverse('incidents:incident', args=[number])}#e{left.seq}")
    return _shown(request, incident, _entry(incident, seq), {word: form}, status=422)


def _entry(incident: Incident, seq: int) -> Entry:
    try:
        return incident.entries.select_related("corrects").prefetch_related("links", "milestones").get(seq=seq)
    except (Entry.DoesNotExist, OverflowError):
        raise Http404 from None


def _form(word: str, entry: Entry, data: Any = None) -> Form:
    more = {"entry": entry} if word == "correct" else {}
    return FORMS[word](data, **more) if data is not None else FORMS[word](**more)


def _correct(incident: Incident, entry: Entry, form: Form, by: Person) -> Entry:
    given = form.cleaned_data
    try:
        at = "" if given["at"].strip() == entry.at else time_read(incident, given["at"])
    except ValidationError as error:
        raise ValidationError({"at": error.messages}) from None
    kept = [
        About(link.kind, link.key, link.name) for link in entry.links.all() if str(link.pk) in given.get("keep", ())
    ]
    about = [*kept, *about_of(incident, given["text"], by=by)]
    return actions.correct_entry(
        entry=entry, text=given["text"], lane=given["lane"], kind=given["kind"], at=at, handover=given["handover"], about=about,
        once=given["once"], by=by,
    )  # fmt: skip


def _withdraw(_incident: Incident, entry: Entry, form: Form, by: Person) -> Entry:
    actions.withdraw_entry(entry=entry, **form.cleaned_data, by=by)
    return entry


def _milestone(incident: Incident, entry: Entry, form: Form, by: Person) -> Entry:
    until = form.cleaned_data["until"]
    try:
        latest = time_read(incident, until) if until else ""
    except ValidationError as error:
        raise ValidationError({"until": error.messages}) from None
    actions.mark_milestone(entry=entry, name=form.cleaned_data["name"], until=latest, by=by)
    return entry


def _unmark(incident: Incident, entry: Entry, form: Form, by: Person) -> Entry:
    name = form.cleaned_data["name"]
    if entry.milestones.filter(name=name).exists():  # of another entry by now, it is that one's
        actions.clear_milestone(incident=incident, name=name, by=by)
    return entry


def _hand_over(_incident: Incident, entry: Entry, form: Form, by: Person) -> Entry:
    """The same entry, which now hands over to one lane more."""
    about = [About(link.kind, link.key, link.name) for link in entry.links.all()]
    return actions.correct_entry(
        entry=entry, text=entry.text, lane=entry.lane, kind=entry.kind, handover=[*entry.handover, form.cleaned_data["lane"]],
        about=about, once=form.cleaned_data["once"], by=by,
    )  # fmt: skip


_ACTS: dict[str, Callable[[Incident, Entry, Any, Person], Entry]] = {
    "correct": _correct, "withdraw": _withdraw, "milestone": _milestone, "handover": _hand_over, "unmark": _unmark,
}  # fmt: skip


def _shown(
    request: HttpRequest, incident: Incident, entry: Entry, sent: dict[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page of an entry; `sent`: the form that was sent and not taken."""
    given = sent or {}
    newer = entry.corrections.order_by("seq").first()
    may = rules.may_write(request.user, incident) and incident.is_open
    may_mark = may and newer is None and not entry.withdrawn
    words = [word for word in FORMS if may_mark and (not entry.auto or word in ("milestone", "unmark"))]
    forms = {word: given.get(word) or _fresh(word, entry) for word in words}
    context = shell(
        request, incident, "incident", entry=entry, time=shown(entry, timezone.get_current_timezone()),
        original=original_of(entry), said=told(entry) if entry.auto else "", lane=LANE_NAMES[entry.lane], kind=KINDS[entry.kind],
        handover=[LANE_NAMES[lane] for lane in entry.handover], newer=newer, before=_before(entry), forms=forms,
        may_mark=may_mark, may_correct=may_mark and not entry.auto, sent=next(iter(given), ""),
        lost=[form for word, form in given.items() if word not in forms or word == "unmark"],
        marks=[(mark.name, milestone_name(mark)) for mark in entry.milestones.all()],
    )  # fmt: skip
    return render(request, "incidents/entry.html", context, status=status)


def _fresh(word: str, entry: Entry) -> Form:
    form = _form(word, entry)
    if "once" in form.fields:
        form.initial["once"] = new_once()
    return form


def _before(entry: Entry) -> list[Entry]:
    """What it stands in place of, the newest first."""
    found: list[Entry] = []
    above = entry.corrects
    while above is not None and len(found) < 50:
        found.append(above)
        above = above.corrects
    return found
