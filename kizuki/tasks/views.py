"""The list of tasks, one task and what can be done with it, a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible
from kizuki.journal.models import Entry
from kizuki.register.access import own_units
from kizuki.register.models import Contact, Unit
from kizuki.tasks import actions, hooks
from kizuki.tasks.access import may_create, may_see_tasks, may_work, own_contacts
from kizuki.tasks.choices import ENDED, State
from kizuki.tasks.filters import WHOSE, TaskFilter
from kizuki.tasks.forms import EditForm, FinishForm, ReasonForm, TaskForm, VersionForm
from kizuki.tasks.models import Task, TaskQuerySet
from kizuki.tasks.table import as_csv

PAGE = 50


@require_safe
def tasks(request: HttpRequest) -> HttpResponseBase:
    """The list, what is due first; as CSV with the same filters."""
    _enter(request)
    form = TaskFilter(request.GET, person=request.user)
    visible = Task.objects.visible_to(request.user)
    found = form.apply(visible)
    if request.GET.get("format") == "csv":
        return as_csv(found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "rows": rows(list(page.object_list)), "counts": _counts(visible),
        "ways": _ways(request, form), "may_create": _may_create_some(request.user),
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "elsewhere": [way for offer in hooks.ways if (way := offer(request.user))],
    }  # fmt: skip
    return render(request, "tasks/tasks.html", context)


@require_safe
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: what it says, how far it is, what can be done now, its history."""
    return _shown(request, get_visible(Task.objects, request.user, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a task down."""
    _enter(request)
    if not _may_create_some(request.user):
        raise PermissionDenied
    posted = request.method == "POST"
    form = TaskForm(request.POST if posted else None, person=request.user, initial=request.GET.dict())
    if posted and form.is_valid():
        data = form.cleaned_data
        about = actions.About(data["about_kind"], data["about_key"])
        try:
            made = actions.create_task(**form.values(), about=about, origin=actions.Origin.OWN, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(made)
    kind, key = (form["about_kind"].value() or "", form["about_key"].value() or "")
    about_thing = hooks.things([(kind, key)]).get((kind, key))
    return render(request, "tasks/new.html", {"form": form, "about": about_thing}, status=422 if posted else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a task says, to whom it goes, until when."""
    found = _workable(request, pk)
    posted = request.method == "POST"
    form = EditForm(request.POST if posted else None, person=request.user, initial=EditForm.initial_of(found))
    now: list[tuple[Any, Any]] = []
    if posted and form.is_valid():
        try:
            actions.edit_task(task=found, **form.values(), version=form.cleaned_data["version"], by=request.user)
        except actions.Stale as error:
            form.add_error(None, error)
            now = _as_it_is(form, found)
        else:
            return redirect(found)
    return render(request, "tasks/edit.html", {"form": form, "task": found, "now": now}, status=422 if posted else 200)


#: What may be done with a task: its form, and the action with what the form gave.
ACTS: dict[str, tuple[type[VersionForm], Callable[..., Task]]] = {
    "take": (VersionForm, actions.take), "finish": (FinishForm, actions.finish), "verify": (VersionForm, actions.verify),
    "drop": (ReasonForm, actions.drop), "reopen": (ReasonForm, actions.reopen),
}  # fmt: skip


@require_POST
def act(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """Move a task on. What cannot be done any more is told beside what was typed."""
    if word not in ACTS:
        raise Http404
    found = _workable(request, pk)
    form_class, action = ACTS[word]
    form = form_class(request.POST, auto_id=f"{word}-%s")
    if form.is_valid():
        try:
            action(task=found, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            return redirect(found)
    return _shown(request, found, {word: form}, status=422)


def _enter(request: HttpRequest) -> None:
    if not may_see_tasks(request.user):
        raise Http404


def _workable(request: HttpRequest, pk: int) -> Task:
    found: Task = get_visible(Task.objects, request.user, pk=pk)
    if not may_work(request.user, found.unit, found.owner):
        raise PermissionDenied
    return found


def _shown(
    request: HttpRequest, found: Task, forms: dict[str, VersionForm] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a task; `forms`: those that were sent and not taken."""
    given = forms or {}
    for form in given.values():
        form.data = {**_typed(form), "version": found.version}
    fresh = {
        name: kind(initial={"version": found.version}, auto_id=f"{name}-%s") for name, (kind, _act) in ACTS.items()
    }
    context = {
        "row": rows([found])[0], "task": found, "forms": {**fresh, **given}, "sent": next(iter(given), ""),
        "may_work": may_work(request.user, found.unit, found.owner), "ended": found.state in ENDED,
        "may_verify": found.done_by_id is None or found.done_by_id != request.user.pk,
        "history": Entry.objects.about(found)[:50],
    }  # fmt: skip
    return render(request, "tasks/task.html", context, status=status)


def rows(found: Sequence[Task]) -> list[dict[str, Any]]:
    """Tasks with the names of what they speak of; three queries for any number of them, one more for each kind of thing."""
    home = {"organisation__is_home": True}
    units = Unit.objects.filter(**home, key__in={task.unit for task in found if task.unit})
    people = Contact.objects.filter(**home, key__in={task.owner for task in found if task.owner})
    unit_names = {row.key: row.name for row in units.only("key", "name_ja", "name_en")}
    names = {row.key: row.name for row in people.only("key", "name_ja", "name_en")}
    things = hooks.things([(task.about_kind, task.about_key) for task in found])
    return [
        {
            "task": task, "unit": unit_names.get(task.unit, task.unit), "owner": names.get(task.owner, task.owner),
            "about": things.get((task.about_kind, task.about_key)),
        }
        for task in found
    ]  # fmt: skip


def _counts(visible: TaskQuerySet) -> dict[str, int]:
    from django.db.models import Count, Q

    overdue = Q(pk__in=visible.overdue().values("pk"))
    counted: dict[str, int] = visible.order_by().aggregate(
        undone=Count("pk", filter=Q(state__in=(State.OPEN, State.TAKEN))), done=Count("pk", filter=Q(state=State.DONE)),
        overdue=Count("pk", filter=overdue),
    )  # fmt: skip
    return counted


def _ways(request: HttpRequest, form: TaskFilter) -> list[tuple[str, Any, bool]]:
    """Mine, my units', all: only where there is a difference."""
    words = {"mine": pgettext("tasks", "Mine"), "units": _("My units'"), "all": _("All")}
    there = {"mine": bool(own_contacts(request.user)), "units": bool(own_units(request.user)), "all": True}
    here = form.cleaned_data.get("whose") or "all"
    shown = [word for word in WHOSE if there[word]]
    return [(word, words[word], word == here) for word in shown] if len(shown) > 1 else []


def _may_create_some(person: Any) -> bool:
    return bool(rules.may_edit(person) or any(may_create(person, unit) for unit in own_units(person)))


def _typed(form: Form) -> dict[str, Any]:
    """What was sent, one value each."""
    return {name: form.data.get(name, "") for name in form.fields}


def _as_it_is(form: EditForm, found: Task) -> list[tuple[Any, Any]]:
    """Label and present value of each field in which what was typed is not what stands there."""
    form.data = {**_typed(form), "version": found.version}
    now = EditForm.initial_of(found)
    typed = form.cleaned_data
    return [
        (form.fields[name].label, now[name] or "–")
        for name in ("title", "text", "unit", "owner", "due", "cost")
        if (typed[name] or None) != (now[name] or None)
    ]
