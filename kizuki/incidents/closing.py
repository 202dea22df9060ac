"""What the review and the closing gate know of an incident: read once for a page, in few questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery

from kizuki.incidents.choices import UNDONE, SettingState
from kizuki.incidents.engine import gate
from kizuki.incidents.engine import review as engine
from kizuki.incidents.engine.figures import Mark
from kizuki.incidents.engine.moment import Moment
from kizuki.incidents.models import Decision, DecisionReview, Incident, MilestoneAt, Review, Task


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
    milestones: list[MilestoneAt]
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


def known(incident: Incident, *, settings: bool = True, review: Review | None = None) -> Known:
    """Five questions to the database. `settings` False: without asking how far the look at assets with the same setting is.
    `review`: the review, where it was read already."""
    review = review or review_of(incident)
    milestones = list(incident.milestones.select_related("entry").order_by("pk"))
    return Known(
        incident, review, engine.read(review.parts), list(incident.tasks.select_related("owner").order_by("number")),
        list(with_last_word(incident.decisions.select_related("entry").order_by("number"))), milestones,
        [mark_of(one, incident) for one in milestones], settings_of(incident) if settings else [],
    )  # fmt: skip


def mark_of(one: MilestoneAt, incident: Incident) -> Mark:
    """A milestone for the engine. Needs `entry`."""
    entry = one.entry
    return Mark(one.name, entry.at, Moment(entry.at, entry.low, entry.high), entry.zone, one.by, incident.day_one)


def with_last_word(rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """Decisions with what was said when somebody last looked at them: `last_at` (None: nobody has), `last_holds`, `last_text`,
    `last_look`."""
    reviews = DecisionReview.objects.filter(decision=OuterRef("pk")).order_by("-at", "-pk")
    said = {"last_at": "at", "last_holds": "holds", "last_text": "text", "last_look": "review_on"}
    return rows.annotate(**{name: Subquery(reviews.values(field)[:1]) for name, field in said.items()})


def settings_of(incident: Incident) -> list[Settings]:
    """How far the look at assets with the same setting is, measure by measure."""
    counted = incident.same_settings.order_by("measure").values_list("measure", "state").annotate(n=Count("pk"))
    states: dict[str, dict[str, int]] = {}
    for measure, state, n in counted:
        states.setdefault(measure, {})[state] = n
    return [Settings(*pair) for pair in states.items()]


def next_look(decision: Any) -> dt.datetime | None:
    """When somebody still has to look at it again: once the incident is closed nobody would. Of decisions `with_last_word`."""
    when: dt.datetime | None = decision.review_on if decision.last_at is None else decision.last_look
    return when


def given_up(decision: Any) -> str | None:
    """Why a decision no longer holds; None where it does. Of decisions `with_last_word`."""
    return None if decision.last_at is None or decision.last_holds else str(decision.last_text)


def facts_of(incident: Incident) -> gate.Facts:
    """How an incident stands towards its end."""
    return known(incident).facts
