"""Long writes leave room for others, and take as many rows at once as fit into the time."""

from __future__ import annotations

import time

import pytest

from kizuki.jobs import pace


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test moves on."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setitem(pace.HOLD, "sqlite", 0.1)
    monkeypatch.setitem(pace.HOLD, "postgresql", 0.1)
    return now


def test_the_size_follows_the_time_that_the_portion_before_took(clock: list[float]) -> None:
    one = pace.Pace(100, least=10, most=500)
    sizes = []
    for seconds in (0.05, 0.2, 0.01, 0.01, 0.01, 5.0, 5.0):
        one.begin()
        clock[0] += seconds
        one.end()
        sizes.append(one.size)
    assert sizes == [200, 100, 200, 400, 500, 10, 10]


def test_resting_takes_the_time_that_the_database_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setitem(pace.PAUSE, "sqlite", 0.055)
    monkeypatch.setitem(pace.PAUSE, "postgresql", 0.055)
    pace.rest()
    assert slept == [0.055]
