"""Who sees an incident, and who is what in it: for naming owners, and for saying whose turn it is."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from kizuki.accounts.choices import Role as SiteRole
from kizuki.accounts.models import Person
from kizuki.incidents.choices import Role
from kizuki.incidents.models import Incident, Member


def who_see(incident: Incident) -> QuerySet[Person]:
    """Everyone who can sign in and sees this incident: its members, and unless it is restricted whoever works in all rooms."""
    seen = Q(pk__in=Member.objects.filter(incident=incident, until=None).values("person"))
    if not incident.restricted:
        seen |= ~Q(role=SiteRole.REPORTER)
    return Person.objects.filter(seen, is_active=True)


def sees(incident: Incident, person: Any) -> bool:
    """Whether this person sees the incident now."""
    return who_see(incident).filter(pk=person.pk).exists()


def in_roles(incident: Incident) -> dict[str, list[Person]]:
    """Who is what in it now: role → people, readers left out."""
    found: dict[str, list[Person]] = {}
    rows = Member.objects.filter(incident=incident, until=None).exclude(role=Role.READER).select_related("person")
    for row in rows.order_by("since", "pk"):
        found.setdefault(row.role, []).append(row.person)
    return found
