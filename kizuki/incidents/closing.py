"""What the closing gate asks of an incident, from the database."""

from __future__ import annotations

from kizuki.incidents.actions.review import review_of
from kizuki.incidents.choices import UNDONE, SettingState
from kizuki.incidents.engine import gate
from kizuki.incidents.engine import review as engine
from kizuki.incidents.models import Decision, Incident, Review


def decisions_to_review(incident: Incident) -> list[Decision]:
    """Decisions at which somebody still has to look again, whenever that is: once the incident is closed nobody would."""
    rows = incident.decisions.select_related("entry").prefetch_related("reviews")
    return [row for row in rows if _next_look(row) is not None]


def _next_look(decision: Decision) -> object:
    reviews = list(decision.reviews.all())
    return reviews[-1].review_on if reviews else decision.review_on


def facts_of(incident: Incident, review: Review | None = None) -> gate.Facts:
    """How the incident stands towards its end; at most seven questions to the database."""
    held = review or review_of(incident)
    return gate.Facts(
        severity=incident.severity,
        tasks=tuple(incident.tasks.filter(state__in=UNDONE).values_list("number", flat=True)),
        decisions=tuple(decision.number for decision in decisions_to_review(incident)),
        marked=frozenset(incident.milestones.values_list("name", flat=True)),
        absent=frozenset(held.absent),
        outcome=held.outcome,
        parts=engine.read(held.parts),
        same_setting=held.same_setting,
        settings_open=incident.same_settings.filter(state=SettingState.OPEN).count(),
        publication=held.publication,
    )
