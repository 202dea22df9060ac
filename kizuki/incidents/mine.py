"""What waits for a person, over all open incidents that they see. One question for each part."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from kizuki.incidents import questions
from kizuki.incidents.choices import UNDONE, IndicatorState, Role
from kizuki.incidents.models import Decision, Incident, Indicator, Member, Task
from kizuki.tasks.access import contacts_of
from kizuki.tasks.choices import UNDONE as FOLLOW_UNDONE
from kizuki.tasks.models import Task as FollowUp

#: As many rows as a part shows.
MOST: Final = 100
#: Decisions are shown so long before they are to be looked at again.
AHEAD: Final = dt.timedelta(hours=24)


class Part(NamedTuple):
    """An incident in which the person has these roles, the gravest first."""

    incident: Incident
    roles: list[str]

    @property
    def leads(self) -> bool:
        return self.roles[0] == Role.LEAD


class Mine(NamedTuple):
    """`tasks`: mine, what is due first; `of_role`: what somebody of my role should take; `incidents` where I have a role, those that I
    lead first; `decisions` to look at again, with `look_on`; `indicators`: (incident, how many wait to be confirmed);
    `follow_up`: of the tasks room."""

    tasks: list[Task]
    of_role: list[Task]
    incidents: list[Part]
    decisions: list[Decision]
    indicators: list[tuple[Incident, int]]
    follow_up: list[FollowUp]

    @property
    def late(self) -> int:
        return sum(task.is_overdue for task in self.tasks)

    @property
    def leads(self) -> int:
        return sum(part.leads for part in self.incidents)

    @property
    def nothing(self) -> bool:
        return not any(self)


def of_person(person: Any) -> Mine:
    """Everything that waits for this person."""
    seen = Incident.objects.visible_to(person).still_open()
    undone = Task.objects.filter(incident__in=seen, state__in=UNDONE).select_related("incident").defer("step")
    undone = undone.order_by(F("due").asc(nulls_last=True), "incident", "number")
    parts = _parts(person)
    return Mine(
        tasks=list(undone.filter(owner=person.pk)[:MOST]),
        of_role=list(undone.filter(_in_role(person), owner=None)[:MOST]),
        incidents=parts,
        decisions=list(_decisions(person, seen)[:MOST]),
        indicators=_indicators(person),
        follow_up=list(_follow_up(person)[:MOST]),
    )


def _in_role(person: Any) -> Exists:
    """Tasks of a role that the person has in the incident."""
    return Exists(
        Member.objects.filter(incident=OuterRef("incident"), role=OuterRef("role"), person=person.pk, until=None)
    )


def _working(person: Any) -> Exists:
    """Things of an incident in which the person has a role other than reader."""
    mine = Member.objects.filter(incident=OuterRef("incident"), person=person.pk, until=None)
    return Exists(mine.exclude(role=Role.READER))


def _parts(person: Any) -> list[Part]:
    order = list(Role.values)
    rows = Member.objects.filter(person=person.pk, until=None, incident__in=Incident.objects.still_open())
    roles: dict[int, list[str]] = {}
    incidents: dict[int, Incident] = {}
    for row in rows.select_related("incident"):
        roles.setdefault(row.incident_id, []).append(row.role)
        incidents[row.incident_id] = row.incident
    made = [Part(incidents[pk], sorted(names, key=order.index)) for pk, names in roles.items()]
    return sorted(made, key=lambda part: (not part.leads, -part.incident.severity, -part.incident.pk))


def _decisions(person: Any, seen: QuerySet[Incident]) -> QuerySet[Decision]:
    mine = Decision.objects.filter(Q(_working(person)) | Q(by=person.pk), incident__in=seen)
    return questions.to_look_at(mine, timezone.now() + AHEAD).select_related("incident")


def _indicators(person: Any) -> list[tuple[Incident, int]]:
    waiting = Indicator.objects.filter(_working(person), state=IndicatorState.PROPOSED)
    counted = (
        waiting.filter(incident__in=Incident.objects.still_open()).order_by().values("incident").annotate(n=Count("pk"))
    )
    numbers = {row["incident"]: row["n"] for row in counted}
    incidents = Incident.objects.filter(pk__in=numbers).order_by("-severity", "-pk") if numbers else []
    return [(incident, numbers[incident.pk]) for incident in incidents]


def _follow_up(person: Any) -> Any:
    rows = FollowUp.objects.visible_to(person).filter(state__in=FOLLOW_UNDONE, owner__in=contacts_of(person))
    return rows.order_by(F("due").asc(nulls_last=True), "pk")
