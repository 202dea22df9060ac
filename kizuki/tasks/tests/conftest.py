"""The small organisation of the register's tests, and tasks in it."""

from __future__ import annotations

import pytest

from conftest import make_person
from kizuki.accounts.models import Person
from kizuki.register.models import Organisation
from kizuki.register.tests.conftest import small
from kizuki.tasks.actions import About, Origin, create_task
from kizuki.tasks.models import Task

__all__ = ["small"]


@pytest.fixture
def task(small: Organisation) -> Task:
    """A task of the shop, about its web server, that nobody has begun."""
    return create_task(
        title="Find out", text="Who knows?", origin=Origin.OWN, about=About("asset", "www"), unit="shop", by="a test"
    )


@pytest.fixture
def doer(db: None) -> Person:
    """A contact of the register without a unit of their own."""
    return make_person("reporter", "Mari", language="en")
