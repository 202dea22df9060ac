"""The cast that every test may call on: one person for each role, and someone who has not signed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import connections
from django.test import Client, TransactionTestCase

from kizuki.accounts.choices import Role
from kizuki.accounts.models import Person
from kizuki.journal import triggers

PASSWORD = "correct horse battery staple"


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


def _empty(self: Any, original: Any = TransactionTestCase._fixture_teardown) -> None:
    """Between tests that really commit, all tables are emptied; only for that the journal's triggers step aside."""
    for alias in connections:
        triggers.remove(connections[alias])
    try:
        original(self)
    finally:
        for alias in connections:
            triggers.install(connections[alias])


@pytest.fixture(autouse=True, scope="session")
def _journal_can_be_emptied() -> Iterator[None]:
    """See `_empty`. Tests in a rolled-back transaction do not need it."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)
    yield
    patch.undo()
