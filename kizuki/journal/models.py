"""The journal: who did what when, append-only and chained."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kizuki.journal import words
from kizuki.journal.engine.chain import Link

_Row = TypeVar("_Row", bound=models.Model)


class AppendOnly(TypeError):
    """An attempt to change or remove what the journal holds."""


class Written(models.QuerySet[_Row]):
    """Reads only; the database's triggers refuse the rest as well."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


# The type checker tells managers apart by the name of their questions alone; incidents have entries as well.
class ActQuerySet(Written["Entry"]):
    def visible_to(self, person: Any) -> ActQuerySet:
        """Everything for those who may read the journal, nothing for others."""
        return self if person.has_perm("journal.view") else self.none()

    def about(self, obj: models.Model) -> ActQuerySet:
        """The entries of one object."""
        return self.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))


class Entry(models.Model):
    """One act. Names are kept as text, so that an entry stays readable when the person or object is gone."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(_("at"), db_index=True)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(_("who"), max_length=200)
    room = models.CharField(_("room"), max_length=32)
    verb = models.CharField(_("act"), max_length=64)
    object_type = models.CharField(max_length=64, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_label = models.CharField(_("object"), max_length=200, blank=True)
    data = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = ActQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [
            models.Index(fields=["object_type", "object_id", "-seq"], name="journal_object"),
            models.Index(fields=["actor_id", "-seq"], name="journal_actor"),
            models.Index(fields=["room", "verb", "-seq"], name="journal_room_verb"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="journal_seq_from_one"),
            models.UniqueConstraint(fields=["previous"], name="journal_no_fork"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.room} {self.verb} {self.object_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    @property
    def act(self) -> str:
        """What was done, in the reader's language."""
        return words.act(self.room, self.verb)

    @property
    def room_name(self) -> str:
        return words.room_name(self.room)

    @property
    def details(self) -> dict[str, Any]:
        """The data of the act, as a mapping."""
        value: dict[str, Any] = json.loads(self.data)
        return value

    @property
    def link(self) -> Link:
        """The entry as the chain sees it."""
        return Link(
            seq=self.seq, at=self.at, actor_id=self.actor_id, actor_name=self.actor_name, room=self.room,
            verb=self.verb, object_type=self.object_type, object_id=self.object_id, object_label=self.object_label,
            data=self.data, previous=self.previous, hash=self.hash,
        )  # fmt: skip


class Revision(models.Model):
    """How one record of a room read after an act: its whole document, None where the act took it out.

    The first revision of a record is number 1; `owner` keeps apart what belongs to different organisations; acts that belong
    together, such as the portions of an import, share a `batch`. Who may see a record may see its revisions: the rooms decide.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="revisions")
    room = models.CharField(max_length=32)
    kind = models.CharField(max_length=40)
    owner = models.BigIntegerField(default=0)
    key = models.CharField(max_length=600)
    number = models.PositiveIntegerField()
    document = models.JSONField(null=True)
    batch = models.UUIDField(null=True)
    at = models.DateTimeField()

    objects = Written["Revision"].as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "kind", "owner", "key", "number"], name="journal_revision_once")
        ]
        indexes = [
            models.Index(fields=["batch"], name="journal_revision_batch"),
            models.Index(fields=["room", "owner", "kind", "at"], name="journal_revision_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly
