"""The demo's incidents (`library/demo/life/incidents.yaml`), told through the room's own actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import timezone

from kizuki.accounts.models import Person
from kizuki.demo.story import Struct, Who, raw
from kizuki.incidents import actions
from kizuki.incidents.actions.timeline import About
from kizuki.incidents.engine.moment import in_zone
from kizuki.incidents.models import Incident, Task
from kizuki.incidents.procedures import find
from kizuki.kit.document import parse

ZONE = "Asia/Tokyo"


class Part(Struct, frozen=True):
    """What somebody of the cast is in the incident."""

    who: Who
    role: str


class Line(Struct, frozen=True):
    """An entry, `ago` minutes before now."""

    ago: int
    lane: str
    kind: str
    by: Who
    text: str
    milestone: str = ""
    handover: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()


class Done(Struct, frozen=True):
    """A step of the procedure that is done."""

    step: str
    ago: int
    by: Who
    result: str


class Choice(Struct, frozen=True):
    """A decision. `review_in`: minutes until it is looked at again."""

    ago: int
    by: Who
    question: str
    options: tuple[str, ...]
    chosen: int
    decided_by: str
    reason: str
    review_in: int


class Told(Struct, frozen=True):
    title: str
    stand: str
    kind: str
    status: str
    by: Who
    roles: tuple[Part, ...]
    severity: dict[str, str]
    hour: str
    entries: tuple[Line, ...]
    assets: dict[str, str] = {}
    procedure: str = ""
    done: tuple[Done, ...] = ()
    decisions: tuple[Choice, ...] = ()


class File(Struct, frozen=True, rename={"schema_": "schema"}):
    schema_: Literal["kizuki/demo-incidents/1"]
    incidents: tuple[Told, ...]


def tell_incidents(people: Mapping[str, Person]) -> None:
    """Tell all of them, as of now."""
    now = timezone.now()
    for told in parse("incidents.yaml", raw("incidents.yaml"), File)[0].incidents:
        _tell(told, people, now)


def _tell(told: Told, people: Mapping[str, Person], now: datetime) -> None:
    by = people[told.by]
    first = now - timedelta(minutes=max(line.ago for line in told.entries))
    incident = actions.open_incident(
        title=told.title, kind=told.kind, by=by, zone=ZONE, day_one=first.astimezone(ZoneInfo(ZONE)).date()
    )
    for part in told.roles:
        actions.give_role(incident=incident, person=people[part.who], role=part.role, by=by)
    for key, state in told.assets.items():
        actions.add_asset(incident=incident, key=key, state=state, by=by)
    for line in told.entries:
        _enter(incident, line, people[line.by], now)
    others = {"concerned": "possible", "publicity": "none", "hour": told.hour}
    actions.judge(incident=incident, facts=told.severity, others=others, by=by)
    _work(incident, told, people, now)
    incident.refresh_from_db()
    actions.change_incident(incident=incident, version=incident.version, status=told.status, stand=told.stand, by=by)


def _work(incident: Incident, told: Told, people: Mapping[str, Person], now: datetime) -> None:
    """The procedure, what of it is done, and the decisions."""
    if (offered := find(told.procedure)) is not None:
        actions.begin_procedure(incident=incident, procedure=offered.procedure, by=people[told.by])
    for done in told.done:
        task = Task.objects.get(incident=incident, step_id=done.step)
        at = now - timedelta(minutes=done.ago)
        actions.finish_task(task=task, version=task.version, result=done.result, by=people[done.by], at=at)
    for choice in told.decisions:
        actions.add_decision(
            incident=incident, question=choice.question, options=choice.options, chosen=choice.chosen,
            reason=choice.reason, decided_by=choice.decided_by, by=people[choice.by],
            review_on=now + timedelta(minutes=choice.review_in),
        )  # fmt: skip


def _enter(incident: Incident, line: Line, by: Person, now: datetime) -> None:
    about = [About("asset", key, key) for key in line.assets]
    actions.add_entry(
        incident=incident, text=line.text, lane=line.lane, kind=line.kind, by=by, handover=line.handover,
        at=in_zone(now - timedelta(minutes=line.ago), ZONE), about=about, milestone=line.milestone,
    )  # fmt: skip
