"""Every address × every role × own, foreign and missing objects. What each answers stands in expectations.py."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from conftest import PASSWORD
from kizuki.accounts.actions import create_key, make_first_link
from kizuki.accounts.models import Person
from kizuki.casebook.library import cases
from kizuki.kit.document import dump
from kizuki.kit.library import library_path
from kizuki.register.engine.kinds import KINDS
from kizuki.register.models import TABLES, Mention
from tests import asking, importing, incidenting, incidenting_api, measuring, replaying
from tests.conftest import ROLES, World, copy_of, quick
from tests.expectations import ANYONE, DELETE, EXPECTED, GET, KEYED, KEYED_MISSING, POST, PUT

EVERYONE = (*ROLES, "anonymous", "deactivated")
#: Sessions, and the counts of attempts in the cache, may change while somebody reads.
MAY_CHANGE = {"django_session", "kizuki_cache"}
COMPANY = library_path() / "templates" / "organisation.yaml"
UNKNOWN = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE")
NOBODY = 999_999_999


class Route(NamedTuple):
    name: str
    arguments: tuple[str, ...]


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[Route]:
    """Every named address below these patterns; one without a name fails at once."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from walk(pattern.url_patterns, inner)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield Route(prefix + pattern.name, tuple(pattern.pattern.converters))


ROUTES = {route.name: route for route in walk(get_resolver().url_patterns)}
LINES = [(name, *line) for name, lines in EXPECTED.items() for line in lines]


def arguments(world: World, route: str, obj: str, who: str) -> dict[str, Any]:
    """What the address holds for this object, as this person would come by it."""
    other, mine = world.own["other"], world.own[who if who in world.own else "manager"]
    person = world.people[who if who in world.people else "manager"]
    if route == "jobs:job" or route == "jobs:cancel":
        return {"pk": {"own": mine.job.pk, "foreign": other.job.pk, "missing": uuid.UUID(int=1)}[obj]}
    if route == "accounts:revoke_key":
        return {"pk": {"own": mine.key.pk, "foreign": other.key.pk, "missing": NOBODY}[obj]}
    if route.startswith("mfa_"):
        return {"pk": {"own": mine.passkey.pk, "foreign": other.passkey.pk, "missing": NOBODY}[obj]}
    if route == "accounts:first_link":
        return {"token": make_first_link(person=world.people["other"], by=person) if obj == "own" else "no-such-token"}
    if route.startswith("people:"):
        return {"pk": {"own": person.pk, "foreign": world.people["other"].pk, "missing": NOBODY}[obj]}
    if route == "casebook:way_in":
        return {"reader": "executive" if obj == "own" else "stranger"}
    if route.startswith(("register:", "api:register_")):
        return register_arguments(world, route, obj)
    if route == "api:schema":
        return {"name": "case" if obj == "own" else "stranger"}
    if route.startswith("api:") and (found := asking.arguments(world, route, obj)) is not None:
        return found
    if route.startswith("api:"):
        rows = {"own": world.library, "red": world.red, "removed": world.removed}
        return {"case_id": rows[obj].slug if obj in rows else "no-such-case"}
    if (found := replaying.arguments(world, route, obj)) is not None:
        return found
    if route.startswith(("casebook:", "replay:")):
        rows = {"own": world.library, "red": world.red, "removed": world.removed}
        return {"slug": rows[obj].slug if obj in rows else "no-such-case"}
    if route.startswith(("measures:", "files:")):
        return measuring.arguments(world, route, obj, who)
    if route.startswith("devices:"):
        return _device(world, route.removeprefix("devices:"), obj)
    if route.startswith("imports:"):
        return importing.arguments(world.made, obj)
    if route.startswith(("incidents:", "webhooks:")):
        return incidenting.arguments(world, ROUTES[route].arguments, route, obj)
    if route.startswith("tasks:"):
        task = {"pk": world.made["task"].pk if obj == "own" else NOBODY}
        return {**task, "word": "take"} if route == "tasks:act" else task
    if route.startswith("criteria:"):
        return criteria_arguments(world, route, obj)
    if route == "journal:entry":
        return {"seq": 1 if obj == "own" else NOBODY}
    if route == "journal:export":
        return {"kind": "csv" if obj == "own" else "exe"}
    raise AssertionError(f"{route}: say in arguments() what its objects are")


