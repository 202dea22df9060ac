"""What has to be done, what was decided, and the organisation's own procedures."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.incidents.choices import UNDONE, Kind, Role, TaskState
from kizuki.incidents.engine.procedure import Procedure, Step
from kizuki.incidents.models.incident import Incident, of_person
from kizuki.incidents.models.timeline import AppendOnlyModel, Entry
from kizuki.kit.text import Text


class Task(models.Model):
    """One thing to do in an incident. `step`: the step of the procedure as it was when the task was made ({} for an own task).
    `result`: what came of it, why it is blocked or why it was dropped."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tasks")
    number = models.PositiveIntegerField()
    title_ja = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    procedure = models.CharField(max_length=60, blank=True)
    phase_ja = models.CharField(max_length=200, blank=True)
    phase_en = models.CharField(max_length=200, blank=True)
    step = models.JSONField(default=dict, blank=True)
    step_id = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=16, choices=Role, blank=True)
    owner = of_person(related_name="incident_tasks")
    due = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=TaskState, default=TaskState.TODO)
    result = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    once = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["number"]
        verbose_name = _("task")
        indexes = [models.Index(fields=["owner", "state", "due"], name="incident_task_owner")]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="incident_task_number"),
            models.UniqueConstraint(
                fields=["incident", "procedure", "step_id"], condition=~Q(procedure=""), name="incident_task_step_once"
            ),
            models.UniqueConstraint(fields=["incident", "once"], condition=~Q(once=""), name="incident_task_once"),
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="incident_task_state_known"),
            models.CheckConstraint(condition=~Q(title_ja="") | ~Q(title_en=""), name="incident_task_has_title"),
            models.CheckConstraint(
                condition=~Q(state__in=("blocked", "dropped")) | ~Q(result=""), name="incident_task_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident} {self.number}"

    @property
    def title(self) -> Text:
        return Text(ja=self.title_ja or None, en=self.title_en or None)

    @property
    def phase(self) -> Text:
        return Text(ja=self.phase_ja or None, en=self.phase_en or None)

    @property
    def read(self) -> Step | None:
        """The step of the procedure, in full; None for an own task."""
        return msgspec.convert(self.step, Step) if self.step else None

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.state in UNDONE and self.due < timezone.now()


class Decision(AppendOnlyModel):
    """What was decided. `options`: texts; `chosen`: the number of one of them. `decided_by`: whose decision it was. `basis`: what was
    known then, frozen: the incident's state and the numbers of the entries that stood there. `review_on`: when to look at it again."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    question = models.TextField()
    options = models.JSONField(default=list)
    chosen = models.PositiveSmallIntegerField()
    reason = models.TextField()
    decided_by = models.CharField(max_length=200)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="decision")
    basis = models.JSONField(default=dict)
    basis_seq = models.PositiveIntegerField()
    review_on = models.DateTimeField(null=True, blank=True)
    by = of_person()
    once = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="incident_decision_number"),
            models.UniqueConstraint(fields=["incident", "once"], condition=~Q(once=""), name="incident_decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.incident} {self.number}"

    @property
    def answer(self) -> str:
        """The option that was chosen."""
        return str(self.options[self.chosen])


class DecisionReview(AppendOnlyModel):
    """Somebody looked at a decision again: does it still hold, and when to look next."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reviews")
    holds = models.BooleanField()
    text = models.TextField(blank=True)
    review_on = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = of_person()
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.decision} {self.pk}"


class OwnProcedure(models.Model):
    """A procedure of the organisation; one with the id of a procedure of the library takes its place."""

    key = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    retired_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def read(self) -> Procedure:
        document: Any = self.document
        return msgspec.convert(document, Procedure)
