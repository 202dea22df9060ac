"""What people decide about a device, what the register and the tasks make of it, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from conftest import Cast
from kizuki.devices.actions import Stale, identify, make_asset, match_devices, request_block, set_aside, undo
from kizuki.devices.models import Device, DeviceDecision
from kizuki.devices.tests.conftest import LAPTOP, PRINTER, STRANGER, asset, matched, seen, take
from kizuki.journal.models import Entry, Revision
from kizuki.register.actions import Edit, Refused, apply
from kizuki.register.actions import Stale as RegisterStale
from kizuki.register.models import Asset, Organisation
from kizuki.tasks.actions import take as begin
from kizuki.tasks.models import Task

SOON = timezone.localdate() + timedelta(days=5)


@pytest.fixture
def stranger(office: Organisation) -> Device:
    """A device that nobody knows, beside the printer of sales."""
    take(seen(PRINTER), seen(STRANGER, hosts=("cam-1",)))
    return matched(office)[STRANGER]


def state_of(device: Device) -> tuple[str, str, str]:
    device.refresh_from_db()
    return device.state, device.asset, device.decided


def test_it_is_that_asset(office: Organisation, stranger: Device, cast: Cast) -> None:
    decision = identify(
        device=stranger,
        asset=asset("pos"),
        identifiers={"macs": [STRANGER], "hosts": ["cam-1"]},
        version=1,
        by=cast.manager,
    )
    assert (asset("pos").document["macs"], asset("pos").document["hosts"]) == ([STRANGER], ["cam-1"])
    assert state_of(stranger) == ("known", "pos", "asset")
    task = Task.objects.get()
    assert (task.state, task.done_by) == ("done", cast.manager)
    assert Revision.objects.filter(batch=decision.batch).count() == 1
    assert Entry.objects.order_by("-seq")[0].verb == "decided"
    found = matched(office)[STRANGER]
    assert (found.state, found.asset, found.decided, found.reasons[0][0]) == ("known", "pos", "asset", "mac")
    task.refresh_from_db()
    assert (task.state, task.verified_name) == ("verified", "Kizuki")


def test_what_only_a_person_says_counts_and_another_person_verifies_it(
    office: Organisation, stranger: Device, cast: Cast
) -> None:
    identify(device=stranger, asset=asset("pos"), identifiers={}, version=1, by=cast.manager)
    found = matched(office)[STRANGER]
    assert (found.state, found.asset) == ("known", "pos")
    assert found.reasons == [["decided", ["Manager", timezone.localdate().isoformat()], 0]]
    assert Task.objects.get().state == "done"


def test_a_person_and_the_matching_that_say_otherwise_are_a_conflict(
    office: Organisation, stranger: Device, cast: Cast
) -> None:
    identify(device=stranger, asset=asset("pos"), identifiers={}, version=1, by=cast.manager)
    apply(
        organisation=office,
        edits=[Edit("asset", "laptop", {**asset("laptop").document, "macs": [LAPTOP, STRANGER]})],
        by="a test",
    )
    found = matched(office)[STRANGER]
    assert (found.state, found.asset, found.assets) == ("conflict", "", ["laptop", "pos"])
    assert found.reasons[0][0] == "decided"


def test_undo_of_that_asset(office: Organisation, stranger: Device, cast: Cast) -> None:
    before = asset("pos").document
    decision = identify(
        device=stranger, asset=asset("pos"), identifiers={"macs": [STRANGER]}, version=1, by=cast.manager
    )
    matched(office)
    undo(decision=decision, by=cast.manager)
    assert asset("pos").document == before
    assert state_of(stranger) == ("unknown", "", "")
    assert Task.objects.get().state == "open"
    assert matched(office)[STRANGER].state == "unknown"
    assert Task.objects.count() == 1
    with pytest.raises(Stale):
        undo(decision=decision, by=cast.manager)


def test_undo_is_refused_where_the_asset_changed_since(office: Organisation, stranger: Device, cast: Cast) -> None:
    document = {"id": "cam-1", "name": "Camera", "kind": "iot", "unit": "sales"}
    decision = make_asset(device=stranger, document=document, version=1, by=cast.manager)
    apply(organisation=office, edits=[Edit("asset", "cam-1", {**document, "name": "Camera at the door"})], by="a test")
    with pytest.raises(RegisterStale):
        undo(decision=decision, by=cast.manager)
    decision.refresh_from_db()
    assert (decision.ended, state_of(stranger)) == ("", ("known", "cam-1", "made"))


def test_undo_keeps_what_others_added_since(office: Organisation, stranger: Device, cast: Cast) -> None:
    decision = identify(
        device=stranger, asset=asset("pos"), identifiers={"macs": [STRANGER]}, version=1, by=cast.manager
    )
    apply(organisation=office, edits=[Edit("asset", "pos", {**asset("pos").document, "os": "Debian"})], by="a test")
    undo(decision=decision, by=cast.manager)
    assert (asset("pos").document.get("macs"), asset("pos").document["os"]) == (None, "Debian")


def test_make_it_an_asset_and_undo(office: Organisation, stranger: Device, cast: Cast) -> None:
    document = {"id": "cam-1", "name": "Camera", "kind": "iot", "unit": "sales", "zone": "lan", "macs": [STRANGER]}
    decision = make_asset(device=stranger, document=document, version=1, by=cast.manager)
    assert asset("cam-1").document == document
    assert state_of(stranger) == ("known", "cam-1", "made")
    assert matched(office)[STRANGER].asset == "cam-1"
    undo(decision=decision, by=cast.manager)
    assert not Asset.objects.filter(key="cam-1", deleted_at=None).exists()
    assert state_of(stranger) == ("unknown", "", "")
    assert matched(office)[STRANGER].state == "unknown"
    assert Task.objects.get().state == "open"


@pytest.mark.parametrize(("document", "error"), [
    ({"id": "pos", "name": "x", "kind": "iot"}, ValidationError),
    ({"id": "new", "name": "x", "kind": "toaster"}, Refused),
    ({"id": "new", "name": "x", "kind": "iot", "zone": "nowhere"}, Refused),
])  # fmt: skip
def test_what_cannot_be_an_asset(
    document: dict[str, Any], error: type[Exception], stranger: Device, cast: Cast
) -> None:
    with pytest.raises(error):
        make_asset(device=stranger, document=document, version=1, by=cast.manager)
    assert state_of(stranger) == ("unknown", "", "")
    assert not DeviceDecision.objects.exists()


def test_not_ours_until_a_day(
    office: Organisation, stranger: Device, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_aside(device=stranger, reason="An auditor's", until=SOON, version=1, by=cast.manager)
    task = Task.objects.get()
    assert (state_of(stranger), task.state) == (("unknown", "", "not ours"), "dropped")
    assert task.result is not None
    assert "An auditor's" in (task.result.en or "")
    assert matched(office)[STRANGER].decided == "not ours"
    assert Task.objects.count() == 1
    later = SOON + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: later)
    assert matched(office)[STRANGER].decided == ""
    assert DeviceDecision.objects.get().ended == "expired"
    assert Task.objects.filter(state="open").count() == 1, "somebody has to look again"


@pytest.mark.parametrize(
    "until", [timezone.localdate() - timedelta(days=1), timezone.localdate() + timedelta(days=400)]
)
def test_not_ours_has_an_end_within_a_year(until: date, stranger: Device, cast: Cast) -> None:
    with pytest.raises(ValidationError):
        set_aside(device=stranger, reason="x", until=until, version=1, by=cast.manager)


def test_not_ours_is_over_when_it_becomes_known(office: Organisation, stranger: Device, cast: Cast) -> None:
    set_aside(device=stranger, reason="x", until=SOON, version=1, by=cast.manager)
    apply(organisation=office, edits=[Edit("asset", "pos", {**asset("pos").document, "macs": [STRANGER]})], by="a test")
    found = matched(office)[STRANGER]
    assert (found.state, found.decided, DeviceDecision.objects.get().ended) == ("known", "", "overruled")


def test_undo_of_not_ours(stranger: Device, cast: Cast) -> None:
    decision = set_aside(device=stranger, reason="x", until=SOON, version=1, by=cast.manager)
    undo(decision=decision, by=cast.manager)
    assert state_of(stranger) == ("unknown", "", "")
    assert Task.objects.get().state == "open"


def test_a_block_is_asked_of_whoever_looks_after_the_zone(office: Organisation, stranger: Device, cast: Cast) -> None:
    decision = request_block(device=stranger, reason="It scans", version=1, by=cast.manager)
    assert state_of(stranger) == ("unknown", "", "block")
    first, block = Task.objects.order_by("pk")
    assert (first.state, block.state, block.unit, block.title_en) == ("done", "open", "sales", "Block cam-1")
    matched(office)
    assert Task.objects.count() == 2
    undo(decision=decision, by=cast.manager)
    assert [task.state for task in Task.objects.order_by("pk")] == ["open", "dropped"]


def test_a_second_decision_takes_the_place_of_the_first(stranger: Device, cast: Cast) -> None:
    request_block(device=stranger, reason="It scans", version=1, by=cast.manager)
    set_aside(device=stranger, reason="A guest", until=SOON, version=2, by=cast.administrator)
    assert [(one.kind, one.ended) for one in DeviceDecision.objects.order_by("pk")] == [
        ("block", "replaced"),
        ("not ours", ""),
    ]
    assert Task.objects.get(title_en="Block cam-1").state == "dropped"


def test_an_asset_has_to_be_undone_before_anything_else(stranger: Device, cast: Cast) -> None:
    identify(device=stranger, asset=asset("pos"), identifiers={"macs": [STRANGER]}, version=1, by=cast.manager)
    with pytest.raises(ValidationError, match="Undo"):
        set_aside(device=stranger, reason="x", until=SOON, version=2, by=cast.manager)


ACTS: dict[str, Callable[..., Any]] = {
    "identify": lambda device, by: identify(
        device=device, asset=asset("pos"), identifiers={"macs": [STRANGER]}, version=1, by=by
    ),
    "make": lambda device, by: make_asset(
        device=device, document={"id": "n", "name": "n", "kind": "pc"}, version=1, by=by
    ),
    "aside": lambda device, by: set_aside(device=device, reason="x", until=SOON, version=1, by=by),
    "block": lambda device, by: request_block(device=device, reason="x", version=1, by=by),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_stale_decision_writes_nothing(act: Callable[..., Any], stranger: Device, cast: Cast) -> None:
    Device.objects.filter(pk=stranger.pk).update(version=2)
    before = (Entry.objects.count(), DeviceDecision.objects.count(), Asset.objects.count(), asset("pos").version)
    with pytest.raises(Stale) as error:
        act(stranger, cast.manager)
    assert error.value.row.version == 2
    assert (
        Entry.objects.count(),
        DeviceDecision.objects.count(),
        Asset.objects.count(),
        asset("pos").version,
    ) == before


def test_the_task_that_somebody_works_on_is_settled_too(stranger: Device, cast: Cast) -> None:
    begin(task=Task.objects.get(), version=1, by=cast.manager)
    set_aside(device=stranger, reason="x", until=SOON, version=1, by=cast.manager)
    assert Task.objects.get().state == "dropped"


def test_the_database_keeps_to_one_decision_with_an_end(stranger: Device) -> None:
    values = {"organisation": stranger.organisation, "device": stranger, "key": stranger.key, "by_name": "x"}
    DeviceDecision.objects.create(kind="block", **values)
    for wrong in ({"kind": "block"}, {"kind": "not ours", "ended": "undone"}, {"kind": "asset", "ended": "undone"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeviceDecision.objects.create(**values, **wrong)


def test_a_decision_goes_with_the_thing_when_it_gets_a_better_name(
    office: Organisation, stranger: Device, cast: Cast
) -> None:
    set_aside(device=stranger, reason="x", until=SOON, version=1, by=cast.manager)
    take(seen(STRANGER, hosts=("cam-1",), hours=0.5, serial="SN-4711"))
    found = matched(office)[STRANGER]
    assert (found.pk, found.key, found.decided) == (stranger.pk, "serial:sn-4711", "not ours")
    assert DeviceDecision.objects.get().key == "serial:sn-4711"


def test_a_forgotten_thing_that_comes_back_takes_up_its_decision(
    office: Organisation, stranger: Device, cast: Cast
) -> None:
    from kizuki.devices.actions import forget_observations

    set_aside(device=stranger, reason="x", until=SOON, version=1, by=cast.manager)
    forget_observations(organisation=office, by="a test", before=timezone.now())
    match_devices(organisation=office, by="a test")
    assert (Device.objects.filter(pk=stranger.pk).exists(), DeviceDecision.objects.get().device) == (False, None)
    take(seen(STRANGER, hours=0.1))
    assert matched(office)[STRANGER].decided == "not ours"
    assert DeviceDecision.objects.get().device is not None
