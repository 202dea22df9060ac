"""The decisions of an incident: what was decided, on what, and whether it still holds."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.incidents import actions, basis, questions, times
from kizuki.incidents.forms.common import tell
from kizuki.incidents.forms.decisions import NUMBERS, DecisionForm, ReviewForm, initial_of_question
from kizuki.incidents.models import Decision, DecisionReview, Entry, Incident, Task
from kizuki.incidents.people import in_roles
from kizuki.incidents.told import told
from kizuki.incidents.views.common import found, found_to_write, shell

PART = "decisions"
#: So many entries that came after a decision are shown on its page.
MOST_SINCE = 30
#: The fields that an address may fill in beforehand.
FILLED = ("question", "reason", "decided_by", *(f"option_{n}" for n in NUMBERS))


@require_safe
def decisions(request: HttpRequest, number: str) -> HttpResponse:
    """All decisions, the newest first."""
    incident = found(request, number)
    rows = (
        Decision.objects.filter(incident=incident)
        .select_related("entry")
        .prefetch_related("reviews")
        .order_by("-number")
    )
    asked = questions.unanswered(incident)
    return render(
        request, "incidents/decisions.html", shell(request, incident, PART, rows=rows, asked=asked, now=timezone.now())
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what was decided; sent twice, it is written once."""
    incident = found_to_write(request, number)
    task = _task(incident, request.POST.get("task") or request.GET.get("task"))
    posted = request.method == "POST"
    step = task.read if task else None
    question = step.decision if step else None
    roles = in_roles(incident)
    first: dict[str, Any] = {name: request.GET.get(name, "")[:1000] for name in FILLED}
    if question is not None:
        first = initial_of_question(question, roles.get(question.who, []))
    form = DecisionForm(request.POST if posted else None, initial=first)
    if posted and form.is_valid():
        try:
            made = actions.add_decision(incident=incident, **form.values(), task=task, by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect("incidents:decision", number, made.number)
    names = sorted({one.name for several in roles.values() for one in several})
    known = basis.shown(basis.known(incident))
    context = shell(request, incident, PART, form=form, task=task, question=question, people=names, known=known)
    return render(request, "incidents/decision_new.html", context, status=422 if form.errors else 200)


def _task(incident: Incident, n: str | None) -> Task | None:
    """The task whose question is decided; None where none is named, 404 where there is no such task."""
    if not n:
        return None
    if not (n.isascii() and n.isdecimal() and len(n) < 10):
        raise Http404
    row = Task.objects.filter(incident=incident, number=int(n)).first()
    if row is None:
        raise Http404
    row.incident = incident
    return row


@require_safe
def decision(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """One decision: what was known then, and what has become known since."""
    return _shown(request, _decision(found(request, number), n))


@require_POST
def review(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """Say whether a decision still holds."""
    row = _decision(found_to_write(request, number), n)
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            actions.review_decision(decision=row, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect("incidents:decision", number, n)
    return _shown(request, row, form, status=422)


def _decision(incident: Incident, n: int) -> Decision:
    if n > 2**31 - 1:
        raise Http404
    row = Decision.objects.filter(incident=incident, number=n).select_related("entry").first()
    if row is None:
        raise Http404
    row.incident = incident
    return row


def _shown(request: HttpRequest, row: Decision, form: ReviewForm | None = None, status: int = 200) -> HttpResponse:
    zone = ZoneInfo(getattr(request.user, "time_zone", "UTC"))
    reviews = list(row.reviews.order_by("-at", "-pk"))
    known, since = _entries(row)
    context = shell(
        request, row.incident, PART, decision=row, form=form or ReviewForm(), sent=form is not None, reviews=reviews,
        due=due_of(row, reviews), now=timezone.now(), options=list(enumerate(row.options)), then=basis.shown(row.basis),
        entries=[_line(entry, zone) for entry in known], since=[_line(entry, zone) for entry in since[:MOST_SINCE]],
        more=len(since) > MOST_SINCE, changes=basis.changes(row.basis, basis.standing(row.incident)), at=times.shown(row.entry, zone),
    )  # fmt: skip
    return render(request, "incidents/decision.html", context, status=status)


def due_of(row: Decision, reviews: list[DecisionReview]) -> Any:
    """When to look at it again: as the last review says, else as the decision says; None for never."""
    return reviews[0].review_on if reviews else row.review_on


def _entries(row: Decision) -> tuple[list[Entry], list[Entry]]:
    """The newest entries that stood there, with whether something has replaced them since; and what was told after the decision, one
    more than is shown."""
    newer = Entry.objects.filter(corrects=OuterRef("pk"))
    then, told_since = Q(seq__in=row.basis["entries"]), Q(seq__gt=row.basis_seq) & ~Q(pk=row.entry_id) & ~Q(text="")
    rows = Entry.objects.filter(then | told_since, incident=row.incident).order_by("seq").select_related("corrects")
    most = len(row.basis["entries"]) + MOST_SINCE + 1
    found_rows = list(rows.annotate(replaced=Exists(newer)).prefetch_related("links")[:most])
    known = [entry for entry in found_rows if entry.seq <= row.basis_seq]
    return sorted(known, key=lambda entry: (entry.sort, entry.seq)), found_rows[len(known) :]


def _line(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    """An entry as a page shows it."""
    return {"entry": entry, "at": times.shown(entry, zone), "text": told(entry) if entry.auto else entry.text}
