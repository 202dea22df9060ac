"""Entering scores, bringing in peers, and what the pages show of both."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conftest import Cast
from kizuki.journal.models import Entry
from kizuki.measures.benchmark import actions
from kizuki.measures.benchmark.checks import checks
from kizuki.measures.benchmark.engine.format import read_checks
from kizuki.measures.benchmark.engine.table import read_table
from kizuki.measures.benchmark.models import AddedCheck, PeerGroup, Sheet
from kizuki.register.actions import store_organisation
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.models import Organisation
from kizuki.register.tests.conftest import SMALL

HEADINGS = "check,version,section,n,q1,median,q3,sector,size\n"
KEY = ("nist-csf", "2.0")
PAGE = "/maturity/nist-csf/2.0/"


@pytest.fixture
def small(db: None) -> Organisation:
    return store_organisation(document=msgspec.convert(SMALL, Document), by="a test", home=True)


def enter(small: Organisation, cast: Cast, day: date, **scores: float) -> Sheet:
    return actions.enter_scores(
        organisation=small, check=checks()[KEY], day=day, scores=scores, note="", by=cast.manager
    )


def bring(rows: str, source: str = "A survey") -> list[PeerGroup]:
    found = read_table("f.csv", (HEADINGS + rows).encode(), source, list(checks().values()))
    return actions.bring_peers(found=found, by="a test")


def test_scores_over_time_beside_peers(small: Organisation, cast: Cast, signed_in: Any) -> None:
    enter(small, cast, date(2025, 10, 1), gv=1.5, id=2)
    enter(small, cast, date(2026, 10, 1), gv=3.5, de=1)
    bring("nist-csf,2.0,gv,48,1.5,2,2.5,,\nnist-csf,2.0,de,48,1.5,2,2.5,,")
    client = signed_in(cast.executive)
    page = client.get(PAGE).content.decode()
    for words in ("above the middle half", "below the middle half", "n = 48", "not scored", "no peers", "+2"):
        assert words in page
    assert "Beside the middle half of the peers: 1 below, 0 within, 1 above." in page
    assert page.count('class="dot"') == 3  # two scores and the key
    told = json.loads(client.get(f"{PAGE}?format=json").content)
    assert [sheet["day"] for sheet in told["sheets"]] == ["2025-10-01", "2026-10-01"]
    assert told["sheets"][1]["scores"]["id"] is None
    rows = list(csv.DictReader(io.StringIO(client.get(f"{PAGE}?format=csv").content.decode("utf-8-sig"))))
    assert len(rows) == 12
    assert [row["score"] for row in rows if row["section"] == "id"] == ["2", ""]


def test_of_two_for_one_day_the_later_counts_and_both_stay(small: Organisation, cast: Cast, signed_in: Any) -> None:
    enter(small, cast, date(2026, 10, 1), gv=1)
    enter(small, cast, date(2026, 10, 1), gv=4)
    assert Sheet.objects.count() == 2
    told = json.loads(signed_in(cast.manager).get(f"{PAGE}?format=json").content)
    assert [sheet["scores"]["gv"] for sheet in told["sheets"]] == [4]
    assert Entry.objects.filter(room="benchmark", verb="scored").count() == 2


@pytest.mark.parametrize("scores", [{}, {"gv": 0.5}, {"gv": 4.5}, {"zz": 2.0}])
def test_scores_that_cannot_be_meant(small: Organisation, cast: Cast, scores: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        enter(small, cast, date(2026, 10, 1), **scores)
    with pytest.raises(ValidationError):
        enter(small, cast, timezone.localdate() + timedelta(days=1), gv=2)
    assert not Sheet.objects.exists()


def test_the_form_keeps_what_was_typed(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    wrong = client.post(f"{PAGE}enter", {"day": "2026-10-01", "s-gv": "9", "note": "Typed with care"})
    assert wrong.status_code == 422
    assert "Typed with care" in wrong.content.decode()
    right = client.post(f"{PAGE}enter", {"day": "2026-10-01", "s-gv": "2.5", "note": "Asked the CISO"})
    assert right.status_code == 302
    sheet = Sheet.objects.get()
    assert (sheet.scores["gv"], sheet.scores["id"], sheet.by, sheet.note) == (2.5, None, cast.manager, "Asked the CISO")
    assert "2026-10-01: 2.5" in client.get(f"{PAGE}enter").content.decode()


def test_peers_of_one_source_take_the_place_of_the_older_ones(small: Organisation, cast: Cast, signed_in: Any) -> None:
    first = bring("nist-csf,2.0,gv,48,1.5,2,2.5,,")[0]
    bring("nist-csf,2.0,gv,60,1,2,3,,")
    bring("nist-csf,2.0,gv,9,1,2,3,health,", source="Another")
    first.refresh_from_db()
    assert first.dropped_at is not None
    assert PeerGroup.objects.filter(dropped_at=None).count() == 2
    client = signed_in(cast.manager)
    page = client.get(PAGE).content.decode()
    assert "n = 60" in page  # our sector is another one than health
    other = PeerGroup.objects.get(sector="health")
    assert "n = 9" in client.get(f"{PAGE}?peers={other.pk}").content.decode()
    assert client.post(f"/maturity/peers/{other.pk}/drop").status_code == 302
    other.refresh_from_db()
    assert other.dropped_at is not None
    assert Entry.objects.filter(room="benchmark", verb="dropped_peers").count() == 1
    actions.drop_peers(group=other, by="a test")
    assert Entry.objects.filter(room="benchmark", verb="dropped_peers").count() == 1


def upload(text: str, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def test_files_of_peers_by_page(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    text = HEADINGS + "nist-csf,2.0,gv,48,1.5,2,2.5,,"
    said = client.post("/maturity/peers", {"file": upload(text, "f.csv")})
    assert said.status_code == 422
    assert "Say where the figures come from." in said.content.decode()
    wrong = client.post("/maturity/peers", {"source": "S", "file": upload(text.replace(",gv,", ",zz,"), "f.csv")})
    assert wrong.status_code == 422
    assert "f.csv:2" in wrong.content.decode()
    assert not PeerGroup.objects.exists()
    assert client.post("/maturity/peers", {"source": "S", "file": upload(text, "f.csv")}).status_code == 302
    body = {"schema": "kizuki/peers/1", "source": "J", "peers": [{"check": "nist-csf", "version": "2.0", "section": "id", "n": 3,
            "q1": 1, "median": 1, "q3": 2}]}  # fmt: skip
    assert client.post("/maturity/peers", {"file": upload(json.dumps(body), "f.json")}).status_code == 302
    assert set(PeerGroup.objects.values_list("source", flat=True)) == {"S", "J"}


OWN = """schema: kizuki/self-checks/1
checks:
  - {id: own, version: "1", name: Own, publisher: We, scale: {min: 0, max: 3}, sections: [{id: a, name: First}]}
