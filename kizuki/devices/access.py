"""Who may decide about devices and admissions."""

from __future__ import annotations

from typing import Any

from kizuki.accounts import rules
from kizuki.devices.models import Admission, Device
from kizuki.register.access import own_units


def may_decide(person: Any, device: Device) -> bool:
    """Managers about any device; whoever answers for a unit about those with which it has to do."""
    return bool(rules.may_edit(person) or (device.unit and device.unit in own_units(person)))


def may_ask(person: Any) -> bool:
    """Managers for any unit, owners and deputies for theirs."""
    return bool(rules.may_edit(person) or own_units(person))


def may_speak_for(person: Any, admission: Admission) -> bool:
    """Whether a person may say what became of a request, take it back, or ask to renew it."""
    return bool(rules.may_edit(person) or admission.unit in own_units(person))
