"""Names and addresses of hosts: which are ones, which are the organisation's own, and their one form.

What a public name may end with is told by the Public Suffix List (the copy that comes with the package, ICANN's part of it), besides
the names that are reserved for examples and hidden services. Endings that are also common endings of file names (report.zip, run.sh)
make a name only where somebody clearly meant one: in an address of the web or of mail, or defanged.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from typing import Final, TypeAlias

import idna
from publicsuffixlist import PublicSuffixList

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Networks whose addresses belong to whoever uses them.
OWN_NETWORKS: Final = tuple(
    ipaddress.ip_network(net)
    for net in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "::1/128",
        "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
#: Endings of names that are never public.
OWN_ENDINGS: Final = ("local", "localhost", "localdomain", "internal", "intranet", "lan", "home.arpa", "corp")
_RESERVED: Final = frozenset({"example", "onion", "i2p", "bit"})
_FILES: Final = frozenset(
    {"zip", "mov", "py", "sh", "pl", "rs", "md", "so", "ps", "cab", "pub", "pm", "dot", "cpl", "name"}
)
#: What is written like a name and is a product.
_PRODUCTS: Final = frozenset({"asp.net", "vb.net", "ado.net", "ml.net", "paint.net", "system.net", "microsoft.net"})
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


@functools.lru_cache(maxsize=4096)
def address(written: str) -> Address | None:
    """The address, an IPv4 address in IPv6 clothes as itself; None for anything else."""
    try:
        made = ipaddress.ip_address(written)
    except ValueError:
        return None
    mapped = getattr(made, "ipv4_mapped", None)
    return mapped or made


@functools.lru_cache(maxsize=4096)
def is_own_address(made: Address) -> bool:
    """Whether the address belongs to whoever uses it: private, of the machine itself, or of the link."""
    return any(made.version == net.version and made in net for net in OWN_NETWORKS)


def is_own_name(name: str) -> bool:
    """Whether a host of this name is never a public one."""
    return "." not in name or name.endswith(tuple(f".{ending}" for ending in OWN_ENDINGS))


@functools.lru_cache(maxsize=4096)
def host_name(written: str) -> str:
    """The name as machines write it: small letters, no dot at the end, international names in their ASCII form; "" for what is none."""
    name = written.rstrip(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    name = name.lower()
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return ""
    return name


@functools.lru_cache(maxsize=4096)
def ends_publicly(label: str) -> bool:
    """Whether public names may end with this label (small letters), in either writing."""
    return label in _RESERVED or _suffixes().publicsuffix(host_name(label) or "-") is not None


@functools.lru_cache(maxsize=4096)
def is_public_name(name: str, *, meant: bool) -> bool:
    """Whether the name, as `host_name` gives it, can be registered by anybody. `meant`: it stands where a name must stand."""
    labels = name.split(".")
    if len(labels) < 2:
        return False
    if not meant and (labels[-1] in _FILES or name in _PRODUCTS or (labels[0] in ("com", "org") and len(labels) > 2)):
        return False
    return labels[-1] in _RESERVED or _suffixes().privatesuffix(name) is not None
