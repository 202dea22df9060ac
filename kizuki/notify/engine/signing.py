"""Signatures of messages, by the specification Standard Webhooks 1.0 (standardwebhooks.com), for which most languages have a library.

A secret is written `whsec_` and 32 random bytes in Base64. Signed is `id.timestamp.body`, with HMAC-SHA256.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Final

PREFIX: Final = "whsec_"
#: A message whose clock is off by more than so many seconds is not taken: it may be an old one, sent again by somebody else.
TOLERANCE: Final = 5 * 60


def fresh_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def signature(secret: str, event: str, timestamp: int, body: bytes) -> str:
    """One signature: `v1,` and Base64. ValueError where the secret is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:  # also what Base64 says of wrong padding
        raise ValueError("not a secret") from None
    signed = f"{event}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


def headers(secrets_: Iterable[str], event: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What goes with a message: its id, the time of sending (seconds since 1970), and one signature for each secret that is valid."""
    return {
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, event, timestamp, body) for one in secrets_),
    }


def genuine(secret: str, sent: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a message is from whoever knows the secret, and fresh: what a receiver checks."""
    event, stamp = sent.get("webhook-id", ""), sent.get("webhook-timestamp", "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp) or abs(now - int(stamp)) > TOLERANCE:
        return False
    expected = signature(secret, event, int(stamp), body)
    return any(
        hmac.compare_digest(one.encode(), expected.encode()) for one in sent.get("webhook-signature", "").split(" ")
    )
