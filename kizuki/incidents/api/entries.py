"""The timeline by API: reading it, also as of a moment; adding, correcting, taking back; milestones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts.access import who
from kizuki.incidents import actions, entering
from kizuki.incidents.actions.timeline import About
from kizuki.incidents.api.common import MOST, REFUSED, SEEN, TAGS, Once, Strict, Who, called, once_of
from kizuki.incidents.choices import MILESTONES
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.views.common import found, found_to_write
from kizuki.ui.api import Number, Sent, conflict, refused

router = Router(tags=TAGS)
#: Keys of what Kizuki wrote by itself that hold numbers of other incidents.
_OTHERS: Final = ("into", "from", "parent")
Word = Annotated[str, Field(max_length=16)]


class Spoken(Schema):
    """What an entry speaks of: an asset by its key in the register, a person, an indicator, a file or a task by number. `label`: the
    name that it had then."""

    kind: str
    key: str
    label: str


class SpokenOf(Strict):
    kind: Literal["asset", "person", "indicator", "file", "task"]
    key: str = Field(min_length=1, max_length=200)
    label: str = Field("", max_length=300, description="its name; the key where it is left out")


class EntryLine(Schema):
    """An entry, as it was written and for good. `at`: when it happened, as it is known; `low`, `high`: the first and the last moment
    that this can mean, null where it is open. `corrects`: the entry that it replaces, or with `withdrawn` takes back;
    `replaced_by`: the one that did so to it. `auto`: what Kizuki wrote by itself is about, with `data`; "" where a person wrote it."""

    seq: int
    at: str
    low: dt.datetime | None
    high: dt.datetime | None
    zone: str
    recorded_at: dt.datetime
    by: Who | None
    lane: str
    kind: str
    text: str
    handover: list[str]
    corrects: int | None
    withdrawn: bool
    replaced_by: int | None
    auto: str
    data: dict[str, Any]
    about: list[Spoken]
    milestones: list[str]


class EntryPage(Schema):
    """In the order of recording. `next`: what to send as `after` for the next page, null on the last. `newest`: number of the newest
    entry that there is (as of the moment asked for)."""

    items: list[EntryLine]
    next: int | None
    newest: int


class EntryQuery(Sent):
    after: Number = Field(0, description="only entries with a higher number: the last one that you have")
    limit: int = Field(100, ge=1, le=500)
    as_of: dt.datetime | None = Field(None, description="only what was recorded until this moment")


class EntryNew(Strict):
    """`at`: 2026-11-22T14:02+09:00, 2026-11-22, 2026-11-22 early, ~2026-11-22T18:00+09:00, day 2 and so on; empty: now. `lane`: attacker,
    executive, communications, security, it, business, external. `kind`: what kind of act it was. `handover`: lanes to which
    the matter passes."""

    text: str = Field(min_length=1, max_length=100_000)
    lane: Word
    kind: Word
    at: str = Field("", max_length=60)
    handover: list[Word] = Field([], max_length=10)
    about: list[SpokenOf] = Field([], max_length=200)
    once: Once = ""

    @property
    def spoken(self) -> list[About]:
        return [About(one.kind, one.key, one.label or one.key) for one in self.about]


class EntryAdded(EntryNew):
    milestone: Word = ""


class LineNew(Strict):
    """One line as a person writes it: `14:02 it contain isolated #pc-123`. `lane`, `kind`: for what the line leaves out."""

    line: str = Field(min_length=1, max_length=100_000)
    lane: Word = ""
    kind: Word = ""
    once: Once = ""


class Withdrawal(Strict):
    reason: str = Field(min_length=1, max_length=20_000)
    once: Once = ""


class MilestoneLine(Schema):
    """A milestone and the entry at which it was reached; `until`: reached between the time of the entry and this one."""

    name: str
    entry: int
    until: str


class MilestoneWanted(Strict):
    entry: Annotated[int, Field(ge=1, le=MOST)]
    until: str = Field("", max_length=60)


def lines(person: Any, rows: QuerySet[Entry] | Sequence[Entry]) -> list[EntryLine]:
    """Entries as the API gives them, with what they speak of; the same number of questions for any number of entries."""
    listed = list(rows)
    seen = _numbers(person, listed)
    return [_line(row, seen) for row in listed]


def line(person: Any, row: Entry) -> EntryLine:
    return lines(person, with_all(Entry.objects.filter(pk=row.pk)))[0]


def with_all(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """The entries with what `lines` tells of them."""
    return rows.select_related("by", "corrects").prefetch_related("links", "milestones", "corrections")


def _line(row: Entry, seen: set[str]) -> EntryLine:
    newer = min((one.seq for one in row.corrections.all()), default=None)
    return EntryLine(
        seq=row.seq, at=row.at, low=row.low, high=row.high, zone=row.zone, recorded_at=row.recorded_at, by=called(row.by, row.by_name),
        lane=row.lane, kind=row.kind, text=row.text, handover=row.handover, corrects=row.corrects.seq if row.corrects else None,
        withdrawn=row.withdrawn, replaced_by=newer, auto=row.auto, data=_data(row.data, seen),
        about=[Spoken(kind=one.kind, key=one.key, label=one.label) for one in row.links.all()],
        milestones=[one.name for one in row.milestones.all()],
    )  # fmt: skip


def _data(data: dict[str, Any], seen: set[str]) -> dict[str, Any]:
    """The data without numbers of incidents that the person may not know of."""
    return {
        name: {k: None if k in _OTHERS and v not in seen else v for k, v in part.items()}
        if isinstance(part, dict)
        else part
        for name, part in data.items()
    }


def _numbers(person: Any, rows: Sequence[Entry]) -> set[str]:
    """Of the other incidents that entries name, those that the person may know of."""
    parts = (part for row in rows if row.auto for part in row.data.values() if isinstance(part, dict))
    named = {str(part[name]) for part in parts for name in _OTHERS if part.get(name)}
    if not named:
        return set()
    return set(Incident.objects.visible_to(person).filter(number__in=named).values_list("number", flat=True))


@router.get("/{number}/entries", response={200: EntryPage, **SEEN}, summary="The timeline", url_name="incident_entries")
def entries(request: HttpRequest, number: str, query: Query[EntryQuery]) -> Any:
    """Everything that was recorded, what was corrected or taken back as well. To keep up, ask again with `after` as the newest number
    that you have."""
    incident = found(request, number)
    rows = Entry.objects.filter(incident=incident)
    newest = incident.last_seq
    if query.as_of:
        rows = rows.filter(recorded_at__lte=query.as_of)
        newest = rows.order_by("-seq").values_list("seq", flat=True).first() or 0
    some = list(with_all(rows.filter(seq__gt=query.after).order_by("seq"))[: query.limit + 1])
    shown = lines(request.user, some[: query.limit])
    if query.as_of:
        shown = [_then(one, newest) for one in shown]
    return EntryPage(items=shown, next=shown[-1].seq if len(some) > query.limit else None, newest=newest)


def _then(entry: EntryLine, newest: int) -> EntryLine:
    """The entry as it was when the newest one had that number: what replaced it later was not there yet."""
    if entry.replaced_by is not None and entry.replaced_by > newest:
        entry.replaced_by = None
    entry.milestones = []  # where they stood then is told by the entries about them
    return entry


@router.post(
    "/{number}/entries", response={200: EntryLine, **REFUSED}, summary="Enter something", url_name="incident_entries"
)
def add(request: HttpRequest, number: str, body: Body[EntryAdded]) -> Any:
    """Sent again with the same `once`, the entry is given back as it is and none is added: after a failure, send it again."""
    incident = found_to_write(request, number)
    values = body.model_dump(include={"text", "lane", "kind", "at", "handover", "milestone"})
    try:
        made = actions.add_entry(
            incident=incident, **values, about=body.spoken, once=once_of(request, body.once), by=request.user
        )
    except ValidationError as error:
        return refused(error)
    return line(request.user, made)


@router.post(
    "/{number}/lines", response={200: EntryLine, **REFUSED}, summary="Enter one line as a person writes it",
    url_name="incident_lines",
)  # fmt: skip
def add_line(request: HttpRequest, number: str, body: Body[LineNew]) -> Any:
    """Time, lane, kind, @people, #assets, !milestone and >hand-over are understood; where lane or kind is missing, 422 names it."""
    incident = found_to_write(request, number)
    once = once_of(request, body.once)
    there = Entry.objects.filter(incident=incident, once=once).first() if once else None
    if there is not None:
        return line(request.user, there)
    try:
        read = entering.understand(incident, body.line, by=who(request), chosen={"lane": body.lane, "kind": body.kind})
        if read.missing:
            raise ValidationError(
                dict.fromkeys(read.missing, "The line does not say it; write it there, or send it beside.")
            )
        return line(request.user, entering.enter(incident, read, by=who(request), once=once))
    except ValidationError as error:
        return refused(error)


