"""People, their first links, API keys, and the sign-ins that were seen."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.permissions import has_perm

from kizuki.accounts.choices import WAYS, Language, Role, Scope


def check_time_zone(value: str) -> None:
    """Refuse a name that is not in the time zone database."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("This is not the name of a time zone, such as Asia/Tokyo."))


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())

    def visible_to(self, person: Any) -> models.QuerySet[Person]:
        """Everyone for an administrator or auditor; only oneself for others."""
        if person.has_perm("accounts.view_people"):
            return self.all()
        return self.filter(pk=person.pk)


class Person(AbstractBaseUser):
    """Someone who signs in. Never deleted, only deactivated, so that the journal stays readable."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.REPORTER)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.JA)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Tokyo", validators=[check_time_zone])
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="person_role_known"),
            models.CheckConstraint(condition=models.Q(language__in=Language.values), name="person_language_known"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_lower"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()
        self.name = self.name.strip()

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether the rule of that name lets this person act. There are no permission tables."""
        return self.is_active and bool(has_perm(perm, self, obj))  # type: ignore[no-untyped-call]

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active


class FirstLink(models.Model):
    """A link that signs one person in, once, for a while. Only the hash of its token is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="first_links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    #: When it was used, or replaced by a newer one.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("created_at")), name="first_link_later"),
        ]

    def __str__(self) -> str:
        return str(self.person)

    def open_at(self, moment: datetime) -> bool:
        """Whether the link can still be used then."""
        return self.ended_at is None and self.expires_at > moment and self.person.is_active


class KeyQuerySet(models.QuerySet["Key"]):
    def visible_to(self, person: Any) -> KeyQuerySet:
        """All keys for an administrator or auditor, one's own for others."""
        return self if person.has_perm("accounts.view_people") else self.filter(person_id=person.pk)

    def usable(self, moment: datetime) -> KeyQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=moment, person__is_active=True)


class Key(models.Model):
    """A key with which a program acts for a person. Its secret is shown once and kept as a hash."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(_("what it is for"), max_length=80)
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    scope = models.CharField(_("may"), max_length=8, choices=Scope, default=Scope.READ)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = KeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("key")
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="key_scope_known"),
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("created_at")), name="key_expires_later"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (kzk_{self.prefix}…)"

    @property
    def usable_now(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class SignIn(models.Model):
    """One sign-in, or one that failed, so that people can look for those that were not theirs."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(default=timezone.now)
    succeeded = models.BooleanField()
    how = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["person", "-at"], name="sign_in_person_at")]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d %H:%M}"

    @property
    def how_shown(self) -> str:
        """The ways of this sign-in in the reader's language, such as "password + authenticator app"."""
        return " + ".join(str(WAYS.get(way, way)) for way in self.how.split("+") if way)
