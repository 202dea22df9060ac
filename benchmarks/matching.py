"""How fast observations are matched to the register, and how rightly, on a generated network whose truth is known.

    python -m benchmarks.matching [--quick]

Another process makes the network and writes it down; this one reads the observations one by one, as from a file of an import, so
that time and memory are those of reading and matching. Promised: 1,000,000 observations and 100,000 assets in 60 s and 1.5 GiB.
Then a day's observations on top of the state of the days before, and on a small network the ratio to the plain reference.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from kizuki.register.engine.matching import Known, Range, State, fold, match
from kizuki.register.engine.observation import Observation
from kizuki.register.tests.network_sources import generate, scores
from kizuki.register.tests.network_truth import DAY, START

T = TypeVar("T")
DAYS = 2


def write(folder: Path, machines: int) -> None:
    """A network of two days: its register, ranges, and observations one a line."""
    truth = generate(machines, DAYS, 7, 0.78)
    (folder / "known").write_bytes(msgspec.json.encode(truth.known))
    (folder / "ranges").write_bytes(msgspec.json.encode(truth.ranges))
    with (folder / "observations").open("wb") as file:
        for one in truth.observations:
            file.write(msgspec.json.encode(one) + b"\n")


def observations(folder: Path, counted: list[int]) -> Iterator[Observation]:
    decode = msgspec.json.Decoder(Observation).decode
    with (folder / "observations").open("rb") as file:
        for line in file:
            counted[0] += 1
            yield decode(line)


def timed(what: Callable[[], T]) -> tuple[float, float, T]:
    """Processor time, time by the clock, and what came out."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = what()
    return time.process_time() - cpu, time.perf_counter() - wall, made


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def large(folder: Path) -> None:
    """All at once, then the last day on top of the state of the day before."""
    known = msgspec.json.decode((folder / "known").read_bytes(), type=list[Known])
    ranges = msgspec.json.decode((folder / "ranges").read_bytes(), type=list[Range])
    counted, noon = [0], START + timedelta(days=DAYS - 1)
    cpu, wall, found = timed(lambda: match(known, ranges, observations(folder, counted)))
    print(
        f"{counted[0]:,} observations, {len(known):,} assets, {len(found.state.traces):,} traces, {len(found.devices):,} devices"
    )
    print(f"  read and matched: {cpu:.1f} s processor, {wall:.1f} s clock, promised 60 s, ratio {wall / 60:.2f}")
    print(f"  peak memory {peak():.0f} MiB, promised 1536 MiB, ratio {peak() / 1536:.2f}", flush=True)
    state = msgspec.json.encode(found.state)
    del found
    cpu, wall, _ = timed(lambda: fold((), msgspec.json.decode(state, type=State)))
    print(f"  state as JSON: {len(state) / 2**20:.0f} MiB, read again in {wall:.1f} s", flush=True)
    before = fold(one for one in observations(folder, counted) if one.at < noon)
    cpu, wall, _ = timed(
        lambda: match(known, ranges, (o for o in observations(folder, counted) if o.at >= noon), before)
    )
    print(f"  the last day on top of the state: {cpu:.1f} s processor, {wall:.1f} s clock", flush=True)


def small() -> None:
    """How often the time of the plain reference the engine needs, and how right it is."""
    from kizuki.register.tests.matching_reference import Reference

    truth = generate(25, 4, 1)
    slow, _, _ = timed(lambda: Reference(truth.known, truth.ranges, truth.observations, 14 * DAY))
    fast, _, _ = timed(lambda: match(truth.known, truth.ranges, truth.observations))
    print(
        f"{len(truth.observations):,} observations: reference {slow:.2f} s, engine {fast:.3f} s, ratio {slow / fast:.0f}"
    )
    for seed in (101, 102, 103):
        truth = generate(600, 12, seed)
        found = match(truth.known, truth.ranges, truth.observations, absent_after=5 * DAY)
        print(f"seed {seed}: F1 " + ", ".join(f"{what} {f1:.3f}" for what, (_, _, f1) in scores(truth, found).items()))


def main() -> None:
    if "--write" in sys.argv:
        write(Path(sys.argv[2]), int(sys.argv[3]))
        return
    machines = 13_500 if "--quick" in sys.argv else 135_000
    with tempfile.TemporaryDirectory() as folder:
        made = [sys.executable, "-m", "benchmarks.matching", "--write", folder, str(machines)]
        subprocess.run(made, check=True)
        large(Path(folder))
    small()


if __name__ == "__main__":
    main()