@router.get(
    "/{number}/entries/{int:seq}", response={200: EntryLine, **SEEN}, summary="One entry", url_name="incident_entry"
)
def one(request: HttpRequest, number: str, seq: int) -> Any:
    return line(request.user, _entry(found(request, number), seq))


@router.post(
    "/{number}/entries/{int:seq}/correction", response={200: EntryLine, **REFUSED}, summary="Correct an entry",
    url_name="incident_correction",
)  # fmt: skip
def correct(request: HttpRequest, number: str, seq: int, body: Body[EntryNew]) -> Any:
    """A new entry takes its place; the old one stays to be read. `at` empty: as before. 409 with the entry that took its place already."""
    row = _entry(found_to_write(request, number), seq)
    values = body.model_dump(include={"text", "lane", "kind", "at", "handover"})
    try:
        made = actions.correct_entry(
            entry=row, **values, about=body.spoken, once=once_of(request, body.once), by=request.user
        )
    except ValidationError as error:
        return _overtaken(request, row, values) or refused(error)
    return line(request.user, made)


@router.post(
    "/{number}/entries/{int:seq}/withdrawal", response={200: EntryLine, **REFUSED}, summary="Take an entry back",
    url_name="incident_withdrawal",
)  # fmt: skip
def withdraw(request: HttpRequest, number: str, seq: int, body: Body[Withdrawal]) -> Any:
    """It stays to be read, with the reason. Gives the entry that takes it back."""
    row = _entry(found_to_write(request, number), seq)
    try:
        made = actions.withdraw_entry(entry=row, reason=body.reason, once=once_of(request, body.once), by=request.user)
    except ValidationError as error:
        return _overtaken(request, row, {"reason": body.reason}) or refused(error)
    return line(request.user, made)


