"""Entries: adding, correcting, taking back; milestones; and what every other action writes by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.incidents import hooks
from kizuki.incidents.choices import KINDS, LANE_OF, LANES, MILESTONES, OPEN, Auto, Role
from kizuki.incidents.engine import moment as moments
from kizuki.incidents.engine.moment import BadMoment, Moment
from kizuki.incidents.models import Entry, Incident, Link, Member, MilestoneAt
from kizuki.incidents.naming import named
from kizuki.incidents.words import bad_moment
from kizuki.journal.actions import By, record
from kizuki.kit.text import Name

ROOM: Final = "incidents"
MOST_TEXT: Final = 20_000
#: So long may be the key by which a second sending is known.
MOST_ONCE: Final = 64


class Stale(ValidationError):
    """Somebody else changed the row since it was shown; nothing was written. `row`: as it is now."""

    def __init__(self, row: models.Model) -> None:
        super().__init__(_("Somebody changed this in the meantime. Here is how it is now; please decide again."))
        self.row = row


class About(NamedTuple):
    """What an entry speaks of: kind (asset, person, indicator, file, task), key, and its name now: one for both languages, or in both."""

    kind: str
    key: str
    label: Name


class New(NamedTuple):
    """An entry to be made, as `add_entry` takes it."""

    text: str
    lane: str
    kind: str
    at: str = ""
    handover: Sequence[str] = ()
    about: Sequence[About] = ()
    milestone: str = ""


@transaction.atomic
def add_entry(
    *,
    incident: Incident,
    text: str,
    lane: str,
    kind: str,
    by: By,
    at: str | Moment = "",
    handover: Sequence[str] = (),
    about: Sequence[About] = (),
    milestone: str = "",
    once: str = "",
) -> Entry:
    """Enter what happened. `at`: a form of `kizuki.kit.when`, or a moment; "" is now. With `once`, an entry that came with the same is
    given back as it is. ValidationError for a time that cannot be, an empty text, an unknown word, a closed incident."""
    hold(incident)
    if (there := _sent_before(incident, once)) is not None:
        return there
    must_be_open(incident)
    moment = _moment(incident, at)
    values = _said(text, lane, kind, handover)
    entry = write(incident, by=by, moment=moment, about=about, once=once, **values)
    record(by=by, room=ROOM, verb="entered", obj=incident, data={"entry": entry.seq})
    if milestone:
        mark_milestone(entry=entry, name=milestone, by=by)
    hooks.entered(entry)
    return entry


@transaction.atomic
def add_entries(*, incident: Incident, entries: Sequence[New], by: By, once: str) -> list[Entry]:
    """Enter several at once: all of them, or none. Sent twice with the same `once`, they are entered once. ValidationError by field and
    place, as in “text-3” for the text of the fourth."""
    hold(incident)
    if _sent_before(incident, f"{once}-0") is not None:
        keys = [f"{once}-{n}" for n in range(len(entries))]
        return list(Entry.objects.filter(incident=incident, once__in=keys).order_by("seq"))
    must_be_open(incident)
    checked: list[tuple[Moment, dict[str, Any]]] = []
    faults: dict[str, list[str]] = {}
    for n, one in enumerate(entries):
        try:
            checked.append((_moment(incident, one.at), _said(one.text, one.lane, one.kind, one.handover)))
        except ValidationError as error:
            faults |= {f"{name}-{n}": texts for name, texts in error.message_dict.items()}
    if faults:
        raise ValidationError(faults)
    made = []
    for n, (one, (moment, values)) in enumerate(zip(entries, checked, strict=True)):
        entry = write(incident, by=by, moment=moment, about=one.about, once=f"{once}-{n}", **values)
        if one.milestone:
            mark_milestone(entry=entry, name=one.milestone, by=by)
        hooks.entered(entry)
        made.append(entry)
    record(by=by, room=ROOM, verb="entered", obj=incident, data={"entries": [entry.seq for entry in made]})
    return made


@transaction.atomic
def correct_entry(
    *,
    entry: Entry,
    text: str,
    lane: str,
    kind: str,
    by: By,
    at: str | Moment = "",
    handover: Sequence[str] = (),
    about: Sequence[About] = (),
    once: str = "",
) -> Entry:
    """Write a new entry in place of this one, which stays to be read. Its milestones go over to the new one. `at` "": as before."""
    hold(entry.incident)
    if (there := _sent_before(entry.incident, once)) is not None:
        return there
    must_be_open(entry.incident)
    _must_be_last(entry)
    moment = _moment(entry.incident, at) if at else Moment(entry.at, entry.low, entry.high)
    values = _said(text, lane, kind, handover)
    new = write(entry.incident, by=by, moment=moment, about=about, once=once, corrects=entry, **values)
    MilestoneAt.objects.filter(entry=entry).update(entry=new)
    record(by=by, room=ROOM, verb="corrected", obj=entry.incident, data={"entry": entry.seq, "by": new.seq})
    hooks.entered(new)
    return new


@transaction.atomic
def withdraw_entry(*, entry: Entry, reason: str, by: By, once: str = "") -> Entry:
    """Take an entry back, with the reason. It stays to be read, crossed out; its milestones are no longer marked."""
    hold(entry.incident)
    if (there := _sent_before(entry.incident, once)) is not None:
        return there
    must_be_open(entry.incident)
    _must_be_last(entry)
    values = _said(reason, entry.lane, entry.kind, ())
    moment = Moment(entry.at, entry.low, entry.high)
    new = write(entry.incident, by=by, moment=moment, once=once, corrects=entry, withdrawn=True, **values)
    MilestoneAt.objects.filter(entry=entry).delete()
    record(by=by, room=ROOM, verb="withdrew", obj=entry.incident, data={"entry": entry.seq})
    hooks.happened(entry.incident, "entry.withdrawn", {"entry": entry.seq, "by": new.seq})
    return new


@transaction.atomic
def mark_milestone(*, entry: Entry, name: str, by: By, until: str = "") -> MilestoneAt:
    """Say that the milestone was reached with this entry; the one that was marked before no longer is. `until`: a form of
    `kizuki.kit.when`, where it is only known that it was reached between the entry and then. Marked so already, nothing changes."""
    if name not in MILESTONES:
        raise ValidationError({"name": _("There is no such milestone.")})
    hold(entry.incident)
    must_be_open(entry.incident)
    _must_be_last(entry, own=True)
    _must_follow(entry, until)
    there = MilestoneAt.objects.filter(incident=entry.incident, name=name, entry=entry, by=until).first()
    if there is not None:
        return there
    row, _new = MilestoneAt.objects.update_or_create(
        incident=entry.incident, name=name, defaults={"entry": entry, "by": until}
    )
    note(
        entry.incident, Auto.MILESTONE, by=by, kind=entry.kind, lane=entry.lane, id=name,
        values={"entry": entry.seq, "by": until},
    )  # fmt: skip
    record(by=by, room=ROOM, verb="marked", obj=entry.incident, data={"milestone": name, "entry": entry.seq})
    hooks.happened(entry.incident, "milestone.marked", {"milestone": name, "entry": entry.seq})
    return row


@transaction.atomic
def clear_milestone(*, incident: Incident, name: str, by: By) -> None:
    """Say that the milestone is not reached after all."""
    hold(incident)
    must_be_open(incident)
    if MilestoneAt.objects.filter(incident=incident, name=name).delete()[0]:
        note(incident, Auto.MILESTONE, by=by, kind="analyse", id=name, values={"entry": None, "by": ""})
        record(by=by, room=ROOM, verb="marked", obj=incident, data={"milestone": name, "entry": None})
        hooks.happened(incident, "milestone.cleared", {"milestone": name})


def note(
    incident: Incident,
    auto: str,
    *,
    by: By,
    kind: str,
    id: str = "",
    values: Mapping[str, Any],
    was: Mapping[str, Any] | None = None,
    lane: str = "",
    text: str = "",
    at: datetime | None = None,
    about: Sequence[About] = (),
    once: str = "",
) -> Entry:
    """The entry that an action writes by itself, in its transaction. `values`: what is so from now on; `was`: before; `once`: a key
    of whoever sent it, so that it is not done twice."""
    data: dict[str, Any] = {"id": id, "set": dict(values)}
    if was:
        data["was"] = dict(was)
    moment = moments.in_zone(at or timezone.now(), incident.zone)
    return write(
        incident, by=by, moment=moment, about=about, auto=auto, data=data, text=text, kind=kind, once=once,
        lane=lane or lane_of(by, incident),
    )  # fmt: skip


def write(incident: Incident, *, by: By, moment: Moment, about: Sequence[About] = (), **values: Any) -> Entry:
    """One row of the timeline under the next number. The incident must be held."""
    now = timezone.now()
    incident.last_seq, incident.changed_at = incident.last_seq + 1, now
    Incident.objects.filter(pk=incident.pk).update(last_seq=incident.last_seq, changed_at=now)
    person = None if by is None or isinstance(by, str) else by.pk
    entry: Entry = Entry.objects.create(
        incident=incident, seq=incident.last_seq, at=moment.at, low=moment.low, high=moment.high, sort=moment.sort or now,
        zone=incident.zone, recorded_at=now, by_id=person, by_name="" if by is None else str(by)[:200], **values,
    )  # fmt: skip
    once_each = {(one.kind, one.key[:200]): named(one.label) for one in about}
    Link.objects.bulk_create(Link(entry=entry, kind=kind, key=key, **label) for (kind, key), label in once_each.items())
    return entry


def hold(incident: Incident, version: int | None = None) -> None:
    """Let nobody else write to the incident until the end of the transaction, and know it as it is now. With `version`, Stale where
    its fields were changed since. (SQLite lets one transaction write at a time anyway.)"""
    fresh = Incident.objects.select_for_update().get(pk=incident.pk)
    for field in Incident._meta.concrete_fields:
        setattr(incident, field.attname, getattr(fresh, field.attname))
    if version is not None and fresh.version != version:
        raise Stale(fresh)


def _sent_before(incident: Incident, once: str) -> Entry | None:
    if len(once) > MOST_ONCE:
        raise ValidationError({"once": _("A key against doubling has at most %(n)d characters.") % {"n": MOST_ONCE}})
    return Entry.objects.filter(incident=incident, once=once).first() if once else None


def lane_of(by: By, incident: Incident) -> str:
    """The lane in which somebody writes unless they say otherwise: that of their role in the incident."""
    if by is None or isinstance(by, str):
        return "security"
    roles = Member.objects.filter(incident=incident, person=by.pk, until=None).values_list("role", flat=True)
    known = [LANE_OF[role] for role in roles if role in LANE_OF and role != Role.LEAD]
    return known[0] if known else "security"


def _moment(incident: Incident, at: str | Moment) -> Moment:
    now = timezone.now()
    try:
        if isinstance(at, Moment):
            return moments.check(at, now)
        if not at:
            return moments.in_zone(now, incident.zone)
        return moments.check(moments.placed(at, zone=incident.zone, day_one=incident.day_one), now)
    except BadMoment as error:
        raise ValidationError({"at": bad_moment(error)}) from None


def _must_follow(entry: Entry, until: str) -> None:
    """ValidationError unless `until` is a time that can be, and not before the entry."""
    if not until:
        return
    try:
        latest = _moment(entry.incident, until)
    except ValidationError as error:
        raise ValidationError({"until": error.messages}) from None
    if len(until) > 60 or latest.high is None or (entry.low is not None and latest.high < entry.low):
        raise ValidationError({"until": _("This has to be a time after the entry.")})


def _said(text: str, lane: str, kind: str, handover: Sequence[str]) -> dict[str, Any]:
    """The content of an entry, checked."""
    faults: dict[str, str] = {}
    # Half a character, as a program may send it, is in no text that is stored.
    plain = text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not plain:
        faults["text"] = _("Say what happened.")
    if len(plain) > MOST_TEXT:
        faults["text"] = _("At most %(most)s characters fit into one entry; these are %(n)s. Keep long texts as a file.") % {
            "most": f"{MOST_TEXT:,}", "n": f"{len(plain):,}",
        }  # fmt: skip
    if lane not in LANES:
        faults["lane"] = _("Choose whose act it was.")
    if kind not in KINDS:
        faults["kind"] = _("Choose what kind of act it was.")
    if set(handover) - set(LANES):
        faults["handover"] = _("Choose lanes that there are.")
    if faults:
        raise ValidationError(faults)
    return {
        "text": plain,
        "lane": lane,
        "kind": kind,
        "handover": [one for one in LANES if one in handover and one != lane],
    }


def must_be_open(incident: Incident) -> None:
    """ValidationError unless somebody still works on it."""
    if incident.status not in OPEN:
        raise ValidationError(_("The incident is closed. Reopen it to add to it; what you typed is still here."))


def _must_be_last(entry: Entry, *, own: bool = False) -> None:
    """ValidationError unless nothing took the entry's place. `own`: entries of Kizuki's own may be meant as well."""
    if entry.auto and not own:
        raise ValidationError(_("Kizuki wrote this entry by itself. Change what it speaks of instead."))
    newer = Entry.objects.filter(corrects=entry).order_by("seq").first()
    if newer is not None:
        raise ValidationError(_("Entry %(n)s took the place of this one. Correct that one.") % {"n": newer.seq})
    if entry.withdrawn:
        raise ValidationError(_("This entry only takes another one back."))
