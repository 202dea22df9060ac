"""How fast the measures map, “are we affected?” and a past day are, with 100,000 assets and 5,000 coverage rows.

    python -m benchmarks.map [--quick]

The map's engine against a plain loop over assets that looks up the row that holds for each and counts; the loop gets a part of the
assets and is scaled up. Then the pages of a site with the same register, each as p95 of its visits: processor time of the answer.
`--quick` leaves the site out. Targets: map under 500 ms, answer under 2 s.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from benchmarks.replay import UNITS, ZONES, organisation
from kizuki.casebook.library import cases
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import KIND_PARENT, Asset, Coverage, Organisation, Scope
from kizuki.register.library import vocabulary
from kizuki.replay.engine import affected, described, heat
from kizuki.replay.engine.coverage import Rows
from kizuki.replay.engine.heat import Focus
from kizuki.replay.engine.register import Compiled, compile_register

SIZE, ROWS, SAMPLE, VISITS = 100_000, 5_000, 2_000, 20
WHAT = described.Described("internet", ("T1190",), "fortinet, vpn", (), (), "network", ("server",), ("encrypt",))


def register(size: int = SIZE) -> Organisation:
    """The register of the replay benchmark with makers, and with so many coverage rows, half of them about single assets."""
    rng, made = random.Random(5), organisation(size)
    makers = ("Fortinet", "Cisco", "Dell", "HP")
    assets = tuple(msgspec.structs.replace(a, make=rng.choice(makers)) for a in made.assets)
    rows = {(row.measure, row.scope): row for row in made.coverage}
    measures = [measure.id for measure in catalogue().measures]
    while len(rows) < ROWS:
        single = rng.random() < 0.5
        where = {"asset": rng.choice(assets).id} if single else {"unit": rng.choice(UNITS), "zone": rng.choice(ZONES)}
        row = Coverage(rng.choice(measures), Scope(**where), rng.choice(("none", "partial", "full")), "generated")  # type: ignore[arg-type]
        rows.setdefault((row.measure, row.scope), row)
    return msgspec.structs.replace(made, assets=assets, coverage=tuple(rows.values()))


def loop(org: Organisation, assets: list[Asset]) -> Counter[tuple[str, str, str]]:
    """Machines by measure, unit and state: asset by asset, the first row that applies in the order of who wins."""
    rows = Rows(org.coverage)
    found: Counter[tuple[str, str, str]] = Counter()
    for asset in assets:
        zones, kinds = asset.all_zones(), {asset.kind, KIND_PARENT.get(asset.kind, asset.kind)}
        for measure in catalogue().measures:
            state = "unknown"
            for n in rows.of.get(measure.id, ()):
                scope = rows.rows[n].scope
                if (
                    (scope.asset is None or scope.asset == asset.id)
                    and (scope.unit is None or scope.unit == asset.unit)
                    and (scope.zone is None or scope.zone in zones)
                    and (scope.kind is None or scope.kind in kinds)
                ):
                    state = rows.rows[n].state
                    break
            found[measure.id, asset.unit or "", state] += asset.count
    return found


def spent(what: Callable[[], Any], times: int = 1) -> float:
    """The shortest processor time of several runs, in seconds."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        what()
        best = min(best, time.process_time() - start)
    return best


def engine(org: Organisation) -> None:
    compiled: list[Compiled] = []
    ready = spent(lambda: compiled.append(compile_register(org, catalogue(), vocabulary())))
    ids = [measure.id for measure in catalogue().measures]
    letters = spent(lambda: heat.passing(cases(), compiled[0]))
    passing = heat.passing(cases(), compiled[0])
    first = spent(lambda: heat.heat(compiled[0], ids, "units", Focus(), passing=passing))
    again = spent(lambda: heat.heat(compiled[0], ids, "units", Focus(), weighted=True, passing=passing), 5)
    plain = spent(lambda: loop(org, list(org.assets[:SAMPLE]))) * len(org.assets) / SAMPLE
    sizes = f"{len(org.assets):,} assets, {len(org.coverage):,} rows, {len(ids)} measures, {len(UNITS)} units"
    print(f"engine: {sizes}")
    print(f"  make the register ready {ready * 1000:.0f} ms, walk the cases for the letters {letters * 1000:.0f} ms")
    print(f"  map, first time {first * 1000:.0f} ms, again, weighted {again * 1000:.0f} ms")
    print(
        f"  plain loop, {SAMPLE:,} assets scaled up: {plain:.1f} s; {plain / (ready + first):.0f} times as long as all but the letters"
    )
    answer = spent(lambda: asked(org))
    print(f"  are we affected, all from the document: {answer * 1000:.0f} ms (target 2,000)")


