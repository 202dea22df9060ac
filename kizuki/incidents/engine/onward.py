"""What an attacker reaches next from the assets that he holds: over routes, links and accounts of the register.

`known`: what the register says leads there. Assumed: what cannot be ruled out, because routes, links or realms are not said to be
complete. Measures do not count here: whether one would stop him is the replay's question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.register.engine.format import Link
from kizuki.replay.engine import reach
from kizuki.replay.engine.bits import union
from kizuki.replay.engine.reach import Held
from kizuki.replay.engine.register import DIMENSIONS, Compiled, Reached

By: TypeAlias = Literal["link", "account", "network"]
WAYS: Final[tuple[By, ...]] = ("link", "account", "network")
_REACH: Final[dict[By, Callable[[Compiled, Held], Reached]]] = {
    "link": reach.link, "account": reach.account, "network": reach.network,
}  # fmt: skip
#: Ways named for one asset.
MOST_WAYS: Final = 3


class Way(msgspec.Struct, frozen=True):
    """One way to an asset. Over a link: `from_` is an asset and `word` the kind of link; with an account: `from_` is the realm; over the
    network: from zone `from_` to zone `to`, the same one for neighbours."""

    by: By
    from_: str = ""
    to: str = ""
    word: str = ""


class Row(msgspec.Struct, frozen=True):
    """One asset that is reached. `step`: 1 from where the attacker is now, 2 from there, and so on. `assumed`: no way is known, and
    none can be ruled out. `ways` is then empty."""

    asset: str
    importance: int | None
    step: int
    assumed: bool
    ways: tuple[Way, ...]


class Onward(msgspec.Struct, frozen=True):
    """What is reached. `rows`: the most important first. `known`, `assumed`: how many register rows in all, `by` by each way (an
    asset may count for several). `sources`: the assets from which it is reckoned; `unknown`: those that the register does not have."""

    rows: tuple[Row, ...]
    known: int
    assumed: int
    by: dict[By, int]
    sources: tuple[str, ...]
    unknown: tuple[str, ...]


class _Step(msgspec.Struct, frozen=True):
    """One step onward: from which assets, and what each way newly leads to."""

    held: Held
    new: int
    by: dict[By, int]


def onward(register: Compiled, keys: Iterable[str], *, whole: bool = False, most: int = 50) -> Onward:
    """What is reached from these assets (by id) in one step or, `whole`, in any number of steps; at most `most` rows of it."""
    wanted = list(dict.fromkeys(keys))
    sources = [key for key in wanted if key in register.number]
    missing = tuple(key for key in wanted if key not in register.number)
    own = [register.number[key] for key in sources]
    start = _bits(register, own)
    if not start:
        return Onward((), 0, 0, dict.fromkeys(WAYS, 0), (), missing)
    steps = list(_steps(register, start, whole, lambda reached: reached.known))
    known = union(step.new for step in steps)
    # What alike assets share are whole sets of bits, so that the sources are taken out of the rows, not out of the bits.
    guessed = union(step.new for step in _steps(register, start, whole, lambda reached: reached.any)) & ~known
    by = {way: union(step.by[way] for step in steps) for way in WAYS}
    rows = _rows(register, steps, guessed, frozenset(own), most)
    return Onward(
        rows, _rest(register, known, own), _rest(register, guessed, own),
        {way: _rest(register, bits, own) for way, bits in by.items()}, tuple(sources), missing,
    )  # fmt: skip


def _bits(register: Compiled, numbers: Iterable[int]) -> int:
    """One bit for each asset: the lowest of the bits of its class."""
    return union(mask & -mask for mask in (register.spread([number]) for number in numbers))


def _steps(register: Compiled, start: int, whole: bool, part: Callable[[Reached], int]) -> Iterator[_Step]:
    here, seen = start, 0
    while here:
        held = Held(here)
        by = {way: part(_REACH[way](register, held)) for way in WAYS}
        new = union(by.values()) & ~seen
        if not new:
            return
        yield _Step(held, new, by)
        if not whole:
            return
        seen |= new
        here = new & ~start


def _rest(register: Compiled, bits: int, own: Sequence[int]) -> int:
    """The register rows in the set, without the assets from which it is reckoned."""
    return register.count_rows(bits) - sum(bool(register.spread([number]) & bits) for number in own)


def _rows(register: Compiled, steps: Sequence[_Step], guessed: int, own: frozenset[int], most: int) -> tuple[Row, ...]:
    """By importance; of equals what a link or an account leads to first, then the network's, then what is assumed."""
    known = union(step.new for step in steps)
    strong = union(step.by["link"] | step.by["account"] for step in steps)
    links = _links(register.organisation.links)
    made: dict[int, Row] = {}
    for level in _levels(register):
        for tier in (known & strong, known & ~strong, guessed):
            for number in register.atoms.first(level & tier, most + len(own)):
                if number not in own and number not in made and len(made) < most:
                    made[number] = _row(register, steps, number, links)
    return tuple(made.values())


def _levels(register: Compiled) -> Iterator[int]:
    """The assets by the highest of their three values, from 3 down."""
    left = register.all
    for value in (3, 2, 1, 0):
        bits = left & union(dimension[value] for dimension in register.importance)
        left &= ~bits
        yield bits


def _row(register: Compiled, steps: Sequence[_Step], number: int, links: dict[str, list[Link]]) -> Row:
    asset, bits = register.assets[number], register.spread([number])
    judged = asset.importance
    highest = None if judged is None else max(getattr(judged, dimension) for dimension in DIMENSIONS)
    for n, step in enumerate(steps, start=1):
        if bits & step.new:
            return Row(asset.id, highest, n, False, tuple(_ways(register, step, number, bits, links))[:MOST_WAYS])
    return Row(asset.id, highest, 1, True, ())


def _ways(register: Compiled, step: _Step, number: int, bits: int, links: dict[str, list[Link]]) -> Iterator[Way]:
    asset, sources = register.assets[number], step.held.sources
    if bits & step.by["link"]:
        for link in links.get(asset.id, ()):
            if register.spread([register.number[link.from_]]) & sources:
                yield Way("link", link.from_, word=link.kind)
    if bits & step.by["account"]:
        for realm in asset.all_realms():
            if register.realms.get(realm, 0) & sources:
                yield Way("account", realm)
    if bits & step.by["network"]:
        for zone in asset.all_zones():
            for other, reached in register.zones.items():
                beside = other == zone and register.own[zone] & bits
                if reached & sources and (beside or zone in register.routes.get(other, ())):
                    yield Way("network", other, zone)


def _links(links: Iterable[Link]) -> dict[str, list[Link]]:
    made: dict[str, list[Link]] = {}
    for link in links:
        made.setdefault(link.to, []).append(link)
    return made