"""


def test_a_self_check_by_file(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    assert client.post("/maturity/add", {"file": upload(OWN, "own.yaml")}).status_code == 302
    assert AddedCheck.objects.get().read.name == "Own"
    assert client.get("/maturity/own/1/").status_code == 200
    assert actions.add_checks(found=read_checks("f", OWN.encode()), by="a test") == []
    other = client.post("/maturity/add", {"file": upload(OWN.replace("First", "Second"), "own.yaml")})
    assert other.status_code == 422
    assert "own 1 is known already, and different." in other.content.decode()
    assert client.get("/maturity/").content.decode().count("/maturity/own/1/") == 1
    assert client.get("/maturity/own/2/").status_code == 404


def test_who_may(small: Organisation, cast: Cast, signed_in: Any) -> None:
    group = bring("nist-csf,2.0,gv,48,1.5,2,2.5,,")[0]
    for person in cast:
        client = signed_in(person)
        edits = person in (cast.manager, cast.administrator)
        reads = 404 if person == cast.reporter else 200
        for address in ("/maturity/", PAGE, f"{PAGE}?format=csv"):
            assert client.get(address).status_code == reads
        opens = 404 if person == cast.reporter else 200 if edits else 403
        for address in (f"{PAGE}enter", "/maturity/peers", "/maturity/add"):
            assert client.get(address).status_code == opens
        drops = 404 if person == cast.reporter else 302 if edits else 403
        assert client.post(f"/maturity/peers/{group.pk}/drop").status_code == drops
