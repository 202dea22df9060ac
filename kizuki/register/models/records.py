"""One table for each kind of record of the register. `document` is what the organisation file says of it, and the truth; the other
columns are made from it by `kizuki.register.columns`, so that lists can be filtered and sorted in the database."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse

from kizuki.accounts import rules
from kizuki.kit.text import Text
from kizuki.register import hooks
from kizuki.register.access import own_units
from kizuki.register.engine.kinds import KINDS, RecordKind, built
from kizuki.register.models.organisation import home_pk


class RecordQuerySet(models.QuerySet["Record"]):
    def visible_to(self, person: Any, *, taken_out: bool = False) -> RecordQuerySet:
        """A register shows where an organisation is weak: whoever works in all rooms sees all of it, the owner of a unit or a
        deputy what belongs to that unit and those below it, nobody else anything. `taken_out`: also what was taken out."""
        shown = self.filter(organisation=home_pk())
        if not taken_out:
            shown = shown.filter(deleted_at=None)
        if rules.may_read_all(person):
            return shown
        units = own_units(person)
        return shown.filter(unit__in=units) if units else self.none()

    def alive(self) -> RecordQuerySet:
        return self.filter(deleted_at=None)


class Record(models.Model):
    """What every record has. `key` never changes; `version` is the number of its newest revision in the journal. `unit`: the
    unit that answers for it, "" where none does. `text`: all that a search looks at, in its plain form."""

    kind_name: ClassVar[RecordKind]

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=600)
    name_ja = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    document = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="%(class)s_key_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="%(class)s_version_from_one"),
        ]
        indexes = [
            models.Index(fields=["organisation", "deleted_at", "unit"], name="%(class)s_unit"),
            models.Index(fields=["organisation", "changed_at", "id"], name="%(class)s_changed"),
        ]

    def __str__(self) -> str:
        return self.name_en or self.name_ja or self.key

    def get_absolute_url(self) -> str:
        elsewhere = hooks.addresses.get(self.kind_name)
        return elsewhere(self) if elsewhere else reverse("register:record", args=[KINDS[self.kind_name].part, self.pk])

    @property
    def name(self) -> Text:
        """What it is called; the key where nothing else is said."""
        return (
            Text(ja=self.name_ja or None, en=self.name_en or None)
            if self.name_ja or self.name_en
            else Text(ja=self.key, en=self.key)
        )

    @property
    def read(self) -> Any:
        """The record as a frozen struct."""
        return built(self.kind_name, self.document)


class Unit(Record):
    kind_name = "unit"
    parent = models.CharField(max_length=120, blank=True)
    owner = models.CharField(max_length=120, blank=True)


class Contact(Record):
    kind_name = "contact"
    mail = models.CharField(max_length=400, blank=True, db_index=True)


class Zone(Record):
    kind_name = "zone"
    kind = models.CharField(max_length=20)


class Route(Record):
    kind_name = "route"


class Realm(Record):
    kind_name = "realm"


class Information(Record):
    kind_name = "information"
    owner = models.CharField(max_length=120, blank=True)
    importance = models.PositiveSmallIntegerField(null=True)


class Supplier(Record):
    kind_name = "supplier"
    kind = models.CharField(max_length=20)


class Service(Record):
    kind_name = "service"
    owner = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=20, blank=True)
    importance = models.PositiveSmallIntegerField(null=True)


class Asset(Record):
    """`importance`: the highest of its three values, inherited ones included; None where nobody has judged any."""

    kind_name = "asset"
    kind = models.CharField(max_length=20)
    zone = models.CharField(max_length=120, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    realm = models.CharField(max_length=120, blank=True)
    lifecycle = models.CharField(max_length=12, blank=True)
    facing = models.CharField(max_length=8, blank=True)
    importance = models.PositiveSmallIntegerField(null=True)
    count = models.PositiveIntegerField(default=1)

    class Meta(Record.Meta):
        indexes = [
            *Record.Meta.indexes,
            # The list's own order, in each language: the first page of a hundred thousand needs no sorting.
            models.Index(fields=["organisation", "deleted_at", "name_en", "id"], name="asset_name_en"),
            models.Index(fields=["organisation", "deleted_at", "name_ja", "id"], name="asset_name_ja"),
            models.Index(fields=["organisation", "deleted_at", "kind"], name="asset_kind"),
            models.Index(fields=["organisation", "deleted_at", "zone"], name="asset_zone"),
            models.Index(fields=["organisation", "deleted_at", "importance"], name="asset_importance"),
        ]


class Link(Record):
    kind_name = "link"
    kind = models.CharField(max_length=20)


class Backup(Record):
    kind_name = "backup"


class Coverage(Record):
    """`over`: its time had passed when the register last looked; it then counts as unknown."""

    kind_name = "coverage"
    measure = models.CharField(max_length=16, db_index=True)
    state = models.CharField(max_length=16)
    scope_unit = models.CharField(max_length=120, blank=True)
    scope_zone = models.CharField(max_length=120, blank=True)
    scope_kind = models.CharField(max_length=20, blank=True)
    scope_asset = models.CharField(max_length=120, blank=True)
    verified = models.CharField(max_length=10, blank=True)
    valid_until = models.CharField(max_length=10, blank=True)
    over = models.BooleanField(default=False)


TABLES: dict[RecordKind, type[Any]] = {
    table.kind_name: table
    for table in (
        Unit, Contact, Zone, Route, Realm, Information, Supplier, Service, Asset, Link, Backup, Coverage,
    )
}  # fmt: skip


class Mention(models.Model):
    """That one record names another: so that lists can ask for it, and nothing is taken out that something still needs."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=600)
    of_kind = models.CharField(max_length=12)
    of_key = models.CharField(max_length=120)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "of_kind", "of_key", "kind"], name="mention_of"),
            models.Index(fields=["organisation", "kind", "key"], name="mention_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.of_kind} {self.of_key}"
