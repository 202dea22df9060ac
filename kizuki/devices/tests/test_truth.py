"""A generated network through the tables gives what the engine gives alone, in any portions, and again from day to day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from kizuki.devices.actions import match_devices, take_observations
from kizuki.devices.engine.known import known_of, ranges_of
from kizuki.devices.models import Device, Observation, Part, Trace
from kizuki.register.actions import store_organisation
from kizuki.register.engine.format import Asset
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.matching import Known, Matching, Range, Reason, fold, match
from kizuki.register.engine.observation import Observation as Seen
from kizuki.register.models import Organisation
from kizuki.register.tests.network_sources import generate
from kizuki.register.tests.network_truth import START
from kizuki.tasks.models import Task

MACHINES, DAYS = 60, 6


def stored(known: list[Known], ranges: list[Range]) -> Organisation:
    """The truth's register in the tables; what an asset says of itself comes from make, model and system."""
    kinds = {
        "wifi": "office",
        "vpn": "office",
        "branch": "office",
        "plant": "plant",
        "server": "server",
        "guest": "guest",
    }
    zones: dict[str, dict[str, Any]] = {}
    for one in known:
        zones |= {id: {"id": id, "name": id, "kind": "office"} for id in one.zones if id not in zones}
    for net in ranges:
        zone = zones.setdefault(net.zone, {"id": net.zone, "name": net.zone})
        zone |= {"kind": kinds.get(net.kind or "", "office"), "ranges": [*zone.get("ranges", []), net.cidr]}
        if net.use:
            zone["addresses"] = net.use
    assets = [
        {
            "id": one.id, "name": one.id, "kind": "pc", "macs": one.macs, "ips": one.ips, "hosts": one.hosts, "serials": one.serials,
            "cloud_ids": one.cloud_ids, "zones": one.zones, "count": one.count, **dict(one.says),
        }
        for one in known
    ]  # fmt: skip
    told = {
        "schema": "kizuki/organisation/1", "organisation": {"name": "Truth"}, "zones": list(zones.values()), "assets": assets
    }  # fmt: skip
    document = msgspec.convert(msgspec.json.decode(msgspec.json.encode(told)), Document)
    return store_organisation(document=document, by="a test", home=True)


def moved_to_now(observations: list[Seen], days: int) -> list[Seen]:
    """The truth lies in the past: as it would have been until today."""
    by = timezone.now() - (START + timedelta(days=days))
    return [msgspec.structs.replace(one, at=one.at + by) for one in observations]


def once(observations: list[Seen]) -> list[Seen]:
    """Observations as the tables keep them: what the same source says of the same thing at the same second counts once."""
    found = {
        (
            one.source,
            one.at.replace(microsecond=0),
            msgspec.json.encode(msgspec.structs.replace(one, at=one.at.replace(microsecond=0))),
        ): one
        for one in observations
    }
    return list(found.values())


def alone(organisation: Organisation, observations: list[Seen], now: int) -> Matching:
    document = organisation.read
    return match([known_of(one) for one in document.assets], ranges_of(document.zones), observations, now=now)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_through_the_tables_as_alone(seed: int, db: None) -> None:
    truth = generate(machines=MACHINES, days=DAYS, seed=seed)
    organisation = stored(truth.known, truth.ranges)
    observations = once(moved_to_now(truth.observations, DAYS))
    now = int(timezone.now().timestamp())
    by_source: dict[str, list[Seen]] = {}
    for one in observations:
        by_source.setdefault(one.source, []).append(one)
    for name, listed in by_source.items():
        take_observations(source=name, observations=listed, by="a test")
    counts = match_devices(organisation=organisation, by="a test", now=now)
    wanted = alone(organisation, observations, now)
    assert Observation.objects.count() == len(observations)
    assert {row.folded for row in Trace.objects.all()} == set(fold(observations).traces)
    compare(wanted, truth.known)
    assert counts is not None
    assert sum(counts.values()) == Device.objects.count()


