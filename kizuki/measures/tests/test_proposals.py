"""Proposals: owners of units propose, managers decide; what is recorded is what was seen beside it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from conftest import Cast, make_person
from kizuki.measures.actions import Decided, accept_proposals, change_coverage, propose, return_proposals, withdraw
from kizuki.measures.actions.proposals import Said
from kizuki.measures.models import Proposal
from kizuki.register.actions import Stale
from kizuki.register.engine.format import Scope
from kizuki.register.models import Coverage, Organisation


def proposed(by: Any, measure: str = "P01", state: str = "full", unit: str = "shop") -> Proposal:
    said = Said(state, "Patched monthly", "https://tickets.example.org/1")
    return propose(measure=measure, unit=unit, scope=Scope(unit=unit), said=said, by=by, language="en")


def seen(proposal: Proposal, base: int | None = None) -> Decided:
    return Decided(proposal, proposal.version, base)


def test_an_accepted_proposal_is_recorded_with_who_saw_it(small: Organisation, cast: Cast) -> None:
    one = proposed(cast.reporter)
    accept_proposals(organisation=small, decided=[seen(one)], by=cast.manager, valid_until="2030-01-01")
    row: Any = Coverage.objects.get(key="P01 unit=shop")
    assert row.document["verified_by"] == "Reporter, accepted by Manager"
    assert row.document["evidence"] == {"en": "Patched monthly"}
    assert (row.state, row.valid_until, row.unit) == ("full", "2030-01-01", "shop")
    one.refresh_from_db()
    assert (one.status, one.decided_by) == ("accepted", "Manager")


def test_several_are_accepted_together_or_none(small: Organisation, cast: Cast) -> None:
    one, two = proposed(cast.reporter), proposed(cast.reporter, "P02")
    Proposal.objects.filter(pk=two.pk).update(version=9)
    with pytest.raises(ValidationError, match="P02"):
        accept_proposals(organisation=small, decided=[seen(one), seen(two)], by=cast.manager)
    assert not Coverage.objects.filter(key__startswith="P01").exists()
    one.refresh_from_db()
    assert one.status == "open"


def test_two_managers_do_not_both_decide(small: Organisation, cast: Cast) -> None:
    one = proposed(cast.reporter)
    decided = seen(one)
    return_proposals(decided=[decided], remark="Which servers?", by=cast.manager)
    with pytest.raises(ValidationError):
        accept_proposals(organisation=small, decided=[decided], by=cast.administrator)
    with pytest.raises(ValidationError):
        return_proposals(decided=[seen(one)], remark=" ", by=cast.manager)


def test_what_changed_beside_it_meanwhile_stops_it(small: Organisation, cast: Cast) -> None:
    one = proposed(cast.reporter, "P06", "partial")
    row = {"measure": "P06", "scope": {"unit": "shop"}, "state": "none"}
    change_coverage(organisation=small, document=row, base=0, by="a test")
    change_coverage(organisation=small, document={**row, "state": "full"}, base=1, by="another")
    with pytest.raises(Stale):
        accept_proposals(organisation=small, decided=[seen(one, 1)], by=cast.manager)
    one.refresh_from_db()
    assert one.status == "open"
    accept_proposals(organisation=small, decided=[seen(one, 2)], by=cast.manager)


def test_unknown_is_no_row(small: Organisation, cast: Cast) -> None:
    with pytest.raises(ValidationError):
        accept_proposals(organisation=small, decided=[seen(proposed(cast.reporter, state="unknown"))], by=cast.manager)


def test_one_takes_back_only_ones_own_while_it_waits(small: Organisation, cast: Cast) -> None:
    one = proposed(cast.reporter)
    with pytest.raises(ValidationError):
        withdraw(proposal=one, by=cast.manager)
    withdraw(proposal=one, by=cast.reporter)
    two = proposed(cast.reporter)
    accept_proposals(organisation=small, decided=[seen(two)], by=cast.manager)
    with pytest.raises(ValidationError):
        withdraw(proposal=two, by=cast.reporter)
    assert Proposal.objects.count() == 1


def form(**changes: Any) -> dict[str, Any]:
    return {"measure": "P01", "unit": "shop", "asset": "", "state": "full", "evidence": "Seen", "link": "", **changes}


def test_an_owner_proposes_for_own_units_and_assets_only(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client, address = signed_in(cast.reporter), reverse("measures:propose")
    assert client.post(address, form()).status_code == 302
    assert client.post(address, form(unit="it")).status_code == 200
    assert client.post(address, form(asset="pcs")).status_code == 200
    assert client.post(address, form(asset="www")).status_code == 302
    assert client.post(address, form(state="not applicable", evidence="")).status_code == 200
    assert sorted(p.scope.get("asset", "") for p in Proposal.objects.all()) == ["", "www"]
    assert signed_in(cast.responder).get(address).status_code == 403
    assert signed_in(make_person("reporter", "Stranger")).get(address).status_code == 404


def test_owners_see_what_was_said_for_their_units(small: Organisation, cast: Cast, signed_in: Any) -> None:
    mine, other = proposed(cast.reporter), proposed(cast.manager, unit="it")
    client = signed_in(cast.reporter)
    page = client.get(reverse("measures:proposals")).content.decode()
    assert mine.get_absolute_url() in page
    assert other.get_absolute_url() not in page
    assert client.get(mine.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.post(mine.get_absolute_url(), {}).status_code == 403
    assert client.post(reverse("measures:accept"), {}).status_code == 403
    assert client.post(reverse("measures:withdraw", args=[mine.pk])).status_code == 302


def test_a_manager_accepts_what_is_ticked(small: Organisation, cast: Cast, signed_in: Any) -> None:
    one, two, three = (proposed(cast.reporter, measure) for measure in ("P01", "P02", "P06"))
    client = signed_in(cast.manager)
    page = client.get(reverse("measures:proposals")).content.decode()
    assert f'value="{one.pk}:1:0"' in page
    sent = {"ticked": [f"{one.pk}:1:0", f"{two.pk}:1:0"], "valid_until": "2030-01-01"}
    assert client.post(reverse("measures:accept"), sent).status_code == 302
    rows: Any = Coverage.objects.filter(key__contains="unit=shop")
    assert {row.measure for row in rows} == {"P01", "P02"}
    three.refresh_from_db()
    assert three.status == "open"


@pytest.mark.parametrize("ticked", [[], ["1"], ["a:b:c"], ["1:2:3:4"], ["-1:1:1"], ["9" * 30 + ":1:1"], ["999999:1:0"]])
def test_nonsense_is_not_accepted(small: Organisation, cast: Cast, signed_in: Any, ticked: list[str]) -> None:
    proposed(cast.reporter)
    assert signed_in(cast.manager).post(reverse("measures:accept"), {"ticked": ticked}).status_code == 302
    assert not Coverage.objects.filter(measure="P01").exists()


def test_a_manager_puts_it_otherwise_and_sends_back(small: Organisation, cast: Cast, signed_in: Any) -> None:
    one = proposed(cast.reporter)
    client, address = signed_in(cast.manager), one.get_absolute_url()
    page = client.get(address).content.decode()
    assert "Patched monthly" in page
    back = reverse("measures:send_back", args=[one.pk])
    client.post(back, {"remark": "Show me", "version": "1"})
    assert "Show me" in client.get(address).content.decode()
    client.post(back, {"remark": "", "version": "2"})
    one.refresh_from_db()
    assert (one.status, one.remark, one.version) == ("returned", "Show me", 2)
    sent = {
        "state": "partial", "evidence_en": "Half of it", "evidence_ja": "", "link": "", "verified": "2026-11-01",
        "verified_by": "Me", "valid_until": "", "base": "0", "version": "1",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 200
    assert client.post(address, {**sent, "version": "2"}).status_code == 302
    row: Any = Coverage.objects.get(key="P01 unit=shop")
    assert (row.state, row.document["evidence"]) == ("partial", {"en": "Half of it"})
    assert client.get(address).status_code == 200
