"""The timeline lying: only what was handed over and what a milestone points at, in the manner of the casebook."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from kizuki.casebook.engine import format as case
from kizuki.casebook.pictures import lying
from kizuki.casebook.words import KINDS
from kizuki.incidents.choices import LANES
from kizuki.incidents.models import Entry, Incident, MilestoneAt
from kizuki.incidents.rows import Whole, milestone_name, whole
from kizuki.incidents.times import shown
from kizuki.incidents.views.common import found, shell
from kizuki.incidents.words import LANE_NAMES
from kizuki.kit.text import Text
from kizuki.ui.templatetags.kizuki import language

#: So many entries stand in one picture, and so many are drawn at all: the newest.
A_PICTURE: Final = 11
MOST: Final = 110


@require_safe
def picture(request: HttpRequest, number: str) -> HttpResponse:
    """Pictures, and below them the same as a list."""
    incident = found(request, number)
    all_ = whole(incident)
    wanted = _wanted(all_)
    entries = list(incident.entries.filter(seq__in=wanted[-MOST:]).order_by("sort", "seq"))
    used = {entry.lane for entry in entries} | {lane for entry in entries for lane in entry.handover}
    lanes = [
        case.Lane(id=lane, role=(cast(Any, lane),), name=Text(ja=str(LANE_NAMES[lane]), en=str(LANE_NAMES[lane])))
        for lane in LANES if lane in used
    ]  # fmt: skip
    marks: dict[int, list[MilestoneAt]] = {}
    for mark in all_.milestones:
        marks.setdefault(mark.entry_id, []).append(mark)
    zone = timezone.get_current_timezone()
    drawn = lying(
        lanes, [_entry(one, incident, marks.get(one.pk, [])[:1], zone) for one in entries], language(), A_PICTURE
    )
    told = [
        (one, shown(one, cast(Any, zone)), LANE_NAMES[one.lane], KINDS[one.kind], [LANE_NAMES[lane] for lane in one.handover],
         [milestone_name(mark) for mark in marks.get(one.pk, [])])
        for one in entries
    ]  # fmt: skip
    context = shell(request, incident, "incident", drawn=drawn, told=told, left_out=max(0, len(wanted) - MOST))
    return render(request, "incidents/picture.html", context)


def _wanted(all_: Whole) -> list[int]:
    """The numbers of entries that give, receive, or reach a milestone, in the order of the timeline."""
    ends = {link.giver for link in all_.links} | {link.to for link in all_.links}
    ends |= {mark.entry.seq for mark in all_.milestones}
    return [one.seq for one in all_.sketches if one.seq in ends and not one.quiet]


def _entry(entry: Entry, incident: Incident, marks: list[MilestoneAt], zone: dt.tzinfo) -> case.Entry:
    """An entry as the drawing knows it: its day counted from day 1 by the reader's clock."""
    text = Truncator(entry.text).chars(160)
    return case.Entry(
        n=entry.seq, at=_at(entry, incident, zone), lane=entry.lane, kind=cast(Any, entry.kind), text=Text(ja=text, en=text),
        milestone=cast(Any, marks[0].name) if marks else None,
        handover=case.Handover(to=tuple(entry.handover)) if entry.handover else None,
    )  # fmt: skip


def _at(entry: Entry, incident: Incident, zone: dt.tzinfo) -> str:
    read = entry.when
    if entry.low is None or entry.high is None or read.precision in ("week", "month", "bound", "none"):
        return "undated"
    middle = (
        (entry.low + (entry.high - entry.low) / 2).astimezone(zone)
        if read.precision == "about"
        else entry.low.astimezone(zone)
    )
    days = (middle.date() - incident.day_one).days
    day = f"day {max(-9999, min(days + 1 if days >= 0 else days, 9999))}"
    if read.precision == "minute":
        return f"{day} {middle:%H:%M}"
    return f"~{day} {middle:%H:%M}" if read.precision == "about" else day
