"""Rows of coverage: written, seen again, undone; what is over counts as unknown; nothing typed is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from conftest import Cast
from kizuki.measures.actions import change_coverage, remove_coverage, undo_last_change, verify_again
from kizuki.register.actions import Refused, Stale
from kizuki.register.models import Coverage, Organisation

WWW, ALL = "P06 asset=www", "P06 all"


def row(key: str = WWW) -> Any:
    return Coverage.objects.get(key=key)


def document(**changes: Any) -> dict[str, Any]:
    return {**row().document, **changes}


def test_a_row_is_written_once_and_changed_by_its_version(small: Organisation) -> None:
    new = {"measure": "P01", "scope": {"unit": "shop", "kind": "pc"}, "state": "partial"}
    change_coverage(organisation=small, document=new, base=0, by="a test")
    with pytest.raises(Refused):
        change_coverage(organisation=small, document={**new, "state": "full"}, base=0, by="a test")
    change_coverage(organisation=small, document={**new, "state": "full"}, base=1, by="a test")
    assert row("P01 unit=shop kind=pc").state == "full"


def test_a_removed_row_can_be_put_back(small: Organisation) -> None:
    remove_coverage(row=row(), version=1, by="a test")
    assert row().deleted_at is not None
    undo_last_change(row=row(), version=2, by="a test")
    assert row().deleted_at is None
    assert row().document["evidence"] == "Seen"
    with pytest.raises(Stale):
        remove_coverage(row=row(), version=2, by="a test")


def test_seeing_it_again_moves_the_day_and_keeps_the_span(small: Organisation) -> None:
    change_coverage(organisation=small, document=document(valid_until="2026-10-31"), base=1, by="a test")
    verify_again(row=row(), version=2, by="Ann", today=date(2026, 12, 1))
    found = row()
    assert (found.verified, found.valid_until) == ("2026-12-01", "2026-12-31")
    assert found.document["verified_by"] == "Ann"
    with pytest.raises(Stale):
        verify_again(row=row(), version=2, by="Ben", today=date(2026, 12, 2))


def test_a_row_without_an_end_gets_none(small: Organisation) -> None:
    verify_again(row=row(), version=1, by="Ann", today=date(2026, 12, 1))
    assert row().valid_until == ""


def test_only_the_newest_change_is_undone_and_only_by_who_has_seen_it(small: Organisation) -> None:
    change_coverage(organisation=small, document=document(state="none"), base=1, by="a test")
    with pytest.raises(Stale):
        undo_last_change(row=row(), version=1, by="a test")
    undo_last_change(row=row(), version=2, by="a test")
    assert row().state == "full"


def form(found: Any = None, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"state": "full", "evidence_en": "", "evidence_ja": "", "link": "", "base": "0"}
    if found is not None:
        made |= {"base": str(found.version), "evidence_en": "Seen", "evidence_ja": "Seen", "verified": "2026-10-01"}
    return made | changes


def test_a_manager_adds_a_row_over_several_keys(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    sent = form(
        measure="P06", unit="shop", zone="dmz", kind="server", asset="www.example.org", valid_until="2027-01-31"
    )
    response = client.post(reverse("measures:row_add"), sent)
    assert response.status_code == 302
    found = row("P06 unit=shop zone=dmz kind=server asset=www")
    assert (found.state, found.valid_until) == ("full", "2027-01-31")
    page = client.get(reverse("measures:measure", args=["P06"])).content.decode()
    assert "Web server" in page
    assert "2027-01-31" in page


def test_files_are_evidence_and_are_shown_to_who_sees_the_row(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    address = reverse("measures:row_edit", args=[row().pk])
    client.post(
        address, form(row(), uploads=[SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")])
    )
    kept = row().document["files"]
    assert len(kept) == 2
    assert client.get(reverse("files:file", args=[kept[0]])).status_code == 200
    # The reporter answers for the unit above that of the asset.
    assert signed_in(cast.reporter).get(reverse("files:file", args=[kept[0]])).status_code == 200
    client.post(address, form(row(), kept=[kept[1]]))
    assert row().document["files"] == [kept[1]]
    assert client.get(reverse("files:file", args=[kept[0]])).status_code == 404


def test_a_text_without_language_stays_one(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client, address = signed_in(cast.manager), reverse("measures:row_edit", args=[row().pk])
    client.post(address, form(row(), state="partial"))
    assert row().document["evidence"] == "Seen"
    client.post(address, form(row(), evidence_ja="見た"))
    assert row().document["evidence"] == {"ja": "見た", "en": "Seen"}


def test_a_clash_shows_both_texts_and_keeps_what_was_typed(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client, address = signed_in(cast.manager), reverse("measures:row_edit", args=[row().pk])
    mine = form(row(), evidence_ja="", evidence_en="My own words", state="partial")
    change_coverage(organisation=small, document=document(evidence="Their words", link="T-1"), base=1, by="another")
    page = client.post(address, mine).content.decode()
    assert "My own words" in page
    assert "Their words" in page
    assert row().document["evidence"] == "Their words"
    client.post(address, {**mine, "base": "2", "link": "T-1"})
    assert row().document["evidence"] == {"en": "My own words"}


def test_a_row_that_somebody_took_out_is_gone_but_not_the_words(
    small: Organisation, cast: Cast, signed_in: Any
) -> None:
    client, found = signed_in(cast.manager), row()
    remove_coverage(row=found, version=1, by="another")
    assert client.post(reverse("measures:row_edit", args=[found.pk]), form(found)).status_code == 404
    response = client.post(reverse("measures:row_undo", args=[found.pk]), {"version": "2"})
    assert response.status_code == 302
    assert row().deleted_at is None


def test_what_is_over_counts_as_unknown_and_says_so(small: Organisation, cast: Cast, signed_in: Any) -> None:
    change_coverage(organisation=small, document=document(valid_until="2020-01-01"), base=1, by="a test")
    client = signed_in(cast.manager)
    for address in (reverse("measures:measure", args=["P06"]), reverse("measures:row", args=[row().pk])):
        assert "no longer valid since 2020-01-01: counts as unknown" in client.get(address).content.decode()
    listed = client.get(reverse("measures:coverage") + "?state=unknown").content.decode()
    assert "2020-01-01" in listed
    assert "2020-01-01" not in client.get(reverse("measures:coverage") + "?state=full").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "Z99"}, {"state": "excellent"}, {"asset": "nothing"}, {"unit": "nowhere"}, {"valid_until": "31.12.2026"},
        {"verified": "2027-01-02", "valid_until": "2027-01-01"}, {"base": "-1"}, {"base": ""}, {"link": "x" * 401},
        {"asset": "p"},
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_meant_comes_back_as_typed(
    small: Organisation, cast: Cast, signed_in: Any, wrong: dict[str, str]
) -> None:
    before = Coverage.objects.count()
    sent = form(measure="P01", evidence_en="Long typed evidence", **wrong) if "measure" not in wrong else form(**wrong)
    response = signed_in(cast.manager).post(reverse("measures:row_add"), {"evidence_en": "Long typed evidence", **sent})
    assert response.status_code == 200
    assert b"Nothing was saved yet" in response.content
    assert Coverage.objects.count() == before


def test_owners_of_units_see_their_rows_only(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.reporter)
    page = client.get(reverse("measures:coverage")).content.decode()
    assert "Web server" in page
    assert reverse("measures:row", args=[row(ALL).pk]) not in page
    assert client.get(reverse("measures:row", args=[row(ALL).pk])).status_code == 404
    assert client.get(reverse("measures:row", args=[row().pk])).status_code == 200
    assert client.post(reverse("measures:row_verify", args=[row().pk]), {"version": "1"}).status_code == 403
    assert client.get(reverse("measures:row_add")).status_code == 403
    assert client.get(reverse("measures:contradictions")).status_code == 404


def test_contradictions_are_for_readers_and_lead_to_both_records(
    small: Organisation, cast: Cast, signed_in: Any
) -> None:
    change_coverage(organisation=small, document={**row(ALL).document, "state": "full"}, base=1, by="a test")
    asset = {"measure": "C03", "scope": {"all": True}, "state": "full"}
    change_coverage(organisation=small, document=asset, base=0, by="a test")
    page = signed_in(cast.executive).get(reverse("measures:contradictions")).content.decode()
    assert "no restore test is recorded" in page
    assert reverse("measures:row", args=[row("C03 all").pk]) in page
    measure = reverse("measures:measure", args=["C03"])
    assert "no restore test is recorded" in signed_in(cast.responder).get(measure).content.decode()
    assert "no restore test is recorded" not in signed_in(cast.reporter).get(measure).content.decode()


def test_the_history_says_who_changed_what(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    client.post(reverse("measures:row_edit", args=[row().pk]), form(row(), state="partial"))
    client.post(reverse("measures:row_verify", args=[row().pk]), {"version": str(row().version)})
    page = client.get(reverse("measures:row", args=[row().pk])).content.decode()
    assert "<del>full</del> → </span>partial" in page or "<del>full</del> → partial" in page
    assert timezone.localdate().isoformat() in page
    client.post(reverse("measures:row_undo", args=[row().pk]), {"version": str(row().version)})
    assert row().verified == "2026-10-01"


def test_a_late_click_changes_nothing(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client, address = signed_in(cast.manager), reverse("measures:row_verify", args=[row().pk])
    for sent in ({}, {"version": "7"}, {"version": "abc"}, {"version": "99999999999999999999"}):
        assert client.post(address, sent).status_code == 302
    assert row().version == 1


def test_a_long_way_ahead_is_a_day_too(small: Organisation) -> None:
    change_coverage(
        organisation=small,
        document=document(valid_until=(date(2026, 10, 1) + timedelta(days=0)).isoformat()),
        base=1,
        by="t",
    )
    verify_again(row=row(), version=2, by="Ann", today=date(2026, 12, 1))
    assert row().valid_until == "2026-12-02"
