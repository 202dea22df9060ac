"""The timeline: entries are only ever added, also by the rules of the database."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from kizuki.incidents.choices import KINDS, LANES, MILESTONES, Auto
from kizuki.incidents.models.incident import Incident, Named, of_person
from kizuki.kit.when import When


class AppendOnly(TypeError):
    """What stands here is never changed."""


class AppendOnlyModel(models.Model):
    """A row that is written once. The database refuses changes as well (triggers)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly


class EntryQuerySet(models.QuerySet["Entry"]):
    def standing(self) -> EntryQuerySet:
        """Those that stand in the timeline: not what was corrected, and no entry that only takes another one back. What was taken back
        still stands, to be crossed out."""
        newer = Entry.objects.filter(corrects=OuterRef("pk"), withdrawn=False)
        return self.filter(~Exists(newer), withdrawn=False)


class Entry(AppendOnlyModel):
    """One thing that happened. `seq`: its number in the incident, in the order of recording. `at`: when it happened, as
    `kizuki.kit.when` writes it, with the zone's offset; `low` and `high`: the same as instants (None: open); `sort`: where it
    stands in the timeline. `recorded_at`: when it was written down here. `handover`: lanes to which the matter passes. `corrects`:
    the entry that this one replaces; `withdrawn`: it only takes that one back. `auto` and `data`: what Kizuki wrote by itself, as
    `{"id", "set": {field: value}}`. `once`: a key of whoever sent it, so that nothing is entered twice."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    at = models.CharField(max_length=60)
    low = models.DateTimeField(null=True, blank=True)
    high = models.DateTimeField(null=True, blank=True)
    sort = models.DateTimeField()
    zone = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(default=timezone.now)
    by = of_person()
    by_name = models.CharField(max_length=200)
    lane = models.CharField(max_length=16)
    kind = models.CharField(max_length=12)
    text = models.TextField()
    handover = models.JSONField(default=list, blank=True)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    withdrawn = models.BooleanField(default=False)
    auto = models.CharField(max_length=12, choices=Auto, blank=True)
    data = models.JSONField(default=dict, blank=True)
    once = models.CharField(max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["incident", "sort", "seq"]
        indexes = [
            models.Index(fields=["incident", "sort", "seq"], name="incident_entry_sort"),
            models.Index(fields=["incident", "recorded_at"], name="incident_entry_recorded"),
            models.Index(fields=["recorded_at", "id"], name="incident_entry_feed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["incident", "seq"], name="incident_entry_seq"),
            models.UniqueConstraint(fields=["incident", "once"], condition=~Q(once=""), name="incident_entry_once"),
            models.CheckConstraint(condition=Q(lane__in=LANES), name="incident_entry_lane_known"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="incident_entry_kind_known"),
            models.CheckConstraint(condition=~Q(text="") | ~Q(auto=""), name="incident_entry_has_text"),
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(corrects__isnull=False), name="incident_entry_withdraws_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}-{self.seq}"

    @property
    def when(self) -> When:
        """The moment with its precision."""
        from kizuki.kit.when import parse

        return parse(self.at)


class Link(Named, AppendOnlyModel):
    """What an entry speaks of: `kind` asset, person, indicator, file or task, with its key and the name that it had then."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "key"], name="incident_link_key")]
        constraints = [models.UniqueConstraint(fields=["entry", "kind", "key"], name="incident_link_once")]

    def __str__(self) -> str:
        return self.label


class MilestoneAt(models.Model):
    """The entry at which a milestone was reached. `by`: the milestone was reached between the entry's time and this one."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="milestones")
    name = models.CharField(max_length=12)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="milestones")
    by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "name"], name="incident_milestone_once"),
            models.CheckConstraint(condition=Q(name__in=MILESTONES), name="incident_milestone_known"),
        ]

    def __str__(self) -> str:
        return self.name
