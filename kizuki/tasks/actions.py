"""Every write of the tasks room. Each is one transaction with one entry in the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.journal.actions import By, record
from kizuki.kit.text import Name
from kizuki.register.columns import both
from kizuki.register.models import Organisation
from kizuki.tasks.choices import ENDED, FOLLOWED, UNDONE, Origin, State
from kizuki.tasks.models import Task

ROOM: Final = "tasks"


class About(NamedTuple):
    """What a task is about: kind and key of a record of the register, `measure` with “P06 zone=dmz”, or `device` with its key."""

    kind: str
    key: str


NOTHING: Final = About("", "")


class Stale(ValidationError):
    """Somebody else changed the task since it was shown; nothing was written. `task`: the row as it is now."""

    def __init__(self, task: Task) -> None:
        super().__init__(_("Somebody changed this task in the meantime. Here is how it is now; please decide again."))
        self.task = task


@transaction.atomic
def create_task(
    *,
    title: Name,
    origin: str,
    by: By,
    text: Name | None = None,
    about: About = NOTHING,
    unit: str = "",
    owner: str = "",
    due: dt.date | None = None,
    cost: str = "",
    once: str = "",
    organisation: Organisation | None = None,
) -> Task:
    """Write down what has to be done, for the home organisation unless another is named. With `once`, a task of that name that is
    not ended yet is given back as it is, and none is made."""
    home = organisation or Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if home is None:
        raise ValidationError(_("There is no organisation yet to which a task could belong."))
    if once and (there := _open(home, once)) is not None:
        return there
    values = {
        **_content(title, text, unit=unit, owner=owner, due=due, cost=cost),
        "about_kind": about.kind,
        "about_key": about.key,
    }
    try:
        with transaction.atomic():
            task: Task = Task.objects.create(organisation=home, origin=origin, once=once, by_name=_name(by), **values)
    except IntegrityError:
        # Another process was faster with the same `once`.
        if once and (there := _open(home, once)) is not None:
            return there
        raise
    _record(task, by, "created", {"origin": origin, **_told(values)})
    return task


@transaction.atomic
def edit_task(
    *,
    task: Task,
    title: Name,
    text: Name | None,
    unit: str,
    owner: str,
    due: dt.date | None,
    cost: str,
    version: int,
    by: By,
) -> Task:
    """Change what a task says and whose it is, as long as it is followed."""
    values = _content(title, text, unit=unit, owner=owner, due=due, cost=cost)
    before = {name: getattr(task, name) for name in values}
    _update(task, version, FOLLOWED, **values)
    changed = {name: value for name, value in values.items() if before[name] != value}
    if changed:
        told = {"before": _told({name: before[name] for name in changed}), "after": _told(changed)}
        _record(task, by, "edited", told)
    return task


@transaction.atomic
def take(*, task: Task, version: int, by: By) -> Task:
    """Begin to work on it."""
    _update(task, version, [State.OPEN], state=State.TAKEN)
    _record(task, by, "took")
    return task


@transaction.atomic
def finish(*, task: Task, result: Name, version: int, by: By, evidence: str = "") -> Task:
    """Say that it is done, what came of it, and how that can be seen. It is followed until somebody else has verified it."""
    values = {**_result(result), "evidence": evidence.strip(), **_done(by)}
    _update(task, version, UNDONE, state=State.DONE, **values)
    _record(task, by, "finished", {"result": values["result_en"], "evidence": task.evidence})
    return task


@transaction.atomic
def verify(*, task: Task, version: int, by: Any) -> Task:
    """Confirm that it is done. ValidationError for whoever did it: somebody else has to look."""
    if task.done_by_id is not None and task.done_by_id == by.pk:
        raise ValidationError(_("You did this yourself. Somebody else has to verify it."))
    _update(task, version, [State.DONE], state=State.VERIFIED, **_verified(by))
    _record(task, by, "verified")
    return task


@transaction.atomic
def drop(*, task: Task, reason: Name, version: int, by: By) -> Task:
    """Give it up, with the reason."""
    values = _result(reason)
    _update(task, version, FOLLOWED, state=State.DROPPED, **values)
    _record(task, by, "dropped", {"reason": values["result_en"]})
    return task


@transaction.atomic
def reopen(*, task: Task, reason: Name, version: int, by: By) -> Task:
    """Take it up again, because it was not done after all, or has become needed again."""
    if task.once and (other := _open(task.organisation, task.once)) is not None and other.pk != task.pk:
        raise ValidationError(_("There is a newer task for the same thing. Go on with that one."))
    before = {"state": task.state, "result": task.result_en or task.result_ja, "evidence": task.evidence}
    values: dict[str, Any] = dict.fromkeys(("done_at", "done_by", "verified_at", "verified_by"))
    names = dict.fromkeys(("result_ja", "result_en", "evidence", "done_name", "verified_name"), "")
    _update(task, version, (State.DONE, *ENDED), state=State.OPEN, **values, **names)
    _record(task, by, "reopened", {"before": before, "reason": both(reason)[1]})
    return task


@transaction.atomic
def settle(
    *,
    once: str,
    result: Name,
    by: By,
    drop: bool = False,
    verified: bool = False,
    organisation: Organisation | None = None,
) -> Task | None:
    """End the task of this name that is followed, if there is one: another room has seen what came of it. `verified`: that room has
    proved it, so that nobody needs to look again; a task that waited for that is verified. `drop`: nothing needs doing."""
    home = organisation or Organisation.objects.filter(is_home=True, deleted_at=None).first()
    task = _open(home, once) if home is not None else None
    if task is None or (task.state == State.DONE and not (verified or drop)):
        return None
    values: dict[str, Any] = {"state": State.DROPPED if drop else State.DONE}
    if task.state != State.DONE or drop:
        values |= _result(result)
    if task.state != State.DONE and not drop:
        values |= _done(by)
    if verified and not drop:
        values |= {"state": State.VERIFIED, **_verified(None)}
    _update(task, task.version, FOLLOWED, **values)
    _record(task, by, "settled", {"state": task.state, "result": both(result)[1]})
    return task


#: What the journal does not tell of tasks about something that not everybody may know of.
TEXTS: Final = ("title_ja", "title_en", "text_ja", "text_en", "result", "reason", "evidence")


def _record(task: Task, by: By, verb: str, data: dict[str, Any] | None = None) -> None:
    record(by=by, room=ROOM, verb=verb, obj=task, data=_without_texts(data or {}) if task.is_quiet else data)


def _without_texts(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_texts(value) if isinstance(value, dict) else value
        for name, value in data.items()
        if name not in TEXTS
    }


def _open(organisation: Organisation, once: str) -> Task | None:
    found: Task | None = Task.objects.filter(organisation=organisation, once=once, state__in=FOLLOWED).first()
    return found


def _content(
    title: Name, text: Name | None, *, unit: str, owner: str, due: dt.date | None, cost: str
) -> dict[str, Any]:
    (title_ja, title_en), (text_ja, text_en) = both(title), both(text)
    return {
        "title_ja": title_ja.strip()[:200], "title_en": title_en.strip()[:200], "text_ja": text_ja.strip(),
        "text_en": text_en.strip(), "unit": unit, "owner": owner, "due": due, "cost": cost,
    }  # fmt: skip


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """What the journal keeps of a change: what is said, days as text."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items() if value}


