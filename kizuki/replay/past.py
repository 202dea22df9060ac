"""The register of any past day, read back from the journal's revisions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.utils import timezone

from kizuki.journal.models import Entry, Revision
from kizuki.kit.kept import Kept
from kizuki.measures import catalogue
from kizuki.measures.engine.format import Measures
from kizuki.register.engine.format import About, Complete
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.kinds import KINDS
from kizuki.register.engine.standing import standing
from kizuki.register.following import ROOM
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation
from kizuki.replay.engine.register import Compiled, compile_register

#: A page compares two days; a past day never changes, so that it may be kept, but a register is large.
_days: Kept[Compiled | None] = Kept(3)
_today: Kept[Compiled] = Kept(2)
#: The newest register by organisation and day, with the catalogue by which it was read: after a change much of it stays true.
_before: dict[tuple[int, str], tuple[Measures, Compiled]] = {}


class Said(NamedTuple):
    """What the organisation said of itself."""

    about: About
    complete: tuple[Complete, ...]


def end_of(day: date) -> datetime:
    """The moment at which a day is over where the reader is."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_current_timezone())


def first_day(organisation: Organisation) -> date | None:
    """The day of the first record that the journal knows."""
    first = (
        Revision.objects.filter(room=ROOM, owner=organisation.pk).order_by("pk").values_list("at", flat=True).first()
    )
    return timezone.localtime(first).date() if first else None


def compiled_on(organisation: Organisation, day: date) -> Compiled | None:
    """The register as it counted on a day, made ready for replay; None where nothing was recorded yet. Today's is the register
    as it stands."""
    if day >= timezone.localdate():
        return compiled_now(organisation)
    until, measures = end_of(day), catalogue.state()
    return _days.get(state_of(organisation, day), lambda: _compiled(organisation, until, day, measures))


def state_of(organisation: Organisation, day: date) -> Hashable:
    """What names the register of a day, and the catalogue by which it is read: for a past day the last entry of the journal
    before its end, which never changes again."""
    if day >= timezone.localdate():
        return (organisation.digest, day, catalogue.state())
    last = Entry.objects.filter(at__lt=end_of(day)).order_by("-at", "-seq").values_list("hash", flat=True).first()
    return (organisation.pk, last, day, catalogue.state())


def compiled_now(organisation: Organisation) -> Compiled:
    """The register as it counts today."""
    return compiled_for(organisation, timezone.localdate().isoformat())


def compiled_for(organisation: Organisation, day: str) -> Compiled:
    """The register as it stands, with what counts on a day (as 2026-11-22); every page and job of a day shares it."""
    measures = catalogue.state()

    def made() -> Compiled:
        before, by = _before.get((organisation.pk, day)), catalogue.current(measures)
        known = before[1] if before is not None and before[0] is by else None
        register = compile_register(organisation.standing(day), by, vocabulary(), known)
        _before.clear()
        _before[organisation.pk, day] = (by, register)
        return register

    return _today.get((organisation.digest, day, measures), made)


def _compiled(organisation: Organisation, until: datetime, day: date, measures: str) -> Compiled | None:
    document = document_at(organisation, until)
    if document is None:
        return None
    return compile_register(standing(document, day.isoformat()), catalogue.current(measures), vocabulary())


def document_at(organisation: Organisation, until: datetime) -> Document | None:
    """The register as the file would have said it just before a moment: of each record the newest revision. None where there was
    none. What the organisation said of itself before its first recorded change is what it says now."""
    found: dict[str, list[str]] = {}
    for kind, document in _newest(organisation.pk, until):
        found.setdefault(kind, []).append(document)
    if not found:
        return None
    parts: dict[str, Any] = {kind.part: _decoded(kind.struct, found.get(kind.name, [])) for kind in KINDS.values()}
    said = _said(organisation, until)
    return Document(schema_="kizuki/organisation/1", organisation=said.about, complete=said.complete, **parts)


def _newest(owner: int, until: datetime) -> list[tuple[str, str]]:
    """(kind, document as JSON) of each record's newest revision, without those that had been taken out."""
    text = "r.document" if connection.vendor == "sqlite" else "r.document::text"
    table = Revision._meta.db_table
    moment = connection.ops.adapt_datetimefield_value(until)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.kind, {text} FROM {table} r JOIN ("  # noqa: S608 - names of our own tables
            f"SELECT kind, key, MAX(number) AS number FROM {table}"
            " WHERE room = %s AND owner = %s AND at < %s GROUP BY kind, key"
            ") m ON r.kind = m.kind AND r.key = m.key AND r.number = m.number"
            " WHERE r.room = %s AND r.owner = %s AND r.document IS NOT NULL ORDER BY r.id",
            [ROOM, owner, moment, ROOM, owner],
        )
        return [(kind, document) for kind, document in cursor.fetchall() if document != "null"]


def _decoded(struct: type[Any], documents: list[str]) -> tuple[Any, ...]:
    several: Any = tuple.__class_getitem__((struct, ...))
    made: tuple[Any, ...] = msgspec.json.decode(f"[{','.join(documents)}]", type=several)
    return made


def _said(organisation: Organisation, until: datetime) -> Said:
    told = Entry.objects.about(organisation).filter(room=ROOM, verb="described", at__lt=until).order_by("-seq").first()
    data: Mapping[str, Any] = told.details if told else {"about": organisation.about, "complete": organisation.complete}
    return Said(msgspec.convert(data["about"], About), msgspec.convert(data["complete"], tuple[Complete, ...]))
