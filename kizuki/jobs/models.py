"""Jobs and schedules. Every change of state is one conditional UPDATE; nothing is locked while a job runs."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kizuki.jobs.choices import ENDED, State
from kizuki.jobs.declare import title_of


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, person: Any) -> JobQuerySet:
        """One's own; all of them for administrators and auditors."""
        return self if person.has_perm("jobs.view_all") else self.filter(by_id=person.pk)


class Job(models.Model):
    """One call of a task, now or later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    language = models.CharField(max_length=2, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    run_after = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=1)
    worker = models.CharField(max_length=80, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    heartbeat = models.DateTimeField(null=True, blank=True)
    cancel_asked = models.BooleanField(default=False)
    percent = models.PositiveSmallIntegerField(default=0)
    message = models.JSONField(default=dict)
    reason = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("job")
        indexes = [
            models.Index(fields=["state", "run_after"], name="job_state_run_after"),
            models.Index(fields=["by", "-created_at"], name="job_by_created"),
            models.Index(fields=["-created_at", "-id"], name="job_created"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="job_state_known"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="job_percent"),
            models.CheckConstraint(condition=models.Q(attempts__gte=1), name="job_attempts"),
            models.CheckConstraint(
                condition=~models.Q(state=State.RUNNING) | models.Q(claim__isnull=False, heartbeat__isnull=False),
                name="job_running_is_claimed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> str:
        """What the job does, in the reader's language."""
        return title_of(self.task, self.args, self.kwargs)

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def message_shown(self) -> str:
        return _shown(self.message)

    @property
    def reason_shown(self) -> str:
        return _shown(self.reason)

    @property
    def result_url(self) -> str:
        """Where the result is, if the task returned {"url": …} with a path of this site."""
        url = self.result.get("url", "") if isinstance(self.result, dict) else ""
        return url if isinstance(url, str) and url.startswith("/") and not url.startswith("//") else ""


class Schedule(models.Model):
    """When a task that repeats is due next. The row is claimed by moving `next_at` on."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def _shown(texts: dict[str, str]) -> str:
    first, second = ("ja", "en") if (get_language() or "").startswith("ja") else ("en", "ja")
    return texts.get(first) or texts.get(second) or ""
