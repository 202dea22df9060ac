"""What sources tell of the made-up network (`network_truth`), what somebody wrote into the register, and how good a matching is."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import timedelta
from math import comb

from kizuki.register.engine import identity
from kizuki.register.engine.matching import Known, Matching, devices_of
from kizuki.register.engine.observation import Observation
from kizuki.register.tests.network_truth import DAY, DOMAIN, HOUR, REGISTERED, START, Machine, Session, Truth, World

NO_NAMES = ("ipcam", "printer", "iphone", "ipad", "galaxy-s21", "pixel-7", "android")
LEASE = {"office": 8 * HOUR, "wifi": 4 * HOUR, "guest": HOUR, "vpn": 2 * HOUR, "server": 8 * HOUR}


class Network(World):
    """The world with its sources. `density`: how much of what could be told is told."""

    def __init__(self, machines: int, days: int, seed: int, density: float) -> None:
        super().__init__(machines, days, seed)
        self.density = density
        self.all = sorted(self.sessions(), key=lambda s: (s.start, s.machine.id, s.mac or ""))
        self.names: dict[tuple[str, str], list[tuple[int, str | None]]] = defaultdict(list)
        self.told: dict[str, Session] = {}
        self._lease()
        for session in self.all:
            self._tell(session)

    def _lease(self) -> None:
        """Addresses from pools that are hardly larger than what is needed, so that they go round."""
        clients: dict[str, set[str]] = defaultdict(set)
        for s in self.all:
            if not s.ip:
                clients[s.zone].add(s.mac or s.machine.id)
        free: dict[str, list[tuple[int, float, str]]] = {}
        for zone, those in sorted(clients.items()):
            a, b, c = self.zones[zone].split(".")
            size = int(len(those) * 0.8) + 12
            free[zone] = [
                (-1, self.rng.random(), f"{a}.{b}.{int(c) + (n + 50) // 250}.{(n + 50) % 250 + 1}") for n in range(size)
            ]
            heapq.heapify(free[zone])
        held: dict[tuple[str, str], tuple[str, int]] = {}
        for s in self.all:
            if s.ip:
                if name := s.machine.name_at(s.start):
                    self.names[s.zone, s.ip].append((s.start, name))
                continue
            key = (s.zone, s.mac or s.machine.id)
            ip, until = held.get(key, ("", -1))
            if until < s.start:
                until, _, ip = heapq.heappop(free[s.zone])
                while until > s.start and free[s.zone][0][0] <= s.start:
                    heapq.heappush(free[s.zone], (until, self.rng.random(), ip))
                    until, _, ip = heapq.heappop(free[s.zone])
            s.ip, end = ip, s.end + LEASE[s.zone.partition("-")[0]] // 2
            heapq.heappush(free[s.zone], (end, self.rng.random(), ip))
            held[key] = (ip, -1)
            name = s.machine.name_at(s.start)
            if name or self.rng.random() < 0.7:
                self.names[s.zone, ip].append((s.start, name))

    def _ptr(self, zone: str, ip: str, at: int) -> str | None:
        listed = self.names.get((zone, ip), [])
        n = bisect_right(listed, at - HOUR, key=lambda entry: entry[0])
        return listed[n - 1][1] if n else None

    def see(self, session: Session, source: str, at: float, **says: object) -> None:
        """One observation, with the source's clock, perhaps without one of its fields."""
        rng, m = self.rng, session.machine
        when = START + timedelta(seconds=int(at) + self.skew[source])
        host = says.get("host")
        hosts = (name,) if isinstance(host, str) and (name := identity.host(host)) else ()
        ip = None if says.get("ip") is False else session.ip or None
        zone, mac, serial = says.get("zone"), says.get("mac"), says.get("serial")
        seen = Observation(
            source, when, mac=mac if isinstance(mac, str) and (serial is None or rng.random() < 0.8) else None,
            ips=(ip,) if ip else (), hosts=hosts if rng.random() < 0.95 else (),
            serial=serial if isinstance(serial, str) else None,
            cloud_id=m.cloud_id if says.get("cloud") else None,
            zone=zone if isinstance(zone, str) and rng.random() < 0.96 else None,
            says=(("os", m.os),) if says.get("os") and m.os else (),
        )  # fmt: skip
        if seen.mac or seen.ips or seen.hosts or seen.serial or seen.cloud_id:
            self.out.append((seen, m.id))
            if m.id not in self.told or session.end >= self.told[m.id].end:
                self.told[m.id] = session

    def often(self, share: float) -> bool:
        return self.rng.random() < share * self.density

    def _tell(self, s: Session) -> None:
        zone, m, kind = s.zone, s.machine, s.zone.partition("-")[0]
        name = m.name_at(s.start)
        if kind in ("office", "wifi", "guest") and s.mac and m.kind != "router":
            step, at = LEASE[kind] // 2, s.start
            while at < s.end and self.often(0.9 if at == s.start else 0.5):
                self.see(s, f"dhcp:{zone}", at, mac=s.mac, host=name if self.rng.random() < 0.85 else None, zone=zone)
                at += step
        if kind == "vpn":
            self.see(s, "vpn:gate", s.start, host=name, zone="vpn")
        if m.kind == "cloud":
            for day in range(self.days):
                if s.start <= day * DAY < s.end and self.often(0.9):
                    self.see(s, "aws:config", day * DAY, cloud=True, host=name, zone="cloud", os=True)
        if s.mac and kind not in ("cloud", "vpn", "branch"):
            self._arp(s)
        self._scan(s)
        self._agents(s, name)
        for _ in range(3):
            if kind not in ("branch", "vpn") and m.kind != "vrrp" and self.often(0.12):
                self.see(
                    s, "flow:core", self.rng.uniform(s.start, s.end), zone=zone if self.rng.random() < 0.6 else None
                )

    def _arp(self, s: Session) -> None:
        """The router's table every four hours, with entries of those who left less than two hours ago."""
        mac, plant = s.mac, s.zone == "plant" and s.machine.kind != "router"
        if plant and int(s.machine.id[1:] or 0) % 3:
            mac = self.plant_router.mac
        stale = self.rng.randrange(2 * HOUR) if self.rng.random() < 0.3 else 0
        for at in range(s.start // (4 * HOUR) * 4 * HOUR + 1800, s.end + stale, 4 * HOUR):
            if at >= s.start and self.often(0.55):
                self.see(s, f"arp:{s.zone}", at, mac=mac, zone=s.zone)

    def _scan(self, s: Session) -> None:
        """A scan a day; it sees hardware addresses only at sites where it has a foot in the network."""
        near = s.zone[-1:].isdigit() and int(s.zone.rpartition("-")[2]) % 2 == 0
        for day in range(s.start // DAY, s.end // DAY + 1):
            at = day * DAY + 10 * HOUR + 1800 + hash_of(s.ip) % 3000
            if s.start <= at < s.end and s.ip and s.zone not in ("vpn", "guest") and self.often(0.8):
                if s.zone == "branch" and s.machine.kind != "router":
                    continue
                mac = s.mac if near or s.zone == "branch" else None
                name = self._ptr(s.zone, s.ip, at) if s.machine.kind != "vrrp" else None
                host = f"{name}.{s.zone}.{DOMAIN}" if name and self.rng.random() < 0.8 else None
                self.see(s, f"nmap:{day}", at, mac=mac, host=host, zone=s.zone, os=self.rng.random() < 0.3)

    def _agents(self, s: Session, name: str | None) -> None:
        m = s.machine
        for at in range(s.start + self.rng.randrange(60, 1800), s.end, DAY):
            if m.joined and name and s.zone != "branch" and self.often(0.8):
                self.see(s, "ad:dc1", at, host=f"{name}.{DOMAIN}")
            if m.agent and m.kind == "phone" and self.often(0.5):
                self.see(s, "mdm:cloud", at, mac=m.mac, serial=m.serial, host=name, ip=False)
            elif m.agent and m.serial and self.often(0.8):
                old = m.name_at(s.start - DAY)
                self.see(s, "edr:cloud", at, mac=s.mac, serial=m.serial, host=old, os=True)


def hash_of(text: str) -> int:
    return sum(ord(c) * (n + 7) for n, c in enumerate(text))


class Register:
    """What somebody wrote down at the beginning, with gaps and mistakes."""

    def __init__(self, world: Network) -> None:
        self.world, self.rng = world, world.rng
        self.known: list[Known] = []
        self.asset_of: dict[str, str | None] = {}
        rows: dict[tuple[str, int], list[Machine]] = defaultdict(list)
        for m in world.machines:
            share = REGISTERED[m.kind]
            if m.born > 0 and m.kind == "server":
                share = 0.5
            self.asset_of[m.id] = None
            if self.rng.random() < share:
                if m.kind == "phone" and m.site % 3 == 0:
                    rows["phones", m.site].append(m)
                else:
                    self._row(m)
        for (kind, site), those in sorted(rows.items()):
            id = f"{kind}-{site}"
            serials = tuple(m.serial for m in those if m.serial)
            macs = tuple(m.mac for m in those)
            self.known.append(Known(id, serials=serials, macs=macs, zones=(f"wifi-{site}",), count=len(those)))
            self.asset_of.update({m.id: id for m in those})

    def _row(self, m: Machine) -> None:
        rng, id = self.rng, f"A-{m.id}"
        macs, ips, hosts, serials, clouds = self._identifiers(m)
        if not (macs or serials or clouds or (ips and m.ip)) and (not hosts or hosts[0] in NO_NAMES):
            macs = [m.mac]  # what nobody could recognise is no truth that can be reached
        if rng.random() < 0.005 and self.known and self.known[-1].macs:
            macs.append(self.known[-1].macs[0])  # copied from the row above
        says = (("os", m.os),) if m.os and rng.random() < 0.5 else ()
        self.known.append(
            Known(id, tuple(macs), tuple(ips), tuple(hosts), tuple(serials), tuple(clouds), zones_of(m), None, 1, says)
        )
        self.asset_of[m.id] = id

    def _identifiers(self, m: Machine) -> tuple[list[str], list[str], list[str], list[str], list[str]]:
        rng = self.rng
        macs = [self._typo(m.mac, 0.015, "0123456789abcdef")] if rng.random() < 0.85 and m.kind != "vrrp" else []
        if m.kind == "laptop" and rng.random() < 0.05:
            macs = [*(macs if rng.random() < 0.6 else ()), rng.choice(self.world.docks[m.site])]
        if m.second_mac and rng.random() < 0.6:
            macs.append(m.second_mac)
        ips = [m.ip] if m.ip and rng.random() < 0.95 else []
        if m.kind == "desktop" and rng.random() < 0.1:
            ips = [self.world.all[rng.randrange(len(self.world.all))].ip]
        name = identity.host(m.name) if m.name and rng.random() < 0.85 else None
        hosts = [self._typo(name, 0.015, "0123456789")] if name else []
        if hosts and rng.random() < 0.3:
            hosts = [f"{hosts[0]}.{DOMAIN}"]
        serials = [self._typo(m.serial, 0.01, "ABCDEFGH")] if m.serial and rng.random() < 0.7 else []
        clouds = [m.cloud_id] if m.cloud_id else []
        return macs, [ip for ip in ips if ip], hosts, serials, clouds

    def _typo(self, text: str, share: float, letters: str) -> str:
        if self.rng.random() >= share:
            return text
        n = self.rng.choice(
            [n for n, c in enumerate(text) if c.lower() in letters.lower() and n > 3] or [len(text) - 1]
        )
        return text[:n] + self.rng.choice([c for c in letters if c.lower() != text[n].lower()]) + text[n + 1 :]


def zones_of(m: Machine) -> tuple[str, ...]:
    if m.kind in ("cloud", "plant"):
        return (m.kind,)
    if m.kind == "router":
        return {"plant-router": ("plant",), "branch-router": ("branch",)}.get(
            m.id, tuple(f"{zone}-{m.site}" for zone in ("server", "office", "wifi", "guest"))
        )
    if m.kind == "laptop":
        return (f"office-{m.site}", f"wifi-{m.site}", "vpn", "branch")
    zone = {"desktop": "office", "phone": "wifi", "private": "guest", "printer": "office", "iot": "wifi"}.get(
        m.kind, "server"
    )
    return (f"{'server' if m.ip else zone}-{m.site}",)


def generate(machines: int = 600, days: int = 12, seed: int = 1, density: float = 1.0) -> Truth:
    """A network, what was told of it, the register, and the truth. Deterministic. Moved: where the machine last was when anybody
    saw it, the register does not have it."""
    world = Network(machines, days, seed, density)
    register = Register(world)
    last: dict[str, Session] = {}
    for s in world.all:
        if s.machine.id not in last or s.end >= last[s.machine.id].end:
            last[s.machine.id] = s
    hopeless = _hopeless(world, register)
    label: dict[str, str] = {}
    for m in world.machines:
        known = register.asset_of[m.id] is not None
        away = known and m.id in world.told and world.told[m.id].zone not in zones_of_asset(register, m)
        label[m.id] = "conflict" if m.kind == "vrrp" else "moved" if away else "known" if known else "unknown"
    since = (days - 5) * DAY
    gone = {
        a for m in world.machines if (a := register.asset_of[m.id]) and (m.id not in last or last[m.id].end < since)
    }
    gone -= {a for m in world.machines if (a := register.asset_of[m.id]) and m.id in last and last[m.id].end >= since}
    gone -= hopeless
    world.rng.shuffle(world.out)
    return Truth(
        register.known, world.ranges, [o for o, _ in world.out], [id for _, id in world.out], register.asset_of, label,
        {m.id: m.kind for m in world.machines}, gone,
        {m.id for m in world.machines if m.renamed and register.asset_of[m.id]}, hopeless,
    )  # fmt: skip


def _hopeless(world: Network, register: Register) -> set[str]:
    """Rows that nothing seen of their machine repeats, mistyped or about an interface that is never used; their machines are
    then nobody's, as far as anyone can know. Plain comparing of strings; docks and names of kinds of thing are no identifiers."""
    docks = {mac for listed in world.docks.values() for mac in listed}
    rows = {row.id: row for row in register.known}
    seen: dict[str, set[str]] = defaultdict(set)
    for o, id in world.out:
        seen[id].update(s.lower() for s in (o.mac, o.serial, o.cloud_id, *o.ips) if s)
        seen[id].update(host.partition(".")[0] for host in o.hosts)
    found = set()
    for m in world.machines:
        asset = register.asset_of[m.id]
        if asset and seen[m.id]:
            row = rows[asset]
            written = {s.lower() for s in (*row.macs, *row.serials, *row.cloud_ids, *(row.ips if m.ip else ()))} - docks
            written |= {host.partition(".")[0] for host in row.hosts} - set(NO_NAMES)
            if not written & seen[m.id]:
                register.asset_of[m.id] = None
                found.add(asset)
    return found - {asset for asset in register.asset_of.values() if asset}


def zones_of_asset(register: Register, m: Machine) -> tuple[str, ...]:
    id = register.asset_of[m.id] or ""
    return (f"wifi-{m.site}",) if id.startswith("phones-") else zones_of(m)


# ── how good a matching is ──


def f1(right: int, given: int, true: int) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    precision, recall = (right / given if given else 1.0), (right / true if true else 1.0)
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def scores(truth: Truth, found: Matching) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1: `asset` (each observation given to its asset; no asset is not counted as a hit), `label …` (of
    each observation; a conflict where a label was due is a miss), `machine …` (of each machine, as most of its observations
    say), `pairs` (two observations of one machine in one device), `gone`."""
    numbers = list(devices_of(found, truth.observations))
    devices = found.devices
    given = [devices[n].asset for n in numbers]
    due = [truth.asset_of[m] for m in truth.of]
    right = sum(a == b is not None for a, b in zip(given, due, strict=True))
    made = {"asset": f1(right, sum(a is not None for a in given), sum(a is not None for a in due))}
    told: list[str] = ["known" if devices[n].status == "changed" else devices[n].status for n in numbers]
    wrong = [g is not None and g != d for g, d in zip(given, due, strict=True)]
    told = ["wrong" if bad else label for bad, label in zip(wrong, told, strict=True)]
    labels = [truth.label_of[m] for m in truth.of]
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for machine, label in zip(truth.of, told, strict=True):
        votes[machine][label] += 1
    most = {m: max(sorted(count), key=count.__getitem__) for m, count in votes.items()}
    for what, pairs in (
        ("label", list(zip(told, labels, strict=True))),
        ("machine", [(most[m], truth.label_of[m]) for m in sorted(most)]),
    ):
        for label in ("known", "moved", "unknown"):
            hit = sum(a == b == label for a, b in pairs)
            made[f"{what} {label}"] = f1(hit, sum(a == label for a, _ in pairs), sum(b == label for _, b in pairs))
        three = [(a, b) for a, b in pairs if b != "conflict"]
        made[what] = f1(sum(a == b for a, b in three), sum(a != "conflict" for a, _ in three), len(three))
    both = Counter(zip(numbers, truth.of, strict=True))
    together = sum(comb(n, 2) for n in both.values())
    made["pairs"] = f1(
        together,
        sum(comb(n, 2) for n in Counter(numbers).values()),
        sum(comb(n, 2) for n in Counter(truth.of).values()),
    )
    gone = {a.id for a in found.assets if a.status == "gone"} - truth.hopeless
    made["gone"] = f1(len(gone & truth.gone), len(gone), len(truth.gone))
    return made
