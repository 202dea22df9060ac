"""When and where devices were seen, as a small picture over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kizuki.devices.models import Device, Part, Trace
from kizuki.devices.models.observed import moment
from kizuki.devices.queries import Zones
from kizuki.ui.svg import Drawing, text_width

WIDTH: Final = 640.0
ROW: Final = 22.0
TOP: Final = 26.0
LABEL: Final = 190.0
#: A sighting is a moment; so wide it is drawn.
LEAST: Final = 3.0
MOST_ROWS: Final = 12
DAY: Final = 86_400


class Lane(NamedTuple):
    """One line of the picture: what it is called, and when something was seen there, in seconds since 1970."""

    label: str
    stays: list[tuple[int, int]]


def of_device(device: Device, zones: Zones) -> SafeString | None:
    """A line for each source and zone in which the device was seen; None where it never was."""
    stays: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for trace, listed in stays_of([device]):
        stays[zones.names.get(zone := zones.of(trace), zone) or "–", trace.source] += listed
    lanes = [Lane(f"{zone} · {source}", sorted(listed)) for (zone, source), listed in stays.items()]
    return _drawn(f"seen-{device.pk}", lanes)


def of_devices(devices: Sequence[Device]) -> SafeString | None:
    """A line for each device."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for trace, listed in stays_of(devices):
        found[trace.of] += listed  # type: ignore[attr-defined]
    lanes = [Lane(device.name, sorted(found[device.pk])) for device in devices if found[device.pk]]
    return _drawn(f"seen-{devices[0].pk}-all", lanes) if lanes else None


def stays_of(devices: Sequence[Device]) -> Iterable[tuple[Trace, list[tuple[int, int]]]]:
    """The traces of devices with the stays that belong to them; `of` of the trace: the device."""
    for trace in Trace.objects.filter(device__in=devices).defer("says"):
        trace.of = trace.device_id  # type: ignore[attr-defined]
        yield trace, [(first, last) for first, last in trace.stays]
    for part in Part.objects.filter(device__in=devices).select_related("trace"):
        part.trace.of = part.device_id  # type: ignore[attr-defined]
        yield part.trace, [tuple(part.trace.stays[n]) for n in part.stays if n < len(part.trace.stays)]


def _drawn(id: str, lanes: list[Lane]) -> SafeString | None:
    lanes = sorted((lane for lane in lanes if lane.stays), key=lambda lane: (lane.stays[0], lane.label))
    if not lanes:
        return None
    shown, begin = lanes[:MOST_ROWS], min(lane.stays[0][0] for lane in lanes)
    end = max(last for lane in lanes for _first, last in lane.stays)
    end = max(end, begin + DAY)
    title = _("When and where it was seen")
    drawing = Drawing(id, WIDTH, TOP + ROW * len(shown) + 4, title, _told(lanes, begin, end))
    scale = (WIDTH - LABEL - LEAST) / (end - begin)
    _axis(drawing, begin, end, scale, len(shown))
    for n, lane in enumerate(shown):
        y = TOP + ROW * n
        drawing.line("hl", 0, y + ROW, WIDTH, y + ROW)
        drawing.text("x12", 0, y + 15, _short(lane.label))
        for first, last in lane.stays:
            width = max(LEAST, (last - first) * scale)
            drawing.rect("b-ink", LABEL + (first - begin) * scale, y + 6, width, ROW - 12)
    return drawing.markup()


def _axis(drawing: Drawing, begin: int, end: int, scale: float, rows: int) -> None:
    """A mark at each full day, or at as many of them as can be read."""
    days = (end - begin) / DAY
    step = next((n for n in (1, 2, 7, 14, 30, 90, 365) if days / n <= 6), 365)
    start = timezone.localtime(moment(begin)).replace(hour=0, minute=0, second=0)
    at = int(start.timestamp())
    while at <= end:
        if at >= begin - DAY / 4:
            x = LABEL + max(0.0, (at - begin) * scale)
            drawing.line("hl", x, 18, x, TOP + ROW * rows)
            drawing.text("x11 x2", x, 12, date_format(timezone.localtime(moment(at)), "m-d" if days < 300 else "Y-m"))
        at += step * DAY
    drawing.line("il", 0, TOP, WIDTH, TOP)


def _short(label: str) -> str:
    while text_width(label, 12) > LABEL - 10:
        label = label[:-2].rstrip("…") + "…"
    return label


def _told(lanes: list[Lane], begin: int, end: int) -> str:
    span = {"first": _day(begin), "last": _day(end), "n": len(lanes)}
    said = ngettext(
        "On %(n)d line, from %(first)s to %(last)s.", "On %(n)d lines, from %(first)s to %(last)s.", len(lanes)
    )
    return said % span


def _day(at: int) -> str:
    return date_format(timezone.localtime(moment(at)), "Y-m-d")
