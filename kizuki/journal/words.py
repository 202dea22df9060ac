"""The words for rooms and acts. Each room tells its own when it starts; an act without a word shows its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_rooms: dict[str, Any] = {}
_verbs: dict[tuple[str, str], Any] = {}


def describe(room: str, name: Any, verbs: Mapping[str, Any]) -> None:
    """Give the words of a room: its name, and for each verb what it did, as lazy text. Call it in `AppConfig.ready`."""
    _rooms[room] = name
    _verbs.update({(room, verb): words for verb, words in verbs.items()})


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


describe("journal", _("Journal"), {"verify": _("verified the journal")})
