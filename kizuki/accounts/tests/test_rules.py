"""The table of roles, as rules.py tells it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.accounts.models import Person

pytestmark = pytest.mark.django_db
MAY = {
    "is_person": "reporter responder manager executive auditor administrator",
    "may_read_all": "responder manager executive auditor administrator",
    "may_replay": "responder manager administrator",
    "may_edit": "manager administrator",
    "is_manager": "manager administrator",
    "may_read_journal": "auditor administrator",
    "may_manage_people": "administrator",
}


@pytest.mark.parametrize(("rule", "roles"), MAY.items())
def test_who_may(rule: str, roles: str, cast: Any) -> None:
    predicate = getattr(rules, rule)
    assert {person.role for person in cast if predicate(person)} == set(roles.split())


@pytest.mark.parametrize("rule", MAY)
def test_nobody_deactivated_may_anything(rule: str, cast: Any) -> None:
    for person in cast:
        person.is_active = False
        assert not getattr(rules, rule)(person)
    assert not cast.administrator.has_perm("journal.view")


def test_the_answers_of_access(cast: Any) -> None:
    require(cast.manager, rules.may_edit)
    with pytest.raises(PermissionDenied):
        require(cast.executive, rules.may_edit)
    with pytest.raises(Http404):
        require_seen(cast.reporter, rules.may_read_all)
    assert get_visible(Person.objects, cast.reporter, pk=cast.reporter.pk) == cast.reporter
    for pk in (cast.manager.pk, 10**30, "x"):
        with pytest.raises(Http404):
            get_visible(Person.objects, cast.reporter, pk=pk)
