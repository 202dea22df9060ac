"""What became of yesterday's devices: a thing that is known by a better identifier today is the same thing, and keeps its task and
what was decided about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple


class Carried(NamedTuple):
    """`renamed`: row → its new key. `merged`: row → the key of the device that it turned out to be part of. `lost`: rows of which nothing
    is left."""

    renamed: dict[int, str]
    merged: dict[int, str]
    lost: list[int]


def carry(before: Mapping[str, int], keys: Collection[str], votes: Iterable[tuple[int, str]]) -> Carried:
    """What becomes of the rows in `before` (key → row) whose key is not among the new `keys`. `votes`: for each stay of a trace that had
    a row, that row and the key of the device to which the stay belongs now. The key with most votes is the successor; of several
    rows with one successor, the one with most votes takes its key, the others are merged into it."""
    gone = {row for key, row in before.items() if key not in keys}
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for row, key in votes:
        if row in gone:
            counted[row][key] += 1
    best = {row: min(found.items(), key=lambda vote: (-vote[1], vote[0])) for row, found in counted.items() if found}
    carried = Carried({}, {}, sorted(gone - best.keys()))
    taken = {key for key in keys if key in before}
    for row, (key, _votes) in sorted(best.items(), key=lambda item: (-item[1][1], item[0])):
        if key in taken:
            carried.merged[row] = key
        else:
            taken.add(key)
            carried.renamed[row] = key
    return carried
