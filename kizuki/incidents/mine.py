"""What waits for a person, over all open incidents that they see. One question for each part."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, When
from django.utils import timezone

from kizuki.incidents import questions
from kizuki.incidents.choices import UNDONE, IndicatorState, Role
from kizuki.incidents.models import GRAVITY, Decision, Incident, Indicator, Member, Task
from kizuki.tasks.access import contacts_of
from kizuki.tasks.choices import UNDONE as FOLLOW_UNDONE
from kizuki.tasks.models import Task as FollowUp

#: As many rows as a part shows. Whoever has more finds the rest on the lists.
MOST: Final = 50
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
    def more(self) -> bool:
        """Whether there are more incidents than are shown."""
        return len(self.incidents) == MOST

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
    """The gravest of the incidents in which the person has a role, those that they lead first."""
    order = list(Role.values)
    mine = Member.objects.filter(person=person.pk, until=None)
    rows = Incident.objects.still_open().filter(Exists(mine.filter(incident=OuterRef("pk"))))
    leads = Case(When(lead=person.pk, then=0), default=1)
    found: Any = rows.order_by(leads, GRAVITY.desc(), "-pk").prefetch_related(Prefetch("members", mine, to_attr="mine"))
    return [Part(one, sorted((member.role for member in one.mine), key=order.index)) for one in found[:MOST]]


def _decisions(person: Any, seen: QuerySet[Incident]) -> QuerySet[Decision]:
    mine = Decision.objects.filter(Q(_working(person)) | Q(by=person.pk), incident__in=seen)
    return questions.to_look_at(mine, timezone.now() + AHEAD).select_related("incident")


def _indicators(person: Any) -> list[tuple[Incident, int]]:
    waiting = Indicator.objects.filter(_working(person), state=IndicatorState.PROPOSED)
    counted = waiting.filter(incident__in=Incident.objects.still_open()).order_by("-incident__severity", "-incident")
    numbers = {row["incident"]: row["n"] for row in counted.values("incident").annotate(n=Count("pk"))[:MOST]}
    incidents = Incident.objects.in_bulk(numbers) if numbers else {}
    return [(incidents[pk], n) for pk, n in numbers.items()]


def _follow_up(person: Any) -> Any:
    rows = FollowUp.objects.visible_to(person).filter(state__in=FOLLOW_UNDONE, owner__in=contacts_of(person))
    return rows.order_by(F("due").asc(nulls_last=True), "pk")
