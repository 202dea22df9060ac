"""Pages of the accounts room: one's own account, the way in, and the people."""

from __future__ import annotations

from kizuki.accounts.views.entrance import first_link, first_password
from kizuki.accounts.views.me import make_key, me, revoke_key
from kizuki.accounts.views.people import (
    activate,
    change_role,
    deactivate,
    invite,
    make_first_link,
    people,
    person,
)

__all__ = [
    "activate", "change_role", "deactivate", "first_link", "first_password", "invite", "make_first_link", "make_key",
    "me", "people", "person", "revoke_key",
]  # fmt: skip
