"""Secrets at rest: unreadable in a copy of the database without the site's key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Unreadable(ValueError):
    """The secret was sealed under another key of the site."""


def seal(text: str) -> str:
    return _cipher().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The text. Raises Unreadable."""
    try:
        return _cipher().decrypt(sealed.encode("ascii")).decode()
    except InvalidToken:
        raise Unreadable from None


def _cipher() -> Fernet:
    """A cipher from the site's key; the text keeps this use apart from all others of that key."""
    material = hashlib.sha256(b"kizuki webhooks\x00" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(material))
