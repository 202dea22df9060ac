"""The times of incidents: from the database to the engine, and beside the casebook's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kizuki.casebook.engine.times import median
from kizuki.casebook.models import Case
from kizuki.casebook.times_picture import Bar, drawn
from kizuki.casebook.words import MILESTONES, SPANS
from kizuki.incidents.engine.figures import Figure, Mark, Spread, figures, spread
from kizuki.incidents.engine.moment import Moment
from kizuki.incidents.models import Incident, MilestoneAt
from kizuki.kit.when import Duration

#: So many cases are shown beside an incident.
BESIDE: Final = 12
_FIELDS: Final = (
    "incident_id",
    "name",
    "entry__at",
    "entry__low",
    "entry__high",
    "entry__zone",
    "by",
    "incident__day_one",
)


def marks_of(incidents: QuerySet[Incident] | Iterable[int]) -> dict[int, list[Mark]]:
    """The milestones of incidents by the incident's key, in one question."""
    rows = MilestoneAt.objects.filter(incident__in=incidents).order_by().values_list(*_FIELDS)
    found: dict[int, list[Mark]] = {}
    for key, name, at, low, high, zone, by, day_one in rows.iterator(chunk_size=5000):
        found.setdefault(key, []).append(Mark(name, at, Moment(at, low, high), zone, by, day_one))
    return found


def of(incident: Incident) -> dict[Any, Figure]:
    """The spans of one incident."""
    return figures(marks_of([incident.pk]).get(incident.pk, []))


def cases_beside(person: Any) -> list[Case]:
    """The library's incidents that stand beside one of ours."""
    return list(Case.objects.visible_to(person).filter(kind="casebook").only("slug", "number", "spans")[:BESIDE])


def spreads(cases: list[Case]) -> dict[Any, Spread]:
    """Where the durations of cases lie, by span."""
    made = {span: spread([case.durations()[span] for case in cases if span in case.spans]) for span in SPANS}
    return {span: one for span, one in made.items() if one is not None}


class Row(NamedTuple):
    """One span of an incident as a page tells it. `why`: what is missing, where there is no duration. `n` cases have the span."""

    span: str
    name: Any
    duration: str
    why: str
    middle: str
    n: int


def rows(found: dict[Any, Figure], cases: list[Case], language: str) -> list[Row]:
    """Every span with the middle of the cases beside it."""
    told = []
    for span, figure in found.items():
        beside = [case.durations()[span] for case in cases if span in case.spans]
        among = median(beside)
        middle = Duration(among.low, among.high).label(language) if among else ""
        length = figure.duration.label(language) if figure.duration else ""
        told.append(Row(span, SPANS[span], length, "" if figure.duration else why(figure), middle, len(beside)))
    return told


def why(figure: Figure) -> str:
    """Why a span cannot be said, and what would help."""
    if figure.why == "missing":
        names = _(", ").join(str(MILESTONES[name]) for name in figure.missing)
        return _("Milestones that are not marked: %(names)s") % {"names": names}
    if figure.why == "order":
        return _("The later milestone lies before the earlier one. Check the times of both entries.")
    return _("One of the two entries has no time that bounds it. Correct the entry with a time, if it is known.")


def picture(found: dict[Any, Figure], cases: list[Case], language: str) -> SafeString | None:
    """The incident's spans and the cases' on one scale; None where the incident has none yet."""
    if not any(figure.duration for figure in found.values()):
        return None
    own = pgettext("mark in a picture", "here")
    bars = {}
    for span, figure in found.items():
        first = [Bar(own, figure.duration, own=True)] if figure.duration else []
        bars[span] = first + [Bar(case.mark, case.durations()[span]) for case in cases if span in case.spans]
    return drawn(bars, language, _("Times of this incident beside the cases of the casebook"))
