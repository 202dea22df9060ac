"""Cases by API: the same rules of sight, the same documents as the files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from kizuki.accounts.access import get_visible
from kizuki.casebook.models import Case
from kizuki.search import queries

router = Router(tags=["cases"])
MOST = 200


class CaseLine(Schema):
    """A case in a list. Texts are {ja, en}; what the source does not state is "not stated"."""

    id: str
    kind: str
    tlp: str
    title: dict[str, str]
    sector: str
    level: str
    steps: int
    version: int
    changed_at: datetime


class CasePage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[CaseLine]
    next: str | None


class CaseQuery(Schema):
    cursor: str = ""
    limit: int = 50
    updated_since: datetime | None = None
    q: str = ""
    language: str = "en"


def line(case: Case) -> CaseLine:
    title = {"ja": case.title_ja, "en": case.title_en}
    return CaseLine(
        id=case.slug, kind=case.kind, tlp=case.tlp, title={k: v for k, v in title.items() if v}, sector=case.sector,
        level=case.level, steps=case.steps, version=case.version, changed_at=case.changed_at,
    )  # fmt: skip


@router.get("", response=CasePage, summary="Cases in the order of their ids, or those found by q")
def cases(request: HttpRequest, query: Query[CaseQuery]) -> CasePage:
    rows = Case.objects.visible_to(request.user).order_by("slug").defer("document")
    if query.updated_since:
        rows = rows.filter(changed_at__gt=query.updated_since)
    if query.q:
        hits = queries.find(room="casebook", text=query.q[:400], language=query.language)
        rows = rows.filter(slug__in=[hit.key for hit in hits])
    limit = min(max(query.limit, 1), MOST)
    found = list(rows.filter(slug__gt=query.cursor)[: limit + 1])
    more = len(found) > limit
    return CasePage(items=[line(case) for case in found[:limit]], next=found[limit - 1].slug if more else None)


@router.get("/{case_id}", response=dict[str, Any], summary="A case as kizuki/case/1")
def case(request: HttpRequest, case_id: str) -> Any:
    return get_visible(Case.objects, request.user, slug=case_id).document
