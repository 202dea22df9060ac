"""Ways to the measures map from other rooms, and from one of its cells to recording what holds there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.accounts import rules
from kizuki.measures import catalogue
from kizuki.register.access import own_units
from kizuki.register.engine.format import Scope
from kizuki.register.engine.kinds import scope_key
from kizuki.register.models import Coverage, Organisation
from kizuki.replay.engine import heat
from kizuki.replay.map import Asked, seen_units
from kizuki.ui.context import Way


def map_of_unit(person: Any, row: Any) -> Way | None:
    """From the page of a unit to its part of the map, for whoever sees that part."""
    units = seen_units(person)
    if row.kind_name != "unit" or (units is not None and row.key not in units):
        return None
    return Way(f"{reverse('replay:map')}?{urlencode({'unit': row.key})}", _("Measures map"))


def map_of_own_units(person: Any) -> Way | None:
    """From the tasks to the map of what one answers for. Whoever reads everything has a room in the masthead for it."""
    if rules.may_read_all(person) or not own_units(person):
        return None
    return Way(reverse("replay:map"), _("Measures map"))


def record_here(organisation: Organisation, question: Asked, measure: str, person: Any) -> Way | None:
    """From a cell to recording coverage for just that place: managers the row itself, owners of units a proposal. None where a row
    cannot say it: what has no unit or zone, a unit without those below it, a past day, a measure that is no longer offered."""
    focus = question.focus
    if question.day < timezone.localdate() or focus.direct or heat.NOWHERE in (focus.unit, focus.zone, focus.kind):
        return None
    place = {"unit": focus.unit, "zone": focus.zone, "kind": focus.kind}
    given = {name: value for name, value in place.items() if value is not None}
    if rules.may_edit(person):
        return _row(organisation, measure, given)
    if not own_units(person) or given.keys() - {"unit"} or measure not in catalogue.offered():
        return None
    return Way(f"{reverse('measures:propose')}?{urlencode({'measure': measure, **given})}", _("Propose coverage"))


def _row(organisation: Organisation, measure: str, given: dict[str, str]) -> Way | None:
    scope = msgspec.convert(given, Scope) if given else Scope(all=True)
    stored = Coverage.objects.filter(organisation=organisation, deleted_at=None, key=f"{measure} {scope_key(scope)}")
    if (found := stored.only("pk").first()) is not None:
        return Way(reverse("measures:row_edit", args=[found.pk]), _("Change what is recorded here"))
    if measure not in catalogue.offered():
        return None
    return Way(f"{reverse('measures:row_add')}?{urlencode({'measure': measure, **given})}", _("Record coverage here"))