def register_arguments(world: World, route: str, obj: str) -> dict[str, Any]:
    """Of the register: own is the first record of its kind in the demo company."""
    if route.startswith("api:"):
        return {"key": first_record(route).key if obj == "own" else "no-such-record"}
    asset, batch = TABLES["asset"].objects.first(), world.made["batch"]
    here = {
        "part": "assets" if obj == "own" or "pk" in ROUTES[route].arguments else "strangers",
        "form": "csv" if obj == "own" else "exe",
        "key": asset.key,
        "pk": asset.pk,
        "batch": batch,
    }
    away = {"pk": NOBODY, "batch": uuid.UUID(int=1)} if obj == "missing" else {}
    if obj == "own" and route == "register:restore":
        away = {"pk": world.made["taken_out"].pk}
    if obj == "own" and route == "register:undo":
        away = {"pk": world.made["edited"].pk}
    return {name: value for name, value in (here | away).items() if name in ROUTES[route].arguments}


def first_record(route: str) -> Any:
    """The first record of a kind that others name, or of one that nothing names."""
    part = route.removeprefix("api:register_").removesuffix("_one")
    kind = next(kind for kind in KINDS.values() if kind.part == part)
    rows = TABLES[kind.name].objects.filter(organisation__is_home=True, deleted_at=None)
    named = Mention.objects.filter(of_kind=kind.name).values("of_key")
    return rows.filter(key__in=named).first() or rows.first()


def criteria_arguments(world: World, route: str, obj: str) -> dict[str, Any]:
    """Of criteria: own is what came with the library; draft and proposed are another's."""
    if route == "criteria:decision":
        return {"pk": world.made["decision"].pk if obj == "own" else NOBODY}
    version = world.made.get(obj) or world.made["decision"].version
    found = {"slug": version.criteria.slug if obj != "missing" else "no-such-criteria"}
    found |= {"number": version.number} if "number" in ROUTES[route].arguments else {}
    return found | ({"rule": version.read.rules[0].id} if "rule" in ROUTES[route].arguments else {})


def _device(world: World, route: str, obj: str) -> dict[str, Any]:
    made = {"admission": "admission", "decide": "admission", "speak": "admission", "undo": "guest"}.get(route, "device")
    found: dict[str, Any] = {"pk": world.made[made].pk if obj == "own" else NOBODY}
    if route == "undo":
        return {**found, "decision": world.made["aside"].pk}
    word = {"act": "aside", "speak": "withdraw"}.get(route)
    return {**found, "word": word} if word else found


def address(world: World, route: str, obj: str, who: str) -> str:
    return reverse(route, kwargs=arguments(world, route, obj, who) if ROUTES[route].arguments else {})


@functools.cache
def brought_in() -> bytes:
    """A case file that the library does not have; made once, since writing it takes longer than most requests."""
    return dump(copy_of(cases()[0], "brought-in")).encode()


def sent(world: World, route: str, obj: str, who: str) -> dict[str, Any]:
    """What a person would send there."""
    target = world.people["other"] if obj == "foreign" else world.people.get(who)
    if target is not None and route.startswith(("accounts:", "people:")):
        target = Person.objects.get(pk=target.pk)
    if route.startswith("criteria:"):
        return criteria_sent(world, route, obj)
    if route.startswith("measures:"):
        return measuring.sent(world, route)
    if route.startswith(("incidents:", "webhooks:")):
        return incidenting.sent(world, route, obj)
    if route.startswith("benchmark:") or route in ("replay:save_note", "replay:follow_up"):
        return replaying.sent(world, route)
    forms: dict[str, dict[str, Any]] = {
        "set_language": {"language": "ja", "next": "/keys"},
        "casebook:bring_in": {"files": SimpleUploadedFile("brought-in.yaml", brought_in())},
        "replay:try": {"file": SimpleUploadedFile("organisation.yaml", COMPANY.read_bytes())},
        "devices:act": {"reason": "x", "until": timezone.localdate().isoformat(), "version": 1},
        "devices:decide": {"outcome": "refuse", "version": 1},
        "devices:speak": {"version": 1},
        "tasks:new": {"title": "New", "unit": "it"},
        "tasks:edit": {"title": "Changed", "unit": "it", "version": 1},
        "tasks:act": {"version": 1},
        "register:about": {"name_en": "We"},
        "register:keep_filter": {"name": "Ours", "kind": "pc"},
        "register:new": {"name_en": "New", "kind": "pc", "version": 0},
        "register:bulk": {"key": ["www"], "asked": ""},
        "register:edit": {"kind": "directory", "name_en": "Changed", "name_ja": "変更"},
        "register:undo": {"number": 2},
        "accounts:me": {"name": "New", "language": "en", "time_zone": "UTC", "version": getattr(target, "version", 1)},
        "accounts:make_key": {"name": "a program", "scope": "read", "days": "30"},
        "people:invite": {"name": "New", "email": "new@example.org", "role": "reporter", "language": "ja"},
        "people:change_role": {"role": getattr(target, "role", ""), "version": getattr(target, "version", 1)},
        "people:deactivate": {"version": getattr(target, "version", 1)},
        "people:activate": {"version": getattr(target, "version", 1)},
        "account_login": {"login": "manager@example.org", "password": PASSWORD},
        "account_reauthenticate": {"password": PASSWORD},
        "account_change_password": {
            "oldpassword": PASSWORD, "password1": "a long new sentence", "password2": "a long new sentence",
        },
        "mfa_edit_webauthn": {"name": "the other one"},
    }  # fmt: skip
    return forms.get(route, {})


