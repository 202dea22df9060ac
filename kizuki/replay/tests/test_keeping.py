"""The map is made ready after a change, once, when the register stands still; what goes wrong does not end the thread."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import pytest
from django.db import OperationalError

from kizuki.register import actions
from kizuki.register.actions import Edit
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.models import Organisation
from kizuki.register.tests.conftest import SMALL
from kizuki.replay import keeping, map


@pytest.fixture
def small(db: None) -> Organisation:
    return actions.store_organisation(document=msgspec.convert(SMALL, Document), by="a test", home=True)


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The states for which the map was made ready."""
    told: list[str] = []
    real = map.warm

    def noted(organisation: Organisation) -> None:
        told.append(organisation.digest)
        real(organisation)

    monkeypatch.setattr(keeping, "warm", noted)
    return told


def change(small: Organisation, text: str) -> str:
    document = {"id": "new", "name": "New", "kind": "pc", "notes": text}
    actions.apply(organisation=small, edits=[Edit("asset", "new", document)], by="a test")
    small.refresh_from_db()
    return small.digest


def test_it_follows_each_change_once_the_register_stands_still(small: Organisation, warmed: list[str]) -> None:
    keeper = keeping.Keeper()
    assert [keeper.look() for _ in range(4)] == [False, True, False, False]
    first = small.digest
    change(small, "one")
    assert keeper.look() is False
    second = change(small, "two")
    assert [keeper.look() for _ in range(3)] == [False, True, False]
    assert warmed == [first, second]


def test_afterwards_the_page_works_nothing_out(
    small: Organisation, warmed: list[str], signed_in: Any, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = keeping.Keeper()
    change(small, "three")
    keeper.look()
    assert keeper.look()

    def never(*_args: Any, **_named: Any) -> Any:
        raise AssertionError("worked out again")

    for place in (
        "kizuki.replay.past.compile_register",
        "kizuki.replay.against.contradictions",
        "kizuki.replay.engine.heat.passing",
    ):
        monkeypatch.setattr(place, never)
    assert signed_in(cast.manager).get("/replay/map").status_code == 200


def test_without_an_organisation_there_is_nothing_to_do(db: None, warmed: list[str]) -> None:
    keeper = keeping.Keeper()
    assert [keeper.look(), keeper.look(), warmed] == [False, False, []]


@pytest.mark.parametrize("error", [OperationalError("away"), ValueError("odd")])
def test_what_goes_wrong_does_not_end_the_thread(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, looks = threading.Event(), list[int]()
    waits: list[float] = []

    def look(_keeper: keeping.Keeper) -> bool:
        looks.append(1)
        if len(looks) == 1:
            raise error
        return False

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) > 2

    monkeypatch.setattr(keeping.Keeper, "look", look)
    monkeypatch.setattr(stop, "wait", wait)
    for name in ("close_old_connections", "connection"):
        monkeypatch.setattr(
            keeping, name, type("Nothing", (), {"__call__": lambda _self: None, "close": lambda _self: None})()
        )
    keeping.run(stop=stop, poll=0.1)
    assert len(looks) == 2
    assert waits[0] == 0.1
