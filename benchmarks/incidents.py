"""How fast incidents are with 10,000 of them and 100,000 entries, and how soon 30 people on one of them see what another enters.

    python -m benchmarks.incidents [--incidents 10000] [--entries 100000] [--people 30] [--seconds 60]

Every incident has tasks, a decision and indicators, and one person leads them all. Pages and API are asked for 20 times each:
processor time of this process and of PostgreSQL's for a visit, p95 in milliseconds, the first visit left out, with the ratio to the
health check of the same run. One incident has 2,000 entries. Then a real `kizuki serve`, one process, has 30
people: each keeps the page of one incident open, which asks every two seconds for what is new as the browser does, and enters something
over the API about every ten seconds. Told is the time from sending an entry until each of the others had it on the page.
The database is that of KIZUKI_DATABASE, which must be empty, else a new SQLite. Promised: lists 150 ms, a timeline of 2,000 entries
300 ms, an entry seen by all within 3 s.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ |= {
    "KIZUKI_HOME": tempfile.mkdtemp(prefix="kizuki-bench-"),
    "DJANGO_SETTINGS_MODULE": "kizuki.config.settings",
}

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from kizuki.accounts.actions import create_key, create_person  # noqa: E402
from kizuki.accounts.models import Person  # noqa: E402
from kizuki.commands.server import prepare  # noqa: E402
from kizuki.incidents import drawing, search, standing  # noqa: E402
from kizuki.incidents.choices import KINDS, LANES, OPEN, Kind, Status  # noqa: E402
from kizuki.incidents.engine import moment as moments  # noqa: E402
from kizuki.incidents.models import Decision, Entry, Incident, Indicator, Member, Task  # noqa: E402
from kizuki.register.actions.organisation import begin_organisation  # noqa: E402
from kizuki.register.engine.format import About  # noqa: E402

LONG = 2_000
#: How often the page asks for what is new, and how often somebody enters something, in seconds.
POLL, PAUSE = 2.0, 10.0
WORDS = [
    "端末", "サーバー", "バックアップ", "不審な通信", "認証情報", "ランサムウェア", "隔離した", "確認した", "復旧",
    "委託先", "VPN", "管理者", "メール", "警察", "公表", "server", "laptop", "backup", "account", "firewall", "isolated",
    "restored", "phishing", "supplier", "gateway", "proxy", "hypervisor", "domain", "controller",
]  # fmt: skip


def texts(chance: random.Random, n: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(n))


def filled(incidents: int, entries: int, chance: random.Random) -> tuple[Person, str]:
    """An installation with incidents and entries, written as fast as the database takes them; gives its manager, and the number of
    the incident with a long timeline."""
    prepare()
    home = begin_organisation(about=About(name="Benchmark"), complete=(), by="benchmark")
    person = create_person(email="m@example.org", name="Manager", role="manager", by="benchmark")
    now = timezone.now()
    made = [_incident(n, incidents, now, home, person, chance) for n in range(incidents)]
    rows = Incident.objects.bulk_create(made, batch_size=500)
    Member.objects.bulk_create([Member(incident=one, person=person, role="lead") for one in rows], batch_size=2000)
    counts = [LONG if n == len(rows) - 1 else 1 for n in range(len(rows))]
    for _ in range(max(0, entries - sum(counts))):
        counts[chance.randrange(len(counts) - 1)] += 1
    batch: list[Entry] = []
    for row, count in zip(rows, counts, strict=True):
        batch += [_entry(row, seq, count, person, chance) for seq in range(1, count + 1)]
        if len(batch) > 5000:
            batch = _written(batch)
    _written(batch)
    work(rows, person, chance)
    for row, count in zip(rows, counts, strict=True):
        row.last_seq = count
    Incident.objects.bulk_update(rows, ["last_seq"], batch_size=500)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return person, rows[-1].number


def work(rows: list[Incident], person: Person, chance: random.Random) -> None:
    """Tasks of the person, of their role and of nobody; a decision to look at again; indicators to confirm."""
    first = dict(Entry.objects.filter(seq=1).values_list("incident", "pk"))
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        Task.objects.bulk_create(
            Task(
                incident=row, number=n, title_ja=texts(chance, 4), owner=person if n % 3 == 0 else None, role="lead" if n % 3 else "it",
                due=row.opened_at + dt.timedelta(hours=n), state="done" if row.status == Status.CLOSED or n > 4 else "todo",
            )
            for row in part for n in range(1, 7)
        )  # fmt: skip
        Decision.objects.bulk_create(
            Decision(
                incident=row, number=1, question=texts(chance, 6), options=["a", "b"], chosen=0, reason="r", decided_by="d", basis_seq=0,
                entry_id=first[row.pk], review_on=row.opened_at + dt.timedelta(days=1), by=person,
            )
            for row in part
        )  # fmt: skip
        Indicator.objects.bulk_create(
            Indicator(incident=row, kind="domain", value=f"a{n}.{row.pk}.example") for row in part for n in range(4)
        )


def _written(batch: list[Entry]) -> list[Entry]:
    Entry.objects.bulk_create(batch, batch_size=500)
    return []


def _incident(n: int, all_: int, now: dt.datetime, home: Any, person: Person, chance: random.Random) -> Incident:
    opened = now - dt.timedelta(hours=all_ - n)
    closed = n < all_ * 9 // 10
    status = Status.CLOSED if closed else chance.choice(OPEN)
    return Incident(
        organisation=home, number=f"INC-{opened.year}-{n + 1:05d}", title=texts(chance, 5), stand=texts(chance, 8),
        kind=chance.choice(Kind.values), status=status, severity=chance.randrange(5), lead=person, day_one=opened.date(),
        opened_at=opened, closed_at=opened + dt.timedelta(days=3) if closed else None, by=person, by_name=person.name,
        changed_at=opened, restricted=n % 50 == 0 and n < all_ - 1,
    )  # fmt: skip


def _entry(row: Incident, seq: int, count: int, person: Person, chance: random.Random) -> Entry:
    at = row.opened_at + dt.timedelta(minutes=60 * 24 * 10 * seq // count) - dt.timedelta(days=11)
    moment = moments.in_zone(at, row.zone)
    return Entry(
        incident=row, seq=seq, at=moment.at, low=moment.low, high=moment.high, sort=moment.low or at, zone=row.zone, recorded_at=at,
        by=person, by_name=person.name, lane=chance.choice(LANES), kind=chance.choice(KINDS), text=texts(chance, 12),
        handover=[chance.choice(LANES)] if seq % 7 == 0 else [],
    )  # fmt: skip


def _spent() -> float:
    """Processor time in seconds of this process, and of PostgreSQL's process that serves it where that runs on this machine."""
    beside = 0.0
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        beside = int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0
    return time.process_time() + beside


