"""Rounds of self-assessment: a manager asks, units answer by link, each answer is stored as it is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.journal.actions import By, record
from kizuki.measures import links
from kizuki.measures.actions.proposals import ROOM, Said
from kizuki.measures.models import Part, Proposal, Round
from kizuki.measures.models.proposal import Status
from kizuki.register.engine.format import Scope
from kizuki.register.engine.kinds import plain

#: How long after the due day a link still leads in: those who are late should answer all the same.
GRACE = timedelta(days=14)


class Asked(NamedTuple):
    """A unit that is to be asked: its key, names, the name of its owner, the language, and the ids of the measures."""

    unit: str
    name_ja: str
    name_en: str
    owner: str
    language: str
    measures: Sequence[str]


@transaction.atomic
def start_round(*, title: str, due: date, measures: Sequence[str], asked: Sequence[Asked], by: Any) -> Round:
    """Begin a round. Links are made one by one, since each is shown only once."""
    if due < timezone.localdate():
        raise ValidationError(_("This day has passed already."))
    if not asked or not any(each.measures for each in asked):
        raise ValidationError(_("There is nothing to ask: choose units, and measures that are not known in full yet."))
    made = Round.objects.create(
        title=title, due=due, measures=list(measures), created_at=timezone.now(), created_by=str(by)[:200]
    )
    Part.objects.bulk_create(
        Part(
            round=made, unit=each.unit, name_ja=each.name_ja[:200], name_en=each.name_en[:200], owner=each.owner[:200],
            language=each.language, measures=list(each.measures),
        )
        for each in asked if each.measures
    )  # fmt: skip
    units = [each.unit for each in asked if each.measures]
    record(by=by, room=ROOM, verb="started", obj=made, data={"units": units, "due": due.isoformat()})
    return made


@transaction.atomic
def make_link(*, part: Part, by: Any) -> str:
    """A new link for a unit, which ends the one before; gives the token, which is kept nowhere."""
    if part.round.closed_at is not None:
        raise ValidationError(_("The round is closed. Open it again first."))
    token, digest = links.fresh()
    now = timezone.now()
    part.digest, part.link_made_at, part.expires_at = digest, now, _last_moment(part.round.due, now)
    part.save(update_fields=["digest", "link_made_at", "expires_at"])
    record(by=by, room=ROOM, verb="made_link", obj=part, data={"until": part.expires_at.isoformat()})
    return token


def _last_moment(due: date, now: datetime) -> datetime:
    last = max(due, timezone.localdate(now)) + GRACE
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))


@transaction.atomic
def revoke_link(*, part: Part, by: Any) -> Part:
    """End the link of a unit at once. What was answered stays."""
    if Part.objects.filter(pk=part.pk, digest__isnull=False).update(digest=None, expires_at=None):
        part.refresh_from_db()
        record(by=by, room=ROOM, verb="revoked_link", obj=part)
    return part


@transaction.atomic
def close_round(*, round: Round, by: Any) -> Round:
    """End a round and all its links. What was answered can still be accepted."""
    now = timezone.now()
    if Round.objects.filter(pk=round.pk, closed_at=None).update(closed_at=now):
        Part.objects.filter(round=round).update(digest=None, expires_at=None)
        round.refresh_from_db()
        record(by=by, room=ROOM, verb="closed", obj=round)
    return round


@transaction.atomic
def reopen_round(*, round: Round, by: Any) -> Round:
    """Take the closing of a round back. Links have to be made anew."""
    if Round.objects.filter(pk=round.pk).exclude(closed_at=None).update(closed_at=None):
        round.refresh_from_db()
        record(by=by, room=ROOM, verb="reopened", obj=round)
    return round


@transaction.atomic
def name_answerer(*, part: Part, name: str) -> Part:
    """Who answers for the unit; it stands beside what is recorded."""
    part.answered_by = name.strip()[:120]
    part.save(update_fields=["answered_by"])
    record(by=_named(part), room=ROOM, verb="named", obj=part)
    return part


@transaction.atomic
def save_answer(*, part: Part, measure: str, said: Said) -> Proposal:
    """Store one answer; a later one takes its place and waits for a decision again, also after an earlier one was accepted."""
    if measure not in part.measures:
        raise ValidationError(_("This question is not asked here."))
    now = timezone.now()
    values = {
        "state": said.state, "evidence": said.evidence, "link": said.link, "files": list(said.files),
        "language": part.language, "by_name": _answerer(part), "saved_at": now,
    }  # fmt: skip
    new = {"unit": part.unit, "scope": plain(Scope(unit=part.unit)), **values}
    made, created = Proposal.objects.get_or_create(part=part, measure=measure, defaults=new)
    if not created:
        Proposal.objects.filter(pk=made.pk).update(
            status=Status.OPEN, remark="", decided_by="", decided_at=None, version=F("version") + 1, **values
        )
        made.refresh_from_db()
    by = _named(part)
    record(by=by, room=ROOM, verb="answered", obj=made, data={"measure": measure, "state": said.state})
    return made


@transaction.atomic
def finish_part(*, part: Part) -> Part:
    """The unit says that it has answered what it can."""
    part.done_at = timezone.now()
    part.save(update_fields=["done_at"])
    record(by=_named(part), room=ROOM, verb="finished", obj=part, data={"answered": part.proposals.count()})
    return part


def _answerer(part: Part) -> str:
    unit = part.name.in_(part.language)
    return f"{part.answered_by or part.owner} ({unit})" if part.answered_by or part.owner else unit


def _named(part: Part) -> By:
    return f"{_answerer(part)[:180]} – link"
