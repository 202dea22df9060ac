"""Sightings of a thing that a source describes: what it is seen by, when, and what the source says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from kizuki.register.engine.observation import Observation
from kizuki.register.engine.sources.moments import moment
from kizuki.register.engine.sources.reading import Fields, Item, Source, fault
from kizuki.register.engine.sources.values import Wrong, clean

#: How much a source may say of one thing.
MAX_SAYS = 200
Said = tuple[str, str]


def several(fields: Fields, name: str) -> tuple[str, ...]:
    value = fields.get(name, ())
    return value if isinstance(value, tuple) else ()


def said_of(fields: Fields, more: Iterable[Said] = ()) -> tuple[Said, ...]:
    """Maker, model and system as a source writes them, and what else it says; no more than `MAX_SAYS`."""
    known = [(name, str(fields[name])) for name in ("make", "model", "os") if fields.get(name)]
    return tuple(dict.fromkeys((*known, *((key, value[:400]) for key, value in more if value))))[:MAX_SAYS]


def sightings(source: Source, at: datetime, fields: Fields, more: Iterable[Said] = ()) -> Iterator[Observation]:
    """One observation for each hardware address of a thing. Which of several interfaces has which IP is not known, so the IPs
    stand at the first. None for a thing without anything to be found by."""
    macs, ips, hosts = several(fields, "macs"), several(fields, "ips"), several(fields, "hosts")
    serial = next(iter(several(fields, "serials")), None)
    cloud_id = next(iter(several(fields, "cloud_ids")), None)
    if not (macs or ips or hosts or serial or cloud_id):
        return
    said = said_of(fields, more)
    for n, mac in enumerate(macs or (None,)):
        yield Observation(
            source=source.called, at=at, mac=mac, ips=() if n else ips, hosts=hosts, serial=serial, cloud_id=cloud_id,
            zone=source.options.zone, says=said,
        )  # fmt: skip


def seen(
    source: Source, fields: Fields, written: str, *, column: str, place: int, more: Iterable[Said] = ()
) -> Iterator[Item]:
    """Sightings at the time that a cell or value says; what is wrong with the time is yielded instead. The time given for the
    whole file stands in for one that is missing."""
    try:
        at = moment(clean(written), source.options.clock, source.options.day_first)
    except Wrong as wrong:
        yield fault(place, column, wrong.form, "value", **wrong.arguments)
        return
    at = at or source.options.seen_at
    if at is not None:
        yield from sightings(source, at, fields, more)
