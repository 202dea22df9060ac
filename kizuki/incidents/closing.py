"""What the review and the closing gate know of an incident: read once for a page, in few questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from kizuki.incidents.choices import UNDONE, SettingState
from kizuki.incidents.engine import gate
from kizuki.incidents.engine import review as engine
from kizuki.incidents.engine.figures import Mark
from kizuki.incidents.figures import marks_of
from kizuki.incidents.models import Decision, Incident, Review, Task


class Settings(NamedTuple):
    """How far the look at assets with the same setting is, for one measure: state → how many."""

    measure: str
    states: dict[str, int]

    @property
    def n(self) -> int:
        return sum(self.states.values())

    @property
    def open(self) -> int:
        return self.states.get(SettingState.OPEN, 0)


@dataclass(frozen=True, slots=True)
class Known:
    """The rows that the gate is made of."""

    incident: Incident
    review: Review
    parts: engine.Parts
    tasks: list[Task]
    decisions: list[Decision]
    marks: list[Mark]
    settings: list[Settings]

    @property
    def facts(self) -> gate.Facts:
        """How the incident stands towards its end."""
        return gate.Facts(
            severity=self.incident.severity,
            tasks=tuple(task.number for task in self.tasks if task.state in UNDONE),
            decisions=tuple(one.number for one in self.decisions if next_look(one) is not None),
            marked=frozenset(mark.name for mark in self.marks),
            absent=frozenset(self.review.absent),
            outcome=self.review.outcome,
            parts=self.parts,
            same_setting=self.review.same_setting,
            settings_open=sum(one.open for one in self.settings),
            publication=self.review.publication,
        )


def review_of(incident: Incident) -> Review:
    """The review of an incident; one that nobody has begun is empty and not stored."""
    return Review.objects.filter(incident=incident).first() or Review(incident=incident)


def known(incident: Incident) -> Known:
    """At most seven questions to the database."""
    review = review_of(incident)
    return Known(
        incident, review, engine.read(review.parts), list(incident.tasks.select_related("owner").order_by("number")),
        list(incident.decisions.select_related("entry").prefetch_related("reviews").order_by("number")),
        marks_of([incident.pk]).get(incident.pk, []), settings_of(incident),
    )  # fmt: skip


def settings_of(incident: Incident) -> list[Settings]:
    """How far the look at assets with the same setting is, measure by measure."""
    counted = incident.same_settings.order_by("measure").values_list("measure", "state").annotate(n=Count("pk"))
    states: dict[str, dict[str, int]] = {}
    for measure, state, n in counted:
        states.setdefault(measure, {})[state] = n
    return [Settings(*pair) for pair in states.items()]


def next_look(decision: Decision) -> dt.datetime | None:
    """When somebody still has to look at it again: once the incident is closed nobody would."""
    reviews = list(decision.reviews.all())
    when: dt.datetime | None = reviews[-1].review_on if reviews else decision.review_on
    return when


def facts_of(incident: Incident) -> gate.Facts:
    """How an incident stands towards its end."""
    return known(incident).facts
