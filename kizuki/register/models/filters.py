"""Filters of lists that a person keeps under a name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, person: Any) -> SavedFilterQuerySet:
        """One's own only."""
        return self.filter(person=person) if getattr(person, "is_authenticated", False) else self.none()


class SavedFilter(models.Model):
    """`part`: the list; `query`: the address's query that narrows it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "part", "name"], name="a_filter_once_a_name")]

    def __str__(self) -> str:
        return self.name
