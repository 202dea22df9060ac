"""Taking a batch back restores the register exactly, and keeps what others did since."""

from __future__ import annotations

import uuid

import pytest

from kizuki.register.actions import Edit, InUse, Stale, apply, undo_batch
from kizuki.register.models import Asset, Organisation


def batch_of(small: Organisation) -> uuid.UUID:
    batch = uuid.uuid4()
    www = Asset.objects.get(key="www").document
    edits = [
        Edit("zone", "new", {"id": "new", "name": "New", "kind": "office"}),
        Edit("asset", "a1", {"id": "a1", "name": "A", "kind": "pc", "zone": "new"}),
        Edit("asset", "www", {**www, "os": "Debian"}),
        Edit("backup", "www", None),
    ]
    apply(organisation=small, edits=edits[:2], by="an import", batch=batch)
    apply(organisation=small, edits=edits[2:], by="an import", batch=batch)
    apply(organisation=small, edits=[Edit("asset", "www", {**www, "os": "Debian 12"})], by="an import", batch=batch)
    return batch


def test_everything_is_as_it_was(small: Organisation) -> None:
    before = small.read
    batch = batch_of(small)
    small.refresh_from_db()
    assert small.read != before
    undo_batch(organisation=small, batch=batch, by="a test")
    small.refresh_from_db()
    assert small.read == before


def test_what_others_changed_since_is_kept(small: Organisation) -> None:
    batch = batch_of(small)
    row = Asset.objects.get(key="www")
    apply(organisation=small, edits=[Edit("asset", "www", {**row.document, "model": "R640"})], by="somebody")
    undo_batch(organisation=small, batch=batch, by="a test")
    document = Asset.objects.get(key="www").document
    assert "os" not in document
    assert document["model"] == "R640"


def test_the_same_field_changed_since_stops_it_and_nothing_is_undone(small: Organisation) -> None:
    batch = batch_of(small)
    row = Asset.objects.get(key="www")
    apply(organisation=small, edits=[Edit("asset", "www", {**row.document, "os": "BSD"})], by="somebody")
    with pytest.raises(Stale):
        undo_batch(organisation=small, batch=batch, by="a test")
    assert Asset.objects.get(key="a1").deleted_at is None


def test_what_came_with_it_and_is_named_since_stays(small: Organisation) -> None:
    batch = batch_of(small)
    pcs = Asset.objects.get(key="pcs").document
    apply(organisation=small, edits=[Edit("asset", "pcs", {**pcs, "zones": ["new"]})], by="somebody")
    with pytest.raises(InUse):
        undo_batch(organisation=small, batch=batch, by="a test")


def test_undoing_twice_and_undoing_an_undo(small: Organisation) -> None:
    before = small.read
    batch = batch_of(small)
    small.refresh_from_db()
    between = small.read
    done = undo_batch(organisation=small, batch=batch, by="a test")
    assert done.entry is not None
    assert undo_batch(organisation=small, batch=batch, by="a test").entry is None
    small.refresh_from_db()
    assert small.read == before
    assert between != before
