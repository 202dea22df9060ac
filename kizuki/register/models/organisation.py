"""The organisation whose register this is; its records stand in tables of their own."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import models
from django.utils.functional import SimpleLazyObject

from kizuki.accounts import rules
from kizuki.kit.kept import Kept
from kizuki.register.engine.format import About
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.standing import standing


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, person: Any) -> OrganisationQuerySet:
        """A register shows where an organisation is weak: everyone who works here sees it, a reporter does not."""
        return self.filter(deleted_at=None) if rules.may_read_all(person) else self.none()


class Organisation(models.Model):
    """`about` and `complete` as the file says them. `version` rises with each change of the organisation or a record; `digest`
    names the state after it, and never comes again."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    about = models.JSONField(default=dict)
    complete = models.JSONField(default=list)
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
    def head(self) -> About:
        """What the organisation says of itself, without reading its register."""
        return msgspec.convert(self.about, About)

    @property
    def read(self) -> Document:
        """The whole register as one document, as the file would say it; kept by its digest."""
        from kizuki.register.reading import document_of

        return _documents.get(self.digest, lambda: document_of(self))

    def standing(self, day: str) -> Document:
        """The register as it counts on a day, for replay and figures; kept by its digest and the day."""
        return _standing.get((self.digest, day), lambda: standing(self.read, day))


def home_pk() -> models.Subquery:
    """The home organisation's key, as a value within a question to the database: not a join, so that the database may walk an index
    in the order of a list."""
    return models.Subquery(Organisation.objects.filter(is_home=True, deleted_at=None).values("pk")[:1])


_documents: Kept[Document] = Kept(2)
_standing: Kept[Document] = Kept(2)


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
