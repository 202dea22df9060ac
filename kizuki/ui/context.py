"""What every page knows: the rooms a person may enter and the one they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse


class Room(NamedTuple):
    """One entry of the masthead. `view`: name of its first page. `may`: who sees it (None: everyone who has signed in)."""

    view: str
    name: Any
    namespace: str
    order: int
    may: Callable[[Any], bool] | None = None


class Way(NamedTuple):
    """A link from a page of one room to one of a room above it."""

    address: str
    name: Any


#: The rooms of the masthead by their `order`; each app adds its own in `AppConfig.ready`.
ROOMS: list[Room] = []


def add_room(room: Room) -> None:
    ROOMS.append(room)
    ROOMS.sort(key=lambda known: known.order)


def page(request: HttpRequest) -> dict[str, Any]:
    """Template context: `rooms` as (address, name, current). A page that is a room's first one belongs to that room alone."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"rooms": []}
    match = request.resolver_match
    here = (match.namespace or "").split(":")[0] if match else ""
    view = match.view_name if match else ""
    first = any(room.view == view for room in ROOMS)
    return {
        "rooms": [
            {
                "address": reverse(room.view),
                "name": room.name,
                "current": room.view == view if first else room.namespace == here,
            }
            for room in ROOMS
            if room.may is None or room.may(user)
        ]
    }
