"""What the addresses of the API hold in the tests that walk all routes, and what a program sends there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from msgspec.yaml import decode

from kizuki.measures.actions.coverage import key_of
from kizuki.register.models import Coverage
from tests import incidenting_api, measuring, replaying
from tests.conftest import World

NOBODY = 999_999_999
PEER = {"check": "nist-csf", "version": "2.0", "section": "gv", "n": 48, "q1": 1.5, "median": 2, "q3": 2.5}


def arguments(world: World, route: str, obj: str) -> dict[str, Any] | None:
    """None where the address is not one of these."""
    if (inside := incidenting_api.arguments(world, route.removeprefix("api:"), obj)) is not None:
        return inside
    own = obj == "own"
    found: dict[str, Callable[[], dict[str, Any]]] = {
        "task": lambda: {"task_id": world.made["task"].pk if own else NOBODY},
        "task_state": lambda: {"task_id": world.made["task"].pk if own else NOBODY},
        "device": lambda: {"device_id": world.made["device"].pk if own else NOBODY},
        "device_decision": lambda: {"device_id": world.made["device"].pk if own else NOBODY},
        "admission": lambda: {"admission_id": world.made["admission"].pk if own else NOBODY},
        "admission_decision": lambda: {"admission_id": world.made["admission"].pk if own else NOBODY},
        "admission_state": lambda: {"admission_id": world.made["admission"].pk if own else NOBODY},
        "own_measure": lambda: {"measure_id": measuring.own_measure().key if own else "X99"},
        "coverage_proposal": lambda: {"proposal_id": _proposal(world).pk if own else NOBODY},
        "assessment_round": lambda: {"round_id": measuring.round_of().pk if own else NOBODY},
        "coverage_proposal_remark": lambda: {"proposal_id": _proposal(world).pk if own else NOBODY},
        "assessment_round_state": lambda: {"round_id": measuring.round_of().pk if own else NOBODY},
        "assessment_link": lambda: {"round_id": measuring.round_of().pk if own else NOBODY, "unit": "plant1"},
        "record_history": lambda: {"part": "assets", "key": world.made["edited"].key if own else "no-such-record"},
        "record_undo": lambda: {"part": "assets", "key": world.made["edited"].key if own else "no-such-record"},
        "importance_reasons": lambda: {"key": world.made["edited"].key if own else "no-such-record"},
        "batch": lambda: {"batch": world.made["batch"] if own else uuid.UUID(int=1)},
        "batch_undo": lambda: {"batch": world.made["batch"] if own else uuid.UUID(int=1)},
        "file": lambda: measuring.arguments(world, "files:file", obj, ""),
        "criteria_versions": lambda: {"criteria_id": "admission" if own else "no-such-criteria"},
        "criteria_draft": lambda: {"criteria_id": world.made["draft"].criteria.slug if own else "no-such-criteria"},
        "criteria_state": lambda: {
            "criteria_id": world.made["draft"].criteria.slug, "number": world.made["draft"].number if own else 999,
        },
        "peer_group": lambda: {"group_id": replaying.peers().pk if own else NOBODY},
        "scores": lambda: {"check_id": replaying.KEY[0], "release": replaying.KEY[1] if own else "9"},
        "scores_of_day": lambda: {
            "check_id": replaying.KEY[0], "release": replaying.KEY[1] if own else "9", "day": dt.date(2026, 10, 1),
        },
        "note": lambda: {"note_id": replaying.note(world).pk if own else NOBODY},
        **dict.fromkeys(
            ("import", "import_description", "import_lines", "import_apply", "import_undo"),
            lambda: {"import_id": world.made["import"].pk if own else NOBODY},
        ),
        "criterion": lambda: {"criteria_id": "admission" if own else "no-such-criteria"},
        "criteria_decisions": lambda: {"criteria_id": "admission" if own else "no-such-criteria"},
        "criteria_decision": lambda: {"decision_id": world.made["decision"].pk if own else NOBODY},
    }  # fmt: skip
    made = found.get(route.removeprefix("api:"))
    return made() if made else None


def body(world: World, route: str, method: str) -> Any:
    """What a program sends there as JSON; None where it sends something else, or nothing."""
    if (inside := incidenting_api.body(world, route.removeprefix("api:"), method)) is not None:
        return inside
    title = {"title": {"en": "New"}, "unit": "it"}
    sent: dict[tuple[str, str], Callable[[], Any]] = {
        ("tasks", "POST"): lambda: {**title, "once": "1"},
        ("task", "PUT"): lambda: {**title, "version": 1},
        ("task_state", "PUT"): lambda: {"state": "taken", "version": 1},
        ("import_description", "PUT"): dict,
        ("import_lines", "PUT"): lambda: {"leave": [0]},
        ("own_measure", "PUT"): lambda: {"document": measuring.own_measure().document},
        ("accept_proposals", "POST"): lambda: {"proposals": [{"id": _proposal(world).pk, "version": 1, "base": _base(world)}]},
        ("coverage_proposals", "POST"): lambda: {"measure": "P02", "unit": "plant1", "state": "full"},
        ("coverage_proposal_remark", "PUT"): lambda: {"remark": "More", "version": 1},
        ("assessment_rounds", "POST"): lambda: {"title": "New", "due": _later(), "units": ["plant1"]},
        ("assessment_round_state", "PUT"): lambda: {"closed": True},
        ("about", "PUT"): lambda: {"about": {"name": "We"}},
        ("record_undo", "POST"): lambda: {"version": 2},
        ("criteria_draft", "PUT"): lambda: {"document": world.made["draft"].document, "version": 1},
        ("criteria_state", "PUT"): lambda: {"state": "withdrawn", "version": world.made["draft"].version},
        ("self_checks", "POST"): lambda: {"document": _self_checks()},
        ("peers", "PUT"): lambda: {"document": {"schema": "kizuki/peers/1", "source": "XR-11", "peers": [PEER]}},
        ("scores_of_day", "PUT"): lambda: {"scores": {"gv": 2.5}},
        ("affected", "POST"): lambda: {"way": "mail", "lost": ["encrypt"]},
        ("notes", "POST"): lambda: {"title": "XR-12", "question": {"case": "nisc-h"}},
        ("priority_tasks", "POST"): lambda: {"row": replaying.row(world), "unit": "it"},
        ("device_observations", "POST"): lambda: {
            "source": "arp:api",
            "observations": [{"at": timezone.now().isoformat(), "ips": ["192.0.2.9"]}],
        },
        ("device_decision", "PUT"): lambda: {"kind": "block", "reason": "x", "version": 1},
        ("admissions", "POST"): lambda: {
            "what": "New", "kind": "iot", "zone": "hq", "unit": "it", "facts": {"connection": "office"},
        },
        ("admission_decision", "PUT"): lambda: {"outcome": "refuse", "reason": "x", "version": 1},
        ("admission_state", "PUT"): lambda: {"state": "withdrawn", "version": 1},
        ("criteria_decisions", "POST"): lambda: {"facts": {"connection": {"value": "office"}}},
    }  # fmt: skip
    made = sent.get((route.removeprefix("api:"), method))
    return made() if made else None


def _self_checks() -> Any:
    made: Any = decode(replaying.OWN)
    return made


def _later() -> str:
    return (timezone.localdate() + dt.timedelta(days=9)).isoformat()


def _proposal(world: World) -> Any:
    return measuring.proposal(world.people["other"])


def _base(world: World) -> int:
    """The version of the row that the proposal would change; 0 where there is none."""
    key = key_of("P02", _proposal(world).scope)
    row = Coverage.objects.filter(key=key, deleted_at=None).first()
    return row.version if row else 0
