"""How fast replay is: generated registers and public reports, beside the plain reference on the sizes that it can still do.

    python -m benchmarks.replay [--quick]

Prints, for each of the three promises, the time taken, what was promised, and how many times faster than the reference the
engine is on the largest register that the reference is given. Processor time of one core; memory is the peak of the process.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from kizuki.casebook.engine.format import Case
from kizuki.casebook.library import cases
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Organisation
from kizuki.register.library import vocabulary
from kizuki.replay.engine.register import Compiled, compile_register
from kizuki.replay.engine.replay import replay_all

ZONES = ("internet-dmz", "cloud", "head-lan", "server-lan", "data-centre", "plant-1", "plant-2", "branch-n", "branch-s",
         "branch-w", "guest", "management")  # fmt: skip
UNITS = tuple(f"unit-{n}" for n in range(24))
KINDS = (
    ("pc", 60), ("server", 8), ("web-server", 3), ("file-server", 4), ("database-server", 4), ("mail-server", 1), ("directory", 1),
    ("saas", 2), ("cloud-service", 2), ("mobile", 8), ("iot", 5), ("plant-system", 3), ("network-device", 3), ("backup", 1),
    ("data-store", 1),
)  # fmt: skip
TRAITS = (("runs-common-os", "special-os"), ("password-login", "no-password-login"), ("admin-login", "no-admin-login"),
          ("holds-files", "holds-no-files"), ("reads-mail", "reads-no-mail"), ("patchable", "unpatchable"))  # fmt: skip
STATES = ("none", "partial", "partial", "full", "full", "not applicable")


def organisation(size: int, seed: int = 1) -> Organisation:
    """A register of `size` assets in twelve zones, with uneven coverage, gaps in what is recorded, and links."""
    rng = random.Random(seed)
    ids = [f"asset-{n:06}" for n in range(size)]
    scopes = [
        *({"zone": zone} for zone in ZONES),
        *({"unit": unit} for unit in UNITS),
        *({"kind": k} for k, _ in KINDS),
    ]
    fleets = _fleets(rng)
    coverage: list[dict[str, Any]] = []
    for measure in catalogue().measures:
        if rng.random() < 0.5:
            coverage.append({"measure": measure.id, "scope": {"all": True}, "state": rng.choice(STATES[:3])})
        for scope in rng.sample(scopes, 4):
            coverage.append(
                {"measure": measure.id, "scope": scope, "state": rng.choice(STATES), "evidence": "generated"}
            )
        for id in rng.sample(ids, 1 if size < 50_000 else 5):
            coverage.append({"measure": measure.id, "scope": {"asset": id}, "state": rng.choice(STATES)})
    raw = {
        "schema": "kizuki/organisation/1",
        "organisation": {"name": "Generated", "size": 20000, "profile": ["many-sites", "plants", "cloud-services"]},
        "complete": ["routes", "links", "internet_facing", "supplier_facing"],
        "units": [{"id": unit, "name": unit} for unit in UNITS],
        "zones": [{"id": zone, "name": zone, "kind": "server", "isolates_clients": zone == "guest"} for zone in ZONES],
        "routes": [{"from": a, "to": b} for a in ZONES for b in ZONES if a != b and rng.random() < 0.3],
        "realms": [{"id": f"realm-{n}", "name": "r"} for n in range(6)],
        "assets": [_asset(id, fleets, rng) for id in ids],
        "links": [
            {"from": a, "to": b, "kind": "admin"} for a, b in (rng.sample(ids, 2) for _ in range(min(200, size // 20)))
        ],
        "coverage": coverage,
    }
    return msgspec.convert(raw, Organisation)


def _fleets(rng: random.Random) -> list[dict[str, Any]]:
    """Kinds of asset as an organisation has them: so many PCs of one build in a unit's zone, so many servers of one sort."""
    return [_one(rng) for _ in range(180)]


def _one(rng: random.Random) -> dict[str, Any]:
    kind = rng.choices([k for k, _ in KINDS], [w for _, w in KINDS])[0]
    made: dict[str, Any] = {
        "kind": kind, "unit": rng.choice(UNITS), "zone": rng.choice(ZONES), "supplier_facing": rng.random() < 0.02,
        "internet_facing": kind in ("saas", "web-server") or rng.random() < 0.02,
        "importance": {d: rng.choice((0, 1, 1, 2, 3)) for d in ("confidentiality", "integrity", "availability")},
        "traits": [rng.choice(pair) for pair in TRAITS if rng.random() < 0.7],
    }  # fmt: skip
    if rng.random() < 0.7:
        made["realm"] = f"realm-{rng.randrange(6)}"
    return made


