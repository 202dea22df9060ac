"""The cast that every test may call on: one person for each role, and someone who has not signed in."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from django.utils import translation

from kizuki.accounts.choices import Role
from kizuki.accounts.models import Person
from kizuki.incidents import triggers as incident_triggers
from kizuki.jobs import pace
from kizuki.journal import triggers

PASSWORD = "correct horse battery staple"  # noqa: S105 - for tests only


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only the tests that use the database")


def pytest_configure(config: pytest.Config) -> None:
    """On a second database properties are tried with fewer examples: the first has had them all."""
    if config.getoption("--database-only"):
        hypothesis.settings.register_profile("second database", max_examples=25)
        hypothesis.settings.load_profile("second database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --database-only, leave out what computes without a database or looks at markup: a second database can say nothing new."""
    if not config.getoption("--database-only"):
        return
    fixtures = {"db", "transactional_db", "cast", "live_server"}
    kept = [
        item
        for item in items
        if not item.get_closest_marker("markup")
        and (item.get_closest_marker("django_db") or fixtures & set(getattr(item, "fixturenames", ())))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


class Cast(NamedTuple):
    """One person for each role."""

    reporter: Person
    responder: Person
    manager: Person
    executive: Person
    auditor: Person
    administrator: Person


def make_person(role: str, name: str = "", **values: Any) -> Person:
    """A person with the test password, made without the journal."""
    name = name or role.title()
    person = Person(email=f"{name.lower().replace(' ', '.')}@example.org", name=name, role=role, **values)
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def cast(db: None) -> Cast:
    """One person for each role; they read English, so that tests may look for words."""
    return Cast(*(make_person(role, language="en") for role in Role.values))


@pytest.fixture
def signed_in() -> Any:
    """A function that gives a client of the test site on which the person has signed in."""

    def sign_in(person: Person, **extra: Any) -> Client:
        client = Client(**extra)
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def anonymous() -> Client:
    """A client on which nobody has signed in."""
    return Client()


@pytest.fixture
def in_another_process() -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """A function that runs Python code in another process on the same test database. Ends what still runs."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str) -> subprocess.Popen[str]:
        prelude = textwrap.dedent(
            f"""
            import django
            from django.conf import settings
            settings.DATABASES["default"]["NAME"] = {str(connection.settings_dict["NAME"])!r}
            django.setup()
            """
        )
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE") or settings.SETTINGS_MODULE,
            "KIZUKI_SECRET_KEY": settings.SECRET_KEY,
        }
        process = subprocess.Popen(  # noqa: S603 - the tests' own code
            [sys.executable, "-c", prelude + textwrap.dedent(code)],
            env=environment, cwd=Path(__file__).parent, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


_django_empties: Any = vars(TransactionTestCase)["_fixture_teardown"]


def _empty(self: Any) -> None:
    """Between tests that really commit, all tables are emptied; only for that the triggers of what is only added step aside."""
    for alias in connections:
        incident_triggers.remove(connections[alias])
        triggers.remove_all(connections[alias])
    try:
        _django_empties(self)
    finally:
        for alias in connections:
            triggers.install_all(connections[alias])
            incident_triggers.install(connections[alias])


@pytest.fixture(autouse=True)
def _language_of_its_own() -> None:
    """What a page was asked for in does not stay for the next test: a request leaves its language behind in the thread."""
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _journal_can_be_emptied() -> Iterator[None]:
    """See `_empty`. Tests in a rolled-back transaction do not need it."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _without_pauses() -> Iterator[None]:
    """Nobody else writes in a test: long writes need not let others in."""
    patch = pytest.MonkeyPatch()
    for vendor in pace.PAUSE:
        patch.setitem(pace.PAUSE, vendor, 0.0)
    yield
    patch.undo()
