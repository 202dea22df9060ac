"""What replay found for each case and organisation, kept so that lists need not replay anything."""

from __future__ import annotations

from typing import Any

from django.db import models

from kizuki.accounts import rules
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
