"""A small network of the small organisation: what it has in the office, and what was seen there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kizuki.devices.actions import match_devices, take_observations
from kizuki.devices.models import Device
from kizuki.register.actions import Edit, apply
from kizuki.register.engine.observation import Observation
from kizuki.register.models import Asset, Organisation
from kizuki.register.tests.conftest import small

__all__ = ["small"]

#: Addresses that a maker assigned.
PRINTER, LAPTOP, STRANGER = "3c:52:82:00:00:01", "3c:52:82:00:00:02", "3c:52:82:00:00:03"


@pytest.fixture
def office(small: Organisation) -> Organisation:
    """The small organisation with a printer of sales and a laptop of the shop in the office, whose zone is nobody's."""
    assets: list[dict[str, Any]] = [
        {"id": "printer", "name": "Printer", "kind": "iot", "unit": "sales", "zone": "lan", "macs": [PRINTER]},
        {"id": "laptop", "name": "Laptop", "kind": "pc", "unit": "shop", "zone": "lan", "macs": [LAPTOP], "hosts": ["nb-7"]},
        {"id": "pos", "name": "Till", "kind": "pc", "unit": "shop", "zone": "lan"},
    ]  # fmt: skip
    apply(organisation=small, edits=[Edit("asset", str(one["id"]), one) for one in assets], by="a test")
    return small


def seen(mac: str | None = None, ip: str = "10.1.0.5", hours: float = 1, **values: Any) -> Observation:
    """A sighting by the table of a router, so many hours ago."""
    return Observation("arp:r1", ago(hours), mac=mac, ips=(ip,), **values)


def ago(hours: float) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def take(*observations: Observation, source: str = "arp:r1", zone: str = "lan") -> None:
    take_observations(source=source, observations=observations, by="a test", zone=zone)


def matched(organisation: Organisation) -> dict[str, Device]:
    """Match, and give the devices that were seen by their first hardware address or their key."""
    match_devices(organisation=organisation, by="a test")
    return {row.macs[0] if row.macs else row.key: row for row in Device.objects.filter(seen__gt=0)}


def asset(key: str) -> Asset:
    found: Asset = Asset.objects.get(key=key)
    return found
