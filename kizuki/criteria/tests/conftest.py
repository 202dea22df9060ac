"""Criteria in the database: the library's, and small ones that are easy to follow."""

from __future__ import annotations

import pytest
from django.core.cache import caches

from conftest import Cast, make_person
from kizuki.accounts.choices import Role
from kizuki.accounts.models import Person
from kizuki.criteria import actions
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.read import read
from kizuki.criteria.models import Version
from kizuki.criteria.tests.test_read import SOUND


def small(old: str = "", new: str = "") -> Criteria:
    """The small criteria of the tests, with one part of their text put otherwise."""
    assert old in SOUND
    return read("small.yaml", SOUND.replace(old, new, 1).encode() if old else SOUND.encode())


#: With a hole: kind b has no rule.
HOLED = ("when: {}", "when: {kind: a}")


@pytest.fixture
def second(cast: Cast) -> Person:
    """A second manager, who may approve what the first wrote."""
    caches["local"].clear()
    return make_person(Role.MANAGER, "Second Manager", language="en")


@pytest.fixture
def counting(cast: Cast) -> Version:
    """The small criteria in effect, as if they came with the library."""
    actions.load_library(documents=[small()], by="test")
    return Version.objects.get(criteria__slug="small")


@pytest.fixture
def draft(counting: Version, cast: Cast) -> Version:
    """A draft of the manager, in which only high heat stops."""
    return actions.begin_draft(document=small("heat: at least mid", "heat: high"), by=cast.manager)
