"""Filling an installation: the library's cases and criteria, the demo company, one person for each role."""

from __future__ import annotations

from typing import NamedTuple

from kizuki.accounts import actions as accounts
from kizuki.accounts.choices import Role
from kizuki.accounts.models import Person
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.criteria.actions import load_library as load_criteria
from kizuki.criteria.library import documents
from kizuki.kit.library import library_path
from kizuki.measures.library import catalogue
from kizuki.register.actions import store_organisation
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation

BY = "kizuki load"
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
    if kept := Organisation.objects.filter(slug="demo-company").first():
        return kept
    path = library_path() / "demo" / "company.yaml"
    document = read(path.name, path.read_bytes(), vocabulary=vocabulary(), measures=catalogue())
    home = not Organisation.objects.filter(is_home=True).exists()
    return store_organisation(document=document, by=BY, home=home, fictional=True, slug="demo-company")


def sign_in_links() -> list[SignIn]:
    """A fresh one-time link for each role of the cast; the people are made where they do not exist yet."""
    links = []
    for role, (name, email) in CAST.items():
        person = Person.objects.filter(email=email).first() or accounts.create_person(
            email=email, name=name, role=role, by=BY
        )
        if person.is_active:
            links.append(SignIn(role, name, accounts.make_first_link(person=person, by=BY)))
    return links
