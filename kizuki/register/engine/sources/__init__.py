"""Files in which people already have what they know: what each is, and what it says, row by row.

`detect` tells the format of a file, `read` gives all of it, and `stream` the same piece by piece where a file is too large to be
held. Nothing here writes anything or looks anywhere but into the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Literal

import msgspec

from kizuki.kit.text import marked as _
from kizuki.register.engine.sources import (
    aws,
    azure,
    directory,
    entra,
    gcp,
    glpi,
    leases,
    mapped,
    neighbours,
    netbox,
    nmap,
    says,
    tables,
    xlsx,
)
from kizuki.register.engine.sources.detect import START, detect
from kizuki.register.engine.sources.headings import FIELDS, guess_mapping
from kizuki.register.engine.sources.reading import (
    MAX_ROWS,
    Item,
    Options,
    Proposal,
    ProposalKind,
    RowFault,
    Source,
    SourceReading,
    collected,
    opened,
)

__all__ = [
    "FIELDS", "FORMATS", "MAX_ROWS", "START", "Format", "Item", "Options", "Proposal", "ProposalKind", "RowFault", "Source",
    "SourceReading", "detect", "guess_mapping", "headings", "read", "sheets", "source_of", "stream",
]  # fmt: skip


class Format(msgspec.Struct, frozen=True):
    """A kind of file. `title`, `gives` and `times` are for people (English; looked up where they are shown).

    `mapped`: its columns need a mapping. `timeless`: its sightings need `seen_at`.
    """

    title: str
    gives: str
    times: str
    mapped: bool = False
    timeless: bool = False


_GIVEN: Final = _("The file has no times; sightings are at the time that you give for it.")
_ASSETS: Final = _("Assets, with the units, zones and owners that they name.")
_NONE: Final = _("No sightings.")

FORMATS: Final[dict[str, Format]] = {
    "csv": Format(
        _("Table (CSV, TSV)"), _ASSETS, _("Sightings are at the time in the column “last seen”, if there is one."), True
    ),
    "xlsx": Format(
        _("Table (Excel)"), _ASSETS, _("Sightings are at the time in the column “last seen”, if there is one."), True
    ),
    "nmap": Format(
        _("nmap, XML"), _("Assets, and sightings with open ports and guessed systems."),
        _("Sightings are at the time when nmap had finished with the host."),
    ),
    "dhcpd": Format(
        _("DHCP leases of ISC dhcpd"), _("Sightings."), _("Sightings are at the client's last transaction."),
    ),
    "windows-dhcp": Format(_("DHCP leases of Windows, CSV"), _("Sightings."), _GIVEN, timeless=True),
    "dnsmasq": Format(_("DHCP leases of dnsmasq"), _("Sightings."), _GIVEN, timeless=True),
    "neighbours": Format(
        _("Neighbours: ip neigh, arp -a, show ip arp"), _("Sightings."),
        _("The file has no times; sightings are at the time that you give for it, less the age of an entry where it is told."),
        timeless=True,
    ),
    "ad-computers": Format(
        _("Active Directory: computers"), _("Assets with their owner and domain, and sightings."),
        _("Sightings are at the last logon, which Active Directory keeps up to fourteen days behind."),
    ),
    "ad-users": Format(_("Active Directory: users"), _("Counts of accounts for each domain; no account is kept."), _NONE),
    "entra-devices": Format(
        _("Microsoft Entra ID: devices"), _("Assets with their owner, and sightings."),
        _("Sightings are at the last sign-in, which Entra keeps approximately."),
    ),
    "entra-users": Format(
        _("Microsoft Entra ID: users"), _("Counts of accounts, administrators and MFA; no account is kept."), _NONE,
    ),
    "aws-config": Format(
        _("AWS Config"), _("Assets, zones of VPCs, and sightings."), _("Sightings are when AWS Config captured the item."),
    ),
    "azure-graph": Format(
        _("Azure Resource Graph"), _("Assets, zones of virtual networks, and sightings."), _GIVEN, timeless=True
    ),
    "gcp-assets": Format(
        _("Google Cloud Asset Inventory"), _("Assets, zones of subnetworks, and sightings."),
        _("Sightings are at the time that you give for the file, or when the asset was last updated."),
    ),
    "netbox": Format(
        _("NetBox: devices, virtual machines, prefixes"), _("Assets and zones, with the units that they name."), _NONE,
    ),
    "glpi": Format(
        _("GLPI: computers and other devices"), _("Assets, with the units, zones and owners that they name, and sightings."),
        _("Sightings are at the last inventory by an agent."),
    ),
}  # fmt: skip
_READERS: Final[dict[str, Callable[[Source], Iterator[Item]]]] = {
    "csv": mapped.read_csv, "xlsx": mapped.read_xlsx, "nmap": nmap.read, "dhcpd": leases.read_dhcpd,
    "windows-dhcp": leases.read_windows, "dnsmasq": leases.read_dnsmasq, "neighbours": neighbours.read,
    "ad-computers": directory.read_computers, "ad-users": directory.read_users, "entra-devices": entra.read_devices,
    "entra-users": entra.read_users, "aws-config": aws.read, "azure-graph": azure.read, "gcp-assets": gcp.read,
    "netbox": netbox.read, "glpi": glpi.read,
}  # fmt: skip
_DEFAULT: Final = Options()


def source_of(format_id: str, name: str, content: bytes | BinaryIO, options: Options = _DEFAULT) -> Source:
    """An open source for `stream`, which counts its rows as they are read. Raises `BadFile` for a format that is not known."""
    source = Source(format_id, name, opened(content), options)
    if format_id not in FORMATS:
        raise source.refuse(says.UNKNOWN_FORMAT, format=format_id)
    return source


def stream(source: Source) -> Iterator[Item]:
    """What a file says, piece by piece: proposals, observations and faults in the order of the file. Raises `BadFile`."""
    return _READERS[source.format](source)


def read(format_id: str, name: str, content: bytes | BinaryIO, options: Options = _DEFAULT) -> SourceReading:
    """All that a file says. No row raises: what is wrong with one is in `faults`. Raises `BadFile` where the whole is wrong."""
    source = source_of(format_id, name, content, options)
    return collected(source, stream(source))


def headings(
    format_id: Literal["csv", "xlsx"], name: str, content: bytes | BinaryIO, options: Options = _DEFAULT
) -> list[str]:
    """The headings of a table, in its order, for `guess_mapping` and for choosing by hand. Raises `BadFile`."""
    return tables.headings_of(source_of(format_id, name, content, options), excel=format_id == "xlsx")


def sheets(name: str, content: bytes | BinaryIO) -> list[str]:
    """The names of a workbook's sheets that show. Raises `BadFile`."""
    return xlsx.sheet_names(source_of("xlsx", name, content))
