"""What a unit says of a measure, until a manager has decided about it."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kizuki.accounts import rules
from kizuki.measures.models.round import Part
from kizuki.register.access import own_units
from kizuki.register.engine.format import Scope


class Status(models.TextChoices):
    OPEN = "open", _("waits for a decision")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("sent back")


class State(models.TextChoices):
    """What may be answered. “unknown” is an answer as well: nobody there knows, and nothing is recorded."""

    FULL = "full", _("full")
    PARTIAL = "partial", _("partial")
    NONE = "none", _("none")
    NOT_APPLICABLE = "not applicable", _("not applicable")
    UNKNOWN = "unknown", _("unknown")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, person: Any) -> ProposalQuerySet:
        """Whoever works in all rooms sees all, the owner of a unit what was said for that unit and those below it."""
        if rules.may_read_all(person):
            return self
        units = own_units(person)
        return self.filter(unit__in=units) if units else self.none()

    def waiting(self) -> ProposalQuerySet:
        return self.filter(status=Status.OPEN)


class Proposal(models.Model):
    """`part` None: proposed by somebody with an account. `scope` as the organisation file says it; `unit` answers. `evidence` is
    written in `language`; `files` are SHA-256. `remark`: what the manager says of it. `base`: the version of the row of coverage
    that the proposal has led to."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, null=True, blank=True, related_name="proposals")
    measure = models.CharField(max_length=16)
    unit = models.CharField(max_length=120)
    scope = models.JSONField()
    state = models.CharField(max_length=16, choices=State)
    evidence = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    link = models.CharField(max_length=400, blank=True)
    files = models.JSONField(default=list)
    by_name = models.CharField(max_length=200)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    remark = models.TextField(blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["part", "measure"], name="one_answer_a_question"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="proposal_status_known"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="proposal_state_known"),
        ]
        indexes = [models.Index(fields=["status", "unit"], name="proposal_waiting")]

    def __str__(self) -> str:
        return f"{self.measure} {self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("measures:proposal", args=[self.pk])

    @property
    def where(self) -> Scope:
        return msgspec.convert(self.scope, Scope)
