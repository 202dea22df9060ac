"""What the addresses of the API hold in the tests that walk all routes, and what a program sends there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from tests.conftest import World

NOBODY = 999_999_999


def arguments(world: World, route: str, obj: str) -> dict[str, Any] | None:
    """None where the address is not one of these."""
    own = obj == "own"
    found: dict[str, Callable[[], dict[str, Any]]] = {
        "task": lambda: {"task_id": world.made["task"].pk if own else NOBODY},
        "task_state": lambda: {"task_id": world.made["task"].pk if own else NOBODY},
        "device": lambda: {"device_id": world.made["device"].pk if own else NOBODY},
        "device_decision": lambda: {"device_id": world.made["device"].pk if own else NOBODY},
        "admission": lambda: {"admission_id": world.made["admission"].pk if own else NOBODY},
        "admission_decision": lambda: {"admission_id": world.made["admission"].pk if own else NOBODY},
        "admission_state": lambda: {"admission_id": world.made["admission"].pk if own else NOBODY},
        "criterion": lambda: {"criteria_id": "admission" if own else "no-such-criteria"},
        "criteria_decisions": lambda: {"criteria_id": "admission" if own else "no-such-criteria"},
        "criteria_decision": lambda: {"decision_id": world.made["decision"].pk if own else NOBODY},
    }
    made = found.get(route.removeprefix("api:"))
    return made() if made else None


def body(world: World, route: str, method: str) -> Any:
    """What a program sends there as JSON; None where it sends something else, or nothing."""
    title = {"title": {"en": "New"}, "unit": "it"}
    sent: dict[tuple[str, str], Callable[[], Any]] = {
        ("tasks", "POST"): lambda: {**title, "once": "1"},
        ("task", "PUT"): lambda: {**title, "version": 1},
        ("task_state", "PUT"): lambda: {"state": "taken", "version": 1},
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
