"""The numbers of the rule and what addresses and names are worth, each with its reason and its source.

Weights are points. `ENOUGH` points make an asset the device's; the numbers only order evidence, they are no probabilities.

- A cloud id (100) is given out once by its provider; a serial number (90) once by its maker, but is typed by hand and is left
  at a placeholder by some makers (`serial_of`).
- A hardware address that its maker assigned (60) is meant to be unique in the world (IEEE 802, universally administered), but
  travels with docks and adapters, so that it loses to a serial number.
- One that a hypervisor assigned in the local half of the space (50 in the asset's zone, 20 elsewhere) is unique only where that
  hypervisor sees to it: QEMU 52:54:00, Google Cloud 42:01.
- One that was made up locally (30 in the asset's zone, nothing elsewhere): phones and laptops make one for each network
  (IEEE 802c; IEEE 802.11aq), so that it says nothing in another network.
- A carried address (10): it was seen under several machines, so that it points at a dock rather than at one of them.
- A name that somebody chose (40) identifies on its own, also against one differing address: registers know one interface of a
  laptop and miss the other. A name made by the installer with a random tail (20) does not: images are cloned with it;
  unless the tail is the end of the hardware address that the thing has. One
  that several devices bear (10) does even less. A name that says only what a thing is (iphone, localhost) counts nothing.
- A fixed IP address (30) identifies as long as nothing speaks against it. A leased one counts nothing: it belongs to whoever
  holds the lease (RFC 2131, 3.1 and 4.4.5). IPv6 addresses count as leased unless their range is stated to be fixed: hosts
  make temporary ones (RFC 8981, before it RFC 4941) and opaque ones that differ by network (RFC 7217).
- Near: a registered address or serial number that differs in one place, where no asset has the one that was seen, is a slip of
  the pen rather than another thing: it counts neither for nor against.
- Against: another serial number or cloud id (100) is another thing. Another universal address (10): a second interface is
  usual, so that it stops a bare IP address but not a name. Another chosen name (5): machines are renamed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

from kizuki.register.engine.identity import is_random

HOUR: Final = 3600
DAY: Final = 24 * HOUR
#: Sightings of one trace further apart than this are two stays: longer than a working day's pause, shorter than a night off.
GAP: Final = 12 * HOUR
#: The same where only an IP address or a name was seen, as the address may have a new holder an hour later.
SHORT_GAP: Final = HOUR
#: How far from its sightings an address is still believed to be its holder's, unless another is nearer: a working day. (Leases
#: last from an hour to eight days; the server decides, RFC 2131, 3.3.)
HOLD: Final = 8 * HOUR
#: The same for a fixed address: until it is seen with somebody else.
HOLD_FIXED: Final = 14 * DAY
#: Two that share a time of no more than this may follow each other: tables keep who has left, clocks differ.
SLACK: Final = 4 * HOUR
#: More IPv4 addresses than this at one time under one hardware address: it answers for others (RFC 1027, proxy ARP).
MANY_ADDRESSES: Final = 8
#: More units than this under one name: the name is not one thing's. A laptop, its dock, its wireless and a spare are four.
MANY_UNITS: Final = 4
#: More names than this at one IP address at one time: it is translated (RFC 3022).
MANY_NAMES: Final = 4

#: Sources that know a name only from DNS, which lags behind leases (RFC 4702, RFC 4703: updates are optional and stay until
#: they are removed). At a leased address their names do not count against anybody who told the same name of himself.
HEARSAY: Final = frozenset(("nmap", "scan", "dns", "arp", "ndp", "neighbour", "flow", "netflow", "ids", "masscan"))

ENOUGH: Final = 30
SURE: Final = 60
LIKELY: Final = 40
#: The second best asset must be this far behind, or have no identifying evidence of its own.
MARGIN: Final = 15

CLOUD: Final = 100
SERIAL: Final = 90
MAC: Final = 60
ASSIGNED_HERE: Final = 50
ASSIGNED_ELSEWHERE: Final = 20
RANDOM_HERE: Final = 30
CARRIED: Final = 10
CHOSEN_NAME: Final = 40
DEFAULT_NAME: Final = 20
SHARED_NAME: Final = 10
FIXED_IP: Final = 30
OTHER_THING: Final = 100
OTHER_MAC: Final = 10
OTHER_NAME: Final = 5

MacKind = Literal["universal", "virtual", "assigned", "random", "router", "container"]
HostKind = Literal["chosen", "default", "generic"]

#: Addresses that several routers answer for by design: VRRP (RFC 5798, 7.3, also CARP), HSRP 1 and 2, GLBP (Cisco).
_ROUTER: Final = (
    "00:00:5e:00:01:",
    "00:00:5e:00:02:",
    "00:00:0c:07:ac:",
    "00:00:0c:9f:f",
    "00:05:73:a0:0",
    "00:07:b4:00:",
)
#: Docker makes a container's address of its IPv4 address (its default bridge), so that it repeats on every host.
_CONTAINER: Final = ("02:42:",)
#: Universally administered, but copied with a virtual machine: VMware, Hyper-V, VirtualBox, Xen, Parallels, Azure, Nutanix.
_VIRTUAL: Final = (
    "00:50:56:", "00:0c:29:", "00:05:69:", "00:1c:14:", "00:15:5d:", "08:00:27:", "00:16:3e:", "00:1c:42:", "00:0d:3a:",
    "50:6b:8d:",
)  # fmt: skip
_ASSIGNED: Final = ("52:54:00:", "42:01:")

#: What installers call a machine when nobody does, with a random tail or its own hardware address at the end.
_DEFAULT_NAME: Final = re.compile(
    r"(?:desktop|laptop)-[a-z0-9]{7,8}|win-[a-z0-9]{11}|android-[0-9a-f]{12,16}|minwinpc-?[a-z0-9]*"
    r"|(?:esp[-_]?|npi|br[nw]|epson|kmbt|rnp|lxk|xrx|hp|canon|sep|axis-|shelly[a-z0-9]*-|tasmota-)[0-9a-f]{6,12}"
)
_GENERIC_NAME: Final = re.compile(
    r"(?:iphone|ipad|ipod|android|galaxy|pixel|macbook|macbook-?pro|macbook-?air|imac|mac-?mini|watch|apple-?tv|chromecast"
    r"|localhost|raspberrypi|espressif)(?:[-_ ]?\d{1,3})?"
    # a role with a number may well be what somebody called it, the role alone is not
    r"|localdomain|host|ubuntu|debian|kali|fedora|centos|rocky|windows|windows-?pc|pc|user-?pc|admin-?pc|printer|scanner|camera"
    r"|ipcam|router|gateway|switch|openwrt|server|laptop|desktop|phone|tablet|device|new-?host|nas|test|vm|template|unknown"
    r"|none|null|wlan0|bogon"
    r"|\d+|.|(?:.*[^0-9])?\d{1,3}[-_.]\d{1,3}[-_.]\d{1,3}[-_.]\d{1,3}(?:[^0-9].*)?|(?:dhcp|dyn|pool|client|host|ip)[-_]?\d+"
)
_NO_SERIAL: Final = re.compile(
    r"(?:to be filled.*|default string|system serial.*|serial ?number|not (?:specified|available|applicable|set)|n/?a|none|null"
    r"|unknown|invalid|chassis serial.*|o\.?e\.?m\.?.*|empty|0?123456789.*|x+|(.)\1*)"
)


@lru_cache(maxsize=1 << 18)
def mac_kind(mac: str) -> MacKind:
    """What a hardware address (in its one form) is by its first bytes."""
    if mac.startswith(_ROUTER):
        return "router"
    if mac.startswith(_CONTAINER):
        return "container"
    if mac.startswith(_ASSIGNED):
        return "assigned"
    if is_random(mac):
        return "random"
    return "virtual" if mac.startswith(_VIRTUAL) else "universal"


@lru_cache(maxsize=1 << 18)
def host_kind(label: str) -> HostKind:
    """Whether a name (its first label) was chosen by somebody, made by an installer, or says only what the thing is."""
    if _GENERIC_NAME.fullmatch(label):
        return "generic"
    return "default" if _DEFAULT_NAME.fullmatch(label) else "chosen"


@lru_cache(maxsize=1 << 18)
def serial_of(written: str) -> str | None:
    """A serial number in one form; None for the placeholders that makers leave in it."""
    serial = unicodedata.normalize("NFKC", written).strip().casefold()
    return None if len(serial) < 4 or _NO_SERIAL.fullmatch(serial) else serial


def cloud_of(written: str) -> str | None:
    """A cloud id in one form (Azure writes the same id in different cases)."""
    return written.strip().casefold() or None


def label_of(host: str) -> str:
    """The first label of a name: sources disagree about the domain behind it."""
    return host.partition(".")[0]


def mac_within(ip: str) -> str | None:
    """The hardware address that an IPv6 address was made of (modified EUI-64, RFC 4291, appendix A); None for others."""
    if ":" not in ip:
        return None
    parts = ip.rpartition("::")
    groups = [group.zfill(4) for group in parts[2].split(":")][-4:]
    if len(groups) < 4 or groups[1][2:] != "ff" or groups[2][:2] != "fe":
        return None
    digits = groups[0] + groups[1][:2] + groups[2][2:] + groups[3]
    first = int(digits[:2], 16) ^ 2
    if first & 3:  # a group address, or one that was made up: chance, or nothing to go by
        return None
    return ":".join((f"{first:02x}", *(digits[n : n + 2] for n in range(2, 12, 2))))
