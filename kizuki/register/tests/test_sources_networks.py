"""What networks tell of themselves, by samples: scans, leases, neighbours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kizuki.kit.faults import BadFile
from kizuki.register.engine import sources
from kizuki.register.engine.observation import Observation
from kizuki.register.engine.sources import says
from kizuki.register.tests.reading_samples import GIVEN, of, read, sightings, told


def test_nmap() -> None:
    reading = read("nmap.xml", seen_at=None)
    assert of(reading, "asset") == [
        {"name": "router.example.jp", "ips": ("192.0.2.1",), "macs": ("00:00:5e:00:53:01",), "make": "Example Networks",
         "hosts": ("router.example.jp",), "os": "Example router OS 12", "kind": "network-device"},
        {"name": "192.0.2.2", "ips": ("192.0.2.2",)},  # nmap is only 88 % sure of its system
    ]  # fmt: skip
    first, second = reading.observations
    assert first == Observation(
        source="nmap:nmap.xml", at=datetime.fromtimestamp(1764133260, UTC), mac="00:00:5e:00:53:01", ips=("192.0.2.1",),
        hosts=("router.example.jp",),
        says=(("make", "Example Networks"), ("os", "Example router OS 12"), ("os guess", "Example router OS 12 (97 %)"),
              ("device type", "broadband router"), ("tcp/22", "ssh OpenSSH 9.2p1")),
    )  # fmt: skip
    assert second.says[0] == ("os guess", "Microsoft Windows 10 1703 (88 %)")
    assert (reading.rows, reading.counts, reading.passed_over, reading.faults) == (3, "entry", (("host down", 1),), ())


def test_hosts_of_one_name_are_several_and_a_host_told_twice_is_one() -> None:
    host = '<host endtime="1764133260"><status state="up"/><address addr="%s"/>'
    host += '<hostnames><hostname name="%s"/></hostnames></host>'
    hosts = [("192.0.2.1", "www.example.jp"), ("192.0.2.2", "www.example.jp"), ("192.0.2.1", "www.example.jp")]
    reading = sources.read("nmap", "scan.xml", f"<nmaprun>{''.join(host % one for one in hosts)}</nmaprun>".encode())
    assert [asset["ips"] for asset in of(reading, "asset")] == [("192.0.2.1",), ("192.0.2.2",)]
    assert len(reading.observations) == 3


def test_dhcpd() -> None:
    reading = read("dhcpd.leases", seen_at=None)
    assert [(seen.mac, seen.ips, seen.hosts, seen.at.isoformat()) for seen in reading.observations] == [
        ("00:00:5e:00:53:0a", ("192.0.2.50",), ("pc-sales-01",), "2026-11-26T11:00:00+00:00"),  # the later of two
        ("02:00:5e:00:53:0b", ("192.0.2.51",), (), "2025-11-26T05:01:00+00:00"),
        ("00:00:5e:00:53:0c", ("192.0.2.53",), ("café",), "2026-11-26T06:00:00+00:00"),
        ("00:00:5e:00:53:0e", ("2001:db8::50",), (), "2026-11-26T07:00:00+00:00"),  # the MAC within the DUID
    ]
    assert told(reading) == [(43, says.NOT_TIME, "value")]
    assert (reading.rows, reading.counts, reading.passed_over) == (6, "line", (("abandoned", 1),))


def test_dnsmasq() -> None:
    reading = read("dnsmasq.leases")
    assert sightings(reading) == [
        ("00:00:5e:00:53:1a", ("192.0.2.70",), ("tablet-01",)),
        ("02:00:5e:00:53:1b", ("192.0.2.71",), ()),
        ("00:00:5e:00:53:1c", ("192.0.2.72",), ("printer",)),
        ("00:00:5e:00:53:1a", ("2001:db8::70",), ("tablet-01",)),
    ]
    assert {seen.at for seen in reading.observations} == {GIVEN}
    assert told(reading) == [(4, says.BAD_LINE, "row")]


def test_windows_dhcp() -> None:
    reading = read("windows-dhcp.csv", zone="office")
    assert sightings(reading) == [
        ("00:00:5e:00:53:2a", ("192.0.2.60",), ("pc-060.example.jp",)),
        ("00:00:5e:00:53:2b", ("192.0.2.61",), ("prt-3f",)),
    ]
    assert {seen.zone for seen in reading.observations} == {"office"}
    assert reading.passed_over == (("InactiveReservation", 1), ("remote access", 1))
    assert reading.rows == 4


def test_windows_dhcp_as_the_console_saves_it_in_japanese() -> None:
    raw = "クライアント IP アドレス\t名前\tリースの有効期限\t種類\t一意の ID\t説明\n"
    raw += "192.0.2.60\tPC-060.example.jp\t予約 (アクティブ)\tDHCP\t00005e00532a\t\n"
    assert sources.detect("list.txt", raw.encode("cp932")) == "windows-dhcp"
    reading = sources.read("windows-dhcp", "list.txt", raw.encode("cp932"), sources.Options(seen_at=GIVEN))
    assert sightings(reading) == [("00:00:5e:00:53:2a", ("192.0.2.60",), ("pc-060.example.jp",))]


@pytest.mark.parametrize(
    ("name", "expected", "passed"),
    [
        ("ip-neigh.txt", [("00:00:5e:00:53:01", ("192.0.2.1",), ()), ("00:00:5e:00:53:01", ("fe80::200:5eff:fe00:5301",), ()),
                          ("02:00:5e:00:53:44", ("192.0.2.10",), ())], {"FAILED": 1}),
        ("ip-neigh.json", [("00:00:5e:00:53:01", ("192.0.2.1",), ()), ("00:00:5e:00:53:01", ("2001:db8::1",), ())], {"FAILED": 1}),
        ("arp-linux.txt", [("00:00:5e:00:53:01", ("192.0.2.1",), ("gateway.example.jp",)), ("02:00:5e:00:53:44", ("192.0.2.10",), ())],
         {"<incomplete>": 1}),
        ("arp-macos.txt", [("00:00:5e:00:53:01", ("192.0.2.1",), ("router.example.jp",))], {"(incomplete)": 1, "no device": 1}),
        ("arp-windows.txt", [("00:00:5e:00:53:01", ("192.0.2.1",), ())], {"no device": 2}),
        ("show-ip-arp.txt", [("00:00:5e:00:53:fe", ("192.0.2.254",), ()), ("00:00:5e:00:53:1e", ("192.0.2.30",), ()),
                             ("00:00:5e:00:53:28", ("192.0.2.40",), ())], {"Incomplete": 1}),
    ],
)  # fmt: skip
def test_neighbours(name: str, expected: list[Any], passed: dict[str, int]) -> None:
    reading = read(name)
    assert sightings(reading) == expected
    assert dict(reading.passed_over) == passed
    assert reading.faults == ()


def test_the_age_of_a_neighbour_is_taken_off_the_time() -> None:
    assert [(GIVEN - seen.at).total_seconds() for seen in read("show-ip-arp.txt").observations] == [0, 900, 630]


BOMB = '<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "aaaaaaaaaa">%s]><nmaprun><host><status state="up"/>&j;</host></nmaprun>'


def test_an_entity_bomb_is_refused_in_one_line() -> None:
    bomb = BOMB % "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    for raw in (bomb, BOMB % '<!ENTITY j SYSTEM "file:///etc/passwd">'):
        with pytest.raises(BadFile, match="the XML declares entities"):
            sources.read("nmap", "scan.xml", raw.encode())
