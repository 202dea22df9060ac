"""Self-checks `kizuki/self-checks/1`, and figures of peers `kizuki/peers/1`: frames that are filled in, never questions of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from kizuki.kit import document
from kizuki.kit.document import BadFile, Fault, Lines
from kizuki.kit.text import Name

# `(?!\n)` because `$` alone would let a line end pass.
Word: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,59}(?!\n)$",
        description="a word of small letters, digits and hyphens, at most 60",
    ),
]
Version: TypeAlias = Annotated[
    str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,19}(?!\n)$", description="a version such as 2 or 2.0")
]
Value: TypeAlias = float
EVERYONE = "all"


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the parts: frozen, strict about unknown keys, quiet about defaults."""


class Scale(Struct, frozen=True):
    """The least and the most that a section can score."""

    min: Value
    max: Value


class Section(Struct, frozen=True):
    id: Word
    name: Name


class Check(Struct, frozen=True):
    """A published self-check: who publishes it, in which version, how it counts, its sections by title."""

    id: Word
    version: Version
    name: Name
    publisher: Name
    scale: Scale
    sections: Annotated[tuple[Section, ...], Meta(min_length=1, max_length=60)]

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.version


class Checks(Struct, frozen=True, rename={"schema_": "schema"}):
    schema_: Literal["kizuki/self-checks/1"]
    checks: tuple[Check, ...]


class Peer(Struct, frozen=True):
    """How organisations of a sector and size scored in a section: `n` of them, and the quartiles. `sector`, `size`: words of the
    vocabulary, or all."""

    check: Word
    version: Version
    section: Word
    n: Annotated[int, Meta(ge=1, le=10_000_000)]
    q1: Value
    median: Value
    q3: Value
    sector: Word = EVERYONE
    size: Word = EVERYONE


class Peers(Struct, frozen=True, rename={"schema_": "schema"}):
    """Figures of peers from one source."""

    schema_: Literal["kizuki/peers/1"]
    source: Annotated[str, Meta(min_length=1, max_length=400)]
    peers: Annotated[tuple[Peer, ...], Meta(min_length=1, max_length=20_000)]


def read_checks(file: str, raw: bytes) -> Checks:
    """Read a file of self-checks. Raises `BadFile` with every fault and its line."""
    found, lines = document.parse(file, raw, Checks)
    if faults := list(_faults(found, lines)):
        raise BadFile(faults)
    return found


def _faults(found: Checks, lines: Lines) -> Iterable[Fault]:
    seen: set[tuple[str, str]] = set()
    for n, check in enumerate(found.checks):
        if check.key in seen:
            yield lines.fault(["checks", n, "id"], f"{check.id} {check.version} is given twice; keep one of them")
        seen.add(check.key)
        if not check.scale.min < check.scale.max:
            yield lines.fault(["checks", n, "scale"], "the least score must be below the most")
        ids = [section.id for section in check.sections]
        for m, id in enumerate(ids):
            if id in ids[:m]:
                yield lines.fault(
                    ["checks", n, "sections", m, "id"], f"the section {id} is given twice; ids are unique"
                )


def read_peers(file: str, raw: bytes, checks: Sequence[Check]) -> Peers:
    """Read figures of peers from YAML or JSON. Raises `BadFile` with every fault and its line."""
    found, lines = document.parse(file, raw, Peers)
    faults = [lines.fault(["peers", n, place], message) for n, place, message in peer_faults(found.peers, checks)]
    if faults:
        raise BadFile(faults)
    return found


def peer_faults(peers: Sequence[Peer], checks: Sequence[Check]) -> Iterable[tuple[int, str, str]]:
    """What cannot be meant: (number of the row, field, message)."""
    known = {check.key: check for check in checks}
    seen: set[tuple[str, ...]] = set()
    for n, peer in enumerate(peers):
        check = known.get((peer.check, peer.version))
        if check is None:
            yield n, "check", f"{peer.check} {peer.version} is not a self-check that is known here; add it first"
            continue
        if peer.section not in {section.id for section in check.sections}:
            ids = ", ".join(section.id for section in check.sections)
            yield n, "section", f"{peer.section} is not a section of {peer.check}; they are {ids}"
        if not check.scale.min <= peer.q1 <= peer.median <= peer.q3 <= check.scale.max:
            bounds = f"{check.scale.min:g} to {check.scale.max:g}"
            yield (
                n,
                "q1",
                f"quartiles rise and lie on the scale, {bounds}; here they are {peer.q1:g}, {peer.median:g}, {peer.q3:g}",
            )
        key = (*check.key, peer.section, peer.sector, peer.size)
        if key in seen:
            yield n, "section", "the same section is given twice for this sector and size; keep one row"
        seen.add(key)
