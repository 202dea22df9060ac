"""Every write of the devices room."""

from __future__ import annotations

from kizuki.devices.actions.admitting import (
    ask,
    begin_renewals,
    confirm,
    connect,
    end_admissions,
    outcomes_of,
    withdraw,
)  # fmt: skip
from kizuki.devices.actions.deciding import identify, make_asset, request_block, set_aside, undo
from kizuki.devices.actions.matching import match_devices
from kizuki.devices.actions.observing import Taken, forget_observations, take_observations
from kizuki.devices.actions.stale import Stale

__all__ = [
    "Stale", "Taken", "ask", "begin_renewals", "confirm", "connect", "end_admissions", "forget_observations", "identify",
    "make_asset", "match_devices", "outcomes_of", "request_block", "set_aside", "take_observations", "undo", "withdraw",
]  # fmt: skip
