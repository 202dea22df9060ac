"""The tasks of an incident: the list by phase, one task and what can be done with it, a new one, a procedure begun."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.incidents import actions, procedures, questions, times, worklist
from kizuki.incidents.actions import Stale
from kizuki.incidents.forms.common import OnceForm, VersionForm, as_data, new_once, tell
from kizuki.incidents.forms.tasks import (
    AssignForm,
    EditForm,
    FinishForm,
    MoveForm,
    ReasonForm,
    ReopenForm,
    TaskFilter,
    TaskForm,
    ticked,
)
from kizuki.incidents.models import Decision, Entry, Incident, MilestoneAt, Task
from kizuki.incidents.people import in_roles
from kizuki.incidents.told import told
from kizuki.incidents.views.common import found, found_to_write, shell
from kizuki.ui.templatetags.kizuki import language

PAGE = 200
PART = "tasks"


@require_safe
def tasks(request: HttpRequest, number: str) -> HttpResponseBase:
    """All tasks by phase; as CSV with the same filters."""
    incident = found(request, number)
    form = TaskFilter(request.GET, person=request.user)
    rows = form.apply(Task.objects.filter(incident=incident).select_related("owner"))
    if request.GET.get("format") == "csv":
        return worklist.as_csv(incident, rows)
    known = worklist.briefs(incident)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counted = worklist.counts(known, request.user)
    here, roles = form.asked["show"], in_roles(incident)
    context = shell(
        request, incident, PART, form=form, page=page, counts=counted, asked=form.asked,
        groups=worklist.grouped(page.object_list, known), in_roles=roles, assign=AssignForm(incident=incident, roles=roles),
        ways=[(word, name, counted[word], word == here) for word, name in form.ways().items()],
        begin=_offers(incident, known), begun=any(one.procedure for one in known), back=request.GET.urlencode(), once=new_once(),
    )  # fmt: skip
    return render(request, "incidents/tasks.html", context)


def _offers(incident: Incident, known: list[worklist.Brief]) -> list[dict[str, Any]]:
    """The procedures that can be begun here, that of the incident's kind first."""
    begun = {one.procedure for one in known}
    offered = [one for one in procedures.in_force() if one.id not in begun]
    offered.sort(key=lambda one: one.kind != incident.kind)
    return [{"procedure": one, "fits": one.kind == incident.kind, "steps": len(one.steps())} for one in offered]


