"""The whole of it: from the register, its ranges and what was observed to devices and what became of assets."""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from kizuki.register.engine.matching.absent import absent
from kizuki.register.engine.matching.assign import Judge
from kizuki.register.engine.matching.decide import Decided
from kizuki.register.engine.matching.fold import fold, key_of, key_of_trace
from kizuki.register.engine.matching.group import Groups
from kizuki.register.engine.matching.owners import Owners
from kizuki.register.engine.matching.places import Places, Spot
from kizuki.register.engine.matching.result import Conflict, Known, Matching, Range, Reason, State
from kizuki.register.engine.matching.rules import DAY, GAP
from kizuki.register.engine.matching.settle import Settled
from kizuki.register.engine.observation import Observation


def match(
    known: Iterable[Known],
    ranges: Iterable[Range],
    observations: Iterable[Observation],
    previous: State | None = None,
    *,
    now: int | None = None,
    absent_after: int = 14 * DAY,
) -> Matching:
    """Match observations, on top of those that `previous` holds, to the register. The order of rows never matters.

    `now` (default: the time of the last observation) and `absent_after` (seconds) say when an asset is missing. Raises
    ValueError for a range or an address that is none, and for an asset's id that stands twice.
    """
    with _undisturbed():
        return _match(Owners(known), Places(ranges), fold(observations, previous), now, absent_after)


def devices_of(found: Matching, observations: Iterable[Observation]) -> Iterator[int]:
    """For each observation the number of its device in `found.devices`. Raises KeyError for one that was not matched."""
    traces = {key_of_trace(trace): n for n, trace in enumerate(found.state.traces)}
    for one in observations:
        n = traces[key_of(one)]
        numbers, at = found.placed[n], int(one.at.timestamp())
        starts = [first for first, _ in found.state.traces[n].stays] if len(numbers) > 1 else ()
        yield numbers[bisect_right(starts, at) - 1] if starts else numbers[0]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the collector of circles: there are none here, and it would look at millions of new things again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _match(owners: Owners, places: Places, state: State, now: int | None, absent_after: int) -> Matching:
    if now is None:
        now = max((trace.stays[-1][1] for trace in state.traces), default=0)
    places.judge(state.traces)
    owners.fix(places)
    groups = Groups(state.traces, places, owners)
    settled = Settled(groups)
    decided = Decided(settled, Judge(groups))
    devices = decided.devices
    conflicts = [*owners.conflicts(), *_two_leases(groups, decided)]
    seen = tuple(absent(owners.assets, devices, groups, now - absent_after))
    return Matching(state, devices, seen, tuple(conflicts), decided.placed, now)


def _two_leases(groups: Groups, decided: Decided) -> Iterable[Conflict]:
    """Addresses that DHCP servers gave to two devices at a time. A pause of `GAP` can hide in a stay, so that only a longer
    overlap proves it."""
    leases: dict[Spot, list[tuple[int, int, int]]] = defaultdict(list)
    for n, trace in enumerate(groups.traces):
        if trace.source.startswith("dhcp"):
            numbers = decided.placed[n]
            for spot in groups.spots[n]:
                leases[spot] += [
                    (first, last, numbers[k % len(numbers)]) for k, (first, last) in enumerate(trace.stays)
                ]
    for spot, stays in sorted(leases.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        if holders := _at_once(stays):
            devices = [decided.devices[n] for n in sorted(holders)]
            assets = tuple(sorted({device.asset for device in devices if device.asset is not None}))
            ids = tuple(device.id for device in devices)
            yield Conflict(Reason("two-holders", (spot[0], *ids)), ids, assets)


def _at_once(stays: Sequence[tuple[int, int, int]]) -> set[int]:
    """Those who held an address for longer than `GAP` together with another."""
    found: set[int] = set()
    if len({holder for _, _, holder in stays}) > 1:
        ordered = sorted(stays)
        for k, (_, last, one) in enumerate(ordered):
            for first, end, other in ordered[k + 1 :]:
                if first > last - GAP:
                    break
                if one != other and min(last, end) - first > GAP:
                    found |= {one, other}
    return found
