"""What written criteria say of an incident: how grave it is, who has to be told, who may decide to stop something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kizuki.criteria import queries
from kizuki.criteria.actions import NoCriteria, decide
from kizuki.criteria.engine.decide import Given
from kizuki.criteria.models import Decision as Judgement
from kizuki.incidents import hooks
from kizuki.incidents.actions.tasks import add_task
from kizuki.incidents.actions.timeline import ROOM, hold, must_be_open, note
from kizuki.incidents.choices import Auto, Severity
from kizuki.incidents.models import Entry, Incident, Task
from kizuki.incidents.telling import tellings
from kizuki.journal.actions import By, record

SEVERITY: Final = "severity"
ESCALATION: Final = "escalation"
AUTHORITY: Final = "authority-to-stop"
#: The fact of the criteria for escalation that comes from the severity, and how it writes it.
SEVERITY_FACT: Final = "severity"
MOST_REASON: Final = 2000
Facts: TypeAlias = Mapping[str, Given | str | None]


@transaction.atomic
def judge(*, incident: Incident, facts: Facts, others: Facts, by: By, once: str = "") -> Judgement:
    """Judge the severity, and at once who has to be told because of it. `others`: facts of the criteria for escalation besides the
    severity. Where no criteria for escalation are in effect, only the severity is judged. Gives the judgement of the severity."""
    made = judge_severity(incident=incident, facts=facts, by=by, once=once)
    if queries.in_effect(ESCALATION) is not None:
        judge_escalation(incident=incident, facts=others, by=by, once=f"{once}:escalation" if once else "")
    return made


@transaction.atomic
def judge_severity(*, incident: Incident, facts: Facts, by: By, once: str = "") -> Judgement:
    """Judge the severity by the criteria in effect; the judgement is kept with its reasons, and the incident has that severity."""
    hold(incident)
    if (there := _made_before(incident, once)) is not None:
        return there
    must_be_open(incident)
    made = decide(purpose=SEVERITY, facts=facts, by=by, about=incident)
    if made.outcome not in {str(value) for value in Severity.values if value}:
        raise ValidationError(_("The criteria for severity must have the outcomes 1, 2, 3 and 4."))
    why = {"judgement": made.pk, "rule": made.rule}
    _set_severity(incident, int(made.outcome), by, why, once)
    return made


@transaction.atomic
def set_severity(*, incident: Incident, severity: int, reason: str, by: By, once: str = "") -> Incident:
    """Set another severity than the criteria give, with the reason. Who has to be told is judged again by what was known last."""
    hold(incident)
    if once and Entry.objects.filter(incident=incident, once=once).exists():
        return incident
    must_be_open(incident)
    faults = {}
    if severity not in Severity.values or not severity:
        faults["severity"] = _("Choose one of the severities.")
    why = reason.replace("\x00", "").strip()
    if not why:
        faults["reason"] = _("Say why: the criteria are not followed here.")
    if len(why) > MOST_REASON:
        faults["reason"] = _("At most %(most)d characters; these are %(n)d.") % {"most": MOST_REASON, "n": len(why)}
    if faults:
        raise ValidationError(faults)
    _set_severity(incident, severity, by, {"reason": why}, once)
    last = Judgement.objects.about(incident).filter(version__criteria__slug=ESCALATION).first()
    if last is not None and queries.in_effect(ESCALATION) is not None:
        judge_escalation(incident=incident, facts=_again(last), by=by)
    return incident


def _again(last: Judgement) -> dict[str, Given]:
    """The facts of a judgement that today's criteria still know, but for the severity."""
    version = queries.in_effect(ESCALATION)
    known = {fact.id: {value.id for value in fact.values} for fact in version.read.facts} if version else {}
    return {
        one.fact: Given(one.value, one.source, one.day)
        for one in last.used
        if one.fact != SEVERITY_FACT and one.value in known.get(one.fact, ())
    }


