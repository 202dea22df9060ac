"""How long the server takes for each page with 10,000 public reports beside the library, and what a process weighs.

    python benchmarks/pages.py [--cases 10000] [--rounds 40]

Every page is fetched from `kizuki serve` over and over. Its server time is the processor time that the server used for a visit,
all its threads and the collector's pauses included: on a quiet machine that is what the answer took, and on a shared one it leaves
out what others did meanwhile. The time until the answer was there stands beside it. Both are p95 of the visits in milliseconds, the
first visit not among them; the ratio to /healthz in the same run lets machines be compared. Memory is what the two processes of the
server take together (proportional set size: a page of memory that both share counts once). Everything happens in a throw-away
home. The targets: p95 under 100 ms and at most 15 queries for each page, under 250 MB.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
HOME = tempfile.mkdtemp(prefix="kizuki-bench-")
os.environ |= {"KIZUKI_HOME": HOME, "DJANGO_SETTINGS_MODULE": "kizuki.config.settings"}

import django  # noqa: E402

django.setup()

import msgspec  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from kizuki.accounts.models import Person  # noqa: E402
from kizuki.casebook.actions import import_cases  # noqa: E402
from kizuki.casebook.engine.format import Case, Situation, Timeline  # noqa: E402
from kizuki.casebook.library import cases  # noqa: E402
from kizuki.commands.server import prepare  # noqa: E402
from kizuki.demo import actions  # noqa: E402
from kizuki.jobs.worker import drain  # noqa: E402

PAGES = [
    "/healthz", "/cases/", "/cases/?q=backup", "/cases/?q=バックアップ", "/cases/?cause=malware", "/cases/?page=150",
    "/cases/nisc-a", "/cases/nisc-h", "/cases/for/executive", "/cases/for/strategy", "/cases/for/practitioner",
    "/cases/glossary", "/measures/", "/measures/P01", "/replay/", "/replay/case/nisc-h", "/replay/priorities",
    "/jobs/?all", "/journal/", "/account/", "/account/people/", "/keys",
]  # fmt: skip
#: A public report has no more than an account and tags.
EMPTY: dict[str, Any] = {
    "attack": (), "timeline": Timeline(), "situation": Situation(), "causes_found": (), "times": (), "mitigations": (),
    "lessons": (), "challenges": (), "ambiguities": (),
}  # fmt: skip
TARGET_MS, TARGET_QUERIES, TARGET_MB = 100.0, 15, 250.0


def public_reports(number: int, chance: random.Random) -> list[Case]:
    """Public reports made of the library's cases: another id, sector and profile, and no attack steps."""
    library = cases()
    sectors = sorted({case.organisation.sector for case in library})
    tags = sorted({tag for case in library for tag in case.profile})
    made = []
    for n in range(number):
        case = chance.choice(library)
        organisation = msgspec.structs.replace(case.organisation, sector=chance.choice(sectors))
        profile = tuple(sorted(chance.sample(tags, 4)))
        made.append(
            msgspec.structs.replace(
                case, id=f"report-{n}", kind="public-report", organisation=organisation, profile=profile, **EMPTY
            )
        )
    return made


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1] * 1000


class Taken(NamedTuple):
    """p95 of a page in milliseconds: processor time of the server, time until the answer was there."""

    server: float
    answer: float


def timed(visit: Callable[[str], object], rounds: int, used: Callable[[], float]) -> dict[str, Taken]:
    """What each page takes, warm. `used`: seconds of processor time that the server has used so far."""
    found = {}
    for page in PAGES:
        visit(page)
        server, answer = [], []
        for _ in range(rounds):
            before, start = used(), time.perf_counter()
            visit(page)
            answer.append(time.perf_counter() - start)
            server.append(used() - before)
        found[page] = Taken(p95(server), p95(answer))
    return found


def queries(client: Client, page: str) -> int:
    """How many queries a page takes when nothing of it has been kept."""
    with CaptureQueriesContext(connection) as seen:
        status = client.get(page).status_code
    assert status == 200, f"{page}: {status}"
    return len(seen)


def serve(session: str, rounds: int) -> tuple[dict[str, Taken], float, float]:
    """Times through the real server, its memory in MB after all pages, and the seconds until its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("kizuki")), "serve", "--port", str(port)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"

        def visit(page: str) -> bytes:
            path = quote(page, safe="/?=&")
            request = Request(
                address + path, headers={"Cookie": f"kizuki_session={session}", "Accept-Encoding": "gzip"}
            )
            with urlopen(request) as answer:
                if answer.url != address + path:
                    raise SystemExit(f"{page} leads to {answer.url}")
                return bytes(answer.read())

        started = wait(visit, start)
        found = timed(visit, rounds, lambda: sum(processor_time(pid) for pid in family(process.pid)))
        return found, sum(memory(pid) for pid in family(process.pid)), started
    finally:
        process.terminate()
        process.wait(30)


def wait(visit: Callable[[str], object], start: float) -> float:
    while time.perf_counter() - start < 120:
        try:
            visit("/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return time.perf_counter() - start
    raise SystemExit("the server does not answer")


def family(pid: int) -> Iterator[int]:
    """A process and its children."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield int(child)


def processor_time(pid: int) -> float:
    """Seconds of processor time that all threads of another process have used, by its clock (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def memory(pid: int) -> float:
    """A process's memory in MB, what it shares with others in its part."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:", 1)[1].split()[0]) / 1024


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cases", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=40)
    wanted = arguments.parse_args()
    prepare()
    actions.load_library()
    actions.load_company()
    actions.sign_in_links()
    import_cases(documents=public_reports(wanted.cases, random.Random(7)), by="benchmark")
    drain()  # imports ask for a replay; a server that still works on it would be measured with it
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Person.objects.get(role="administrator"))
    counts = {page: queries(client, page) for page in PAGES}
    found, weight, started = serve(client.cookies["kizuki_session"].value, wanted.rounds)
    print(f"{wanted.cases} public reports beside the library; p95 of {wanted.rounds} visits; ratio to /healthz")
    for page, taken in found.items():
        told = f"server {taken.server:6.1f} ms {taken.server / found['/healthz'].server:4.0f}×  answer {taken.answer:6.1f} ms"
        print(f"{page:<28} {told}  {counts[page]:3d} queries")
    print(f"memory after all pages {weight:.0f} MB; first answer {started:.1f} s after `kizuki serve`")
    slowest = max(taken.server for taken in found.values())
    good = slowest < TARGET_MS and max(counts.values()) <= TARGET_QUERIES and weight < TARGET_MB
    print("targets met" if good else "a target is missed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
