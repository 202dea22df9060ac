"""A chain of links: each carries the hash of the one before, so that a changed, lost or inserted link shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

#: What the first link names as the hash before it.
START = "0" * 64
_VERSION = "kizuki journal 1"


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as the chain sees it. `data` is canonical JSON text, kept byte for byte."""

    seq: int
    at: datetime
    actor_id: str
    actor_name: str
    room: str
    verb: str
    object_type: str
    object_id: str
    object_label: str
    data: str
    previous: str
    hash: str = ""


class Reason(StrEnum):
    """Why a chain is broken at a place."""

    GAP = "gap"
    PREVIOUS = "previous"
    HASH = "hash"
    SHORT = "short"
    ANCHOR = "anchor"
    REVISIONS = "revisions"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where the chain does not hold."""

    seq: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how many links hold, the last of them with its hash, and the first fault if any."""

    count: int
    seq: int
    hash: str
    fault: Fault | None = None

    @property
    def whole(self) -> bool:
        return self.fault is None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place written down earlier, outside the database; it shows when the end was cut off or rewritten."""

    seq: int
    hash: str


def clean(text: str) -> str:
    """Text that every database stores unchanged: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def canonical(data: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces; what JSON does not know (dates, decimals, lazy text) becomes its string."""
    return clean(json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str))


def digest(link: Link) -> str:
    """SHA-256 over everything in the link but its own hash, in hexadecimal."""
    moment = link.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [
        _VERSION, link.seq, moment, link.actor_id, link.actor_name, link.room, link.verb,
        link.object_type, link.object_id, link.object_label, link.data, link.previous,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def verify(links: Iterable[Link], anchor: Anchor | None = None) -> Verdict:
    """Walk `links` in order and name the first that does not fit; with `anchor`, also check that place."""
    count, previous, met = 0, START, anchor is None
    for link in links:
        expected = count + 1
        if fault := _fault(link, expected, previous):
            return Verdict(count, count, previous, fault)
        if anchor is not None and link.seq == anchor.seq:
            if link.hash != anchor.hash:
                return Verdict(count, count, previous, Fault(link.seq, Reason.ANCHOR))
            met = True
        count, previous = expected, link.hash
    fault = None if met else Fault(count + 1, Reason.SHORT)
    return Verdict(count, count, previous, fault)


def _fault(link: Link, expected: int, previous: str) -> Fault | None:
    if link.seq != expected:
        return Fault(expected, Reason.GAP)
    if link.previous != previous:
        return Fault(link.seq, Reason.PREVIOUS)
    if link.hash != digest(link):
        return Fault(link.seq, Reason.HASH)
    return None
