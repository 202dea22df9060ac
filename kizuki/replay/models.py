"""What replay found for each case and organisation, kept so that lists need not replay anything."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from kizuki.accounts import rules
from kizuki.casebook.engine.format import Case as CaseDocument
from kizuki.casebook.models import Case
from kizuki.register.models import Organisation


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, person: Any) -> OutcomeQuerySet:
        """A result shows where an organisation is weak: whoever sees its register sees it."""
        return self if rules.may_read_all(person) else self.none()


class Outcome(models.Model):
    """The result of one case for one organisation. `case_digest`, `organisation_digest`: the documents it was made from; when
    either has changed, the row is out of date and is not shown."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="outcomes")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="outcomes")
    case_digest = models.CharField(max_length=64)
    organisation_digest = models.CharField(max_length=64)
    word = models.CharField(max_length=20)
    step = models.CharField(max_length=40, blank=True)
    lost = models.PositiveBigIntegerField(default=0)
    harmed = models.PositiveBigIntegerField(default=0)
    assumed = models.PositiveIntegerField(default=0)
    seen = models.JSONField(null=True)
    marks = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "organisation"], name="one_outcome_a_case_and_organisation")
        ]
        # Results are counted from the index alone.
        indexes = [
            models.Index(fields=["organisation", "organisation_digest", "word", "case_digest"], name="outcome_counts")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.word}"


class Ranking(models.Model):
    """The priorities of one organisation, kept because working them out takes a while. `digest`: of the documents of the
    organisation and of every case that was weighed; another digest means out of date."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="ranking")
    digest = models.CharField(max_length=64)
    found = models.JSONField()
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.digest[:8]}"


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, person: Any) -> NoteQuerySet:
        """A note says where an organisation is weak: whoever sees its register sees it."""
        return self.filter(organisation__is_home=True) if rules.may_read_all(person) else self.none()


class Note(models.Model):
    """An answer to “are we affected?”, as it was given then. `facts`: what was known, either a description or the case that was
    picked; `case`: the document that was replayed; `result`, `concerned`: what came of it, with the assets and whom to call. Never
    changed: a later answer is another note, or is compared on the page."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    facts = models.JSONField()
    case = models.JSONField()
    case_digest = models.CharField(max_length=64)
    organisation_digest = models.CharField(max_length=64)
    result = models.JSONField()
    concerned = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["organisation", "-at"], name="note_at")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("replay:note", args=[self.pk])

    @property
    def document(self) -> CaseDocument:
        """The case as it was replayed."""
        return msgspec.convert(self.case, CaseDocument)


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, person: Any) -> SnapshotQuerySet:
        return self.filter(organisation__is_home=True) if rules.may_read_all(person) else self.none()


class Snapshot(models.Model):
    """The figures of one day, as `kizuki.replay.engine.figures` counts them. One row a day; `backfilled`: worked out later, from
    the register's revisions and the library as it was when that was done."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    figures = models.JSONField()
    organisation_digest = models.CharField(max_length=64, blank=True)
    cases_digest = models.CharField(max_length=64)
    backfilled = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="one_snapshot_a_day")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.day}"
