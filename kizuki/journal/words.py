"""The words for rooms and acts. Each room tells its own when it starts; an act without a word shows its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_rooms: dict[str, Any] = {}
_verbs: dict[tuple[str, str], Any] = {}
_details: dict[str, Any] = {}
_values: dict[tuple[str, str], Any] = {}


def describe(room: str, name: Any, verbs: Mapping[str, Any]) -> None:
    """Give the words of a room: its name, and for each verb what it did, as lazy text. Call it in `AppConfig.ready`."""
    _rooms[room] = name
    _verbs.update({(room, verb): words for verb, words in verbs.items()})


def describe_details(names: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Give the words of what the entries of a room hold beside the act: the name of each key, and where its value is a word of
    the program (such as a role) the name of that. A key that several rooms use has one name."""
    _details.update(names)
    for key, words in (values or {}).items():
        _values.update({(key, value): name for value, name in words.items()})


def detail_name(key: str) -> str | None:
    """What a key of an entry's details is called; None where no room says."""
    name = _details.get(key)
    return None if name is None else str(name)


def detail_value(key: str, value: Any) -> str:
    """A value as a reader takes it: words for roles and the like, lists joined, the parts of a mapping with their names."""
    if isinstance(value, bool) or value is None:
        return str(_TOLD[value])
    if isinstance(value, list):
        return str(_(", ")).join(detail_value(key, one) for one in value) if value else "–"
    if isinstance(value, dict):
        parts = (f"{detail_name(name) or name}: {detail_value(name, one)}" for name, one in value.items())
        return "; ".join(parts) or "–"
    return str(_values.get((key, value), value)) if isinstance(value, str) else str(value)


def room_name(room: str) -> str:
    return str(_rooms.get(room, room))


def act(room: str, verb: str) -> str:
    """What was done, in the reader's language."""
    return str(_verbs.get((room, verb), verb))


def rooms() -> list[tuple[str, str]]:
    """Rooms for a choice: (id, name)."""
    return [(room, str(name)) for room, name in _rooms.items()]


def verbs() -> list[tuple[str, str]]:
    """Acts for a choice: ("room.verb", words), grouped by room."""
    return [(f"{room}.{verb}", f"{room_name(room)} – {words}") for (room, verb), words in _verbs.items()]


_TOLD = {True: _("yes"), False: _("no"), None: "–"}

describe_details(
    {
        "about": _("About it"),
        "added": _("What was added"),
        "address": _("From where"),
        "after": _("After the change"),
        "assets": _("Assets"),
        "batch_undoing": _("What is being undone"),
        "batch_undone": _("What was undone"),
        "before": _("Before the change"),
        "changed": _("What was changed"),
        "complete": _("Stated completely"),
        "created": _("How many were added"),
        "digest": _("Hash"),
        "entries": _("Entries"),
        "evidence": _("Evidence"),
        "field": _("Field"),
        "hash": _("Hash"),
        "key": _("Id"),
        "loaded": _("What was loaded"),
        "measure": _("Measure"),
        "kind": _("Kind"),
        "name": _("Name"),
        "part": _("Part"),
        "reason": _("Reason"),
        "result": _("Result"),
        "state": _("State"),
        "unit": _("Unit"),
        "query": _("Search and filters"),
        "removed": _("What was taken out"),
        "revisions": _("How many revisions go with it"),
        "revisions_hash": _("Hash of the revisions"),
        "same": _("How many stayed as they were"),
        "task": _("Task"),
        "until": _("Valid until"),
        "value": _("Value"),
    }
)
describe("journal", _("Journal"), {"verify": _("verified the journal")})
