"""Leases of DHCP servers: ISC dhcpd's file, dnsmasq's file, and what Windows exports.

dhcpd: dhcpd.leases(5). dnsmasq: dnsmasq(8), --dhcp-leasefile, and its source's `lease.c`. Windows: the cmdlet
Get-DhcpServerv4Lease (DhcpServer module) with Export-Csv, and the list that the console saves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from kizuki.register.engine import identity
from kizuki.register.engine.observation import Observation
from kizuki.register.engine.sources import encoded, says, tables
from kizuki.register.engine.sources.headings import heading
from kizuki.register.engine.sources.moments import moment
from kizuki.register.engine.sources.reading import Item, RowFault, Source, fault
from kizuki.register.engine.sources.values import Wrong

#: No line of these files is longer; what stands behind is not looked at.
MAX_LINE: Final = 4_000

_LEASE: Final = re.compile(r"lease\s+(\S+)\s*\{")
_IA: Final = re.compile(r"ia[-_](?:na|ta)\s+(\"(?:[^\"\\]|\\.)*\"|[0-9A-Fa-f:]+)\s*\{")
_IA_ADDRESS: Final = re.compile(r"iaaddr\s+(\S+)\s*\{")
_STATEMENT: Final = re.compile(
    r"(?P<key>starts|cltt|hardware|client-hostname|binding state|set vendor-class-identifier)\s+(?P<value>[^;]*);"
)


class _Lease(msgspec.Struct):
    """A lease while it is read."""

    place: int
    ip: str = ""
    mac: str | None = None
    host: str | None = None
    state: str = ""
    times: dict[str, datetime] = {}
    vendor: str = ""


def lines_of(source: Source) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers. Raises `BadFile` for what is no text."""
    encoding = encoded.encoding_of(source.raw)
    if encoding is None:
        raise source.refuse(says.NOT_TEXT)
    source.counts, empty = "line", True
    for place, line in enumerate(encoded.lines(source.raw, encoding), 1):
        empty = False
        yield place, line[:MAX_LINE].strip("\ufeff \t\r\n")
    if empty:
        raise source.refuse(says.EMPTY)


def read_dhcpd(source: Source) -> Iterator[Item]:
    """A sighting for each address and device, at the client's last transaction (`cltt`, else the start of the lease; UTC).

    The file is a log: of several declarations for the same address and device the last one holds.
    """
    last: dict[tuple[str, str], Observation] = {}
    for lease in _leases(source):
        if isinstance(lease, RowFault):
            yield lease
            continue
        source.rows += 1
        made = _sighting(source, lease)
        if isinstance(made, RowFault):
            yield made
        elif made is not None:
            last[made.ips[0], made.mac or ""] = made
        if len(last) >= source.options.max_rows:
            yield fault(lease.place, "", says.TOO_MANY_ROWS, "row", limit=source.options.max_rows)
            break
    if not source.rows:
        raise source.refuse(says.OTHER_KIND, title="ISC dhcpd")
    yield from last.values()


def _leases(source: Source) -> Iterator[_Lease | RowFault]:
    lease: _Lease | None = None
    ia: tuple[str | None, dict[str, datetime]] | None = None
    for place, line in lines_of(source):
        if line.startswith("#"):
            continue
        if match := _LEASE.match(line) or (_IA_ADDRESS.match(line) if ia else None):
            if lease is not None:
                yield fault(lease.place, "", says.BAD_LINE)
            lease = _Lease(place, match[1], mac=ia[0] if ia else None, times=dict(ia[1]) if ia else {})
        elif match := _IA.match(line):
            ia = (_mac_of_duid(_octets(match[1])), {})
        if lease is not None or ia is not None:
            wrong = _take(line, place, lease, ia[1] if ia else {})
            if wrong:
                yield wrong
        if line.endswith("}"):
            if lease is not None:
                yield lease
                lease = None
            else:
                ia = None
    if lease is not None:
        yield fault(lease.place, "", says.BAD_LINE)


def _take(line: str, place: int, lease: _Lease | None, outer: dict[str, datetime]) -> RowFault | None:
    """Put the statements of a line into the lease, or into the group that it stands in."""
    for match in _STATEMENT.finditer(line):
        key, value = match["key"], match["value"].strip()
        if key in ("starts", "cltt"):
            try:
                at = _date(value)
            except Wrong as wrong:
                return fault(place, key, wrong.form, "value", **wrong.arguments)
            if at is not None:
                (lease.times if lease else outer)[key] = at
        elif lease is None:
            continue
        elif key == "hardware":
            lease.mac = identity.mac(value.partition(" ")[2])
        elif key == "client-hostname":
            lease.host = identity.host(_octets(value).decode("utf-8", "replace"))
        elif key == "binding state" and not re.search(r"(?:next|rewind) binding state", line):
            lease.state = value
        elif key.startswith("set"):
            lease.vendor = _octets(value.lstrip("= ")).decode("utf-8", "replace")
    return None


def _date(value: str) -> datetime | None:
    """`4 2026/11/26 05:01:02` in UTC, or `epoch 1764133262`."""
    if value == "never":
        return None
    epoch = re.match(r"epoch\s+(\d{1,11})", value)
    return moment(epoch[1] if epoch else value.partition(" ")[2], UTC)


