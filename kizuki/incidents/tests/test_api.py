"""Incidents by API: everything that the pages can do, sent twice once, with versions, and nothing of what one may not know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.actions import create_key
from kizuki.accounts.models import Person
from kizuki.incidents import actions
from kizuki.incidents.actions import open_incident
from kizuki.incidents.models import Decision, Entry, FileOf, Incident, Indicator, Member, Task

pytestmark = pytest.mark.django_db


class Program:
    """A program that acts for a person."""

    def __init__(self, person: Person, scope: str = "write") -> None:
        until = timezone.now() + dt.timedelta(days=1)
        _key, written = create_key(person=person, name="test", scope=scope, expires_at=until, by=person)
        self.client = Client(headers={"Authorization": f"Bearer {written}"})

    def ask(self, method: str, path: str, body: Any = None, expected: int = 200, /, **query: Any) -> Any:
        address = f"/api/v1/incidents{path}"
        call: Callable[..., Any] = getattr(self.client, method)
        answer = call(address, query) if method == "get" else call(address, body or {}, content_type="application/json")
        assert answer.status_code == expected, (answer.status_code, answer.content[:2000])
        return answer.json() if answer.content else None

    def get(self, path: str, expected: int = 200, /, **query: Any) -> Any:
        return self.ask("get", path, None, expected, **query)

    def post(self, path: str, expected: int = 200, /, **body: Any) -> Any:
        return self.ask("post", path, body, expected)

    def put(self, path: str, expected: int = 200, /, **body: Any) -> Any:
        return self.ask("put", path, body, expected)

    def delete(self, path: str, expected: int = 204, /) -> Any:
        return self.ask("delete", path, None, expected)


@pytest.fixture
def program(cast: Cast) -> Program:
    return Program(cast.responder)


@pytest.fixture
def at(incident: Incident) -> str:
    return f"/{incident.number}"


def entry(program: Program, path: str, /, **more: Any) -> Any:
    return program.post(f"{path}/entries", **{"text": "Seen", "lane": "it", "kind": "detect", **more})


# The list, one, a new one


def test_incidents_come_in_pages_with_filters(small: Any, cast: Cast, program: Program) -> None:
    made = [open_incident(title=f"Number {n}", by=cast.responder, exercise=n == 0).number for n in range(5)]
    actions.set_severity(incident=Incident.objects.get(number=made[1]), severity=4, reason="x", by=cast.responder)
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("", limit=2, cursor=cursor)
        seen += [one["number"] for one in page["items"]]
        cursor = page["next"]
    assert seen == made
    assert [one["number"] for one in program.get("", severity="3+")["items"]] == [made[1]]
    assert [one["number"] for one in program.get("", exercise="only")["items"]] == [made[0]]
    assert [one["number"] for one in program.get("", q=made[3].lower())["items"]] == [made[3]]
    assert len(program.get("", lead="me")["items"]) == 5
    assert program.get("", status="closed")["items"] == []


def test_updated_since_gives_what_changed_whatever_its_status(small: Any, cast: Cast, program: Program) -> None:
    first, second = (open_incident(title=title, by=cast.responder) for title in ("First", "Second"))
    actions.merge_incident(incident=second, into=first, version=second.version, by=cast.responder)
    moment = timezone.now()
    assert program.get("", updated_since=moment.isoformat())["items"] == []
    entry(program, f"/{first.number}")
    assert [one["number"] for one in program.get("", updated_since=moment.isoformat())["items"]] == [first.number]
    earlier = (moment - dt.timedelta(hours=1)).isoformat()
    assert {one["status"] for one in program.get("", updated_since=earlier)["items"]} == {"new", "merged"}


def test_opening_one_twice_opens_one(small: Any, program: Program, cast: Cast) -> None:
    body = {"title": "Odd sign-ins", "kind": "account-takeover", "once": "abc"}
    made = program.post("", **body)
    assert program.post("", **body) == made
    assert Incident.objects.count() == 1
    assert made["lead"] == {"id": cast.responder.pk, "name": "Responder"}
    assert made["day_one"] == timezone.localdate().isoformat()
    other = Program(cast.manager).post("", **body)
    assert other["number"] != made["number"], "what somebody else calls the same is another sending"
    assert program.post("", title="Twice")["number"] != program.post("", title="Twice")["number"]


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"title": ""}, None), ({"title": "x" * 201}, None), ({"title": "x", "kind": "flood"}, None),
        ({"title": "x", "colour": "red"}, None), ({"title": "x", "zone": "Mars/Base"}, "zone"), ({"title": "x", "tlp": "pink"}, "tlp"),
        ({"title": "x", "parent": "INC-1999-001"}, "parent"), ({"title": "a\0b"}, None), ({"title": "  "}, "title"),
        ({"title": "x", "day_one": "soon"}, None), ({"title": "x", "once": "y" * 201}, None),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_refused(
    small: Any, program: Program, wrong: dict[str, Any], place: str | None
) -> None:
    answer = program.post("", 422, **wrong)
    if place:
        assert [problem["place"] for problem in answer["problems"]] == [[place]]
    assert not Incident.objects.exists()


def test_changing_one(incident: Incident, program: Program, at: str) -> None:
    now = program.get(at)
    changed = program.put(at, version=now["version"], stand="Contained", status="containing")
    assert (changed["stand"], changed["status"], changed["version"]) == ("Contained", "containing", now["version"] + 1)
    assert program.put(at, version=now["version"], stand="Contained", status="containing") == changed, "the same again"
    stale = program.put(at, 409, version=now["version"], stand="Other")
    [problem] = stale["problems"]
    assert problem["version"] == changed["version"]
    assert problem["fields"] == [{"field": "stand", "mine": "Other", "theirs": "Contained"}]
    program.put(at, 422, version=changed["version"], status="closed")
    program.put(at, 422, version=changed["version"], severity=4)
    assert program.put(at, version=changed["version"]) == changed


def test_a_parent_is_set_and_taken_away(incident: Incident, program: Program, at: str, cast: Cast) -> None:
    above = open_incident(title="Above", by=cast.manager)
    made = program.put(at, version=1, parent=above.number)
    assert made["parent"] == above.number
    assert program.put(at, version=made["version"], parent="")["parent"] is None
    program.put(at, 422, version=made["version"] + 1, parent=incident.number)


# The timeline


def test_an_entry_sent_twice_is_there_once(incident: Incident, program: Program, at: str, cast: Cast) -> None:
    made = entry(
        program, at, once="a", about=[{"kind": "asset", "key": "www"}], handover=["security"], milestone="noticed"
    )
    assert entry(program, at, once="a") == made
    assert made["by"]["name"] == "Responder"
    assert made["about"] == [{"kind": "asset", "key": "www", "label": "www"}]
    assert made["milestones"] == ["noticed"]
    assert Entry.objects.filter(incident=incident, auto="").count() == 1
    other = entry(Program(cast.manager), at, once="a", text="Theirs")
    assert other["seq"] != made["seq"]
    assert other["text"] == "Theirs"


def test_reading_on_from_the_last_one_known(incident: Incident, program: Program, at: str) -> None:
    first = program.get(f"{at}/entries")
    assert [one["auto"] for one in first["items"]] == ["opened"]
    for n in range(5):
        entry(program, at, text=f"Entry {n}")
    page = program.get(f"{at}/entries", after=first["newest"], limit=3)
    assert [one["text"] for one in page["items"]] == ["Entry 0", "Entry 1", "Entry 2"]
    page = program.get(f"{at}/entries", after=page["next"], limit=3)
    assert [one["text"] for one in page["items"]] == ["Entry 3", "Entry 4"]
    assert page["next"] is None
    assert program.get(f"{at}/entries", after=page["newest"])["items"] == []


def test_as_of_a_moment_nothing_later_is_known(incident: Incident, program: Program, at: str) -> None:
    first = entry(program, at, text="The server is fine")
    moment = timezone.now()
    second = program.post(f"{at}/entries/{first['seq']}/correction", text="The server is hit", lane="it", kind="detect")
    then = program.get(f"{at}/entries", as_of=moment.isoformat())
    assert [one["text"] for one in then["items"] if not one["auto"]] == ["The server is fine"]
    assert then["items"][-1]["replaced_by"] is None
    assert then["newest"] == first["seq"]
    now = program.get(f"{at}/entries")
    assert next(one for one in now["items"] if one["seq"] == first["seq"])["replaced_by"] == second["seq"]
    assert second["corrects"] == first["seq"]


def test_times_are_kept_as_exact_as_they_are_known(incident: Incident, program: Program, at: str) -> None:
    made = entry(program, at, at="~2026-11-20T18:00+09:00")
    assert made["at"] == "~2026-11-20T18:00+09:00"
    assert (made["low"], made["high"]) == ("2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z")
    for wrong in ("14:02", "yesterday", "2999-01-01T00:00Z", "2026-02-30", "1900-01-01"):
        answer = program.post(f"{at}/entries", 422, text="x", lane="it", kind="detect", at=wrong)
        assert answer["problems"][0]["place"] == ["at"]


def test_one_line_as_a_person_writes_it(incident: Incident, program: Program, at: str) -> None:
    made = program.post(f"{at}/lines", line="it contain isolated PC-123 !contained", once="l")
    assert (made["lane"], made["kind"], made["text"]) == ("it", "contain", "isolated PC-123")
    assert made["milestones"] == ["contained"]
    assert program.post(f"{at}/lines", line="it contain isolated PC-123", once="l") == made
    asked = program.post(f"{at}/lines", 422, line="something odd was seen")
    assert "kind" in [problem["place"][0] for problem in asked["problems"]]
    assert program.post(f"{at}/lines", line="something odd was seen", lane="it", kind="detect")["kind"] == "detect"


def test_correcting_what_was_corrected_answers_with_what_stands_now(
    incident: Incident, program: Program, at: str
) -> None:
    first = entry(program, at)
    body = {"text": "Better", "lane": "it", "kind": "detect", "once": "c"}
    second = program.post(f"{at}/entries/{first['seq']}/correction", **body)
    assert program.post(f"{at}/entries/{first['seq']}/correction", **body) == second
    answer = program.post(f"{at}/entries/{first['seq']}/correction", 409, **{**body, "once": "d", "text": "Mine"})
    assert answer["problems"][0]["now"]["seq"] == second["seq"]
    assert {"field": "text", "mine": "Mine", "theirs": "Better"} in answer["problems"][0]["fields"]
    back = program.post(f"{at}/entries/{second['seq']}/withdrawal", reason="Mistaken", once="w")
    assert back["withdrawn"] is True
    assert program.post(f"{at}/entries/{second['seq']}/withdrawal", reason="Mistaken", once="w") == back
    program.post(f"{at}/entries/{second['seq']}/withdrawal", 409, reason="Again")
    program.post(f"{at}/entries/1/withdrawal", 422, reason="Kizuki wrote it")
    program.get(f"{at}/entries/99999999999999999999", 404)


def test_milestones(incident: Incident, program: Program, at: str) -> None:
    first, second = entry(program, at), entry(program, at)
    assert program.put(f"{at}/milestones/noticed", entry=first["seq"]) == [
        {"name": "noticed", "entry": first["seq"], "until": ""}
    ]
    count = Entry.objects.count()
    program.put(f"{at}/milestones/noticed", entry=first["seq"])
    assert Entry.objects.count() == count, "the same again"
    assert program.put(f"{at}/milestones/noticed", entry=second["seq"])[0]["entry"] == second["seq"]
    program.put(f"{at}/milestones/noticed", 422, entry=999)
    program.put(f"{at}/milestones/noon", 404, entry=1)
    program.delete(f"{at}/milestones/noticed")
    program.delete(f"{at}/milestones/noticed")
    assert program.get(f"{at}/milestones") == []


# People, severity


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


# Who may


def paths(incident: Incident) -> list[str]:
    parts = ("", "/entries", "/entries/1", "/milestones", "/members", "/severity", "/tasks", "/tasks/1", "/decisions", "/assets",
             "/indicators", "/files", "/figures", "/closing", "/review", "/report")  # fmt: skip
    return [f"/{incident.number}{part}" for part in parts]


def test_strangers_find_nothing_and_readers_change_nothing(incident: Incident, cast: Cast) -> None:
    actions.add_task(incident=incident, title="Look", by=cast.responder)
    stranger, reader = Program(cast.reporter), Program(cast.auditor)
    for path in paths(incident):
        stranger.get(path, 404)
        reader.get(path)
    assert stranger.get("", status="all")["items"] == []
    stranger.post("", 403, title="x")
    reader.post("", 403, title="x")
    bodies: dict[str, Any] = {
        "entries": {"text": "x", "lane": "it", "kind": "detect"}, "lines": {"line": "it detect x"}, "tasks": {"title": {"en": "x"}},
        "entries/1/correction": {"text": "x", "lane": "it", "kind": "detect"}, "entries/1/withdrawal": {"reason": "x"},
        "procedures": {"procedure": "ransomware"}, "assets": {"keys": ["www"]}, "indicators": {"text": "203.0.113.7"},
        "members": {"person": 1, "role": "it"}, "closing": {"version": 1}, "reopening": {"version": 1, "reason": "x"},
        "merging": {"version": 1, "into": "x"}, "judgements/severity": {"facts": {}},
        "decisions": {"question": "x", "options": ["a", "b"], "chosen": 0, "reason": "x", "decided_by": "x"},
    }  # fmt: skip
    before = Entry.objects.count()
    for path, body in bodies.items():
        assert reader.ask("post", f"/{incident.number}/{path}", body, 403)["detail"]
        stranger.ask("post", f"/{incident.number}/{path}", body, 404)
    assert Entry.objects.count() == before


def test_a_key_that_may_only_read_only_reads(incident: Incident, cast: Cast, at: str) -> None:
    program = Program(cast.responder, "read")
    program.get(at)
    program.post(f"{at}/entries", 403, text="x", lane="it", kind="detect")


def test_a_restricted_incident_is_nowhere(incident: Incident, cast: Cast, program: Program, at: str) -> None:
    manager = Program(cast.manager)
    other = open_incident(title="Another", by=cast.manager)
    actions.change_incident(incident=other, version=other.version, parent=incident, by=cast.responder)
    third = open_incident(title="Third", by=cast.responder)
    actions.merge_incident(incident=third, into=incident, version=third.version, by=cast.responder)
    program.put(at, version=program.get(at)["version"], restricted=True)
    for path in paths(incident):
        manager.get(path, 404)
    said = str(
        [manager.get("", status="all"), manager.get(f"/{other.number}"), manager.get(f"/{third.number}"),
         manager.get(f"/{other.number}/entries"), manager.get(f"/{third.number}/entries"),
         manager.get("", q="odd"), manager.get("", updated_since="2020-01-01T00:00:00Z")]
    )  # fmt: skip
    assert incident.number not in said
    assert "Odd sign-ins" not in said
    assert incident.number in str(program.get(f"/{third.number}/entries"))
    assert program.get(f"/{other.number}")["parent"] == incident.number
    manager.post("", 422, title="x", parent=incident.number)
    manager.ask(
        "put",
        f"/{other.number}",
        {"version": manager.get(f"/{other.number}")["version"], "parent": incident.number},
        422,
    )
    manager.ask("post", f"/{other.number}/merging", {"version": 2, "into": incident.number}, 422)


def test_only_who_leads_restricts(incident: Incident, at: str, cast: Cast) -> None:
    from conftest import make_person

    colleague = make_person("responder", "Colleague")
    Program(colleague).ask("put", at, {"version": 1, "restricted": True}, 403)
    assert Program(colleague).put(at, version=1, stand="x")["stand"] == "x"


def test_questions_do_not_grow_with_entries(
    incident: Incident, program: Program, at: str, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        entry(program, at, text=f"{n}", about=[{"kind": "asset", "key": f"a{n}"}])
    with django_assert_max_num_queries(15):
        assert len(program.get(f"{at}/entries")["items"]) == 13
    with django_assert_max_num_queries(15):
        program.get("")
