"""A whole site for the tests that look at all of it: library, demo company, people, and things that are not everyone's."""

from __future__ import annotations

import functools
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import pytest
from allauth.account.internal.flows import login
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from conftest import make_person
from kizuki.accounts import actions as accounts
from kizuki.accounts.choices import Role
from kizuki.accounts.models import Key, Person
from kizuki.casebook.actions import import_cases, remove_case
from kizuki.casebook.engine.format import Case as Document
from kizuki.casebook.library import cases
from kizuki.casebook.models import Case
from kizuki.criteria.actions import begin_draft, decide, propose
from kizuki.criteria.engine.decide import Given
from kizuki.criteria.queries import document
from kizuki.demo.actions import load_company, load_library
from kizuki.devices import actions as devices
from kizuki.devices.models import Device
from kizuki.jobs.actions import enqueue
from kizuki.jobs.models import Job
from kizuki.jobs.tasks import verify_journal
from kizuki.kit.text import Text
from kizuki.register.actions import Edit, apply
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.engine.observation import Observation
from kizuki.register.models import Asset, Organisation
from kizuki.replay.actions import rank, refresh, stale
from kizuki.tasks.actions import About, Origin, create_task
from tests import incidenting
from tests.importing import brought
from tests.passkeys import registered

ROLES = tuple(Role.values)


class Belongings(NamedTuple):
    """What one person has of their own."""

    job: Job
    key: Key
    passkey: Authenticator


class World(NamedTuple):
    """`people` by role, and "deactivated" and "other"; `own` what each of them has; `made`: one thing of each room that makes its
    own."""

    people: dict[str, Person]
    own: dict[str, Belongings]
    company: Organisation
    library: Case
    red: Case
    removed: Case
    sessions: dict[str, str]
    made: dict[str, Any]

    def client(self, who: str, **extra: Any) -> Client:
        """A client on which this person has signed in just now with the password; "anonymous": nobody has."""
        client = quick(**extra)
        if who in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return client


@functools.cache
def _handler(strict: bool) -> ClientHandler:
    return ClientHandler(enforce_csrf_checks=strict)


def quick(*, enforce_csrf_checks: bool = False, **extra: Any) -> Client:
    """A client that shares the chain of middleware with the others: setting it up for each takes as long as many a request."""
    client = Client(enforce_csrf_checks=enforce_csrf_checks, **extra)
    client.handler = _handler(enforce_csrf_checks)
    return client


def _session(person: Person) -> str:
    """The key of a session in which this person has just given the password, for pages that ask for it."""
    client = Client()
    client.force_login(person)
    session = client.session
    record = {"method": "password", "at": time.time(), "reauthenticated": True}
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return str(session.session_key)


def copy_of(document: Document, name: str, **changes: Any) -> Document:
    """The same case under another id."""
    return msgspec.structs.replace(document, id=name, **changes)


def _belongings(person: Person) -> Belongings:
    job = enqueue(verify_journal, by=person)
    until = timezone.now() + timedelta(days=30)
    key, _text = accounts.create_key(person=person, name="a program", scope="read", expires_at=until, by=person)
    passkey = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=registered())
    return Belongings(job, key, passkey)


def _made(person: Person) -> dict[str, Any]:
    """One thing of each room that makes its own."""
    title = Text(ja="復元を試す", en="Test a restore")
    text = Text(ja="世代ごとに一つ。", en="One of each generation.")
    task = create_task(title=title, text=text, origin=Origin.OWN, unit="it", about=About("asset", "dc1"), by="test")
    return {"task": task, "import": brought(), **_criteria(person), **_register(), **_devices(person)}


