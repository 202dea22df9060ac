"""Who may do what with an incident that they see.

| who                                  | reads                  | writes       | leads (closes, restricts, merges, gives roles) |
|--------------------------------------|------------------------|--------------|------------------------------------------------|
| responder                            | what is not restricted | the same     | incidents that they lead                       |
| manager, administrator               | what is not restricted | the same     | the same                                       |
| executive, auditor                   | what is not restricted | –            | –                                              |
| member in a role other than reader   | the incident           | the incident | if it is the lead                              |
| reader                               | the incident           | –            | –                                              |
"""

from __future__ import annotations

from typing import Any

from kizuki.accounts import rules
from kizuki.incidents.choices import Role
from kizuki.incidents.models import Incident, Member

may_open = rules.is_responder | rules.is_manager


def may_enter(person: Any) -> bool:
    """Whether the person learns that there are incidents: whoever works in all rooms, and whoever has a role in one."""
    if rules.may_read_all(person):
        return True
    return rules.is_person(person) and Member.objects.filter(person=person.pk, until=None).exists()


def roles_of(person: Any, incident: Incident) -> frozenset[str]:
    """What the person is in the incident now."""
    rows = Member.objects.filter(incident=incident, person=person.pk, until=None)
    return frozenset(rows.values_list("role", flat=True))


def may_write(person: Any, incident: Incident) -> bool:
    """Whether somebody who sees the incident may add to it."""
    if may_open(person) and not incident.restricted:
        return True
    return rules.is_person(person) and bool(roles_of(person, incident) - {Role.READER})


def may_lead(person: Any, incident: Incident) -> bool:
    """Whether somebody who sees the incident may close, restrict or merge it, and say who is in it."""
    if rules.is_manager(person) and (not incident.restricted or roles_of(person, incident) - {Role.READER}):
        return True
    return may_write(person, incident) and incident.lead_id == person.pk
