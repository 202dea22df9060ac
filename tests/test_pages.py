"""Every page as it is sent: few queries, light, strict, in one language, with titles and links that are right."""

from __future__ import annotations

import functools
import gzip
import re
from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from babel.messages.pofile import read_po
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from kizuki.accounts.models import Person
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.casebook.models import Case
from kizuki.criteria.models import Decision
from kizuki.devices.models import Admission, Device
from kizuki.imports.models import Import
from kizuki.measures.actions import make_link
from kizuki.measures.models import Proposal, Round
from kizuki.register.models import Coverage
from kizuki.replay.actions import rank, refresh, stale
from kizuki.replay.models import Note
from kizuki.tasks.models import Task
from tests import incidenting, measuring, replaying
from tests.conftest import World, copy_of

ROOT = Path(__file__).resolve().parent.parent
MOST_QUERIES = 15
FIRST_VISIT = 150 * 1024
ALIKE = 6
PAGES = [
    "/cases/", "/cases/?q=backup", "/cases/?q=zzzzzz", "/cases/?level=advanced", "/cases/nisc-a", "/cases/nisc-d", "/cases/nisc-g",
    "/cases/nisc-h", "/cases/nisc-h?for=executive", "/cases/for/executive", "/cases/for/strategy",
    "/cases/for/practitioner", "/cases/glossary", "/cases/import", "/measures/", "/measures/P01", "/replay/",
    "/measures/P06", "/measures/X01", "/measures/own/", "/measures/own/new", "/measures/own/import", "/measures/own/X01/edit",
    "/measures/coverage/", "/measures/coverage/?state=full", "/measures/coverage/?measure=C05", "/measures/coverage/contradictions",
    "/measures/coverage/new", "/measures/coverage/import", "/measures/coverage/{row}/", "/measures/coverage/{row}/edit",
    "/measures/proposals/", "/measures/proposals/?all", "/measures/proposals/{proposal}/", "/measures/rounds/",
    "/measures/rounds/new", "/measures/rounds/{round}/", "/measures/answer/{token}/", "/measures/answer/{token}/P06/",
    "/devices/", "/devices/?state=unknown&q=test", "/devices/observations", "/devices/sources", "/devices/{device}",
    "/devices/{guest}", "/devices/admissions/", "/devices/admissions/ask",
    "/devices/admissions/ask?what=XR-8&kind=iot&zone=hq&unit=it", "/devices/admissions/{admission}",
    "/imports/", "/imports/{import}", "/imports/{import}?state=changed", "/imports/{import}/describe", "/imports/{import}/names",
    "/tasks/", "/tasks/?state=every&q=restore", "/tasks/new", "/tasks/{task}", "/tasks/{task}/edit",
    "/criteria/", "/criteria/import", "/criteria/admission/1", "/criteria/importance-integrity/2",
    "/criteria/importance-availability/2", "/criteria/admission/1/try",
    "/criteria/admission/1/try?fact-exposure=open&fact-connection=office", "/criteria/importance-integrity/2/compare",
    "/criteria/importance-integrity/2/edit", "/criteria/importance-integrity/2/rule/new",
    "/criteria/importance-integrity/2/rule/loss", "/criteria/importance-integrity/2/text",
    "/criteria/admission/decisions", "/criteria/decisions/{decision}",
    "/replay/case/nisc-b", "/replay/case/nisc-g", "/replay/case/nisc-h", "/replay/priorities", "/replay/map",
    "/replay/map?by=zones&weigh=importance", "/replay/map?unit=manufacturing", "/replay/map/P06", "/replay/map/P06?unit=plant1",
    "/replay/affected", "/replay/affected?q=backup", "/replay/affected?case=nisc-b",
    "/replay/affected?way=internet&product=vpn&lost=encrypt&onward=network",
    "/replay/affected?way=internet&product=vpn&lost=encrypt&show=calls", "/replay/notes", "/replay/notes/{note}",
    "/replay/notes/{note}?now=1", "/replay/figures", "/maturity/", "/maturity/nist-csf/2.0/", "/maturity/nist-csf/2.0/enter",
    "/maturity/peers", "/maturity/add", *incidenting.PAGES, "/jobs/", "/jobs/?all",
    "/journal/", "/journal/1/", "/account/", "/account/keys/", "/account/password/", "/account/people/",
    "/account/people/?q=a", "/account/people/invite/", "/account/people/{other}/", "/account/passkeys/",
    "/account/passkeys/add/", "/account/second/app/", "/account/second/codes/new/", "/account/confirm/",
    "/account/sign-out/", "/account/inactive/", "/keys", "/no-such-page",
]  # fmt: skip
LANGUAGES = ("ja", "en")
#: Languages are called by their own names everywhere; a search shows what was typed.
OWN_NAMES = {"English", "日本語", "backup", "restore", "zzzzzz", "Kizuki"}
VOID = {"meta", "link", "input", "br", "img", "hr", "wbr", "path", "use", "circle", "rect", "line"}
HIDDEN = {"script", "style", "title", "template"}
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'",
}  # fmt: skip