def _octets(written: str) -> bytes:
    """A string as dhcpd writes it: quoted, with three octal digits for what cannot be printed; or octets in hexadecimal."""
    if not written.startswith('"'):
        digits = re.sub(r"[^0-9a-fA-F]", "", written)
        return bytes.fromhex(digits) if len(digits) % 2 == 0 else b""
    text = written.strip('"').encode("utf-8", "replace")
    return re.sub(rb"\\([0-7]{3})|\\(.)", lambda m: bytes([int(m[1], 8) & 255]) if m[1] else m[2], text)


def _mac_of_duid(octets: bytes) -> str | None:
    """The Ethernet address within a client's DUID (RFC 8415, 11.2 and 11.4), behind the four octets of the IAID."""
    duid = octets[4:]
    if duid[:4] == b"\x00\x01\x00\x01" and len(duid) == 14:
        return identity.mac(duid[8:].hex())
    if duid[:4] == b"\x00\x03\x00\x01" and len(duid) == 10:
        return identity.mac(duid[4:].hex())
    return None


def _sighting(source: Source, lease: _Lease) -> Observation | RowFault | None:
    ip = identity.ip(lease.ip)
    if ip is None:
        return fault(lease.place, "lease", says.NOT_IP, value=lease.ip)
    if lease.mac is None and lease.host is None:
        source.passed_over[lease.state or "no client"] += 1  # free or abandoned: nobody is known to have it
        return None
    at = lease.times.get("cltt") or lease.times.get("starts") or source.options.seen_at
    if at is None:
        return fault(lease.place, "cltt", says.NO_TIME_HERE)
    said = tuple((key, value[:400]) for key, value in (("lease", lease.state), ("vendor class", lease.vendor)) if value)
    return Observation(
        source=source.called, at=at, mac=lease.mac, ips=(ip,), hosts=(lease.host,) if lease.host else (),
        zone=source.options.zone, says=said,
    )  # fmt: skip


def read_dnsmasq(source: Source) -> Iterator[Item]:
    """A sighting a line, at the time given for the file: the file itself says only when leases end."""
    yield from source.when_given()
    for place, line in lines_of(source):
        parts = line.split()
        if not parts or parts[0] == "duid":
            continue
        if source.rows >= source.options.max_rows:
            yield fault(place, "", says.TOO_MANY_ROWS, "row", limit=source.options.max_rows)
            return
        source.rows += 1
        if len(parts) < 4 or not parts[0].isdecimal():
            yield fault(place, "", says.BAD_LINE)
            continue
        mac = parts[1].rpartition("-")[2]
        if ":" in parts[2] and len(parts) > 4:  # IPv6: an IAID in its place, and the client's DUID at the end
            mac = _mac_of_duid(bytes(4) + _octets(parts[4])) or ""
        yield from _line(source, place, ip=parts[2], mac=mac, host=parts[3])


def _line(
    source: Source, place: int, *, ip: str, mac: str, host: str, says_more: tuple[tuple[str, str], ...] = ()
) -> Iterator[Item]:
    address, hardware, name = identity.ip(ip), identity.mac(mac), identity.host(host)
    if address is None:
        yield fault(place, "", says.NOT_IP, value=ip)
    elif not hardware and not name:
        yield fault(place, "", says.NO_ADDRESS)
    elif source.options.seen_at is not None:
        yield Observation(
            source=source.called, at=source.options.seen_at, mac=hardware, ips=(address,), hosts=(name,) if name else (),
            zone=source.options.zone, says=says_more,
        )  # fmt: skip


#: Columns of Export-Csv, and of the console's own list in English and Japanese (by `heading`).
_WINDOWS: Final = {
    "ipaddress": "ip", "clientipaddress": "ip", "クライアントipアドレス": "ip", "clientid": "mac", "uniqueid": "mac",
    "一意のid": "mac", "一意なid": "mac", "hostname": "host", "name": "host", "名前": "host", "addressstate": "state",
    "scopeid": "scope", "description": "description", "説明": "description",
}  # fmt: skip
#: “RAS ” in hexadecimal: addresses that a Windows server has taken in stock for those who dial in.
_REMOTE: Final = ("52-41-53-20", "52415320", "52:41:53:20")
_HELD: Final = ("", "active", "activereservation")


def read_windows(source: Source) -> Iterator[Item]:
    """A sighting for each address that is leased, at the time given for the file: the file says only when leases end."""
    yield from source.when_given()
    for row in tables.rows(source):
        if isinstance(row, RowFault):
            yield row
            continue
        cells = _named(row.cells)
        if "ip" not in cells:
            raise source.refuse(says.OTHER_KIND, title="Windows DHCP")
        if cells.get("state", "").lower() not in _HELD:
            source.passed_over[cells["state"]] += 1
            continue
        if cells.get("mac", "").startswith(_REMOTE):
            source.passed_over["remote access"] += 1
            continue
        said = tuple((key, cells[key][:400]) for key in ("scope", "state", "description") if cells.get(key))
        # a client id is the hardware address, unless the client has one of its own; then nothing is known of the device
        yield from _line(
            source,
            row.place,
            ip=cells.get("ip", ""),
            mac=cells.get("mac", ""),
            host=cells.get("host", ""),
            says_more=said,
        )


def _named(cells: Mapping[str, str]) -> dict[str, str]:
    return {_WINDOWS[name]: cell.strip() for column, cell in cells.items() if (name := heading(column)) in _WINDOWS}
