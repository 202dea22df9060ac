"""Filling an installation: the library's cases and criteria, the demo company, one person for each role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction

from kizuki.accounts import actions as accounts
from kizuki.accounts.choices import Role
from kizuki.accounts.models import Person
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.criteria.actions import load_library as load_criteria
from kizuki.criteria.library import documents
from kizuki.criteria.models import Version
from kizuki.demo import life
from kizuki.demo.story import story
from kizuki.devices.actions.admitting import PURPOSE
from kizuki.devices.models import Source
from kizuki.incidents.models import Incident
from kizuki.kit.library import library_path
from kizuki.measures.library import catalogue
from kizuki.measures.models import OwnMeasure, Round
from kizuki.register.actions import store_organisation
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation
from kizuki.tasks.models import Task

BY = "kizuki load"
SLUG = "demo-company"
#: The version of a company that was stored and has not changed since.
FIRST = 1
#: A person for each role of the demo, by first name as the fictional company calls them.
CAST = {
    Role.REPORTER: ("佐藤 遥 / Haruka Sato", "reporter@shirakaba.example"),
    Role.RESPONDER: ("林 健 / Ken Hayashi", "responder@shirakaba.example"),
    Role.MANAGER: ("佐伯 涼子 / Ryoko Saeki", "manager@shirakaba.example"),
    Role.EXECUTIVE: ("三浦 修 / Osamu Miura", "executive@shirakaba.example"),
    Role.AUDITOR: ("岡田 真理 / Mari Okada", "auditor@shirakaba.example"),
    Role.ADMINISTRATOR: ("管理者 / Administrator", "administrator@shirakaba.example"),
}


class SignIn(NamedTuple):
    role: str
    name: str
    token: str


def load_library() -> dict[str, int]:
    """Store the library's cases and put its criteria into effect; what is there already, unchanged, stays as it is. Counts cases."""
    load_criteria(documents=documents(), by=BY)
    return import_cases(documents=cases(), by=BY)


def load_company() -> Organisation:
    """Store the demo company as the home organisation, unless there is one. Once stored it belongs to whoever edits it."""
    if kept := Organisation.objects.filter(slug=SLUG).first():
        return kept
    path = library_path() / "demo" / "company.yaml"
    document = read(path.name, path.read_bytes(), vocabulary=vocabulary(), measures=catalogue())
    home = not Organisation.objects.filter(is_home=True).exists()
    return store_organisation(document=document, by=BY, home=home, fictional=True, slug=SLUG)


def sign_in_links() -> list[SignIn]:
    """A fresh one-time link for each role of the cast; the people are made where they do not exist yet, and when a company that nobody has
    touched first has its people, what they did there is told (`load_life`)."""
    people: dict[str, Person] = {role: _person(role) for role in CAST}
    if (company := Organisation.objects.filter(slug=SLUG).first()) is not None:
        load_life(company=company, people=people)
    return [
        SignIn(role, person.name, accounts.make_first_link(person=person, by=BY))
        for role, person in people.items()
        if person.is_active
    ]


def _person(role: str) -> Person:
    name, email = CAST[Role(role)]
    return Person.objects.filter(email=email).first() or accounts.create_person(
        email=email, name=name, role=role, by=BY
    )


@transaction.atomic
def load_life(*, company: Organisation, people: Mapping[str, Person]) -> bool:
    """Tell the rooms what happened at the demo company, all of it or nothing. Only where it is the home organisation and its register is
    as it was first stored; the telling changes the register, so that it is never told twice. Says whether it was told."""
    row = Organisation.objects.select_for_update().get(pk=company.pk)
    if not (row.is_home and row.is_fictional and row.deleted_at is None and row.version == FIRST):
        return False
    if not _rooms_are_empty():
        return False
    life.tell(life.Telling(story(), row, people, life.today()))
    return True


def _rooms_are_empty() -> bool:
    """Whether nobody has begun to use the rooms: what somebody made there is not mixed with what was invented, and requests for admission
    are decided by the library's criteria."""
    own = Version.objects.filter(criteria__slug__startswith=PURPOSE, from_library=False)
    return not own.exists() and not any(model.objects.exists() for model in (OwnMeasure, Round, Source, Task, Incident))
