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


#: Everyone: whoever has a role in no incident finds an empty list. To ask here would cost every page of the site a query.
may_enter = rules.is_person


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
    return incident.lead_id == person.pk and may_write(person, incident)
