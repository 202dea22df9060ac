"""An organisation as replay needs it: its register and coverage, kept as one checked document."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import models
from django.utils.functional import SimpleLazyObject

from kizuki.accounts import rules
from kizuki.kit.kept import Kept
from kizuki.register.engine.format import Organisation as Document


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, person: Any) -> OrganisationQuerySet:
        """A register shows where an organisation is weak: everyone who works here sees it, a reporter does not."""
        return self.filter(deleted_at=None) if rules.may_read_all(person) else self.none()


class Organisation(models.Model):
    """One organisation file. `version` rises with each change; `digest` is the SHA-256 of the canonical document."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    document = models.JSONField()
    digest = models.CharField(max_length=64, db_index=True)
    version = models.PositiveIntegerField(default=1)
    is_home = models.BooleanField(default=False)
    is_fictional = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_home"], condition=models.Q(is_home=True), name="one_home_organisation")
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def read(self) -> Document:
        return decoded(self.digest, self)


_documents: Kept[Document] = Kept(4)


def decoded(digest: str, row: Organisation) -> Document:
    """The document as frozen structs; kept by its digest, so that a page does not decode a register twice."""
    return _documents.get(digest, lambda: msgspec.convert(row.document, Document))


def home(person: Any) -> Organisation | None:
    """The organisation that this installation speaks for, if the person may see it."""
    # A page asks several times, and a register is large: what one request has read stays with its own user object.
    mine = isinstance(person, SimpleLazyObject)
    if mine and hasattr(person, "_home"):
        kept: Organisation | None = person._home
        return kept
    found = Organisation.objects.visible_to(person).filter(is_home=True).first()
    if mine:
        person._home = found
    return found
