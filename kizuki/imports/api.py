"""Imports by API: give a file, say what it is, look at what it would change, enter it, take it back."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Body, Field, File, Query, Router, Schema, Status, UploadedFile

from kizuki.accounts.access import who
from kizuki.imports import actions
from kizuki.imports.actions.stale import died
from kizuki.imports.choices import BEFORE, LineState, Outcome, State
from kizuki.imports.forms import DescribeForm, GiveForm, fields_for, policies_for
from kizuki.imports.models import Import, PlanLine
from kizuki.imports.views.common import enter, import_or_404
from kizuki.ui.api import REFUSALS, Number, Paging, Sent, not_fit, portion, refused
from kizuki.ui.faults import told

router = Router(tags=["imports"])
Word = Literal["fill", "replace", "add"]


class ImportLine(Schema):
    """A file and how far it is: `given` (to be described; `faults` say why it could not be read), `planning`, `planned` (to be looked
    at), `applying`, `stopped`, `done`, `undoing`, `undone`. `counts`: lines by what they would do. `batch`: under which its
    changes stand in the journal."""

    id: int
    name: str
    digest: str
    format: str
    state: State
    counts: dict[str, int]
    outcomes: dict[str, int]
    faults: list[str]
    options: dict[str, Any]
    settings: dict[str, Any]
    batch: str
    created_at: dt.datetime
    by: str
    ended_at: dt.datetime | None


class ImportPage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[ImportLine]
    next: str | None


class Description(Sent):
    """What a file is and how it is held against the register. What is left out stays as it is. `mapping`: heading → field, for tables.
    `policy`: field → what is done where the register says something else."""

    format: str | None = Field(None, max_length=20)
    kind: Literal["asset", "unit", "zone", "contact"] | None = None
    sheet: str | None = Field(None, max_length=200)
    header_row: int | None = Field(None, ge=1, le=1000)
    days: Literal["", "day", "month"] | None = None
    clock: str | None = Field(None, max_length=60)
    seen_at: dt.datetime | None = None
    zone: str | None = Field(None, max_length=120)
    default_kind: str | None = Field(None, max_length=20)
    default_unit: str | None = Field(None, max_length=120)
    zone_kind: str | None = Field(None, max_length=20)
    single: Literal["fill", "replace"] | None = None
    several: Word | None = None
    removes: bool | None = None
    no_sightings: bool | None = None
    mapping: dict[str, str] | None = Field(None, max_length=500)
    policy: dict[str, Word] = Field({}, max_length=100)


class PlanRow(Schema):
    """A record as the file would make it. `n` names it when it is taken or left; `place`: its row in the file. `changes`: by field."""

    n: int
    place: int
    kind: str
    key: str
    state: LineState
    name: str
    how: str
    document: dict[str, Any] | None
    changes: list[Any]
    reason: str
    take: bool
    takeable: bool
    outcome: Outcome
    problem: str


class PlanPage(Schema):
    items: list[PlanRow]
    next: str | None


class LineQuery(Paging):
    state: LineState | None = None
    kind: str = Field("", max_length=12)
    take: bool | None = None
    outcome: Outcome | None = None


class Choice(Sent):
    """Lines to take and to leave, by number. Of lines of which one can be taken, the last one said is."""

    take: list[Number] = Field([], max_length=2000)
    leave: list[Number] = Field([], max_length=2000)


def line(row: Import) -> ImportLine:
    faults = [f"{at}: {told(message)}" if at else told(message) for at, message in row.fault[:200]]
    return ImportLine(
        id=row.pk, name=row.name, digest=row.digest, format=row.format, state=State(row.state), counts=row.counts,
        outcomes=row.told.get("outcomes", {}), faults=faults, options=row.options, settings=row.settings, batch=str(row.batch),
        created_at=row.created_at, by=row.by_name, ended_at=row.ended_at,
    )  # fmt: skip


@router.get("", response=ImportPage, summary="Imports, in the order in which they were given", url_name="imports")
def imports(request: HttpRequest, query: Query[Paging]) -> Any:
    """Managers see all, owners of a unit their own."""
    enter(request)
    found, after = portion(Import.objects.visible_to(request.user), query)
    return ImportPage(items=[line(row) for row in found], next=after)


@router.post("", response={200: ImportLine, **REFUSALS}, summary="Give a file", url_name="imports")
def give(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Its kind is found out; where it is known, it is read at once, as a job. The same person's same file of which nothing stands in
    the register yet is given back as it is."""
    enter(request)
    form = GiveForm(request.POST, request.FILES)
    if not form.is_valid():
        return not_fit(form)
    upload = form.cleaned_data["file"]
    digest = hashlib.sha256(upload.read()).hexdigest()
    upload.seek(0)
    same = Import.objects.visible_to(request.user).filter(by=who(request), digest=digest, state__in=BEFORE).first()
    if same is not None:
        return line(same)
    try:
        made = actions.give_file(upload=upload, by=request.user)
    except ValidationError as error:
        return refused(error)
    return _described(request, made, Description.model_validate({})) if made.format else line(made)


