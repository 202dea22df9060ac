"""The timeline of an incident as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from kizuki.incidents.engine.timeline_file import Cells
from kizuki.incidents.models import Entry, Incident, MilestoneAt
from kizuki.incidents.reporting.common import entry_text
from kizuki.incidents.reviewing import standing

PORTION = 1000


def rows(incident: Incident) -> Iterator[Cells]:
    """The entries that stand, in their order, in the reader's language where Kizuki wrote them."""
    marks: dict[int, list[MilestoneAt]] = {}
    for mark in incident.milestones.order_by("pk"):
        marks.setdefault(mark.entry_id, []).append(mark)
    for entry in standing(incident).prefetch_related("links").iterator(chunk_size=PORTION):
        yield _cells(entry, marks.get(entry.pk, []))


def _cells(entry: Entry, marks: list[MilestoneAt]) -> Cells:
    links = list(entry.links.all())
    return Cells(
        n=str(entry.seq), at=entry.at, lane=entry.lane, kind=entry.kind, text=entry_text(entry),
        milestone=";".join(mark.name for mark in marks), until=";".join(mark.by for mark in marks).rstrip(";"),
        handover=" ".join(entry.handover),
        assets=" ".join(link.key for link in links if link.kind == "asset"),
        people=";".join(link.label for link in links if link.kind == "person" and ";" not in link.label), by=entry.by_name,
        recorded_at=entry.recorded_at.isoformat(timespec="seconds"), auto=entry.auto,
    )  # fmt: skip
