"""Every act on a task: what it changes, what it refuses, what the journal says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from conftest import Cast
from kizuki.journal.models import Entry
from kizuki.kit.text import Text
from kizuki.register.models import Organisation
from kizuki.tasks import actions
from kizuki.tasks.actions import About, Origin, Stale, create_task, edit_task, settle
from kizuki.tasks.choices import State
from kizuki.tasks.models import Task
from kizuki.tasks.queries import followed, for_object


def last() -> Entry:
    return Entry.objects.order_by("-seq")[0]


def test_create_task_keeps_what_was_said(small: Organisation) -> None:
    day = dt.date(2026, 12, 1)
    task = create_task(
        title=Text(ja="調べる", en="Find out"), text="Whose is it?", origin=Origin.DEVICE, about=About("device", "mac:x"),
        unit="sales", owner="ken", due=day, cost="low", by=None,
    )  # fmt: skip
    task.refresh_from_db()
    assert (task.title, task.text) == (Text(ja="調べる", en="Find out"), Text(ja="Whose is it?", en="Whose is it?"))
    assert (task.state, task.unit, task.owner, task.due, task.cost) == ("open", "sales", "ken", day, "low")
    assert (task.about_kind, task.about_key, task.by_name, task.version) == ("device", "mac:x", "Kizuki", 1)
    assert (last().verb, last().details["due"]) == ("created", "2026-12-01")


def test_create_task_needs_an_organisation(db: None) -> None:
    with pytest.raises(ValidationError):
        create_task(title="x", origin=Origin.OWN, by="a test")


def test_a_task_of_one_name_is_made_once_until_it_has_ended(small: Organisation, cast: Cast) -> None:
    def made() -> Task:
        return create_task(title="x", origin=Origin.DEVICE, once="device:1", by=None)

    first = made()
    entries = Entry.objects.count()
    assert made().pk == first.pk
    assert Entry.objects.count() == entries
    actions.finish(task=first, result="known", version=1, by=cast.manager)
    assert made().pk == first.pk, "what is done is followed until it is verified"
    actions.verify(task=first, version=2, by=cast.responder)
    assert made().pk != first.pk


def test_the_database_refuses_a_second_task_of_one_name(small: Organisation) -> None:
    create_task(title="x", origin=Origin.DEVICE, once="device:1", by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(organisation=small, title_en="y", origin=Origin.DEVICE, once="device:1")


def test_from_open_to_verified(task: Task, cast: Cast) -> None:
    actions.take(task=task, version=1, by=cast.manager)
    assert (task.state, task.version) == (State.TAKEN, 2)
    actions.finish(task=task, result="It is Ken's", evidence="Ticket 7", version=2, by=cast.manager)
    assert (task.state, task.done_by, task.evidence) == (State.DONE, cast.manager, "Ticket 7")
    with pytest.raises(ValidationError, match="Somebody else"):
        actions.verify(task=task, version=3, by=cast.manager)
    actions.verify(task=task, version=3, by=cast.administrator)
    task.refresh_from_db()
    assert (task.state, task.verified_name) == (State.VERIFIED, "Administrator")
    assert [entry.verb for entry in Entry.objects.about(task)] == ["verified", "finished", "took", "created"]


def test_the_database_refuses_one_who_verifies_their_own(task: Task, cast: Cast) -> None:
    actions.finish(task=task, result="x", version=1, by=cast.manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(verified_by=cast.manager)


def test_drop_needs_a_reason(task: Task, cast: Cast) -> None:
    with pytest.raises(ValidationError):
        actions.drop(task=task, reason="  ", version=1, by=cast.manager)
    actions.drop(task=task, reason="Sold", version=1, by=cast.manager)
    assert (task.state, task.result) == (State.DROPPED, Text(ja="Sold", en="Sold"))


def test_reopen_begins_anew_and_keeps_what_was_said_in_the_journal(task: Task, cast: Cast) -> None:
    actions.finish(task=task, result="It is Ken's", version=1, by=cast.manager)
    actions.reopen(task=task, reason="It is not", version=2, by=cast.manager)
    assert (task.state, task.result, task.done_by, task.done_at) == (State.OPEN, None, None, None)
    assert last().details == {
        "before": {"state": "done", "result": "It is Ken's", "evidence": ""},
        "reason": "It is not",
    }


def test_reopen_is_refused_where_there_is_a_newer_one(small: Organisation, cast: Cast) -> None:
    old = create_task(title="x", origin=Origin.DEVICE, once="d", by=None)
    actions.drop(task=old, reason="x", version=1, by=cast.manager)
    create_task(title="x", origin=Origin.DEVICE, once="d", by=None)
    with pytest.raises(ValidationError, match="newer"):
        actions.reopen(task=old, reason="x", version=2, by=cast.manager)


ACTS: dict[str, dict[str, Any]] = {"take": {}, "finish": {"result": "x"}, "drop": {"reason": "x"}}


@pytest.mark.parametrize(("name", "values"), ACTS.items())
def test_a_stale_act_writes_nothing(name: str, values: dict[str, Any], task: Task, cast: Cast) -> None:
    act: Callable[..., Task] = getattr(actions, name)
    edit_task(
        task=Task.objects.get(pk=task.pk), title="Another", text=None, unit="shop", owner="", due=None, cost="",
        version=1, by=cast.manager,
    )  # fmt: skip
    entries = Entry.objects.count()
    with pytest.raises(Stale) as error:
        act(task=task, version=1, by=cast.manager, **values)
    assert (error.value.task.title_en, error.value.task.version) == ("Another", 2)
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("name", ["take", "verify"])
def test_what_does_not_follow_is_refused(name: str, task: Task, cast: Cast) -> None:
    if name == "take":
        actions.take(task=task, version=1, by=cast.manager)
    act: Callable[..., Task] = getattr(actions, name)
    with pytest.raises(Stale):
        act(task=task, version=task.version, by=cast.manager)


def test_edit_task_says_what_changed(task: Task, cast: Cast) -> None:
    values: dict[str, Any] = {"text": "Who knows?", "unit": "shop", "owner": "ken", "due": None, "cost": ""}
    edit_task(task=task, title="Find out", **values, version=1, by=cast.manager)
    assert (task.owner, task.version) == ("ken", 2)
    assert last().details == {"before": {}, "after": {"owner": "ken"}}


def test_settle_ends_what_is_followed(small: Organisation, cast: Cast) -> None:
    assert settle(once="d", result="x", by=None) is None
    task = create_task(title="x", origin=Origin.DEVICE, once="d", by=None)
    done = settle(once="d", result="Said", by=cast.manager)
    assert done is not None
    assert (done.state, done.done_by) == (State.DONE, cast.manager)
    assert settle(once="d", result="again", by=None) is None
    proved = settle(once="d", result="Known", by=None, verified=True)
    assert proved is not None
    assert (proved.pk, proved.state, proved.result, proved.done_by) == (
        task.pk, State.VERIFIED, Text(ja="Said", en="Said"), cast.manager,
    )  # fmt: skip


def test_settle_drops(small: Organisation) -> None:
    create_task(title="x", origin=Origin.DEVICE, once="d", by=None)
    dropped = settle(once="d", result="A guest", by=None, drop=True)
    assert dropped is not None
    assert (dropped.state, dropped.result) == (State.DROPPED, Text(ja="A guest", en="A guest"))


def test_overdue_is_what_is_not_done_after_its_day(task: Task, cast: Cast) -> None:
    today = timezone.localdate()
    for due, late in ((today, False), (today - dt.timedelta(days=1), True)):
        Task.objects.filter(pk=task.pk).update(due=due)
        task.refresh_from_db()
        assert (task.is_overdue, Task.objects.all().overdue().exists()) == (late, late)
    actions.finish(task=task, result="x", version=1, by=cast.manager)
    assert (task.is_overdue, Task.objects.all().overdue().exists()) == (False, False)


def test_tasks_of_an_object(task: Task, cast: Cast) -> None:
    assert list(for_object(cast.executive, "asset", "www")) == [task]
    assert list(for_object(cast.executive, "asset", "pcs")) == []
    assert followed(cast.manager, "asset", ["www", "pcs"]) == {"www": [task]}
    actions.drop(task=task, reason="x", version=1, by=cast.manager)
    assert followed(cast.manager, "asset", ["www"]) == {}
