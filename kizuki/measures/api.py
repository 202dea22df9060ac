"""The catalogue of measures by API, and the organisation's own ones: kept as the measures file has them, retired and taken up again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require
from kizuki.measures import actions
from kizuki.measures.actions import Clashed, MeasureEdit
from kizuki.measures.catalogue import current
from kizuki.measures.engine.format import Measure
from kizuki.measures.models import OwnMeasure
from kizuki.register.engine.kinds import plain
from kizuki.ui.api import REFUSALS, Number, Sent, Since, portion, refused

router = Router(tags=["measures"])
_SHOWN: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {"type": "object", "properties": {"document": {"$ref": "#/components/schemas/Measure"}}}
            }
        }
    }
}


class OwnLine(Schema):
    """An own measure as an entry of kizuki/measures/1, with the version to send back with a change. `deleted`: it is retired."""

    key: str
    version: int
    changed_at: dt.datetime
    deleted: bool
    document: dict[str, Any]


class OwnPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[OwnLine]
    next: str | None


class MeasureWanted(Sent):
    """An own measure as it shall be. `version`: the one that it was made from; 0: there shall be none; without it, whatever is there
    is replaced."""

    document: dict[str, Any] = Field(max_length=40)
    version: Number | None = None


def line(row: OwnMeasure) -> OwnLine:
    return OwnLine(
        key=row.key,
        version=row.version,
        changed_at=row.changed_at,
        deleted=row.retired_at is not None,
        document=row.document,
    )


@router.get("", response=dict[str, Any], summary="The catalogue in force as kizuki/measures/1")
def measures(request: HttpRequest) -> Any:
    """The library's measures and the organisation's own, retired ones included, since coverage may still speak of them."""
    return msgspec.to_builtins(current())


@router.get("/own", response=OwnPage, summary="The organisation's own measures", url_name="own_measures")
def own(request: HttpRequest, query: Query[Since]) -> Any:
    """Those that are retired come along, marked as deleted."""
    rows: Any = OwnMeasure.objects.visible_to(request.user)
    if query.updated_since:
        rows = rows.filter(changed_at__gt=query.updated_since)
    found, after = portion(rows, query)
    return OwnPage(items=[line(row) for row in found], next=after)


@router.get("/own/{str:measure_id}", response=OwnLine, summary="One own measure", url_name="own_measure")
def one(request: HttpRequest, measure_id: str) -> Any:
    return line(get_visible(OwnMeasure.objects, request.user, key=measure_id))


@router.put(
    "/own/{str:measure_id}",
    response={200: OwnLine, **REFUSALS},
    summary="Make or change an own measure",
    url_name="own_measure",
    openapi_extra=_SHOWN,
)
def put(request: HttpRequest, measure_id: str, body: Body[MeasureWanted]) -> Any:
    """For managers. The same again changes nothing; a retired one is offered again."""
    require(request.user, rules.may_edit)
    try:
        measure = msgspec.convert({"id": measure_id, **body.document}, Measure)
        if measure.id != measure_id:
            raise ValidationError({"id": f"The address says {measure_id}."})
        return line(_stored(request, measure, body.version))
    except msgspec.ValidationError as error:
        return refused(ValidationError({"document": str(error)}))
    except ValidationError as error:
        return refused(error)
    except Clashed as error:
        return _clash(error)


@transaction.atomic
def _stored(request: HttpRequest, measure: Measure, version: int | None) -> OwnMeasure:
    """Both acts, or none. A repeated first sending finds what it made."""
    there = OwnMeasure.objects.filter(key=measure.id).first()
    if there is None or there.document != plain(measure):
        actions.store_measures(edits=[MeasureEdit(measure, version)], by=request.user)
    row = OwnMeasure.objects.get(key=measure.id)
    return actions.bring_back_measure(measure=row, version=row.version, by=request.user) if row.retired_at else row


@router.delete(
    "/own/{str:measure_id}",
    response={204: None, **REFUSALS},
    summary="Retire an own measure",
    url_name="own_measure",
)
def retire(request: HttpRequest, measure_id: str, version: Number | None = None) -> Any:
    """It is offered no more; what speaks of it stays. What is retired already stays so."""
    found: OwnMeasure = get_visible(OwnMeasure.objects, request.user, key=measure_id)
    require(request.user, rules.may_edit)
    if found.retired_at is None:
        try:
            actions.retire_measure(
                measure=found, version=found.version if version is None else version, by=request.user
            )
        except Clashed as error:
            return _clash(error)
    return Status(204, None)


def _clash(error: Clashed) -> Any:
    fields = [clash._asdict() for clash in error.clashes]
    told = {"key": error.row.key, "version": error.row.version, "now": error.row.document, "fields": fields}
    return Status(409, {"detail": "Changed by somebody else meanwhile; nothing was stored.", "problems": [told]})


def schemas() -> dict[str, Any]:
    """The JSON Schemas of a measure and its parts, for the API's own document."""
    _, components = msgspec.json.schema_components([Measure], ref_template="#/components/schemas/{name}")
    return components
