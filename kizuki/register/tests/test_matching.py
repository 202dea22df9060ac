"""What is said of single devices and assets, one situation after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kizuki.register.engine.matching import Device, Known, Matching, Range, match
from kizuki.register.engine.matching.rules import host_kind, mac_kind, mac_within, serial_of
from kizuki.register.engine.observation import Observation

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PC = Known("PC", macs=("3c:52:82:00:00:01",), hosts=("pc-1",), zones=("office",))
SERVER = Known("SRV", ips=("10.1.0.5",), hosts=("srv",), zones=("server",))
RANGES = (
    Range("10.0.0.0/24", "office", use="leased"), Range("10.1.0.0/24", "server", use="fixed"), Range("10.2.0.0/24", "lab", use="leased"),
)  # fmt: skip


def seen(source: str = "arp:r", hours: float = 0, **what: object) -> Observation:
    given = {
        key: (value,) if key in ("ips", "hosts") and isinstance(value, str) else value for key, value in what.items()
    }
    return Observation(source, NOON + timedelta(hours=hours), **given)  # type: ignore[arg-type]


def only(found: Matching) -> Device:
    (device,) = found.devices
    return device


def words(device: Device) -> list[str]:
    return [reason.word for reason in device.reasons]


def test_known_by_its_hardware_address_and_name() -> None:
    device = only(match([PC], RANGES, [seen("dhcp:a", mac=PC.macs[0], ips="10.0.0.7", hosts="pc-1", zone="office")]))
    assert (device.status, device.asset, device.confidence, device.points) == ("known", "PC", "sure", 100)
    assert words(device) == ["mac", "name"]


def test_moved_is_known_in_a_zone_that_the_register_does_not_name() -> None:
    rows = [seen(mac=PC.macs[0], ips="10.0.0.7"), seen(hours=30, mac=PC.macs[0], ips="10.2.0.7")]
    device = only(match([PC], RANGES, rows))
    assert (device.status, device.zone) == ("moved", "lab")
    assert [(r.word, r.values) for r in device.differs] == [("other-zone", ("lab", "office"))]


def test_a_visit_that_is_over_is_not_moved() -> None:
    rows = [seen(mac=PC.macs[0], ips="10.2.0.7"), seen(hours=30, mac=PC.macs[0], ips="10.0.0.7")]
    assert only(match([PC], RANGES, rows)).status == "known"


def test_changed_says_what() -> None:
    known = Known("PC", macs=PC.macs, hosts=("pc-1",), zones=("office",), says=(("os", "Windows 11"), ("port", "22")))
    row = seen(mac=PC.macs[0], ips="10.0.0.7", hosts="pc-9", says=(("os", "Microsoft Windows 11 Pro"), ("port", "445")))
    device = only(match([known], RANGES, [row]))
    assert device.status == "changed"
    assert [(r.word, r.values) for r in device.differs] == [
        ("other-name", ("pc-9", "pc-1")), ("other-says", ("port", "445", "22")),
    ]  # fmt: skip


def test_unknown_tells_what_it_comes_near_to_and_why_it_is_not_that() -> None:
    known = Known("SRV", macs=("3c:52:82:00:00:09",), ips=("10.1.0.5",), zones=("server",))
    found = match([known], RANGES, [seen(mac="a4:83:e7:11:22:33", ips="10.1.0.5")])
    device = only(found)
    assert (device.status, device.near and device.near.asset) == ("unknown", "SRV")
    assert device.near is not None
    assert [r.word for r in device.near.reasons] == ["fixed-ip", "other-mac", "too-weak"]
    assert found.assets[0].status == "unclear"


def test_a_slip_of_the_pen_does_not_speak_against() -> None:
    known = Known("SRV", macs=("3c:52:82:00:00:19",), ips=("10.1.0.5",), zones=("server",))
    row = seen(mac="3c:52:82:00:00:09", ips="10.1.0.5")
    device = only(match([known], RANGES, [row]))
    assert (device.status, [r.word for r in device.differs]) == ("changed", ["other-mac"])
    other = Known("B", macs=("3c:52:82:00:00:09",))
    assert match([known, other], RANGES, [row]).devices[0].asset == "B"


def test_a_made_up_address_identifies_in_its_zone_only() -> None:
    known = Known("PHONE", macs=("da:00:00:00:00:01",), zones=("office",))
    device = only(match([known], RANGES, [seen(mac=known.macs[0], zone="office")]))
    assert (device.asset, device.confidence, words(device)) == ("PHONE", "possible", ["random-mac"])
    assert only(match([known], RANGES, [seen(mac=known.macs[0], zone="lab")])).status == "unknown"
    assert len(match([], RANGES, [seen(mac=known.macs[0], zone=zone) for zone in ("office", "lab")]).devices) == 2


def test_a_leased_address_belongs_to_its_holder_of_the_time() -> None:
    rows = [
        seen("dhcp:a", 0, mac=PC.macs[0], ips="10.0.0.7"), seen("dhcp:a", 9, mac="a4:83:e7:00:00:02", ips="10.0.0.7"),
        seen("flow", 1, ips="10.0.0.7"), seen("flow", 10, ips="10.0.0.7"),
    ]  # fmt: skip
    found = match([PC], RANGES, rows)
    assert [(d.asset, d.seen) for d in found.devices] == [("PC", 2), (None, 2)]


def test_two_leases_of_one_address_at_a_time_are_a_conflict() -> None:
    rows = [
        seen("dhcp:a", h, mac=mac, ips="10.0.0.7") for mac in (PC.macs[0], "a4:83:e7:00:00:02") for h in range(0, 30, 6)
    ]
    (conflict,) = match([PC], RANGES, rows).conflicts
    assert conflict.reason.word == "two-holders"
    assert conflict.reason.values[0] == "10.0.0.7"
    assert conflict.assets == ("PC",)
    assert len(conflict.devices) == 2


def test_address_of_one_asset_with_the_name_of_another_is_a_conflict() -> None:
    other = Known("B", hosts=("pc-2",))
    found = match([PC, other], RANGES, [seen(mac=PC.macs[0], hosts="pc-2")])
    assert (only(found).status, only(found).assets, words(only(found))[0]) == ("conflict", ("B", "PC"), "two-assets")
    assert {asset.status for asset in found.assets} == {"unclear"}


def test_a_dock_goes_from_laptop_to_laptop() -> None:
    dock = "00:1b:21:00:00:09"
    first, second = (Known(f"L{n}", hosts=(f"nb-{n}",)) for n in (1, 2))
    rows = [
        seen("dhcp:a", 0, mac=dock, hosts="nb-1"), seen("dhcp:a", 24, mac=dock, hosts="nb-2"), seen("arp:r", 25, mac=dock),
        seen("arp:r", 1, mac=dock),
    ]  # fmt: skip
    found = match([first, second], RANGES, rows)
    assert [(d.asset, d.seen, d.status) for d in found.devices] == [("L1", 2, "known"), ("L2", 2, "known")]


def test_a_renamed_machine_stays_one() -> None:
    rows = [seen("dhcp:a", 0, mac=PC.macs[0], hosts="pc-1"), seen("dhcp:a", 48, mac=PC.macs[0], hosts="pc-77")]
    device = only(match([PC], RANGES, rows))
    assert (device.asset, device.status, device.hosts) == ("PC", "changed", ("pc-1", "pc-77"))


def test_a_name_belongs_to_who_held_its_address_whenever_it_was_seen() -> None:
    mac = "3c:52:82:00:00:55"
    rows = [seen("dhcp:a", h, mac=mac, ips="10.0.0.7") for h in (0, 4, 8)]
    signed_in = [seen("ad", h, ips="10.0.0.7", hosts="pc-1.corp.example") for h in (1, 3, 7)]
    device = only(match([Known("PC", hosts=("pc-1",))], RANGES, [*rows, *signed_in]))
    assert (device.id, device.asset, device.seen) == (f"mac:{mac}", "PC", 6)
    assert len(match([], RANGES, [*rows, signed_in[0]]).devices) == 2, "once may be chance"


def test_a_clone_with_the_same_name_is_another_machine() -> None:
    vm = Known("VM", macs=("00:50:56:00:00:01",), hosts=("vm-1",), zones=("server",))
    rows = [
        seen(hours=h, mac=mac, ips=ip, hosts="vm-1")
        for mac, ip in ((vm.macs[0], "10.1.0.8"), ("00:50:56:00:00:02", "10.1.0.9")) for h in (0, 5, 10)
    ]  # fmt: skip
    assert [(d.asset, d.status) for d in match([vm], RANGES, rows).devices] == [("VM", "known"), (None, "unknown")]


def test_a_router_that_answers_for_many_is_not_all_of_them() -> None:
    mac = "3c:52:82:aa:aa:aa"
    router = Known("GW", macs=(mac,), ips=("10.1.0.1",), zones=("server",))
    rows = [seen(mac=mac, ips=f"10.1.0.{n}") for n in range(1, 13)]
    found = {d.ips[0]: d for d in match([router, SERVER], RANGES, rows).devices}
    assert found["10.1.0.1"].asset == "GW"
    assert found["10.1.0.5"].asset == "SRV"
    assert found["10.1.0.9"].status == "unknown"
    leased = [seen(mac=mac, ips=f"10.0.0.{n}") for n in range(1, 13)]
    device = only(match([], RANGES, leased))
    assert (device.status, words(device)) == ("conflict", ["relay-mac"])


def test_an_address_shared_by_routers_is_a_conflict() -> None:
    device = only(match([], RANGES, [seen(mac="00:00:5e:00:01:07", ips="10.1.0.1")]))
    assert (device.status, words(device)) == ("conflict", ["router-mac"])


def test_many_behind_one_address_stay_many() -> None:
    rows = [seen("edr", n / 10, serial=f"SER-{n}", hosts=f"nb-{n}", ips="10.0.0.9") for n in range(6)]
    found = match([], RANGES, [*rows, seen("flow", 0.2, ips="10.0.0.9")])
    assert len(found.devices) == 7
    assert [words(d) for d in found.devices if d.id.startswith("translated")] == [["translated-ip"]]


def test_two_assets_with_one_identifier_are_told() -> None:
    twin = Known("TWIN", macs=PC.macs)
    found = match([PC, twin], RANGES, [seen(mac=PC.macs[0])])
    assert found.conflicts[0].reason.values == ("mac", PC.macs[0], "PC", "TWIN")
    assert only(found).status == "conflict"
    assert only(match([PC, twin], RANGES, [seen(mac=PC.macs[0], hosts="pc-1")])).asset == "PC"


def test_a_row_for_several_machines_takes_as_many() -> None:
    row = Known("CAMS", macs=tuple(f"3c:52:82:00:01:0{n}" for n in range(3)), count=2)
    rows = [seen(mac=mac) for mac in row.macs]
    assert sorted(d.status for d in match([row], RANGES, rows).devices) == ["conflict", "known", "known"]
    assert len(match([Known("ONE", macs=row.macs)], RANGES, rows).devices) == 1


def test_gone_only_where_somebody_looked() -> None:
    rows = [seen(mac=PC.macs[0], ips="10.0.0.7"), seen("nmap:2", 24 * 20, ips="10.1.0.9")]
    status = {asset.id: asset.status for asset in match([PC, SERVER], RANGES, rows).assets}
    assert status == {"PC": "not looked for", "SRV": "gone"}
    rows.append(seen("arp:r", 24 * 20, mac="a4:83:e7:00:00:02", ips="10.0.0.8"))
    gone = match([PC, SERVER], RANGES, rows).assets[0]
    assert (gone.status, [r.word for r in gone.reasons]) == ("gone", ["last-seen", "seen-by"])


def test_a_dhcp_server_does_not_look_for_what_asks_nothing_of_it() -> None:
    rows = [seen("dhcp:s", mac="a4:83:e7:00:00:02", ips="10.1.0.77")]
    assert match([SERVER], RANGES, rows).assets[0].status == "not looked for"


def test_clouds_are_looked_for_by_those_who_list_their_ids() -> None:
    machine = Known("VM", cloud_ids=("arn:aws:ec2:i-1",))
    assert match([machine], (), [seen("aws", cloud_id="arn:aws:ec2:i-2")]).assets[0].status == "gone"
    assert match([machine], (), [seen("azure", cloud_id="/subscriptions/x")]).assets[0].status == "not looked for"


def test_nothing_gives_nothing() -> None:
    found = match([], [], [])
    assert (found.devices, found.assets, found.conflicts) == ((), (), ())


def test_an_asset_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        match([PC, PC], RANGES, [])


def test_many_names_in_dns_for_one_fixed_address_are_one_machine() -> None:
    rows = [seen("dns", n / 10, ips="10.1.0.5", hosts=f"www-{n}.example") for n in range(6)]
    server = Known("WEB", macs=("3c:52:82:00:00:77",), zones=("server",))
    device = only(match([server], RANGES, [*rows, seen(mac=server.macs[0], ips="10.1.0.5")]))
    assert (device.asset, len(device.hosts)) == ("WEB", 6)


def test_a_new_name_at_a_fixed_address_is_not_taken_for_the_old_machine() -> None:
    device = only(match([SERVER], RANGES, [seen("ad", ips="10.1.0.5", hosts="other")]))
    assert (device.status, device.near and device.near.asset) == ("unknown", "SRV")


def test_a_range_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="ten"):
        match([], [Range("ten", "office")], [])


@pytest.mark.parametrize(
    ("mac", "kind"),
    [
        ("3c:52:82:00:00:01", "universal"), ("00:50:56:00:00:01", "virtual"), ("52:54:00:00:00:01", "assigned"),
        ("da:00:00:00:00:01", "random"), ("00:00:5e:00:01:01", "router"), ("02:42:ac:11:00:02", "container"),
    ],
)  # fmt: skip
def test_kinds_of_hardware_addresses(mac: str, kind: str) -> None:
    assert mac_kind(mac) == kind


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("desktop-ab12cd3", "default"), ("iphone", "generic"), ("iphone-2", "generic"), ("ip-10-0-0-5", "generic"), ("pc-1", "chosen"),
        ("android-1f2e3d4c5b6a7988", "default"), ("npie426c6", "default"), ("fileserver", "chosen"), ("42", "generic"),
    ],
)  # fmt: skip
def test_kinds_of_names(label: str, kind: str) -> None:
    assert host_kind(label) == kind


def test_placeholders_are_no_serial_numbers() -> None:
    assert [serial_of(s) for s in ("To be filled by O.E.M.", "0000000", "N/A", "5CG1234XYZ")] == [
        None,
        None,
        None,
        "5cg1234xyz",
    ]


def test_the_hardware_address_within_an_ipv6_address() -> None:
    assert mac_within("2001:db8::3e52:82ff:fe00:1") == "3c:52:82:00:00:01"
    assert mac_within("2001:db8::1") is None
    assert mac_within("10.0.0.1") is None
    rows = [seen("ndp", ips="2001:db8::3e52:82ff:fe00:1"), seen(mac="3c:52:82:00:00:01", ips="10.0.0.7")]
    assert only(match([PC], RANGES, rows)).seen == 2
