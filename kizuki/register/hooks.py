"""What rooms above the register do after it has changed; they register here."""

from __future__ import annotations

from collections.abc import Callable, Collection

#: The ids of the measures that coverage may speak of; the measures room gives them.
measure_ids: Callable[[], Collection[str]] = tuple
after_change: list[Callable[[], None]] = []


def changed() -> None:
    """Called by every action, inside its transaction."""
    for call in after_change:
        call()
