"""Devices, as matching makes them of what was observed, and what people decided about them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.accounts import rules
from kizuki.devices.choices import Ended, Kind, State
from kizuki.devices.models.observed import moment
from kizuki.register.access import own_units
from kizuki.tasks.home import home_only


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, person: Any) -> DeviceQuerySet:
        """All of the home organisation for whoever works in all rooms, else those of one's units."""
        shown = self.filter(**home_only())
        if rules.may_read_all(person):
            return shown
        units = own_units(person)
        return shown.filter(unit__in=units) if units else self.none()

    def open(self) -> DeviceQuerySet:
        """Unknown, and nobody has decided what to do about it."""
        return self.filter(state=State.UNKNOWN, decided="")


class Device(models.Model):
    """One thing, seen or missing.

    `key`: its strongest identifier as the engine names it, or `asset:<id>` for an asset that is missing and was never seen.
    `reasons`, `differs`, `near`: the engine's, as data (`words` puts them into sentences). `unit`: who has to do with it: the
    asset's unit, else that of the zone, else that of most of its neighbours. `decided`: the kind of decision that counts now.
    `digest`: of all that the last matching said of it. `version` rises when its state, its asset or the decision changes, `changed_at`
    is when anything of it did."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=600)
    state = models.CharField(_("state"), max_length=10, choices=State)
    asset = models.CharField(max_length=120, blank=True)
    assets = models.JSONField(default=list)
    confidence = models.CharField(max_length=10, blank=True)
    points = models.IntegerField(default=0)
    reasons = models.JSONField(default=list)
    differs = models.JSONField(default=list)
    near = models.JSONField(null=True)
    zone = models.CharField(max_length=120, blank=True)
    zones = models.JSONField(default=list)
    unit = models.CharField(max_length=120, blank=True)
    macs = models.JSONField(default=list)
    ips = models.JSONField(default=list)
    hosts = models.JSONField(default=list)
    serials = models.JSONField(default=list)
    cloud_ids = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    first = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    decided = models.CharField(max_length=10, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-last", "-pk"]
        verbose_name = _("device")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="device_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="device_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=(State.KNOWN, State.MOVED, State.CHANGED, State.GONE)) | ~Q(asset=""),
                name="device_known_has_asset",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "decided", "last"], name="device_state"),
            models.Index(fields=["organisation", "zone", "state", "decided"], name="device_counts"),
            models.Index(fields=["organisation", "unit", "state"], name="device_unit"),
            models.Index(fields=["organisation", "last"], name="device_last"),
            models.Index(fields=["asset"], name="device_asset"),
            models.Index(fields=["organisation", "changed_at"], name="device_changed"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("devices:device", args=[self.pk])

    @property
    def name(self) -> str:
        """What people would call it: its name, else an address, else how the engine names it."""
        return next(
            (part[0] for part in (self.hosts, self.macs, self.ips, self.serials, self.cloud_ids) if part), self.key
        )

    @property
    def first_at(self) -> Any:
        return moment(self.first) if self.seen else None

    @property
    def last_at(self) -> Any:
        return moment(self.last) if self.seen else None

    @property
    def task_name(self) -> str:
        """The `once` of the task to find out what it is."""
        return f"device:{self.pk}"


class DeviceDecisionQuerySet(models.QuerySet["DeviceDecision"]):
    def counting(self) -> DeviceDecisionQuerySet:
        return self.filter(ended="")


class DeviceDecision(models.Model):
    """What a person decided about a device. It counts until it is undone, its time is over, or it has become needless; then `ended` says
    why. `before`: the columns of the device that it changed, as they were. `batch`: the change of the register that went with it."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="decisions")
    key = models.CharField(max_length=600)
    kind = models.CharField(max_length=10, choices=Kind)
    asset = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    batch = models.UUIDField(null=True, blank=True)
    before = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="device_decisions"
    )
    by_name = models.CharField(max_length=200)
    ended = models.CharField(max_length=10, choices=Ended, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_name = models.CharField(max_length=200, blank=True)

    objects = DeviceDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["device"], condition=Q(ended=""), name="device_decided_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="device_decision_known"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.NOT_OURS) | (Q(until__isnull=False) & ~Q(reason="")), name="device_not_ours_ends"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=(Kind.ASSET, Kind.MADE)) | ~Q(asset=""), name="device_decided_asset"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "key"], name="device_decision_key")]

    def __str__(self) -> str:
        return f"{self.key}: {self.kind}"
