"""What is learned from an incident, by API: the six parts, what came of it, what is published."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.incidents import actions
from kizuki.incidents.api.common import MOST, REFUSED, SEEN, TAGS, Once, Strict, once_of
from kizuki.incidents.closing import review_of
from kizuki.incidents.engine import review as engine
from kizuki.incidents.models import Incident
from kizuki.incidents.views.common import found, found_to_write
from kizuki.ui.api import Sent, Version, conflict, refused

router = Router(tags=TAGS)
Part = Literal["background", "impact", "causes", "mitigations", "lessons", "challenges"]


class ReviewItem(Schema):
    """One sentence, with the version to send back with a change. `entry`: the entry that tells it; `source`: what it was proposed from.
    `root`: a root cause. `common`: a lesson shared with others (`common`) or peculiar to us (`particular`). `task`: number of the
    task in which a lesson is followed."""

    id: str
    version: int
    text: str
    source: str
    entry: int | None
    measures: list[str]
    root: bool
    common: str
    owner: str
    due: str
    task: int | None


class ReviewLine(Schema):
    """The review of an incident. `version`: of all but the items, which have their own. `absent`: milestones that do not apply, each with
    the reason. `publication`: `yes`, `later`, `no`, or "" while not decided."""

    version: int
    outcome: str
    publication: str
    publication_reason: str
    same_setting: str
    absent: dict[str, str]
    parts: dict[str, list[ReviewItem]]


class ReviewWanted(Strict):
    """What shall be so from now on; what is left out stays as it is."""

    version: Version
    outcome: str | None = Field(None, max_length=100_000)
    publication: Literal["", "yes", "later", "no"] | None = None
    publication_reason: str | None = Field(None, max_length=100_000)
    same_setting: str | None = Field(None, max_length=100_000)
    absent: dict[Annotated[str, Field(max_length=12)], Annotated[str, Field(max_length=500)]] | None = Field(
        None, max_length=20
    )


class ItemContent(Strict):
    """`measures`: ids of the catalogue. `owner`: key of a contact of the register. A lesson with measure, owner and due day is followed as
    a task."""

    text: str = Field(min_length=1, max_length=100_000)
    measures: list[Annotated[str, Field(max_length=60)]] = Field([], max_length=50)
    root: bool = False
    common: Literal["", "common", "particular"] = ""
    owner: str = Field("", max_length=120)
    due: dt.date | None = None


class ItemNew(ItemContent):
    part: Part
    entry: Annotated[int, Field(ge=1, le=MOST)] | None = None
    once: Once = ""


class ItemWanted(ItemContent):
    version: Version


class ItemSeen(Sent):
    version: Version | None = Field(None, description="the one that was read; left out, it is taken out as it stands")


def line(incident: Incident) -> ReviewLine:
    review = review_of(incident)
    parts = {part: [item_line(item) for item in items] for part, items in engine.read(review.parts).items()}
    return ReviewLine(
        version=review.version, outcome=review.outcome, publication=review.publication, publication_reason=review.publication_reason,
        same_setting=review.same_setting, absent=review.absent, parts=parts,
    )  # fmt: skip


def item_line(item: engine.Item) -> ReviewItem:
    return ReviewItem(
        id=item.id, version=item.version, text=item.text, source=item.source, entry=item.entry, measures=list(item.measures),
        root=item.root, common=item.common, owner=item.owner, due=item.due, task=item.task,
    )  # fmt: skip


@router.get(
    "/{number}/review", response={200: ReviewLine, **SEEN}, summary="What was learned", url_name="incident_review"
)
def review(request: HttpRequest, number: str) -> Any:
    return line(found(request, number))


@router.put(
    "/{number}/review", response={200: ReviewLine, **REFUSED}, summary="Write on the review", url_name="incident_review"
)
def put(request: HttpRequest, number: str, body: Body[ReviewWanted]) -> Any:
    """What is left out stays as it is. The same again changes nothing."""
    incident = found_to_write(request, number)
    wanted = body.model_dump(exclude={"version"}, exclude_none=True)
    now = line(incident)
    if all(getattr(now, name) == value for name, value in wanted.items()):
        return now
    try:
        actions.write_review(incident=incident, version=body.version, by=request.user, **wanted)
    except actions.Stale:
        return conflict(now.version, line(incident), wanted)
    except ValidationError as error:
        return refused(error)
    return line(incident)


@router.post(
    "/{number}/review/items", response={200: ReviewItem, **REFUSED}, summary="Add to a part of the review",
    url_name="incident_review_items",
)  # fmt: skip
def add(request: HttpRequest, number: str, body: Body[ItemNew]) -> Any:
    """Sent again with the same `once`, it is given back as it is."""
    incident = found_to_write(request, number)
    values = body.model_dump(exclude={"once"})
    try:
        made = actions.save_item(incident=incident, **values, once=once_of(request, body.once), by=request.user)
    except ValidationError as error:
        return refused(error)
    return item_line(made)


@router.put(
    "/{number}/review/items/{item_id}", response={200: ReviewItem, **REFUSED}, summary="Change an item of the review",
    url_name="incident_review_item",
)  # fmt: skip
def change(request: HttpRequest, number: str, item_id: str, body: Body[ItemWanted]) -> Any:
    """The same again changes nothing."""
    incident = found_to_write(request, number)
    part, item = _item(incident, item_id)
    wanted = body.model_dump(mode="json", exclude={"version"})
    now = item_line(item)
    if all(getattr(now, name) == (value or "" if name == "due" else value) for name, value in wanted.items()):
        return now
    values = body.model_dump(exclude={"version"})
    try:
        made = actions.save_item(
            incident=incident, id=item_id, part=part, version=body.version, by=request.user, **values
        )
    except actions.StaleItem as error:
        return _stale(error, wanted)
    except ValidationError as error:
        return refused(error)
    return item_line(made)


@router.delete(
    "/{number}/review/items/{item_id}", response={204: None, **REFUSED}, summary="Take an item out of the review",
    url_name="incident_review_item",
)  # fmt: skip
def remove(request: HttpRequest, number: str, item_id: str, query: Query[ItemSeen]) -> Any:
    """The timeline keeps what it said. Its task is dropped."""
    incident = found_to_write(request, number)
    _part, item = _item(incident, item_id)
    try:
        actions.remove_item(incident=incident, id=item_id, version=query.version or item.version, by=request.user)
    except actions.StaleItem as error:
        return _stale(error, {})
    except ValidationError as error:
        return refused(error)
    return Status(204, None)


def _item(incident: Incident, item_id: str) -> tuple[str, engine.Item]:
    there = engine.find(engine.read(review_of(incident).parts), item_id)
    if there is None:
        raise Http404
    return there


def _stale(error: actions.StaleItem, mine: dict[str, Any]) -> Any:
    now = item_line(error.item) if error.item else None
    return conflict(now.version if now else None, now, mine)
