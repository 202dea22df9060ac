"""Who sees, writes in and leads an incident: the table of rules.py."""

from __future__ import annotations

import pytest

from conftest import Cast, make_person
from kizuki.incidents import rules
from kizuki.incidents.actions import change_incident, end_role, give_role
from kizuki.incidents.choices import Role
from kizuki.incidents.models import Incident

#: role → sees, writes, leads an incident that is not restricted and in which the person has no role.
OPEN = {
    "reporter": (False, False, False), "manager": (True, True, True), "executive": (True, False, False),
    "auditor": (True, False, False), "administrator": (True, True, True),
}  # fmt: skip


def may(person: object, incident: Incident) -> tuple[bool, bool, bool]:
    seen = incident in Incident.objects.visible_to(person)
    return seen, seen and rules.may_write(person, incident), seen and rules.may_lead(person, incident)


@pytest.mark.parametrize("role", OPEN)
def test_without_a_role_in_it(role: str, incident: Incident, cast: Cast) -> None:
    person = getattr(cast, role)
    assert may(person, incident) == OPEN[role]
    change_incident(incident=incident, version=1, restricted=True, by=cast.responder)
    assert may(person, incident) == (False, False, False)


def test_responders_write_and_only_the_lead_leads(incident: Incident, cast: Cast) -> None:
    other = make_person("responder", "Other")
    assert may(cast.responder, incident) == (True, True, True)
    assert may(other, incident) == (True, True, False)
    give_role(incident=incident, person=other, role="lead", by=cast.responder)
    assert may(cast.responder, incident) == (True, True, False)


@pytest.mark.parametrize("restricted", [False, True])
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("of", ["reporter", "executive", "manager"])
def test_with_a_role_in_it(of: str, role: str, restricted: bool, incident: Incident, cast: Cast) -> None:
    if restricted:
        change_incident(incident=incident, version=1, restricted=True, by=cast.responder)
    person = getattr(cast, of)
    member = give_role(incident=incident, person=person, role=role, by=cast.responder)
    only_reads = role == "reader"
    manages = of == "manager" and not (restricted and only_reads)
    assert may(person, incident) == (True, not only_reads or manages, role == "lead" or manages)
    if role != "lead":
        end_role(member=member, by=cast.responder)
        assert may(person, incident) == (OPEN[of] if not restricted else (False, False, False))


def test_who_cannot_sign_in_sees_nothing(incident: Incident, cast: Cast) -> None:
    give_role(incident=incident, person=cast.executive, role="legal", by=cast.responder)
    cast.executive.is_active = False
    cast.executive.save()
    assert may(cast.executive, incident) == (False, False, False)
