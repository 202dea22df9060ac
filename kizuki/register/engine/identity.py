"""The one form of an address or a name, so that two sources that mean the same thing say the same."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from typing import Final

_MAC: Final = re.compile(r"[0-9a-f]{12}")
_HOST: Final = re.compile(r"(?!-)[^\s/\\:@,;]{1,253}(?!\n)$")


def mac(written: str) -> str | None:
    """`AA-BB-CC-DD-EE-FF`, `aabb.ccdd.eeff` and the like as `aa:bb:cc:dd:ee:ff`; None where it is no hardware address of one
    thing (all zeros, broadcast, multicast)."""
    digits = re.sub(r"[\s:.\-]", "", unicodedata.normalize("NFKC", written)).lower()
    if not _MAC.fullmatch(digits) or digits == "0" * 12 or int(digits[:2], 16) & 1:
        return None
    return ":".join(digits[n : n + 2] for n in range(0, 12, 2))


def is_random(address: str) -> bool:
    """Whether a MAC (in its one form) was made up locally, as phones and laptops do for each network: the second bit of its
    first byte is set (IEEE 802, locally administered)."""
    return bool(int(address[:2], 16) & 2)


def ip(written: str) -> str | None:
    """An IPv4 or IPv6 address of one thing in its shortest form, without its interface; None for anything else, also for
    unspecified, loopback and multicast addresses. An IPv4 address within IPv6 is the IPv4 address."""
    text = unicodedata.normalize("NFKC", written).strip().partition("%")[0].strip("[]")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_unspecified or address.is_loopback or address.is_multicast:
        return None
    return str(address)


def host(written: str) -> str | None:
    """A host's name in small letters without the dot at its end; None where it cannot be one."""
    name = unicodedata.normalize("NFKC", written).strip().rstrip(".").lower()
    if not _HOST.match(name) or name in ("localhost", "unknown", "-", "*", "n/a") or ip(name):
        return None
    return name
