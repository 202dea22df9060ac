"""How long devices take with 100,000 assets and 1,000,000 observations: taking in, matching, lists, filters, searches.

    python benchmarks/devices.py [--assets 100000] [--observations 1000000] [--rounds 20]
    scripts/postgres python benchmarks/devices.py

Observations come as a DHCP server tells them: each machine is seen again and again in thirty days, its address changes now and then,
one machine in twenty is not in the register. One in five goes the way that it goes for people, through `take_observations` in
portions; the others are copies of these, some minutes earlier, which is quicker and the same to the pages. Then `match_devices`, and
pages through Django's client. For taking in and matching, the longest time for which the database was held
by one transaction is measured by another process that writes all the time. Of a page, p95 of the time until the answer was there, and of
the processor time of this process (on PostgreSQL without the server's). The targets: pages under 150 ms, nobody waits 500 ms.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# The process of the other writer works on the same database.
os.environ.setdefault("KIZUKI_BENCH_HOME", tempfile.mkdtemp(prefix="kizuki-bench-"))
os.environ |= {
    "KIZUKI_HOME": os.environ["KIZUKI_BENCH_HOME"],
    "DJANGO_SETTINGS_MODULE": "kizuki.config.settings",
}

import django  # noqa: E402

django.setup()

import msgspec  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from kizuki.accounts.models import Person  # noqa: E402
from kizuki.commands.server import prepare  # noqa: E402
from kizuki.demo import actions as demo  # noqa: E402
from kizuki.devices.actions import match_devices, take_observations  # noqa: E402
from kizuki.devices.models import Device, Observation, Trace  # noqa: E402
from kizuki.register.actions import store_organisation  # noqa: E402
from kizuki.register.engine.format import Organisation as Document  # noqa: E402
from kizuki.register.engine.observation import Observation as Seen  # noqa: E402
from kizuki.register.models import Organisation  # noqa: E402

#: Of twenty machines, one is not in the register.
STRANGE = 20
#: Of so many observations, one is taken in and the others are copies of it.
COPIES = 5
PAGE_MS, WAIT_MS = 150.0, 500.0
PAGES = {
    "devices": "/devices/", "devices unknown": "/devices/?state=unknown&decided=nothing",
    "devices of a zone": "/devices/?zone=z7", "devices search": "/devices/?q=nb-0412",
    "devices search mac": "/devices/?q=3c:52:82:01:2", "devices search of all": "/devices/?q=3c:52",
    "devices search nothing": "/devices/?q=zzzz",
    "devices page 40": "/devices/?page=40", "observations": "/devices/observations",
    "observations of a zone": "/devices/observations?zone=z7",
    "observations of a source": "/devices/observations?source={source}",
    "observations search": "/devices/observations?q=nb-0412", "observations search wide": "/devices/observations?q=10.",
    "observations search nothing": "/devices/observations?q=zzzz", "sources": "/devices/sources",
    "one device": "/devices/{device}", "tasks": "/tasks/",
}  # fmt: skip


def mac(n: int) -> str:
    return f"3c:52:82:{n >> 16 & 255:02x}:{n >> 8 & 255:02x}:{n & 255:02x}"


def register(assets: int) -> Organisation:
    """As many laptops in forty zones of ten units; not those that are strange."""
    units = [{"id": f"u{n}", "name": f"Unit {n}"} for n in range(10)]
    zones = [
        {"id": f"z{n}", "name": f"Zone {n}", "kind": "office", "ranges": [f"10.{n}.0.0/16"], "addresses": "leased", "unit": f"u{n % 10}"}
        for n in range(40)
    ]  # fmt: skip
    rows = [
        {"id": f"a{n}", "name": f"Laptop {n}", "kind": "pc", "unit": f"u{n % 10}", "zone": f"z{n % 40}",
         "macs": [mac(n)], "hosts": [f"nb-{n:05}"]}
        for n in range(assets)
        if n % STRANGE
    ]  # fmt: skip
    told = {
        "schema": "kizuki/organisation/1",
        "organisation": {"name": "Bench"},
        "units": units,
        "zones": zones,
        "assets": rows,
    }
    return store_organisation(document=msgspec.convert(told, Document), by="benchmark", home=True, slug="bench")


def observations(assets: int, number: int, zone: int, chance: random.Random) -> Iterator[Seen]:
    """What the sources of one zone of forty saw, in the order of time."""
    end, mine = timezone.now() - timedelta(minutes=5), range(zone, assets, 40)
    for k in range(number // 40):
        n = mine[k % len(mine)]
        at = end - timedelta(days=30) * (1 - k / (number // 40))
        lease = (n * 7 + k // (len(mine) * 4)) % 60_000
        ip = f"10.{zone}.{lease // 250}.{lease % 250 + 1}"
        name = (f"nb-{n:05}",) if chance.random() < 0.7 else ()
        yield Seen("dhcp:leases", at, mac=mac(n), ips=(ip,), hosts=name)


def writes(stop: Any, told: Any) -> None:
    """Another writer, in a process of its own: how long it had to wait at most."""
    person = Person.objects.order_by("pk").values_list("pk", flat=True)[0]
    longest = 0.0
    while not stop.is_set():
        start = time.perf_counter()
        with transaction.atomic():
            Person.objects.filter(pk=person).update(version=1)
        longest = max(longest, time.perf_counter() - start)
        time.sleep(0.05)
    told.put(longest)


def watched(work: Any) -> tuple[float, float, Any]:
    """Seconds that some work took, the longest that another writer waited in ms, what came of it."""
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.Queue()
    connection.close()
    other = context.Process(target=writes, args=(stop, told))
    other.start()
    start = time.perf_counter()
    found = work()
    took = time.perf_counter() - start
    stop.set()
    longest = told.get(timeout=60)
    other.join()
    return took, longest * 1000, found


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1] * 1000


def visit(client: Client, page: str, rounds: int) -> tuple[float, float, int]:
    """p95 in ms of answer and processor time; queries of the first visit."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200, page
    number = len(queries)
    answers, used = [], []
    for _ in range(rounds):
        start, before = time.perf_counter(), time.process_time()
        client.get(page)
        answers.append(time.perf_counter() - start)
        used.append(time.process_time() - before)
    return p95(answers), p95(used), number