def asked(org: Organisation) -> int:
    """A description answered from the document: matching, replay, every asset, whom to call."""
    matching = described.matching(described.texts(org), WHAT.product)
    compiled = described.compile_marked(org, catalogue(), vocabulary(), matching)
    found = affected.affected(described.sketch(WHAT, cases()).case, compiled)
    rows = affected.listed(found)
    return len(affected.calls(org, rows, found.register))


def site(org: Organisation) -> None:
    home = tempfile.mkdtemp(prefix="kizuki-bench-")
    os.environ |= {
        "KIZUKI_HOME": home,
        "DJANGO_SETTINGS_MODULE": "kizuki.config.settings",
        "KIZUKI_HOSTS": "testserver",
    }
    import django

    django.setup()
    from django.test import Client

    from kizuki.accounts.models import Person
    from kizuki.commands.server import prepare
    from kizuki.demo.actions import load_library
    from kizuki.register.actions import apply_portions, edits_for, store_organisation

    prepare()
    load_library()
    bare = msgspec.structs.replace(org, assets=(), links=(), coverage=())
    row = store_organisation(document=bare, by="benchmark", home=True)
    edits = edits_for(row, org, only_add=True)
    values: dict[str, Any] = {"by": "benchmark", "verb": "imported", "batch": uuid.uuid4()}
    print(
        f"site: storing the register {spent(lambda: apply_portions(organisation=row, edits=edits, **values)):.0f} s",
        flush=True,
    )
    client = Client()
    client.force_login(Person.objects.create(email="m@example.org", name="M", role="manager", language="en"))
    day = time.strftime("%Y-%m-%d")
    pages = [
        "/replay/map", "/replay/map?by=zones&weigh=importance", "/replay/map?by=units&unit=unit-3", f"/replay/map?day={day}",
        "/replay/map/P06", "/replay/map/P06?unit=unit-3", "/replay/affected?product=fortinet&way=internet&lost=encrypt",
    ]  # fmt: skip
    for page in pages:
        visited(client, page)
    changes(client)


def visited(client: Any, page: str) -> None:
    """How long a page takes, the first time and then."""
    visit = partial(client.get, page)
    first = spent(visit)
    assert visit().status_code == 200, page
    times = sorted(spent(visit) for _ in range(VISITS))
    print(f"  {page}: p95 {times[int(VISITS * 0.95) - 1] * 1000:.0f} ms, first {first * 1000:.0f} ms")


def changes(client: Any) -> None:
    """The first visit to the map after a change: at once, and when the thread that follows every change has been by."""
    from kizuki.register.actions import Edit, apply
    from kizuki.register.models import TABLES, Organisation
    from kizuki.replay.map import warm

    def change(kind: Any, field: str, value: str) -> None:
        home = Organisation.objects.get(is_home=True)
        row: Any = TABLES[kind].objects.filter(organisation=home).order_by("pk").first()
        apply(
            organisation=home, edits=[Edit(kind, row.key, {**row.document, field: value}, row.version)], by="benchmark"
        )

    for kind, field, values in (("asset", "notes", "ab"), ("coverage", "state", ("full", "none"))):
        change(kind, field, values[0])
        at_once = spent(lambda: client.get("/replay/map"))
        change(kind, field, values[1])
        job = spent(lambda: warm(Organisation.objects.get(is_home=True)))
        then = spent(lambda: client.get("/replay/map"))
        times = f"at once {at_once * 1000:.0f} ms; after the thread ({job * 1000:.0f} ms) {then * 1000:.0f} ms"
        print(f"  first visit after {field} of one {kind} have changed: {times}")


def main() -> None:
    org = register()
    engine(org)
    if "--quick" not in sys.argv:
        site(org)


if __name__ == "__main__":
    main()
