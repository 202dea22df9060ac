"""Which format a file has, by what stands in its first bytes; its name only decides where that leaves a choice."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Final

from kizuki.register.engine.sources.encoded import encoding_of
from kizuki.register.engine.sources.headings import heading, known_headings
from kizuki.register.engine.sources.tables import separator_of

#: What is looked at; more is not needed.
START: Final = 65_536


def detect(name: str, start: bytes) -> str | None:
    """The format of a file (a key of `FORMATS`) by its first bytes, `START` of them or fewer; None where none is likely."""
    start = start[:START]
    if start.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/" in start or b"[Content_Types].xml" in start or name.lower().endswith(".xlsx") else None
    text = _text(start)
    if text is None or not text.strip():
        return None
    bare = text.lstrip("\ufeff \t\r\n")
    if bare.startswith("<"):
        return "nmap" if re.search(r"<nmaprun\b|<!DOCTYPE nmaprun", bare) else None
    if bare.startswith(("{", "[{", "[ {", "[\n", "[\r", "[\t", "[ ", "[]", '["')):
        return _of_json(bare)
    if re.match(r"schema: *[\"']?kizuki/", bare):
        return None  # a file of Kizuki's own
    return _of_lines(bare) or _of_table(bare)


def _text(start: bytes) -> str | None:
    """The start as text; a character that was cut at its end does no harm."""
    for cut in range(4):
        piece = start[: len(start) - cut] if cut else start
        encoding = encoding_of(io.BytesIO(piece))
        if encoding is None:
            return None
        if encoding != "mixed":
            return piece.decode(encoding, "ignore")
    return start.decode("utf-8", "replace")


def _all(*keys: str) -> Callable[[str], bool]:
    patterns = [re.compile(rf'"{key}"\s*:') for key in keys]
    return lambda text: all(pattern.search(text) for pattern in patterns)


def _one(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: bool(compiled.search(text))


#: In this order: what is sure before what is likely.
_JSON: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("aws-config", _one(r'\\?"resourceType\\?"\s*:\s*\\?"AWS::|"configurationItems"\s*:|"baseConfigurationItems"\s*:')),
    ("gcp-assets", _one(r'"asset_?[tT]ype"\s*:\s*"[\w.-]+\.googleapis\.com/')),
    ("azure-graph", _one(r'(?i)"type"\s*:\s*"microsoft\.[\w.]+/|"id"\s*:\s*"/subscriptions/')),
    ("netbox", _one(r'"url"\s*:\s*"[^"]*/api/(?:dcim|ipam|virtualization)/')),
    ("entra-users", _one(r'"@odata\.context"\s*:\s*"[^"]*#(?:users|reports/authenticationMethods)|"isMfa(?:Capable|Registered)"\s*:')),
    ("entra-devices", _one(r'"@odata\.context"\s*:\s*"[^"]*#devices|"approximateLastSignInDateTime"\s*:')),
    ("entra-devices", _all("deviceId", "displayName", "operatingSystem")),
    ("entra-users", _all("userPrincipalName", "displayName", "businessPhones")),
    ("entra-users", _all("userPrincipalName", "accountEnabled")),
    ("ad-computers", _one(r'(?i)"ObjectClass"\s*:\s*"computer"|"OperatingSystemServicePack"\s*:')),
    ("ad-computers", _all("DistinguishedName", "DNSHostName")),
    ("ad-users", _all("DistinguishedName", "SamAccountName")),
    ("neighbours", _all("dst", "dev")),
    ("glpi", _one(r'"(?:computertypes_id|computermodels_id|entities_id|is_template)"\s*:')),
    ("netbox", _all("device_type", "serial")),
)  # fmt: skip
_DATE: Final = r"(?:\d \d{4}/\d\d?/\d\d? |epoch \d+|never)"
_LINES: Final = (
    ("dhcpd", re.compile(rf"^lease [0-9a-fA-F.:]+ \{{|^ia-[nt]a .*\{{|^[ \t]*(?:starts|ends|cltt) {_DATE}|^authoring-byte-order", re.M)),
    ("dnsmasq", re.compile(r"^(?:\d{1,11} (?:\w\w-)?(?:[0-9a-f]{2}:){5}[0-9a-f]{2} [0-9a-f.:]+ \S+ \S+\s*$|duid [0-9a-f:]{10,})", re.M)),
    ("neighbours", re.compile(
        r"^[0-9a-fA-F.:]{3,45} dev \S+ |^\S+ \([0-9a-fA-F.:]{3,45}\) at [<(0-9a-fA-F]|^Internet\s+[\d.]+\s+[\d-]+\s+\S+\s+ARPA"
        r"|^Address\s+HWtype|^(?:Interface|インターフェイス): [\d.]+ --- 0x|^[ \t]*[\d.]{7,15}\s+(?:[0-9a-f]{2}-){5}[0-9a-f]{2}\s+\S+\s*$"
        r"|^[\d.]{7,15}\s+\d\d:\d\d:\d\d\s+[0-9a-f]{4}\.", re.M)),
)  # fmt: skip
#: Headings that all stand in a table of that kind, as `heading` puts them.
_TABLES: Final = (
    ("windows-dhcp", ({"ipaddress", "clientid", "addressstate"}, {"ipaddress", "scopeid", "clientid"}, {"clientipaddress", "uniqueid"},
                      {"クライアントipアドレス", "一意のid"})),
    ("ad-computers", ({"distinguishedname", "dnshostname"}, {"distinguishedname", "operatingsystem"})),
    ("ad-users", ({"distinguishedname", "samaccountname"}, {"distinguishedname", "userprincipalname"})),
    ("entra-devices", ({"deviceid", "displayname", "operatingsystem"}, {"deviceid", "approximatelastsignindatetime"})),
    ("entra-users", ({"userprincipalname", "ismfacapable"}, {"userprincipalname", "ismfaregistered"},
                     {"userprincipalname", "accountenabled"}, {"userprincipalname", "usertype"})),
    ("azure-graph", ({"id", "type", "resourcegroup", "subscriptionid"}, {"type", "properties", "subscriptionid"})),
    ("netbox", ({"name", "status", "tenant", "site", "role"}, {"name", "status", "cluster"}, {"prefix", "vrf"},
                {"name", "site", "manufacturer", "type", "role"})),
    ("glpi", ({"entity", "name", "serialnumber"}, {"name", "manufacturers", "serialnumber"}, {"name", "alternateusername"},
              {"name", "operatingsystemname", "lastupdate"}, {"名前", "エンティティ"}, {"名前", "製造元", "シリアル番号"})),
)  # fmt: skip


def _of_json(text: str) -> str | None:
    return next((format for format, fits in _JSON if fits(text)), None)


def _of_lines(text: str) -> str | None:
    return next((format for format, form in _LINES if form.search(text)), None)


def _of_table(text: str) -> str | None:
    lines = [line for line in text.splitlines()[:30] if line.strip() and not line.startswith(("#TYPE", "sep="))]
    for line in lines[:20]:
        for separator in ",;\t|":
            try:
                names = {heading(cell) for cell in next(csv.reader([line], delimiter=separator), [])}
            except csv.Error:
                continue
            for format, sets in _TABLES:
                if any(wanted <= names for wanted in sets):
                    return format
    separator = separator_of(lines[:20])
    rows = [cells for cells in csv.reader(lines[:20], delimiter=separator, strict=False) if cells]
    counts = [len(cells) for cells in rows if len(cells) > 1]
    alike = max((counts.count(n) for n in set(counts)), default=0)
    return "csv" if alike > 1 or any(known_headings(cells) > 1 for cells in rows) else None