@require_POST
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """Make tasks of the steps of a procedure."""
    incident = found_to_write(request, number)
    one = procedures.find(request.POST.get("procedure", "")[:60])
    if one is None or not one.in_force:
        messages.error(request, _("Choose one of the procedures."))
        return redirect("incidents:tasks", number)
    try:
        made = actions.begin_procedure(incident=incident, procedure=one.procedure, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        said = ngettext("%(n)d task was made.", "%(n)d tasks were made.", len(made)) % {"n": len(made)}
        messages.success(request, said if made else _("All steps of this procedure are tasks already."))
    return redirect("incidents:tasks", number)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Write an own task down; sent twice, it is made once."""
    incident = found_to_write(request, number)
    posted = request.method == "POST"
    form = TaskForm(request.POST if posted else None, incident=incident, initial=_asked(request))
    if posted and form.is_valid():
        try:
            made = actions.add_task(incident=incident, **form.values(), by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            return _to_list(request, incident, made)
    return render(request, "incidents/task_new.html", shell(request, incident, PART, form=form), status=_status(form))


def _asked(request: HttpRequest) -> dict[str, str]:
    """What a link fills in beforehand."""
    return {name: request.GET[name][:300] for name in ("title", "role") if name in request.GET}


@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give several tasks to one person."""
    incident = found_to_write(request, number)
    form = AssignForm(request.POST, incident=incident)
    wanted = ticked(request.POST.getlist("task"))
    if not form.is_valid() or not wanted:
        messages.error(request, _("Tick the tasks, and choose who does them."))
        return _to_list(request, incident)
    owner, once = form.cleaned_data["owner"], form.cleaned_data["once"]
    try:
        given = actions.assign_tasks(incident=incident, tasks=wanted, owner=owner, once=once, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _to_list(request, incident)
    name = owner.name if owner else pgettext("of a task", "nobody")
    n = len(given.done)
    if n:
        words = {"n": n, "name": name}
        messages.success(
            request, ngettext("%(n)d task is with %(name)s now.", "%(n)d tasks are with %(name)s now.", n) % words
        )
    if given.stale:
        listed = ", ".join(str(task.number) for task in given.stale)
        messages.warning(
            request, _("Somebody changed these in the meantime, and they stay as they are: %(n)s.") % {"n": listed}
        )
    return _to_list(request, incident)


@require_safe
def task(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """One task: how it is done, how far it is, what can be done now."""
    return _shown(request, _task(found(request, number), n))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """Change what a task says, whose it is and until when."""
    row = _task(found_to_write(request, number), n)
    posted = request.method == "POST"
    form = EditForm(request.POST if posted else None, task=row, initial=EditForm.initial_of(row))
    now: list[tuple[Any, Any]] = []
    if posted and form.is_valid():
        try:
            actions.edit_task(task=row, **form.values(), by=request.user)
        except Stale as error:
            form.add_error(None, error)
            now = _as_it_is(form, row)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect("incidents:task", number, n)
    context = shell(request, row.incident, PART, form=form, task=row, now=now)
    return render(request, "incidents/task_edit.html", context, status=_status(form))


#: What may be done with a task: its form, and the action with what the form gave.
ACTS: Mapping[str, tuple[type[MoveForm], Callable[..., Task]]] = {
    "take": (MoveForm, actions.take_task), "block": (ReasonForm, actions.block_task),
    "finish": (FinishForm, actions.finish_task), "drop": (ReasonForm, actions.drop_task),
    "reopen": (ReopenForm, actions.reopen_task),
}  # fmt: skip


@require_POST
def act(request: HttpRequest, number: str, n: int, word: str) -> HttpResponse:
    """Move a task on. What was typed is kept where it cannot be done; somebody else's text stands beside it."""
    if word not in ACTS:
        raise Http404
    incident = found_to_write(request, number)
    row = _task(incident, n)
    form = _form(word, row, request.POST)
    if form.is_valid():
        try:
            ACTS[word][1](task=row, **form.cleaned_data, by=request.user)
        except Stale as error:
            form.add_error(None, error)
        except ValidationError as error:
            tell(form, error)
        else:
            if word == "finish":
                messages.success(request, _("Task %(n)d is done.") % {"n": n})
            return _after(request, row, word)
    return _shown(request, row, {word: form}, status=422)


def _after(request: HttpRequest, row: Task, word: str) -> HttpResponse:
    """Where it goes on: to the decision that the step asks for, back to the list, or to the task."""
    step = row.read
    if word == "finish" and step and step.decision and not questions.answers(row).exists():
        messages.info(request, _("This step asks for a decision. Write it down with its reason."))
        return redirect(f"{reverse('incidents:decision_new', args=[row.incident.number])}?task={row.number}")
    if "back" in request.POST:
        return _to_list(request, row.incident, row)
    return redirect("incidents:task", row.incident.number, row.number)


def _to_list(request: HttpRequest, incident: Incident, row: Task | None = None) -> HttpResponse:
    """The list as it was looked at, at the place of the task."""
    back = QueryDict(request.POST.get("back", "")[:500]).urlencode()
    address = reverse("incidents:tasks", args=[incident.number])
    return redirect(f"{address}{'?' if back else ''}{back}{f'#t{row.number}' if row else ''}")


def _task(incident: Incident, n: int) -> Task:
    if n > 2**31 - 1:
        raise Http404
    row = Task.objects.filter(incident=incident, number=n).select_related("owner").first()
    if row is None:
        raise Http404
    row.incident = incident
    return row


def _form(word: str, row: Task, data: QueryDict | None = None) -> MoveForm:
    more: dict[str, Any] = {"task": row} if word == "finish" else {}
    return ACTS[word][0](data, auto_id=f"{word}-%s", initial={"version": row.version}, **more)


def _shown(
    request: HttpRequest, row: Task, given: Mapping[str, MoveForm] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a task; `given`: forms that were sent and not taken, which go on from the version that is there now."""
    sent = dict(given or {})
    for form in sent.values():
        as_data(form, version=row.version, once=new_once())
    forms = {word: sent.get(word) or _form(word, row) for word in ACTS}
    step, marked = row.read, None
    decisions = list(questions.answers(row)) if step and step.decision else []
    if step and step.milestone:
        marked = MilestoneAt.objects.filter(incident=row.incident, name=step.milestone).select_related("entry").first()
    if not sent:
        _prefill(forms["finish"], decisions, marked)
    context = shell(
        request, row.incident, PART, task=row, step=step, forms=forms, sent=next(iter(sent), ""), marked=marked,
        decisions=decisions, waits=worklist.row_of(row, worklist.briefs(row.incident)).waits if step and step.needs else [],
        people=in_roles(row.incident).get(row.role, []), history=_history(request, row),
        cases=procedures.cases_of(request.user, [step] if step else []),
    )  # fmt: skip
    return render(request, "incidents/task.html", context, status=status)


def _prefill(form: MoveForm, decisions: list[Decision], marked: MilestoneAt | None) -> None:
    """What came of a step that asked for a decision is the decision; a milestone is offered where none stands yet."""
    if decisions:
        last = decisions[-1]
        form.initial["result"] = _("Decision %(n)d: %(answer)s") % {"n": last.number, "answer": last.answer}
    if "milestone" in form.fields:
        form.initial["milestone"] = marked is None


def _history(request: HttpRequest, row: Task) -> list[dict[str, Any]]:
    """What the timeline says of the task, newest first."""
    zone = ZoneInfo(getattr(request.user, "time_zone", "UTC"))
    entries = Entry.objects.filter(incident=row.incident, links__kind="task", links__key=str(row.number))
    shown = entries.order_by("-seq").prefetch_related("links")[:50]
    return [
        {"entry": entry, "at": times.shown(entry, zone), "text": told(entry) if entry.auto else entry.text}
        for entry in shown
    ]


def _as_it_is(form: EditForm, row: Task) -> list[tuple[Any, Any]]:
    """Label and present value of each field in which what was typed is not what stands there."""
    as_data(form, version=row.version, once=new_once())
    typed, title = form.cleaned_data, row.title.in_(language())
    pairs = (
        ("title", title, title), ("role", row.role, row.get_role_display()),
        ("owner", row.owner, row.owner.name if row.owner else ""), ("due", row.due, row.due),
    )  # fmt: skip
    return [
        (form.fields[name].label, shown) for name, value, shown in pairs if (typed[name] or None) != (value or None)
    ]


def _status(form: OnceForm | VersionForm) -> int:
    return 422 if form.errors else 200