def compare(wanted: Matching, known: list[Known]) -> None:
    """Every device and every missing asset in the tables is that of the engine."""
    gone = {one.id: one for one in wanted.assets if one.status == "gone"}
    rows = {row.key: row for row in Device.objects.all()}
    missing = {f"asset:{id}" for id, one in gone.items() if not one.devices}
    assert rows.keys() == {device.id for device in wanted.devices} | missing
    for device in wanted.devices:
        row = rows[device.id]
        state = "gone" if device.asset in gone else device.status
        assert (row.state, row.asset, tuple(row.assets)) == (state, device.asset or "", device.assets), device.id
        assert (row.first, row.last, row.seen, row.zone) == (device.first, device.last, device.seen, device.zone or "")
        assert tuple(row.macs) == device.macs
        if state != "gone":
            assert msgspec.convert(row.reasons, tuple[Reason, ...]) == device.reasons
    placed(wanted)


def placed(wanted: Matching) -> None:
    """Every trace stands with the devices that the engine gives it, stay by stay."""
    names = {row.pk: row.key for row in Device.objects.all()}
    parts: dict[int, dict[int, str]] = {}
    for part in Part.objects.all():
        parts.setdefault(part.trace_id, {}).update(dict.fromkeys(part.stays, names[part.device_id]))
    numbers = dict(zip(wanted.state.traces, wanted.placed, strict=True))
    for row in Trace.objects.all():
        given = [wanted.devices[number].id for number in numbers[row.folded]]
        kept = [names[row.device_id]] if row.device_id else [name for _stay, name in sorted(parts[row.pk].items())]
        assert set(given) == set(kept)
        assert len(given) == 1 or given == kept or len(set(given)) == 1


def test_from_day_to_day_as_at_once(db: None) -> None:
    """A network that is looked at every day ends with the same devices as one looked at once, and nothing is made twice."""
    truth = generate(machines=MACHINES, days=DAYS, seed=5)
    organisation = stored(truth.known, truth.ranges)
    observations = once(sorted(moved_to_now(truth.observations, DAYS), key=lambda one: one.at))
    now = int(timezone.now().timestamp())
    size = len(observations) // 4 + 1
    for start in range(0, len(observations), size):
        listed = observations[start : start + size]
        for name in sorted({one.source for one in listed}):
            take_observations(source=name, observations=[one for one in listed if one.source == name], by="a test")
        match_devices(organisation=organisation, by="a test", now=now)
    compare(alone(organisation, observations, now), truth.known)
    followed = Task.objects.filter(state__in=("open", "taken", "done"))
    unknown = Device.objects.filter(state="unknown").exclude(zone__startswith="guest")
    assert {task.once for task in followed} >= {row.task_name for row in unknown}
    assert not followed.values("once").annotate(n=Count("pk")).filter(n__gt=1).exists()
    for task in followed:
        row = Device.objects.get(pk=task.about_key)
        assert row.state in ("unknown", "conflict"), "the task of what is known, or is no more, has ended"


def test_the_same_again_changes_nothing(db: None) -> None:
    truth = generate(machines=30, days=3, seed=7)
    organisation = stored(truth.known, truth.ranges)
    observations = moved_to_now(truth.observations, 3)
    now = int(timezone.now().timestamp())
    for _ in range(2):
        take_observations(source="all", observations=observations, by="a test")
        match_devices(organisation=organisation, by="a test", now=now)
        rows = list(Device.objects.order_by("pk").values())
        kept = (rows, Observation.objects.count(), Task.objects.count())
        if _ == 0:
            first = kept
    assert kept == first


def test_known_of_takes_one_form_and_leaves_out_what_is_none() -> None:
    asset = Asset(
        id="a", name="A", kind="pc", macs=("3C-52-82-00-00-01", "nonsense"), ips=("10.0.0.5", "x"), hosts=("NB-7.", "-"),
        zone="b", zones=("a",), make="HP", count=2,
    )  # fmt: skip
    assert known_of(asset) == Known(
        id="a",
        macs=("3c:52:82:00:00:01",),
        ips=("10.0.0.5",),
        hosts=("nb-7",),
        zones=("a", "b"),
        count=2,
        says=(("make", "HP"),),
    )
    assert settings.OBSERVATION_DAYS > DAYS
