"""What rooms above the register do after it has changed; they register here."""

from __future__ import annotations

from collections.abc import Callable

after_change: list[Callable[[], None]] = []


def changed() -> None:
    """Called by every action, inside its transaction."""
    for call in after_change:
        call()
