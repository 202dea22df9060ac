"""The samples of every format, written from its documentation, and what tests read of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kizuki.register.engine import sources

SAMPLES = Path(__file__).parent / "samples"


GIVEN = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


FORMATS = {
    "nmap.xml": "nmap", "dhcpd.leases": "dhcpd", "dnsmasq.leases": "dnsmasq", "windows-dhcp.csv": "windows-dhcp",
    "ip-neigh.txt": "neighbours", "ip-neigh.json": "neighbours", "arp-linux.txt": "neighbours", "arp-macos.txt": "neighbours",
    "arp-windows.txt": "neighbours", "show-ip-arp.txt": "neighbours", "ad-computers.csv": "ad-computers",
    "ad-computers.json": "ad-computers", "ad-users.csv": "ad-users", "entra-devices.json": "entra-devices",
    "entra-devices.csv": "entra-devices", "entra-users.json": "entra-users", "aws-config.json": "aws-config",
    "aws-query.json": "aws-config", "azure-graph.json": "azure-graph", "azure-graph.csv": "azure-graph",
    "gcp-assets.jsonl": "gcp-assets", "netbox-devices.json": "netbox", "netbox-devices.csv": "netbox",
    "netbox-prefixes.csv": "netbox", "glpi.json": "glpi", "glpi.csv": "glpi", "assets-ja.csv": "csv",
}  # fmt: skip


def read(name: str, **options: Any) -> sources.SourceReading:
    given = {"seen_at": GIVEN, **options}
    return sources.read(FORMATS[name], name, (SAMPLES / name).read_bytes(), sources.Options(**given))


def of(reading: sources.SourceReading, kind: str) -> list[dict[str, Any]]:
    return [dict(proposal.fields) for proposal in reading.proposals if proposal.kind == kind]


def told(reading: sources.SourceReading) -> list[tuple[int, str, str]]:
    return [(fault.place, fault.form, fault.loses) for fault in reading.faults]


def sightings(reading: sources.SourceReading) -> list[tuple[str | None, tuple[str, ...], tuple[str, ...]]]:
    return [(seen.mac, seen.ips, seen.hosts) for seen in reading.observations]
