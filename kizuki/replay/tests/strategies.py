"""Small random cases and registers for comparing the engine with the reference: small, so that all rules meet.

Made from a drawn seed by `random.Random` rather than draw by draw: thousands of them have to fit into a test run.
"""

from __future__ import annotations

from random import Random
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from kizuki.casebook.engine.format import AttackStep, Bears, Case, Source, Targets
from kizuki.casebook.engine.format import Organisation as Victim
from kizuki.kit.text import Text
from kizuki.register.engine.format import (
    About,
    Asset,
    Coverage,
    Importance,
    Link,
    Organisation,
    Realm,
    Route,
    Scope,
    Unit,
    Zone,
)

T = TypeVar("T")

PREVENT = ("P01", "P01", "P03", "P03", "P04", "P06", "P08", "P11", "D02", "I06")
DETECT = ("D02", "D03", "D05", "D07", "P10", "G08")
CONTAIN = ("D02", "R11", "R11", "P03", "P04", "P08", "P09")
KINDS = ("pc", "web-server", "file-server", "saas", "iot", "backup")
TARGETS = ("pc", "server", "file-server", "cloud-service", "iot", "backup")
TRAITS = ((), (), ("always-on",), ("may-stop",), ("password-login", "always-on"), ("no-password-login",))
ZONES = ("z0", "z1", "z2")
REALMS = ("r0", "r1")
ENTERING = ("internet", "mail", "supplier", "not stated")
INSIDE = ("network", "network", "link", "account", "local", "local")
EFFECTS = ("access", "access", "spread", "spread", "tamper", "encrypt", "encrypt", "leak", "misuse", "outage", "none")
PACES = ("minutes", "hours", "days", "weeks", "not stated")
STATES = ("none", "partial", "full", "full", "full", "not applicable")
COMPLETE = ("routes", "links", "realms", "traits", "internet_facing", "supplier_facing")


def _some(random: Random, words: tuple[T, ...], most: int) -> tuple[T, ...]:
    """Up to `most` different words."""
    return tuple(dict.fromkeys(random.choice(words) for _ in range(random.randint(0, most))))


def random_asset(random: Random, n: int) -> Asset:
    """One row. Zones, realms, facing and importance are recorded or not."""
    important = Importance(random.randint(0, 3), random.randint(0, 3), random.randint(0, 3))
    return Asset(
        id=f"a{n}",
        name=f"a{n}",
        kind=random.choice(KINDS),  # type: ignore[arg-type]
        unit=random.choice((None, "u0", "u1")),
        zones=random.choice((("z0",), ("z0",), ("z0",), ("z1",), ("z1",), ("z2",), ("z0", "z1"), ())),
        internet_facing=random.choice((None, True, True, False)),
        supplier_facing=random.choice((None, True, True, False)),
        count=random.choice((1, 1, 1, 2, 5)),
        realms=_some(random, REALMS, 2),
        importance=random.choice((None, important)),
        traits=random.choice(TRAITS),
    )


def random_scope(random: Random, rows: int) -> Scope:
    keys: dict[str, Any] = {
        "unit": random.choice(("u0", "u1")),
        "zone": random.choice(ZONES),
        "kind": random.choice(("pc", "server", "file-server", "cloud-service", "saas", "iot")),
        "asset": f"a{random.randrange(rows)}",
    }
    chosen = random.sample(sorted(keys), random.choice((0, 0, 0, 1, 1, 2)))
    return Scope(**{key: keys[key] for key in chosen}) if chosen else Scope(all=True)


