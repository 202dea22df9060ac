"""What is known of an incident: indicators, assets, files; and what is learned from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kizuki.incidents.choices import AssetState, IndicatorKind, IndicatorState
from kizuki.incidents.models.incident import Incident, of_person
from kizuki.incidents.models.timeline import Entry


class Indicator(models.Model):
    """An observable that points to the attacker: found in a text, confirmed by a person. `value` is written plainly, never defanged."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="indicators")
    kind = models.CharField(max_length=8, choices=IndicatorKind)
    value = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=IndicatorState, default=IndicatorState.PROPOSED)
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["kind", "value"]
        indexes = [models.Index(fields=["kind", "value"], name="incident_indicator_value")]
        constraints = [
            models.UniqueConstraint(fields=["incident", "kind", "value"], name="incident_indicator_once"),
            models.CheckConstraint(condition=Q(kind__in=IndicatorKind.values), name="incident_indicator_kind_known"),
            models.CheckConstraint(condition=Q(state__in=IndicatorState.values), name="incident_indicator_state_known"),
        ]

    def __str__(self) -> str:
        return self.value


class AssetOf(models.Model):
    """An asset of the register that the incident concerns. `key`: its id there; `label`: its name when it was noted."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assets")
    key = models.CharField(max_length=120)
    label = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=AssetState, default=AssetState.SUSPECTED)
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["key"]
        indexes = [models.Index(fields=["key"], name="incident_asset_key")]
        constraints = [
            models.UniqueConstraint(fields=["incident", "key"], name="incident_asset_once"),
            models.CheckConstraint(condition=Q(state__in=AssetState.values), name="incident_asset_state_known"),
        ]

    def __str__(self) -> str:
        return self.label


class FileOf(models.Model):
    """A file that belongs to the incident; its bytes lie in the files room under their hash."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["incident", "file"], name="incident_file_once")]

    def __str__(self) -> str:
        return self.name


class Review(models.Model):
    """What is learned: the six parts of the casebook (`parts`: part → list of items), what came of it, what is published, and whether
    the same setting was looked for elsewhere. One for each incident."""

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="review")
    parts = models.JSONField(default=dict, blank=True)
    outcome = models.TextField(blank=True)
    publication = models.CharField(max_length=10, blank=True)
    publication_reason = models.TextField(blank=True)
    same_setting = models.TextField(blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    by = of_person()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(publication__in=("", "yes", "later", "no")), name="incident_review_publication_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.incident)
