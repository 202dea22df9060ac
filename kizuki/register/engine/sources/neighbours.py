"""Tables of neighbours: `ip neigh` (also with -j), `arp -a` of Linux, Windows and macOS, `arp -n`, and `show ip arp`.

The forms: ip-neighbour(8), arp(8) of net-tools, arp of Windows and of macOS, Cisco's command reference for `show ip arp`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from kizuki.register.engine import identity
from kizuki.register.engine.observation import Observation
from kizuki.register.engine.sources import says
from kizuki.register.engine.sources.entries import entries, text, texts
from kizuki.register.engine.sources.leases import lines_of
from kizuki.register.engine.sources.reading import Item, RowFault, Source, fault

_IP: Final = r"(?P<ip>[0-9a-fA-F.:]{3,45}(?:%\w+)?)"
_HEX: Final = r"(?P<mac>(?:[0-9a-fA-F]{1,2}[:-]){5}[0-9a-fA-F]{1,2}|(?:[0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4})"
_AGE: Final = r"(?P<age>-|\d{1,6}|\d\d:\d\d:\d\d|(?:\d+[dhw]){1,2})"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"{_IP} dev (?P<device>\S+)(?: lladdr {_HEX})?"
        r"(?: router| proxy| extern_learn| managed| ref \d+| used \S+| probes \d+)* *(?P<state>[A-Z]+(?:,[A-Z]+)*)?$",  # ip neigh
        rf"(?P<host>\S+) \({_IP}\) at (?:{_HEX}|(?P<state><\w+>|\(\w+\)))(?: \[\w+\])?"
        r"(?: (?:PERM|PUB|published|permanent|netmask \S+))*(?: on (?P<device>\S+))?.*$",  # arp -a of Linux, macOS and BSD
        rf"(?P<host>\S+)\s+(?P<kind>ether|wlan|loop)\s+{_HEX}\s+(?P<state>[A-Z*]+)\s+(?:\S+\s+)?(?P<device>\S+)$",  # arp
        r"(?P<host>\S+)\s+(?P<state>\(incomplete\))\s+(?P<device>\S+)$",
        rf"Internet\s+{_IP}\s+{_AGE}\s+(?:{_HEX}|(?P<state>Incomplete))\s+ARPA(?:\s+(?P<device>\S+))?$",  # Cisco IOS
        rf"{_IP}\s+{_AGE}\s+(?:{_HEX}|(?P<state>INCOMPLETE))\s+(?P<device>\S+)(?:\s+\S+)*$",  # Cisco NX-OS
        rf"{_IP}\s+{_HEX}\s+(?P<state>\S+)$",  # Windows: the last word is dynamic or static, in its own language
    )
)
#: Lines between the entries: headings, the interface of a group, what a prompt leaves behind.
_BESIDE: Final = re.compile(
    r"(?:Interface|インターフェイス|インターフェース)\s*:|(?:Internet Address|Protocol|Address|インターネット アドレス)\s+|Flags:"
    r"|IP ARP Table"
    r"|Total number|\s*[\*\+#-] - |.*[>#] ?(?:sh|show|arp|ip)\b|Entries:|IPv4 ARP|Context|-+$|\* - |D - |CP - |PS - |RO - ", re.IGNORECASE
)  # fmt: skip
_UNSEEN: Final = ("FAILED", "INCOMPLETE", "NOARP", "NONE", "<INCOMPLETE>", "(INCOMPLETE)", "<FROM_INTERFACE>")


class _Neighbour(NamedTuple):
    place: int
    ip: str
    mac: str
    host: str = ""
    device: str = ""
    state: str = ""
    age: timedelta = timedelta()


def read(source: Source) -> Iterator[Item]:
    """A sighting for each neighbour with a hardware address, at the time given for the file, less the age where one is told."""
    yield from source.when_given()
    start = source.raw.read(512).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    source.raw.seek(0)
    found = _from_json(source) if start[:1] == b"[" else _from_lines(source)
    for neighbour in found:
        if isinstance(neighbour, RowFault):
            yield neighbour
        else:
            yield from _sighting(source, neighbour)


def _from_json(source: Source) -> Iterator[_Neighbour | RowFault]:
    for entry in entries(source):
        if isinstance(entry, RowFault):
            yield entry
        elif not text(entry.value, "dst"):
            yield fault(entry.place, "dst", says.NOT_AN_ENTRY)
        else:
            value = entry.value
            state = ",".join(texts(value, "state"))
            yield _Neighbour(entry.place, text(value, "dst"), text(value, "lladdr"), "", text(value, "dev"), state)


def _from_lines(source: Source) -> Iterator[_Neighbour | RowFault]:
    for place, line in lines_of(source):
        if not line or _BESIDE.match(line):
            continue
        if source.rows >= source.options.max_rows:
            yield fault(place, "", says.TOO_MANY_ROWS, "row", limit=source.options.max_rows)
            return
        source.rows += 1
        match = next((match for form in _FORMS if (match := form.match(line[:1000]))), None)
        if match is None:
            yield fault(place, "", says.BAD_LINE)
            continue
        parts = {key: value or "" for key, value in match.groupdict().items()}
        named = parts.get("host", "").strip("?")
        yield _Neighbour(
            place, parts.get("ip") or named, _padded(parts.get("mac", "")), "" if identity.ip(named) else named,
            parts.get("device", ""), parts.get("state", ""), _age(parts.get("age", "")),
        )  # fmt: skip


def _padded(mac: str) -> str:
    """macOS leaves out the zero at the start of an octet."""
    return ":".join(octet.zfill(2) for octet in mac.split(":")) if ":" in mac else mac


def _age(written: str) -> timedelta:
    """Minutes, hours:minutes:seconds, or the like of `1d02h`; none for `-`, the router's own addresses."""
    if written.isdecimal():
        return timedelta(minutes=int(written))
    if ":" in written:
        hours, minutes, seconds = map(int, written.split(":"))
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    units = {"d": timedelta(days=1), "h": timedelta(hours=1), "w": timedelta(weeks=1)}
    return sum((int(n[:3]) * units[unit] for n, unit in re.findall(r"(\d+)([dhw])", written)), timedelta())


def _sighting(source: Source, neighbour: _Neighbour) -> Iterator[Item]:
    if any(state in _UNSEEN for state in neighbour.state.upper().split(",")):
        source.passed_over[neighbour.state] += 1
        return
    ip, mac, at = identity.ip(neighbour.ip), identity.mac(neighbour.mac), source.options.seen_at
    if mac is None:  # groups and broadcasts stand in every table of Windows
        source.passed_over["no device"] += 1
    elif ip is None and not identity.host(neighbour.host):
        yield fault(neighbour.place, "", says.NOT_IP, value=neighbour.ip)
    elif at is not None:
        host = identity.host(neighbour.host)
        said = (("interface", neighbour.device), ("state", neighbour.state))
        yield Observation(
            source=source.called, at=at - neighbour.age, mac=mac, ips=(ip,) if ip else (), hosts=(host,) if host else (),
            zone=source.options.zone, says=tuple((key, value[:400]) for key, value in said if value),
        )  # fmt: skip
