"""Decisions with what was known when they were taken, and looking at them again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.incidents import hooks
from kizuki.incidents.actions.tasks import fit, plain, possible
from kizuki.incidents.actions.timeline import ROOM, About, hold, must_be_open, note
from kizuki.incidents.basis import frozen, frozen_at
from kizuki.incidents.choices import LANE_OF, Auto
from kizuki.incidents.models import Decision, DecisionReview, Entry, Incident, Task
from kizuki.journal.actions import By, record

LEAST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 6
#: Most characters of each text.
MOST: Final = {"question": 1000, "option": 500, "reason": 4000, "decided_by": 200, "text": 4000}


@transaction.atomic
def add_decision(
    *,
    incident: Incident,
    question: str,
    options: Sequence[str],
    chosen: int,
    reason: str,
    decided_by: str,
    by: By,
    review_on: dt.datetime | None = None,
    task: Task | None = None,
    at: dt.datetime | None = None,
    once: str = "",
) -> Decision:
    """Write down what was decided, with what was known then: now, or at a moment of the past (`at`). `chosen`: the place of the
    option, from 0. `task`: the task whose question it answers. With `once`, a decision that came with the same is given back as it
    is. ValidationError by field for what cannot be; what stands here is never changed, only looked at again."""
    fit(once)
    hold(incident)
    if once and (there := Decision.objects.filter(incident=incident, once=once).first()) is not None:
        return there
    must_be_open(incident)
    texts = _checked(question=question, options=options, chosen=chosen, reason=reason, decided_by=decided_by)
    _later(review_on)
    moment = possible(incident, at)
    basis = frozen_at(incident, moment) if at else frozen(incident)
    number = _next_number(incident)
    entry = _entry(incident, number, {**texts, "review_on": _iso(review_on)}, task=task, moment=moment, by=by)
    person = None if by is None or isinstance(by, str) else by.pk
    decision: Decision = Decision.objects.create(
        incident=incident, number=number, entry=entry, basis=basis, basis_seq=basis["seq"], review_on=review_on, by_id=person,
        once=once, **texts,
    )  # fmt: skip
    data = {"decision": number, "task": task.number if task else None}
    record(by=by, room=ROOM, verb="decided", obj=incident, data=data)
    hooks.happened(incident, "decision.made", data)
    return decision


def _next_number(incident: Incident) -> int:
    """The incident is held, so that no two get the same; the database refuses it as well."""
    last: int | None = Decision.objects.filter(incident=incident).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _entry(
    incident: Incident, number: int, texts: dict[str, Any], *, task: Task | None, moment: dt.datetime, by: By
) -> Entry:
    """What the timeline tells of it, in the lane of whoever had to decide."""
    answer = texts["options"][texts["chosen"]]
    about = [About("task", str(task.number), task.title)] if task else []
    lane = LANE_OF.get(_who_decides(task), "") if task else ""
    return note(
        incident, Auto.DECISION, by=by, kind="decide", id=str(number), values={**texts, "answer": answer}, lane=lane, about=about,
        text=f"{texts['question']} → {answer}", at=moment,
    )  # fmt: skip


@transaction.atomic
def review_decision(
    *, decision: Decision, holds: bool, text: str, by: By, review_on: dt.datetime | None = None, once: str = ""
) -> DecisionReview:
    """Say whether a decision still holds, why, and when to look next. One that no longer holds has to say why."""
    incident = decision.incident
    fit(once)
    hold(incident)
    if once and (sent := Entry.objects.filter(incident=incident, once=once).first()) is not None:
        return DecisionReview.objects.get(pk=sent.data["set"]["review"])
    must_be_open(incident)
    said = plain(text)
    if not holds and not said:
        raise ValidationError({"text": _("Say why it no longer holds.")})
    if len(said) > MOST["text"]:
        raise ValidationError({"text": _too_long("text", said)})
    _later(review_on)
    person = None if by is None or isinstance(by, str) else by.pk
    review: DecisionReview = DecisionReview.objects.create(
        decision=decision, holds=holds, text=said, review_on=review_on, by_id=person, by_name="" if by is None else str(by)[:200]
    )  # fmt: skip
    values = {"holds": holds, "text": said, "review_on": _iso(review_on), "review": review.pk}
    note(
        incident, Auto.DECISION, by=by, kind="decide", id=str(decision.number), values=values, lane=decision.entry.lane,
        text=said, once=once,
    )  # fmt: skip
    data = {"decision": decision.number, "holds": holds}
    record(by=by, room=ROOM, verb="reviewed_decision", obj=incident, data=data)
    hooks.happened(incident, "decision.reviewed", data)
    return review


def _checked(*, question: str, options: Sequence[str], chosen: int, reason: str, decided_by: str) -> dict[str, Any]:
    """The content of a decision, trimmed; ValidationError by field."""
    faults: dict[str, Any] = {}
    said = {"question": plain(question), "reason": plain(reason), "decided_by": " ".join(plain(decided_by).split())}
    empty = {
        "question": _("Write the question that was decided."), "reason": _("Say why: later nobody will remember."),
        "decided_by": _("Say whose decision it was."),
    }  # fmt: skip
    for name, text in said.items():
        if not text:
            faults[name] = empty[name]
        elif len(text) > MOST[name]:
            faults[name] = _too_long(name, text)
    listed = [" ".join(plain(option).split()) for option in options]
    if any(len(option) > MOST["option"] for option in listed):
        faults["options"] = _too_long("option", max(listed, key=len))
    elif not LEAST_OPTIONS <= len([option for option in listed if option]) == len(listed) <= MOST_OPTIONS:
        faults["options"] = _("Write 2 to 6 options: what else could have been done, at least to leave it.")
    elif len(set(listed)) < len(listed):
        faults["options"] = _("Two options say the same.")
    elif not 0 <= chosen < len(listed):
        faults["chosen"] = _("Say which option was chosen.")
    if faults:
        raise ValidationError(faults)
    return {**said, "options": listed, "chosen": chosen}


def _who_decides(task: Task) -> str:
    """The role whose decision the task asks for."""
    step = task.read
    return step.decision.who if step and step.decision else task.role


def _later(review_on: dt.datetime | None) -> None:
    if review_on is not None and not timezone.now() < review_on < timezone.now() + dt.timedelta(days=3660):
        raise ValidationError({"review_on": _("Choose a time that is to come, within ten years.")})


def _too_long(name: str, text: str) -> str:
    most = {"most": f"{MOST[name]:,}", "n": f"{len(text):,}"}
    return _("At most %(most)s characters; these are %(n)s.") % most


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
