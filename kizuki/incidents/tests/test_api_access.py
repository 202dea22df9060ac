"""Of an incident that one may not see, the API tells nothing; who only reads changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast
from kizuki.incidents import actions
from kizuki.incidents.actions import open_incident
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.tests.programs import Program, entry

pytestmark = pytest.mark.django_db


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
