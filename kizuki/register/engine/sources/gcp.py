"""Google Cloud Asset Inventory: what `gcloud asset export` writes (an object a line) and `gcloud asset list` prints.

The form: Cloud Asset Inventory documentation, “Export asset metadata” and the REST type `Asset`; the resources are those of
each service's own API, e.g. Compute Engine `instances` and `subnetworks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kizuki.register.engine.sources.entries import Entry, entries, objects, short, text
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, RowFault, Source, fault
from kizuki.register.engine.sources.says import NOT_AN_ENTRY
from kizuki.register.engine.sources.sightings import seen
from kizuki.register.engine.sources.values import put
from kizuki.register.engine.sources.words import kind_of_system

_KINDS: Final = {
    "compute.googleapis.com/Instance": "server", "sqladmin.googleapis.com/Instance": "database-server",
    "storage.googleapis.com/Bucket": "data-store", "run.googleapis.com/Service": "cloud-service",
    "cloudfunctions.googleapis.com/CloudFunction": "cloud-service", "cloudfunctions.googleapis.com/Function": "cloud-service",
    "container.googleapis.com/Cluster": "cloud-service", "appengine.googleapis.com/Application": "cloud-service",
    "appengine.googleapis.com/Service": "cloud-service", "bigquery.googleapis.com/Dataset": "data-store",
    "spanner.googleapis.com/Instance": "database-server", "file.googleapis.com/Instance": "file-server",
    "redis.googleapis.com/Instance": "database-server", "alloydb.googleapis.com/Cluster": "database-server",
    "compute.googleapis.com/VpnGateway": "network-device", "backupdr.googleapis.com/BackupVault": "backup",
    "pubsub.googleapis.com/Topic": "cloud-service",
}  # fmt: skip
_NETWORK: Final = "compute.googleapis.com/Subnetwork"


def read(source: Source) -> Iterator[Item]:
    """A proposal for each asset of a kind that is kept and a zone for each subnetwork. A sighting is at the time given for the
    file; where none was, when the asset was last updated."""
    for entry in entries(source):
        if isinstance(entry, RowFault):
            yield entry
            continue
        kind = text(entry.value, "assetType", "asset_type")
        if not kind or not text(entry.value, "name"):
            yield fault(entry.place, "assetType", NOT_AN_ENTRY)
        elif kind == _NETWORK:
            yield from _network(entry)
        elif kind in _KINDS:
            yield from _resource(source, entry, kind)
        else:
            source.passed_over[kind] += 1


def _data(value: object) -> object:
    return (
        value.get("resource", {}).get("data")
        if isinstance(value, dict) and isinstance(value.get("resource"), dict)
        else None
    )


def _network(entry: Entry) -> Iterator[Item]:
    fields: Fields = {"kind": "cloud"}
    name, data = short(text(entry.value, "name")), _data(entry.value)
    yield from put(fields, "id", name, "name", entry.place)
    yield from put(fields, "name", name, "name", entry.place)
    yield from put(fields, "ranges", text(data, "ipCidrRange"), "ipCidrRange", entry.place)
    for second in objects(data, "secondaryIpRanges"):
        yield from put(fields, "ranges", text(second, "ipCidrRange"), "secondaryIpRanges", entry.place)
    if "name" in fields:
        yield Proposal("zone", fields, entry.place)


def _resource(source: Source, entry: Entry, kind: str) -> Iterator[Item]:
    value, data, fields = entry.value, _data(entry.value), Fields()
    full = text(value, "name")
    system = " ".join(short(one) for disk in objects(data, "disks") for one in _licences(disk)) or text(
        data, "databaseVersion"
    )
    wanted = (
        ("name", text(data, "name") or short(full)), ("cloud_ids", full), ("cloud_ids", text(data, "id")),
        ("hosts", text(data, "hostname")), ("model", short(text(data, "machineType", "settings.tier"))), ("os", system),
        ("urls", text(data, "status.url", "httpsTrigger.url", "uri", "serviceConfig.uri")),
        ("zone", short(text(data, "networkInterfaces.subnetwork"))), ("owner", text(data, "labels.owner")),
        ("unit", text(data, "labels.department")),
    )  # fmt: skip
    for field, found in wanted:
        if found:
            yield from put(fields, field, short(found) if field == "name" else found, field, entry.place)
    if "name" not in fields:
        yield fault(entry.place, "name", NOT_AN_ENTRY)
        return
    yield from _addresses(fields, entry.place, data)
    pc = kind == "compute.googleapis.com/Instance" and kind_of_system(system) == "pc" and "windows-1" in system
    fields["kind"] = "pc" if pc else _KINDS[kind]
    fields["lifecycle"] = "in use"
    yield Proposal("asset", fields, entry.place)
    column = "updateTime" if "updateTime" in value else "update_time"
    said = [("type", kind), ("project", _project(full)), ("state", text(data, "status", "state"))]
    written = "" if source.options.seen_at else text(value, column)
    yield from seen(source, fields, written, column=column, place=entry.place, more=said)


def _licences(disk: object) -> list[str]:
    found = disk.get("licenses") if isinstance(disk, dict) else None
    return [one for one in found if isinstance(one, str)][:3] if isinstance(found, list) else []


def _project(name: str) -> str:
    parts = name.split("/")
    return parts[parts.index("projects") + 1] if "projects" in parts[:-1] else ""


def _addresses(fields: Fields, place: int, data: object) -> Iterator[RowFault]:
    """Addresses of a machine's cards, and of a database. One that anybody can reach makes it face the internet."""
    found: list[tuple[str, bool]] = []
    for card in objects(data, "networkInterfaces"):
        found += [(text(card, "networkIP"), False), (text(card, "ipv6Address"), False)]
        found += [(text(access, "natIP"), True) for access in objects(card, "accessConfigs")]
    for address in objects(data, "ipAddresses"):
        found.append((text(address, "ipAddress"), text(address, "type") == "PRIMARY"))
    for one, public in found:
        if one:
            yield from put(fields, "ips", one, "networkInterfaces", place)
            if public:
                fields["internet_facing"] = True
