"""What the addresses of incidents in the API hold in the tests that walk all routes, and what a program sends there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from kizuki.incidents.models import Decision, Incident
from tests.incidenting import ASSET, GRAVE, INDICATOR, NOBODY, OTHERS, OWN, STOP, first_task

#: What stands in the address for a thing of an incident, and how it is found.
THINGS: dict[str, tuple[str, Callable[[Incident], Any]]] = {
    "member": ("member_id", lambda incident: incident.members.get(role="legal").pk),
    **dict.fromkeys(
        ("entry", "correction", "withdrawal"), ("seq", lambda incident: incident.entries.get(once="first").seq)
    ),
    "milestone": ("name", lambda incident: "noticed"),
    "asset": ("asset_id", lambda incident: incident.assets.get(key=ASSET).pk),
    "indicator": ("indicator_id", lambda incident: incident.indicators.get(value=INDICATOR).pk),
    "review_item": ("item_id", lambda incident: incident.review.parts["causes"][0]["id"]),
    "file": ("file_id", lambda incident: incident.files.exclude(name__contains="same").get().pk),
    **dict.fromkeys(("task", "task_state"), ("task_number", lambda incident: first_task(incident).number)),
    **dict.fromkeys(
        ("decision", "decision_reviews"),
        ("decision_number", lambda incident: Decision.objects.get(incident=incident).number),
    ),
}


def arguments(world: Any, route: str, obj: str) -> dict[str, Any] | None:
    """None where the address is not one of these."""
    if not route.startswith("incident") or route == "incidents":
        return None
    name = route.removeprefix("incident").removeprefix("_")
    if name == "procedure":
        return {"procedure_id": OWN if obj == "own" else "no-such-procedure"}
    open_, secret = world.made["incident"], world.made["secret"]
    number = secret.number if obj == "foreign" else open_.number
    if name not in THINGS:
        return {"number": number if obj in ("own", "foreign") else "INC-2001-001"}
    key, find = THINGS[name]
    if obj == "missing":
        return {"number": number, key: "no-such-milestone" if key == "name" else NOBODY}
    return {"number": number, key: find(open_ if obj == "own" else secret)}


def upload() -> tuple[bytes, str]:
    """A file as a program sends it, and what it calls it."""
    return encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("new.txt", b"new")}), MULTIPART_CONTENT


def body(world: Any, route: str, method: str) -> Any:
    """What a program sends there as JSON; None where it sends something else, or nothing."""
    if method not in ("POST", "PUT") or not route.startswith("incident"):
        return None
    incident = Incident.objects.get(pk=world.made["incident"].pk)
    entry = incident.entries.get(once="first").seq
    seen, task = {"version": incident.version}, {"title": {"en": "New"}}
    said = {"text": "Seen", "lane": "it", "kind": "detect"}
    facts = {name: {fact: {"value": value} for fact, value in given.items()} for name, given in JUDGED.items()}
    bodies: dict[str, dict[str, Any]] = {
        "incidents": {"title": "New"},
        "incident": {**seen, "stand": "Better"},
        "incident_closing": {**seen, "overrides": dict.fromkeys(_left(incident), "So")},
        "incident_reopening": {**seen, "reason": "So"},
        "incident_merging": {**seen, "into": world.made["child"].number},
        "incident_members": {"person": world.people["manager"].pk, "role": "it"},
        "incident_entries": {**said, "once": "1"},
        "incident_lines": {"line": "IT 封じ込め LANを抜いた"},
        "incident_correction": said,
        "incident_withdrawal": {"reason": "Wrong"},
        "incident_milestone": {"entry": entry},
        "incident_severity": {"severity": 3, "reason": "So"},
        **{f"incident_judge_{name}": {"facts": facts[name]} for name in facts},
        "incident_assets": {"keys": [ASSET]},
        "incident_asset": {"state": "clean", "version": 1},
        "incident_indicators": {"text": "192.0.2.55"},
        "incident_indicator": {"state": "rejected", "version": 1},
        "incident_tasks": task,
        "incident_task": {**task, "version": 1},
        "incident_task_state": {"state": "doing", "version": 1},
        "incident_begin": {"procedure": "insider"},
        "incident_decisions": {
            "question": "Now?", "options": ["Yes", "No"], "chosen": 0, "reason": "So", "decided_by": "We",
        },
        "incident_decision_reviews": {"holds": True},
        "incident_review": {"version": incident.review.version, "outcome": "So"},
        "incident_review_items": {"part": "causes", "text": "So"},
        "incident_review_item": {"version": 1, "text": "So"},
    }  # fmt: skip
    return bodies.get(route)


JUDGED = {"severity": GRAVE, "escalation": OTHERS, "stop": STOP}


def _left(incident: Incident) -> list[str]:
    """What is missing before the incident can be closed."""
    from kizuki.incidents.actions import NotReady, close_incident

    try:
        close_incident(incident=incident, version=incident.version, by="test")
    except NotReady as error:
        return [point.id for point in error.points]
    raise AssertionError("an incident that can be closed is of no use here")
