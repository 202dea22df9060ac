"""What written criteria say of an incident, as the pages show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from django.utils import timezone

from kizuki.accounts.models import Person
from kizuki.criteria import queries
from kizuki.criteria.engine.format import UNKNOWN, Criteria
from kizuki.criteria.models import Decision as Judgement
from kizuki.criteria.models import Version
from kizuki.incidents.actions.judging import AUTHORITY, ESCALATION, SEVERITY, SEVERITY_FACT
from kizuki.incidents.choices import Auto
from kizuki.incidents.choices import Severity as Severities
from kizuki.incidents.models import Entry, Incident, Task
from kizuki.incidents.people import in_roles
from kizuki.incidents.telling import Telling, asking, called, tellings
from kizuki.kit.text import Text
from kizuki.register.words import CHANNELS

#: Office hours by the clock of the incident, Monday to Friday. Only proposed: who asks knows of holidays.
OFFICE: Final = (dt.time(9), dt.time(17, 30))
HOUR_FACT: Final = "hour"
MOST_HISTORY: Final = 50


class TellLine(NamedTuple):
    """Whom to tell by when. `people`: who has that role here. `task`: where it was made one."""

    telling: Telling
    who: str
    way: Any
    due: dt.datetime
    people: list[Person]
    task: Task | None


class Escalation(NamedTuple):
    """`name`: what the outcome is called."""

    row: Judgement
    name: Text
    lines: list[TellLine]
    planned: bool


class Past(NamedTuple):
    """One severity that the incident had: since when, by whom, why. `rule`: the reason that the criteria gave."""

    entry: Entry
    severity: int
    name: Any
    reason: str
    because: Text | None
    judgement: Judgement | None


class Asked(NamedTuple):
    """Whom to ask, and who stands in after how long; `until`: the moment from which the stand-in decides, if one asks now."""

    who: str
    people: list[Person]
    stand_in: str
    stand_ins: list[Person]
    minutes: int
    until: dt.datetime


def asked_facts() -> tuple[Criteria | None, Criteria | None]:
    """The criteria for severity and for escalation, the latter without the severity, which follows from the first; None where none
    are in effect."""
    severity, escalation = queries.document(SEVERITY), queries.document(ESCALATION)
    if escalation is not None:
        rest = tuple(fact for fact in escalation.facts if fact.id != SEVERITY_FACT)
        escalation = msgspec.structs.replace(escalation, facts=rest) if rest else None
    return severity, escalation


def last(incident: Incident, purpose: str) -> Judgement | None:
    """The newest judgement of an incident by the criteria of a purpose."""
    rows = Judgement.objects.about(incident).filter(version__criteria__slug=purpose)
    found: Judgement | None = rows.select_related("version__criteria").first()
    return found


def initial(criteria: Criteria | None, before: Judgement | None, hints: Mapping[str, str]) -> dict[str, str]:
    """What the form begins with: the answers of the last time, else what can be told from the incident."""
    if criteria is None:
        return {}
    answers = {one.fact: one.value or UNKNOWN for one in before.used} if before else {}
    made = {}
    for fact in criteria.facts:
        value = answers.get(fact.id) or hints.get(fact.id)
        if fact.id == HOUR_FACT:
            value = hints.get(fact.id)
        if value in {one.id for one in fact.values} or (value == UNKNOWN and fact.unknown):
            made[f"fact-{fact.id}"] = str(value)
    return made


def hints(incident: Incident, weights: list[int | None], units: set[str]) -> dict[str, str]:
    """What the incident itself says of facts that the library's criteria ask: how important and how many the assets are that it
    concerns (their highest importances, their units), and what time it is. Other criteria that know these words are helped alike."""
    made = {HOUR_FACT: hour(incident.zone)}
    judged = [weight for weight in weights if weight is not None]
    if judged:
        made["importance"] = {0: "small", 1: "small", 2: "large", 3: "very-large"}[max(judged)]
    if weights:
        made["spread"] = "one" if len(weights) == 1 else "several" if len(units) <= 1 else "wide"
    return made


def hour(zone: str, now: dt.datetime | None = None) -> str:
    """Whether people are at work: “office” or “off-hours”."""
    here = (now or timezone.now()).astimezone(ZoneInfo(zone))
    at_work = here.weekday() < 5 and OFFICE[0] <= here.time() < OFFICE[1]
    return "office" if at_work else "off-hours"


def escalation(incident: Incident) -> Escalation | None:
    """The newest judgement of whom to tell, with due times, people and tasks; None where nothing was judged."""
    row = last(incident, ESCALATION)
    if row is None:
        return None
    outcome = row.version.read.outcome(row.outcome)
    asked = tellings(outcome)
    keys = {one.once(row.pk) for one in asked}
    tasks = {task.once: task for task in Task.objects.filter(incident=incident, once__in=keys)}
    people = in_roles(incident)
    lines = [
        TellLine(
            one, called(one.role), CHANNELS.get(one.way, one.way), row.at + dt.timedelta(minutes=one.minutes),
            people.get(one.role, []), tasks.get(one.once(row.pk)),
        )
        for one in asked
    ]  # fmt: skip
    return Escalation(row, outcome.name, lines, all(line.task for line in lines))


def history(incident: Incident) -> list[Past]:
    """The severities that the incident had, the newest first."""
    entries = list(Entry.objects.filter(incident=incident, auto=Auto.SEVERITY).order_by("-seq")[:MOST_HISTORY])
    ids = [entry.data["set"]["judgement"] for entry in entries if "judgement" in entry.data["set"]]
    judgements = Judgement.objects.select_related("version__criteria").in_bulk(ids)
    return [_past(entry, judgements) for entry in entries]


def _past(entry: Entry, judgements: Mapping[int, Judgement]) -> Past:
    said: dict[str, Any] = entry.data["set"]
    row = judgements.get(said.get("judgement", 0))
    because = row.version.read.rule(row.rule).because if row else None
    value = int(said["severity"])
    return Past(entry, value, Severities(value).label, str(said.get("reason", "")), because, row)


def whom_to_ask(incident: Incident, version: Version, outcome: str) -> Asked | None:
    """Who decides on a stop by an outcome of the criteria, with the people who have those roles here."""
    found = asking(version.read.outcome(outcome))
    if found is None:
        return None
    people = in_roles(incident)
    until = timezone.now() + dt.timedelta(minutes=found.minutes)
    return Asked(
        called(found.ask), people.get(found.ask, []), called(found.stand_in) if found.stand_in else "",
        people.get(found.stand_in, []), found.minutes, until,
    )  # fmt: skip


__all__ = [
    "AUTHORITY", "ESCALATION", "SEVERITY", "Asked", "Escalation", "Past", "TellLine", "asked_facts", "escalation", "hints",
    "history", "hour", "initial", "last", "whom_to_ask",
]  # fmt: skip