def random_register(random: Random) -> Organisation:
    """A register of one to five rows with the coverage of a few measures; measures without rows stay unknown."""
    rows = random.randint(1, 5)
    measures = sorted({*PREVENT, *DETECT, *CONTAIN})
    covered = [(random.choice(measures), random_scope(random, rows)) for _ in range(random.choice((0, 6, 12, 20)))]
    covered += [(measure, Scope(all=True)) for measure in ("D02", "R11", "P03", "P08", "P09") if random.random() < 0.3]
    return Organisation(
        schema_="kizuki/organisation/1",
        organisation=About("Random"),
        complete=random.choice((COMPLETE, _some(random, COMPLETE, 6))),  # type: ignore[arg-type]
        units=(Unit("u0", "u0"), Unit("u1", "u1", random.choice((None, "u0")))),
        zones=tuple(Zone(zone, zone, "office", random.random() < 0.25) for zone in ZONES),
        routes=tuple(
            Route(a, b) for a, b in _some(random, tuple((a, b) for a in ZONES for b in ZONES), random.choice((2, 6)))
        ),
        realms=tuple(Realm(realm, realm) for realm in REALMS),
        assets=tuple(random_asset(random, n) for n in range(rows)),
        links=tuple(
            Link(f"a{random.randrange(rows)}", f"a{random.randrange(rows)}", "integration")
            for _ in range(random.randint(0, 3))
        ),
        coverage=tuple(
            Coverage(measure, scope, random.choice(STATES))  # type: ignore[arg-type]
            for measure, scope in dict.fromkeys(covered)
        ),
    )


def _bears(random: Random, measures: tuple[str, ...], stated: float, *, sides: bool = False) -> tuple[Bears, ...]:
    return tuple(
        Bears(measure, random.random() < stated, random.choice(("target", "target", "source")) if sides else "target")
        for measure in _some(random, measures, random.choice((1, 2, 4)))
    )


def random_step(random: Random, n: int, ranks: list[int], stated: float, *, plain: bool) -> AttackStep:
    """Step n; `ranks` says which steps may come before which. In a `plain` case one step leads to the next and any kind
    is hit, so that the attack comes far. Else `after` may name several steps, also ones that stand later in the file."""
    names = tuple(f"S{i}" for i, rank in enumerate(ranks) if rank < ranks[n])
    chosen = _some(random, names, 2) if names and random.random() < 0.5 else None
    if chosen is None and n and ranks[n - 1] > ranks[n]:
        chosen = ()
    inside = n > 0 and (plain or random.random() < 0.8)
    kinds = TARGETS if plain or random.random() < 0.75 else _some(random, TARGETS, 4) or ("server",)
    return AttackStep(
        id=f"S{n}",
        text=Text(en="step"),
        via=random.choice(INSIDE if inside else (*ENTERING, "internet", "outside")),  # type: ignore[arg-type]
        targets=Targets(kinds, () if plain else random.choice(((), (), (), ("always-on",), ("password-login",)))),
        effect=random.choice(EFFECTS),  # type: ignore[arg-type]
        after=None if plain else chosen,
        pace=random.choice(PACES),  # type: ignore[arg-type]
        prevent=_bears(random, PREVENT, stated, sides=True),
        detect=_bears(random, DETECT, stated),
        contain=_bears(random, CONTAIN, stated),
    )


def random_case(random: Random, *, kind: str = "casebook", stated: float = 0.7) -> Case:
    """A case of one to five steps, at most two of which enter from outside (so that entries stay few)."""
    number, plain = random.randint(1, 5), random.random() < 0.5
    ranks = list(range(number)) if plain or random.random() < 0.5 else random.sample(range(number), number)
    made = tuple(random_step(random, n, ranks, stated, plain=plain) for n in range(number))
    if kind == "public-report":
        made = tuple(msgspec.structs.replace(step, after=None) for step in made)
    entering = [step.id for step in made if step.via in ENTERING]
    made = tuple(msgspec.structs.replace(step, via="network") if step.id in entering[2:] else step for step in made)
    return Case(
        schema_="kizuki/case/1",
        id="random",
        kind=kind,  # type: ignore[arg-type]
        source=Source(Text(en="made"), "made"),
        tlp="clear",
        title=Text(en="made"),
        organisation=Victim(Text(en="made"), "other", "tens"),
        causes="not stated",
        level="not stated",
        attack=made,
    )


_seeds = st.integers(0, 2**24 - 1)


def registers() -> st.SearchStrategy[Organisation]:
    return _seeds.map(lambda seed: random_register(Random(seed)))


def cases(*, kind: str = "casebook", stated: float = 0.7) -> st.SearchStrategy[Case]:
    return _seeds.map(lambda seed: random_case(Random(seed), kind=kind, stated=stated))
