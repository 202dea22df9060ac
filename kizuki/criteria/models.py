"""Written criteria by purpose, their versions, and the decisions made by them."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

import msgspec
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kizuki.criteria import hooks
from kizuki.criteria.choices import OPEN, State
from kizuki.criteria.engine.compile import Compiled, compile_criteria
from kizuki.criteria.engine.decide import Used
from kizuki.criteria.engine.format import Criteria as Document
from kizuki.criteria.engine.problems import NotSound, Problem
from kizuki.kit.kept import Kept

#: As many versions as pages and decisions ask for at a time. A table takes up to 2 MB.
_documents: Kept[Document] = Kept(64)
_checked: Kept[Compiled | tuple[Problem, ...]] = Kept(16)


class AppendOnly(TypeError):
    """An attempt to change or remove a decision."""


class _ForReaders(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Any:
        """Everything for those who read all rooms; for a reporter, criteria do not exist."""
        return self if person.has_perm("read_all") else self.none()


class CriteriaSet(models.Model):
    """What is decided by written criteria, such as admission. Other rooms ask by `slug`."""

    slug = models.CharField(max_length=60, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = _ForReaders.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("criteria")

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("criteria:one", args=[self.slug])


class VersionQuerySet(_ForReaders):
    def in_effect(self, day: dt.date) -> VersionQuerySet:
        """The approved versions that had begun by that day, the one that counts first (for one purpose)."""
        begun = self.filter(state=State.APPROVED, effective_from__lte=day)
        return begun.order_by("criteria", "-effective_from", "-number")


def _person(name: str, **more: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name=f"criteria_{name}",
        **more,
    )


class Version(models.Model):
    """A numbered version. Once approved, its document never changes. `writers`: everyone who wrote on it; none of them may
    approve it. `version` rises with each write, so that a stale one is noticed."""

    criteria = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    from_library = models.BooleanField(default=False)
    reason = models.TextField(_("why it changes"), blank=True)
    writers: Any = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="criteria_written")
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = _person("proposed")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = _person("approved")
    approved_name = models.CharField(max_length=200, blank=True)
    effective_from = models.DateField(_("in effect from"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["criteria", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["criteria", "number"], name="criteria_number_once"),
            models.UniqueConstraint(
                fields=["criteria"], condition=models.Q(state__in=OPEN), name="criteria_one_open_draft"
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="criteria_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=State.APPROVED)
                | models.Q(approved_at__isnull=False, effective_from__isnull=False),
                name="criteria_approved_has_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("proposed_by")), name="criteria_two_people"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.criteria.slug} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("criteria:version", args=[self.criteria.slug, self.number])

    @property
    def approver(self) -> str:
        """Who approved it; the library's criteria are approved by Kizuki itself."""
        return gettext("Kizuki") if self.from_library else self.approved_name

    @property
    def read(self) -> Document:
        """The document as frozen structs; kept by its digest."""
        return _documents.get(self.digest, lambda: msgspec.convert(self.document, Document))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the version from taking effect: cells without a rule, dead rules, worse values with milder outcomes."""
        found = self._check()
        return found if isinstance(found, tuple) else ()

    @property
    def compiled(self) -> Compiled:
        """The whole table. Raises `NotSound` for a draft that has none."""
        found = self._check()
        if isinstance(found, tuple):
            raise NotSound(found)
        return found

    def _check(self) -> Compiled | tuple[Problem, ...]:
        return _checked.get(self.digest, lambda: _compiled_or_problems(self.read))

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def _compiled_or_problems(document: Document) -> Compiled | tuple[Problem, ...]:
    try:
        return compile_criteria(document)
    except NotSound as error:
        return error.problems


class DecisionQuerySet(_ForReaders):
    """Reads only; the database refuses changes as well."""

    def visible_to(self, person: Any) -> DecisionQuerySet:
        """Everything for those who read all rooms, but for what is about things of which they may not know."""
        shown: DecisionQuerySet = super().visible_to(person)
        for about, hidden in hooks.hidden_from.items():
            shown = shown.exclude(about_type=about, about_id__in=hidden(person))
        return shown

    def about(self, obj: models.Model) -> DecisionQuerySet:
        """The decisions about one thing, the newest first."""
        found = self.filter(about_type=obj._meta.label_lower, about_id=str(obj.pk))
        return found.order_by("-at", "-pk")

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class Decision(models.Model):
    """One decision as it was made. `facts` are the engine's `Used`; `cell` numbers them in the table of the version, which
    never changes, so that reasons can be given at any time. Names are kept as text and outlive what they name."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="decisions")
    cell = models.PositiveIntegerField()
    outcome = models.CharField(_("outcome"), max_length=60)
    rule = models.CharField(_("rule"), max_length=60)
    facts = models.JSONField()
    by = _person("decided")
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    about_type = models.CharField(max_length=64, blank=True)
    about_id = models.CharField(max_length=64, blank=True)
    about_label = models.CharField(max_length=200, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("decision")
        indexes = [
            models.Index(fields=["version", "cell", "outcome"], name="criteria_decided_cells"),
            models.Index(fields=["version", "-at", "-id"], name="criteria_decided_at"),
            models.Index(fields=["about_type", "about_id", "-at"], name="criteria_decided_about"),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.outcome}" + (f" ({self.about_label})" if self.about_label else "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("criteria:decision", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    @property
    def decider(self) -> str:
        """Who decided; without a name, Kizuki itself."""
        return self.by_name or gettext("Kizuki")

    @property
    def used(self) -> tuple[Used, ...]:
        return msgspec.convert(self.facts, tuple[Used, ...])
