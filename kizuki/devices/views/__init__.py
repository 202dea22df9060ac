"""Pages of devices, observations and admissions."""

from __future__ import annotations

from kizuki.devices.views.admissions import admission, admissions, ask, decide, speak
from kizuki.devices.views.devices import act, device, devices, match, undo
from kizuki.devices.views.observations import observations, sources

__all__ = [
    "act", "admission", "admissions", "ask", "decide", "device", "devices", "match", "observations", "sources", "speak", "undo",
]  # fmt: skip
