"""Closing an incident, once everything is there or somebody who leads it says why it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.accounts.models import Person
from kizuki.incidents import hooks, rules
from kizuki.incidents.actions.tasks import plain
from kizuki.incidents.actions.timeline import ROOM, hold, note
from kizuki.incidents.choices import OPEN, Auto, Status
from kizuki.incidents.closing import known
from kizuki.incidents.engine import gate
from kizuki.incidents.engine.gate import Point
from kizuki.incidents.models import Incident
from kizuki.journal.actions import By, record

MOST_REASON: Final = 2000


class NotReady(ValidationError):
    """The incident is not closed. `points`: what is missing and has no reason."""

    def __init__(self, points: Sequence[Point]) -> None:
        super().__init__(
            _("It is not closed yet: something is missing. Add it, or say for each point why it stays away.")
        )
        self.points = points


@transaction.atomic
def close_incident(*, incident: Incident, version: int, by: By, overrides: Mapping[str, str] | None = None) -> Incident:
    """Close it. NotReady with the list where something is missing; `overrides` (point → reason) pass over what is missing, for whoever
    leads the incident, and stand in the timeline. Stale where the incident was changed since it was shown."""
    hold(incident, version)
    if incident.status not in OPEN:
        return incident
    found = gate.points(known(incident).facts)
    reasons = {point: plain(reason)[:MOST_REASON] for point, reason in (overrides or {}).items()}
    if left := gate.without_reason(found, reasons):
        raise NotReady(left)
    used = gate.used(found, reasons)
    if used and isinstance(by, Person) and not rules.may_lead(by, incident):
        raise PermissionDenied
    was, now = incident.status, timezone.now()
    incident.status, incident.closed_at, incident.version = Status.CLOSED, now, incident.version + 1
    Incident.objects.filter(pk=incident.pk).update(status=Status.CLOSED, closed_at=now, version=incident.version)
    values = {"status": Status.CLOSED, "overrides": used}
    note(incident, Auto.CLOSED, by=by, kind="decide", values=values, was={"status": was})
    record(by=by, room=ROOM, verb="closed", obj=incident, data={"overrides": sorted(used)})
    hooks.happened(incident, "incident.closed", {"overrides": sorted(used)})
    return incident
