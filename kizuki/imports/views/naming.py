"""What the names in a file mean: units, contacts, zones and realms that the register does not have."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kizuki.accounts import rules
from kizuki.accounts.access import who
from kizuki.imports import actions
from kizuki.imports.choices import LineState, State
from kizuki.imports.filters import kind_names
from kizuki.imports.models import Import, PlanLine
from kizuki.imports.presenting import sentence
from kizuki.imports.views.common import import_or_404
from kizuki.register.models import TABLES
from kizuki.ui.templatetags.kizuki import language

PAGE: Final = 50
KINDS: Final = ("unit", "contact", "zone", "realm")
#: So many records are offered for choosing from; beyond them the id is typed.
OFFERED: Final = 300


def named_lines(found: Import) -> Any:
    """The lines of things that rows only name."""
    rows = PlanLine.objects.filter(of=found, kind__in=KINDS).exclude(kind=found.settings.get("main", "asset"))
    asked = Q(state__in=(LineState.NEW, LineState.CONFLICT, LineState.OUTSIDE)) | Q(how__in=("chosen", "left"))
    return rows.filter(asked).order_by("kind", "name", "n")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest, pk: int) -> HttpResponse:
    """For each name: make it new, take it for one of the register's, or leave it out."""
    found = import_or_404(request, pk)
    if found.state != State.PLANNED:
        return redirect(found)
    page = Paginator(named_lines(found), PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    if request.method == "POST":
        chosen, wrong = _chosen(request, lines)
        if not wrong:
            try:
                actions.set_names(imported=found, names=chosen, by=who(request))
            except actions.NotNow as error:
                messages.error(request, " ".join(error.messages))
            return redirect(found)
        messages.error(request, _("There is no such record: %(which)s") % {"which": _(", ").join(wrong[:5])})
    kinds, offered = kind_names(), _offered(request.user, {line.kind for line in lines})
    context = {
        "imported": found, "page": page, "offered": offered, "may_make": rules.may_edit(request.user),
        "rows": [
            (line, kinds[line.kind], _word(line), sentence(line), offered.get(line.kind)) for line in lines
        ],
    }  # fmt: skip
    return render(request, "imports/names.html", context, status=422 if request.method == "POST" else 200)


def _word(line: PlanLine) -> str:
    """What was chosen: new, map or leave."""
    if line.how == "left":
        return "leave"
    if line.how == "chosen" or line.state == LineState.CONFLICT:
        return "map"
    return "new"


def _chosen(request: HttpRequest, lines: list[PlanLine]) -> tuple[dict[str, dict[str, str | None]], list[str]]:
    """What was chosen for each name, and what was typed that the register does not have."""
    made: dict[str, dict[str, str | None]] = {}
    wrong: list[str] = []
    for line in lines:
        word, key = request.POST.get(f"do_{line.pk}", ""), request.POST.get(f"key_{line.pk}", "").strip()
        if word == "map" and key:
            if not TABLES[line.kind].objects.visible_to(request.user).filter(key=key).exists():  # type: ignore[index]
                wrong.append(key)
            made.setdefault(line.kind, {})[line.name] = key
        elif word == "leave":
            made.setdefault(line.kind, {})[line.name] = ""
        elif word == "new":
            if not rules.may_edit(request.user):
                raise PermissionDenied
            made.setdefault(line.kind, {})[line.name] = None
    return made, wrong


def _offered(person: Any, kinds: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Records to choose from, by kind; the names of a large register are typed."""
    made: dict[str, list[tuple[str, str]]] = {}
    for kind in kinds:
        table: Any = TABLES[kind]  # type: ignore[index]
        rows = table.objects.visible_to(person).only("key", "name_ja", "name_en")[: OFFERED + 1]
        found = sorted(((row.key, row.name.in_(language())) for row in rows), key=lambda choice: choice[1])
        made[kind] = found if len(found) <= OFFERED else []
    return made
