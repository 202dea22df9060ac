"""NetBox: devices, virtual machines and prefixes, as its REST API gives them in JSON and its tables in CSV.

The form: NetBox documentation, “REST API overview” and the models Device, VirtualMachine and Prefix; CSV has the tables' column
names as headings (“Export → All data”).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kizuki.register.engine import identity
from kizuki.register.engine.sources.entries import Entry, rows_or_entries, text
from kizuki.register.engine.sources.mapped import named
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, RowFault, Source, fault
from kizuki.register.engine.sources.says import NOT_AN_ENTRY
from kizuki.register.engine.sources.together import Together
from kizuki.register.engine.sources.values import Wrong, network, put
from kizuki.register.engine.sources.words import KINDS, LIFECYCLES, kind_of_system, plain

#: Field → places in JSON, then headings of CSV. `role` was `device_role` before NetBox 3.6.
_DEVICE: Final = {
    "id": ("asset_tag", "Asset tag", "Asset Tag"), "name": ("name", "Name", "display"),
    "unit": ("tenant.name", "Tenant"), "zone": ("site.name", "Site"), "serials": ("serial", "Serial number", "Serial"),
    "make": ("device_type.manufacturer.name", "Manufacturer"), "model": ("device_type.model", "Type", "Device Type", "Device type"),
    "os": ("platform.name", "Platform"), "notes": ("comments", "Comments"), "owner": ("owner.name", "Owner"),
}  # fmt: skip
_IPS: Final = (
    "primary_ip4.address", "primary_ip6.address", "primary_ip.address", "oob_ip.address", "IP Address", "IPv4 Address", "IPv6 Address",
    "OOB IP", "Primary IP",
)  # fmt: skip
_PREFIX: Final = ("prefix", "Prefix")
_ROLE: Final = ("role.name", "device_role.name", "Role", "Device role")


def read(source: Source) -> Iterator[Item]:
    """A proposal for each device and virtual machine, and a zone for each prefix. No sightings: NetBox is a register too, and
    says what should be, not what was seen."""
    together = Together()
    for entry in rows_or_entries(source):
        if isinstance(entry, RowFault):
            yield entry
        elif text(entry.value, *_PREFIX):
            yield from _prefix(source, entry)
        elif _is_thing(entry.value):
            yield from _thing(source, entry, together)
        else:
            yield fault(entry.place, "", NOT_AN_ENTRY)


def _is_thing(value: Mapping[str, object]) -> bool:
    """Devices have a type or serial, virtual machines a cluster; without a name both are shown by their number."""
    known = (
        "device_type",
        "vcpus",
        "cluster",
        "Type",
        "Manufacturer",
        "Cluster",
        "Device Type",
        "Device type",
        "VCPUs",
        "Role",
    )
    return any(key in value for key in known) and bool(
        text(value, "name", "Name", "display", "asset_tag", "Asset tag", "serial")
    )


def _label(value: object, *paths: str) -> str:
    """A choice is an object of value and label in JSON, a word in CSV and in the answers of old versions."""
    return text(value, *(f"{path}.value" for path in paths), *paths)


def _prefix(source: Source, entry: Entry) -> Iterator[Item]:
    value, fields = entry.value, Fields()
    if _label(value, "status", "Status").lower() == "container":
        source.passed_over["container"] += 1  # it only groups the prefixes within it
        return
    prefix = text(value, *_PREFIX)
    try:
        fields["ranges"] = (network(prefix),)
    except Wrong as wrong:
        yield fault(entry.place, "prefix", wrong.form, "row", **wrong.arguments)
        return
    name = text(value, "description", "Description", "vlan.name", "VLAN") or prefix
    for field, found in (
        ("name", name), ("unit", text(value, "tenant.name", "Tenant")), ("notes", text(value, "comments", "Comments")),
    ):  # fmt: skip
        if found:
            yield from put(fields, field, found, field, entry.place)
    yield Proposal("zone", {"name": prefix, **fields}, entry.place)


def _thing(source: Source, entry: Entry, together: Together) -> Iterator[Item]:
    value, fields = entry.value, Fields()
    for field, paths in _DEVICE.items():
        # CSV shows what is empty as a dash; `put` takes that for nothing
        yield from put(fields, field, text(value, *paths), paths[-1], entry.place)
    for path in _IPS:
        if found := text(value, path):
            yield from put(fields, "ips", found, path, entry.place)
    role = text(value, *_ROLE)
    machine = "device_type" not in value and ("vcpus" in value or "cluster" in value or "Cluster" in value)
    kind = KINDS.get(plain(role)) or kind_of_system(str(fields.get("os", ""))) or ("server" if machine else None)
    if kind:
        fields["kind"] = kind
    if state := LIFECYCLES.get(plain(_label(value, "status", "Status"))):
        fields["lifecycle"] = state
    if not named(fields):
        yield fault(entry.place, "name", NOT_AN_ENTRY)
        return
    if host := identity.host(text(value, "primary_ip.dns_name")) or identity.host(str(fields["name"])):
        fields["hosts"] = (host,)
    told = list(together.repeated(fields, entry.place))
    yield from told
    if not any(one.loses == "row" for one in told):
        yield from together.others(fields, entry.place)
        yield Proposal("asset", fields, entry.place)
