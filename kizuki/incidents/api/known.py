"""What is known of an incident, by API: assets, indicators, files, times."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import FileResponse, Http404, HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import Body, Field, File, Form, Query, Router, Schema, UploadedFile

from kizuki.files import storage
from kizuki.files.engine.sniff import PLAIN
from kizuki.incidents import actions, figures
from kizuki.incidents.api.common import MOST, REFUSED, SEEN, TAGS, Strict
from kizuki.incidents.choices import AssetState, IndicatorKind, IndicatorState
from kizuki.incidents.forms.knowledge import FileForm
from kizuki.incidents.models import AssetOf, FileOf, Incident, Indicator
from kizuki.incidents.views.common import found, found_to_write
from kizuki.register.models import Asset
from kizuki.ui.api import Since, Version, conflict, not_fit, portion, refused

router = Router(tags=TAGS)
_Row = TypeVar("_Row", bound=models.Model)


class AssetLine(Schema):
    """An asset of the register that the incident concerns. `key`: its id there; `label`: its name when it was noted."""

    id: int
    version: int
    key: str
    label: str
    state: AssetState
    changed_at: dt.datetime


class AssetsNew(Strict):
    """Assets of the register by their ids there."""

    keys: list[Annotated[str, Field(min_length=1, max_length=120)]] = Field(min_length=1, max_length=200)
    state: AssetState = AssetState.SUSPECTED


class AssetWanted(Strict):
    state: AssetState
    version: Version


class IndicatorLine(Schema):
    """An observable that points to the attacker, written plainly, never defanged. `note`: what it is."""

    id: int
    version: int
    kind: IndicatorKind
    value: str
    state: IndicatorState
    note: str
    changed_at: dt.datetime


class IndicatorPage(Schema):
    items: list[IndicatorLine]
    next: str | None


class IndicatorQuery(Since):
    state: IndicatorState | None = None
    kind: IndicatorKind | None = None


class IndicatorsNew(Strict):
    """`text`: any text; every address, domain, URL, hash and CVE in it is noted, defanged or not. `why`: what they are."""

    text: str = Field(min_length=1, max_length=100_000)
    why: str = Field("", max_length=300)
    state: IndicatorState = IndicatorState.CONFIRMED


class IndicatorWanted(Strict):
    state: IndicatorState
    version: Version
    why: str | None = Field(None, max_length=300, description="left out: what is said of it stays")


class FileLine(Schema):
    """A file that is kept with the incident; its bytes are at `…/files/{id}/content`."""

    id: int
    name: str
    size: int
    media_type: str
    sha256: str
    entry: int | None
    at: dt.datetime


class SpanLine(Schema):
    """A span between two milestones in minutes, as an interval: `low` alone means at least. Both null: not known; `missing`: milestones
    that are not marked; `why`: `missing`, `order` (the later one lies before the earlier one) or `open`."""

    span: str
    low: int | None
    high: int | None
    missing: list[str]
    why: str


def asset_line(row: AssetOf) -> AssetLine:
    return AssetLine(
        id=row.pk, version=row.version, key=row.key, label=row.label, state=AssetState(row.state), changed_at=row.changed_at
    )  # fmt: skip


def indicator_line(row: Indicator) -> IndicatorLine:
    return IndicatorLine(
        id=row.pk, version=row.version, kind=IndicatorKind(row.kind), value=row.value, state=IndicatorState(row.state), note=row.note,
        changed_at=row.changed_at,
    )  # fmt: skip


def file_line(row: FileOf) -> FileLine:
    return FileLine(
        id=row.pk, name=row.name, size=row.file.size, media_type=row.file.media_type, sha256=row.file.digest,
        entry=row.entry.seq if row.entry else None, at=row.at,
    )  # fmt: skip


@router.get(
    "/{number}/assets", response={200: list[AssetLine], **SEEN}, summary="Assets concerned", url_name="incident_assets"
)
def assets(request: HttpRequest, number: str) -> Any:
    return [asset_line(row) for row in AssetOf.objects.filter(incident=found(request, number)).order_by("key")]


@router.post(
    "/{number}/assets", response={200: list[AssetLine], **REFUSED}, summary="Note assets", url_name="incident_assets"
)
def add_assets(request: HttpRequest, number: str, body: Body[AssetsNew]) -> Any:
    """Gives the assets sent, as they stand. Those that are noted already stay as they are."""
    incident = found_to_write(request, number)
    visible = Asset.objects.visible_to(request.user).filter(organisation=incident.organisation_id, key__in=body.keys)
    unseen = set(body.keys) - set(visible.values_list("key", flat=True))
    if unseen:
        return refused(ValidationError({"keys": f"The register has no asset “{min(unseen)}”."}))
    try:
        actions.add_assets(incident=incident, keys=body.keys, state=body.state, by=request.user)
    except ValidationError as error:
        return refused(error)
    rows = AssetOf.objects.filter(incident=incident, key__in=body.keys)
    return [asset_line(row) for row in rows.order_by("key")]


@router.put(
    "/{number}/assets/{int:asset_id}", response={200: AssetLine, **REFUSED}, summary="How an asset stands",
    url_name="incident_asset",
)  # fmt: skip
def put_asset(request: HttpRequest, number: str, asset_id: int, body: Body[AssetWanted]) -> Any:
    """The same again changes nothing."""
    row = _one(AssetOf, found_to_write(request, number), asset_id)
    try:
        if row.state != body.state:
            actions.set_asset_state(asset=row, state=body.state, version=body.version, by=request.user)
    except actions.Stale:
        now = AssetOf.objects.get(pk=row.pk)
        return conflict(now.version, asset_line(now), {"state": body.state})
    except ValidationError as error:
        return refused(error)
    return asset_line(row)


@router.get(
    "/{number}/indicators", response={200: IndicatorPage, **SEEN}, summary="Indicators of an incident",
    url_name="incident_indicators",
)  # fmt: skip
def indicators(request: HttpRequest, number: str, query: Query[IndicatorQuery]) -> Any:
    rows = Indicator.objects.filter(incident=found(request, number))
    if query.updated_since:
        rows = rows.filter(changed_at__gt=query.updated_since)
    for name in ("state", "kind"):
        if (asked := getattr(query, name)) is not None:
            rows = rows.filter(**{name: asked})
    some, after = portion(rows, query)
    return IndicatorPage(items=[indicator_line(row) for row in some], next=after)


@router.post(
    "/{number}/indicators", response={200: list[IndicatorLine], **REFUSED}, summary="Note indicators",
    url_name="incident_indicators",
)  # fmt: skip
def add_indicators(request: HttpRequest, number: str, body: Body[IndicatorsNew]) -> Any:
    """Gives every indicator found in the text. The same again changes nothing."""
    incident = found_to_write(request, number)
    try:
        added = actions.add_indicators(
            incident=incident, text=body.text, why=body.why, state=body.state, by=request.user
        )
    except ValidationError as error:
        return refused(error)
    keys = [row.pk for row in (*added.new, *added.there)]
    return [indicator_line(row) for row in Indicator.objects.filter(pk__in=keys).order_by("pk")]


@router.put(
    "/{number}/indicators/{int:indicator_id}", response={200: IndicatorLine, **REFUSED}, summary="Confirm or reject an indicator",
    url_name="incident_indicator",
)  # fmt: skip
def put_indicator(request: HttpRequest, number: str, indicator_id: int, body: Body[IndicatorWanted]) -> Any:
    """The same again changes nothing."""
    row = _one(Indicator, found_to_write(request, number), indicator_id)
    if row.state == body.state and body.why in (None, row.note):
        return indicator_line(row)
    try:
        actions.judge_indicator(indicator=row, state=body.state, why=body.why, version=body.version, by=request.user)
    except actions.Stale:
        now = Indicator.objects.get(pk=row.pk)
        return conflict(now.version, indicator_line(now), {"state": body.state, "note": body.why})
    except ValidationError as error:
        return refused(error)
    return indicator_line(row)


@router.get(
    "/{number}/files", response={200: list[FileLine], **SEEN}, summary="Files of an incident", url_name="incident_files"
)
def files(request: HttpRequest, number: str) -> Any:
    rows = FileOf.objects.filter(incident=found(request, number)).select_related("file", "entry")
    return [file_line(row) for row in rows.order_by("at", "pk")]


@router.post("/{number}/files", response={200: FileLine, **REFUSED}, summary="Keep a file", url_name="incident_files")
def keep(request: HttpRequest, number: str, file: File[UploadedFile], text: Form[str] = "") -> Any:
    """The same bytes are kept once, and given back as they are. `text`: what it is, for the timeline."""
    incident = found_to_write(request, number)
    form = FileForm({"text": text}, MultiValueDict({"file": [file]}))
    if not form.is_valid():
        return not_fit(form)
    try:
        made = actions.keep_file(incident=incident, upload=file, text=text, by=request.user)
    except ValidationError as error:
        return refused(error)
    return file_line(FileOf.objects.select_related("file", "entry").get(pk=made.pk))


@router.get(
    "/{number}/files/{int:file_id}/content", response={200: None, **SEEN}, summary="The bytes of a file",
    url_name="incident_file",
)  # fmt: skip
def content(request: HttpRequest, number: str, file_id: int) -> Any:
    """To save, never to show. 404 also where the bytes are missing or were changed on the disk."""
    row = _one(FileOf, found(request, number), file_id)
    try:
        opened = storage.opened(row.file.digest)
    except storage.Damaged:
        raise Http404 from None
    media = f"{PLAIN}; charset=utf-8" if row.file.media_type == PLAIN else row.file.media_type
    response = FileResponse(opened, as_attachment=True, filename=row.name, content_type=media)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.get(
    "/{number}/figures",
    response={200: list[SpanLine], **SEEN},
    summary="Times between milestones",
    url_name="incident_figures",
)
def spans(request: HttpRequest, number: str) -> Any:
    """As intervals, as exact as the milestones are known."""
    return [
        SpanLine(
            span=span, low=one.duration.low if one.duration else None, high=one.duration.high if one.duration else None,
            missing=list(one.missing), why=one.why or "",
        )
        for span, one in figures.of(found(request, number)).items()
    ]  # fmt: skip


def _one(model: type[_Row], incident: Incident, pk: int) -> _Row:
    """The row of that incident; 404 where there is none."""
    row: Any = model._default_manager.filter(incident=incident, pk=pk).first() if pk <= MOST else None
    if row is None:
        raise Http404
    found_row: _Row = row
    return found_row
