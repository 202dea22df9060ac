"""A file that is brought into the register: what was said about it, what it would change, and what became of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.accounts import rules
from kizuki.imports.access import may_import
from kizuki.imports.choices import BEFORE, TAKEABLE, LineState, Outcome, State
from kizuki.register.engine.kinds import KINDS


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, person: Any) -> ImportQuerySet:
        """All of the home organisation for managers; for owners of a unit their own."""
        shown = self.filter(organisation__is_home=True)
        if rules.may_edit(person):
            return shown
        return shown.filter(by_id=person.pk) if may_import(person) else self.none()


class Import(models.Model):
    """`digest`: of the file. `options`: what the person says of it. `settings`: how it is held against the register. `counts`: lines
    by state. `told`: what reading it told besides. `fault`: why it cannot be read, as (line, message). `planned_version`: of the
    organisation when it was planned. `batch`: under which its changes stand in the journal. `about`: what the file says of the
    organisation itself, `about_before`: what was said before."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    by_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=20, blank=True)
    options = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.GIVEN)
    counts = models.JSONField(default=dict)
    told = models.JSONField(default=dict)
    fault = models.JSONField(default=list)
    about = models.JSONField(null=True, blank=True)
    about_before = models.JSONField(null=True, blank=True)
    planned_version = models.PositiveIntegerField(default=0)
    batch = models.UUIDField(default=uuid.uuid4, unique=True)
    job = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        indexes = [models.Index(fields=["by", "-created_at"], name="import_by")]
        constraints = [models.CheckConstraint(condition=Q(state__in=State.values), name="import_state_known")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("imports:one", args=[self.pk])

    @property
    def before(self) -> bool:
        """Whether nothing of it stands in the register yet."""
        return self.state in BEFORE


class PlanLine(models.Model):
    """A record as the file would make it. `n`: the order in which it is written. `one_of`: of the lines with the same one is taken.
    `chosen`: whether somebody has said to take or leave it. Columns otherwise as in `kizuki.imports.engine.lines.Line`."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lines")
    n = models.PositiveIntegerField()
    place = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=600, blank=True)
    state = models.CharField(max_length=10)
    name = models.CharField(max_length=400, blank=True)
    how = models.CharField(max_length=12, blank=True)
    document = models.JSONField(null=True, blank=True)
    base = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=list)
    reason = models.CharField(max_length=400, blank=True)
    arguments = models.JSONField(default=dict)
    column = models.CharField(max_length=130, blank=True)
    one_of = models.CharField(max_length=600, blank=True)
    take = models.BooleanField(default=False)
    chosen = models.BooleanField(default=False)
    outcome = models.CharField(max_length=8, blank=True, choices=Outcome)
    problem = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["n"]
        indexes = [
            models.Index(fields=["of", "state", "place", "n"], name="planline_state"),
            models.Index(fields=["of", "place", "n"], name="planline_place"),
            models.Index(fields=["of", "kind", "key"], name="planline_key"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["of", "n"], name="planline_once"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="planline_state_known"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="planline_outcome_known"),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="planline_kind_known"),
            models.CheckConstraint(condition=Q(take=False) | Q(state__in=TAKEABLE), name="planline_takeable"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.kind} {self.key}"

    @property
    def takeable(self) -> bool:
        """Whether somebody may say to take it."""
        return self.state in TAKEABLE and (self.document is not None or self.state == LineState.GONE)


class KeptMapping(models.Model):
    """Which column gives which field, kept for tables with the same headings. `headings`: a digest of their set. `shown`: the headings
    themselves. `options`: sheet, row of the headings and the like, as in `Import.options`."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    headings = models.CharField(max_length=64)
    shown = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    used_at = models.DateTimeField(default=timezone.now)
    used_by = models.CharField(max_length=200, blank=True)
    uses = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "headings", "name"], name="a_mapping_once_a_name")
        ]

    def __str__(self) -> str:
        return self.name
