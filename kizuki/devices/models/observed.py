"""What networks tell: sources, each sighting, and the traces to which sightings fold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import models
from django.utils import timezone

from kizuki.accounts import rules
from kizuki.register.access import own_units
from kizuki.register.engine.matching.result import Said
from kizuki.register.engine.matching.result import Trace as Folded


def moment(seconds: int) -> datetime:
    """Seconds since 1970 as a time that knows its zone."""
    return datetime.fromtimestamp(seconds, UTC)


class _OfZones(models.QuerySet[Any]):
    """Rows with a `zone`: readers see all, the owner of a unit what was seen in the zones of that unit and those below it."""

    _organisation = "organisation"

    def visible_to(self, person: Any) -> Any:
        shown = self.filter(**{f"{self._organisation}__is_home": True})
        if rules.may_read_all(person):
            return shown
        zones = zones_of(person)
        return shown.filter(zone__in=zones) if zones else self.none()


def zones_of(person: Any) -> frozenset[str]:
    """The zones of the units for which a person answers. Kept with the person's object."""
    from kizuki.register.models import Zone

    if not (units := own_units(person)):
        return frozenset()
    kept: frozenset[str] | None = getattr(person, "_own_zones", None)
    if kept is None:
        rows = Zone.objects.filter(organisation__is_home=True, deleted_at=None, unit__in=units)
        kept = person._own_zones = frozenset(rows.values_list("key", flat=True))
    return kept


class _OfSources(_OfZones):
    _organisation = "source__organisation"


class Watch(models.Model):
    """How far an organisation's looking is. `taken` rises with every portion of new observations; `matched` and `register`: up to
    which portion and which state of the register devices were last matched. `since`: a matching runs. `conflicts`: contradictions
    that belong to no single device, as the engine gives them."""

    organisation = models.OneToOneField("register.Organisation", on_delete=models.CASCADE, related_name="+")
    taken = models.PositiveBigIntegerField(default=0)
    matched = models.PositiveBigIntegerField(default=0)
    register = models.CharField(max_length=64, blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    assets = models.JSONField(default=dict)
    conflicts = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.matched} of {self.taken}"


class Source(models.Model):
    """What tells of devices, e.g. `dhcp:leases.db`. `zone`: where it looks, for observations that do not say so themselves. `first_at`,
    `last_at`: times of what it saw; `read_at`: when it was read last; `count`: observations that are kept."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=120, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(default=timezone.now)
    count = models.PositiveBigIntegerField(default=0)

    objects = _OfZones.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="source_once")]

    def __str__(self) -> str:
        return self.name


class Trace(models.Model):
    """All observations that say the same of the same thing, as the engine folds them; `digest` names what they say. `first`, `last`: in
    seconds since 1970. `device`: what it belongs to; None where its stays belong to several (see `Part`)."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=200)
    mac = models.CharField(max_length=17, blank=True)
    serial = models.TextField(blank=True)
    cloud_id = models.TextField(blank=True)
    zone = models.CharField(max_length=120, blank=True)
    ips = models.JSONField(default=list)
    hosts = models.JSONField(default=list)
    stays = models.JSONField(default=list)
    says = models.JSONField(default=list)
    seen = models.PositiveBigIntegerField(default=0)
    first = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    device = models.ForeignKey("devices.Device", null=True, on_delete=models.SET_NULL, related_name="traces")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "digest"], name="trace_once")]
        indexes = [models.Index(fields=["organisation", "first"], name="trace_first")]

    def __str__(self) -> str:
        return " ".join(part for part in (self.source, self.mac, self.serial, *self.hosts, *self.ips) if part)

    @property
    def folded(self) -> Folded:
        """The trace as the engine knows it."""
        return Folded(
            self.source, self.mac or None, self.serial or None, self.cloud_id or None, self.zone or None, tuple(self.ips),
            tuple(self.hosts), tuple((first, last) for first, last in self.stays), self.seen,
            msgspec.convert(self.says, tuple[Said, ...]),
        )  # fmt: skip

    def fill(self, folded: Folded) -> Trace:
        """Take over what the engine folded."""
        self.stays, self.seen = [list(stay) for stay in folded.stays], folded.seen
        self.says = msgspec.to_builtins(folded.says)
        self.first = folded.stays[0][0] if folded.stays else 0
        self.last = folded.stays[-1][1] if folded.stays else 0
        return self


class Part(models.Model):
    """The stays of a trace that belong to one device, where others belong to another; `stays` are their numbers."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="parts")
    device = models.ForeignKey("devices.Device", on_delete=models.CASCADE, related_name="parts")
    stays = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.trace_id} {self.device_id}"


class Word(models.Model):
    """An address or a name of a trace, so that searches find it by its beginning."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=200, db_index=True)

    def __str__(self) -> str:
        return self.word


class Observation(models.Model):
    """One sighting. Never changed; forgotten when it is older than `KIZUKI_OBSERVATION_DAYS`. `said` tells apart what was said at the same
    second; "" where nothing was."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="observations", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="observations", db_index=False)
    zone = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(db_index=True)
    says = models.JSONField(default=list)
    said = models.CharField(max_length=16, blank=True)

    objects = _OfSources.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["trace", "at", "source", "said"], name="observation_once"),
        ]
        indexes = [
            models.Index(fields=["source", "at"], name="observation_source"),
            models.Index(fields=["zone", "at"], name="observation_zone"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.trace_id}"
