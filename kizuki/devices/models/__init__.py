"""The tables of devices: what was observed, what it comes to, what people decided, what may be connected."""

from __future__ import annotations

from kizuki.devices.models.admission import Admission
from kizuki.devices.models.devices import Device, DeviceDecision
from kizuki.devices.models.observed import Observation, Part, Source, Trace, Watch, Word

__all__ = ["Admission", "Device", "DeviceDecision", "Observation", "Part", "Source", "Trace", "Watch", "Word"]
