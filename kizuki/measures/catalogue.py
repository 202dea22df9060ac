"""The catalogue in force: the library's measures and the organisation's own ones. Whoever serves people takes it from here; commands
that know no database take the library's."""

from __future__ import annotations

from django.db.models import Count, Max, Sum

from kizuki.kit.kept import Kept
from kizuki.measures import library
from kizuki.measures.engine.format import Measure, Measures
from kizuki.measures.engine.own import joined
from kizuki.measures.models import OwnMeasure

_kept: Kept[tuple[Measures, dict[str, Measure], frozenset[str]]] = Kept(4)


def state() -> str:
    """A name for the state of the own measures, different after every change. One short question."""
    found = OwnMeasure.objects.aggregate(rows=Count("pk"), versions=Sum("version"), last=Max("changed_at"))
    return f"{found['rows']}-{found['versions'] or 0}-{found['last'] or ''}"


def current(at: str | None = None) -> Measures:
    """The catalogue in force; `at`: its state, where the caller has asked for it already. Retired measures are in it, since
    coverage and cases may still speak of them."""
    return _read(at)[0]


def measures(at: str | None = None) -> dict[str, Measure]:
    """The measures by id, in catalogue order."""
    return _read(at)[1]


def find(id: str) -> Measure | None:
    """One measure by its id; the library's without a question to the database."""
    return library.measures().get(id) or measures().get(id)


def offered(at: str | None = None) -> dict[str, Measure]:
    """The measures that may be chosen: all but the retired ones."""
    _, by_id, retired = _read(at)
    return {id: measure for id, measure in by_id.items() if id not in retired} if retired else by_id


def ids() -> frozenset[str]:
    """Every id that coverage may speak of."""
    return frozenset(_read(None)[1])


def _read(at: str | None) -> tuple[Measures, dict[str, Measure], frozenset[str]]:
    # A state that was asked for before a change names the older rows; the newer ones then get their own name on the next call.
    return _kept.get(at or state(), _made)


def _made() -> tuple[Measures, dict[str, Measure], frozenset[str]]:
    rows = list(OwnMeasure.objects.all())
    catalogue = joined(library.catalogue(), (row.read for row in rows))
    return catalogue, catalogue.by_id(), frozenset(row.key for row in rows if row.retired_at is not None)