@router.get("/{int:import_id}", response=ImportLine, summary="How far an import is", url_name="import")
def one(request: HttpRequest, import_id: int) -> Any:
    return line(import_or_404(request, import_id))


@router.delete("/{int:import_id}", response={204: None, **REFUSALS}, summary="Put a file aside", url_name="import")
def discard(request: HttpRequest, import_id: int) -> Any:
    """Only while nothing of it stands in the register."""
    try:
        actions.discard_import(imported=import_or_404(request, import_id), by=request.user)
    except actions.NotNow as error:
        return _not_now(request, import_id, error)
    return Status(204, None)


@router.put(
    "/{int:import_id}/description",
    response={200: ImportLine, **REFUSALS},
    summary="Say what a file is, and have it read",
    url_name="import_description",
)
def describe(request: HttpRequest, import_id: int, body: Body[Description]) -> Any:
    """The reading is a job; ask for the import until it is `planned`."""
    return _described(request, import_or_404(request, import_id), body)


def _described(request: HttpRequest, found: Import, body: Description) -> Any:
    """Described by the form of the pages, in which what was not sent stands as it was."""
    sent = body.model_dump(exclude={"mapping", "policy"}, exclude_none=True)
    if body.format and body.format != found.format:
        found.format = body.format
    sheets = [body.sheet or found.options.get("sheet") or ""]
    shown = DescribeForm(found, request.user, sheets=sheets)
    data = {name: "" if (value := shown[name].value()) is None else value for name in shown.fields} | sent
    form = DescribeForm(found, request.user, data, sheets=sheets)
    if not form.is_valid():
        return not_fit(form)
    kind = str(form.cleaned_data.get("kind") or "asset")
    wrong = {"mapping": set((body.mapping or {}).values()) - dict(fields_for(kind)).keys()}
    wrong["policy"] = {field for field, word in body.policy.items() if word not in dict(policies_for(field))}
    if any(wrong.values()):
        return refused(ValidationError({name: f"Not known: {', '.join(sorted(w))}." for name, w in wrong.items() if w}))
    mapping = body.mapping if body.mapping is not None else found.options.get("mapping")
    settings = form.settings({**found.settings.get("policy", {}), **body.policy})
    try:
        format, options = form.cleaned_data["format"], form.said(mapping)
        return line(
            actions.describe_import(imported=found, format=format, options=options, settings=settings, by=request.user)
        )
    except actions.NotNow as error:
        return _not_now(request, found.pk, error)


@router.get("/{int:import_id}/lines", response=PlanPage, summary="What a file would change", url_name="import_lines")
def lines(request: HttpRequest, import_id: int, query: Query[LineQuery]) -> Any:
    """In the order in which it would be written; once entered, what became of it."""
    rows = PlanLine.objects.filter(of=import_or_404(request, import_id))
    for name in ("state", "kind", "take", "outcome"):
        if (asked := getattr(query, name)) not in (None, ""):
            rows = rows.filter(**{name: asked})
    found, after = portion(rows, query)
    return PlanPage(items=[PlanRow.from_orm(row) for row in found], next=after)


@router.put(
    "/{int:import_id}/lines",
    response={200: ImportLine, **REFUSALS},
    summary="Take or leave lines",
    url_name="import_lines",
)
def take(request: HttpRequest, import_id: int, body: Body[Choice]) -> Any:
    """The same again changes nothing."""
    found = import_or_404(request, import_id)
    try:
        actions.take_lines(imported=found, take=body.take, leave=body.leave)
    except actions.NotNow as error:
        return _not_now(request, import_id, error)
    return line(found)


@router.post(
    "/{int:import_id}/apply",
    response={200: ImportLine, **REFUSALS},
    summary="Enter what is taken",
    url_name="import_apply",
)
def apply(request: HttpRequest, import_id: int) -> Any:
    """As a job. What is being entered, or was, is given back as it is."""
    found = import_or_404(request, import_id)
    if found.state == State.DONE or (found.state == State.APPLYING and not died(found)):
        return line(found)
    try:
        return line(actions.begin_applying(imported=found, by=request.user))
    except actions.NotNow as error:
        return _not_now(request, import_id, error)


@router.post(
    "/{int:import_id}/undo",
    response={200: ImportLine, **REFUSALS},
    summary="Take an import back",
    url_name="import_undo",
)
def undo(request: HttpRequest, import_id: int) -> Any:
    """As a job; ask for the import until it is `undone`. What stands in the way is found before anything is taken back: the import is then
    `done` or `stopped` as before. What is changed while it is under way stops it: it stays `undoing`, and the same again goes on. What was
    taken back stays so."""
    found = import_or_404(request, import_id)
    if found.state == State.UNDONE or (found.state == State.UNDOING and not died(found)):
        return line(found)
    try:
        return line(actions.begin_undoing(imported=found, by=request.user))
    except actions.NotNow as error:
        return _not_now(request, import_id, error)


def _not_now(request: HttpRequest, pk: int, error: actions.NotNow) -> Any:
    """409 with the import as it stands."""
    now = line(import_or_404(request, pk)).model_dump(mode="json")
    return Status(409, {"detail": " ".join(error.messages), "problems": [{"now": now}]})
