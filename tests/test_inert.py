"""What people type does nothing wherever it is shown or taken along: no element, no attribute, no formula, no turned line."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from kizuki.incidents import actions
from kizuki.incidents.engine import timeline_file
from kizuki.incidents.models import FileOf, Incident
from kizuki.incidents.reporting import files, report
from kizuki.kit.text import Text
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Asset
from kizuki.tasks.actions import About, Origin, create_task
from tests import incidenting, incidenting_api
from tests.conftest import ROLES, World
from tests.expectations import EXPECTED, KEYED, POST, PUT
from tests.test_routes import address, program

#: Elements, attributes and ends of whatever the text may stand in. Each makes something that is called zz, or nothing.
MARKUP = (
    "<zz>&lt;zz&gt;&#x3c;zz></script><zz a='\"><zz b=\"'><zz c></title></textarea></select></style><zz d><!--]]><zz e>"
    "<img src=zz onerror=zz><a href=javascript:zz>`zz` zz=zz onfocus=zz [zz](javascript:zz) ![zz](http://zz) {{zz}}{%zz%}"
)
#: What turns a line round, cannot be seen, or is no character; and half of one.
STRANGE = "\u202egpj.exe\u2066\u200b\ufeff\u2028\x00\x07\x1b[31m\x85\ufffe\ud800"
#: With what spreadsheets take a cell for a formula.
LEADS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＠", "'=", '"=')
NAMES = (
    "<zz onerror=zz>.txt", "..\\..\\=cmd.csv", "a\r\nSet-Cookie: zz=1.txt", "\u202egpj.exe", '";filename="zz.html', "ｚ" * 500 + ".txt",
    "\x00zz.svg",
)  # fmt: skip
LONG = "W" * 5000


def hostile(lead: str) -> str:
    """A text that begins so; as long as the shortest field takes, with the rest cut."""
    return f"{lead}1+1|{MARKUP}"[:150]


class Made(HTMLParser):
    """What a browser would make of a page, as far as it was not Kizuki who made it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "zz" in tag:
            self.faults.append(self.get_starttag_text() or tag)
        for name, value in attrs:
            wild = "zz" in name or (name.startswith("on") and name != "on")
            address_ = (
                re.sub(r"[\x00-\x20]", "", value or "").lower()
                if name in ("href", "src", "action", "formaction")
                else ""
            )
            leads_out = re.match(r"(javascript|data|vbscript):", address_) and not address_.startswith("data:image/")
            if wild or leads_out or address_.startswith("http://zz"):
                self.faults.append(f"{tag} {name}={value}"[:100])

    def handle_comment(self, data: str) -> None:
        if "zz" in data:
            self.faults.append(f"comment {data[:60]}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def _typed_in(_built: World, django_db_blocker: Any) -> Iterator[list[Incident]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield _typed_by(_built)
        transaction.set_rollback(True)


@pytest.fixture
def typed(_typed_in: list[Incident], world: World) -> list[Incident]:
    """What `_typed_by` made; once for all tests here, for it takes long."""
    return _typed_in


def _typed_by(world: World) -> list[Incident]:
    """An incident for each way in which a formula can begin, that text in all its fields; and what is not an incident."""
    by = world.people["manager"]
    type(by).objects.filter(pk=by.pk).update(name=hostile("=")[:60])
    by.refresh_from_db()
    text = hostile("=")
    create_task(
        title=Text(ja=text, en=text),
        text=Text(ja=text),
        origin=Origin.OWN,
        unit="it",
        about=About("asset", ASSET),
        by=by,
    )
    document = {"id": ASSET, "name": {"ja": text, "en": text}, "kind": "pc", "os": text, "model": text}
    apply(organisation=world.company, edits=[Edit("asset", ASSET, document)], by="test")
    return [_typed(lead, world) for lead in LEADS]


ASSET = "t-inert"


def _typed(lead: str, world: World) -> Incident:
    by, word = world.people["manager"], hostile(lead)
    incident = incidenting.told(word, by, world.made["own_procedure"])
    actions.add_asset(incident=incident, key=ASSET, by=by)
    for n, name in enumerate(NAMES):
        upload: Any = SimpleUploadedFile("x", f"{lead}{n}".encode())
        upload._name = name  # the class itself would clean it
        actions.keep_file(incident=incident, upload=upload, by=by, text=word)
    actions.add_entry(incident=incident, text=f"{lead}{STRANGE}{MARKUP}\n{lead}{LONG}", lane="it", kind="detect", by=by)
    return incident


def pages(incident: Incident) -> Iterator[str]:
    places = incidenting.places(incident)
    yield from dict.fromkeys(incidenting.filled(where, places) for where in incidenting.PAGES if "{incident}" in where)
    yield f"/incidents/{incident.number}/report?audience=technical"


@pytest.mark.markup
@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_page_takes_it_for_anything_but_text(language: str, world: World, typed: list[Incident]) -> None:
    client = world.client("administrator")
    client.cookies["kizuki_language"] = language
    others = ["/incidents/?status=all", "/incidents/mine", "/tasks/?state=every", "/register/assets/", "/criteria/severity/decisions",
              "/journal/", "/account/people/", "/incidents/figures?period=all", "/incidents/new",
              Asset.objects.get(key=ASSET).get_absolute_url()]  # fmt: skip
    wrong, told = [], 0
    for where in [*others, *pages(typed[0]), *pages(typed[4])]:
        response = client.get(where)
        assert response.status_code == 200, where
        made = Made(response.content.decode())
        wrong += [f"{where}: {fault}" for fault in made.faults]
        told += "1+1|<zz>" in "".join(made.texts)
    assert wrong == []
    assert told > 40


def tables(incident: Incident) -> list[str]:
    here = f"/incidents/{incident.number}"
    return [
        f"{here}/report/file.csv", f"{here}/tasks?format=csv", f"{here}/known?indicators=csv", "/incidents/?status=all&format=csv",
        "/incidents/figures?period=all&format=csv", "/tasks/?state=every&format=csv", "/journal/csv", "/register/assets.csv",
    ]  # fmt: skip


def test_no_cell_of_a_table_is_a_formula(world: World, typed: list[Incident]) -> None:
    client = world.client("administrator")
    wrong, told = [], 0
    for where in dict.fromkeys(one for incident in typed for one in tables(incident)):
        response: Any = client.get(where)
        if response.status_code == 404:
            continue
        raw = b"".join(response.streaming_content) if response.streaming else response.content
        for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")):
            told += any("1+1|" in cell for cell in row)
            wrong += [
                f"{where}: {cell[:40]!r}"
                for cell in row
                if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) and "|" in cell
            ]
    assert wrong == []
    assert told > 50


