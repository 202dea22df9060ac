"""Lists of records, with filters that can be kept under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts.access import get_visible, who
from kizuki.register import actions, hooks, presenting, words
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.filters import FilterForm, sorted_by
from kizuki.register.models import TABLES, SavedFilter
from kizuki.register.views.common import kind_or_404, may_add
from kizuki.ui.templatetags.kizuki import language

PAGE = 50


def filtered(person: Any, kind: RecordKind, data: Any) -> tuple[FilterForm, Any]:
    """The filters of an address and the rows that they leave of what the person may see."""
    form = FilterForm(kind, data)
    rows = form.narrowed(TABLES[kind].objects.visible_to(person))
    return form, sorted_by(rows, data.get("sort", ""), language())


@require_safe
def records(request: HttpRequest, part: str) -> HttpResponse:
    """All records of a kind that a person may see, narrowed by filters."""
    kind = kind_or_404(request.user, part)
    form, rows = filtered(request.user, kind, request.GET)
    pager = Paginator(rows, PAGE)
    page = pager.get_page(request.GET.get("page"))
    rows_of_page: Any = page.object_list
    page.object_list = rows_of_page.defer("text")
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "part": part, "kind": kind, "words": words.PARTS[part], "form": form, "page": page, "total": pager.count,
        "columns": presenting.columns(kind), "sortable": presenting.SORTABLE, "lines": presenting.lines(kind, list(page.object_list)),
        "may_add": may_add(request.user, kind), "parts": words.PARTS, "asked": asked.urlencode(),
        "elsewhere": hooks.ways_for(request.user),
        "saved": SavedFilter.objects.filter(person=who(request), part=part),
    }  # fmt: skip
    return render(request, "register/records.html", context)


@require_safe
def find(request: HttpRequest, part: str, key: str) -> HttpResponse:
    """From an id to the page of its record."""
    kind = kind_or_404(request.user, part)
    row = get_visible(TABLES[kind].objects, request.user, key=key)
    return redirect(row)


@require_POST
def keep_filter(request: HttpRequest, part: str) -> HttpResponse:
    """Keep the filters of the list under a name, for oneself."""
    kind = kind_or_404(request.user, part)
    form = FilterForm(kind, request.POST)
    name = request.POST.get("name", "").strip()[:80]
    query = urlencode(form.given)
    if not name or not query:
        messages.error(request, _("Give the filter a name, and narrow the list down first."))
    else:
        actions.keep_filter(person=who(request), part=part, name=name, query=query)
        messages.success(request, _("The filter is kept as “%(name)s”.") % {"name": name})
    return redirect(f"{reverse('register:records', args=[part])}?{query}")


@require_POST
def drop_filter(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """Forget one of one's own filters."""
    kind_or_404(request.user, part)
    kept = get_visible(SavedFilter.objects, request.user, pk=pk, part=part)
    actions.drop_filter(kept=kept)
    messages.success(request, _("The filter “%(name)s” is gone.") % {"name": kept.name})
    return redirect("register:records", part)
