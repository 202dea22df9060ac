"""What has to be done, and is followed until somebody else has seen that it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.accounts import rules
from kizuki.kit.text import Text
from kizuki.register.access import own_units
from kizuki.tasks import hooks
from kizuki.tasks.access import contacts_of
from kizuki.tasks.choices import FOLLOWED, UNDONE, Cost, Origin, State
from kizuki.tasks.home import home_only


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, person: Any) -> TaskQuerySet:
        """All of the home organisation for whoever works in all rooms; else one's units' and what one is to do oneself. What is about
        something of which one may not know is not there."""
        shown = self.filter(**home_only())
        for kind, hidden in hooks.hidden_from.items():
            shown = shown.exclude(about_kind=kind, about_key__in=hidden(person))
        if rules.may_read_all(person):
            return shown
        if not rules.is_person(person):
            return self.none()
        # As one question with the tasks themselves: pages of other rooms ask for tasks beside much else.
        return shown.filter(Q(unit__in=own_units(person)) | Q(owner__in=contacts_of(person)))

    def overdue(self) -> TaskQuerySet:
        """Not done, and the day has passed."""
        return self.filter(state__in=UNDONE, due__lt=timezone.localdate())


def _person(name: str) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name=f"tasks_{name}"
    )


class Task(models.Model):
    """`about_kind` and `about_key`: the record, measure with its scope, or device that it is about. `unit` and `owner`: keys of the
    register. `once`: of those with the same there is at most one that is not ended. `by_name`, `done_name`, `verified_name`: who,
    also where it was the program. `version` rises with each write."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    title_ja = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    text_ja = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    origin = models.CharField(max_length=16, choices=Origin)
    about_kind = models.CharField(max_length=16, blank=True)
    about_key = models.CharField(max_length=600, blank=True)
    unit = models.CharField(max_length=120, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    due = models.DateField(null=True, blank=True)
    cost = models.CharField(max_length=8, choices=Cost, blank=True)
    once = models.CharField(max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    result_ja = models.TextField(blank=True)
    result_en = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    by_name = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = _person("done")
    done_name = models.CharField(max_length=200, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = _person("verified")
    verified_name = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = [F("due").asc(nulls_last=True), "pk"]
        verbose_name = _("task")
        indexes = [
            models.Index(fields=["organisation", "state", "unit", "due"], name="task_state_unit"),
            models.Index(fields=["organisation", "owner", "state"], name="task_owner"),
            models.Index(fields=["about_kind", "about_key"], name="task_about"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="task_state_known"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="task_origin_known"),
            models.CheckConstraint(condition=~Q(title_ja="") | ~Q(title_en=""), name="task_has_title"),
            models.CheckConstraint(condition=~Q(verified_by=F("done_by")), name="task_two_people"),
            models.CheckConstraint(
                condition=~Q(state=State.VERIFIED) | Q(done_at__isnull=False, verified_at__isnull=False),
                name="task_verified_was_done",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.DONE, State.DROPPED)) | ~Q(result_ja="") | ~Q(result_en=""),
                name="task_end_says_why",
            ),
            models.UniqueConstraint(
                fields=["organisation", "once"], condition=~Q(once="") & Q(state__in=FOLLOWED), name="task_once"
            ),
        ]

    def __str__(self) -> str:
        # The journal names it so; of what not everybody may know it gives the number alone.
        return f"{self.about_key} #{self.pk}" if self.is_quiet else self.title_en or self.title_ja

    def get_absolute_url(self) -> str:
        return reverse("tasks:task", args=[self.pk])

    @property
    def is_quiet(self) -> bool:
        """Whether the journal tells nothing of what is written in it."""
        return self.about_kind in hooks.hidden_from

    @property
    def title(self) -> Text:
        return Text(ja=self.title_ja or None, en=self.title_en or None)

    @property
    def text(self) -> Text | None:
        """What is to be done, in full; None where the title says all."""
        return Text(ja=self.text_ja or None, en=self.text_en or None) if self.text_ja or self.text_en else None

    @property
    def result(self) -> Text | None:
        """What came of it, or why it was dropped."""
        return Text(ja=self.result_ja or None, en=self.result_en or None) if self.result_ja or self.result_en else None

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.state in UNDONE and self.due < timezone.localdate()
