"""Decisions that wait: questions of procedures that nobody has answered, and decisions that are to be looked at again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Cast

from kizuki.incidents.choices import UNDONE, Auto
from kizuki.incidents.models import Decision, DecisionReview, Incident, Link, Task


def unanswered(incident: Incident) -> QuerySet[Task]:
    """The undone tasks that ask for a decision which nobody has written down yet, what is due first. One question."""
    answered = Link.objects.filter(
        kind="task", key=Cast(OuterRef("number"), CharField()), entry__incident=OuterRef("incident"),
        entry__auto=Auto.DECISION,
    )  # fmt: skip
    asked = Task.objects.filter(~Exists(answered), incident=incident, state__in=UNDONE, step__has_key="decision")
    return asked.order_by(F("due").asc(nulls_last=True), "number")


def answers(task: Task) -> QuerySet[Decision]:
    """The decisions that answer the question of a task, the oldest first."""
    return Decision.objects.filter(
        incident=task.incident_id, entry__links__kind="task", entry__links__key=str(task.number)
    )


def with_due(rows: QuerySet[Decision]) -> Any:
    """Decisions with `look_on`: when to look at them again, as the last review says, else as the decision says; None for never."""
    reviews = DecisionReview.objects.filter(decision=OuterRef("pk")).order_by("-at", "-pk")
    last: Any = Subquery(reviews.values("review_on")[:1])
    return rows.annotate(look_on=Case(When(Exists(reviews), then=last), default=F("review_on")))


def to_look_at(rows: QuerySet[Decision], until: dt.datetime) -> QuerySet[Decision]:
    """Those that are to be looked at again by then, what is longest due first."""
    found: QuerySet[Decision] = with_due(rows).filter(look_on__lte=until).order_by("look_on", "pk")
    return found
