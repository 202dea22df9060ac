"""Tasks and decisions under many hands: numbers never repeat, nothing is lost or doubled, and the timeline tells all of it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Cast, make_person
from kizuki.incidents import actions
from kizuki.incidents.engine import fold
from kizuki.incidents.models import Decision, Entry, Incident, Task
from kizuki.incidents.procedures import of_library
from kizuki.journal.actions import verify
from kizuki.register.models import Organisation

Start = Callable[[str], "subprocess.Popen[str]"]
WORDS = ("add", "begin", "take", "block", "finish", "drop", "reopen", "edit", "assign", "decide")
#: (what is done, to the task of which number, with the version as it was how many writes ago, sent how often)
ACTS = st.tuples(st.sampled_from(WORDS), st.integers(1, 8), st.integers(0, 2), st.integers(1, 2))


def act(incident: Incident, word: str, number: int, behind: int, once: str, by: Any) -> None:
    """One act of somebody whose page is `behind` writes old."""
    if word == "add":
        actions.add_task(incident=incident, title=once, once=once, by=by)
    elif word == "begin":
        for id in ("lost-device", "insider")[: number % 2 + 1]:
            found = of_library(id)
            assert found is not None
            actions.begin_procedure(incident=incident, procedure=found, by=by)
    elif word == "decide":
        actions.add_decision(
            incident=incident, question=once, options=["a", "b"], chosen=0, reason="x", decided_by="y", once=once, by=by
        )
    elif (task := Task.objects.filter(incident=incident, number=number).first()) is not None:
        _on_task(incident, task, word, max(0, task.version - behind), once, by)


def _on_task(incident: Incident, task: Task, word: str, version: int, once: str, by: Any) -> None:
    one: dict[str, Any] = {"task": task, "version": version, "once": once, "by": by}
    if word == "assign":
        actions.assign_tasks(incident=incident, tasks={task.number: version}, owner=by, once=once, by=by)
    elif word == "edit":
        actions.edit_task(**one, title=once, role="it", owner=None, due=None)
    elif word in ("block", "drop"):
        getattr(actions, f"{word}_task")(**one, reason=once)
    elif word == "finish":
        actions.finish_task(**one, result=once)
    else:
        getattr(actions, f"{word}_task")(**one)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=25))
def test_whatever_is_done_the_timeline_tells_it_and_numbers_never_repeat(
    incident: Incident, cast: Cast, acts: list[tuple[str, int, int, int]]
) -> None:
    people = (cast.responder, cast.manager)
    with transaction.atomic():
        for n, (word, number, behind, times) in enumerate(acts):
            for _ in range(times):
                try:
                    with transaction.atomic():
                        act(Incident.objects.get(pk=incident.pk), word, number, behind, f"sent-{n}", people[n % 2])
                except ValidationError:
                    pass  # refused as a whole, as the page would tell
        _check(incident)
        transaction.set_rollback(True)


def _check(incident: Incident) -> None:
    tasks = list(Task.objects.filter(incident=incident).select_related("owner"))
    assert [task.number for task in tasks] == list(range(1, len(tasks) + 1))
    decisions = list(Decision.objects.filter(incident=incident))
    assert [decision.number for decision in decisions] == list(range(1, len(decisions) + 1))
    assert len({decision.once for decision in decisions}) == len(decisions)
    own = [task.once for task in tasks if task.once]
    assert len(set(own)) == len(own), "sent twice, made once"
    rows = [fold.Row(*values) for values in Entry.objects.filter(incident=incident).values_list(*fold.COLUMNS)]
    state = fold.state_now(rows)
    told = {number: (one["state"], one["title_en"], one["owner"], one["result"]) for number, one in state.tasks.items()}
    assert told == {str(task.number): (task.state, task.title_en, task.owner_id, task.result) for task in tasks}
    assert set(state.decisions) == {str(decision.number) for decision in decisions}
    for task in tasks:
        assert (task.ended_at is not None) == (task.state in ("done", "dropped"))


@pytest.fixture
def shared(transactional_db: None) -> Incident:
    """An incident that other processes see."""
    Organisation.objects.create(slug="home", name="Home", is_home=True)
    return actions.open_incident(title="x", by=make_person("responder", language="en"))


WORKER = """
from kizuki.accounts.models import Person
from kizuki.incidents import actions
from kizuki.incidents.models import Incident, Task
from kizuki.incidents.procedures import of_library
by = Person.objects.get(role="responder")
for n in range(6):
    incident = Incident.objects.get()
    actions.begin_procedure(incident=incident, procedure=of_library("lost-device"), by=by)
    actions.add_task(incident=incident, title=f"ME {n}", once=f"ME-{n}", by=by)
    actions.add_task(incident=incident, title="the same", once=f"both-{n}", by=by)
    actions.add_decision(incident=incident, question="q", options=["a", "b"], chosen=0, reason="r", decided_by="d",
                         once=f"decision-{n}", by=by)
    task = Task.objects.get(incident=incident, number=1)
    try:
        actions.finish_task(task=task, version=1, result="ME", by=by)
        print("finished")
    except actions.Stale as error:
        print("stale", error.row.result)
"""


@pytest.mark.slow
def test_two_processes_at_once(shared: Incident, in_another_process: Start) -> None:
    processes = [in_another_process(WORKER.replace("ME", name)) for name in ("one", "two")]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    found = of_library("lost-device")
    assert found is not None
    numbers = [task.number for task in Task.objects.all()]
    assert numbers == list(range(1, len(found.steps()) + 6 * 2 + 6 + 1))
    assert [decision.number for decision in Decision.objects.all()] == [1, 2, 3, 4, 5, 6]
    lines = "".join(out for out, _err in said).splitlines()
    assert lines.count("finished") == 1, "the first to finish"
    result = Task.objects.get(number=1).result
    assert set(lines) == {"finished", f"stale {result}"}, "the others see what the first one wrote"
    assert Entry.objects.filter(text__in=("one", "two")).count() == 1
    assert verify().whole