def test_a_timeline_reads_back_as_it_was_written(world: World, typed: list[Incident]) -> None:
    for incident in typed:
        response: Any = world.client("manager").get(f"/incidents/{incident.number}/report/file.csv")
        read = timeline_file.read(b"".join(response.streaming_content))
        assert read.faults == ()
        written = incident.entries.standing().filter(auto="", corrections__isnull=True).values_list("text", flat=True)
        assert sorted(row.text for row in read.rows) == sorted(written)


@pytest.mark.markup
@pytest.mark.parametrize("audience", ["executive", "technical"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_reports_to_take_along_hold_text_and_nothing_else(
    audience: str, language: str, world: World, typed: list[Incident]
) -> None:
    for incident in typed[:5]:
        made = report(incident, world.people["manager"], audience=audience, language=language)
        html = Made(files.as_html(made).decode())
        assert html.faults == []
        assert "1+1|<zz>" in "".join(html.texts)
        told = json.loads(files.FORMATS["json"].make(made))
        assert "1+1|<zz>" in json.dumps(told, ensure_ascii=False)
        _markdown(files.FORMATS["md"].make(made).decode())
        _docx(files.FORMATS["docx"].make(made))


def _markdown(text: str) -> None:
    """No sign that means something stands alone: each is marked as a letter, or as an entity."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]|&[a-z#0-9]+;|<br>", "", text)
    assert "<" not in bare
    assert not re.search(r"\]\(|!\[|https?:|javascript:", bare)


def _docx(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        assert packed.testzip() is None
        for name in packed.namelist():
            content = packed.read(name)
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(content)
                assert b"zz:" not in content
            if name.endswith(".rels"):
                assert b"External" not in content, name
        document = packed.read("word/document.xml").decode()
    assert "1+1|&lt;zz&gt;" in document
    assert not re.search(r"<w:(fldSimple|instrText|hyperlink|object|altChunk)", document)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", document)


def test_names_of_files_are_names_and_nothing_else(world: World, typed: list[Incident]) -> None:
    client = world.client("manager")
    rows = list(FileOf.objects.filter(incident=typed[0]))
    assert len(rows) == len(NAMES) + 2
    for row in rows:
        assert len(row.name) <= 200
        assert not re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069/\\]", row.name), row.name
        response = client.get(reverse("incidents:file", args=[typed[0].number, row.pk]))
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Type"] == "application/octet-stream"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in response
        assert not re.search(r'filename="[^"]*"[^;]*filename="', response["Content-Disposition"])


def test_the_api_gives_back_what_was_written(world: World, typed: list[Incident]) -> None:
    client = world.client("manager")
    for incident in typed:
        given = client.get(f"/api/v1/incidents/{incident.number}/entries?limit=500").json()["items"]
        stored = list(incident.entries.order_by("seq").values_list("text", flat=True))
        assert [entry["text"] for entry in given] == stored
        assert client.get(f"/api/v1/incidents/{incident.number}").json()["title"] == incident.title


TEXTS = ("a\x00b", "\ud800", f"={STRANGE}", LONG, MARKUP, "\u202e", "")


@pytest.mark.parametrize(
    "text", TEXTS, ids=["nul", "half a character", "strange", "long", "markup", "turned", "nothing"]
)
def test_a_program_that_sends_it_is_answered(text: str, world: World) -> None:
    """Every text of every body, one after the other: taken or refused, never an error of the server."""
    client = program(world, "manager")
    wrong = []
    for name, method in KEYED:
        if not name.startswith("api:incident") or method not in (POST, PUT):
            continue
        obj = next(obj for m, obj, _answers in EXPECTED[name] if m == method)
        body = incidenting_api.body(world, name.removeprefix("api:"), method)
        if not isinstance(body, dict):
            continue
        for field, value in body.items():
            if isinstance(value, str):
                sent = json.dumps({**body, field: text})
                answer = client.generic(
                    method, address(world, name, obj, "manager"), sent, content_type="application/json"
                )
                if answer.status_code >= 500:
                    wrong.append((name, field, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("text", TEXTS[:6], ids=["nul", "half a character", "strange", "long", "markup", "turned"])
def test_a_form_that_holds_it_is_answered(text: str, world: World) -> None:
    """Every text of every form of the room."""
    client = world.client("manager")
    wrong: list[tuple[str, str, Any]] = []
    for name, lines in EXPECTED.items():
        if not name.startswith(("incidents:", "webhooks:")) or POST not in {method for method, _obj, _answers in lines}:
            continue
        obj = next(obj for method, obj, _answers in lines if method == POST)
        form = incidenting.sent(world, name, obj)
        where = address(world, name, obj, "manager")
        for field, value in form.items():
            if not isinstance(value, str):
                continue
            answer = client.post(where, {**form, field: text.encode("utf-8", "surrogatepass")})
            if answer.status_code >= 500:
                wrong.append((name, field, answer.status_code))
            elif answer["Content-Type"].startswith("text/html"):
                wrong += [(name, field, fault) for fault in Made(answer.content.decode()).faults]
    assert wrong == []


def test_whoever_is_called_so_is_only_called_so(world: World, typed: list[Incident]) -> None:
    """A name stands on the pages of everyone."""
    name = world.people["manager"].name
    assert name.startswith("=1+1|<zz>")
    for who in ROLES[1:]:
        made = Made(world.client(who).get(f"/incidents/{typed[0].number}/settings").content.decode())
        assert made.faults == []
        assert "=1+1|<zz>" in "".join(made.texts)
