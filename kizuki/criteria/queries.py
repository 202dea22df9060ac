"""What other rooms and the pages ask of criteria."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.utils import timezone

from kizuki.criteria.engine.compare import Comparison, Past
from kizuki.criteria.engine.compare import compare as compare_engine
from kizuki.criteria.engine.decide import facts_of
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.models import CriteriaSet, Decision, Version


def in_effect(purpose: str, day: dt.date | None = None) -> Version | None:
    """The version of a purpose that counts on a day (today); None where none is approved yet."""
    found = Version.objects.in_effect(day or timezone.localdate()).filter(criteria__slug=purpose)
    version: Version | None = found.select_related("criteria").first()
    return version


def document(purpose: str, day: dt.date | None = None) -> Criteria | None:
    """The criteria of a purpose that count on a day (today), to ask for their facts with `forms.FactsForm`."""
    version = in_effect(purpose, day)
    return version.read if version else None


def counting(criteria: CriteriaSet) -> Version | None:
    """The version of these criteria that counts today."""
    found: Version | None = Version.objects.in_effect(timezone.localdate()).filter(criteria=criteria).first()
    return found


def history(criteria: CriteriaSet, person: Any) -> Iterator[Past]:
    """The decisions by these criteria that a person sees, one for each cell and outcome with their number, whatever the version then."""
    rows = Decision.objects.visible_to(person).filter(version__criteria=criteria).order_by()
    counted = list(rows.values_list("version", "cell", "outcome").annotate(count=Count("pk")))
    versions = Version.objects.in_bulk({pk for pk, *_ in counted})
    for pk, cell, outcome, count in counted:
        yield Past(facts_of(versions[pk].compiled, cell), count, outcome)


def compare(draft: Version, against: Version, person: Any) -> Comparison:
    """A sound draft replayed over every decision ever made for its purpose that a person sees. Raises `NotSound` for another."""
    return compare_engine(against.compiled, draft.compiled, history(draft.criteria, person))
