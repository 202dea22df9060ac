"""Lists as tables and files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import require_seen
from kizuki.kit.document import dump
from kizuki.register import tables
from kizuki.register.engine.kinds import KINDS, RecordKind, plain
from kizuki.register.models import Organisation
from kizuki.register.views.common import kind_or_404
from kizuki.register.views.lists import filtered

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def export(request: HttpRequest, part: str, form: str) -> HttpResponseBase:
    """The list with its filters as CSV, XLSX or JSON; CSV and XLSX can be brought in again."""
    kind = kind_or_404(request.user, part)
    if form not in ("csv", "xlsx", "json"):
        raise Http404
    rows = filtered(request.user, kind, request.GET)[1]
    documents = _documents(rows)
    headers = {"Content-Disposition": f'attachment; filename="{part}.{form}"'}
    if form == "csv":
        lines = tables.csv_lines(kind, documents)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    if form == "xlsx":
        return HttpResponse(tables.xlsx(kind, part, documents), content_type=XLSX, headers=headers)
    return StreamingHttpResponse(_json(kind, documents), content_type="application/json", headers=headers)


def _documents(rows: Any) -> Iterator[dict[str, Any]]:
    yield from rows.values_list("document", flat=True).iterator(chunk_size=2000)


def _json(kind: RecordKind, documents: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield f'{{"{KINDS[kind].part}":['.encode()
    for n, document in enumerate(documents):
        yield (b",\n" if n else b"\n") + msgspec.json.encode(document)
    yield b"\n]}\n"


@require_safe
def organisation_file(request: HttpRequest) -> HttpResponse:
    """The whole register as one organisation file, which can be brought in again."""
    require_seen(request.user, rules.may_read_all)
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if organisation is None:
        raise Http404
    return HttpResponse(
        dump(plain(organisation.read)),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{organisation.slug}.yaml"'},
    )
