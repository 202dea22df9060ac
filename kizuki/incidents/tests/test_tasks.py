"""What has to be done in an incident: beginning a procedure, own tasks, moving them on."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from conftest import Cast
from kizuki.incidents import actions, hooks
from kizuki.incidents.actions import Stale
from kizuki.incidents.engine.procedure import Procedure
from kizuki.incidents.models import Entry, Incident, MilestoneAt, Task
from kizuki.incidents.procedures import of_library
from kizuki.journal.models import Entry as JournalEntry
from kizuki.kit.text import Text

SECRET = "xyzzy"


@pytest.fixture
def procedure() -> Procedure:
    found = of_library("ransomware")
    assert found is not None
    return found


@pytest.fixture
def task(incident: Incident, cast: Cast) -> Task:
    """A task that nobody has taken."""
    return actions.add_task(incident=incident, title=f"Look at {SECRET}", by=cast.responder)


def last_of(incident: Incident) -> Entry:
    return Entry.objects.filter(incident=incident).order_by("-seq")[0]


def last_in_journal() -> JournalEntry:
    return JournalEntry.objects.order_by("-seq")[0]


def test_beginning_a_procedure_makes_a_task_of_each_step(incident: Incident, procedure: Procedure, cast: Cast) -> None:
    made = actions.begin_procedure(incident=incident, procedure=procedure, by=cast.responder)
    steps = procedure.steps()
    tasks = list(Task.objects.filter(incident=incident))
    assert len(made) == len(tasks) == len(steps) > 20
    for number, (task, step) in enumerate(zip(tasks, steps, strict=True), start=1):
        assert (task.number, task.step_id, task.role, task.title, task.state) == (
            number, step.id, step.role, step.text, "todo",
        )  # fmt: skip
        assert task.due == incident.opened_at + dt.timedelta(minutes=step.within)
        assert task.read == step
    assert [task.phase for task in tasks[:1]] == [procedure.phases[0].name]
    entry = last_of(incident)
    assert (entry.auto, entry.kind, entry.data["set"]["procedure"]) == ("task", "decide", "ransomware")
    assert list(entry.data["set"]["tasks"]) == [str(task.number) for task in tasks]
    assert entry.data["set"]["tasks"]["1"]["title_ja"] == steps[0].text.ja


def test_beginning_twice_begins_nothing_twice(incident: Incident, procedure: Procedure, cast: Cast) -> None:
    actions.begin_procedure(incident=incident, procedure=procedure, by=cast.responder)
    seq, entries = incident.last_seq, JournalEntry.objects.count()
    assert actions.begin_procedure(incident=incident, procedure=procedure, by=cast.manager) == []
    assert (incident.last_seq, JournalEntry.objects.count()) == (seq, entries)


def test_a_longer_reading_of_a_procedure_adds_what_is_new(incident: Incident, procedure: Procedure, cast: Cast) -> None:
    first = msgspec.structs.replace(procedure, phases=procedure.phases[:1])
    there = actions.begin_procedure(incident=incident, procedure=first, by=cast.responder)
    actions.drop_task(task=there[0], version=1, reason="Not here", by=cast.responder)
    new = actions.begin_procedure(incident=incident, procedure=procedure, by=cast.responder)
    assert len(there) + len(new) == len(procedure.steps())
    assert new[0].number == len(there) + 1
    there[0].refresh_from_db()
    assert there[0].state == "dropped"


def test_the_database_refuses_a_step_twice_and_a_number_twice(task: Task) -> None:
    values = {"incident": task.incident, "title_en": "x", "procedure": "p", "step_id": "s"}
    Task.objects.create(number=2, **values)
    for number, more in ((3, {}), (2, {"step_id": "t"})):
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.create(number=number, **{**values, **more})


def test_add_task_keeps_what_was_said(incident: Incident, cast: Cast) -> None:
    due = timezone.now() + dt.timedelta(hours=2)
    task = actions.add_task(
        incident=incident,
        title=Text(ja="調べる", en="Find out"),
        role="it",
        owner=cast.manager,
        due=due,
        by=cast.responder,
    )
    task.refresh_from_db()
    assert (task.title, task.role, task.owner, task.due) == (Text(ja="調べる", en="Find out"), "it", cast.manager, due)
    entry = last_of(incident)
    assert (entry.auto, entry.data["id"], entry.data["set"]["owner_name"]) == ("task", "1", "Manager")
    assert entry.data["set"]["due"] == due.isoformat()
    assert [(link.kind, link.key) for link in entry.links.all()] == [("task", "1")]
    assert (last_in_journal().verb, last_in_journal().details["task"]) == ("added_task", 1)


def test_a_double_click_makes_one_task(incident: Incident, cast: Cast) -> None:
    once = uuid.uuid4().hex
    first, again = (actions.add_task(incident=incident, title="x", once=once, by=cast.responder) for _ in range(2))
    assert first.pk == again.pk
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", {"title": " \x00 "}), ("title", {"title": "x" * 301}), ("role", {"role": "reader"}),
        ("role", {"role": "king"}), ("due", {"due": dt.datetime(1026, 1, 1, tzinfo=dt.UTC)}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field(field: str, values: dict[str, Any], incident: Incident, cast: Cast) -> None:
    with pytest.raises(ValidationError) as caught:
        actions.add_task(incident=incident, by=cast.responder, **{"title": "x", **values})
    assert list(caught.value.message_dict) == [field]
    assert not Task.objects.exists()


def test_an_owner_must_see_the_incident(incident: Incident, cast: Cast) -> None:
    with pytest.raises(ValidationError) as caught:
        actions.add_task(incident=incident, title="x", owner=cast.reporter, by=cast.responder)
    assert "Reporter cannot see this incident" in caught.value.message_dict["owner"][0]
    actions.give_role(incident=incident, person=cast.reporter, role="it", by=cast.responder)
    assert actions.add_task(incident=incident, title="x", owner=cast.reporter, by=cast.responder).owner == cast.reporter


def test_of_a_restricted_incident_only_members_can_own_tasks(incident: Incident, task: Task, cast: Cast) -> None:
    actions.change_incident(incident=incident, version=incident.version, restricted=True, by=cast.responder)
    for person, may in ((cast.manager, False), (cast.responder, True)):
        try:
            actions.edit_task(task=task, version=1, title="x", role="", owner=person, due=None, by=cast.responder)
        except ValidationError:
            assert not may
        else:
            assert may
    assert actions.assign_tasks(incident=incident, tasks={1: 2}, owner=None, by=cast.responder).done
    with pytest.raises(ValidationError):
        actions.assign_tasks(incident=incident, tasks={1: 3}, owner=cast.manager, by=cast.responder)


def test_edit_task_tells_what_changed_and_how_it_was(task: Task, cast: Cast) -> None:
    actions.edit_task(task=task, version=1, title="Look again", role="it", owner=None, due=None, by=cast.manager)
    entry = last_of(task.incident)
    assert entry.data["set"] == {"title_ja": "Look again", "title_en": "Look again", "role": "it"}
    assert entry.data["was"]["title_en"] == f"Look at {SECRET}"
    assert (task.version, last_in_journal().details["fields"]) == (2, ["role", "title_en", "title_ja"])
    seq = task.incident.last_seq
    actions.edit_task(task=task, version=2, title="Look again", role="it", owner=None, due=None, by=cast.manager)
    assert (task.version, task.incident.last_seq) == (2, seq), "nothing changed, nothing is told"


def test_from_open_to_done_and_back(task: Task, cast: Cast) -> None:
    actions.take_task(task=task, version=1, by=cast.manager)
    assert (task.state, task.owner) == ("doing", cast.manager)
    actions.block_task(task=task, version=2, reason="No key to the room", by=cast.manager)
    assert (task.state, task.result) == ("blocked", "No key to the room")
    actions.take_task(task=task, version=3, by=cast.manager)
    assert (task.state, task.result) == ("doing", "")
    actions.finish_task(task=task, version=4, result="Found nothing", by=cast.responder)
    assert (task.state, task.result, task.owner) == ("done", "Found nothing", cast.manager)
    assert task.ended_at is not None
    actions.reopen_task(task=task, version=5, by=cast.manager)
    task = Task.objects.get(pk=task.pk)
    assert (task.state, task.result, task.ended_at) == ("todo", "", None)
    actions.drop_task(task=task, version=6, reason="Not ours", by=cast.manager)
    task.refresh_from_db()
    assert (task.state, task.result, task.version) == ("dropped", "Not ours", 7)
    told = Entry.objects.filter(incident=task.incident, auto="task").order_by("seq")
    assert [entry.data["set"]["state"] for entry in told] == [
        "todo", "doing", "blocked", "doing", "done", "todo", "dropped",
    ]  # fmt: skip
    assert last_in_journal().details == {"task": 1, "state": "dropped"}


def test_what_is_done_stands_in_the_timeline_as_the_step_says(
    incident: Incident, procedure: Procedure, cast: Cast
) -> None:
    tasks = actions.begin_procedure(incident=incident, procedure=procedure, by=cast.responder)
    step = next(task for task in tasks if task.step_id == "save-backups")
    at = timezone.now() - dt.timedelta(minutes=20)
    actions.finish_task(task=step, version=1, result="Cables pulled", at=at, by=cast.responder)
    entry = last_of(incident)
    assert (entry.kind, entry.lane, entry.text) == ("contain", "it", "Cables pulled")
    assert (entry.sort, step.ended_at, step.owner) == (at, at, cast.responder)
    assert not MilestoneAt.objects.exists()


def test_the_milestone_of_a_step_is_marked_where_it_is_wanted(
    incident: Incident, procedure: Procedure, cast: Cast
) -> None:
    tasks = actions.begin_procedure(incident=incident, procedure=procedure, by=cast.responder)
    step = next(task for task in tasks if task.read and task.read.milestone == "reported")
    actions.finish_task(task=step, version=1, result="Taken", milestone=True, by=cast.responder)
    marked = MilestoneAt.objects.get()
    assert (marked.name, marked.entry.text, marked.entry.auto) == ("reported", "Taken", "task")
    with pytest.raises(ValidationError, match="wrote this entry by itself"):
        actions.correct_entry(entry=marked.entry, text="x", lane="it", kind="contain", by=cast.responder)


def test_own_tasks_say_what_kind_of_act_it_was(incident: Incident, cast: Cast) -> None:
    for role, given, kind in (("it", "", "contain"), ("", "", "analyse"), ("it", "recover", "recover")):
        task = actions.add_task(incident=incident, title="x", role=role, by=cast.responder)
        actions.finish_task(task=task, version=1, result="y", kind=given, by=cast.responder)
        assert last_of(incident).kind == kind
    task = actions.add_task(incident=incident, title="x", by=cast.responder)
    with pytest.raises(ValidationError, match="kind of act"):
        actions.finish_task(task=task, version=1, result="y", kind="dance", by=cast.responder)


def test_what_came_of_a_task_is_read_like_an_entry(task: Task, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(hooks, "after_entry", [lambda entry: heard.append(entry.text)])
    actions.finish_task(task=task, version=1, result="Calls to 192.0.2.7", by=cast.responder)
    assert heard == ["Calls to 192.0.2.7"]


@pytest.mark.parametrize("at", [dt.timedelta(minutes=30), dt.timedelta(days=-365 * 60)])
def test_impossible_times_are_refused(at: dt.timedelta, task: Task, cast: Cast) -> None:
    with pytest.raises(ValidationError) as caught:
        actions.finish_task(task=task, version=1, result="x", at=timezone.now() + at, by=cast.responder)
    assert list(caught.value.message_dict) == ["at"]
    task.refresh_from_db()
    assert task.state == "todo"


def finish(task: Task, by: Any) -> None:
    actions.finish_task(task=task, version=1, result="Theirs", by=by)


ACTS: dict[str, Callable[[Task, Any], Any]] = {
    "take": lambda task, by: actions.take_task(task=task, version=1, by=by),
    "block": lambda task, by: actions.block_task(task=task, version=1, reason="x", by=by),
    "finish": finish,
    "drop": lambda task, by: actions.drop_task(task=task, version=1, reason="x", by=by),
    "edit": lambda task, by: actions.edit_task(
        task=task, version=1, title="y", role="", owner=None, due=None, by=by
    ),
    "reopen": lambda task, by: actions.reopen_task(task=task, version=1, by=by),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_who_comes_second_writes_nothing_and_sees_how_it_is(act: str, task: Task, cast: Cast) -> None:
    mine = Task.objects.get(pk=task.pk)
    finish(task, cast.manager)
    seq = task.incident.last_seq
    with pytest.raises(Stale) as caught:
        ACTS[act](mine, cast.responder)
    assert caught.value.row.result == "Theirs"  # type: ignore[attr-defined]
    mine.refresh_from_db()
    assert (mine.state, mine.result, mine.incident.last_seq) == ("done", "Theirs", seq)


def test_the_same_sending_acts_once(task: Task, cast: Cast) -> None:
    mine, once = Task.objects.get(pk=task.pk), uuid.uuid4().hex
    actions.finish_task(task=task, version=1, result="Done", by=cast.responder, once=once)
    seq = task.incident.last_seq
    actions.finish_task(task=mine, version=1, result="Done", by=cast.responder, once=once)
    assert (mine.state, mine.version, mine.incident.last_seq) == ("done", 2, seq)


def test_taking_what_one_has_already_changes_nothing(task: Task, cast: Cast) -> None:
    mine = Task.objects.get(pk=task.pk)
    actions.take_task(task=task, version=1, by=cast.manager)
    actions.take_task(task=mine, version=1, by=cast.manager)
    assert (mine.version, mine.owner) == (2, cast.manager)
    actions.take_task(task=mine, version=2, by=cast.responder)
    assert mine.owner == cast.responder, "somebody else takes it over"


@pytest.mark.parametrize("once", ["x" * 65, "a\x00", "\ud800"])
def test_a_key_that_cannot_be_kept_is_refused(once: str, task: Task, cast: Cast) -> None:
    for call in (
        lambda: actions.add_task(incident=task.incident, title="x", once=once, by=cast.responder),
        lambda: actions.finish_task(task=task, version=1, result="x", once=once, by=cast.responder),
        lambda: actions.assign_tasks(incident=task.incident, tasks={1: 1}, owner=None, once=once, by=cast.responder),
    ):
        with pytest.raises(ValidationError) as caught:
            call()
        assert list(caught.value.message_dict) == ["once"]


def test_half_a_character_is_left_out(incident: Incident, cast: Cast) -> None:
    task = actions.add_task(incident=incident, title="a\ud800b", by=cast.responder)
    actions.finish_task(task=task, version=1, result="c\udfffd", by=cast.responder)
    task.refresh_from_db()
    assert (task.title_en, task.result) == ("ab", "cd")


@pytest.mark.parametrize("act", ["block", "drop", "finish"])
def test_reasons_and_results_are_needed_and_bounded(act: str, task: Task, cast: Cast) -> None:
    called = getattr(actions, f"{act}_task")
    word = "result" if act == "finish" else "reason"
    for text in ("", " \x00\n", "x" * 4001):
        with pytest.raises(ValidationError) as caught:
            called(task=task, version=1, by=cast.responder, **{word: text})
        assert list(caught.value.message_dict) == [word]


def test_several_go_to_one_person_and_what_changed_meanwhile_stays(incident: Incident, cast: Cast) -> None:
    tasks = [actions.add_task(incident=incident, title=f"t{n}", by=cast.responder) for n in range(4)]
    actions.take_task(task=tasks[1], version=1, by=cast.manager)
    actions.drop_task(task=tasks[2], version=1, reason="x", by=cast.manager)
    wanted = {1: 1, 2: 1, 3: 2, 4: 1, 99: 1}
    once = uuid.uuid4().hex
    for _ in range(2):
        given = actions.assign_tasks(
            incident=incident, tasks=wanted, owner=cast.executive, once=once, by=cast.responder
        )
    assert [task.owner for task in Task.objects.all()] == [cast.executive, cast.manager, None, cast.executive]
    assert given.stale == []
    told = Entry.objects.get(once=once).data["set"]["tasks"]
    assert told == {n: {"owner": cast.executive.pk, "owner_name": "Executive"} for n in ("1", "4")}
    again = actions.assign_tasks(incident=incident, tasks=wanted, owner=cast.executive, by=cast.responder)
    assert ([t.number for t in again.done], [t.number for t in again.stale]) == ([], [1, 2, 3, 4])


def test_a_closed_incident_takes_nothing_more(task: Task, procedure: Procedure, cast: Cast) -> None:
    Incident.objects.filter(pk=task.incident_id).update(status="closed", closed_at=timezone.now())
    calls: list[Callable[[], Any]] = [
        lambda: actions.add_task(incident=task.incident, title="x", by=cast.responder),
        lambda: actions.begin_procedure(incident=task.incident, procedure=procedure, by=cast.responder),
        lambda: actions.assign_tasks(incident=task.incident, tasks={1: 1}, owner=None, by=cast.responder),
        lambda: finish(task, cast.responder),
        lambda: ACTS["edit"](task, cast.responder),
    ]
    for call in calls:
        with pytest.raises(ValidationError, match="closed"):
            call()


def test_the_journal_never_holds_what_is_written_in_tasks(task: Task, cast: Cast) -> None:
    text = f"{SECRET} text"
    actions.edit_task(task=task, version=1, title=text, role="", owner=None, due=None, by=cast.responder)
    actions.block_task(task=task, version=2, reason=text, by=cast.responder)
    actions.finish_task(task=task, version=3, result=text, by=cast.responder)
    actions.reopen_task(task=task, version=4, reason=text, by=cast.responder)
    kept = json.dumps([[e.object_label, e.details] for e in JournalEntry.objects.all()])
    assert len(JournalEntry.objects.filter(room="incidents")) >= 5
    assert SECRET not in kept
