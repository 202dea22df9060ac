"""Maturity by API: the self-checks, and the scores of a day."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen, who
from kizuki.kit.document import MAX_FAULTS as MOST_FAULTS
from kizuki.kit.faults import BadFile
from kizuki.measures.benchmark import actions
from kizuki.measures.benchmark.checks import checks
from kizuki.measures.benchmark.engine.format import Check, read_checks, read_peers
from kizuki.measures.benchmark.models import PeerGroup, Sheet
from kizuki.register.models import Organisation
from kizuki.ui.api import REFUSALS, Paging, Sent, Since, Words, part_of, portion, refused, words

router = Router(tags=["maturity"])


class SectionLine(Schema):
    id: str
    name: Words | None


class CheckLine(Schema):
    """A self-check of a publisher in one version. `last`: the latest day for which there are scores."""

    id: str
    version: str
    name: Words | None
    publisher: Words | None
    min: float
    max: float
    sections: list[SectionLine]
    last: dt.date | None


class CheckPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[CheckLine]
    next: str | None


class SheetLine(Schema):
    """The scores of a day; of several for one day the one entered last counts. A section that was not scored is null."""

    id: int
    day: dt.date
    scores: dict[str, float | None]
    note: str
    by: str
    entered_at: dt.datetime


class SheetPage(Schema):
    items: list[SheetLine]
    next: str | None


class ScoresWanted(Sent):
    """The score of each section; a section that is left out is not scored."""

    scores: dict[str, float | None] = Field(min_length=1, max_length=60)
    note: str = Field("", max_length=4000)


class PeerLine(Schema):
    """Figures of peers of one sector and size from one source. `peers`: section → n, q1, median and q3 as kizuki/peers/1 has them."""

    id: int
    check: str
    version: str
    sector: str
    size: str
    source: str
    peers: dict[str, dict[str, Any]]
    brought_at: dt.datetime


class PeerPage(Schema):
    items: list[PeerLine]
    next: str | None


class Document(Sent):
    """A file of self-checks (kizuki/self-checks/1) or of figures of peers (kizuki/peers/1)."""

    document: dict[str, Any]


def line(row: Sheet) -> SheetLine:
    return SheetLine(
        id=row.pk, day=row.day, scores=row.scores, note=row.note, by=str(row.by), entered_at=row.entered_at
    )


@router.get("", response=CheckPage, summary="The self-checks that can be filled in", url_name="self_checks")
def self_checks(request: HttpRequest, query: Query[Paging]) -> Any:
    home = _home(request)
    last: dict[tuple[str, str], dt.date] = {}
    rows = Sheet.objects.visible_to(request.user).filter(organisation=home).order_by("day")
    for key, release, day in rows.values_list("key", "release", "day"):
        last[key, release] = day
    found, after = part_of(list(checks().values()), query)
    return CheckPage(items=[_check(check, last.get(check.key)) for check in found], next=after)


def _check(check: Check, last: dt.date | None) -> CheckLine:
    sections = [SectionLine(id=one.id, name=words(one.name)) for one in check.sections]
    return CheckLine(
        id=check.id, version=check.version, name=words(check.name), publisher=words(check.publisher), min=check.scale.min,
        max=check.scale.max, sections=sections, last=last,
    )  # fmt: skip


@router.get(
    "/{str:check_id}/{str:release}/scores", response=SheetPage, summary="Scores as they were entered", url_name="scores"
)
def scores(request: HttpRequest, check_id: str, release: str, query: Query[Since]) -> Any:
    """In the order in which they were entered. What was entered never changes."""
    rows = _sheets(request, _home(request), _known(check_id, release))
    if query.updated_since:
        rows = rows.filter(entered_at__gt=query.updated_since)
    found, after = portion(rows, query)
    return SheetPage(items=[line(row) for row in found], next=after)


@router.put(
    "/{str:check_id}/{str:release}/scores/{day}",
    response={200: SheetLine, **REFUSALS},
    summary="Enter the scores of a day",
    url_name="scores_of_day",
)
def put(request: HttpRequest, check_id: str, release: str, day: dt.date, body: Body[ScoresWanted]) -> Any:
    """For managers. The same as what counts for the day changes nothing; others count instead of it, and both stay."""
    home = _home(request)
    found = _known(check_id, release)
    require(request.user, rules.may_edit)
    kept = {section.id: body.scores.get(section.id) for section in found.sections}
    there = _sheets(request, home, found).filter(day=day).order_by("-pk").first()
    if there is not None and set(body.scores) <= set(kept) and (there.scores, there.note) == (kept, body.note.strip()):
        return line(there)
    try:
        made = actions.enter_scores(
            organisation=home, check=found, day=day, scores=body.scores, note=body.note, by=who(request)
        )
    except ValidationError as error:
        return refused(error)
    return line(made)


def _sheets(request: HttpRequest, home: Organisation, check: Check) -> Any:
    rows = Sheet.objects.visible_to(request.user).filter(organisation=home, key=check.id, release=check.version)
    return rows.select_related("by")


def _known(id: str, release: str) -> Check:
    found = checks().get((id, release))
    if found is None:
        raise Http404
    return found


def _home(request: HttpRequest) -> Organisation:
    require_seen(request.user, rules.may_read_all)
    found: Organisation = get_visible(Organisation.objects, request.user, is_home=True)
    return found


def peer_line(row: PeerGroup) -> PeerLine:
    same = ("sector", "size", "source", "peers", "brought_at")
    return PeerLine(id=row.pk, check=row.key, version=row.release, **{name: getattr(row, name) for name in same})


@router.get("/peers", response=PeerPage, summary="Figures of peers", url_name="peers")
def peers(request: HttpRequest, query: Query[Since]) -> Any:
    """Those that count, in the order in which they came."""
    _home(request)
    rows = PeerGroup.objects.visible_to(request.user).filter(dropped_at=None)
    if query.updated_since:
        rows = rows.filter(brought_at__gt=query.updated_since)
    found, after = portion(rows, query)
    return PeerPage(items=[peer_line(row) for row in found], next=after)


@router.put("/peers", response={200: list[PeerLine], **REFUSALS}, summary="Bring in figures of peers", url_name="peers")
def bring_peers(request: HttpRequest, body: Body[Document]) -> Any:
    """For managers. What the same source said before of the same check, sector and size goes out of sight. The same again changes
    nothing."""
    _home(request)
    require(request.user, rules.may_edit)
    try:
        found = read_peers("document.json", msgspec.json.encode(body.document), list(checks().values()))
    except BadFile as error:
        return _faulty(error)
    standing = {_told(row): row for row in PeerGroup.objects.filter(source=found.source, dropped_at=None)}
    wanted = actions.peer_groups(found)
    if wanted and all(group in standing for group in map(_spelled, wanted)):
        return [peer_line(standing[group]) for group in map(_spelled, wanted)]
    return [peer_line(row) for row in actions.bring_peers(found=found, by=who(request))]


def _told(row: PeerGroup) -> str:
    return _spelled(((row.key, row.release, row.sector, row.size), row.peers))


def _spelled(group: tuple[tuple[str, str, str, str], dict[str, Any]]) -> str:
    """A group in one text, by which it is compared."""
    return json.dumps(group, sort_keys=True)


def _faulty(error: BadFile) -> Any:
    told = [{"place": ["document"], "message": fault.message} for fault in error.faults[:MOST_FAULTS]]
    return Status(422, {"detail": "Nothing was stored.", "problems": told})


@router.delete(
    "/peers/{int:group_id}", response={204: None}, summary="Take figures of peers out", url_name="peer_group"
)
def drop_peers(request: HttpRequest, group_id: int) -> Any:
    """For managers. They go out of sight; the same again changes nothing."""
    _home(request)
    group: PeerGroup = get_visible(PeerGroup.objects, request.user, pk=group_id)
    require(request.user, rules.may_edit)
    actions.drop_peers(group=group, by=who(request))
    return Status(204, None)


@router.post("", response={200: list[CheckLine], **REFUSALS}, summary="Add self-checks", url_name="self_checks")
def add(request: HttpRequest, body: Body[Document]) -> Any:
    """For managers. The same again changes nothing; another one under a known id and version is refused."""
    _home(request)
    require(request.user, rules.may_edit)
    try:
        found = read_checks("document.json", msgspec.json.encode(body.document))
        actions.add_checks(found=found, by=who(request))
    except BadFile as error:
        return _faulty(error)
    except ValidationError as error:
        return refused(error)
    return [_check(check, None) for check in found.checks]
