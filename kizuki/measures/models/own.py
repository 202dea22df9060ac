"""The measures that an organisation has added to the library's."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import models
from django.urls import reverse

from kizuki.accounts import rules
from kizuki.measures.engine.format import Measure


class OwnMeasureQuerySet(models.QuerySet["OwnMeasure"]):
    def visible_to(self, person: Any) -> OwnMeasureQuerySet:
        """The catalogue is for everyone who works here, as the library's is."""
        return self if rules.is_person(person) else self.none()

    def in_use(self) -> OwnMeasureQuerySet:
        return self.filter(retired_at=None)


class OwnMeasure(models.Model):
    """`document` is the measure as the measures file says it, and the truth; `key` its id, which never changes. A retired one
    keeps its meaning for what speaks of it, and is offered no more."""

    key = models.CharField(max_length=16, unique=True)
    document = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = OwnMeasureQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=models.Q(version__gte=1), name="own_measure_version_from_one"),
            models.CheckConstraint(condition=models.Q(key__startswith="X"), name="own_measure_key_of_its_own"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.read.name.in_('en')}"

    def get_absolute_url(self) -> str:
        return reverse("measures:measure", args=[self.key])

    @property
    def read(self) -> Measure:
        return msgspec.convert(self.document, Measure)
