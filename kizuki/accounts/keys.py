"""API keys: how one looks, and whose it is."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from kizuki.accounts.models import Key, Person

_SHAPE = re.compile(r"kzk_([0-9a-z]{8})_([0-9A-Za-z_-]{43})")
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
#: How exact "last used" is; a finer grain would turn every read into a write.
_GRAIN = timedelta(minutes=10)


def digest(secret: str) -> str:
    """SHA-256 in hexadecimal. The secret is random and long, so that a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fresh() -> tuple[str, str]:
    """A new (prefix, secret)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8)), secrets.token_urlsafe(32)


def written(prefix: str, secret: str) -> str:
    """The key as a program sends it."""
    return f"kzk_{prefix}_{secret}"


def key_of(request: Any) -> Key | None:
    """The usable key in the header "Authorization: Bearer …", or None. Notes that it was used."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    match = _SHAPE.fullmatch(value.strip())
    if scheme.lower() != "bearer" or match is None:
        return None
    prefix, secret = match.groups()
    now = timezone.now()
    key = Key.objects.usable(now).select_related("person").filter(prefix=prefix).first()
    if key is None or not hmac.compare_digest(key.digest, digest(secret)):
        return None
    # Not even to find that there is nothing to write, since that would wait for whoever writes.
    if key.last_used_at is None or key.last_used_at < now - _GRAIN:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _GRAIN)
        Key.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key


def person_of(request: Any) -> Person | None:
    """The person for whom the request's key acts, or None if there is no usable key."""
    key = key_of(request)
    return key.person if key else None
