"""What is to be changed in the register, and why it may be refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from kizuki.journal.models import Entry
from kizuki.register.engine.checks import Place
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.engine.merge import Clash

#: Kind and key of a record.
Pair: TypeAlias = tuple[RecordKind, str]


class Edit(NamedTuple):
    """One record as it shall be; `document` None takes it out. `base`: the version from which the document was made, so that what
    others changed since is kept; None: whatever is there is replaced."""

    kind: RecordKind
    key: str
    document: Mapping[str, Any] | None
    base: int | None = None


class Problem(NamedTuple):
    """What is wrong with one edit: the record, the place within it, and the message, in English, as the files' faults are."""

    kind: RecordKind
    key: str
    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {'.'.join(map(str, self.place))}: {self.message}"


class Refused(ValueError):
    """Edits that cannot be meant. Nothing of them was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class InUse(ValueError):
    """Records that cannot be taken out, because others name them. `users`: (kind, key) of those, by the (kind, key) named."""

    def __init__(self, users: Mapping[tuple[str, str], Sequence[tuple[str, str]]]) -> None:
        self.users = users
        super().__init__("; ".join(f"{kind} {key} is named by {len(by)}" for (kind, key), by in users.items()))


class Conflict(NamedTuple):
    """A record that somebody else has changed in the same fields. `now`: its document and version as they stand."""

    kind: RecordKind
    key: str
    version: int
    now: Mapping[str, Any] | None
    clashes: tuple[Clash, ...]


class Stale(ValueError):
    """Edits of records that were changed in the meantime, in the same fields. Nothing of them was stored."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__(", ".join(f"{c.kind} {c.key}" for c in self.conflicts))


#: What the actions raise where they store nothing.
REFUSALS: Final = (Refused, Stale, InUse)


class Applied(NamedTuple):
    """What was done: how many records were created, changed, taken out, and were as wished already."""

    entry: Entry | None
    created: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0

    def __add__(self, other: object) -> Applied:
        """Figures of two portions together; the later entry stands for both."""
        assert isinstance(other, Applied)
        counts = [a + b for a, b in zip(self[1:], other[1:], strict=True)]
        return Applied(other.entry or self.entry, *counts)
