"""The people of the site, for administrators; auditors may look."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import actions, rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.accounts.forms import InviteForm, RoleForm, VersionForm
from kizuki.accounts.models import Person
from kizuki.journal.models import Entry

PAGE = 50
MAY_LOOK = rules.is_auditor | rules.is_administrator


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everyone, by name."""
    require_seen(request.user, MAY_LOOK)
    found = Person.objects.visible_to(request.user).order_by("-is_active", "name", "pk")
    text = request.GET.get("q", "").strip()[:120]
    if text:
        found = found.filter(name__icontains=text) | found.filter(email__icontains=text)
    start = request.GET.get("from", "")
    offset = int(start) if start.isascii() and start.isdecimal() and len(start) < 8 else 0
    rows = list(found[offset : offset + PAGE + 1])
    context = {
        "people": rows[:PAGE], "q": text, "after": offset + PAGE if len(rows) > PAGE else None,
        "may_manage": rules.may_manage_people(request.user),
    }  # fmt: skip
    return render(request, "accounts/people.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Add a person and show their first link, this once."""
    _manage(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            person = actions.create_person(
                email=data["email"], name=data["name"], role=data["role"], language=data["language"], by=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _show_link(request, person)
    return render(request, "accounts/invite.html", {"form": form})


@never_cache
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: role, keys, what happened with the account."""
    found = _person(request, pk)
    form = RoleForm(initial={"role": found.role, "version": found.version})
    return render(request, "accounts/person.html", _context(request, found, form))


@require_POST
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person another role."""
    found = _person(request, pk, manage=True)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            actions.change_role(
                person=found, role=form.cleaned_data["role"], version=form.cleaned_data["version"], by=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The role is changed."))
            return redirect("people:person", pk)
    form.data = {"role": form.data.get("role", ""), "version": str(found.version)}
    return render(request, "accounts/person.html", _context(request, found, form), status=409)


@never_cache
@require_POST
def make_first_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new first link, for someone who lost the one before or forgot the password."""
    found = _person(request, pk, manage=True)
    try:
        return _show_link(request, found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("people:person", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then close the account."""
    found = _person(request, pk, manage=True)
    form = VersionForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            actions.deactivate(person=found, version=form.cleaned_data["version"], by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("people:person", pk)
    return render(request, "accounts/deactivate.html", {"person": found, "form": form})


@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a deactivation."""
    found = _person(request, pk, manage=True)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            actions.activate(person=found, version=form.cleaned_data["version"], by=request.user)
            messages.success(request, _("The account is open again."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("people:person", pk)


def _manage(request: HttpRequest) -> None:
    require_seen(request.user, MAY_LOOK)
    require(request.user, rules.may_manage_people)


def _person(request: HttpRequest, pk: int, *, manage: bool = False) -> Person:
    require_seen(request.user, MAY_LOOK)
    found: Person = get_visible(Person.objects, request.user, pk=pk)
    if manage:
        require(request.user, rules.may_manage_people)
    return found


def _show_link(request: HttpRequest, person: Person) -> HttpResponse:
    token = actions.make_first_link(person=person, by=request.user)
    link = request.build_absolute_uri(reverse("accounts:first_link", args=[token]))
    until = person.first_links.latest("created_at").expires_at
    return render(request, "accounts/link_made.html", {"person": person, "link": link, "until": until})


def _context(request: HttpRequest, person: Person, form: RoleForm) -> dict[str, Any]:
    history = Entry.objects.about(person)[:20] if request.user.has_perm("journal.view") else []
    return {
        "person": person, "form": form, "keys": person.keys.all()[:20], "history": history,
        "may_manage": rules.may_manage_people(request.user), "oneself": person.pk == request.user.pk,
        "version_form": VersionForm(initial={"version": person.version}),
    }  # fmt: skip
