"""A round of self-assessment, and the part of each unit in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from kizuki.accounts import rules
from kizuki.kit.text import Text


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, person: Any) -> RoundQuerySet:
        """What units are asked, and what they answer, shows where an organisation is weak."""
        return self if rules.may_read_all(person) else self.none()


class Round(models.Model):
    """`measures`: the ids that every unit is asked about; empty: to each unit what matters for it. `due`: the day until when
    answers are asked for, links included."""

    title = models.CharField(max_length=200)
    measures = models.JSONField(default=list)
    due = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("measures:round", args=[self.pk])

    def is_late(self, today: date) -> bool:
        return self.closed_at is None and self.due < today


class PartQuerySet(models.QuerySet["Part"]):
    def visible_to(self, person: Any) -> PartQuerySet:
        return self if rules.may_read_all(person) else self.none()


class Part(models.Model):
    """What one unit is asked in a round, in one language. `digest`: SHA-256 of the link's token, which is kept nowhere. `measures`:
    ids in the order in which they are asked."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="parts")
    unit = models.CharField(max_length=120)
    name_ja = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    measures = models.JSONField(default=list)
    answered_by = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    link_made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["name_en", "name_ja", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="one_part_a_unit"),
            models.CheckConstraint(
                condition=models.Q(digest=None) | models.Q(expires_at__isnull=False), name="part_link_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.name_en or self.name_ja or self.unit}"

    @property
    def name(self) -> Text:
        return Text(ja=self.name_ja or self.name_en or self.unit, en=self.name_en or self.name_ja or self.unit)

    def open_at(self, moment: datetime) -> bool:
        """Whether its link leads in then."""
        return (
            self.digest is not None
            and self.expires_at is not None
            and self.expires_at > moment
            and self.round.closed_at is None
        )

    @property
    def open_now(self) -> bool:
        return self.open_at(timezone.now())
