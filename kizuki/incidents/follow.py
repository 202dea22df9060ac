"""Follow-up tasks in the tasks room: what reviews leave to be done there, and from whom that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from kizuki.incidents.models import Incident, Member
from kizuki.tasks.hooks import Thing

#: How tasks of that room name an incident, by its number.
KIND: Final = "incident"


def hidden_from(person: Any) -> QuerySet[Any, Any]:
    """The numbers of the restricted incidents in which the person has no role. What came of others is for whoever is to do it, also
    where that person does not see the incident itself."""
    mine = Member.objects.filter(incident=OuterRef("pk"), person=person.pk, until=None)
    return Incident.objects.filter(~Exists(mine), restricted=True).order_by().values("number")


def things(numbers: Sequence[str]) -> dict[str, Thing]:
    """Incidents as that which a task is about: by number alone, whether there is one or not."""
    return {number: Thing(number, reverse("incidents:incident", args=[number])) for number in numbers}


def install() -> None:
    """Tell the tasks room so."""
    from kizuki.tasks import hooks

    hooks.hidden_from[KIND] = hidden_from
    hooks.finders[KIND] = things
