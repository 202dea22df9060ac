"""Pages that need no account, because their address holds a secret: each room names its own when it starts."""

from __future__ import annotations

from django.urls import reverse

#: Names of routes whose first argument is a token; everything below that address is open too, and checks the token itself.
OPEN: list[str] = []


def open_to_all(route: str) -> None:
    OPEN.append(route)


def prefixes() -> tuple[str, ...]:
    """What the addresses of these pages begin with."""
    return tuple(reverse(route, args=["-"]).rpartition("-/")[0] for route in OPEN)
