"""The register by API: the same rules of sight, the same documents, the same way of writing as on the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen, who
from kizuki.kit.faults import BadFile
from kizuki.register import actions
from kizuki.register.access import may_see_register, may_write
from kizuki.register.actions import Edit, InUse, Refused, Stale
from kizuki.register.engine.kinds import KINDS, Kind, RecordKind, plain
from kizuki.register.engine.read import read
from kizuki.register.filters import FilterForm
from kizuki.register.library import vocabulary
from kizuki.register.models import TABLES, Organisation
from kizuki.register.views.organisation import state_of
from kizuki.register.writing import unit_of
from kizuki.ui.api import REFUSALS, Sent

router = Router(tags=["register"])
MOST = 500


class RecordLine(Schema):
    """A record: its document as the organisation file has it, and the version to send back with a change. `deleted`: it was taken
    out; such records are given only with `updated_since`."""

    key: str
    version: int
    changed_at: datetime
    deleted: bool
    document: dict[str, Any]


class RecordPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[RecordLine]
    next: str | None


class RecordQuery(Schema):
    cursor: str = ""
    limit: int = 100
    updated_since: datetime | None = None


class Wanted(Schema):
    """A record as it shall be. `version`: the one that it was made from; what others changed since is kept, and refused with both
    texts where it is the same field. Without it, whatever is there is replaced."""

    document: dict[str, Any]
    version: int | None = None


class Many(Schema):
    """Several records together, all or none. `document` null takes a record out."""

    class One(Schema):
        key: str
        document: dict[str, Any] | None = None
        version: int | None = None

    records: Annotated[list[One], Field(max_length=400)]


class AboutWanted(Sent):
    """What the organisation says of itself, as its file has it. `state`: the one that it was made from; without it, whatever is
    there is replaced."""

    about: dict[str, Any]
    complete: list[str] = Field([], max_length=20)
    state: str = Field("", max_length=40)


class AboutLine(Schema):
    about: dict[str, Any]
    complete: list[str]
    state: str


def about_line(row: Organisation) -> AboutLine:
    return AboutLine(about=row.about, complete=row.complete, state=state_of(row))


def line(row: Any) -> RecordLine:
    return RecordLine(
        key=row.key,
        version=row.version,
        changed_at=row.changed_at,
        deleted=row.deleted_at is not None,
        document=row.document,
    )


def home_of(request: HttpRequest) -> Organisation:
    """The home organisation, for whoever sees any of its register; else 404."""
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    return get_visible(_Homes(), request.user, is_home=True)  # type: ignore[no-any-return]


class _Homes:
    """The home organisation for whoever sees any of its register."""

    def visible_to(self, person: Any) -> Any:
        return Organisation.objects.filter(deleted_at=None)


def _page(request: HttpRequest, kind: RecordKind, query: RecordQuery) -> RecordPage:
    home_of(request)
    rows = TABLES[kind].objects.visible_to(request.user, taken_out=query.updated_since is not None)
    rows = FilterForm(kind, request.GET).narrowed(rows)
    order: tuple[str, ...] = ("pk",)
    if query.updated_since:
        rows, order = rows.filter(changed_at__gt=query.updated_since), ("pk",)
    limit = min(max(query.limit, 1), MOST)
    after = int(query.cursor) if query.cursor.isascii() and query.cursor.isdecimal() and len(query.cursor) < 18 else 0
    found = list(rows.filter(pk__gt=after).order_by(*order)[: limit + 1])
    more = len(found) > limit
    return RecordPage(items=[line(row) for row in found[:limit]], next=str(found[limit - 1].pk) if more else None)


def _one(request: HttpRequest, kind: RecordKind, key: str) -> Any:
    home_of(request)
    return get_visible(TABLES[kind].objects, request.user, key=key)


def _write(request: HttpRequest, kind: RecordKind, edits: list[Edit]) -> Any:
    """Make the edits of somebody who may make them all; the answer is None or a refusal."""
    organisation = home_of(request)
    keys = [edit.key for edit in edits]
    units = dict(TABLES[kind].objects.filter(organisation=organisation, key__in=keys).values_list("key", "unit"))
    for edit in edits:
        for unit in (units.get(edit.key), None if edit.document is None else unit_of(dict(edit.document))):
            if unit is not None and not may_write(request.user, kind, unit):
                raise PermissionDenied
    try:
        actions.apply(organisation=organisation, edits=edits, by=who(request))
    except actions.REFUSALS as error:
        return refusal_of(error)
    return None


def refusal_of(error: Refused | Stale | InUse) -> Any:
    """422 or 409 with everything that stands in the way."""
    told: list[dict[str, Any]]
    if isinstance(error, Refused):
        told = [{"key": p.key, "place": list(p.place), "message": p.message} for p in error.problems]
        return Status(422, {"detail": "Nothing was stored.", "problems": told})
    if isinstance(error, Stale):
        told = [
            {"key": c.key, "version": c.version, "now": c.now, "fields": [clash._asdict() for clash in c.clashes]}
            for c in error.conflicts
        ]
        return Status(409, {"detail": "Changed by somebody else meanwhile; nothing was stored.", "problems": told})
    told = [
        {"key": key, "named_by": [{"kind": k, "key": user} for k, user in users]}
        for (_, key), users in error.users.items()
    ]
    return Status(409, {"detail": "Other records name it; nothing was stored.", "problems": told})


def _routes_of_all(kind: Kind) -> None:
    """The routes of all records of one kind."""
    name, part = kind.name, kind.part

    @router.get(
        f"/{part}",
        response=RecordPage,
        summary=f"Records: {part}",
        url_name=f"register_{part}",
        operation_id=f"{part}_list",
    )
    def records(request: HttpRequest, query: Query[RecordQuery]) -> RecordPage:
        return _page(request, name, query)

    @router.post(
        f"/{part}", response={204: None, **REFUSALS}, summary=f"Several at once: {part}", url_name=f"register_{part}",
        operation_id=f"{part}_many",
    )  # fmt: skip
    def many(request: HttpRequest, body: Body[Many]) -> Any:
        edits = [Edit(name, one.key, one.document, one.version) for one in body.records]
        return _write(request, name, edits) or Status(204, None)


def _routes_of_one(kind: Kind) -> None:
    """The routes of one record of a kind."""
    name, part = kind.name, kind.part
    at, url = f"/{part}/{{path:key}}", f"register_{part}_one"

    @router.get(at, response=RecordLine, summary=f"One record of {part}", url_name=url, operation_id=f"{part}_one")
    def one(request: HttpRequest, key: str) -> RecordLine:
        return line(_one(request, name, key))

    @router.put(
        at, response={200: RecordLine, **REFUSALS}, summary=f"Make or change one of {part}", url_name=url,
        operation_id=f"{part}_put", openapi_extra=_body_of(kind),
    )  # fmt: skip
    def put(request: HttpRequest, key: str, body: Body[Wanted]) -> Any:
        """The same again changes nothing."""
        refusal = _write(request, name, [Edit(name, key, body.document, body.version)])
        return refusal or line(TABLES[name].objects.get(organisation__is_home=True, key=key))

    @router.delete(
        at,
        response={204: None, **REFUSALS},
        summary=f"Take one of {part} out",
        url_name=url,
        operation_id=f"{part}_delete",
    )
    def delete(request: HttpRequest, key: str, version: int | None = None) -> Any:
        _one(request, name, key)
        return _write(request, name, [Edit(name, key, None, version)]) or Status(204, None)


def _body_of(kind: Kind) -> dict[str, Any]:
    """What a record's document looks like, for the API's own document."""
    properties = {
        "document": {"$ref": f"#/components/schemas/{kind.struct.__name__}"}, "version": {"type": "integer", "nullable": True},
    }  # fmt: skip
    schema = {"type": "object", "properties": properties, "required": ["document"]}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


@router.get("", response=dict[str, Any], summary="The whole register as kizuki/organisation/1", url_name="register")
def register(request: HttpRequest) -> Any:
    require_seen(request.user, rules.may_read_all)
    return plain(home_of(request).read)


@router.get("/about", response=AboutLine, summary="What the organisation says of itself", url_name="about")
def said(request: HttpRequest) -> Any:
    require_seen(request.user, rules.may_read_all)
    return about_line(home_of(request))


@router.put("/about", response={200: AboutLine, **REFUSALS}, summary="Say what the organisation is", url_name="about")
def about(request: HttpRequest, body: Body[AboutWanted]) -> Any:
    """For managers. With it a register begins where there is none. The same again changes nothing."""
    require_seen(request.user, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    require(request.user, rules.may_edit)
    found = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if found is not None and body.state and body.state != state_of(found):
        told = {"now": about_line(found).model_dump(), "state": state_of(found)}
        return Status(409, {"detail": "Changed by somebody else meanwhile; nothing was stored.", "problems": [told]})
    said = {"schema": "kizuki/organisation/1", "organisation": body.about, "complete": body.complete}
    try:
        document = read("about.json", msgspec.json.encode(said), vocabulary=vocabulary(), measures=_NoMeasures())
    except BadFile as error:
        faults = [{"place": ["about"], "message": fault.message} for fault in error.faults]
        return Status(422, {"detail": "Nothing was stored.", "problems": faults})
    values: dict[str, Any] = {"about": document.organisation, "complete": document.complete, "by": who(request)}
    if found is None:
        return about_line(actions.begin_organisation(**values))
    return about_line(actions.describe_organisation(organisation=found, **values))


class _NoMeasures:
    """What the organisation says of itself speaks of no measure."""

    def by_id(self) -> dict[str, Any]:
        return {}


for _kind in KINDS.values():
    _routes_of_all(_kind)
    _routes_of_one(_kind)


def schemas() -> dict[str, Any]:
    """The JSON Schemas of the records, for the API's own document."""
    _, components = msgspec.json.schema_components(
        [kind.struct for kind in KINDS.values()], ref_template="#/components/schemas/{name}"
    )
    return components
