"""How fast the register is with 100,000 assets and 5,000 rows of coverage, and whether an import lets others write.

    python -m benchmarks.register [--assets 100000]

The assets are brought in as an import does it, in portions, and taken back as its undo does it, while a second connection keeps
writing: the longest of its waits is told. Brought in again, pages are asked for, each 20 times: processor time of this process for a
visit, p95 in milliseconds, with the ratio to the health check of the same run. Reading the whole register and replaying the eight
cases from it are timed once each, beside replaying them from the document in memory. The database is that of KIZUKI_DATABASE, which
must be empty, else a new SQLite.
Promised: import and undo under 60 s each, no other write waiting 500 ms, lists 150 ms, replay from the database 2 s.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["KIZUKI_HOME"] = os.environ.get("KIZUKI_BENCH_HOME") or tempfile.mkdtemp(prefix="kizuki-bench-")
# The process of the other writer works on the same database.
os.environ["KIZUKI_BENCH_HOME"] = os.environ["KIZUKI_HOME"]
os.environ["DJANGO_SETTINGS_MODULE"] = "kizuki.config.settings"

import django

django.setup()

import msgspec  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.replay import organisation as generated  # noqa: E402
from kizuki.accounts.actions import create_person  # noqa: E402
from kizuki.casebook.library import cases  # noqa: E402
from kizuki.commands.server import prepare  # noqa: E402
from kizuki.measures.library import catalogue  # noqa: E402
from kizuki.register.actions import (  # noqa: E402
    Edit,
    apply,
    apply_portions,
    edits_for,
    store_organisation,
    undo_portions,
)
from kizuki.register.engine.format import Coverage, Scope  # noqa: E402
from kizuki.register.engine.format import Organisation as Document  # noqa: E402
from kizuki.register.library import vocabulary  # noqa: E402
from kizuki.register.models import Organisation  # noqa: E402
from kizuki.replay.engine.register import compile_register  # noqa: E402
from kizuki.replay.engine.replay import replay_all  # noqa: E402

PAGES = [
    "/register/", "/register/assets/", "/register/assets/?page=1000", "/register/assets/?q=asset-0777", "/register/assets/?q=nothing",
    "/register/assets/?zone=plant-1&kind=server", "/register/assets/?unit=unit-3&importance=3", "/register/assets/?sort=-changed",
    "/register/zones/", "/register/assets/7/", "/register/assets/7/edit",
    "/api/v1/register/assets?limit=100", "/api/v1/register/assets?limit=100&cursor=50000",
]  # fmt: skip


def timed(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def p95(visit: Callable[[], Any], rounds: int = 20) -> float:
    """Processor time of this process in milliseconds, the first visit left out."""
    visit()
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        assert visit().status_code == 200
        seconds.append(time.process_time() - start)
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1] * 1000


def others(stop: Any, waits: Any) -> None:
    """Somebody in another process who changes one record over and over while the import runs; gives how long each write took."""
    organisation = Organisation.objects.get(is_home=True)
    found = list[float]()
    while not stop.is_set():
        edit = Edit("contact", "busy", {"id": "busy", "name": f"Busy {len(found)}"})
        start = time.perf_counter()
        apply(organisation=organisation, edits=[edit], by="somebody", quiet=True)
        found.append(time.perf_counter() - start)
        time.sleep(0.05)
    waits.put(found)


class Beside:
    """Somebody else who writes, in a process of their own, from `with` to the end of it. `longest`: milliseconds of the slowest write."""

    def __enter__(self) -> Beside:
        context = multiprocessing.get_context("spawn")
        self._stop, self._told = context.Event(), context.Queue()
        connection.close()
        self._writer = context.Process(target=others, args=(self._stop, self._told))
        self._writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        waits = self._told.get(timeout=60)
        self._writer.join()
        self.count, self.longest = len(waits), max(waits) * 1000


def whole_of(size: int) -> Document:
    """A large organisation with 5,000 rows of coverage besides its own."""
    whole = generated(size)
    more = [
        Coverage(measure.id, Scope(unit=f"unit-{n % 24}", asset=f"asset-{n * 17 % size:06}"), "partial")
        for n in range(5_000 // 62 + 1)
        for measure in catalogue().measures
    ]
    coverage = {(c.measure, c.scope): c for c in (*whole.coverage, *more)}
    return msgspec.structs.replace(whole, coverage=tuple(coverage.values()))


def enter(whole: Document) -> Organisation:
    """Everything brought in as an import does it, taken back, and brought in again, while somebody else writes."""
    bare = msgspec.structs.replace(whole, assets=(), links=(), coverage=())
    organisation = store_organisation(document=bare, by="benchmark", home=True)
    edits = edits_for(organisation, whole, only_add=True)
    batch = uuid.uuid4()
    given: dict[str, Any] = {"organisation": organisation, "by": "benchmark"}
    acts: dict[str, Callable[[], object]] = {
        "import": lambda: apply_portions(**given, edits=edits, verb="imported", batch=batch),
        "undo": lambda: undo_portions(**given, batch=batch),
    }
    for name, act in acts.items():
        with Beside() as beside:
            taken = timed(act)
        print(f"{name} of {len(edits):,} records  {taken:8.1f} s  promised 60, ratio {taken / 60:.2f}")
        print(
            f"longest of {beside.count} writes of another process during it  {beside.longest:8.0f} ms  promised 500, ratio "
            f"{beside.longest / 500:.2f}"
        )
    fresh = [edit._replace(base=None) for edit in edits]
    apply_portions(**given, edits=fresh, verb="imported", batch=uuid.uuid4())
    return Organisation.objects.get(pk=organisation.pk)


def replayed(row: Organisation) -> None:
    """The eight cases from the database, beside what it consists of."""
    read = timed(lambda: row.read)
    compiled: list[Any] = []
    made = timed(lambda: compiled.append(compile_register(row.standing("2026-11-28"), catalogue(), vocabulary())))
    walked = timed(lambda: list(replay_all(cases(), compiled[0], changes=False, questions=False)))
    whole = read + made + walked
    print(f"reading the whole register  {read:6.2f} s, making it ready {made:.2f} s, eight cases {walked:.2f} s")
    print(f"replay of eight cases from the database  {whole:6.2f} s  promised 2, ratio {whole / 2:.2f}")


def visited() -> None:
    """The pages, beside the health check."""
    person = create_person(email="a@example.org", name="A", role="manager", by="benchmark")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    beside = p95(lambda: client.get("/healthz"))
    for page in PAGES:
        found = p95(partial(client.get, page))
        print(f"{page:<50} {found:8.1f} ms  promised 150, ratio {found / 150:.2f}; {found / beside:.0f} times /healthz")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--assets", type=int, default=100_000)
    size = arguments.parse_args().assets
    prepare()
    replayed(enter(whole_of(size)))
    visited()


if __name__ == "__main__":
    main()
