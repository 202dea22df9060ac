"""Matching through the tables: states, units, tasks that come and go by themselves, things that turn out to be one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kizuki.devices.actions import match_devices
from kizuki.devices.actions.following import DAYS
from kizuki.devices.choices import State
from kizuki.devices.engine.carry import carry
from kizuki.devices.models import Device, Part, Trace, Watch
from kizuki.devices.tests.conftest import LAPTOP, PRINTER, STRANGER, matched, seen, take
from kizuki.journal.models import Entry
from kizuki.kit.text import Text
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Organisation
from kizuki.tasks.models import Task


def change(organisation: Organisation, part: str, key: str, /, **values: object) -> None:
    from kizuki.register.models import TABLES

    row = TABLES[part].objects.get(key=key)  # type: ignore[index]
    apply(organisation=organisation, edits=[Edit(part, key, {**row.document, **values})], by="a test")  # type: ignore[arg-type]


def test_each_device_has_its_state(office: Organisation) -> None:
    take(seen(PRINTER), seen(STRANGER, hosts=("cam-1",)))
    take(seen(LAPTOP, ip="10.9.0.1"), source="arp:r2", zone="dmz")
    found = matched(office)
    assert {mac: (row.state, row.asset, row.unit) for mac, row in found.items()} == {
        PRINTER: ("known", "printer", "sales"), LAPTOP: ("moved", "laptop", "shop"), STRANGER: ("unknown", "", "sales"),
    }  # fmt: skip
    watch = Watch.objects.get()
    assert (watch.register, watch.since, watch.assets["seen"]) == (office.digest, None, 2)
    told = Entry.objects.filter(room="devices").order_by("-seq")[0].details["devices"]
    assert told == {"known": 1, "moved": 1, "unknown": 1, "gone": 1}, "the web server is looked for where the laptop is"


def test_an_unknown_one_becomes_one_task_of_the_neighbours_owner(office: Organisation) -> None:
    take(seen(PRINTER), seen(STRANGER, hosts=("cam-1",)))
    row = matched(office)[STRANGER]
    task = Task.objects.get()
    assert (task.unit, task.owner, task.origin) == ("sales", "ken", "device")
    assert (task.about_kind, task.about_key, task.due) == (
        "device",
        str(row.pk),
        timezone.localdate() + timedelta(days=DAYS),
    )
    assert task.title == Text(ja="不明な機器 cam-1（LAN）が何かを調べる", en="Find out what cam-1 in LAN is")
    take(seen(STRANGER, ip="10.1.0.77", hours=0.5))
    matched(office)
    assert Task.objects.count() == 1


def test_the_unit_of_the_zone_goes_before_the_neighbours(office: Organisation) -> None:
    change(office, "zone", "lan", unit="it")
    take(seen(PRINTER), seen(STRANGER))
    assert matched(office)[STRANGER].unit == "it"
    assert (Task.objects.get().unit, Task.objects.get().owner) == ("it", "")


def test_without_zone_and_neighbours_it_is_nobodys(office: Organisation) -> None:
    take(seen(STRANGER, ip="192.0.2.1"), zone="")
    assert matched(office)[STRANGER].unit == ""
    assert (Task.objects.get().unit, Task.objects.get().owner) == ("", "")


def test_guests_are_shown_and_nobody_has_to_look_for_them(office: Organisation) -> None:
    change(office, "zone", "lan", kind="guest")
    take(seen(STRANGER))
    assert matched(office)[STRANGER].state == "unknown"
    assert not Task.objects.exists()


def test_the_task_ends_by_itself_when_the_device_becomes_known(office: Organisation) -> None:
    take(seen(STRANGER))
    matched(office)
    change(office, "asset", "pos", macs=[STRANGER])
    assert matched(office)[STRANGER].asset == "pos"
    task = Task.objects.get()
    assert (task.state, task.verified_by, task.verified_name) == ("verified", None, "Kizuki")
    assert task.result == Text(ja="資産「Till」と分かりました。", en="It is the asset “Till”.")
    change(office, "asset", "pos", macs=[])
    assert matched(office)[STRANGER].state == "unknown"
    assert Task.objects.filter(state="open").count() == 1


def test_a_thing_known_by_something_better_keeps_its_row_and_its_task(office: Organisation) -> None:
    take(seen(STRANGER, hosts=("cam-1",), hours=30))
    row = matched(office)[STRANGER]
    task = Task.objects.get()
    take(seen(STRANGER, hosts=("cam-1",), hours=2, serial="SN-4711"))
    again = matched(office)[STRANGER]
    assert (again.pk, again.key, row.key) == (row.pk, "serial:sn-4711", f"mac:{STRANGER}")
    assert list(Task.objects.all()) == [task]


def test_two_things_that_are_one_end_with_one_row_and_one_task(office: Organisation) -> None:
    take(seen(None, ip="10.1.0.9", hosts=("cam-1",), hours=30), seen(STRANGER, ip="10.1.0.8", hours=30))
    assert len(matched(office)) == 2
    assert Task.objects.filter(state="open").count() == 2
    take(seen(STRANGER, ip="10.1.0.9", hosts=("cam-1",), hours=2))
    found = matched(office)
    assert len(found) == 1
    assert Task.objects.filter(state="open").count() == 1
    dropped = Task.objects.get(state="dropped")
    assert dropped.result is not None
    assert "same device" in (dropped.result.en or "")


def test_what_somebody_looked_for_in_vain_is_gone(office: Organisation) -> None:
    take(seen(LAPTOP, hours=24 * 40), seen(PRINTER))
    change(office, "asset", "pos", macs=["3c:52:82:00:00:09"])
    found = matched(office)
    assert (found[LAPTOP].state, found[LAPTOP].asset) == ("gone", "laptop")
    never = Device.objects.get(asset="pos")
    assert (never.key, never.state, never.seen, never.last_at) == ("asset:pos", "gone", 0, None)
    assert never.reasons[0][0] == "never-seen"
    change(office, "asset", "pos", lifecycle="retired")
    change(office, "asset", "laptop", lifecycle="planned")
    assert matched(office)[LAPTOP].state == "known"
    assert not Device.objects.filter(asset="pos").exists()


def test_an_address_of_several_stands_with_each(office: Organisation) -> None:
    """A bare address that two things held after one another belongs to each of them in its time."""
    take(seen(PRINTER, ip="10.1.0.5", hours=30), seen(LAPTOP, ip="10.1.0.5", hours=2), source="dhcp:d")
    take(*(seen(None, ip="10.1.0.5", hours=at) for at in (30, 2)), source="flow:f")
    found = matched(office)
    bare = Trace.objects.get(mac="")
    assert bare.device is None
    assert {part.device_id: part.stays for part in Part.objects.all()} == {
        found[PRINTER].pk: [0],
        found[LAPTOP].pk: [1],
    }


def test_the_version_rises_with_news_only(office: Organisation) -> None:
    take(seen(STRANGER, hours=3))
    first = matched(office)[STRANGER]
    take(seen(STRANGER, hours=1))
    second = matched(office)[STRANGER]
    assert (second.version, second.last > first.last) == (first.version, True)
    change(office, "asset", "pos", macs=[STRANGER])
    assert matched(office)[STRANGER].version == first.version + 1


def test_two_matchings_do_not_run_at_once(office: Organisation) -> None:
    take(seen(PRINTER))
    Watch.objects.update(since=timezone.now())
    assert match_devices(organisation=office, by="a test") is None
    Watch.objects.update(since=timezone.now() - timedelta(hours=3))
    assert match_devices(organisation=office, by="a test") == {"known": 1, "gone": 1}


def test_a_matching_that_broke_off_can_be_done_again(office: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    from kizuki.devices.actions import matching

    def breaks(*_: object) -> None:
        raise RuntimeError

    take(seen(PRINTER), seen(STRANGER))
    with monkeypatch.context() as patch:
        patch.setattr(matching, "follow", breaks)
        with pytest.raises(RuntimeError):
            match_devices(organisation=office, by="a test")
    assert Watch.objects.get().since is None
    assert (matched(office)[STRANGER].state, Task.objects.count()) == ("unknown", 1)


def test_every_state_of_the_engine_has_a_word() -> None:
    from typing import get_args

    from kizuki.devices.engine.overlay import Word

    assert set(get_args(Word)) == set(State.values)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    some.dictionaries(some.sampled_from("abcdefgh"), some.integers(1, 50), max_size=8),
    some.sets(some.sampled_from("abcdefgh")),
    some.lists(some.tuples(some.integers(1, 50), some.sampled_from("abcdefgh")), max_size=40),
)
def test_carried_rows_never_share_a_key(before: dict[str, int], keys: set[str], votes: list[tuple[int, str]]) -> None:
    before = {key: row for key, row in before.items() if list(before.values()).count(row) == 1}
    votes = [(row, key) for row, key in votes if key in keys]
    done = carry(before, keys, votes)
    gone = {row for key, row in before.items() if key not in keys}
    assert {*done.renamed, *done.merged, *done.lost} == gone
    assert len(done.renamed) + len(done.merged) + len(done.lost) == len(gone)
    assert len(set(done.renamed.values())) == len(done.renamed)
    assert set(done.renamed.values()) <= keys - before.keys()
    heirs = set(done.renamed.values()) | (keys & before.keys())
    assert set(done.merged.values()) <= heirs