def copy(times: int) -> None:
    """Every observation again, so many times, each some minutes earlier than the one before."""
    minute = "datetime(at, '-%s minutes')" if connection.vendor == "sqlite" else "at - interval '%s minutes'"
    columns = "trace_id, source_id, zone, says, said"
    last = Observation.objects.latest("pk").pk
    with connection.cursor() as cursor:
        for k in range(1, times + 1):
            read = f"SELECT {minute % (k * 7)}, {columns} FROM devices_observation WHERE id <= %s"
            cursor.execute(f"INSERT INTO devices_observation (at, {columns}) {read}", [last])
        cursor.execute("ANALYZE")


def take_all(assets: int, number: int) -> int:
    chance = random.Random(3)
    return sum(
        take_observations(
            source=f"dhcp:z{zone}",
            observations=observations(assets, number, zone, chance),
            by="benchmark",
            zone=f"z{zone}",
        ).new
        for zone in range(40)
    )


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--assets", type=int, default=100_000)
    arguments.add_argument("--observations", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=20)
    wanted = arguments.parse_args()
    prepare()
    demo.load_library()
    demo.sign_in_links()
    organisation = register(wanted.assets)
    print(f"{connection.vendor}: {wanted.assets} machines, {wanted.observations} observations", flush=True)
    took, waited, new = watched(lambda: take_all(wanted.assets, wanted.observations // COPIES))
    print(
        f"taking in   {took:7.1f} s  {new / took:7.0f} a second  another writer waited {waited:5.0f} ms at most",
        flush=True,
    )
    copy(COPIES - 1)
    worst = waited
    for again in ("first", "again"):
        took, waited, counts = watched(lambda: match_devices(organisation=organisation, by="benchmark"))
        worst = max(worst, waited)
        print(f"matching, {again} {took:7.1f} s  {counts}  another writer waited {waited:5.0f} ms at most", flush=True)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Person.objects.get(role="administrator"))
    names = {"device": Device.objects.filter(state="known")[5].pk, "source": Observation.objects.latest("pk").source_id}
    slowest = 0.0
    for name, page in PAGES.items():
        answer, used, queries = visit(client, page.format(**names), wanted.rounds)
        slowest = max(slowest, answer)
        print(f"{name:<28} answer {answer:6.1f} ms  processor {used:6.1f} ms  {queries:3d} queries", flush=True)
    print(
        f"{Observation.objects.count()} observations, {Trace.objects.count()} traces, {Device.objects.count()} devices"
    )
    good = slowest < PAGE_MS and worst < WAIT_MS
    print("targets met" if good else "a target is missed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
