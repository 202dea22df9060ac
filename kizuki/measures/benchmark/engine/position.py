"""Where own scores stand beside the quartiles of peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from kizuki.measures.benchmark.engine.format import Check, Peer, Section

#: Beside the middle half of the peers. None: not scored, or nothing is known of peers.
Beside: TypeAlias = Literal["below", "within", "above"] | None


class Position(msgspec.Struct, frozen=True):
    """A section with its scores over time, oldest first (None: left out that time), and its peers, if any are known."""

    section: Section
    scores: tuple[float | None, ...]
    peer: Peer | None

    @property
    def last(self) -> float | None:
        return self.scores[-1] if self.scores else None

    @property
    def before(self) -> float | None:
        return self.scores[-2] if len(self.scores) > 1 else None

    @property
    def change(self) -> float | None:
        return None if self.last is None or self.before is None else self.last - self.before

    @property
    def beside(self) -> Beside:
        if self.last is None or self.peer is None:
            return None
        return "below" if self.last < self.peer.q1 else "above" if self.last > self.peer.q3 else "within"


def positions(
    check: Check, sheets: Sequence[Mapping[str, float | None]], peers: Mapping[str, Peer]
) -> tuple[Position, ...]:
    """Every section of a check, in its order; `sheets`: section → score, oldest first."""
    return tuple(
        Position(section, tuple(sheet.get(section.id) for sheet in sheets), peers.get(section.id))
        for section in check.sections
    )


def nearest(groups: Sequence[tuple[str, str]], sector: str, size: str) -> int | None:
    """Of groups of peers (sector, size), the number of the one most like us: same sector and size, same sector, same size, all. A
    group of another sector or size is never taken."""
    fitting = [n for n, (of, big) in enumerate(groups) if of in (sector, "all") and big in (size, "all")]
    return max(fitting, key=lambda n: (2 * (groups[n][0] != "all") + (groups[n][1] != "all"), -n), default=None)