def criteria_sent(world: World, route: str, obj: str) -> dict[str, Any]:
    version = world.made.get(obj) or world.made["decision"].version
    rule, seen = version.read.rules[0], {"version": version.version}
    forms: dict[str, Callable[[], dict[str, Any]]] = {
        "criteria:bring_in": lambda: {"file": SimpleUploadedFile("new.yaml", dump(version.read).encode())},
        "criteria:edit": lambda: {"act": f"down:{rule.id}"},
        "criteria:rule": lambda: {"position": 1, "outcome": rule.outcome, "because_en": "Other"},
        "criteria:text": lambda: {
            "document": dump(version.read).replace("because:", "conditions: []\n    because:", 1)
        },
        "criteria:propose": lambda: {"reason": "Better"},
        "criteria:approve": lambda: {"effective_from": timezone.localdate().isoformat()},
    }
    return {**seen, **forms.get(route, dict)()}


def expected(name: str, method: str, obj: str, answers: str, who: str) -> str:
    if who in ROLES:
        words = answers.split()
        return words[0] if len(words) == 1 else words[ROLES.index(who)]
    return ANYONE.get((name, method, obj), "401" if name.startswith("api:") else "sign_in")


def answer(client: Client, method: str, url: str, data: dict[str, Any]) -> str:
    response = client.post(url, data) if method == POST else client.generic(method, url)
    if response.streaming:
        b"".join(response.streaming_content)
    if response.status_code == 302 and response["Location"].split("?")[0] == reverse("account_login"):
        return "sign_in" if url != reverse("account_logout") else "302"
    return str(response.status_code)


@functools.cache
def tables() -> tuple[str, ...]:
    """The names of all tables that reading leaves alone."""
    return tuple(sorted(set(connection.introspection.table_names()) - MAY_CHANGE))


