"""The register as a whole: how much there is, what is missing, what the organisation says of itself."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from django.contrib import messages
from django.db.models import Count, Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import require, require_seen, who
from kizuki.register import actions, hooks, words
from kizuki.register.access import may_see_register
from kizuki.register.engine.format import About
from kizuki.register.fields import NAME
from kizuki.register.filters import GAPS, kind_of
from kizuki.register.forms import AboutForm
from kizuki.register.models import TABLES, Organisation
from kizuki.register.shapes import shape


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How many records of each kind there are, and what is missing of the assets."""
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    found = _counts(request) if organisation else {}
    counts = [(part, name, found.get(part, 0)) for part, name in words.PARTS.items()] if organisation else []
    context = {
        "organisation": organisation, "counts": counts, "may_edit": rules.may_edit(request.user),
        "elsewhere": hooks.ways_for(request.user),
        "perms_read": rules.may_read_all(request.user),
        "gaps": _gaps(request) if organisation else [], "assets": next((n for p, _name, n in counts if p == "assets"), 0),
    }  # fmt: skip
    return render(request, "register/overview.html", context)


def _counts(request: HttpRequest) -> dict[str, int]:
    """part → how many records of it the person sees, by one question for all."""
    asked = [
        _visible(request, part)
        .order_by()
        .annotate(part=Value(part))
        .values("part")
        .annotate(n=Count("pk"))
        .values_list("part", "n")
        for part in words.PARTS
    ]
    return dict(asked[0].union(*asked[1:], all=True))


def _visible(request: HttpRequest, part: str) -> Any:
    kind = kind_of(part)
    assert kind is not None
    return TABLES[kind].objects.visible_to(request.user)


def _gaps(request: HttpRequest) -> list[tuple[str, Any, int]]:
    """What is missing of assets in use, by one question to the database."""
    conditions = {name: Q(importance=None) if name == "importance" else Q(**{name: ""}) for name in GAPS}
    asked = {f"no_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    found = _visible(request, "assets").exclude(lifecycle="retired").aggregate(**asked)
    return [(name, GAPS[name], found[f"no_{name}"]) for name in GAPS]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest) -> HttpResponse:
    """What the organisation says of itself; with it a register begins."""
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    require(request.user, rules.may_edit)
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    form = AboutForm(request.POST or None, initial=_initial(organisation))
    if request.method == "POST" and form.is_valid():
        said = msgspec.convert(form.about(), About)
        complete = tuple(form.cleaned_data["complete"])
        if organisation is None:
            actions.begin_organisation(about=said, complete=complete, by=who(request))
        elif form.cleaned_data["state"] not in ("", state_of(organisation)):
            again = form.data.copy()  # type: ignore[attr-defined]  # always a QueryDict here
            again["state"] = state_of(organisation)
            form.data = again
            form.add_error(
                None, _("Somebody else has changed this meanwhile. What you typed is kept; look at it and save again.")
            )
            return render(request, "register/about.html", {"form": form, "organisation": organisation}, status=409)
        else:
            actions.describe_organisation(organisation=organisation, about=said, complete=complete, by=who(request))
        messages.success(request, _("The organisation is described."))
        return redirect("register:overview")
    status = 422 if form.is_bound else 200
    return render(request, "register/about.html", {"form": form, "organisation": organisation}, status=status)


def state_of(organisation: Organisation) -> str:
    """What the form shows of an organisation, as one word, by which a later change is noticed."""
    told = msgspec.json.encode([organisation.about, organisation.complete])
    return hashlib.sha256(told).hexdigest()[:16]


def _initial(organisation: Organisation | None) -> dict[str, Any]:
    if organisation is None:
        return {}
    said = organisation.about
    size = said.get("size")
    return {
        **shape(NAME).told(NAME, said.get("name")), "sector": said.get("sector", ""), "size": size if isinstance(size, int) else None,
        "profile": said.get("profile", []), "complete": organisation.complete, "state": state_of(organisation),
    }  # fmt: skip
