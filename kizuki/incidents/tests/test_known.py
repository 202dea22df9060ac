"""What is known of an incident: assets with what the register says of them, indicators, files; who sees and writes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.files.models import File
from kizuki.incidents.actions import (
    Stale,
    add_asset,
    add_assets,
    add_entry,
    add_indicators,
    correct_entry,
    give_role,
    judge_indicator,
    keep_file,
    open_incident,
    set_asset_state,
)
from kizuki.incidents.models import AssetOf, Entry, FileOf, Incident, Indicator
from kizuki.incidents.naming import named
from kizuki.journal.models import Entry as Journal
from kizuki.kit.text import Text

SignIn = Callable[[Person], Client]


def upload(name: str = "layoffs.txt", content: bytes = b"who and when") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def enter(incident: Incident, text: str, by: Person) -> Entry:
    return add_entry(incident=incident, text=text, lane="security", kind="analyse", by=by)


# assets


def test_an_asset_is_noted_once_with_its_entry(incident: Incident, cast: Cast) -> None:
    row = add_asset(incident=incident, key="www", by=cast.responder, state="affected")
    again = add_asset(incident=incident, key="www", by=cast.manager, state="suspected")
    assert (row.pk, again.state) == (again.pk, "affected")
    entry = Entry.objects.get(incident=incident, auto="asset")
    assert row.entry == entry
    assert entry.data == {"id": "www", "set": {**named(Text(ja="ウェブ", en="Web server")), "state": "affected"}}
    assert [(link.kind, link.key) for link in entry.links.all()] == [("asset", "www")]


def test_what_an_asset_is_cannot_be_made_up(incident: Incident, cast: Cast) -> None:
    for keys, state in ((["nothing"], "affected"), (["www", "nothing"], "affected"), (["www"], "broken")):
        with pytest.raises(ValidationError):
            add_assets(incident=incident, keys=keys, by=cast.responder, state=state)
    with pytest.raises(ValidationError, match="At most 200"):
        add_assets(incident=incident, keys=[f"k{n}" for n in range(201)], by=cast.responder)
    assert not AssetOf.objects.exists()


def test_how_it_stands_is_told_and_a_stale_change_refused(incident: Incident, cast: Cast) -> None:
    row = add_asset(incident=incident, key="www", by=cast.responder)
    stale = AssetOf.objects.get(pk=row.pk)
    set_asset_state(asset=row, state="contained", version=1, by=cast.responder)
    entry = Entry.objects.filter(incident=incident, auto="asset").latest("seq")
    assert (entry.kind, entry.data["set"]["state"], entry.data["was"]) == (
        "contain",
        "contained",
        {"state": "suspected"},
    )
    with pytest.raises(Stale) as caught:
        set_asset_state(asset=stale, state="clean", version=1, by=cast.manager)
    assert caught.value.row.state == "contained"  # type: ignore[attr-defined]
    same = set_asset_state(asset=row, state="contained", version=2, by=cast.responder)
    assert same.version == 2


def test_a_closed_incident_takes_nothing_more(incident: Incident, cast: Cast) -> None:
    row = add_asset(incident=incident, key="www", by=cast.responder)
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=timezone.now())
    acts: list[Callable[[], Any]] = [
        lambda: add_asset(incident=incident, key="pcs", by=cast.responder),
        lambda: set_asset_state(asset=row, state="clean", version=1, by=cast.responder),
        lambda: add_indicators(incident=incident, text="evil.example", by=cast.responder),
        lambda: keep_file(incident=incident, upload=upload(), by=cast.responder),
    ]
    for act in acts:
        with pytest.raises(ValidationError, match="closed"):
            act()
    assert AssetOf.objects.count() == 1
    assert not File.objects.exists()


def test_the_page_says_what_the_register_knows(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    add_asset(incident=incident, key="pcs", by=cast.responder, state="affected")
    client = signed_in(cast.responder)
    client.get(f"/incidents/{incident.number}/known")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/incidents/{incident.number}/known").content.decode()
    assert len(queries) <= 15, len(queries)
    assert "Mari" in page
    assert "03-0000-0000" in page
    assert "importance 3" in page
    # From the PCs a link of administrators leads to the web server, and the route from the LAN to the DMZ.
    reached = page.split('id="onward"')[1].split('id="indicators"')[0]
    assert "Web server" in reached
    assert "link (administration) from PCs" in reached
    assert "network: from LAN to DMZ" in reached
    row = AssetOf.objects.get()
    set_asset_state(asset=row, state="contained", version=1, by=cast.responder)
    contained = client.get(f"/incidents/{incident.number}/known").content.decode()
    assert "Nothing that is noted is still in the attacker" in contained


def test_backups_services_and_customers_are_shown(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    add_asset(incident=incident, key="www", by=cast.responder, state="affected")
    page = signed_in(cast.executive).get(f"/incidents/{incident.number}/known").content.decode()
    assert "Web shop" in page
    assert "7 generations" in page
    assert "not recorded whether kept apart" in page
    assert "restore never tried" in page
    assert "Ken Hayashi" in page
    assert "Note an asset" not in page.split('id="assets"')[0]


def test_many_assets_by_any_of_their_names(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{incident.number}/known/assets"
    refused = client.post(path, {"words": "WWW.example.org\nPCs, ghost-17\twww", "state": "affected"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Not found in the register:" in page
    assert "ghost-17" in page.split("<textarea")[1].split("</textarea>")[0]
    assert {row.key: row.state for row in AssetOf.objects.all()} == {"www": "affected", "pcs": "affected"}
    assert client.post(path, {"words": "www", "state": "affected"}).status_code == 302
    assert client.post(path, {"words": "", "state": "affected"}).status_code == 422
    assert AssetOf.objects.count() == 2


def test_finding_one_to_note(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{incident.number}/known"
    part = client.get(path, {"find": "web"}, headers={"HX-Request": "true"}).content.decode()
    assert "Web server" in part
    assert "<html" not in part
    whole = client.get(path, {"find": "web"}).content.decode()
    assert "Web server" in whole
    assert "<html" in whole
    assert "nothing that fits" in client.get(path, {"find": "zebra"}).content.decode()


def test_stale_on_the_page_shows_both(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    row = add_asset(incident=incident, key="www", by=cast.responder)
    set_asset_state(asset=row, state="contained", version=1, by=cast.manager)
    response = signed_in(cast.responder).post(
        f"/incidents/{incident.number}/known/assets/{row.pk}", {"state": "clean", "version": "1"}
    )
    assert response.status_code == 409
    assert "now “contained”" in response.content.decode()
    row.refresh_from_db()
    assert row.state == "contained"


def test_a_member_who_may_not_read_the_register_is_shown_none_of_it(
    incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    give_role(incident=incident, person=cast.reporter, role="external", by=cast.responder)
    add_asset(incident=incident, key="pcs", by=cast.responder, state="affected")
    client, path = signed_in(cast.reporter), f"/incidents/{incident.number}/known"
    page = client.get(path).content.decode()
    assert "PCs" in page
    assert "Mari" not in page
    assert "Web server" not in page
    assert 'id="onward"' not in page
    # The reporter answers for sales and the shop, whose web server is then to be found; the PCs of IT are not.
    assert "Web server" in client.get(path, {"find": "w"}).content.decode()
    refused = client.post(f"{path}/assets", {"words": "pcs", "state": "affected"})
    assert refused.status_code == 422
    assert "Not found in the register:" in refused.content.decode()


# indicators


def test_indicators_are_found_in_entries(incident: Incident, cast: Cast) -> None:
    entry = enter(
        incident,
        "Beacon to hxxps://evil[.]example/a from 203[.]0[.]113[.]9 via 10.1.2.3, CVE-2026-12345",
        cast.responder,
    )
    found = {(row.kind, row.value, row.state) for row in Indicator.objects.filter(incident=incident)}
    assert found == {
        ("url", "https://evil.example/a", "proposed"), ("ip", "203.0.113.9", "proposed"), ("cve", "CVE-2026-12345", "proposed"),
    }  # fmt: skip
    assert {row.entry_id for row in Indicator.objects.all()} == {entry.pk}
    # Said again, or in a correction, it is the same indicator.
    correct_entry(
        entry=entry, text="Beacon to evil.example from 203.0.113.9", lane="security", kind="analyse", by=cast.responder
    )
    assert Indicator.objects.filter(value="203.0.113.9").count() == 1
    assert not Entry.objects.filter(auto="indicator").exists()


def test_a_person_confirms_or_rejects(incident: Incident, cast: Cast) -> None:
    enter(incident, "203.0.113.9", cast.responder)
    row = Indicator.objects.get()
    stale = Indicator.objects.get()
    judge_indicator(indicator=row, state="confirmed", version=1, by=cast.responder, why="signed in from there")
    entry = Entry.objects.get(incident=incident, auto="indicator")
    assert entry.data == {
        "id": "ip:203.0.113.9", "set": {"state": "confirmed", "note": "signed in from there"},
        "was": {"state": "proposed", "note": ""},
    }  # fmt: skip
    assert [link.label for link in entry.links.all()] == ["203[.]0[.]113[.]9"]
    with pytest.raises(Stale):
        judge_indicator(indicator=stale, state="rejected", version=1, by=cast.manager)
    judge_indicator(indicator=row, state="rejected", version=2, by=cast.responder)
    assert Indicator.objects.get().note == "signed in from there"
    for wrong in ({"state": "sure"}, {"state": "confirmed", "why": "x" * 301}):
        with pytest.raises(ValidationError):
            judge_indicator(indicator=row, version=3, by=cast.responder, **wrong)


def test_pasting_many(incident: Incident, cast: Cast) -> None:
    enter(incident, "first 198.51.100.7", cast.responder)
    text = "evil.example, 198.51.100.7\nfoo@evil.example " + hashlib.sha256(b"x").hexdigest()
    added = add_indicators(incident=incident, text=text, by=cast.responder, why="from the report")
    assert {row.kind for row in added.new} == {"domain", "mail", "sha256"}
    assert [row.value for row in added.there] == ["198.51.100.7"]
    assert set(Indicator.objects.values_list("state", flat=True)) == {"confirmed"}
    again = add_indicators(incident=incident, text=text, by=cast.responder)
    assert not again.new
    for text in ("nothing of that sort", "", " ".join(f"host{n}.example.com" for n in range(201))):
        with pytest.raises(ValidationError) as caught:
            add_indicators(incident=incident, text=text, by=cast.responder)
        assert "text" in caught.value.message_dict
    assert Indicator.objects.count() == 4


def test_the_same_indicator_elsewhere_is_shown_to_those_who_see_that_incident(
    incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    add_indicators(incident=incident, text="evil.example", by=cast.responder)
    secret = open_incident(title="Within", by=cast.manager, restricted=True)
    open_ = open_incident(title="Open", by=cast.manager)
    for other in (secret, open_):
        add_indicators(incident=other, text="evil[.]example", by=cast.manager)
    for person, sees in ((cast.responder, False), (cast.manager, True)):
        page = signed_in(person).get(f"/incidents/{incident.number}/known").content.decode()
        assert open_.number in page
        assert (secret.number in page) is sees
        assert "evil[.]example" in page
        assert ">evil.example<" not in page
    Indicator.objects.filter(incident=open_).update(state="rejected")
    assert open_.number not in signed_in(cast.responder).get(f"/incidents/{incident.number}/known").content.decode()


def test_indicators_as_files(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    add_indicators(incident=incident, text="evil.example 203.0.113.9", by=cast.responder, why="=1+1")
    client, path = signed_in(cast.auditor), f"/incidents/{incident.number}/known"
    table = client.get(path, {"indicators": "csv"})
    assert table["Content-Disposition"] == f'attachment; filename="{incident.number}-indicators.csv"'
    text = table.content.decode()
    assert "ip,203.0.113.9,confirmed,'=1+1" in text
    told = json.loads(client.get(path, {"indicators": "json"}).content)
    assert {one["value"] for one in told["indicators"]} == {"evil.example", "203.0.113.9"}


# files


def test_a_file_is_kept_once_and_named_only_here(incident: Incident, cast: Cast) -> None:
    row = keep_file(incident=incident, upload=upload(), by=cast.responder, text="The list that was copied")
    again = keep_file(incident=incident, upload=upload("other.txt"), by=cast.responder)
    assert again.pk == row.pk
    assert row.name == "layoffs.txt"
    assert row.file.digest == hashlib.sha256(b"who and when").hexdigest()
    entry = Entry.objects.get(incident=incident, auto="file")
    assert entry.text == "The list that was copied"
    assert entry.data["set"] == {"name": "layoffs.txt", "size": 12, "digest": row.file.digest}
    # What others with the same bytes, and the journal, are told says nothing.
    assert File.objects.get().name == "file.txt"
    told = " ".join(f"{one.details} {one.object_label}" for one in Journal.objects.all())
    assert "layoffs" not in told
    assert "copied" not in told
    for wrong in (upload(content=b""),):
        with pytest.raises(ValidationError):
            keep_file(incident=incident, upload=wrong, by=cast.responder)
    assert FileOf.objects.count() == 1


def test_bytes_are_given_to_those_who_see_the_incident(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    row = keep_file(incident=incident, upload=upload(), by=cast.responder)
    Incident.objects.filter(pk=incident.pk).update(restricted=True)
    here, stored = f"/incidents/{incident.number}/known/files/{row.pk}", f"/files/{row.file.digest}"
    for person, status in ((cast.responder, 200), (cast.manager, 404), (cast.auditor, 404), (cast.reporter, 404)):
        client = signed_in(person)
        assert client.get(here).status_code == status
        assert client.get(stored).status_code == status
    response = signed_in(cast.responder).get(here)
    assert b"".join(response.streaming_content) == b"who and when"  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == 'attachment; filename="layoffs.txt"'
    assert response["Content-Type"] == "application/octet-stream"


def test_uploading_on_the_page(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{incident.number}/known/files"
    sent = client.post(path, {"file": upload("<img src=x>.txt"), "text": "A <b>note</b>"})
    assert sent.status_code == 302
    page = client.get(f"/incidents/{incident.number}/known").content.decode()
    assert "&lt;img src=x&gt;.txt" in page
    assert "<img" not in page
    assert "A &lt;b&gt;note" in page
    assert hashlib.sha256(b"who and when").hexdigest() in page
    assert client.post(path, {"text": "no file"}).status_code == 422
    assert client.post(path, {"file": upload(content=b"")}).status_code == 422


# who


@pytest.mark.parametrize("role", ["reporter", "responder", "manager", "executive", "auditor", "administrator"])
def test_who_sees_and_writes(role: str, incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(getattr(cast, role)), f"/incidents/{incident.number}/known"
    sees, writes = role != "reporter", role in ("responder", "manager", "administrator")
    row = add_asset(incident=incident, key="www", by=cast.responder)
    indicator = add_indicators(incident=incident, text="evil.example", by=cast.responder).new[0]
    kept = keep_file(incident=incident, upload=upload(), by=cast.responder)
    for part in ("", f"/files/{kept.pk}", "?indicators=csv"):
        assert client.get(f"{path}{part}").status_code == (200 if sees else 404), part
    wanted = 302 if writes else 403 if sees else 404
    posts: list[tuple[str, dict[str, Any]]] = [
        ("assets", {"words": "pcs", "state": "affected"}), (f"assets/{row.pk}", {"state": "clean", "version": 1}),
        ("indicators", {"text": "198.51.100.1"}), (f"indicators/{indicator.pk}", {"state": "rejected", "version": 1}),
        ("files", {"file": upload("b.txt", b"b")}),
    ]  # fmt: skip
    for part, data in posts:
        assert client.post(f"{path}/{part}", data).status_code == wanted, part
    # What belongs to another incident is not found here.
    other = open_incident(title="Another", by=cast.responder)
    for part in (f"assets/{row.pk}", f"indicators/{indicator.pk}"):
        status = client.post(f"/incidents/{other.number}/known/{part}", {"state": "clean", "version": 1}).status_code
        assert status == (404 if writes or not sees else 403)
    assert client.get(f"/incidents/{other.number}/known/files/{kept.pk}").status_code == 404
    assert client.get(f"{path}/files/{2**63}").status_code == 404


def test_queries_do_not_grow_with_rows(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)

    def asked() -> int:
        client.get(f"/incidents/{incident.number}/known")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/incidents/{incident.number}/known")
        return len(queries)

    add_asset(incident=incident, key="www", by=cast.responder, state="affected")
    add_indicators(incident=incident, text="evil.example", by=cast.responder)
    keep_file(incident=incident, upload=upload(), by=cast.responder)
    few = asked()
    add_asset(incident=incident, key="pcs", by=cast.responder, state="affected")
    add_indicators(incident=incident, text=" ".join(f"h{n}.example.com" for n in range(50)), by=cast.responder)
    for n in range(5):
        keep_file(incident=incident, upload=upload(f"{n}.txt", str(n).encode()), by=cast.responder)
    assert asked() == few <= 15