def _devices(person: Person) -> dict[str, Any]:
    """An unknown device, one that was said to be a guest's, and a request for admission."""
    organisation, at = Organisation.objects.get(is_home=True), timezone.now() - timedelta(hours=2)
    seen = [
        Observation("arp:test", at, mac=f"3c:52:82:00:00:0{n}", ips=(f"192.0.2.{n}",), hosts=(f"test-{n}",), zone="hq")
        for n in (1, 2)
    ]
    devices.take_observations(source="arp:test", observations=seen, by="test")
    devices.match_devices(organisation=organisation, by="test")
    unknown, guest = Device.objects.filter(state="unknown").order_by("key")
    until = timezone.localdate() + timedelta(days=5)
    aside = devices.set_aside(device=guest, reason="XR-7", until=until, version=1, by="test")
    facts = {"connection": Given("office"), "information": Given("confidential")}
    admission = devices.ask(
        what="XR-8", purpose="", kind="iot", zone="hq", unit="it", facts=facts, device=unknown, by=person
    )
    return {"device": unknown, "guest": guest, "aside": aside, "admission": admission}


def _register() -> dict[str, Any]:
    """Records of the kinds that the demo company may lack, a batch, a record that was edited, and one that was taken out."""
    organisation, batch = Organisation.objects.get(is_home=True), uuid.uuid4()
    new: list[tuple[RecordKind, dict[str, Any]]] = [
        ("contact", {"id": "t-desk", "name": "Desk"}),
        ("information", {"id": "t-orders", "name": "Orders", "owner": "t-desk"}),
        ("supplier", {"id": "t-host", "name": "Hosting", "kind": "contractor"}),
        ("service", {"id": "t-web", "name": "Web", "suppliers": ["t-host"]}),
        ("asset", {"id": "t-pc", "name": "PC", "kind": "pc", "services": ["t-web"], "information": ["t-orders"]}),
        ("asset", {"id": "t-old", "name": "Old", "kind": "pc"}),
    ]
    edits = [Edit(kind, document["id"], document) for kind, document in new]
    apply(organisation=organisation, edits=edits, by="test", batch=batch)
    apply(organisation=organisation, edits=[Edit("asset", "t-old", None)], by="test")
    changed = {"id": "t-pc", "name": "PC", "kind": "pc", "os": "X", "services": ["t-web"], "information": ["t-orders"]}
    later = uuid.uuid4()
    apply(organisation=organisation, edits=[Edit("asset", "t-pc", changed)], by="test", batch=later)
    named = {key: Asset.objects.get(key=key) for key in ("t-pc", "t-old")}
    return {"batch": later, "edited": named["t-pc"], "taken_out": named["t-old"]}


def _criteria(person: Person) -> dict[str, Any]:
    """A draft and a proposal of this person, and a decision."""
    base = {purpose: document(f"importance-{purpose}") for purpose in ("integrity", "availability")}
    drafts = {purpose: begin_draft(document=found, by=person) for purpose, found in base.items() if found}
    propose(draft=drafts["availability"], reason="Again", version=1, by=person)
    decision = decide(purpose="admission", facts={"connection": "office"}, about=person, by=person)
    return {"draft": drafts["integrity"], "proposed": drafts["availability"], "decision": decision}


def build() -> World:
    """Fill the database the way `kizuki demo` does, and add what is not for everyone."""
    load_library()
    company = load_company()
    first = cases()[0]
    hidden = [copy_of(first, "red-case", tlp="red"), copy_of(first, "removed-case")]
    import_cases(documents=hidden, by="test")
    people = {role: make_person(role, language="en") for role in ROLES}
    people["other"] = make_person(Role.RESPONDER, "Other", language="en")
    people["deactivated"] = make_person(Role.ADMINISTRATOR, "Gone", language="en")
    own = {name: _belongings(person) for name, person in people.items()}
    sessions = {name: _session(person) for name, person in people.items()}
    Person.objects.filter(pk=people["deactivated"].pk).update(is_active=False)
    remove_case(case=Case.objects.get(slug="removed-case"), by=people["manager"])
    made = {**_made(people["other"]), **incidenting.made(people)}
    company.refresh_from_db()
    refresh(organisation=company, cases=stale(company))
    rank(organisation=company)
    named = {slug: Case.objects.get(slug=slug) for slug in ("nisc-h", "red-case", "removed-case")}
    cases_ = (named["nisc-h"], named["red-case"], named["removed-case"])
    return World(people, own, company, *cases_, sessions, made)


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once a module in a transaction that is rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(_built: World, db: None) -> World:
    """The site; what a test does to it is undone after the test."""
    caches["local"].clear()
    return _built
