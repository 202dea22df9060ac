"""Observations folded to traces. Folding is the same in any order and in any portions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from kizuki.register.engine.matching.result import Said, State, Trace
from kizuki.register.engine.matching.rules import GAP, SHORT_GAP, cloud_of, mac_within, serial_of
from kizuki.register.engine.observation import Observation

#: source, mac, serial, cloud id, zone, ips, hosts
Key: TypeAlias = tuple[str, str | None, str | None, str | None, str | None, tuple[str, ...], tuple[str, ...]]
Stay: TypeAlias = tuple[int, int]


def fold(observations: Iterable[Observation], previous: State | None = None) -> State:
    """The traces of `previous` and `observations` together. Each observation counts as often as it is given."""
    times: dict[Key, list[int]] = {}
    same: dict[object, object] = {}
    said: dict[Key, dict[str, tuple[int, tuple[str, ...]]]] = {}
    for one in observations:
        key, at = key_of(one), int(one.at.timestamp())
        if (known := times.get(key)) is None:
            times[_shared(key, same)] = [at]
        else:
            known.append(at)
        if one.says:
            _hear(said.setdefault(key, {}), one.says, at)
    return State(traces=tuple(_merged(times, said, previous or State())))


def key_of(one: Observation) -> Key:
    """What an observation says of identity; the same for all that fold into one trace."""
    ips = one.ips if len(one.ips) < 2 else tuple(sorted(set(one.ips)))
    hosts = one.hosts if len(one.hosts) < 2 else tuple(sorted(set(one.hosts)))
    mac = one.mac
    if mac is None and ips and any(":" in ip for ip in ips):
        mac = next(filter(None, map(mac_within, ips)), None)
    serial = serial_of(one.serial) if one.serial else None
    cloud_id = cloud_of(one.cloud_id) if one.cloud_id else None
    return one.source.partition(":")[0], mac, serial, cloud_id, one.zone, ips, hosts


def _shared(key: Key, same: dict[object, object]) -> Key:
    """The key made of parts that other keys have too: the same few texts come again and again, each time as new ones."""
    source, mac, serial, cloud_id, zone, ips, hosts = key
    once = same.setdefault
    return (  # type: ignore[return-value]
        once(source, source), once(mac, mac), serial, cloud_id, once(zone, zone),
        once(ips, ips), once(hosts, hosts),
    )  # fmt: skip


def key_of_trace(trace: Trace) -> Key:
    return trace.source, trace.mac, trace.serial, trace.cloud_id, trace.zone, trace.ips, trace.hosts


def forget(state: State, before: int) -> State:
    """The state without stays that ended before a time, so that it does not grow for ever. What is forgotten counts as never
    seen."""
    kept: list[Trace] = []
    for trace in state.traces:
        stays = tuple(stay for stay in trace.stays if stay[1] >= before)
        if stays:
            kept.append(Trace(*key_of_trace(trace), stays, trace.seen, trace.says))
    return State(traces=tuple(kept))


def _hear(heard: dict[str, tuple[int, tuple[str, ...]]], says: tuple[tuple[str, str], ...], at: int) -> None:
    """Keep the latest under each word; of two at the same time the greater, so that order does not matter."""
    values: dict[str, list[str]] = {}
    for word, value in says:
        values.setdefault(word, []).append(value)
    for word, listed in values.items():
        found = (at, tuple(sorted(set(listed))))
        if word not in heard or heard[word] < found:
            heard[word] = found


def _merged(
    times: dict[Key, list[int]], said: dict[Key, dict[str, tuple[int, tuple[str, ...]]]], previous: State
) -> Iterable[Trace]:
    before = {key_of_trace(trace): trace for trace in previous.traces}
    for key in sorted(times.keys() | before.keys() if before else times, key=_order):
        old, new = before.get(key), times.pop(key, None)
        if new is None and old is not None:
            yield old
            continue
        stays = [(at, at) for at in new or ()]
        heard = said.get(key, {})
        if old is not None:
            stays += old.stays
            for one in old.says:
                heard[one.word] = max(heard.get(one.word, (one.at, one.values)), (one.at, one.values))
        says = tuple(Said(word, *heard[word]) for word in sorted(heard)) if heard else ()
        seen = len(new or ()) + (old.seen if old is not None else 0)
        weak = key[1] is None and key[2] is None and key[3] is None
        yield Trace(*key, joined(stays, SHORT_GAP if weak else GAP), seen, says)


def _order(key: Key) -> tuple[str, ...]:
    """A key as texts, which are compared quickly. What is joined holds no spaces; nothing is told from an empty text."""
    source, mac, serial, cloud_id, zone, ips, hosts = key
    return (
        source,
        f"{mac or '-'} {'-' if zone is None else zone} {','.join(ips)} {','.join(hosts)}",
        serial or "",
        cloud_id or "",
    )


def joined(stays: list[Stay], gap: int) -> tuple[Stay, ...]:
    """Stays with no more than `gap` seconds between them made one, in order."""
    if len(stays) == 1:
        return tuple(stays)
    stays.sort()
    first, last = stays[0]
    made: list[Stay] = []
    for start, end in stays:
        if start - last > gap:
            made.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    made.append((first, last))
    return tuple(made)