def counted() -> dict[str, int]:
    """Rows of every table."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables()))
        return dict(cursor.fetchall())


def fingerprint() -> dict[str, str]:
    """A sum over all that is stored, except when people were last seen."""
    with connection.cursor() as cursor:
        sums = {}
        for name in tables():
            cursor.execute(f'SELECT * FROM "{name}" LIMIT 0')
            columns = [column[0] for column in cursor.description]
            kept = ", ".join(f'"{column}"' for column in columns if column not in ("last_login", "last_used_at"))
            cursor.execute(f'SELECT {kept} FROM "{name}"')
            rows = sorted(repr(row) for row in cursor.fetchall())
            sums[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return sums


def program(world: World, who: str) -> Client:
    """A program that sends a key of this person with which it may write."""
    person, until = world.people[who], timezone.now() + timedelta(days=1)
    _key, text = create_key(person=person, name="a program", scope="write", expires_at=until, by=person)
    return quick(headers={"Authorization": f"Bearer {text}"})


def test_every_route_has_its_expectations() -> None:
    assert set(ROUTES) - set(EXPECTED) == set(), "routes without an expectation"
    assert set(EXPECTED) - set(ROUTES) == set(), "expectations without a route"
    assert {name for name, _method, _obj in ANYONE} <= set(ROUTES)


def test_every_route_with_an_object_is_tried_with_one_that_is_missing() -> None:
    for name, route in ROUTES.items():
        objects = {obj for _method, obj, _answers in EXPECTED[name]}
        assert objects == {"-"} or (route.arguments and "missing" in objects), name


@pytest.mark.parametrize(("name", "method", "obj", "answers"), LINES, ids=[" ".join(line[:3]) for line in LINES])
def test_who_gets_what(name: str, method: str, obj: str, answers: str, world: World) -> None:
    wrong = {}
    for who in EVERYONE:
        data = sent(world, name, obj, who) if method == POST else {}
        url = address(world, name, obj, who)
        mark = transaction.savepoint()
        client = world.client(who)
        before = counted() if method == GET else {}
        got, wanted = answer(client, method, url, data), expected(name, method, obj, answers, who)
        if got != wanted:
            wrong[who] = f"{got} instead of {wanted}"
        if method == GET:
            assert counted() == before, f"{who}: a GET of {url} changed something"
        transaction.savepoint_rollback(mark)
    assert wrong == {}


def test_a_closed_incident_takes_nothing(world: World) -> None:
    client = world.client("manager")
    tried = 0
    for name, lines in EXPECTED.items():
        if not name.startswith("incidents:") or (POST, "foreign", "404") not in lines or name == "incidents:report_pdf":
            continue
        before = counted()
        data, url = sent(world, name, "closed", "manager"), address(world, name, "closed", "manager")
        assert client.post(url, data).status_code in (200, 302, 409, 422), name
        assert counted() == before, name
        tried += 1
    assert tried > 25


def test_reading_leaves_everything_as_it_was(world: World) -> None:
    # Whoever is sent away has read nothing; rows that are added are noticed for everyone in test_who_gets_what.
    visits = [
        (who, address(world, name, obj, who))
        for (name, method, obj, answers), who in itertools.product(LINES, ("responder", "administrator"))
        if method == GET and expected(name, method, obj, answers, who)[0] in "23"
    ]
    clients = {who: world.client(who) for who in EVERYONE}
    before = fingerprint()
    for who, url in visits:
        answer(clients[who], GET, url, {})
    assert fingerprint() == before
    assert len(visits) > 300


def body_of(world: World, name: str, method: str) -> tuple[bytes, str]:
    """What a program sends there, and what it calls it."""
    if (name, method) == ("api:incident_files", POST):
        return incidenting_api.upload()
    if (one := asking.body(world, name, method)) is not None:
        return json.dumps(one).encode(), "application/json"
    if not name.startswith("api:register_") or method in (GET, DELETE):
        return COMPANY.read_bytes() if method == POST else b"", "application/yaml"
    row = first_record(name)
    one = {"key": row.key, "document": row.document, "version": row.version}
    return json.dumps(one if method == PUT else {"records": [one]}).encode(), "application/json"


def keyed(name: str, method: str, obj: str, answers: str) -> str:
    if obj in ("missing", "crossed"):
        return KEYED_MISSING.get((name, method)) or KEYED_MISSING.get(name, "404")
    return "404" if obj == "foreign" else KEYED.get((name, method), answers)


@pytest.mark.parametrize(
    "line", [line for line in LINES if line[0].startswith("api:")], ids=lambda line: " ".join(line[:3])
)
def test_a_key_opens_what_its_person_may(line: tuple[str, str, str, str], world: World) -> None:
    name, method, obj, answers = line
    answers = keyed(name, method, obj, answers)
    url, (body, kind) = address(world, name, obj, "manager"), body_of(world, name, method)
    for who in (*ROLES, "deactivated"):
        mark = transaction.savepoint()
        response = program(world, who).generic(method, url, body, content_type=kind)
        transaction.savepoint_rollback(mark)
        wanted = "401" if who == "deactivated" else expected(name, method, obj, answers, who)
        assert (who, str(response.status_code)) == (who, wanted)


@pytest.mark.parametrize("name", sorted({name for name, method, *_ in LINES if method == POST}))
def test_a_post_from_another_site_is_refused(name: str, world: World) -> None:
    obj = next(obj for method, obj, _answers in EXPECTED[name] if method == POST)
    url, data = address(world, name, obj, "administrator"), sent(world, name, obj, "administrator")
    client = world.client("administrator", enforce_csrf_checks=True)
    before = counted()
    assert client.post(url, data).status_code == 403
    assert counted() == before


#: Open to those who have a second factor of that kind; the people of these tests have none.
HIDDEN = {"mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"}
CLOSED = {name for name, lines in EXPECTED.items() if {answers for _m, _o, answers in lines} == {"404"}} - HIDDEN


@pytest.mark.parametrize("name", sorted(set(ROUTES) - CLOSED))
def test_other_methods_are_not_known(name: str, world: World) -> None:
    known = {method for method, _obj, _answers in EXPECTED[name]} | ({"HEAD"} if GET in str(EXPECTED[name]) else set())
    obj = EXPECTED[name][0][1]
    url = address(world, name, obj, "administrator")
    client = program(world, "administrator") if name.startswith("api:") else world.client("administrator")
    before = counted()
    got = {method: client.generic(method, url).status_code for method in UNKNOWN if method not in known}
    assert got == dict.fromkeys(got, 405)
    assert got
    assert counted() == before
