"""Azure Resource Graph: the table `Resources`, as `az graph query` and `Search-AzGraph` give it in JSON, or the portal in CSV.

The form: Azure Resource Graph documentation, “Understanding the query language” and the samples; the properties are those of
each type in the Azure Resource Manager template reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from kizuki.register.engine.sources.entries import Entry, loaded, objects, rows_or_entries, short, text, texts, truth
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, RowFault, Source, fault
from kizuki.register.engine.sources.says import NOT_AN_ENTRY
from kizuki.register.engine.sources.sightings import sightings
from kizuki.register.engine.sources.values import put
from kizuki.register.engine.sources.words import kind_of_system

_KINDS: Final = {
    "microsoft.compute/virtualmachines": "server", "microsoft.classiccompute/virtualmachines": "server",
    "microsoft.hybridcompute/machines": "server", "microsoft.compute/virtualmachinescalesets": "server",
    "microsoft.sql/servers": "database-server", "microsoft.sql/managedinstances": "database-server",
    "microsoft.dbforpostgresql/flexibleservers": "database-server", "microsoft.dbformysql/flexibleservers": "database-server",
    "microsoft.documentdb/databaseaccounts": "database-server", "microsoft.cache/redis": "database-server",
    "microsoft.storage/storageaccounts": "data-store", "microsoft.keyvault/vaults": "cloud-service",
    "microsoft.web/sites": "cloud-service", "microsoft.web/staticsites": "cloud-service",
    "microsoft.containerservice/managedclusters": "cloud-service", "microsoft.app/containerapps": "cloud-service",
    "microsoft.network/applicationgateways": "network-device", "microsoft.network/azurefirewalls": "network-device",
    "microsoft.network/virtualnetworkgateways": "network-device", "microsoft.recoveryservices/vaults": "backup",
    "microsoft.desktopvirtualization/hostpools": "cloud-service", "microsoft.logic/workflows": "cloud-service",
    "microsoft.apimanagement/service": "cloud-service", "microsoft.cdn/profiles": "cloud-service",
}  # fmt: skip
_CARD, _PUBLIC, _NETWORK = (
    "microsoft.network/networkinterfaces", "microsoft.network/publicipaddresses", "microsoft.network/virtualnetworks",
)  # fmt: skip
_SYSTEM: Final = (
    "properties.extended.instanceView.osName", "properties.osSku", "properties.osName", "properties.storageProfile.osDisk.osType",
    "properties.osType",
)  # fmt: skip


class _Cards(msgspec.Struct):
    """Network cards by their machine, and public addresses by their id: they are resources of their own."""

    by_machine: dict[str, list[Entry]] = {}
    public: dict[str, str] = {}


def read(source: Source) -> Iterator[Item]:
    """A proposal for each resource that is an asset, with the addresses of its network cards where the query gave these too,
    and a zone for each virtual network. Sightings are at the time given for the file: it has none itself."""
    yield from source.when_given()
    kept: list[Entry] = []
    cards = _Cards({}, {})
    for entry in rows_or_entries(source):
        if isinstance(entry, RowFault):
            yield entry
            continue
        unpacked = Entry(entry.place, _unpacked(entry.value))
        kind = text(unpacked.value, "type").lower()
        if not kind or not text(unpacked.value, "name", "id"):
            yield fault(entry.place, "type", NOT_AN_ENTRY)
        elif kind == _CARD:
            machine = text(unpacked.value, "properties.virtualMachine.id").lower()
            cards.by_machine.setdefault(machine, []).append(unpacked)
        elif kind == _PUBLIC:
            cards.public[text(unpacked.value, "id").lower()] = text(unpacked.value, "properties.ipAddress")
        elif kind in _KINDS or kind == _NETWORK:
            kept.append(unpacked)
        else:
            source.passed_over[kind] += 1
    for entry in kept:
        yield from _network(entry) if text(entry.value, "type").lower() == _NETWORK else _resource(source, entry, cards)


def _unpacked(value: Mapping[str, object]) -> dict[str, object]:
    """CSV gives objects as texts, and some tools write the columns in capitals."""
    made = {
        key if key in value and key == "resourceGroup" else key[:1].lower() + key[1:]: one for key, one in value.items()
    }
    for key in ("properties", "tags", "sku"):
        found = made.get(key)
        if isinstance(found, str):
            made[key] = loaded(found)
    return made


def _network(entry: Entry) -> Iterator[Item]:
    fields: Fields = {"kind": "cloud"}
    yield from put(fields, "id", text(entry.value, "name"), "name", entry.place)
    yield from put(fields, "name", text(entry.value, "name"), "name", entry.place)
    for prefix in texts(entry.value, "properties.addressSpace.addressPrefixes"):
        yield from put(fields, "ranges", prefix, "addressPrefixes", entry.place)
    if "name" in fields:
        yield Proposal("zone", fields, entry.place)


def _resource(source: Source, entry: Entry, cards: _Cards) -> Iterator[Item]:
    value, fields = entry.value, Fields()
    kind, id = text(value, "type").lower(), text(value, "id")
    system = text(value, *_SYSTEM)
    image = text(value, "properties.storageProfile.imageReference.offer")
    wanted = (
        ("name", text(value, "name") or short(id)), ("cloud_ids", id), ("cloud_ids", text(value, "properties.vmId")),
        ("hosts", text(value, "properties.extended.instanceView.computerName", "properties.osProfile.computerName")),
        ("hosts", text(value, "properties.dnsFqdn", "properties.fullyQualifiedDomainName", "properties.defaultHostName")),
        ("model", text(value, "properties.hardwareProfile.vmSize", "properties.detectedProperties.model", "sku.name")),
        ("make", text(value, "properties.detectedProperties.manufacturer")),
        ("os", " ".join(filter(None, (system, image)))), ("owner", text(value, "tags.owner", "tags.Owner")),
        ("unit", text(value, "tags.department", "tags.Department")),
    )  # fmt: skip
    for field, found in wanted:
        if found:
            yield from put(fields, field, found, field, entry.place)
    yield from _cards(fields, cards, id)
    machine = kind.startswith(("microsoft.compute/", "microsoft.hybridcompute/"))
    pc = machine and kind_of_system(f"{system} {image}") == "pc" and "windows-1" in image.lower()
    fields["kind"] = "pc" if pc else _KINDS[kind]
    open_to_all = text(value, "properties.publicNetworkAccess").lower()
    if open_to_all in ("enabled", "disabled"):
        fields["internet_facing"] = open_to_all == "enabled"
    fields["lifecycle"] = "in use"
    if "name" not in fields:
        yield fault(entry.place, "name", NOT_AN_ENTRY)
        return
    yield Proposal("asset", fields, entry.place)
    said = [("type", kind), ("region", text(value, "location")), ("resource group", text(value, "resourceGroup"))]
    if source.options.seen_at is not None:
        yield from sightings(source, source.options.seen_at, fields, said)


def _cards(fields: Fields, cards: _Cards, id: str) -> Iterator[RowFault]:
    for card in cards.by_machine.get(id.lower(), ()) if id else ():
        yield from put(fields, "macs", text(card.value, "properties.macAddress"), "macAddress", card.place)
        for configuration in objects(card.value, "properties.ipConfigurations"):
            inner = "properties.privateIPAddress"
            yield from put(fields, "ips", text(configuration, inner), "privateIPAddress", card.place)
            public = cards.public.get(text(configuration, "properties.publicIPAddress.id").lower(), "")
            if public:
                fields["internet_facing"] = True
                yield from put(fields, "ips", public, "publicIPAddress", card.place)
            subnet = text(configuration, "properties.subnet.id").split("/")
            if len(subnet) > 3 and "zone" not in fields and truth(configuration, "properties.primary") is not False:
                yield from put(fields, "zone", subnet[-3], "subnet", card.place)
