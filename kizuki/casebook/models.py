"""Cases of the library: the checked document, and beside it what lists and facets ask for."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import models
from django.urls import reverse

from kizuki.accounts import rules
from kizuki.casebook.engine.format import Case as Document
from kizuki.kit.kept import Kept
from kizuki.kit.text import Text
from kizuki.kit.when import Duration

#: More documents than any one page reads, and few enough to stay small.
_documents: Kept[Document] = Kept(64)


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, person: Any) -> CaseQuerySet:
        """Everyone who has signed in reads the library; what is marked TLP:RED stays with those who see weak spots."""
        if not getattr(person, "is_authenticated", False):
            return self.none()
        shown = self.filter(deleted_at=None)
        return shown if rules.may_read_all(person) else shown.exclude(tlp="red")


class Case(models.Model):
    """One case. `document` is the truth; the other columns are made from it by `actions.import_cases` alone."""

    slug = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    tlp = models.CharField(max_length=12)
    number = models.PositiveIntegerField(null=True, blank=True)
    label_ja = models.CharField(max_length=120, blank=True)
    label_en = models.CharField(max_length=120, blank=True)
    title_ja = models.CharField(max_length=400, blank=True)
    title_en = models.CharField(max_length=400, blank=True)
    lead_ja = models.TextField(blank=True)
    lead_en = models.TextField(blank=True)
    sector = models.CharField(max_length=60)
    size = models.CharField(max_length=60)
    level = models.CharField(max_length=20)
    steps = models.PositiveIntegerField(default=0)
    spans = models.JSONField(default=dict)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    added_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["number", "slug"]
        indexes = [
            # A row is large, as its document is in it. This holds all that cases are put in order, picked and counted by,
            # so that no more rows are read than are shown.
            models.Index(
                fields=["deleted_at", "number", "slug", "kind", "tlp", "sector", "level", "digest"], name="case_list"
            )
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("casebook:case", args=[self.slug])

    @property
    def mark(self) -> str:
        """The short sign of a case in lists and pictures: the last part of its id, e.g. H for nisc-h."""
        last = self.slug.rsplit("-", 1)[-1].upper()
        return last if len(last) <= 2 else str(self.number or last[:4])

    @property
    def read(self) -> Document:
        """The document as frozen structs; kept by its digest, so that pages do not decode a case again and again."""
        return _documents.get(self.digest, lambda: msgspec.convert(self.document, Document))

    @property
    def title(self) -> Text:
        return Text(ja=self.title_ja or None, en=self.title_en or None)

    @property
    def lead(self) -> Text:
        return Text(ja=self.lead_ja or None, en=self.lead_en or None)

    @property
    def label(self) -> Text:
        return Text(ja=self.label_ja or None, en=self.label_en or None)

    def durations(self) -> dict[str, Duration]:
        """The case's spans as durations, without reading the document."""
        return {span: msgspec.convert(value, Duration) for span, value in self.spans.items()}


class CaseTag(models.Model):
    """One word that a case is found by: facet is cause, profile, measure or technique."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tags")
    facet = models.CharField(max_length=12)
    word = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "facet", "word"], name="a_tag_once_a_case")]
        indexes = [models.Index(fields=["facet", "word", "case"])]

    def __str__(self) -> str:
        return f"{self.facet}:{self.word}"
