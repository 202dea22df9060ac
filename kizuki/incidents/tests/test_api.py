"""Incidents and their entries by API: sent twice once, with versions, and times as exact as they are known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from conftest import Cast
from kizuki.incidents import actions
from kizuki.incidents.actions import open_incident
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.tests.programs import Program, entry

pytestmark = pytest.mark.django_db


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
