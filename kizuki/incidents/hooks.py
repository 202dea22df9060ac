"""What other parts do when something was entered; they register here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Called inside the transaction with each entry that a person wrote.
after_entry: list[Callable[[Any], None]] = []
#: Called inside the transaction with (incident, type of event, data without texts): search, webhooks.
after_event: list[Callable[[Any, str, dict[str, Any]], None]] = []


def entered(entry: Any) -> None:
    for call in after_entry:
        call(entry)
    happened(entry.incident, "entry.added", {"entry": entry.seq})


def happened(incident: Any, event: str, data: dict[str, Any]) -> None:
    for call in after_event:
        call(incident, event, data)
