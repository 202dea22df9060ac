"""How long the server takes for each page with 10,000 public reports beside the library, and what a process weighs.

    python benchmarks/pages.py [--cases 10000] [--rounds 20]

Times are p95 in milliseconds, and beside them the ratio to /healthz measured in the same run, so that machines can be compared:
once in this process (the test client), once through `kizuki serve`. Everything happens in a throw-away home. The targets: p95 under
100 ms and at most 15 queries for each page, under 250 MB for the process.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any
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
from kizuki.replay.actions import rank, refresh, stale  # noqa: E402

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
    return statistics.quantiles(seconds, n=20)[-1] * 1000


def timed(visit: Callable[[str], object], rounds: int) -> dict[str, float]:
    """p95 in milliseconds of each page, warm."""
    found = {}
    for page in PAGES:
        visit(page)
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            visit(page)
            times.append(time.perf_counter() - start)
        found[page] = p95(times)
    return found


def queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        client.get(page)
    return len(seen)


def serve(session: str, rounds: int) -> tuple[dict[str, float], float, float]:
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
                return bytes(answer.read())

        started = wait(visit, start)
        return timed(visit, rounds), memory(process.pid), started
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


def memory(pid: int) -> float:
    """Resident memory of the process and its children in MB."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            values = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(status.parent.name) == pid or int(values["PPid"]) == pid:
            total += int(values.get("VmRSS", "0 kB").split()[0]) / 1024
    return total


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cases", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=20)
    wanted = arguments.parse_args()
    prepare()
    actions.load_library()
    company = actions.load_company()
    actions.sign_in_links()
    import_cases(documents=public_reports(wanted.cases, random.Random(7)), by="benchmark")
    refresh(organisation=company, cases=stale(company))
    rank(organisation=company)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Person.objects.get(role="administrator"))

    def visit(page: str) -> None:
        status = client.get(page).status_code
        assert status == 200, f"{page}: {status}"

    inside = timed(visit, wanted.rounds)
    counts = {page: queries(client, page) for page in PAGES}
    outside, weight, started = serve(client.cookies["kizuki_session"].value, wanted.rounds)
    print(f"{wanted.cases} public reports beside the library; p95 of {wanted.rounds} visits; ratio to /healthz")
    for page in PAGES:
        ratio = f"{inside[page] / inside['/healthz']:6.0f}×  served {outside[page]:7.1f} ms {outside[page] / outside['/healthz']:5.0f}×"
        print(f"{page:<28} {inside[page]:7.1f} ms {ratio}  {counts[page]:3d} queries")
    print(f"memory after all pages {weight:.0f} MB; first answer {started:.1f} s after `kizuki serve`")
    good = max(outside.values()) < TARGET_MS and max(counts.values()) <= TARGET_QUERIES and weight < TARGET_MB
    print("targets met" if good else "a target is missed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