class Piece(NamedTuple):
    """A visible text, the language that it is marked with, and whether it stands in something marked otherwise."""

    text: str
    language: str


class Reading(HTMLParser):
    """What a browser would take from a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.pieces: list[Piece] = []
        self.links: list[str] = []
        self.parts: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.levels: list[int] = []
        self._open: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self.faults += [f"{tag} {name}=" for name in values if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in values and values.get("type") != "application/json"):
            self.faults.append(f"{tag} inside the page")
        if "id" in values:
            self.ids.append(values["id"])
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if (tag == "link" and values.get("rel") in ("stylesheet", "icon")) or (tag == "script" and "src" in values):
            self.parts.append(values.get("href") or values["src"])
        here = values.get("lang") or (self._open[-1][1] if self._open else "")
        self.pieces += [
            Piece(values[name], here)
            for name in ("alt", "title", "placeholder", "aria-label", "data-l")
            if values.get(name)
        ]
        if tag not in VOID:
            self._open.append((tag, here))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        depth = len(self._open)
        self.handle_starttag(tag, attributes)
        del self._open[depth:]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        tags = {tag for tag, _language in self._open}
        if "title" in tags and "svg" not in tags:
            self.title += data
        elif text and not tags & {"script", "style", "template"}:
            self.pieces.append(Piece(text, self._open[-1][1] if self._open else ""))


def reader(world: World, who: str, language: str) -> Client:
    client = world.client(who)
    client.cookies["kizuki_language"] = language
    return client


@pytest.fixture(autouse=True)
def _measured(world: World) -> None:
    """What the pages of measures show: an own measure, a row with evidence, a proposal, a round."""
    replaying.fill(world)
    measuring.own_measure()
    measuring.row(world)
    measuring.proposal(world.people["other"])
    measuring.round_of()


def at(address: str) -> str:
    """The address with the ids of things put in; they go on counting from test to test on PostgreSQL."""
    ids: dict[str, Any] = {
        "other": Person.objects.filter(name="Other"),
        "decision": Decision.objects.filter(about_label="Other"),
        "row": Coverage.objects.filter(key=measuring.ROW),
        "proposal": Proposal.objects.filter(measure="P02"),
        "round": Round.objects.all(),
        "note": Note.objects.filter(title="XR-9"),
        "import": Import.objects.filter(name="import-test.csv"),
        "task": Task.objects.filter(title_en="Test a restore"),
        "device": Device.objects.filter(state="unknown", decided=""),
        "guest": Device.objects.filter(decided="not ours"),
        "admission": Admission.objects.filter(what="XR-8"),
    }
    if re.search("{(incident|closed|webhook)}", address):
        address = incidenting.filled(address, incidenting.places())
    if "{token}" in address:
        address = address.replace("{token}", make_link(part=measuring.part(), by="test"))
    for name, rows in ids.items():
        if f"{{{name}}}" in address:
            address = address.replace(f"{{{name}}}", str(rows.get().pk))
    return address


def page(client: Client, address: str) -> str:
    response = client.get(at(address))
    assert response.status_code == (404 if address == "/no-such-page" else 200), address
    return str(response.content.decode())


def test_few_queries_and_no_more_with_more_cases_and_incidents(world: World) -> None:
    client = reader(world, "administrator", "ja")
    few = {address: _queries(client, address) for address in PAGES}
    assert {address: n for address, n in few.items() if n > MOST_QUERIES} == {}
    _bring_in(world, 300)
    incidenting.more(world, 30)
    many = {address: _queries(client, address) for address in PAGES}
    assert {address: (few[address], n) for address, n in many.items() if n > few[address]} == {}


def _queries(client: Client, address: str) -> int:
    here = at(address)
    client.get(here)
    with CaptureQueriesContext(connection) as queries:
        client.get(here)
    return len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def _bring_in(world: World, number: int) -> None:
    first = cases()[3]
    made = [copy_of(first, f"public-{n}", kind="public-report") for n in range(number)]
    import_cases(documents=made, by="test")
    refresh(organisation=world.company, cases=stale(world.company))
    rank(organisation=world.company)
    assert Case.objects.count() == len(cases()) + 2 + number


@pytest.mark.markup
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_strict_and_well_made(language: str, world: World) -> None:
    client = reader(world, "administrator", language)
    wrong = []
    for address in PAGES:
        read = Reading(page(client, address))
        wrong += [f"{address}: {fault}" for fault in read.faults]
        wrong += [f"{address}: id {mark} twice" for mark in {i for i in read.ids if read.ids.count(i) > 1}]
        wrong += [f"{address}: h1 × {read.levels.count(1)}"] * (read.levels.count(1) != 1)
        steps = zip([1, *read.levels], read.levels, strict=False)
        wrong += [f"{address}: h{b} after h{a}" for a, b in steps if b > a + 1]
        wrong += [
            f"{address}: no element {link}" for link in read.links if link[:1] == "#" and link[1:] not in read.ids
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.markup
def test_the_policy_is_on_every_answer(world: World) -> None:
    outside = [("anonymous", a) for a in ("/", "/account/sign-in/", "/healthz", "/account/first/none/", "/nothing")]
    inside = [("manager", a) for a in [*PAGES, "/cases/nisc-h/file", "/measures/file", "/replay/organisation"]]
    for who, address in [*outside, *inside]:
        response = world.client(who).get(at(address))
        policy = response.headers["Content-Security-Policy"]
        assert {part.strip() for part in policy.split(";")} == POLICY, address
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.markup
def test_the_first_visit_is_light(world: World) -> None:
    client = reader(world, "administrator", "ja")
    heavy = {address: size for address in PAGES if (size := _first_visit(page(client, address))) > FIRST_VISIT}
    assert heavy == {}


def _first_visit(html: str) -> int:
    """Bytes over the wire, packed: the page and every file that it asks for."""
    size = len(gzip.compress(html.encode(), 6))
    for part in set(Reading(html).parts):
        path = finders.find(urlsplit(part).path.removeprefix("/static/"))
        assert isinstance(path, str), f"{part} is not there"
        size += len(gzip.compress(Path(path).read_bytes(), 6))
    return size


@pytest.mark.markup
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_its_own_title_and_says_its_language(language: str, world: World) -> None:
    client = reader(world, "administrator", language)
    titles: dict[str, str] = {}
    for address in PAGES:
        if "?" in address and not address.startswith("/cases/nisc"):
            continue
        html = page(client, address)
        assert f'<html lang="{language}">' in html, address
        title = Reading(html).title.strip()
        assert not title.startswith("–"), address
        named = titles.setdefault(title, address)
        assert urlsplit(named).path == urlsplit(address).path, f"{named} and {address} are both called {title}"


def messages() -> Iterator[tuple[str, str]]:
    """English messages with a Japanese text of their own; those with values in them are looked for by their longest part."""
    with (ROOT / "kizuki" / "locale" / "ja" / "LC_MESSAGES" / "django.po").open("rb") as file:
        for message in read_po(file):
            pairs = zip(
                *(v if isinstance(v, tuple | list) else (v,) for v in (message.id, message.string)), strict=False
            )
            for english, japanese in pairs:
                if english and japanese and english != japanese and re.search("[A-Za-z]{3}", str(english)):
                    yield str(english), str(japanese)


@pytest.mark.markup
def test_nothing_is_left_in_english_on_japanese_pages(world: World) -> None:
    client = reader(world, "administrator", "ja")
    known = {english for english, _japanese in messages() if "%" not in english}
    people = {person.name for person in world.people.values()}
    assert len(known) > 300
    left = [
        f"{address}: {piece.text}"
        for address in PAGES
        for piece in Reading(page(client, address)).pieces
        if piece.language == "ja" and piece.text in known - people - OWN_NAMES
    ]
    assert not left, "\n".join(left)


@pytest.mark.markup
def test_nothing_is_left_in_japanese_on_english_pages(world: World) -> None:
    client = reader(world, "administrator", "en")
    left = [
        f"{address}: {piece.text[:60]}"
        for address in PAGES
        for piece in Reading(page(client, address)).pieces
        if piece.language == "en" and re.search("[ぁ-んァ-ヶ一-龠]{2}", piece.text) and piece.text not in OWN_NAMES
    ]
    assert not left, "\n".join(left)


@pytest.mark.markup
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_somewhere(language: str, world: World) -> None:
    """Every link of every page is looked up; of pages that differ in their ids or values only, the first ones are opened;
    in the second language the first."""
    client, most = reader(world, "manager", language), ALIKE if language == "ja" else 1
    waiting, seen, alike, broken = deque(["/"]), {"/"}, Counter[tuple[str, ...]](), []
    while waiting:
        address = waiting.popleft()
        try:
            alike[kind := _kind(address)] += 1
        except Resolver404:
            broken.append(f"no page {address}")
            continue
        if alike[kind] > most:
            continue
        response = client.get(address, follow=True)
        if response.status_code != 200:
            broken.append(f"{response.status_code} {address}")
        elif not response.streaming and response["Content-Type"].startswith("text/html"):
            for link in Reading(response.content.decode()).links:
                whole = urljoin(response.request.get("PATH_INFO", address), link).split("#")[0]
                inside = not urlsplit(whole).netloc and "/pdf" not in whole and not link.startswith("#")
                if inside and whole not in seen:
                    seen.add(whole)
                    waiting.append(whole)
    assert not broken, "\n".join(broken)
    assert len(seen) > 1000
    assert len(alike) > 100


def _kind(address: str) -> tuple[str, ...]:
    """What kind of page an address is: its route and the names that it gives values to."""
    parts = urlsplit(address)
    return (_view(parts.path), *sorted({name for name, _value in parse_qsl(parts.query, True)}))


@functools.lru_cache(maxsize=50_000)
def _view(path: str) -> str:
    return resolve(path).view_name
