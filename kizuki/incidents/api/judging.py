"""Severity, whom to tell and who may stop something, by the written criteria, by API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Body, Field, Router, Schema

from kizuki.criteria.api import Answer, DecisionLine
from kizuki.criteria.api import line as judgement_line
from kizuki.criteria.engine.decide import Given
from kizuki.incidents import actions, judged
from kizuki.incidents.api.common import REFUSED, SEEN, TAGS, Once, Strict, once_of
from kizuki.incidents.api.incidents import IncidentLine
from kizuki.incidents.api.incidents import line as incident_line
from kizuki.incidents.views.common import found, found_to_write
from kizuki.ui.api import refused

router = Router(tags=TAGS)


class SeverityLine(Schema):
    """A severity that the incident had: since when, why. `judgement`: number of the judgement by the criteria, null where they were not
    followed; `reason`: why not."""

    entry: int
    severity: int
    at: dt.datetime
    by: str
    judgement: int | None
    reason: str


class Judged(Strict):
    """Answers by fact; what is missing is unknown. Which facts there are: `/criteria/severity`, `/criteria/escalation`,
    `/criteria/authority-to-stop`."""

    facts: dict[str, Answer] = Field(max_length=60)
    once: Once = ""

    @property
    def given(self) -> dict[str, Given]:
        days = {fact: one.day.isoformat() if one.day else "" for fact, one in self.facts.items()}
        return {fact: Given(one.value, one.source.strip(), days[fact]) for fact, one in self.facts.items()}


class SeverityWanted(Strict):
    severity: int = Field(ge=1, le=4)
    reason: str = Field(min_length=1, max_length=2000, description="why the criteria are not followed here")
    once: Once = ""


@router.get(
    "/{number}/severity", response={200: list[SeverityLine], **SEEN}, summary="The severities that it had, newest first",
    url_name="incident_severity",
)  # fmt: skip
def history(request: HttpRequest, number: str) -> Any:
    return [
        SeverityLine(
            entry=past.entry.seq, severity=past.severity, at=past.entry.recorded_at, by=past.entry.by_name,
            judgement=past.judgement.pk if past.judgement else None, reason=past.reason,
        )
        for past in judged.history(found(request, number))
    ]  # fmt: skip


@router.put(
    "/{number}/severity", response={200: IncidentLine, **REFUSED}, summary="Set a severity, with the reason",
    url_name="incident_severity",
)  # fmt: skip
def put(request: HttpRequest, number: str, body: Body[SeverityWanted]) -> Any:
    """Where the criteria are not followed; else have it judged. The same again with the same `once` changes nothing."""
    incident = found_to_write(request, number)
    try:
        actions.set_severity(
            incident=incident,
            severity=body.severity,
            reason=body.reason,
            once=once_of(request, body.once),
            by=request.user,
        )
    except ValidationError as error:
        return refused(error)
    return incident_line(request.user, found(request, number))


@router.post(
    "/{number}/judgements/severity", response={200: DecisionLine, **REFUSED}, summary="Judge the severity by the criteria",
    url_name="incident_judge_severity",
)  # fmt: skip
def judge_severity(request: HttpRequest, number: str, body: Body[Judged]) -> Any:
    """The incident has the severity that comes of it. Kept with its reasons."""
    return _judge(request, number, body, actions.judge_severity)


@router.post(
    "/{number}/judgements/escalation", response={200: DecisionLine, **REFUSED}, summary="Judge whom to tell and how soon",
    url_name="incident_judge_escalation",
)  # fmt: skip
def judge_escalation(request: HttpRequest, number: str, body: Body[Judged]) -> Any:
    """The severity is taken from the incident, which must be judged before."""
    return _judge(request, number, body, actions.judge_escalation)


@router.post(
    "/{number}/judgements/stop", response={200: DecisionLine, **REFUSED}, summary="Judge who may decide to stop something",
    url_name="incident_judge_stop",
)  # fmt: skip
def judge_stop(request: HttpRequest, number: str, body: Body[Judged]) -> Any:
    return _judge(request, number, body, actions.judge_stop)


def _judge(request: HttpRequest, number: str, body: Judged, action: Any) -> Any:
    incident = found_to_write(request, number)
    try:
        made = action(incident=incident, facts=body.given, once=once_of(request, body.once), by=request.user)
    except ValidationError as error:
        return refused(error)
    return judgement_line(made)