def _result(result: Name) -> dict[str, str]:
    ja, en = (text.strip() for text in both(result))
    if not (ja or en):
        raise ValidationError(_("Say what came of it, or why it is dropped."))
    return {"result_ja": ja, "result_en": en}


def _name(by: By) -> str:
    return "Kizuki" if by is None else str(by)[:200]


def _done(by: By) -> dict[str, Any]:
    return {"done_at": timezone.now(), "done_by_id": _id(by), "done_name": _name(by)}


def _verified(by: By) -> dict[str, Any]:
    return {"verified_at": timezone.now(), "verified_by_id": _id(by), "verified_name": _name(by)}


def _id(by: By) -> Any:
    return None if by is None or isinstance(by, str) else by.pk


def _update(task: Task, version: int, states: Collection[str], **values: Any) -> None:
    """Write `values` only where the row still has this version and one of these states, else Stale."""
    rows = Task.objects.filter(pk=task.pk, version=version, state__in=states)
    changed = rows.update(**values, version=version + 1, changed_at=timezone.now())
    task.refresh_from_db()
    if not changed:
        raise Stale(task)


#: What other rooms name as the origin.
__all__ = [
    "NOTHING", "About", "Origin", "Stale", "create_task", "drop", "edit_task", "finish", "reopen", "settle", "take", "verify",
]  # fmt: skip
