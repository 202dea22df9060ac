"""Roles, severity, tasks, decisions, what is known, reports and the end of an incident by API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conftest import Cast
from kizuki.incidents.actions import open_incident
from kizuki.incidents.models import Decision, FileOf, Incident, Indicator, Member, Task
from kizuki.incidents.tests.programs import Program, entry

pytestmark = pytest.mark.django_db


def test_roles_are_given_and_ended_by_whoever_leads(incident: Incident, program: Program, at: str, cast: Cast) -> None:
    made = program.post(f"{at}/members", person=cast.manager.email, role="it")
    assert program.post(f"{at}/members", person=cast.manager.pk, role="it") == made
    Program(cast.executive).ask("post", f"{at}/members", {"person": cast.reporter.pk, "role": "it"}, 403)
    program.post(f"{at}/members", 422, person="nobody@example.org", role="it")
    program.delete(f"{at}/members/{made['id']}")
    program.delete(f"{at}/members/{made['id']}")
    assert Member.objects.get(pk=made["id"]).until is not None
    lead = next(one for one in program.get(f"{at}/members") if one["role"] == "lead")
    program.delete(f"{at}/members/{lead['id']}", 422)
    assert program.post(f"{at}/members", person=cast.manager.pk, role="lead")["person"]["name"] == "Manager"
    assert program.get(at)["lead"]["name"] == "Manager"


def test_a_severity_is_set_with_its_reason(incident: Incident, program: Program, at: str) -> None:
    made = program.put(f"{at}/severity", severity=3, reason="The press asks", once="s")
    assert made["severity"] == 3
    assert program.put(f"{at}/severity", severity=3, reason="The press asks", once="s") == made
    program.put(f"{at}/severity", 422, severity=5, reason="x")
    program.put(f"{at}/severity", 422, severity=2, reason=" ")
    assert [(one["severity"], one["reason"]) for one in program.get(f"{at}/severity")] == [(3, "The press asks")]


def test_without_criteria_nothing_can_be_judged(incident: Incident, program: Program, at: str) -> None:
    for what in ("severity", "escalation", "stop"):
        answer = program.post(f"{at}/judgements/{what}", 422, facts={})
        assert answer["problems"]


# Tasks, decisions


def test_a_task_on_its_way(incident: Incident, program: Program, at: str, cast: Cast) -> None:
    body = {"title": {"en": "Call the bank"}, "role": "executive", "due": "2026-12-01T09:00:00+09:00", "once": "t"}
    made = program.post(f"{at}/tasks", **body)
    assert program.post(f"{at}/tasks", **body) == made
    path = f"{at}/tasks/{made['number']}"
    wanted = {"title": {"en": "Call both banks"}, "owner": cast.manager.email, "version": 1}
    changed = program.put(path, **wanted)
    assert (changed["owner"]["name"], changed["role"], changed["due"]) == ("Manager", "", None)
    assert program.put(path, **wanted) == changed
    assert program.put(path, 409, **{**wanted, "title": {"en": "Other"}})["problems"][0]["now"]["version"] == 2
    program.put(path, 422, title={"en": "x"}, owner="nobody@example.org", version=2)
    doing = program.put(f"{path}/state", state="doing", version=2)
    assert doing["owner"]["name"] == "Responder"
    blocked = program.put(f"{path}/state", state="blocked", version=3, result="No answer")
    program.put(f"{path}/state", 422, state="done", version=4)
    done = program.put(f"{path}/state", state="done", version=4, result="Both know")
    assert program.put(f"{path}/state", state="done", version=4, result="Both know") == done, "the same again"
    assert (
        program.put(f"{path}/state", 409, state="dropped", version=4, result="No")["problems"][0]["now"]["state"]
        == "done"
    )
    assert program.put(f"{path}/state", state="todo", version=done["version"], result="One forgot")["state"] == "todo"
    assert blocked["result"] == "No answer"
    assert [one["number"] for one in program.get(f"{at}/tasks")["items"]] == [made["number"]]
    assert program.get(f"{at}/tasks", state="done")["items"] == []
    assert len(program.get(f"{at}/tasks", owner="me")["items"]) == 1
    assert Task.objects.count() == 1


def test_a_procedure_is_begun_once(incident: Incident, program: Program, at: str) -> None:
    known = {one["id"]: one for one in program.get("/procedures")}
    assert "ransomware" in known
    assert len(program.get("/procedures/ransomware")["phases"]) > 2
    program.get("/procedures/none", 404)
    begun = program.post(f"{at}/procedures", procedure="ransomware")
    assert len(begun) == known["ransomware"]["steps"]
    assert program.post(f"{at}/procedures", procedure="ransomware") == begun
    program.post(f"{at}/procedures", 422, procedure="none")
    assert len(program.get(f"{at}/tasks", limit=500)["items"]) == len(begun)


def test_a_decision_keeps_what_was_known(incident: Incident, program: Program, at: str) -> None:
    seen = entry(program, at)
    body = {
        "question": "Cut the internet?", "options": ["Cut it", "Leave it"], "chosen": 0, "reason": "It spreads",
        "decided_by": "CISO", "review_on": (timezone.now() + dt.timedelta(hours=2)).isoformat(), "once": "d",
    }  # fmt: skip
    made = program.post(f"{at}/decisions", **body)
    assert program.post(f"{at}/decisions", **body) == made
    assert made["basis_seq"] == seen["seq"]
    program.post(f"{at}/decisions", 422, **{**body, "once": "e", "chosen": 2})
    program.post(f"{at}/decisions", 422, **{**body, "once": "e", "task": 9})
    path = f"{at}/decisions/{made['number']}"
    program.post(f"{path}/reviews", 422, holds=False)
    reviewed = program.post(f"{path}/reviews", holds=False, text="It is contained", once="r")
    assert program.post(f"{path}/reviews", holds=False, text="It is contained", once="r") == reviewed
    assert [one["holds"] for one in reviewed["reviews"]] == [False]
    assert program.get(path) == reviewed
    assert program.get(f"{at}/decisions")["items"] == [reviewed]
    assert Decision.objects.count() == 1


# What is known


def test_assets(incident: Incident, program: Program, at: str, cast: Cast) -> None:
    from kizuki.register.models import Asset

    keys = list(Asset.objects.order_by("key").values_list("key", flat=True)[:2])
    made = program.post(f"{at}/assets", keys=keys, state="affected")
    assert [one["key"] for one in made] == keys
    assert program.post(f"{at}/assets", keys=keys, state="clean") == made, "as they stand"
    path = f"{at}/assets/{made[0]['id']}"
    changed = program.put(path, state="contained", version=1)
    assert program.put(path, state="contained", version=1) == changed
    assert program.put(path, 409, state="clean", version=1)["problems"][0]["now"]["state"] == "contained"
    assert "no asset" in program.post(f"{at}/assets", 422, keys=["no-such-asset"])["problems"][0]["message"]
    assert len(program.get(f"{at}/assets")) == 2


def test_indicators(incident: Incident, program: Program, at: str) -> None:
    text = "Came from 203[.]0[.]113[.]7 by hxxps://evil[.]example[.]net/a"
    made = program.post(f"{at}/indicators", text=text, why="sign-ins")
    assert {"203.0.113.7", "https://evil.example.net/a"} <= {one["value"] for one in made}
    assert program.post(f"{at}/indicators", text=text, why="sign-ins") == made
    path = f"{at}/indicators/{made[0]['id']}"
    changed = program.put(path, state="rejected", version=1, why="Our own")
    assert program.put(path, state="rejected", version=1, why="Our own") == changed
    program.put(path, 409, state="confirmed", version=1)
    assert program.get(f"{at}/indicators", state="rejected")["items"] == [changed]
    program.post(f"{at}/indicators", 422, text="nothing here")
    assert Indicator.objects.filter(incident=incident).count() == len(made)


def test_files_are_kept_once_and_given_back_to_save(
    incident: Incident, program: Program, at: str, settings: Any, tmp_path: Any
) -> None:
    settings.HOME = tmp_path

    def send(name: str, content: bytes) -> Any:
        upload = SimpleUploadedFile(name, content)
        return program.client.post(f"/api/v1/incidents{at}/files", {"file": upload, "text": "A log"})

    made = send("log.txt", b"one line").json()
    assert send("other.txt", b"one line").json() == made
    assert FileOf.objects.count() == 1
    assert program.get(f"{at}/files") == [made]
    got: Any = program.client.get(f"/api/v1/incidents{at}/files/{made['id']}/content")
    assert b"".join(got.streaming_content) == b"one line"
    assert got["Content-Disposition"].startswith("attachment")
    assert send("empty.txt", b"").status_code == 422
    settings.UPLOAD_LIMIT = 10
    assert send("long.txt", b"x" * 11).status_code == 422
    (tmp_path / "files" / made["sha256"][:2] / made["sha256"]).write_bytes(b"changed!")
    program.get(f"{at}/files/{made['id']}/content", 404)


def test_times_between_milestones(incident: Incident, program: Program, at: str) -> None:
    entry(program, at, at="2026-11-20T10:00+09:00", milestone="noticed")
    entry(program, at, at="2026-11-20T12:30+09:00", milestone="contained")
    spans = {one["span"]: one for one in program.get(f"{at}/figures")}
    known = [one for one in spans.values() if one["low"] is not None]
    assert [(one["low"], one["high"]) for one in known] == [(150, 150)]
    assert all(one["why"] for one in spans.values() if one["low"] is None)


# What is learned


def test_the_review(incident: Incident, program: Program, at: str) -> None:
    empty = program.get(f"{at}/review")
    assert (empty["version"], empty["outcome"], empty["parts"]["causes"]) == (1, "", [])
    body = {"part": "causes", "text": "No second factor", "measures": ["P01"], "root": True, "once": "i"}
    item = program.post(f"{at}/review/items", **body)
    assert program.post(f"{at}/review/items", **body) == item
    path = f"{at}/review/items/{item['id']}"
    wanted = {"text": "No second factor for mail", "measures": ["P01"], "root": True, "version": 1}
    changed = program.put(path, **wanted)
    assert changed["version"] == 2
    assert program.put(path, **wanted) == changed
    answer = program.put(path, 409, **{**wanted, "text": "Other"})
    assert answer["problems"][0]["now"]["text"] == "No second factor for mail"
    program.put(path, 422, **{**wanted, "version": 2, "measures": ["P9999"]})
    written = program.put(f"{at}/review", version=1, outcome="Nothing was lost", publication="yes")
    assert program.put(f"{at}/review", version=1, outcome="Nothing was lost", publication="yes") == written
    assert (
        program.put(f"{at}/review", 409, version=1, outcome="Other")["problems"][0]["now"]["outcome"]
        == "Nothing was lost"
    )
    program.put(f"{at}/review", 422, version=written["version"], publication="no", publication_reason="")
    program.delete(path + "?version=1", 409)
    program.delete(path + "?version=2")
    program.delete(path, 404)
    assert program.get(f"{at}/review")["parts"]["causes"] == []


def test_reports_are_given_to_save(incident: Incident, program: Program, at: str) -> None:
    for form, begin in (("json", b"{"), ("md", b"*"), ("html", b"<!"), ("docx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        got = program.client.get(
            f"/api/v1/incidents{at}/report", {"format": form, "audience": "executive", "language": "ja"}
        )
        assert got.status_code == 200
        assert got.content.lstrip()[: len(begin)] == begin, form
        assert got["Content-Disposition"].startswith("attachment")
        assert got["X-Content-Type-Options"] == "nosniff"
    program.get(f"{at}/report", 422, format="exe")


# The end


def test_closing_names_what_is_missing(incident: Incident, program: Program, at: str) -> None:
    missing = [one["id"] for one in program.get(f"{at}/closing") if not one["met"]]
    assert "severity" in missing
    version = program.get(at)["version"]
    answer = program.post(f"{at}/closing", 422, version=version)
    assert [problem["place"][1] for problem in answer["problems"]] == missing
    program.post(f"{at}/closing", 409, version=version + 7, overrides={})
    closed = program.post(f"{at}/closing", version=version, overrides=dict.fromkeys(missing, "A false alarm"))
    assert closed["status"] == "closed"
    assert program.post(f"{at}/closing", version=version)["status"] == "closed"
    program.post(f"{at}/entries", 422, text="x", lane="it", kind="detect")
    again = program.post(f"{at}/reopening", version=closed["version"], reason="It was none")
    assert again["status"] == "analysing"
    assert program.post(f"{at}/reopening", version=closed["version"], reason="It was none") == again


def test_merging(incident: Incident, program: Program, at: str, cast: Cast) -> None:
    into = open_incident(title="The larger one", by=cast.manager)
    version = program.get(at)["version"]
    program.post(f"{at}/merging", 422, version=version, into="INC-1999-001")
    program.post(f"{at}/merging", 422, version=version, into=incident.number)
    program.post(f"{at}/merging", 409, version=version + 1, into=into.number)
    merged = program.post(f"{at}/merging", version=version, into=into.number)
    assert merged["merged_into"] == into.number
    assert program.post(f"{at}/merging", version=version, into=into.number) == merged