def _asset(id: str, fleets: list[dict[str, Any]], rng: random.Random) -> dict[str, Any]:
    """One of a fleet; one in fifty is like no other."""
    return {"id": id, "name": id, **(_one(rng) if rng.random() < 0.02 else rng.choice(fleets))}


def reports(count: int, seed: int = 2) -> Iterator[Case]:
    """Public reports: one to four actions with no order, two to four measures each, all by judgement."""
    rng = random.Random(seed)
    measures = [m.id for m in catalogue().measures if m.power.stops == "yes"]
    sees = [m.id for m in catalogue().measures if m.power.delay != "no"]
    contains = [m.id for m in catalogue().measures if m.power.contains != "no"]
    text = {"en": "x"}
    for n in range(count):
        attack = [
            {
                "id": f"S{k}", "text": text, "via": rng.choice(("internet", "mail", "not stated", "network", "local", "account")),
                "targets": {"kinds": rng.sample([kind for kind, _ in KINDS], rng.randint(1, 3)),
                            "traits": rng.sample([p[0] for p in TRAITS], rng.randint(0, 1))},
                "effect": rng.choice(("access", "leak", "encrypt", "misuse", "outage", "tamper")),
                **{part: [{"measure": m, "stated": False} for m in rng.sample(pool, most)]
                   for part, pool, most in (("prevent", measures, 3), ("detect", sees, 2), ("contain", contains, 1))},
            }
            for k in range(rng.randint(1, 4))
        ]  # fmt: skip
        raw = {
            "schema": "kizuki/case/1", "id": f"report-{n}", "kind": "public-report", "tlp": "clear", "title": text,
            "source": {"title": text, "publisher": "generated"}, "level": "not stated", "causes": "not stated",
            "organisation": {"label": text, "sector": "not stated", "size": "not stated"}, "attack": attack,
        }  # fmt: skip
        yield msgspec.convert(raw, Case)


def compiled(size: int) -> Compiled:
    return compile_register(organisation(size), catalogue(), vocabulary())


def timed(what: Callable[[], object]) -> float:
    start = time.process_time()
    what()
    return time.process_time() - start


def best(what: Callable[[], object]) -> float:
    """The shortest of ten, as other programs on the machine only make it longer."""
    return min(timed(what) for _ in range(10))


def cold(these: Iterable[Case]) -> float:
    """The time over a register of 1,000 assets of which nothing has been asked yet."""
    register = compiled(1_000)
    return timed(lambda: walk(these, register, changes=False))


def walk(these: Iterable[Case], register: Compiled, *, steps: bool = True, changes: bool = True) -> int:
    """Replay everything from every entry, counterfactuals and questions if `changes`; how many bytes of result it gave."""
    found = replay_all(these, register, steps=steps, changes=changes, questions=changes)
    return sum(len(msgspec.json.encode(result)) for result in found)


def reference_time(size: int) -> float | None:
    """The plain reference on the eight cases, where it is there (it is part of the tests, not of the program)."""
    try:
        from kizuki.replay.tests.reference_replay import reference_replay
    except ImportError:
        return None
    org = organisation(size)
    return timed(lambda: [reference_replay(case, org, catalogue(), vocabulary()) for case in cases()])


def main() -> None:
    quick = "--quick" in sys.argv
    eight = cases()
    small = compiled(1_000)
    walk(eight, small)
    line("8 cases × 1,000 assets", best(lambda: walk(eight, small, changes=False)), 0.1)
    line("  over a register just made ready", min(cold(eight) for _ in range(5)), 0.1)
    line("  with every counterfactual", best(lambda: walk(eight, small)), None)
    org = organisation(10_000 if quick else 100_000)
    big: list[Compiled] = []
    line(
        f"making {len(org.assets):,} assets ready",
        timed(lambda: big.append(compile_register(org, catalogue(), vocabulary()))),
        None,
    )
    line(f"8 cases × {len(org.assets):,} assets", timed(lambda: walk(eight, big[0])), 10)
    many = list(reports(1_000 if quick else 10_000))
    line(f"{len(many):,} reports × {len(org.assets):,} assets", timed(lambda: walk(many, big[0], steps=False)), 60)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    for size in (20,) if quick else (20, 40):
        slow = reference_time(size)
        if slow is not None:
            fast = timed(lambda size=size: walk(eight, compiled(size)))  # type: ignore[misc]
            print(f"8 cases × {size} assets: reference {slow:.2f} s, engine {fast:.3f} s, ratio {slow / fast:.0f}")


def line(what: str, seconds: float, promised: float | None) -> None:
    """One result, with how much of the promised time it took."""
    share = "" if promised is None else f"  promised {promised:g} s, ratio {seconds / promised:.2f}"
    print(f"{what:<40} {seconds:8.3f} s{share}", flush=True)


if __name__ == "__main__":
    main()
