"""What is known of an incident: indicators, assets, files; and what is learned from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kizuki.incidents.choices import AssetState, IndicatorKind, IndicatorState, Publication, SettingState
from kizuki.incidents.models.incident import Incident, Named, of_person
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


class AssetOf(Named):
    """An asset of the register that the incident concerns. `key`: its id there; `label`: its name when it was noted."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assets")
    key = models.CharField(max_length=120)
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
    """What is learned: the six parts of the casebook (`parts`: part → list of items, see `kizuki.incidents.engine.review`), what came
    of it, what is published, and what came of looking for the same setting elsewhere. `absent`: milestone → why it does not apply
    here. `version` rises with each change but those of items, which have versions of their own. One for each incident."""

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="review")
    parts = models.JSONField(default=dict, blank=True)
    outcome = models.TextField(blank=True)
    publication = models.CharField(max_length=10, choices=Publication, blank=True)
    publication_reason = models.TextField(blank=True)
    same_setting = models.TextField(blank=True)
    absent = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    by = of_person()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(publication__in=("", *Publication.values)), name="incident_review_publication_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.incident)


class SameSetting(Named):
    """An asset of the register where the same could happen, because a measure is missing there as well or nobody knows. `key`: its
    id in the register; `label`: its name when it was found. `task`: what its owner was asked to do."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="same_settings")
    measure = models.CharField(max_length=16)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=SettingState, default=SettingState.OPEN)
    note = models.CharField(max_length=300, blank=True)
    task = models.ForeignKey("tasks.Task", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = of_person()
    by_name = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["measure", "label_ja", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "measure", "key"], name="incident_setting_once"),
            models.CheckConstraint(condition=Q(state__in=SettingState.values), name="incident_setting_state_known"),
            models.CheckConstraint(
                condition=~Q(state=SettingState.TASK) | Q(task__isnull=False), name="incident_setting_names_task"
            ),
        ]

    def __str__(self) -> str:
        return self.label
