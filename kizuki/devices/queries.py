"""What the pages ask of devices and observations, and how they find things by their beginning."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from kizuki.devices.choices import State
from kizuki.devices.engine.known import ranges_of
from kizuki.devices.models import Device, Observation, Part, Trace, Word
from kizuki.register.columns import plain
from kizuki.register.engine import identity
from kizuki.register.engine.matching.places import Places
from kizuki.register.models import Zone
from kizuki.ui.templatetags.kizuki import language

#: More traces than this are not named one by one: of devices, and of observations.
FEW_TRACES, MOST_TRACES = 500, 8000
#: From so many traces on, most devices have one of them.
NEARLY_ALL = 20_000


class Counts(NamedTuple):
    """Devices by state. `open`: unknown and nobody decided; `aside`: unknown and decided. `zones`: (key, name, devices, open).
    `cells`: how many there are of each zone, state and decision."""

    states: dict[str, int]
    open: int
    aside: int
    zones: list[tuple[str, str, int, int]]
    cells: dict[tuple[str, str, str], int]

    def of(self, **wanted: str) -> int:
        """How many have this zone, state or decision, without asking the database again."""
        at = {"zone": 0, "state": 1, "decided": 2}
        return sum(n for cell, n in self.cells.items() if all(cell[at[name]] == word for name, word in wanted.items()))


def counts(devices: Any) -> Counts:
    """One pass over the devices that a person may see."""
    states: dict[str, int] = dict.fromkeys(State.values, 0)
    zones: dict[str, list[int]] = {}
    cells: dict[tuple[str, str, str], int] = {}
    unknown = 0
    for zone, state, decided, n in devices.order_by().values_list("zone", "state", "decided").annotate(n=Count("pk")):
        cells[zone, state, decided] = n
        states[state] += n
        here = zones.setdefault(zone, [0, 0])
        here[0] += n
        if state == State.UNKNOWN and not decided:
            unknown += n
            here[1] += n
    names = zone_names()
    listed = [(zone, names.get(zone, zone), all_, open_) for zone, (all_, open_) in zones.items()]
    listed.sort(key=lambda row: (-row[3], -row[2], row[1]))
    return Counts(states, unknown, states[State.UNKNOWN] - unknown, listed, cells)


class Zones:
    """The zones of the home organisation: their names, and in which of them a trace lies, as matching sees it: where its address is, else
    where its source looks."""

    def __init__(self) -> None:
        rows = list(Zone.objects.filter(organisation__is_home=True, deleted_at=None))
        self.names = {row.key: row.name.in_(language()) for row in rows}
        self._places = Places(ranges_of(row.read for row in rows))

    def of(self, trace: Trace) -> str:
        found = self._places.of(trace.ips[0], trace.zone or None)[0] if trace.ips else trace.zone
        return found or ""


def zone_names() -> dict[str, str]:
    """The zones of the home organisation by name in the reader's language."""
    rows = Zone.objects.filter(organisation__is_home=True, deleted_at=None).only("key", "name_ja", "name_en")
    return {row.key: row.name.in_(language()) for row in rows}


def written(text: str) -> str:
    """What was typed in the one form that addresses have here; else in small letters."""
    text = text.strip()
    return identity.mac(text) or identity.ip(text) or plain(text)


def starting(field: str, text: str) -> Q:
    """Rows whose field begins with a text, by an index on either database."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})


def searched_devices(devices: Any, text: str) -> Any:
    """Devices of which, for every word, an address, a name or the id of their asset begins with it."""
    for n, word in enumerate(text.split()[:6]):
        own = starting("asset", word.strip()[:120])
        if _beginning(word)[NEARLY_ALL : NEARLY_ALL + 1].exists():
            # The newest are gone through in their order until a page is full; nearly all fit, so that this is soon.
            one = Coalesce(_has(Trace, word, "pk"), _has(Part, word, "trace"))
            devices = devices.alias(**{f"has{n}": one}).filter(Q(**{f"has{n}__isnull": False}) | own)
            continue
        # Many traces are looked up as a whole, once: to ask again for each device took minutes.
        few = traces_of(word, FEW_TRACES)
        traces = _beginning(word).values("trace") if few is None else few
        found = Trace.objects.filter(pk__in=traces, device__isnull=False).values("device")
        parts = Part.objects.filter(trace__in=traces).values("device")
        devices = devices.filter(Q(pk__in=found) | Q(pk__in=parts) | own)
    return devices


def _has(rows: Any, text: str, trace: str) -> Any:
    """Of the device at hand, one row with a trace that has an address or a name beginning with the text. As a value, which PostgreSQL
    looks up for each device; for EXISTS it would gather those of all devices first."""
    words = _beginning(text).filter(trace=OuterRef(trace))
    return Subquery(rows.objects.filter(Exists(words), device=OuterRef("pk")).values("pk")[:1])


def searched_observations(observations: Any, text: str) -> Any:
    """Observations in which some address or name begins with the text."""
    traces = traces_of(text, MOST_TRACES)
    if traces is None:
        # The newest are gone through in their order until a page is full; many fit, so that this is soon.
        return observations.filter(Exists(_beginning(text).filter(trace=OuterRef("trace"))))
    return observations.filter(trace__in=traces)


def traces_of(text: str, most: int) -> set[int] | None:
    """The traces with an address or a name that begins with the text; None where they are more than `most`."""
    traces = list(_beginning(text).values_list("trace", flat=True)[: most + 1])
    return set(traces) if len(traces) <= most else None


def _beginning(text: str) -> Any:
    return Word.objects.filter(starting("word", written(text)[:200]))


def sightings(device: Device, most: int) -> list[Observation]:
    """The latest observations of a device."""
    traces = Trace.objects.filter(Q(device=device) | Q(parts__device=device)).values("pk")
    rows = Observation.objects.filter(trace__in=traces).select_related("trace", "source")
    # By no index: PostgreSQL would else go through everything that was seen, from the newest on, until these are found.
    return list(rows.order_by(Greatest("at", "at").desc(), "-pk")[:most])
