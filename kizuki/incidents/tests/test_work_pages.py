"""The pages of tasks, decisions and procedures, and my work: who sees and does what, and that nothing typed is lost."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
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
    Indicator,
    MilestoneAt,
    OwnProcedure,
    Task,
)
from kizuki.incidents.procedures import library_ids, of_library
from kizuki.incidents.tests.test_procedures import own
from kizuki.kit.document import dump
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Organisation
from kizuki.tasks.actions import Origin, create_task
from tests.test_pages import Reading

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


@pytest.fixture
def begun(incident: Incident, cast: Cast) -> Incident:
    """The incident with the tasks of a procedure, an own task and a decision."""
    procedure = of_library("ransomware")
    assert procedure is not None
    actions.begin_procedure(incident=incident, procedure=procedure, by=cast.responder)
    actions.add_task(incident=incident, title="Call the printer people", by=cast.responder)
    actions.add_entry(incident=incident, text="Seen", lane="it", kind="detect", by=cast.responder)
    actions.add_decision(
        incident=incident, question="Do we stop?", options=["Yes", "No"], chosen=1, reason="x", decided_by="Otsuka",
        by=cast.responder,
    )  # fmt: skip
    return incident


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


def test_my_work(begun: Incident, cast: Cast, signed_in: SignIn, small: Organisation) -> None:
    """Also for a reporter, who has a role in one incident and sees nothing else."""
    client = signed_in(cast.reporter)
    assert "Nothing waits for you" in client.get("/incidents/mine").content.decode()
    actions.give_role(incident=begun, person=cast.reporter, role="legal", by=cast.responder)
    other = actions.open_incident(title="Elsewhere", by=cast.manager)
    actions.add_task(incident=other, title="Nobody tells me", by=cast.manager)
    actions.assign_tasks(incident=begun, tasks={2: 1}, owner=cast.reporter, by=cast.responder)
    Task.objects.filter(incident=begun, number=2).update(due=timezone.now() - dt.timedelta(hours=3))
    Indicator.objects.create(incident=begun, kind="ip", value="192.0.2.1")
    soon = timezone.now() + dt.timedelta(minutes=30)
    actions.review_decision(decision=Decision.objects.get(), holds=True, text="", review_on=soon, by=cast.responder)
    mail = {"id": "ken", "name": "Ken", "mail": cast.reporter.email}
    apply(organisation=small, edits=[Edit("contact", "ken", mail)], by="a test")
    create_task(title="Patch the printer", origin=Origin.OWN, unit="shop", owner="ken", by="a test")
    page = client.get("/incidents/mine").content.decode()
    step = Task.objects.get(incident=begun, number=2)
    assert step.title_en in page
    assert "overdue by 3 h" in page
    assert "Tasks of my role that nobody has taken" in page
    assert begun.title in page
    assert "Do we stop?" in page
    assert "1 found in text" in page
    assert "Patch the printer" in page
    assert "Elsewhere" not in page
    assert "Nobody tells me" not in page
    Incident.objects.filter(pk=begun.pk).update(status="closed", closed_at=timezone.now())
    page = client.get("/incidents/mine").content.decode()
    assert step.title_en not in page
    assert "Do we stop?" not in page


def test_my_work_is_a_room_of_its_own(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    for path, here in (
        ("/incidents/mine", "/incidents/mine"),
        ("/incidents/", "/incidents/"),
        ("/incidents/procedures/", "/incidents/"),
    ):
        page = signed_in(cast.manager).get(path).content.decode()
        assert re.findall(r'<a href="([^"]+)" aria-current="page">', page.split("<main")[0]) == [here]
    assert 'href="/incidents/mine"' in signed_in(cast.reporter).get("/cases/").content.decode()


def test_decisions_to_look_at_again_follow_their_last_review(begun: Incident, cast: Cast) -> None:
    from kizuki.incidents.mine import of_person

    def asked() -> int:
        return len(of_person(cast.responder).decisions)

    decision, far = Decision.objects.get(), timezone.now() + dt.timedelta(days=30)
    assert asked() == 0
    for review_on, wanted in ((timezone.now() + dt.timedelta(hours=1), 1), (far, 0), (None, 0)):
        actions.review_decision(decision=decision, holds=True, text="", review_on=review_on, by=cast.responder)
        assert asked() == wanted
    assert of_person(cast.manager).decisions == []


def test_the_timeline_has_tasks_and_decisions_beside_it(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.executive).get(f"/incidents/{begun.number}").content.decode()
    first = Task.objects.filter(incident=begun).order_by("due")[0]
    assert first.title_en in page
    assert "Do we stop?" in page
    assert f"/incidents/{begun.number}/tasks" in page
    assert "decisions/new" not in page, "an executive reads"


@pytest.mark.parametrize("role", ["reporter", "responder", "manager"])
def test_everyone_reads_procedures_and_managers_bring_them_in(
    role: str, small: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(getattr(cast, role))
    listed = client.get("/incidents/procedures/").content.decode()
    assert listed.count("/incidents/procedures/") >= 9
    page = client.get("/incidents/procedures/lost-device").content.decode()
    found = of_library("lost-device")
    assert found is not None
    for step in found.steps():
        for text in (step.text, step.check, *step.how):
            assert text.in_("en").replace("'", "&#x27;").replace('"', "&quot;") in page
    raw = client.get("/incidents/procedures/lost-device/file").content
    assert b"schema: kizuki/procedure/1" in raw
    for path in ("missing", "missing/file", "%00"):
        assert client.get(f"/incidents/procedures/{path}").status_code == 404
    may = role == "manager"
    assert client.get("/incidents/procedures/import").status_code == (200 if may else 403)
    assert client.post("/incidents/procedures/missing/retire", {"version": 1}).status_code == 404


def upload(title: str = "Ours", name: str = "ours.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, dump(own(title=title)).encode())


def test_an_own_procedure_from_file_to_undo(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.manager), "/incidents/procedures/import"
    answer = client.post(path, {"file": upload(), "base": 0})
    assert answer["Location"] == "/incidents/procedures/ransomware"
    assert ">Ours</h1>" in client.get("/incidents/procedures/ransomware").content.decode()
    taken = client.get("/incidents/procedures/ransomware/file").content
    assert client.post(path, {"file": SimpleUploadedFile("a.yaml", taken), "base": 0}).status_code == 302, "as it is"
    assert OwnProcedure.objects.get().version == 1

    page = client.get("/incidents/procedures/ransomware").content.decode()
    assert "/incidents/procedures/ransomware/retire" in page
    client.post("/incidents/procedures/ransomware/retire", {"version": 1})
    page = client.get("/incidents/procedures/ransomware").content.decode()
    assert ">Ours</h1>" not in page
    assert "/incidents/procedures/ransomware/restore" in page
    assert "/incidents/procedures/ransomware/restore" in client.get("/incidents/procedures/").content.decode()
    late = client.post("/incidents/procedures/ransomware/restore", {"version": 1}, follow=True).content.decode()
    assert "Somebody changed this in the meantime" in late
    client.post("/incidents/procedures/ransomware/restore", {"version": 2})
    assert ">Ours</h1>" in client.get("/incidents/procedures/ransomware").content.decode()


def test_a_clash_shows_what_differs_and_keeps_the_file(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.manager), "/incidents/procedures/import"
    client.post(path, {"file": upload(), "base": 0})
    answer = client.post(path, {"file": upload("Mine"), "base": 0})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "version 1. Nothing was stored yet" in page
    assert '<th scope="row">title</th>' in page
    kept = re.search(r'<textarea name="kept"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert kept is not None
    from html import unescape

    sent = {"kept": unescape(kept[1]), "name": "ours.yaml", "base": 1}
    assert client.post(path, sent).status_code == 302
    row = OwnProcedure.objects.get()
    assert (row.version, row.read.title.en) == (2, "Mine")


def test_faults_of_a_file_are_told_with_their_line(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.manager), "/incidents/procedures/import"
    bad = dump(own()).replace("within: 15", "within: soon").encode()
    line = bad[: bad.index(b"within: soon")].count(b"\n") + 1
    answer = client.post(path, {"file": SimpleUploadedFile("bad.yaml", bad), "base": 0})
    assert answer.status_code == 422
    assert f"bad.yaml:{line}:" in answer.content.decode()
    for sent in ({"base": 0}, {"base": "x", "file": upload()}, {"base": 0, "file": SimpleUploadedFile("e.yaml", b"")}):
        assert client.post(path, sent).status_code == 422
    other = {"file": SimpleUploadedFile("b.yaml", dump(own("at-sea")).encode()), "base": 1}
    client.post(path, {"file": upload(), "base": 0})
    answer = client.post(f"{path}?id=ransomware", other)
    assert answer.status_code == 422
    assert "at-sea" in answer.content.decode()
    assert OwnProcedure.objects.count() == 1


def test_a_procedure_that_is_retired_cannot_be_begun(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    row = actions.store_procedure(procedure=own("at-sea"), base=0, by=cast.manager)
    actions.retire_procedure(row=row, version=1, by=cast.manager)
    client, base = signed_in(cast.responder), f"/incidents/{incident.number}/tasks"
    client.post(f"{base}/begin", {"procedure": "at-sea"})
    assert not Task.objects.exists()
    assert "it cannot be begun any more" in client.get("/incidents/procedures/at-sea").content.decode()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_are_whole_and_light(language: str, begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    """One h1, no heading left out, every id once, every jump with its place, no script inside, light."""
    client, base = signed_in(cast.manager), f"/incidents/{begun.number}"
    client.cookies["kizuki_language"] = language
    asked = next(task for task in Task.objects.filter(incident=begun) if "decision" in task.step)
    more = ["tasks/new", "tasks/1/edit", f"tasks/{asked.number}", "decisions/new", f"decisions/new?task={asked.number}"]
    paths = [*pages(begun), *(f"{base}/{path}" for path in more), "/incidents/mine", "/incidents/procedures/"]
    paths += ["/incidents/procedures/import", *(f"/incidents/procedures/{id}" for id in library_ids())]
    wrong: list[str] = []
    for path in paths:
        html = client.get(path).content.decode()
        read = Reading(html)
        wrong += [f"{path}: {fault}" for fault in read.faults]
        wrong += [f"{path}: id {one} twice" for one in {i for i in read.ids if read.ids.count(i) > 1}]
        steps = zip([1, *read.levels], read.levels, strict=False)
        wrong += [f"{path}: h{b} after h{a}" for a, b in steps if b > a + 1 or read.levels.count(1) != 1]
        wrong += [f"{path}: no {link}" for link in read.links if link.startswith("#") and link[1:] not in read.ids]
        wrong += [f"{path}: {size} bytes" for size in [len(gzip.compress(html.encode(), 6))] if size > 60_000]
    assert wrong == []


def test_few_queries_and_no_more_with_more_rows(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    actions.give_role(incident=begun, person=cast.reporter, role="it", by=cast.responder)
    base = f"/incidents/{begun.number}"
    task = next(task for task in Task.objects.filter(incident=begun) if "decision" in task.step)
    paths = [
        "/incidents/mine",
        "/incidents/procedures/",
        "/incidents/procedures/ransomware",
        *pages(begun),
        f"{base}/tasks/{task.number}",
        f"{base}/tasks/new",
        f"{base}/tasks/1/edit",
        f"{base}/decisions/new",
        f"{base}/decisions/new?task={task.number}",
    ]
    clients = [signed_in(person) for person in (cast.manager, cast.reporter)]
    few = [[_queries(client, path) for path in paths] for client in clients]
    for n in range(30):
        actions.add_task(incident=begun, title=f"t{n}", role="it", owner=cast.reporter, by=cast.responder)
        actions.add_entry(incident=begun, text=f"e{n}", lane="it", kind="analyse", by=cast.responder)
        soon = timezone.now() + dt.timedelta(hours=1)
        actions.add_decision(
            incident=begun, question=f"q{n}", options=["a", "b"], chosen=0, reason="x", decided_by="y", review_on=soon,
            by=cast.reporter,
        )  # fmt: skip
    many = [[_queries(client, path) for path in paths] for client in clients]
    assert max(max(row) for row in many) <= 15, list(zip(paths, *many, strict=True))
    grown = [
        (path, a, b)
        for row, more in zip(few, many, strict=True)
        for path, a, b in zip(paths, row, more, strict=True)
        if b > a
    ]
    # Where there was nothing, nothing had to be asked for what belongs to it.
    assert [one for one in grown if one[0] != "/incidents/mine"] == []


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200, path
    return len(queries)


def test_a_procedure_is_offered_openly_until_one_is_begun(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    """Tasks that were made otherwise, such as the calls of an escalation, do not hide it."""
    actions.add_task(incident=incident, title="Call the CISO", by=cast.responder)
    client, base = signed_in(cast.responder), f"/incidents/{incident.number}/tasks"
    page = client.get(base).content.decode()
    assert 'href="#begin"' in page
    assert "Begin another procedure" not in page
    client.post(f"{base}/begin", {"procedure": "account-takeover"})
    page = client.get(base).content.decode()
    assert 'href="#begin"' not in page
    assert "Begin another procedure" in page
