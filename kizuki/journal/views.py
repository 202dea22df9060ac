"""The journal's pages, for auditors and administrators. To everyone else they do not exist."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kizuki.journal import words
from kizuki.journal.filters import EntryFilter, page
from kizuki.journal.models import ActQuerySet, Entry

COLUMNS = (
    "seq", "at", "actor_id", "actor_name", "room", "verb", "object_type", "object_id", "object_label", "data",
    "previous", "hash",
)  # fmt: skip


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    form = EntryFilter(request.GET)
    found = page(form.apply(_visible(request)), request.GET.get("before"))
    context = {
        "form": form, "page": found, "last": Entry.objects.order_by("-seq").first(),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }  # fmt: skip
    return render(request, "journal/entries.html", context)


@require_safe
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry with everything that it holds."""
    found = get_object_or_404(_visible(request), seq=seq)
    details = [(words.detail_name(key), key, words.detail_value(key, value)) for key, value in found.details.items()]
    return render(request, "journal/entry.html", {"entry": found, "details": details})


@require_safe
def export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """The filtered entries as CSV or JSON lines in the order they were written."""
    rows = EntryFilter(request.GET).apply(_visible(request)).order_by("seq")
    if kind == "csv":
        response = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    elif kind == "jsonl":
        response = StreamingHttpResponse(_json(rows), content_type="application/jsonl; charset=utf-8")
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="kizuki-journal.{kind}"'
    return response


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else value


def _visible(request: HttpRequest) -> ActQuerySet:
    if not request.user.has_perm("journal.view"):
        raise Http404
    return Entry.objects.visible_to(request.user)


def _portions(rows: ActQuerySet) -> Iterator[Entry]:
    """Rows in portions, so that a long download holds neither memory nor a transaction."""
    after = 0
    while portion := list(rows.filter(seq__gt=after)[:1000]):
        yield from portion
        after = portion[-1].seq


def _cells(entry: Entry) -> dict[str, Any]:
    cells = {name: getattr(entry, name) for name in COLUMNS}
    cells["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return cells


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(rows: ActQuerySet) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(COLUMNS)
    for entry in _portions(rows):
        yield writer.writerow([neutral(value) for value in _cells(entry).values()])


def _json(rows: ActQuerySet) -> Iterator[str]:
    for entry in _portions(rows):
        yield json.dumps({**_cells(entry), "data": entry.details}, ensure_ascii=False) + "\n"
