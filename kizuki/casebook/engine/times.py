"""How long things took in a case: intervals that follow from the marked entries of its timeline, never means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from kizuki.casebook.engine.format import Case, Entry, Milestone, Span
from kizuki.kit.when import Duration, between, parse

#: From which milestone to which each span runs.
ENDS: Final[dict[Span, tuple[Milestone, Milestone]]] = {
    "detect": ("occurred", "noticed"),
    "escalate": ("noticed", "escalated"),
    "contain": ("noticed", "contained"),
    "disclose": ("noticed", "disclosed"),
    "recover": ("noticed", "recovered"),
}


def first_marked(entries: Iterable[Entry], milestone: Milestone) -> Entry | None:
    """The first entry, in the timeline's order, that carries the milestone."""
    return next((entry for entry in entries if entry.milestone == milestone), None)


def spans(case: Case) -> dict[Span, Duration]:
    """The durations that the timeline lets one say; a span whose ends are not both marked and dated is absent."""
    made: dict[Span, Duration] = {}
    for span, (start, end) in ENDS.items():
        first, later = first_marked(case.timeline.entries, start), first_marked(case.timeline.entries, end)
        if first is None or later is None:
            continue
        duration = between(parse(first.at), parse(later.at))
        if duration is not None and later.milestone_by is not None:
            longest = between(parse(first.at), parse(later.milestone_by))
            duration = Duration(duration.low, longest.high) if longest is not None else None
        if duration is not None:
            made[span] = duration
    return made


class Among(msgspec.Struct, frozen=True):
    """Where the middle of several durations lies: the middle one's interval, with `n`."""

    n: int
    low: int
    high: int | None


def median(durations: Sequence[Duration]) -> Among | None:
    """The lower median of the lower bounds and of the upper bounds (an open upper bound sorts last); None for none."""
    if not durations:
        return None
    lows = sorted(d.low for d in durations)
    highs = sorted((d.high for d in durations), key=lambda h: (h is None, h or 0))
    middle = (len(durations) - 1) // 2
    return Among(len(durations), lows[middle], highs[middle])
