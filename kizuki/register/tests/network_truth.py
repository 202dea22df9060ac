"""A made-up network whose truth is known: machines live in it, sources look at it with their own errors, and somebody keeps a
register with mistakes. It knows nothing of the matcher's rules.

Machines have sessions (where, from when to when, with which hardware address), addresses come from simulated lease pools or are
fixed, and each source tells of a session what such a source would: DHCP servers, ARP tables with stale entries, scans with
names from a DNS that lags behind, sign-ins, agents, cloud inventories, flows. Clocks are off, fields are missing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kizuki.register.engine.matching import Known, Range
from kizuki.register.engine.observation import Observation

START = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday
HOUR, DAY = 3600, 86400
DOMAIN = "corp.example"
#: Of 1,000 machines.
MIX = {
    "desktop": 260, "laptop": 280, "phone": 60, "private": 130, "printer": 40, "server": 70, "vm": 70, "cloud": 30, "iot": 40,
    "plant": 20,
}  # fmt: skip
REGISTERED = {"desktop": 0.93, "laptop": 0.93, "phone": 0.9, "private": 0.0, "printer": 0.85, "server": 0.95, "vm": 0.85,
              "cloud": 0.9, "iot": 0.6, "plant": 0.95, "router": 1.0, "clone": 0.0, "vrrp": 0.0}  # fmt: skip
ALWAYS_ON = ("printer", "server", "vm", "cloud", "iot", "plant", "router", "clone", "vrrp")
GENERIC = ("iPhone", "iPad", "Galaxy-S21", "Pixel-7", "android", "iPhone", "iPhone")


@dataclass
class Machine:
    id: str
    kind: str
    site: int
    name: str | None
    mac: str
    serial: str | None = None
    cloud_id: str | None = None
    os: str | None = None
    joined: bool = False
    agent: bool = False
    randomises: bool = False
    second_mac: str | None = None
    ip: str | None = None
    renamed: tuple[int, str] | None = None
    moved: tuple[int, int] | None = None
    gone: int | None = None
    born: int = 0
    made_up: dict[str, str] = field(default_factory=dict)

    def name_at(self, at: int) -> str | None:
        return self.renamed[1] if self.renamed and at >= self.renamed[0] else self.name

    def site_at(self, at: int) -> int:
        return self.moved[1] if self.moved and at >= self.moved[0] else self.site


@dataclass
class Session:
    machine: Machine
    zone: str
    start: int
    end: int
    mac: str | None
    ip: str = ""


@dataclass
class Truth:
    """`of[n]`: the machine of observation n. `asset_of`: machine → asset or None. `label_of`: machine → known, moved, unknown,
    or conflict where nobody could say. `gone`: assets whose machine left; `renamed`: machines with a new name. `hopeless`: assets
    of whose machine no observation holds anything that stands in the row (its machine is unknown, as nobody could tell)."""

    known: list[Known]
    ranges: list[Range]
    observations: list[Observation]
    of: list[str]
    asset_of: dict[str, str | None]
    label_of: dict[str, str]
    kind_of: dict[str, str]
    gone: set[str]
    renamed: set[str]
    hopeless: set[str]


class World:
    def __init__(self, machines: int, days: int, seed: int) -> None:
        self.rng, self.days = random.Random(seed), days
        self.sites = max(1, machines // 150)
        self.machines: list[Machine] = []
        self.zones: dict[str, str] = {}
        self.ranges: list[Range] = []
        self._fixed: dict[str, int] = defaultdict(lambda: 10)
        self._macs: set[str] = set()
        self._build_zones()
        for kind, share in MIX.items():
            for _ in range(round(machines * share / 1000)):
                self._machine(kind)
        self._infrastructure()
        self.docks = {
            site: [self.mac("universal") for _ in range(max(2, machines // self.sites // 12))]
            for site in range(self.sites)
        }
        self._events()
        self.out: list[tuple[Observation, str]] = []
        self.skew: dict[str, int] = defaultdict(lambda: self.rng.randint(-240, 240))

    # ── what there is ──

    def _build_zones(self) -> None:
        for site in range(self.sites):
            for n, (kind, use) in enumerate(
                (("office", None), ("wifi", "leased"), ("guest", None), ("server", "fixed"))
            ):
                zone, (a, b) = f"{kind}-{site}", divmod((n * 1024 + site) * 4, 256)
                # guest networks have the same addresses at every site, behind translating routers
                net = "192.168.0" if kind == "guest" else f"10.{a}.{b}"
                self.zones[zone] = net
                self.ranges.append(Range(f"{net}.0/22", zone, kind, use))  # type: ignore[arg-type]
        for zone, net, use in (
            ("vpn", "172.16.0", "leased"),
            ("cloud", "172.20.0", None),
            ("plant", "172.24.0", "fixed"),
        ):
            self.zones[zone] = net
            self.ranges.append(Range(f"{net}.0/16", zone, zone, use))  # type: ignore[arg-type]
        self.ranges.append(Range("198.51.100.0/24", "branch", "office", "translated"))

    def mac(self, kind: str) -> str:
        """A new hardware address: assigned by a maker, by a hypervisor, or made up."""
        while True:
            if kind == "random":
                first = [self.rng.randrange(256) & 0xFC | 2, *(self.rng.randrange(256) for _ in range(2))]
            elif kind == "vm":
                first = self.rng.choice(([0, 0x50, 0x56], [0x52, 0x54, 0], [0, 0x15, 0x5D]))
            else:
                first = list(
                    self.rng.choice(
                        (b"\x3c\x52\x82", b"\x00\x1b\x21", b"\xa4\x83\xe7", b"\xf4\x8e\x38", b"\xd8\xbb\xc1")
                    )
                )
            made = ":".join(f"{byte:02x}" for byte in (*first, *(self.rng.randrange(256) for _ in range(3))))
            if made not in self._macs:
                self._macs.add(made)
                return made

    def fixed(self, zone: str) -> str:
        self._fixed[zone] += 1
        n = self._fixed[zone]
        base = self.zones[zone].split(".")
        return f"{base[0]}.{base[1]}.{int(base[2]) + n // 250}.{n % 250 + 1}"

    def _machine(self, kind: str) -> Machine:
        rng, n = self.rng, len(self.machines)
        site = rng.randrange(self.sites)
        one = Machine(f"m{n:06}", kind, site, None, self.mac("vm" if kind in ("vm", "cloud") else "universal"))
        one.os = rng.choice(("Windows 11", "Windows 10", "macOS 15", "Ubuntu 24.04"))
        if kind in ("desktop", "laptop"):
            scheme = rng.random()
            one.name = f"{'pc' if kind == 'desktop' else 'nb'}-{n:05}" if scheme < 0.9 else f"DESKTOP-{self._tail(7)}"
            one.serial, one.joined, one.agent = f"5CG{self._tail(7)}", rng.random() < 0.85, rng.random() < 0.75
            one.randomises = kind == "laptop" and rng.random() < 0.25
        elif kind == "phone":
            one.randomises = rng.random() < 0.3
            generic = rng.random() < (0.1 if one.randomises else 0.6)
            one.name = rng.choice(GENERIC) if generic else f"{self._tail(5).lower()}-phone{n}"
            one.serial, one.agent = f"F2L{self._tail(9)}", True
        elif kind == "private":
            one.randomises = rng.random() < 0.85
            one.name = (
                rng.choice(GENERIC) if rng.random() < 0.6 else rng.choice((None, f"{self._tail(6).lower()}s-iphone"))
            )
        elif kind in ("server", "vm"):
            one.name, one.ip = f"srv{n:05}", self.fixed(f"server-{site}")
            one.serial = f"CZ{self._tail(8)}" if kind == "server" else rng.choice((None, "To be filled by O.E.M."))
            one.joined, one.agent = rng.random() < 0.6, rng.random() < 0.6
            one.second_mac = self.mac("universal") if kind == "server" and rng.random() < 0.3 else None
        elif kind == "cloud":
            one.ip, one.cloud_id = self.fixed("cloud"), f"arn:aws:ec2:ap-northeast-1:1234:instance/i-{n:017x}"
            one.name = "ip-" + one.ip.replace(".", "-")
        else:
            self._small(one, n)
        self.machines.append(one)
        return one

    def _small(self, one: Machine, n: int) -> None:
        """Printers, things, plant."""
        rng = self.rng
        tail = one.mac.replace(":", "")[6:]
        if one.kind == "printer":
            one.name = rng.choice((f"NPI{tail}", f"prn-{n:04}", "printer"))
            one.ip = self.fixed(f"server-{one.site}") if rng.random() < 0.5 else None
        elif one.kind == "iot":
            one.name = rng.choice((None, f"esp_{tail}", "ipcam", f"cam-{n}"))
        else:
            one.name, one.ip = rng.choice((None, f"plc{n}")), self.fixed("plant")
        one.os = None

    def _tail(self, length: int) -> str:
        return "".join(self.rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=length))

    def _infrastructure(self) -> None:
        """A router for each site with one address in each zone, a pair of them in the first server zone, a router that answers
        for the plant, and clones of virtual machines."""
        rng = self.rng
        for site in range(self.sites):
            one = Machine(f"r{site:04}", "router", site, f"core-{site}", self.mac("universal"), f"FDO{self._tail(8)}")
            one.ip = self._gate(f"server-{site}")
            self.machines.append(one)
        pair = Machine("vrrp", "vrrp", 0, None, "00:00:5e:00:01:0a", ip=self.fixed("server-0"))
        self.plant_router = Machine(
            "plant-router", "router", 0, "plant-gw", self.mac("universal"), ip=self._gate("plant")
        )
        self.branch_router = Machine(
            "branch-router", "router", 0, "branch-gw", self.mac("universal"), ip="198.51.100.7"
        )
        self.machines += [pair, self.plant_router, self.branch_router]
        for vm in [m for m in self.machines if m.kind == "vm"]:
            if rng.random() < 0.06:
                clone = Machine(
                    f"{vm.id}c", "clone", vm.site, vm.name, self.mac("vm"), ip=self.fixed(f"server-{vm.site}")
                )
                clone.os, clone.born = vm.os, rng.randrange(self.days) * DAY
                self.machines.append(clone)

    def _gate(self, zone: str) -> str:
        return f"{self.zones[zone]}.1"

    def _events(self) -> None:
        """Some are renamed, moved, or leave; the address of a server that left goes to a new one."""
        rng = self.rng
        for one in list(self.machines):
            at = rng.randrange(max(1, self.days - 1)) * DAY + DAY // 2
            luck = rng.random()
            if one.kind in ("desktop", "laptop", "server") and luck < 0.03 and one.name:
                one.renamed = (at, f"new-{one.name}")
            elif one.kind in ("desktop", "printer", "iot") and 0.03 < luck < 0.09 and self.sites > 1:
                if one.ip is None:
                    one.moved = (at, (one.site + 1 + rng.randrange(self.sites - 1)) % self.sites)
            elif one.kind == "server" and 0.1 < luck < 0.16:
                one.gone = at
                heir = self._machine("server")
                heir.ip, heir.site, heir.born = one.ip, one.site, at + 2 * HOUR
            elif one.kind in ("desktop", "laptop") and 0.1 < luck < 0.12:
                one.gone = DAY // 2

    # ── what happens ──

    def sessions(self) -> Iterator[Session]:
        for one in self.machines:
            end = min(self.days * DAY, one.gone if one.gone is not None else self.days * DAY)
            for session in self._always(one, end) if one.kind in ALWAYS_ON else self._daily(one):
                if session.start < end:
                    session.end = min(session.end, end)
                    yield session

    def _always(self, one: Machine, end: int) -> Iterator[Session]:
        at = one.born
        while at < end:
            until = min(end, at + self.rng.randrange(2 * DAY, 9 * DAY))
            if one.moved and at < one.moved[0] < until:
                until = one.moved[0]
            site = one.site_at(at)
            kind = {"cloud": "cloud", "plant": "plant", "printer": "office", "iot": "wifi"}.get(one.kind, "server")
            zone = kind if kind in ("cloud", "plant") else f"{'server' if one.ip else kind}-{site}"
            if one is self.branch_router or one is self.plant_router:
                zone = "branch" if one is self.branch_router else "plant"
            if zone == "branch" or one.ip is None or one.ip.startswith(self.zones[zone].rpartition(".")[0]):
                yield Session(one, zone, at, until, one.mac, one.ip or "")
            if one.kind == "router" and one.id.startswith("r"):
                for other in ("office", "wifi", "guest"):
                    yield Session(one, f"{other}-{site}", at, until, one.mac, self._gate(f"{other}-{site}"))
            if one.second_mac:
                yield Session(one, zone, at, until, one.second_mac, one.ip or "")
            at = until + self.rng.randrange(60, 3 * HOUR)

    def _daily(self, one: Machine) -> Iterator[Session]:
        rng = self.rng
        for day in range(self.days):
            if day % 7 >= 5 or rng.random() < 0.12:
                continue
            start = day * DAY + int(rng.gauss(8.5, 0.8) * HOUR)
            end = max(start + HOUR, day * DAY + int(rng.gauss(18, 1) * HOUR))
            site = one.site_at(start)
            if one.kind == "desktop":
                yield Session(one, f"office-{site}", start, end, one.mac)
            elif one.kind == "laptop":
                yield from self._laptop(one, site, start, end)
            else:
                zone = f"{'guest' if one.kind == 'private' else 'wifi'}-{site}"
                if one.kind == "private" and rng.random() < 0.004:
                    one.made_up.pop(zone, None)  # a new made-up address for the same network
                yield Session(one, zone, start, end, self._wireless(one, zone))

    def _wireless(self, one: Machine, zone: str) -> str:
        if not one.randomises:
            return one.mac
        if zone not in one.made_up:
            one.made_up[zone] = self.mac("random")
        return one.made_up[zone]

    def _laptop(self, one: Machine, site: int, start: int, end: int) -> Iterator[Session]:
        rng, luck = self.rng, self.rng.random()
        if luck < 0.1:
            zone = "vpn" if rng.random() < 0.7 else "branch"
            yield Session(one, zone, start, end, None, "" if zone == "vpn" else "198.51.100.7")
            return
        if luck < 0.16 and self.sites > 1:
            site = (site + rng.randrange(1, self.sites)) % self.sites
        noon = (start + end) // 2 + rng.randrange(-HOUR, HOUR)
        parts = [(start, noon), (noon + 300, end)] if rng.random() < 0.4 and noon + 900 < end else [(start, end)]
        for first, last in parts:
            if rng.random() < 0.5 and (dock := self._dock(site, first, last)):
                yield Session(one, f"office-{site}", first, last, dock)
            else:
                yield Session(one, f"wifi-{site}", first, last, self._wireless(one, f"wifi-{site}"))

    def _dock(self, site: int, first: int, last: int) -> str | None:
        """A dock that is free then."""
        used = self.__dict__.setdefault("_used", defaultdict(list))
        for dock in self.rng.sample(self.docks[site], len(self.docks[site])):
            if all(last + 300 < start or end + 300 < first for start, end in used[dock]):
                used[dock].append((first, last))
                return dock
        return None
