"""Changing records: checked together, stored together, two people at once, every act with its revisions."""

from __future__ import annotations

from typing import Any

import pytest

from kizuki.journal.actions import verify
from kizuki.journal.models import Entry, Revision
from kizuki.register.actions import Edit, InUse, Refused, Stale, apply
from kizuki.register.models import Asset, Backup, Coverage, Information, Link, Mention, Organisation, Supplier


def asset(key: str) -> Asset:
    return Asset.objects.get(key=key)


def changed(key: str, **values: Any) -> dict[str, Any]:
    return {**asset(key).document, **values}


def test_a_change_makes_a_revision_and_one_entry(small: Organisation) -> None:
    entries = Entry.objects.count()
    done = apply(organisation=small, edits=[Edit("asset", "www", changed("www", os="Debian 12"))], by="a test")
    assert (done.created, done.changed, done.removed) == (0, 1, 0)
    assert Entry.objects.count() == entries + 1
    row = asset("www")
    assert (row.version, row.document["os"]) == (2, "Debian 12")
    found = Revision.objects.filter(kind="asset", key="www").values_list("number", "document__os")
    assert sorted(found) == [(1, None), (2, "Debian 12")]
    assert verify().fault is None


def test_what_is_as_wished_already_leaves_no_trace(small: Organisation) -> None:
    before = (Entry.objects.count(), small.digest)
    done = apply(organisation=small, edits=[Edit("asset", "www", changed("www"))], by="a test")
    small.refresh_from_db()
    assert (done.entry, done.same) == (None, 1)
    assert (Entry.objects.count(), small.digest) == before


def test_all_or_nothing_and_everything_wrong_is_said(small: Organisation) -> None:
    before = small.read
    with pytest.raises(Refused) as caught:
        apply(
            organisation=small,
            edits=[
                Edit("asset", "new", {"id": "new", "name": "New", "kind": "pc", "zone": "nowhere", "unit": "it"}),
                Edit("asset", "www", changed("www", kind="toaster", count=0)),
                Edit("asset", "pcs", changed("pcs", os="x")),
            ],
            by="a test",
        )
    said = [(p.key, p.place) for p in caught.value.problems]
    assert ("www", ("kind",)) in said
    assert ("www", ("count",)) in said
    edit = Edit("asset", "new", {"id": "new", "name": "New", "kind": "pc", "zone": "nowhere"})
    with pytest.raises(Refused, match="nowhere"):
        apply(organisation=small, edits=[edit], by="a test")
    small.refresh_from_db()
    assert small.read == before


def test_records_of_one_act_may_name_each_other(small: Organisation) -> None:
    edits = [
        Edit("asset", "new", {"id": "new", "name": "New", "kind": "pc", "zone": "z2"}),
        Edit("zone", "z2", {"id": "z2", "name": "Second", "kind": "office"}),
    ]
    assert apply(organisation=small, edits=edits, by="a test").created == 2


def test_two_people_change_different_fields_and_both_are_kept(small: Organisation) -> None:
    mine, theirs = changed("www", os="Debian 12"), changed("www", model="R640")
    apply(organisation=small, edits=[Edit("asset", "www", theirs, base=1)], by="they")
    apply(organisation=small, edits=[Edit("asset", "www", mine, base=1)], by="I")
    assert (asset("www").document["os"], asset("www").document["model"]) == ("Debian 12", "R640")


def test_two_people_add_to_one_list(small: Organisation) -> None:
    apply(organisation=small, edits=[Edit("asset", "www", changed("www", ips=["10.0.0.1"]), base=1)], by="they")
    document = {k: v for k, v in asset("www").document.items() if k != "ips"} | {"ips": ["10.0.0.2"]}
    apply(organisation=small, edits=[Edit("asset", "www", document, base=1)], by="I")
    assert sorted(asset("www").document["ips"]) == ["10.0.0.1", "10.0.0.2"]


def test_two_people_change_one_field_and_the_second_sees_both_texts(small: Organisation) -> None:
    mine, theirs = changed("www", os="Debian 12"), changed("www", os="Debian 13")
    apply(organisation=small, edits=[Edit("asset", "www", theirs, base=1)], by="they")
    with pytest.raises(Stale) as caught:
        apply(organisation=small, edits=[Edit("asset", "www", mine, base=1)], by="I")
    (conflict,) = caught.value.conflicts
    assert (conflict.version, conflict.clashes[0][1:]) == (2, (None, "Debian 12", "Debian 13"))
    assert asset("www").document["os"] == "Debian 13"


def test_nothing_is_taken_out_that_something_still_names(small: Organisation) -> None:
    with pytest.raises(InUse) as caught:
        apply(organisation=small, edits=[Edit("asset", "www", None)], by="a test")
    assert caught.value.users["asset", "www"] == [
        ("backup", "www"),
        ("coverage", "P06 asset=www"),
        ("link", "pcs>www admin"),
    ]
    together = [
        Edit("asset", "www", None), Edit("backup", "www", None), Edit("link", "pcs>www admin", None),
        Edit("coverage", "P06 asset=www", None),
    ]  # fmt: skip
    assert apply(organisation=small, edits=together, by="a test").removed == 4
    assert not small.read.links or Link.objects.get().deleted_at


def test_an_id_is_never_changed_and_units_do_not_lie_within_themselves(small: Organisation) -> None:
    with pytest.raises(Refused, match="cannot be changed"):
        apply(organisation=small, edits=[Edit("asset", "www", changed("www", id="w3"))], by="a test")
    with pytest.raises(Refused, match="lies within itself"):
        apply(
            organisation=small, edits=[Edit("unit", "all", {"id": "all", "name": "C", "parent": "shop"})], by="a test"
        )


def test_importance_is_inherited_and_follows_what_it_comes_from(small: Organisation) -> None:
    assert (asset("www").importance, asset("pcs").importance) == (2, 3)
    edit = Edit("information", "orders", {"id": "orders", "name": "Orders", "unit": "sales"})
    apply(organisation=small, edits=[edit], by="a test")
    assert asset("pcs").importance is None


def test_links_backups_and_coverage_follow_the_unit_of_their_asset(small: Organisation) -> None:
    assert Backup.objects.get().unit == "shop"
    assert Coverage.objects.get(scope_asset="www").unit == "shop"
    apply(organisation=small, edits=[Edit("asset", "www", changed("www", unit="it"))], by="a test")
    assert Backup.objects.get().unit == "it"
    assert Coverage.objects.get(scope_asset="www").unit == "it"


def test_what_names_what_is_known_and_follows_each_change(small: Organisation) -> None:
    edit = Edit(
        "information", "orders", {"id": "orders", "name": "Orders", "owner": "ken", "importance": {"integrity": 1}}
    )
    apply(organisation=small, edits=[edit], by="a test")
    row = Information.objects.get(key="orders")
    assert (row.owner, row.importance, row.unit) == ("ken", 1, "")
    assert set(Mention.objects.filter(kind="information").values_list("of_kind", "of_key")) == {("contact", "ken")}
    edit = Edit("supplier", "host", {"id": "host", "name": "Hosting", "kind": "partner"})
    apply(organisation=small, edits=[edit], by="a test")
    assert Supplier.objects.get(key="host").kind == "partner"
    assert not Mention.objects.filter(kind="supplier").exists()
