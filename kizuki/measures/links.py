"""The links by which units answer: signed, so that a made-up one is refused without a look into the database; kept only as a hash;
counted, so that nobody can try many."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Final

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from kizuki.measures.models import Part

_SIGNER: Final = signing.Signer(salt="kizuki.measures.answer", sep=".")
#: Answers a link takes, and wrong links an address may try, within ten minutes.
WINDOW: Final = 600
MOST_SAVED: Final = 300
MOST_WRONG: Final = 60
#: Bytes of evidence that one link may bring in all.
MOST_FILES: Final = 100


def fresh() -> tuple[str, str]:
    """A new token and its digest. The token is shown once and kept nowhere."""
    token = _SIGNER.sign(secrets.token_urlsafe(32))
    return token, digest(token)


def digest(token: str) -> str:
    """SHA-256 in hexadecimal. The token is random and long, so that a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def part_of(token: str) -> Part | None:
    """The part whose open link has this token."""
    try:
        _SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    part = Part.objects.select_related("round").filter(digest=digest(token)).first()
    return part if part is not None and part.open_at(timezone.now()) else None


def too_many_wrong(request: HttpRequest, *, now_wrong: bool) -> bool:
    """Whether this address has tried too many links that lead nowhere; `now_wrong` counts one more."""
    return _over(f"wrong:{request.META.get('REMOTE_ADDR', '')}", MOST_WRONG, add=now_wrong)


def too_many_saved(part: Part) -> bool:
    """Whether this link has saved too often; counts one more."""
    return _over(f"saved:{part.digest}", MOST_SAVED, add=True)


def _over(what: str, most: int, *, add: bool) -> bool:
    # Windows are fixed, so that one count a window is kept. Two at once may be counted as one; the limit is not exact.
    key = f"measures-link:{hashlib.sha256(what.encode()).hexdigest()}:{int(time.time()) // WINDOW}"
    count: int = cache.get(key, 0)
    if add:
        cache.set(key, count := count + 1, WINDOW * 2)
    return count > most
