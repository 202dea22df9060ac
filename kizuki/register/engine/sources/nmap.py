"""nmap's XML (`-oX`): hosts with addresses, names, open ports and guesses of the system.

The format: https://nmap.org/book/nmap-dtd.html (nmap.dtd).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from kizuki.kit.events import MAX_DEPTH
from kizuki.kit.faults import BadFile
from kizuki.register.engine import identity
from kizuki.register.engine.sources import says
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, Source, fault
from kizuki.register.engine.sources.sightings import Said, several, sightings
from kizuki.register.engine.sources.values import put
from kizuki.register.engine.sources.words import KINDS, kind_of_system, plain

#: A guess of the system below this accuracy (percent, nmap's own) is not offered for the asset, only told with the sighting.
SURE: Final = 90
MAX_ELEMENTS: Final = 2_000_000


def read(source: Source) -> Iterator[Item]:
    """One proposal and one sighting a host that is up. Its time is when nmap had finished with it."""
    source.counts = "entry"
    known: set[str] = set()
    started: str | None = None
    try:
        for element in _hosts(source):
            if element.tag == "nmaprun":
                started = element.get("start")
                continue
            if source.rows >= source.options.max_rows:
                yield fault(source.rows + 1, "", says.TOO_MANY_ROWS, "row", limit=source.options.max_rows)
                return
            source.rows += 1
            yield from _host(source, element, started, known)
    except BadFile:
        raise
    except DefusedXmlException:
        raise source.refuse(says.ENTITIES) from None
    except (ParseError, ValueError, LookupError) as error:
        if not source.rows:
            raise source.refuse(says.NOT_XML) from error
        yield fault(source.rows + 1, "", says.NOT_XML)  # a scan that was broken off: what came before it stands


def _hosts(source: Source) -> Iterator[Element]:
    """The root when it begins, then each host when it ends; everything else is let go at once."""
    depth = count = 0
    root: Element | None = None
    within = False
    for event, element in iterparse(source.raw, events=("start", "end"), forbid_dtd=False):
        if event == "start":
            depth, count = depth + 1, count + 1
            if depth > MAX_DEPTH:
                raise source.refuse(says.TOO_DEEP, n=MAX_DEPTH)
            if root is None:
                root = element
                if root.tag != "nmaprun":
                    raise source.refuse(says.OTHER_KIND, title="nmap")
                yield root
            within = within or element.tag == "host"
            if count > MAX_ELEMENTS:
                raise source.refuse(says.TOO_LARGE, limit=MAX_ELEMENTS // 2**13)
            continue
        depth -= 1
        if element.tag == "host":
            yield element
            within, count = False, 0
        if not within:
            element.clear()
            if root is not None and depth <= 1:
                del root[:]
                count = 0


def _host(source: Source, host: Element, started: str | None, known: set[str]) -> Iterator[Item]:
    if host.find("status") is not None and _attribute(host, "status", "state") not in ("up", "unknown"):
        source.passed_over["host down"] += 1
        return
    place, fields = source.rows, Fields()
    for address in host.findall("address"):
        field = "macs" if address.get("addrtype") == "mac" else "ips"
        yield from put(fields, field, address.get("addr", ""), "address", place)
        if field == "macs":
            yield from put(fields, "make", address.get("vendor", ""), "vendor", place)
    for name in host.findall("hostnames/hostname"):
        if identity.host(name.get("name", "")):
            yield from put(fields, "hosts", name.get("name", ""), "hostname", place)
    found = [*several(fields, "hosts"), *several(fields, "ips"), *several(fields, "macs")]
    if not found:
        yield fault(place, "address", says.NO_ADDRESS)
        return
    said = [*_system(host, fields), *_ports(host)]
    fields = {"name": found[0], **fields}
    # a scan of several parts tells of a host several times; a name may belong to several hosts
    itself = next(iter((*several(fields, "macs"), *several(fields, "ips"))), found[0])
    if itself not in known:
        known.add(itself)
        yield Proposal("asset", fields, place)
    at = _time(host.get("endtime") or host.get("starttime") or started) or source.options.seen_at
    if at is None:
        yield fault(place, "endtime", says.NO_TIME_HERE, "nothing")
    else:
        yield from sightings(source, at, fields, said)


def _attribute(host: Element, path: str, name: str) -> str:
    element = host.find(path)
    return "" if element is None else element.get(name, "")


def _system(host: Element, fields: Fields) -> Iterator[Said]:
    """The best guess of the system. Where nmap is sure of it, it becomes the asset's; it is told in any case."""
    best = max(host.findall("os/osmatch"), key=lambda match: _number(match.get("accuracy")), default=None)
    if best is None:
        return
    name, accuracy = best.get("name", "")[:400], _number(best.get("accuracy"))
    yield "os guess", f"{name} ({accuracy} %)"
    for kind in best.findall("osclass"):
        yield "device type", kind.get("type", "")
    if accuracy < SURE or not name:
        return
    fields["os"] = name
    types = [kind.get("type", "") for kind in best.findall("osclass") if _number(kind.get("accuracy")) >= SURE]
    found = next((KINDS[plain(kind)] for kind in types if plain(kind) in KINDS), None) or kind_of_system(name)
    if found:
        fields["kind"] = found


def _ports(host: Element) -> Iterator[Said]:
    """Open ports as (`tcp/22`, `ssh OpenSSH 9.2p1`)."""
    for port in host.findall("ports/port"):
        if _attribute(port, "state", "state") != "open":
            continue
        service = port.find("service")
        parts = [] if service is None else [service.get(key, "") for key in ("name", "product", "version")]
        yield f"{port.get('protocol', '')}/{port.get('portid', '')}"[:40], " ".join(filter(None, parts)) or "open"


def _number(written: str | None) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 12 else 0


def _time(written: str | None) -> datetime | None:
    seconds = _number(written)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 7_000_000_000 else None