def _set_severity(incident: Incident, severity: int, by: By, why: Mapping[str, Any], once: str) -> None:
    was = incident.severity
    incident.severity, incident.version = severity, incident.version + 1
    Incident.objects.filter(pk=incident.pk).update(severity=severity, version=incident.version)
    note(
        incident,
        Auto.SEVERITY,
        by=by,
        kind="decide",
        values={"severity": severity, **why},
        was={"severity": was},
        once=once,
    )
    record(by=by, room=ROOM, verb="judged", obj=incident, data={"severity": severity, "was": was})
    hooks.happened(incident, "incident.severity", {"severity": severity, "was": was})


@transaction.atomic
def judge_escalation(*, incident: Incident, facts: Facts, by: By, once: str = "") -> Judgement:
    """Judge who has to be told, by what and how soon; the severity is taken from the incident. ValidationError while it is not judged."""
    hold(incident)
    if (there := _made_before(incident, once)) is not None:
        return there
    must_be_open(incident)
    if not incident.severity:
        raise ValidationError(_("Judge the severity first."))
    version = queries.in_effect(ESCALATION)
    if version is None:
        raise NoCriteria(ESCALATION)
    asked = {fact.id for fact in version.read.facts}
    severity = {SEVERITY_FACT: f"s{incident.severity}"} if SEVERITY_FACT in asked else {}
    made = decide(purpose=ESCALATION, facts={**facts, **severity}, by=by, about=incident)
    _tell(incident, Auto.ESCALATION, made, by, once)
    return made


@transaction.atomic
def judge_stop(*, incident: Incident, facts: Facts, by: By, once: str = "") -> Judgement:
    """Write down by which facts it was settled who may decide to stop something, and who that is."""
    hold(incident)
    if (there := _made_before(incident, once)) is not None:
        return there
    must_be_open(incident)
    made = decide(purpose=AUTHORITY, facts=facts, by=by, about=incident)
    _tell(incident, Auto.AUTHORITY, made, by, once)
    return made


#: What kind of act it is to ask the criteria.
_KINDS: Final = {Auto.ESCALATION: "escalate", Auto.AUTHORITY: "decide"}


def _tell(incident: Incident, auto: Auto, made: Judgement, by: By, once: str) -> None:
    name = made.version.read.outcome(made.outcome).name
    values = {
        "judgement": made.pk, "outcome": made.outcome, "rule": made.rule, "name_ja": name.ja or "", "name_en": name.en or "",
    }  # fmt: skip
    note(incident, auto, by=by, kind=_KINDS[auto], id=str(made.pk), values=values, once=once)
    record(by=by, room=ROOM, verb="asked_criteria", obj=incident, data={"judgement": made.pk, "outcome": made.outcome})
    hooks.happened(incident, f"{auto.value}.judged", {"judgement": made.pk})


def _made_before(incident: Incident, once: str) -> Judgement | None:
    """The judgement that the same sending made."""
    entry = Entry.objects.filter(incident=incident, once=once).first() if once else None
    return Judgement.objects.filter(pk=entry.data["set"].get("judgement")).first() if entry else None


@transaction.atomic
def plan_escalation(*, incident: Incident, judgement: Judgement, by: By) -> list[Task]:
    """One task for each whom a judgement wants told, with its due time. Made once, however often it is asked for."""
    hold(incident)
    must_be_open(incident)
    belongs = judgement.about_type == incident._meta.label_lower and judgement.about_id == str(incident.pk)
    if not belongs or judgement.version.criteria.slug != ESCALATION:
        raise ValidationError(_("This was not judged of this incident."))
    outcome = judgement.version.read.outcome(judgement.outcome)
    return [
        add_task(
            incident=incident, title=one.title, by=by, role=one.by_whom, due=judgement.at + dt.timedelta(minutes=one.minutes),
            once=one.once(judgement.pk),
        )
        for one in tellings(outcome)
    ]  # fmt: skip
