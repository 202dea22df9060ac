"""The pages of tasks and decisions: who sees and does what, and that nothing typed is lost."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents import actions
from kizuki.incidents.models import (
    Decision,
    DecisionReview,
    Entry,
    Incident,
    MilestoneAt,
    Task,
)
from kizuki.incidents.procedures import of_library

SignIn = Callable[[Person], Client]
READS = {
    "responder": True,
    "manager": True,
    "executive": True,
    "auditor": True,
    "administrator": True,
    "reporter": False,
}
WRITES = {"responder", "manager", "administrator"}
DECISION: dict[str, Any] = {
    "question": "Do we stop the share?", "option_1": "Stop it", "option_2": "Inside only", "chosen": "2", "reason": "Nothing written",
    "decided_by": "Otsuka", "review_on": "", "once": "d1",
}  # fmt: skip


def pages(incident: Incident) -> list[str]:
    base = f"/incidents/{incident.number}"
    return [f"{base}/{part}" for part in ("tasks", "tasks?show=all", "tasks/1", "decisions", "decisions/1")]


def acts(incident: Incident) -> list[tuple[str, dict[str, Any]]]:
    base = f"/incidents/{incident.number}"
    return [
        (f"{base}/tasks/new", {"title": "x"}), (f"{base}/tasks/1/take", {"version": 1}), (f"{base}/tasks/begin", {"procedure": "insider"}),
        (f"{base}/tasks/assign", {"task": "1:1"}), (f"{base}/tasks/2/edit", {"title": "y", "version": 1}),
        (f"{base}/decisions/new", DECISION), (f"{base}/decisions/1/review", {"holds": "yes"}),
    ]  # fmt: skip


@pytest.mark.parametrize("role", READS)
def test_who_reads_and_who_writes(role: str, begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(getattr(cast, role))
    for path in pages(begun):
        assert client.get(path).status_code == (200 if READS[role] else 404), path
    for path, sent in acts(begun):
        wanted = 302 if role in WRITES else 403 if READS[role] else 404
        assert client.post(path, sent).status_code == wanted, path
    for path in ("tasks/new", "tasks/1/edit", "decisions/new"):
        wanted = 200 if role in WRITES else 403 if READS[role] else 404
        assert client.get(f"/incidents/{begun.number}/{path}").status_code == wanted, path


def test_a_restricted_incident_is_not_there_for_others(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    actions.change_incident(incident=begun, version=begun.version, restricted=True, by=cast.responder)
    client = signed_in(cast.administrator)
    for path in pages(begun):
        assert client.get(path).status_code == 404
    for path, sent in acts(begun):
        assert client.post(path, sent).status_code == 404
    assert begun.title not in client.get("/incidents/mine").content.decode()
    actions.give_role(incident=begun, person=cast.auditor, role="reader", by=cast.responder)
    reader = signed_in(cast.auditor)
    assert reader.get(pages(begun)[0]).status_code == 200
    assert [reader.post(path, sent).status_code for path, sent in acts(begun)] == [403] * len(acts(begun))


def test_what_is_not_there_is_not_found(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, base = signed_in(cast.manager), f"/incidents/{begun.number}"
    for path in (
        "tasks/99",
        f"tasks/{2**40}",
        "tasks/99/edit",
        "decisions/9",
        f"decisions/{2**40}",
        "decisions/new?task=99",
        "decisions/new?task=x",
    ):
        assert client.get(f"{base}/{path}").status_code == 404, path
    assert client.post(f"{base}/tasks/1/dance", {"version": 1}).status_code == 404
    assert client.post(f"{base}/tasks/99/take", {"version": 1}).status_code == 404


def test_procedures_are_not_taken_for_incidents() -> None:
    for path, name in (
        ("/incidents/mine", "mine"),
        ("/incidents/procedures/", "procedures"),
        ("/incidents/procedures/import", "procedure_import"),
        ("/incidents/procedures/tasks", "procedure"),
        ("/incidents/procedures/insider/file", "procedure_file"),
    ):
        assert resolve(path).url_name == name


def test_the_list_by_phase(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, base = signed_in(cast.responder), f"/incidents/{begun.number}/tasks"
    page = client.get(base).content.decode()
    procedure = of_library("ransomware")
    assert procedure is not None
    heads = re.findall(r"<h2>([^<]+?) <span", page)
    assert heads == ["Own tasks", *(phase.name.in_("en").replace("'", "&#x27;") for phase in procedure.phases)]
    for step in procedure.steps():
        assert step.text.in_("en").replace("'", "&#x27;") in page
    assert "Waits for" in page
    assert client.get(f"{base}?show=mine").content.decode().count("data-row") == 0
    actions.take_task(task=Task.objects.get(incident=begun, number=3), version=1, by=cast.responder)
    assert client.get(f"{base}?show=mine").content.decode().count("data-row") == 1
    roles = [step.role for step in procedure.steps()]
    assert client.get(f"{base}?role=legal").content.decode().count("data-row") == roles.count("legal")
    assert client.get(f"{base}?show=nonsense&role=nonsense").content.decode().count("data-row") == len(roles) + 1


def test_late_tasks_say_by_how_much(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    Task.objects.filter(incident=begun, number=1).update(due=timezone.now() - dt.timedelta(minutes=20, seconds=5))
    page = signed_in(cast.manager).get(f"/incidents/{begun.number}/tasks?show=late").content.decode()
    assert "overdue by 20 min" in page
    assert page.count("data-row") == 1


def test_an_empty_list_teaches_and_begins_what_fits(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, base = signed_in(cast.responder), f"/incidents/{incident.number}/tasks"
    page = client.get(base).content.decode()
    first = re.search(r'name="procedure" value="([a-z-]+)"', page)
    assert first is not None
    assert first[1] == "account-takeover"
    for _ in range(2):
        client.post(f"{base}/begin", {"procedure": "account-takeover"})
    procedure = of_library("account-takeover")
    assert procedure is not None
    assert Task.objects.count() == len(procedure.steps())
    answer = client.post(f"{base}/begin", {"procedure": "nonsense\x00"}, follow=True)
    assert "Choose one of the procedures" in answer.content.decode()


def test_csv_has_the_same_rows_and_no_formulas(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    actions.add_task(incident=begun, title="=1+1", role="it", by=cast.responder)
    answer: Any = signed_in(cast.manager).get(f"/incidents/{begun.number}/tasks?format=csv&role=it")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {row["role"] for row in rows} == {"IT"}
    assert rows[-1]["title"] == "'=1+1"
    assert len(rows) == Task.objects.filter(incident=begun, role="it").count()
    assert begun.number in answer["Content-Disposition"]


def test_a_new_task_keeps_what_was_typed(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{incident.number}/tasks/new"
    page = client.get(f"{path}?title=Look+at+it").content.decode()
    once = re.search(r'name="once" value="([0-9a-f]{32})"', page)
    assert once is not None
    assert 'value="Look at it"' in page
    answer = client.post(
        path, {"title": "x" * 301, "owner": cast.reporter.pk, "due": "2026-13-45T99:00", "once": once[1]}
    )
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()
    sent = {"title": "Look", "role": "it", "owner": cast.manager.pk, "due": "2026-12-01T14:30", "once": once[1]}
    for _ in range(2):
        assert client.post(path, sent)["Location"] == f"/incidents/{incident.number}/tasks#t1"
    task = Task.objects.get()
    assert (task.owner, task.role) == (cast.manager, "it")
    # By the clock of whoever typed it: Tokyo.
    assert task.due == dt.datetime(2026, 12, 1, 5, 30, tzinfo=dt.UTC)


def test_a_stale_edit_shows_both(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.manager), f"/incidents/{begun.number}/tasks/1/edit"
    task = Task.objects.get(incident=begun, number=1)
    japanese = task.title_ja
    sent = {"title": task.title_en, "role": "it", "owner": "", "due": "", "version": 1}
    assert client.post(path, sent).status_code == 302
    task.refresh_from_db()
    assert (task.title_ja, task.role, task.due) == (japanese, "it", None), "an unchanged title keeps both languages"
    answer = client.post(path, {**sent, "title": "Mine", "role": "legal"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Mine"' in page
    assert "<td>IT</td>" in page
    assert 'name="version" value="2"' in page
    assert client.post(path, {**sent, "title": "Mine", "version": 2}).status_code == 302
    task.refresh_from_db()
    assert (task.title_ja, task.title_en) == ("Mine", "Mine")


def test_two_who_finish_at_once(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    path = f"/incidents/{begun.number}/tasks/2"
    first, second = signed_in(cast.responder), signed_in(cast.manager)
    assert first.post(f"{path}/finish", {"version": 1, "result": "Cables are out", "once": "a"}).status_code == 302
    answer = second.post(f"{path}/finish", {"version": 1, "result": "Jobs are stopped", "once": "b"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed this in the meantime" in page
    assert "Cables are out" in page
    assert "Jobs are stopped</textarea>" in page
    assert first.post(f"{path}/finish", {"version": 1, "result": "Cables are out", "once": "a"}).status_code == 302
    assert Entry.objects.filter(incident=begun, text="Cables are out").count() == 1


def test_what_was_typed_stays_where_somebody_else_took_it(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.manager), f"/incidents/{begun.number}/tasks/2"
    client.post(f"{path}/take", {"version": 1})
    for word, field in (("block", "reason"), ("drop", "reason"), ("finish", "result")):
        answer = client.post(f"{path}/{word}", {"version": 1, field: f"typed for {word}"})
        assert answer.status_code == 422
        assert f"typed for {word}</textarea>" in answer.content.decode()
        assert 'name="version" value="2"' in answer.content.decode()


def test_finishing_marks_the_milestone_that_is_offered(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    task = next(task for task in Task.objects.filter(incident=begun) if task.step.get("milestone") == "reported")
    path = f"/incidents/{begun.number}/tasks/{task.number}"
    page = client.get(path).content.decode()
    assert re.search(r'name="milestone"[^>]* checked', page)
    at = timezone.localtime(timezone.now() - dt.timedelta(hours=1), timezone.get_default_timezone())
    sent = {"version": 1, "result": "Taken", "milestone": "on", "at": f"{at:%Y-%m-%dT%H:%M}"}
    assert client.post(f"{path}/finish", sent).status_code == 302
    marked = MilestoneAt.objects.get()
    assert (marked.name, marked.entry.text) == ("reported", "Taken")
    future = {"version": 2, "result": "x", "at": "2099-01-01T00:00"}
    client.post(f"{path}/reopen", {"version": 2})
    answer = client.post(f"{path}/finish", {**future, "version": 3})
    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode() or "is in the future" in answer.content.decode()


def test_a_step_that_decides_leads_to_the_decision(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, base = signed_in(cast.responder), f"/incidents/{begun.number}"
    task = next(task for task in Task.objects.filter(incident=begun) if "decision" in task.step)
    step = task.read
    assert step is not None
    assert step.decision is not None
    answer = client.post(f"{base}/tasks/{task.number}/finish", {"version": 1, "result": "Done", "back": "show=open"})
    assert answer["Location"] == f"{base}/decisions/new?task={task.number}"
    page = client.get(answer["Location"]).content.decode()
    for text in [step.decision.text, *(option.name for option in step.decision.options)]:
        assert text.in_("en").replace("'", "&#x27;").replace('"', "&quot;") in page
    answer = client.post(f"{base}/decisions/new", {**DECISION, "task": task.number})
    made = Decision.objects.get(number=2)
    assert answer["Location"] == f"{base}/decisions/2"
    assert [link.key for link in made.entry.links.all()] == [str(task.number)]
    client.post(f"{base}/tasks/{task.number}/reopen", {"version": 2})
    page = client.get(f"{base}/tasks/{task.number}").content.decode()
    assert "Decision 2: Inside only" in page, "what came of it is the decision"


def test_taking_from_the_list_leads_back_to_it(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, base = signed_in(cast.responder), f"/incidents/{begun.number}/tasks"
    answer = client.post(f"{base}/4/take", {"version": 1, "back": "show=nobody&role=it"})
    assert answer["Location"] == f"{base}?show=nobody&role=it#t4"
    answer = client.post(f"{base}/5/take", {"version": 1, "back": "//evil.example/"})
    assert answer["Location"].startswith(f"{base}?")


def test_several_are_given_to_one_person(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, base = signed_in(cast.responder), f"/incidents/{begun.number}/tasks"
    sent = {"task": ["1:1", "2:1", "3:7", "x:y", "9" * 30 + ":1"], "owner": cast.executive.pk, "once": "g"}
    page = client.post(f"{base}/assign", sent, follow=True).content.decode()
    assert "2 tasks are with Executive now" in page
    assert "they stay as they are: 3" in page
    assert Task.objects.filter(owner=cast.executive).count() == 2
    for bad in ({"owner": cast.executive.pk}, {"task": "1:2", "owner": cast.reporter.pk}):
        assert "Tick the tasks" in client.post(f"{base}/assign", bad, follow=True).content.decode()


def test_a_decision_form_keeps_what_was_typed(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{incident.number}/decisions/new"
    for wrong in (
        {"chosen": ""},
        {"chosen": "5"},
        {"option_1": ""},
        {"option_1": "Inside only"},
        {"reason": ""},
        {"review_on": "2001-01-01T00:00"},
    ):
        answer = client.post(path, {**DECISION, "once": "", **wrong})
        assert answer.status_code == 422, wrong
        assert 'value="Inside only"' in answer.content.decode()
    assert not Decision.objects.exists()
    for _ in range(2):
        assert client.post(path, DECISION).status_code == 302
    made = Decision.objects.get()
    assert (made.options, made.chosen) == (["Stop it", "Inside only"], 1)
    gap = {**DECISION, "once": "d2", "option_1": "", "option_4": "Later", "chosen": "4"}
    client.post(path, gap)
    assert Decision.objects.get(number=2).answer == "Later"


def test_a_decision_shows_then_and_since(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{begun.number}/decisions"
    seen = actions.add_entry(incident=begun, text="Three sign-ins", lane="it", kind="analyse", by=cast.responder)
    client.post(f"{path}/new", DECISION)
    actions.correct_entry(entry=seen, text="Nine sign-ins", lane="it", kind="analyse", by=cast.responder)
    actions.set_severity(incident=begun, severity=4, reason="x", by=cast.manager)
    page = client.get(f"{path}/2").content.decode()
    then, since = page.split("What has become known since")
    assert "<del>Three sign-ins</del>" in then
    assert "Nine sign-ins" not in then
    assert "Nine sign-ins" in since
    assert "critical" in since
    assert "not judged yet" in then
    assert client.post(f"{path}/2/review", {"holds": "no", "text": "", "once": "r"}).status_code == 422
    later = timezone.localtime(timezone.now() + dt.timedelta(hours=2))
    sent = {"holds": "no", "text": "Files were written", "review_on": f"{later:%Y-%m-%dT%H:%M}", "once": "r1"}
    for _ in range(2):
        assert client.post(f"{path}/2/review", sent).status_code == 302
    assert DecisionReview.objects.count() == 1
    assert "Files were written" in client.get(f"{path}/2").content.decode()
    assert "It no longer holds" in client.get(path).content.decode()
