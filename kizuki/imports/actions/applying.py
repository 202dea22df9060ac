"""What was looked at is entered into the register, in portions of one batch; and taken back as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from kizuki.imports.access import may_of
from kizuki.imports.actions.sightings import hand_over
from kizuki.imports.actions.stale import ROOM, NotNow, free, move
from kizuki.imports.actions.writing import Writing
from kizuki.imports.choices import Outcome, State
from kizuki.imports.models import Import, PlanLine
from kizuki.jobs.actions import enqueue
from kizuki.jobs.worker import Cancelled
from kizuki.journal.actions import By, record
from kizuki.register import hooks
from kizuki.register.actions import InUse, Refused, Stale, begun_to_undo, describe_organisation, undo_portions
from kizuki.register.engine.format import About
from kizuki.register.models import Organisation


@transaction.atomic
def begin_applying(*, imported: Import, by: By, now: bool = False) -> Import:
    """Enter what is taken, as a job, or by the caller (`now`). Whoever presses twice, or in two windows, does it once: raises `NotNow`.
    An import whose job died can be begun again."""
    from kizuki.imports.tasks import apply

    states = _of(free(imported, State.PLANNED, State.STOPPED), State.PLANNED, State.STOPPED, State.APPLYING)
    # The job that was seen is part of the condition: of two who begin a dead one again, one does.
    if not Import.objects.filter(pk=imported.pk, state__in=states, job=imported.job).update(state=State.APPLYING):
        raise NotNow
    job = None if now else enqueue(apply, imported.pk, imported.name, by=by)
    Import.objects.filter(pk=imported.pk).update(job=job.pk if job else None)
    imported.refresh_from_db()
    record(by=by, room=ROOM, verb="began", obj=imported, data={"lines": _to_do(imported).count()})
    return imported


def _of(states: Iterable[State], *these: State) -> list[State]:
    return [state for state in states if state in these]


def _to_do(imported: Import) -> Any:
    return PlanLine.objects.filter(of=imported, take=True, outcome="")


def apply_import(*, imported: Import, by: By) -> Import:
    """Enter what is taken. Stopped half-way, what was entered stays and is told, and the rest can be gone on with."""
    writing = Writing(imported, may_of(by), by)
    try:
        _describe(imported, by)
        writing.all()
        sightings = hand_over(imported=imported, by=by)
    except (Cancelled, Exception):
        _end(imported, State.STOPPED, by, None)
        if writing.wrote:
            with transaction.atomic():
                hooks.changed()  # what is above the register has not heard of the portions yet
        raise
    return _end(imported, State.DONE, by, sightings)


@transaction.atomic
def _describe(imported: Import, by: By) -> None:
    """What the file says of the organisation itself; what was said before is kept, so that it can be taken back."""
    if imported.about is None or imported.about_before is not None or not may_of(by)("unit", ""):
        return
    organisation = Organisation.objects.get(pk=imported.organisation_id)
    before = {"about": organisation.about, "complete": organisation.complete}
    if before != imported.about:
        move(imported, (State.APPLYING,), about_before=before)
        _say(organisation, imported.about, by)


def _say(organisation: Organisation, said: dict[str, Any], by: By) -> None:
    about = msgspec.convert(said["about"], About)
    describe_organisation(organisation=organisation, about=about, complete=tuple(said["complete"]), by=by)


@transaction.atomic
def _end(imported: Import, state: State, by: By, sightings: dict[str, int] | None) -> Import:
    rows = PlanLine.objects.filter(of=imported).exclude(outcome="").order_by()
    outcomes = {
        outcome: rows.filter(outcome=outcome).count() for outcome in (Outcome.DONE, Outcome.SAME, Outcome.REFUSED)
    }
    told = {**imported.told, "outcomes": outcomes, **({"taken": sightings} if sightings is not None else {})}
    move(imported, (State.APPLYING,), state=state, told=told, ended_at=timezone.now())
    record(by=by, room=ROOM, verb="brought_in", obj=imported, data={"batch": str(imported.batch), "outcomes": outcomes})
    return imported


@transaction.atomic
def begin_undoing(*, imported: Import, by: By, now: bool = False) -> Import:
    """Take all of it back, as a job, or by the caller (`now`). What was stopped half-way, be it entering or taking back, can be taken back
    as well; of two who press, one does: raises `NotNow`."""
    from kizuki.imports.tasks import undo

    states = _of(free(imported, State.DONE, State.STOPPED), State.DONE, State.STOPPED, State.APPLYING, State.UNDOING)
    was = State.STOPPED if imported.state == State.APPLYING else State(imported.state)
    told = imported.told if was == State.UNDOING else {**imported.told, "was": was}
    rows = Import.objects.filter(pk=imported.pk, state__in=states, job=imported.job)
    if not rows.update(state=State.UNDOING, told=told):
        raise NotNow
    job = None if now else enqueue(undo, imported.pk, imported.name, by=by)
    Import.objects.filter(pk=imported.pk).update(job=job.pk if job else None)
    imported.refresh_from_db()
    return imported


def undo_import(*, imported: Import, by: By, tell: Callable[[int, int], None] | None = None) -> Import:
    """Take all of it back, in portions; what others changed since in other fields is kept. Sightings stay: they were seen.

    Raises what `undo_portions` raises. If that is before anything was taken back, the import is as it was; else what was taken back stays
    so, and it can be gone on with, as after a process that died. Begins by itself what nobody has begun: may raise `NotNow`."""
    if imported.state != State.UNDOING:
        begin_undoing(imported=imported, by=by, now=True)
    organisation = Organisation.objects.get(pk=imported.organisation_id)
    try:
        done = undo_portions(organisation=organisation, batch=imported.batch, by=by, tell=tell)
    except (Stale, InUse, Refused):
        if not begun_to_undo(imported.batch):
            move(imported, (State.UNDOING,), state=imported.told.get("was", State.DONE))
        raise
    return _undone(imported, by, done.created + done.changed + done.removed)


@transaction.atomic
def _undone(imported: Import, by: By, changed: int) -> Import:
    move(imported, (State.UNDOING,), state=State.UNDONE, ended_at=timezone.now())
    if imported.about_before is not None:
        _say(Organisation.objects.get(pk=imported.organisation_id), imported.about_before, by)
    record(by=by, room=ROOM, verb="undid", obj=imported, data={"changed": changed})
    return imported
