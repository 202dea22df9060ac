"""What a network tells of itself: that something with these addresses and names was there at that time."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Observation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One sighting by one source. Addresses and names are in their one form (`identity`): MACs as `aa:bb:cc:dd:ee:ff`,
    IPs as Python writes them, hosts in small letters without the dot at the end. `at` knows its zone.

    `source`: what saw it, e.g. `dhcp:leases.db`, `nmap:2026-11-20`. `zone`: the zone in which the source looks, where that is
    known. `serial`, `cloud_id`: where the source knows the thing itself and not only its interface. `says`: what the source
    holds to be true of it (maker, model, operating system, open ports), word by word.
    """

    source: str
    at: datetime
    mac: str | None = None
    ips: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    serial: str | None = None
    cloud_id: str | None = None
    zone: str | None = None
    says: tuple[tuple[str, str], ...] = ()
