"""Keeping outcomes up to date with cases and organisations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from kizuki.casebook.engine.format import Case as CaseDocument
from kizuki.casebook.models import Case
from kizuki.journal.actions import record
from kizuki.measures import hooks
from kizuki.register.models import Organisation
from kizuki.replay import past, service
from kizuki.replay.engine.figures import figures
from kizuki.replay.engine.ranked import Priorities
from kizuki.replay.engine.result import Replay
from kizuki.replay.models import Note, Outcome, OutcomeQuerySet, Ranking, Snapshot
from kizuki.replay.presenting import marks_of

BATCH = 100
#: Priorities weigh so many cases at most.
WEIGHED = 40


def values_of(result: Replay) -> dict[str, Any]:
    """An outcome's columns from a replay."""
    return {
        "word": result.word,
        "step": result.step or "",
        "lost": result.loss.assets,
        "harmed": result.loss.harmed,
        "assumed": len(result.assumed),
        "seen": msgspec.to_builtins(result.seen) if result.seen else None,
        "marks": [list(mark) for mark in marks_of(result)],
    }


def current(organisation: Organisation) -> OutcomeQuerySet:
    """The outcomes of this organisation as it is now. Which of them still hold, `case_digest` says: a case's digest is that of
    its whole document, id included, so that an outcome made from it is the outcome of that case and of no other."""
    return Outcome.objects.filter(organisation=organisation, organisation_digest=organisation.digest)


def stale(organisation: Organisation) -> Any:
    """Cases whose outcome for this organisation is missing or was made from other documents."""
    return Case.objects.filter(deleted_at=None).exclude(digest__in=current(organisation).values("case_digest"))


def refresh(*, organisation: Organisation, cases: Iterable[Case]) -> int:
    """Replay these cases and keep what was found; gives how many. Each batch is a short transaction of its own."""
    done = 0
    batch: list[Case] = []
    for case in cases:
        batch.append(case)
        if len(batch) == BATCH:
            done += _refresh(organisation, batch)
            batch = []
    return done + (_refresh(organisation, batch) if batch else 0)


def _refresh(organisation: Organisation, cases: Sequence[Case]) -> int:
    rows = [
        Outcome(
            case=case,
            organisation=organisation,
            case_digest=case.digest,
            organisation_digest=organisation.digest,
            **values_of(service.replay_of(case, organisation, whole=False)),
        )
        for case in cases
    ]
    fields = [
        *("case_digest", "organisation_digest", "word", "step", "lost", "harmed", "assumed", "seen", "marks", "made_at")
    ]
    with transaction.atomic():
        Outcome.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["case", "organisation"], update_fields=fields
        )
    return len(rows)


def weighed() -> list[Case]:
    """The cases that priorities weigh: the library's incidents in its order, not studies; 40 at most."""
    return list(Case.objects.filter(deleted_at=None).exclude(kind="study")[:WEIGHED])


def ranking_digest(organisation: Organisation, cases: Sequence[Case]) -> str:
    """What a ranking is made from, as one SHA-256."""
    return hashlib.sha256("\n".join([organisation.digest, *(case.digest for case in cases)]).encode()).hexdigest()


def rank(*, organisation: Organisation) -> Priorities:
    """Work out the priorities of an organisation and keep them."""
    cases = weighed()
    found = service.priorities_of(cases, organisation)
    values = {"digest": ranking_digest(organisation, cases), "found": msgspec.to_builtins(found)}
    with transaction.atomic():
        Ranking.objects.update_or_create(organisation=organisation, defaults=values)
    return found


@transaction.atomic
def save_note(
    *,
    organisation: Organisation,
    title: str,
    text: str,
    facts: dict[str, Any],
    case: CaseDocument,
    case_digest: str,
    result: Replay,
    concerned: dict[str, Any],
    by: Any,
) -> Note:
    """Keep an answer to “are we affected?” as it is given now, with what was known."""
    note = Note.objects.create(
        organisation=organisation, title=title.strip()[:200], text=text.strip(), facts=facts, case=msgspec.to_builtins(case),
        case_digest=case_digest, organisation_digest=organisation.digest, result=msgspec.to_builtins(result),
        concerned=concerned, by=by,
    )  # fmt: skip
    told = {"facts": facts, "word": result.word, "case": case_digest, "register": organisation.digest}
    record(by=by, room="replay", verb="noted", obj=note, data={**told, "assets": concerned["rows"]})
    return note


def take_snapshot(*, organisation: Organisation, day: date, again: bool = False) -> Snapshot | None:
    """Keep the figures of a day: once it is over for good, while it is today anew when something has changed. None for a day on
    which nothing was recorded, or that has not come. `again`: also where they are kept already."""
    today = timezone.localdate()
    if day > today:
        return None
    cases = weighed()
    kept = Snapshot.objects.filter(organisation=organisation, day=day).first()
    if kept is not None and not again and _holds(kept, organisation, cases):
        return kept
    register = past.compiled_on(organisation, day)
    if register is None:
        return None
    unknown, list_of_them = hooks.unknown_devices() if day == today else (0, "")
    # Without a list of them nobody has looked: that is not the same as none.
    devices = unknown if list_of_them else None
    found = figures(register, [case.read for case in cases], devices)
    values = {
        "figures": msgspec.to_builtins(found), "organisation_digest": organisation.digest if day == today else "",
        "cases_digest": cases_digest(cases), "backfilled": kept is None and day < today, "made_at": timezone.now(),
    }  # fmt: skip
    row, _new = Snapshot.objects.update_or_create(organisation=organisation, day=day, defaults=values)
    return row


def _holds(kept: Snapshot, organisation: Organisation, cases: Sequence[Case]) -> bool:
    """Whether the figures of a day are still right: they were taken after it was over, or nothing has changed since."""
    if kept.made_at >= past.end_of(kept.day):
        return True
    today = kept.day == timezone.localdate()
    return today and (kept.organisation_digest, kept.cases_digest) == (organisation.digest, cases_digest(cases))


def cases_digest(cases: Iterable[Case]) -> str:
    """What the results of a day were made from, as one SHA-256."""
    return hashlib.sha256("\n".join(case.digest for case in cases).encode()).hexdigest()
