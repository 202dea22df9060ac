"""Requests to connect something, and what was decided by the written criteria."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.accounts import rules
from kizuki.devices.choices import ADMITTED, Request
from kizuki.register.access import own_units
from kizuki.tasks.home import home_only


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def visible_to(self, person: Any) -> AdmissionQuerySet:
        """All of the home organisation for whoever works in all rooms, else those of one's units."""
        shown = self.filter(**home_only())
        if rules.may_read_all(person):
            return shown
        units = own_units(person)
        return shown.filter(unit__in=units) if units else self.none()

    def admitted(self) -> AdmissionQuerySet:
        return self.filter(state__in=ADMITTED)


def _person(name: str) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name=f"admissions_{name}"
    )


class Admission(models.Model):
    """A unit asks to connect something. `facts`: its answers, fact by fact. `decision`: what the criteria say of them; `suggested` is
    that outcome. `outcome`: what was decided; where it is another, `reason` says why, and it is an exception. `until`: the last day of
    the permission. `asset`: what it is in the register, once it is there. `follows`: the request that this one renews."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    kind = models.CharField(max_length=20)
    zone = models.CharField(max_length=120)
    unit = models.CharField(max_length=120)
    asset = models.CharField(max_length=120, blank=True)
    device = models.ForeignKey(
        "devices.Device", null=True, blank=True, on_delete=models.SET_NULL, related_name="admissions"
    )
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers")
    facts = models.JSONField(default=dict)
    decision = models.ForeignKey("criteria.Decision", null=True, on_delete=models.PROTECT, related_name="+")
    suggested = models.CharField(max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=Request, default=Request.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = _person("asked")
    asked_name = models.CharField(max_length=200)
    outcome = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = _person("decided")
    decided_name = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("request for admission")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Request.values), name="admission_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=ADMITTED) | (Q(until__isnull=False, decided_at__isnull=False) & ~Q(asset="")),
                name="admission_ends_by_itself",
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(outcome=F("suggested")) | ~Q(reason=""), name="admission_exception_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "until"], name="admission_state"),
            models.Index(fields=["organisation", "unit", "state"], name="admission_unit"),
            models.Index(fields=["asset"], name="admission_asset"),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("devices:admission", args=[self.pk])

    @property
    def is_exception(self) -> bool:
        """Whether it was decided otherwise than the criteria say."""
        return bool(self.outcome) and self.outcome != self.suggested
