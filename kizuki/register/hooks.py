"""What rooms above the register do after it has changed; they register here."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from kizuki.ui.context import Way

#: The ids of the measures that coverage may speak of; the measures room gives them.
measure_ids: Callable[[], Collection[str]] = tuple
#: The page of a record that another room shows, by kind.
addresses: dict[str, Callable[[Any], str]] = {}
after_change: list[Callable[[], None]] = []
#: What rooms above show on the page of an asset: called with the person and the asset's row, each gives HTML or None.
asset_panels: list[Callable[[Any, Any], str | None]] = []

#: What rooms above offer on the page of the register and on each of its lists, for a person.
ways: list[Callable[[Any], Way | None]] = []
#: What rooms above offer on the page of one record, for a person and the record's row.
record_ways: list[Callable[[Any, Any], Way | None]] = []


def ways_for(person: Any) -> list[Way]:
    return [way for offer in ways if (way := offer(person))]


def ways_from(person: Any, row: Any) -> list[Way]:
    return [way for offer in record_ways if (way := offer(person, row))]


def changed() -> None:
    """Called by every action, inside its transaction."""
    for call in after_change:
        call()