@router.get(
    "/{number}/milestones", response={200: list[MilestoneLine], **SEEN}, summary="Milestones that were reached",
    url_name="incident_milestones",
)  # fmt: skip
def milestones(request: HttpRequest, number: str) -> Any:
    return _milestones(found(request, number))


@router.put(
    "/{number}/milestones/{name}", response={200: list[MilestoneLine], **REFUSED}, summary="Mark a milestone at an entry",
    url_name="incident_milestone",
)  # fmt: skip
def mark(request: HttpRequest, number: str, name: str, body: Body[MilestoneWanted]) -> Any:
    """It moves there if it was marked elsewhere. The same again changes nothing."""
    incident = found_to_write(request, number)
    if name not in MILESTONES:
        raise Http404
    row = Entry.objects.filter(incident=incident, seq=body.entry).first()
    if row is None:
        return refused(ValidationError({"entry": "There is no such entry."}))
    if not incident.milestones.filter(name=name, entry=row, by=body.until).exists():
        try:
            actions.mark_milestone(entry=row, name=name, until=body.until, by=request.user)
        except ValidationError as error:
            return refused(error)
    return _milestones(incident)


@router.delete(
    "/{number}/milestones/{name}", response={204: None, **REFUSED}, summary="A milestone is not reached after all",
    url_name="incident_milestone",
)  # fmt: skip
def clear(request: HttpRequest, number: str, name: str) -> Any:
    incident = found_to_write(request, number)
    if name not in MILESTONES:
        raise Http404
    try:
        actions.clear_milestone(incident=incident, name=name, by=request.user)
    except ValidationError as error:
        return refused(error)
    return Status(204, None)


def _milestones(incident: Incident) -> list[MilestoneLine]:
    rows = incident.milestones.select_related("entry").order_by("entry__sort", "entry__seq")
    return [MilestoneLine(name=row.name, entry=row.entry.seq, until=row.by) for row in rows]


def _entry(incident: Incident, seq: int) -> Entry:
    row = Entry.objects.filter(incident=incident, seq=seq).select_related("incident").first() if seq <= MOST else None
    if row is None:
        raise Http404
    return row


def _overtaken(request: HttpRequest, row: Entry, mine: dict[str, Any]) -> Any:
    """409 with the entry that has taken the place of this one, where there is one."""
    newer = Entry.objects.filter(corrects=row).order_by("seq").first()
    return conflict(None, line(request.user, newer), mine) if newer else None
