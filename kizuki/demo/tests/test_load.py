"""Filling an installation: everything once, nothing twice."""

from __future__ import annotations

import pytest

from kizuki.accounts.actions import use_first_link
from kizuki.accounts.choices import Role
from kizuki.accounts.models import Person
from kizuki.casebook.models import Case
from kizuki.demo.actions import load_company, load_library, sign_in_links
from kizuki.journal.actions import verify
from kizuki.register.models import Organisation, home

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing() -> None:
    assert load_library() == {"added": 8, "changed": 0, "same": 0}
    company = load_company()
    assert load_library() == {"added": 0, "changed": 0, "same": 8}
    assert load_company().version == company.version
    assert Case.objects.count() == 8
    assert verify().fault is None


def test_the_demo_company_is_the_home_only_where_there_is_none(cast: object) -> None:
    first = load_company()
    assert first.is_home
    Organisation.objects.filter(pk=first.pk).update(is_home=False)
    Organisation.objects.create(slug="ours", name="Ours", digest="0" * 64, is_home=True)
    assert not load_company().is_home
    assert Organisation.objects.get(is_home=True).slug == "ours"
    assert home(Person.objects.get(role=Role.MANAGER)).slug == "ours"  # type: ignore[union-attr]
    assert home(Person.objects.get(role=Role.REPORTER)) is None


def test_there_is_a_link_for_each_role_and_each_works_once() -> None:
    links = sign_in_links()
    assert [link.role for link in links] == list(Role.values)
    person = use_first_link(token=links[2].token)
    assert person is not None
    assert person.role == links[2].role
    assert use_first_link(token=links[2].token) is None
    sign_in_links()
    assert Person.objects.count() == 6
