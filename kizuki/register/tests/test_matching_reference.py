"""The engine says what the plain reference says, on small networks of every sort."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from kizuki.register.engine.matching import Known, Matching, Range, devices_of, match
from kizuki.register.engine.observation import Observation
from kizuki.register.tests.matching_reference import Reference
from kizuki.register.tests.network_sources import generate
from kizuki.register.tests.network_truth import DAY

START = datetime(2026, 11, 2, tzinfo=UTC)
MACS = (
    "3c:52:82:00:00:01", "3c:52:82:00:00:02", "3c:52:82:00:00:03", "00:50:56:00:00:01", "52:54:00:00:00:01",
    "da:00:00:00:00:01", "da:00:00:00:00:02", "00:00:5e:00:01:01", "02:42:ac:11:00:02",
)  # fmt: skip
HOSTS = (
    "pc-1",
    "pc-2",
    "pc-1.a.example",
    "www.a.example",
    "www.b.example",
    "desktop-ab12cd3",
    "iphone",
    "npi000001",
    "srv",
)
IPS = ("10.0.0.5", "10.0.0.6", "10.1.0.5", "10.1.0.6", "192.168.0.5", "203.0.113.9", "2001:db8::1", "fe80::1")
SERIALS = ("S-1001", "S-1002", "S-1003", "To be filled by O.E.M.")
CLOUDS = ("arn:aws:1", "arn:aws:2", "/subscriptions/1")
ZONES = ("office", "server", "guest", "lab")
SOURCES = ("dhcp:a", "arp:r1", "nmap:1", "edr", "ad", "aws")
RANGES = [
    Range("10.0.0.0/24", "office"), Range("10.1.0.0/24", "server", use="fixed"), Range("192.168.0.0/24", "guest", use="leased"),
    Range("192.168.0.0/24", "lab", use="fixed"), Range("10.0.0.0/8", "lab"), Range("2001:db8::/64", "office", use="fixed"),
]  # fmt: skip


def jumble(seed: int) -> tuple[list[Known], list[Observation]]:
    """Few identifiers thrown together at random, so that everything contradicts everything."""
    rng = random.Random(seed)

    def some(values: tuple[str, ...], most: int, share: float) -> tuple[str, ...]:
        return tuple(rng.sample(values, rng.randint(1, most))) if rng.random() < share else ()

    known = [
        Known(
            f"a{n}", some(MACS, 2, 0.5), some(IPS, 1, 0.4), some(HOSTS, 2, 0.5), some(SERIALS, 2, 0.3), some(CLOUDS, 1, 0.2),
            some(ZONES, 2, 0.8), None, rng.choice((1, 1, 1, 2)),
        )
        for n in range(rng.randint(0, 6))
    ]  # fmt: skip
    spread = rng.choice((2, 20, 60)) * 3600

    def one() -> Observation:
        return Observation(
            rng.choice(SOURCES), START + timedelta(seconds=rng.randrange(spread)), next(iter(some(MACS, 1, 0.6)), None),
            some(IPS, 2, 0.8), some(HOSTS, 1, 0.5), next(iter(some(SERIALS, 1, 0.2)), None),
            next(iter(some(CLOUDS, 1, 0.1)), None), next(iter(some(ZONES, 1, 0.6)), None),
        )  # fmt: skip

    made = [one() for _ in range(rng.randint(1, 40))]
    if rng.random() < 0.2:  # a router that answers for many
        net, zone = rng.choice((("10.0.0", "office"), ("10.1.0", "server")))
        made += [replace(one(), mac=MACS[1], ips=(f"{net}.{n}",), zone=zone) for n in range(1, 13)]
    if rng.random() < 0.2:  # many behind one address
        made += [replace(one(), mac=None, ips=(IPS[2],), hosts=(f"pc-{n}",)) for n in range(8)]
    return known, made


def told(found: Matching, observations: list[Observation]) -> tuple[object, ...]:
    numbers = devices_of(found, observations)
    groups: dict[int, list[int]] = {}
    for n, number in enumerate(numbers):
        groups.setdefault(number, []).append(n)
    devices = {
        (
            tuple(groups[n]),
            d.status if d.status not in ("known", "changed") else "here",
            d.asset,
            d.points if d.asset else 0,
        )
        for n, d in enumerate(found.devices)
    }
    return devices, {asset.id: asset.status for asset in found.assets}


def retold(reference: Reference) -> tuple[object, ...]:
    groups: dict[int, list[int]] = {}
    for n, number in enumerate(reference.label):
        groups.setdefault(number, []).append(n)
    devices = {
        (tuple(groups[n]), t.state(), t.asset.id if t.asset else None, t.points if t.asset else 0)
        for n, t in enumerate(reference.things)
    }
    return devices, reference.status


def compare(known: list[Known], ranges: list[Range], observations: list[Observation]) -> None:
    found = match(known, ranges, observations, absent_after=DAY)
    assert told(found, observations) == retold(Reference(known, ranges, observations, DAY))


@pytest.mark.parametrize("block", range(6))
def test_jumbled_identifiers(block: int) -> None:
    for seed in range(block * 60, block * 60 + 60):
        known, observations = jumble(seed)
        compare(known, RANGES, observations)


@pytest.mark.parametrize("seed", range(6))
def test_small_networks(seed: int) -> None:
    truth = generate(24, 3, seed, density=(1.0, 0.5)[seed % 2])
    compare(truth.known, truth.ranges, truth.observations)
