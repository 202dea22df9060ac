"""Who can be reached from where: by zone, link and realm, for sure (`known`) and for all that the register says
(`any`)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

import msgspec

from kizuki.replay.engine.bits import members
from kizuki.replay.engine.register import Compiled, Reached


class Held(msgspec.Struct, frozen=True, gc=False):
    """The assets an attack starts from, and those of them that are fenced: no way out of the zone, no use of
    accounts, of links."""

    sources: int = 0
    zone: int = 0
    account: int = 0
    link: int = 0

    def without(self, bits: int) -> Held:
        return Held(self.sources & ~bits, self.zone, self.account, self.link)


NOBODY = Held()
NOTHING = Reached(0, 0)


Way = Callable[[Compiled, Held], Reached]


def remembered(way: Way) -> Way:
    """The same answer for the same sources; walks from different entries soon stand on the same assets. Bounded in
    memory."""

    @functools.wraps(way)
    def asked(register: Compiled, held: Held) -> Reached:
        key = (way, held)
        made = register.reached.get(key)
        if made is None:
            if len(register.reached) >= register.remember:
                register.reached.clear()
            made = register.reached[key] = way(register, held)
        assert isinstance(made, Reached)
        return made

    return asked


def local(register: Compiled, held: Held) -> Reached:
    """Where the attack stands already."""
    return Reached(held.sources, held.sources)


@remembered
def network(register: Compiled, held: Held) -> Reached:
    """A route leads from a source's zone, or it is the same zone and not isolated. What stands in no zone may be
    anywhere."""
    sources = held.sources
    if not sources:
        return NOTHING
    known, any_ = 0, register.nowhere
    free = sources & ~held.zone
    for zone, bits in register.zones.items():
        if free & bits:
            known |= register.out[zone]
            any_ |= register.out_any[zone]
        elif sources & bits:
            known |= register.own[zone]
    if sources & register.nowhere:
        any_ = register.all
    return Reached(known, known | any_)


@remembered
def link(register: Compiled, held: Held) -> Reached:
    """A link leads from a source."""
    free = held.sources & ~held.link
    if not free:
        return NOTHING
    known = 0
    through = free & register.linking
    if through == register.linking:
        known = register.linked
    else:
        for at in members(through):
            known |= register.links[register.atoms.at(1 << at)]
    return Reached(known, known if "links" in register.complete else register.all)


@remembered
def realm(register: Compiled, held: Held) -> Reached:
    """In the realm of a source."""
    free = held.sources & ~held.account
    if not free:
        return NOTHING
    known = 0
    for bits in register.realms.values():
        if free & bits:
            known |= bits
    return Reached(known, known if "realms" in register.complete else register.all)


@remembered
def account(register: Compiled, held: Held) -> Reached:
    """In the realm of a source, and reached from one by network or link, or facing the internet."""
    same = realm(register, held)
    if not same.any:
        return NOTHING
    by_network, by_link, facing = network(register, held), link(register, held), register.internet
    known = by_network.known | by_link.known | facing.known
    any_ = by_network.any | by_link.any | facing.any
    return Reached(same.known & known, same.any & any_)


def crossed(register: Compiled, sources: int) -> int:
    """Assets that a network step reaches only over a boundary: no source stands in the same zone, or the zone
    isolates its clients. Where a zone is not recorded, no boundary is taken for granted."""
    made = register.crossed.get(sources)
    if made is None:
        if len(register.crossed) >= register.remember:
            register.crossed.clear()
        made = register.crossed[sources] = _crossed(register, sources)
    return made


def _crossed(register: Compiled, sources: int) -> int:
    if sources & register.nowhere:
        return 0
    beside = register.nowhere
    for bits in register.mixing.values():
        if sources & bits:
            beside |= bits
    return register.all & ~beside


def by(via: str, register: Compiled, held: Held, alone: bool) -> Reached:
    """What a step of this way reaches. `alone`: a public report's action, whose source is not told."""
    way = None if alone else _SOURCED.get(via)
    return way(register, held) if way else register.facing.get(via, register.facing["not stated"])


_SOURCED: Final[dict[str, Way]] = {"local": local, "network": network, "link": link, "account": account}
