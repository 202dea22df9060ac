"""How the attack comes to an asset, and what is assumed for it because the register or the case leaves it open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kizuki.replay.engine import reach
from kizuki.replay.engine.plan import SOURCED_VIAS, Move
from kizuki.replay.engine.reach import Held
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.result import Assumed, AssumedWhat, Missing, Way

_WAYS = 4
_FROM = 3


def assumed_sets(register: Compiled, move: Move, held: Held, bits: int) -> Iterator[tuple[AssumedWhat, str, int]]:
    """What is assumed of which of the assets in `bits`: kind of assumption, word (a trait), assets."""
    for trait in move.step.targets.traits:
        has = register.traits.get(trait, 0)
        yield "trait", trait, bits & move.fit_assumed & ~has
    via = move.step.via
    if via == "not stated" or (move.alone and via in SOURCED_VIAS):
        yield "way", "", bits
    elif via == "internet":
        yield "internet_facing", "", bits & register.internet.assumed
    elif via == "supplier":
        yield "supplier_facing", "", bits & register.supplier.assumed
    elif via == "link":
        yield "link", "", bits & reach.link(register, held).assumed
    elif via == "network":
        yield from _by_network(register, held, bits)
    elif via == "account":
        yield from _by_account(register, held, bits)


def _by_network(register: Compiled, held: Held, bits: int) -> Iterator[tuple[AssumedWhat, str, int]]:
    assumed = bits & reach.network(register, held).assumed
    placeless = register.all if held.sources & register.nowhere else register.nowhere
    yield "zone", "", assumed & placeless
    yield "route", "", assumed & ~placeless


def _by_account(register: Compiled, held: Held, bits: int) -> Iterator[tuple[AssumedWhat, str, int]]:
    yield "realm", "", bits & reach.realm(register, held).assumed
    left = bits & ~(register.internet.known | reach.network(register, held).known | reach.link(register, held).known)
    by_network = list(_by_network(register, held, left))
    yield from by_network
    for _, _, found in by_network:
        left &= ~found
    by_link = left & reach.link(register, held).any
    yield "link", "", by_link
    yield "internet_facing", "", left & ~by_link & register.internet.assumed


def assumed_of(register: Compiled, move: Move, waves: Iterable[tuple[Held, int]]) -> tuple[Assumed, ...]:
    """Everything assumed for what the move took: `waves` of sources and the assets taken from them."""
    found: dict[tuple[AssumedWhat, str], int] = {}
    for held, bits in waves:
        for what, word, at in assumed_sets(register, move, held, bits):
            if at:
                found[what, word] = found.get((what, word), 0) | at
    return tuple(
        Assumed(move.id, what, register.count(at), register.ids(at), word) for (what, word), at in sorted(found.items())
    )


def assumed_at(register: Compiled, move: Move, held: Held, bit: int) -> tuple[Assumed, ...]:
    """The same for one asset of a group, without counts."""
    found = assumed_sets(register, move, held, bit)
    return tuple(Assumed(move.id, what, word=word) for what, word, at in found if at)


def ways_to(register: Compiled, move: Move, held: Held, bit: int) -> tuple[Way, ...]:
    """How the attack comes to one asset: at most four ways."""
    via = move.step.via
    if via == "internet":
        return (Way("internet", assumed=bool(bit & register.internet.assumed)),)
    if via == "mail":
        return (Way("mail"),)
    if via == "supplier":
        return (Way("supplier", assumed=bool(bit & register.supplier.assumed)),)
    if via == "not stated" or move.alone:
        return (Way("not stated", assumed=True),)
    if via == "local":
        return (Way("local", register.ids(bit, 1), 1),)
    if via == "network":
        found: Iterable[Way] = _network_ways(register, held, bit)
    elif via == "link":
        found = _link_ways(register, held, bit)
    else:
        found = _account_ways(register, held, bit)
    return tuple(way for way, _ in zip(found, range(_WAYS), strict=False))


def _from(register: Compiled, bits: int) -> tuple[tuple[str, ...], int]:
    return register.ids(bits, _FROM), register.count(bits)


def _network_ways(register: Compiled, held: Held, bit: int) -> Iterator[Way]:
    mine = [zone for zone, bits in register.zones.items() if bits & bit]
    found = False
    for zone in mine:
        if sources := held.sources & register.mixing.get(zone, 0):
            found = True
            yield Way("same zone", *_from(register, sources), zone, zone)
    free = held.sources & ~held.zone
    for start, targets in register.routes.items():
        if sources := free & register.zones.get(start, 0):
            for zone in mine:
                if zone in targets:
                    found = True
                    yield Way("route", *_from(register, sources), start, zone)
    if not found and bit & reach.network(register, held).any:
        start = next((zone for zone, bits in register.zones.items() if bits & free), "")
        yield Way("route", *_from(register, free or held.sources), start, mine[0] if mine else "", assumed=True)


def _link_ways(register: Compiled, held: Held, bit: int) -> Iterator[Way]:
    free, found = held.sources & ~held.link, False
    target = register.asset_at(bit).id
    for n, targets in register.links.items():
        if targets & bit and free & register.spread([n]):
            found = True
            name = register.assets[n].id
            yield Way("link", (name,), register.assets[n].count, link=(name, target))
    if not found and bit & reach.link(register, held).any:
        yield Way("link", *_from(register, free), assumed=True)


def _account_ways(register: Compiled, held: Held, bit: int) -> Iterator[Way]:
    free, found = held.sources & ~held.account, False
    for realm, bits in register.realms.items():
        if bits & bit and (sources := free & bits):
            found = True
            yield Way("realm", *_from(register, sources), realm=realm)
    if not found and bit & reach.realm(register, held).any:
        yield Way("realm", *_from(register, free), assumed=True)
    if bit & register.internet.known:
        yield Way("internet")
    yield from _network_ways(register, held, bit)


def missing(register: Compiled, move: Move, held: Held, fenced: bool) -> Missing:
    """What the step would need: an asset of its kind (not applicable), or a way to those that there are (out of
    reach)."""
    if not move.fit:
        return Missing(move.step.targets.kinds, move.step.targets.traits)
    start = tuple(zone for zone, bits in register.zones.items() if bits & held.sources)
    goal = tuple(zone for zone, bits in register.zones.items() if bits & move.fit)
    return Missing(via=move.step.via, from_zones=start, to_zones=goal, fenced=fenced)