def p95(visit: Callable[[], Any], rounds: int = 20) -> float:
    """Processor time in milliseconds, the first visit left out."""
    visit()
    seconds = []
    for _ in range(rounds):
        start = _spent()
        assert visit().status_code == 200
        seconds.append(_spent() - start)
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1] * 1000


def pages(person: Person, long: str) -> None:
    """Lists, the long timeline, the API."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    lists = [
        "/incidents/", "/incidents/?status=all", "/incidents/?status=all&page=150", "/incidents/?status=all&severity=3%2B&kind=ransomware",
        "/incidents/?status=all&q=バックアップ", "/incidents/?status=all&q=hypervisor", "/incidents/?status=all&q=INC-2026-0004",
        "/incidents/?status=all&sort=changed", "/incidents/mine", "/api/v1/incidents?limit=100",
        "/api/v1/incidents?status=all&limit=100&cursor=5000",
        "/api/v1/incidents?status=all&q=backup", f"/api/v1/incidents/{long}", f"/api/v1/incidents/{long}/entries?limit=100&after=1500",
    ]  # fmt: skip
    timelines = [
        f"/incidents/{long}", f"/incidents/{long}?show=all", f"/incidents/{long}?lane=it", f"/api/v1/incidents/{long}/entries?limit=500",
    ]  # fmt: skip
    beside = p95(lambda: client.get("/healthz"))
    for promised, listed in ((150, lists), (300, timelines)):
        for page in listed:
            _fresh()
            found = p95(lambda page=page: client.get(page))  # type: ignore[misc]
            print(
                f"{page:<62} {found:8.1f} ms  promised {promised}, ratio {found / promised:.2f}; {found / beside:.0f} times /healthz"
            )
    print(
        f"{'the long timeline, drawn anew each time':<62} {p95(lambda: _drawn_anew(client, long)):8.1f} ms  promised 300"
    )


def _fresh() -> None:
    """Nothing is kept of any timeline."""
    drawing.forget()
    standing.forget()


def _drawn_anew(client: Client, long: str) -> Any:
    _fresh()
    return client.get(f"/incidents/{long}")


class Somebody(threading.Thread):
    """Keeps the page open and enters something now and then. `sent`: seq → when it was sent; `seen`: seq → when the page had it."""

    def __init__(self, port: int, number: str, session: str, key: str, until: float, chance: float) -> None:
        super().__init__(daemon=True)
        self.port, self.number, self.session, self.key, self.until = port, number, session, key, until
        self.next_entry = time.monotonic() + PAUSE * chance
        self.sent, self.seen = dict[int, float](), dict[int, float]()
        self.newest, self.n, self.polls, self.writes = 0, 0, list[float](), list[float]()

    def run(self) -> None:
        time.sleep(random.random() * POLL)
        while time.monotonic() < self.until:
            begun = time.monotonic()
            self.poll()
            if begun >= self.next_entry and begun < self.until - 5:
                self.enter()
                self.next_entry += PAUSE
            time.sleep(max(0.0, POLL - (time.monotonic() - begun)))

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        connected = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connected.request(method, path, body, headers)
            answer = connected.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connected.close()

    def poll(self) -> None:
        headers = {"Cookie": f"kizuki_session={self.session}", "HX-Request": "true"}
        begun = time.monotonic()
        status, told = self.ask("GET", f"/incidents/{self.number}?after={self.newest}", None, headers)
        now = time.monotonic()
        self.polls.append(now - begun)
        if status == 204:
            return
        assert status == 200, told[:500]
        newest = max(map(int, re.findall(r"after=([0-9]+)", told)))
        self.seen |= dict.fromkeys(range(self.newest + 1, newest + 1), now)
        self.newest = newest

    def enter(self) -> None:
        self.n += 1
        body = json.dumps(
            {"text": f"Entry {self.n} of {self.name}", "lane": "it", "kind": "analyse", "once": f"{self.n}"}
        ).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        begun = time.monotonic()
        status, told = self.ask("POST", f"/api/v1/incidents/{self.number}/entries", body, headers)
        assert status == 200, told[:500]
        self.writes.append(time.monotonic() - begun)
        self.sent[json.loads(told)["seq"]] = begun


def together(number: str, people: int, seconds: int) -> None:
    """How soon everybody sees what one of them enters."""
    until = timezone.now() + dt.timedelta(days=1)
    known = []
    for n in range(people):
        person = create_person(email=f"p{n}@example.org", name=f"Person {n}", role="responder", by="benchmark")
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person)
        key = create_key(person=person, name="benchmark", scope="write", expires_at=until, by="benchmark")[1]
        known.append((client.cookies["kizuki_session"].value, key))
    connection.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kizuki.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=ROOT
    )
    try:
        _answers(port)
        end = time.monotonic() + seconds
        crowd = [Somebody(port, number, *one, end, n / people) for n, one in enumerate(known)]
        for somebody in crowd:
            somebody.start()
        for somebody in crowd:
            somebody.join(timeout=seconds + 120)
    finally:
        server.terminate()
        server.wait(30)
    _report(crowd)


def _answers(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            time.sleep(2)
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


def at95(found: list[float]) -> float:
    """The p95 of what is sorted."""
    return found[int(len(found) * 0.95)]


def _report(crowd: list[Somebody]) -> None:
    sent = {seq: at for one in crowd for seq, at in one.sent.items()}
    waits = sorted(
        one.seen[seq] - at for one in crowd for seq, at in sent.items() if seq in one.seen and seq not in one.sent
    )
    unseen = sum(seq not in one.seen for one in crowd for seq in sent)
    last = sorted(max(one.seen[seq] for one in crowd if seq in one.seen) - at for seq, at in sent.items())
    polls, writes = sorted(p for one in crowd for p in one.polls), sorted(w for one in crowd for w in one.writes)
    print(
        f"{len(crowd)} people, {len(sent)} entries, page asked every {POLL:.0f} s: an entry was on another's page after"
        f" {statistics.median(waits):.1f} s (median), {at95(waits):.1f} s (p95), {waits[-1]:.1f} s (longest); on everybody's after"
        f" {at95(last):.1f} s (p95); promised 3, ratio {at95(last) / 3:.2f}; not seen by somebody: {unseen}"
    )
    print(f"  entering took {statistics.median(writes) * 1000:.0f} ms (median), {at95(writes) * 1000:.0f} ms (p95);"
          f" asking for what is new {statistics.median(polls) * 1000:.0f} ms (median), {at95(polls) * 1000:.0f} ms (p95)")  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--incidents", type=int, default=10_000)
    arguments.add_argument("--entries", type=int, default=100_000)
    arguments.add_argument("--people", type=int, default=30)
    arguments.add_argument("--seconds", type=int, default=60)
    asked = arguments.parse_args()
    person, long = filled(asked.incidents, asked.entries, random.Random(4))
    start = time.perf_counter()
    while search.index_all():
        pass
    took = time.perf_counter() - start
    counts = f"{Incident.objects.count():,} incidents, {Entry.objects.count():,} entries"
    print(f"{connection.vendor}: {counts}; to have them be found {took:.0f} s")
    # What was made so far is not what a server holds; else the collector would go through it on each visit.
    gc.collect()
    gc.freeze()
    pages(person, long)
    together(long, asked.people, asked.seconds)


if __name__ == "__main__":
    main()
