"""Pages of “are we affected?” and its notes."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from conftest import Cast
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.journal.models import Entry
from kizuki.register import actions
from kizuki.register.actions import Edit
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.models import Asset, Organisation
from kizuki.register.tests.conftest import SMALL
from kizuki.replay.models import Note

ASKED = {"way": "internet", "product": "web server", "lost": "leak"}
QUERY = urlencode(ASKED)


@pytest.fixture
def small(db: None) -> Organisation:
    return actions.store_organisation(document=msgspec.convert(SMALL, Document), by="a test", home=True)


@pytest.fixture
def library(db: None) -> None:
    import_cases(documents=cases(), by="a test")


def rows(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_description_is_answered_at_once(small: Organisation, library: None, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.responder)
    page = client.get(f"/replay/affected?{QUERY}").content.decode()
    for words in ("1 asset row is concerned", "Web server", "Whom to call", "What to check first", "On what basis"):
        assert words in page
    found = rows(client.get(f"/replay/affected?{QUERY}&format=csv"))
    assert [(row["asset"], row["call"], row["match"]) for row in found] == [("www", "Ken Hayashi", "")]
    assert "reporter@example.org" in found[0]["channels"]
    told = json.loads(client.get(f"/replay/affected?{QUERY}&format=json").content)
    assert told["facts"] == {"described": {"way": "internet", "product": "web server", "lost": ["leak"]}}
    assert told["concerned"]["ids"] == ["www"]
    calls = client.get(f"/replay/affected?{QUERY}&show=calls").content.decode()
    assert "Ken Hayashi" in calls
    assert Entry.objects.filter(room="replay").count() == 0


def test_the_component_that_matches_is_told(small: Organisation, library: None, cast: Cast, signed_in: Any) -> None:
    www = {**Asset.objects.get(key="www").document, "components": ["pkg:deb/debian/nginx@1.22"]}
    actions.apply(organisation=small, edits=[Edit("asset", "www", www)], by="a test")
    client = signed_in(cast.responder)
    assert "pkg:deb/debian/nginx@1.22" in client.get("/replay/affected?product=nginx").content.decode()
    assert rows(client.get("/replay/affected?product=nginx&format=csv"))[0]["match"] == "pkg:deb/debian/nginx@1.22"


def test_a_case_is_found_and_picked(small: Organisation, library: None, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.executive)
    assert "?case=nisc-h" in client.get("/replay/affected?q=password").content.decode()
    page = client.get("/replay/affected?case=nisc-h").content.decode()
    assert "What like cases learned" in page
    assert client.get("/replay/affected?case=no-such-case").status_code == 404
    study = client.get("/replay/affected?case=nisc-g").content.decode()
    assert "tells no single incident to replay" in study
    assert "No asset of the register is concerned" not in study


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"way": "not stated", "product": ""}, "Say at least how it came in"),
        ({"techniques": "T1190 X12"}, "X12 is not the number of a technique"),
        ({"way": "magic", "product": "x"}, "magic"),
    ],
)
def test_what_cannot_be_asked(
    small: Organisation,
    cast: Cast,
    signed_in: Any,
    asked: dict[str, str],
    said: str,
) -> None:
    response = signed_in(cast.responder).get(f"/replay/affected?{urlencode(asked)}")
    assert said in response.content.decode()
    assert "Whom to call" not in response.content.decode()


def test_words_that_nothing_holds(small: Organisation, library: None, cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.responder).get("/replay/affected?product=zzzz").content.decode()
    assert "No asset of the register is concerned." in page
    assert "holds these words" in page


def save(client: Any, **more: str) -> Any:
    return client.post("/replay/notes/save", {"title": "A friend's VPN", "text": "By phone.", "asked": QUERY, **more})


def test_a_note_keeps_what_was_known_then(small: Organisation, library: None, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.responder)
    assert save(client).status_code == 302
    note = Note.objects.get()
    assert (note.title, note.by, note.facts) == (
        "A friend's VPN", cast.responder, {"described": {"way": "internet", "product": "web server", "lost": ["leak"]}},
    )  # fmt: skip
    assert (note.concerned["ids"], note.organisation_digest) == (["www"], small.digest)
    entry = Entry.objects.filter(room="replay", verb="noted").get()
    assert entry.details["case"] == note.case_digest
    kept = (note.result, note.concerned, note.case)
    new = {
        "id": "web2",
        "name": "Web server 2",
        "kind": "web-server",
        "unit": "shop",
        "zone": "dmz",
        "internet_facing": True,
    }
    gone = {**Asset.objects.get(key="www").document, "name": "Nothing"}
    actions.apply(organisation=small, edits=[Edit("asset", "web2", new), Edit("asset", "www", gone)], by="a test")
    page = client.get(f"/replay/notes/{note.pk}").content.decode()
    assert "By phone." in page
    assert "Ken Hayashi" in page
    now = client.get(f"/replay/notes/{note.pk}?now=1").content.decode()
    assert "Concerned since:" in now
    assert "Web server 2" in now
    assert "No longer concerned:" in now
    note.refresh_from_db()
    assert (note.result, note.concerned, note.case) == kept
    assert "A friend&#x27;s VPN" in client.get("/replay/notes").content.decode()


def test_a_note_of_a_case_stays_when_the_case_changes(
    small: Organisation,
    library: None,
    cast: Cast,
    signed_in: Any,
) -> None:
    client = signed_in(cast.manager)
    assert save(client, asked="case=nisc-b").status_code == 302
    note = Note.objects.get()
    changed = next(case for case in cases() if case.id == "nisc-b")
    import_cases(documents=[msgspec.structs.replace(changed, attack=changed.attack[:1])], by="a test")
    assert note.document.attack == changed.attack
    page = client.get(f"/replay/notes/{note.pk}?now=1").content.decode()
    assert "The register has not changed since." in page


def test_who_may(small: Organisation, library: None, cast: Cast, signed_in: Any) -> None:
    save(signed_in(cast.manager))
    note = Note.objects.get()
    for person in cast:
        client = signed_in(person)
        reads = 404 if person == cast.reporter else 200
        for address in ("/replay/affected", f"/replay/affected?{QUERY}", "/replay/notes", f"/replay/notes/{note.pk}"):
            assert client.get(address).status_code == reads, (person, address)
        saves = {cast.reporter: 404, cast.executive: 403, cast.auditor: 403}.get(person, 302)
        assert save(client).status_code == saves
    assert signed_in(cast.manager).get("/replay/notes/999999").status_code == 404
    assert Note.objects.count() == 4


def test_a_note_without_title_keeps_what_was_typed(
    small: Organisation,
    library: None,
    cast: Cast,
    signed_in: Any,
) -> None:
    response = save(signed_in(cast.manager), title="", text="Typed with care")
    assert response.status_code == 422
    assert "Typed with care" in response.content.decode()
    assert save(signed_in(cast.manager), asked="way=nonsense").status_code == 422
    assert not Note.objects.exists()
