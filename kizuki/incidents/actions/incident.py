"""Opening an incident, changing it, its people; merging and reopening."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.accounts.models import Person
from kizuki.incidents import hooks
from kizuki.incidents.actions.timeline import ROOM, hold, must_be_open, note
from kizuki.incidents.choices import OPEN, TLPS, Auto, Kind, Role, Status
from kizuki.incidents.models import Incident, Member
from kizuki.journal.actions import By, record
from kizuki.register.models import Organisation

#: Fields that `change_incident` writes.
CHANGEABLE: Final = ("title", "stand", "kind", "status", "tlp", "restricted", "exercise", "parent", "zone", "day_one")


@transaction.atomic
def open_incident(
    *,
    title: str,
    by: Person | str,
    kind: str = Kind.OTHER,
    zone: str = "Asia/Tokyo",
    tlp: str = "amber",
    restricted: bool = False,
    exercise: bool = False,
    day_one: dt.date | None = None,
    parent: Incident | None = None,
    once: str = "",
) -> Incident:
    """A new incident under the next number of its year. Whoever opens it leads it until they hand it over."""
    if once and (there := Incident.objects.filter(once=once).first()) is not None:
        return there
    home = Organisation.objects.select_for_update().filter(is_home=True, deleted_at=None).first()
    if home is None:
        raise ValidationError(_("There is no organisation yet to which an incident could belong."))
    if once and (there := Incident.objects.filter(once=once).first()) is not None:
        return there
    values = _checked({"title": title, "kind": kind, "tlp": tlp, "zone": zone})
    if restricted and not isinstance(by, Person):
        raise ValidationError({"restricted": _("Nobody would know of it: a person has to open a restricted incident.")})
    now = timezone.now()
    local = now.astimezone(zoneinfo.ZoneInfo(zone))
    person = by if isinstance(by, Person) else None
    incident: Incident = Incident.objects.create(
        organisation=home, number=_next_number(local.year), restricted=restricted, exercise=exercise, parent=parent,
        day_one=day_one or local.date(), opened_at=now, by=person, by_name=str(by)[:200], lead=person, once=once, **values,
    )  # fmt: skip
    if person is not None:
        Member.objects.create(incident=incident, person=person, role=Role.LEAD, since=now)
    note(incident, Auto.OPENED, by=by, kind="report", values=_state(incident))
    record(by=by, room=ROOM, verb="opened", obj=incident, data={"exercise": exercise})
    hooks.happened(incident, "incident.opened", {})
    return incident


def _next_number(year: int) -> str:
    """INC-2026-014. The organisation is held, so that no two get the same; the database refuses it as well."""
    begin = f"INC-{year}-"
    last = Incident.objects.filter(number__startswith=begin).order_by("-pk").values_list("number", flat=True).first()
    return f"{begin}{int(last.removeprefix(begin)) + 1 if last else 1:03d}"


@transaction.atomic
def change_incident(*, incident: Incident, version: int, by: By, **values: Any) -> Incident:
    """Change fields of the incident (CHANGEABLE); each change is an entry. Stale where somebody was faster, ValidationError for what
    cannot be. Closing has its own action."""
    hold(incident, version)
    if set(values) - set(CHANGEABLE):
        raise TypeError(values)
    if values.get("status", incident.status) != incident.status and values["status"] not in OPEN:
        raise ValidationError({"status": _("Close or merge the incident by its own button.")})
    must_be_open(incident)
    checked = _checked(values)
    if checked.get("parent") is not None:
        _must_not_circle(incident, checked["parent"])
    if checked.get("restricted") and not incident.restricted:
        _must_stay_known(incident, by)
    before = _state(incident)
    for name, value in checked.items():
        setattr(incident, name, value)
    after = _state(incident)
    changed = {name: after[name] for name in after if after[name] != before[name]}
    if not changed:
        return incident
    incident.version += 1
    Incident.objects.filter(pk=incident.pk).update(
        version=incident.version, **{name: getattr(incident, name) for name in checked}
    )
    was = {name: before[name] for name in changed}
    note(incident, Auto.CHANGED, by=by, kind="decide" if "status" in changed else "analyse", values=changed, was=was)
    record(by=by, room=ROOM, verb="changed", obj=incident, data={"fields": sorted(changed)})
    hooks.happened(incident, "incident.changed", {"fields": sorted(changed)})
    return incident


@transaction.atomic
def give_role(*, incident: Incident, person: Person, role: str, by: By, version: int | None = None) -> Member:
    """Say what somebody is in the incident from now on. Who takes the lead takes it over from whoever had it – with `version`, Stale
    where the lead or another field was changed since it was shown. Of a restricted incident, whoever hands the lead over keeps a
    role, so as not to lose sight of it."""
    hold(incident, version if role == Role.LEAD else None)
    must_be_open(incident)
    if role not in Role.values:
        raise ValidationError({"role": _("Choose one of the roles.")})
    if not person.is_active:
        raise ValidationError({"person": _("This person can no longer sign in.")})
    now = timezone.now()
    there = Member.objects.filter(incident=incident, person=person, role=role, until=None).first()
    if there is not None:
        return there
    before = None
    if role == Role.LEAD:
        before = incident.lead
        Member.objects.filter(incident=incident, role=Role.LEAD, until=None).update(until=now)
        incident.lead, incident.version = person, incident.version + 1
        Incident.objects.filter(pk=incident.pk).update(lead=person, version=incident.version)
    member: Member = Member.objects.create(incident=incident, person=person, role=role, since=now)
    values = {"person": person.pk, "name": person.name, "role": role, "until": None}
    note(
        incident, Auto.ROLE, by=by, kind="escalate" if role == Role.LEAD else "analyse", id=str(member.pk), values=values,
        was={"lead": before.pk} if before else None,
    )  # fmt: skip
    record(by=by, room=ROOM, verb="gave_role", obj=incident, data={"person": person.pk, "role": role})
    hooks.happened(incident, "incident.role", {"role": role})
    if before is not None and incident.restricted and not incident.members.filter(person=before, until=None).exists():
        give_role(incident=incident, person=before, role=Role.SECURITY, by=by)
    return member


@transaction.atomic
def end_role(*, member: Member, by: By) -> Member:
    """End what somebody was in the incident. The lead is handed over, not laid down."""
    hold(member.incident)
    must_be_open(member.incident)
    if member.role == Role.LEAD:
        raise ValidationError(_("An open incident has somebody who leads it. Give the lead to another person instead."))
    now = timezone.now()
    if not Member.objects.filter(pk=member.pk, until=None).update(until=now):
        return member
    member.until = now
    values = {"until": now.isoformat(), "name": member.person.name, "role": member.role}
    note(member.incident, Auto.ROLE, by=by, kind="analyse", id=str(member.pk), values=values)
    record(
        by=by, room=ROOM, verb="ended_role", obj=member.incident, data={"person": member.person_id, "role": member.role}
    )
    hooks.happened(member.incident, "incident.role", {"role": member.role})
    return member


@transaction.atomic
def merge_incident(*, incident: Incident, into: Incident, version: int, by: By) -> Incident:
    """This incident turned out to be part of another one: it ends here, stays to be read, and the other one says so."""
    for one in sorted((incident, into), key=lambda row: row.pk):
        hold(one, version if one.pk == incident.pk else None)
        must_be_open(one)
    if incident.pk == into.pk:
        raise ValidationError({"into": _("An incident cannot be merged into itself.")})
    was = incident.status
    incident.status, incident.merged_into, incident.version = Status.MERGED, into, incident.version + 1
    note(
        incident, Auto.MERGED, by=by, kind="decide", values={"status": Status.MERGED, "into": into.number},
        was={"status": was},
    )  # fmt: skip
    Incident.objects.filter(pk=incident.pk).update(status=Status.MERGED, merged_into=into, version=incident.version)
    note(into, Auto.MERGED, by=by, kind="decide", values={"from": incident.number})
    record(by=by, room=ROOM, verb="merged", obj=incident, data={"into": into.number})
    hooks.happened(incident, "incident.merged", {"into": into.number})
    return incident


@transaction.atomic
def reopen_incident(*, incident: Incident, reason: str, version: int, by: By) -> Incident:
    """Work on a closed or merged incident again, with the reason."""
    other = incident.merged_into
    for one in sorted((row for row in (incident, other) if row is not None), key=lambda row: row.pk):
        hold(one, version if one.pk == incident.pk else None)
    if incident.status in OPEN:
        return incident
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is taken up again.")})
    was = incident.status
    incident.status, incident.closed_at, incident.merged_into = Status.ANALYSING, None, None
    incident.version += 1
    Incident.objects.filter(pk=incident.pk).update(
        status=incident.status, closed_at=None, merged_into=None, version=incident.version
    )
    values = {"status": incident.status, "reason": reason.strip()[:2000]}
    note(incident, Auto.CHANGED, by=by, kind="decide", values=values, was={"status": was})
    if other is not None:
        note(other, Auto.MERGED, by=by, kind="decide", values={"apart": incident.number})
    record(by=by, room=ROOM, verb="reopened", obj=incident)
    hooks.happened(incident, "incident.reopened", {})
    return incident


def _state(incident: Incident) -> dict[str, Any]:
    """The fields that entries tell of, as JSON holds them."""
    return {
        "title": incident.title, "stand": incident.stand, "kind": incident.kind, "status": incident.status,
        "severity": incident.severity, "tlp": incident.tlp, "restricted": incident.restricted,
        "exercise": incident.exercise, "parent": incident.parent.number if incident.parent else None,
        "zone": incident.zone, "day_one": incident.day_one.isoformat(), "lead": incident.lead_id,
    }  # fmt: skip


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, trimmed; ValidationError by field for what cannot be."""
    made = dict(values)
    faults: dict[str, str] = {}
    for name, most in (("title", 200), ("stand", 500)):
        if name in made:
            made[name] = " ".join(str(made[name]).replace("\x00", "").split())
            if len(made[name]) > most:
                faults[name] = _("At most %(most)d characters; these are %(n)d.") % {"most": most, "n": len(made[name])}
    if "title" in made and not made["title"]:
        faults["title"] = _("Give it a title: what is seen, in one line.")
    for name, known in (("kind", Kind.values), ("status", Status.values), ("tlp", TLPS)):
        if name in made and made[name] not in known:
            faults[name] = _("Choose one of the values.")
    if "zone" in made and made["zone"] not in zoneinfo.available_timezones():
        faults["zone"] = _("This is not the name of a time zone, such as Asia/Tokyo.")
    if faults:
        raise ValidationError(faults)
    return made


def _must_not_circle(incident: Incident, parent: Incident) -> None:
    seen: set[int] = set()
    above: Incident | None = parent
    while above is not None and above.pk not in seen:
        if above.pk == incident.pk:
            raise ValidationError({"parent": _("An incident cannot stand below itself.")})
        seen.add(above.pk)
        above = above.parent


def _must_stay_known(incident: Incident, by: By) -> None:
    """ValidationError where nobody would know of the incident any more, or not even whoever restricts it."""
    members = Member.objects.filter(incident=incident, until=None)
    if isinstance(by, Person) and not members.filter(person=by).exists():
        raise ValidationError(
            {"restricted": _("You have no role in it: you would no longer see it. Take a role first.")}
        )
    if not members.exists():
        raise ValidationError(
            {"restricted": _("Nobody has a role in it: nobody would see it any more. Give a role first.")}
        )
