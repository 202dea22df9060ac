"""What planning is told, and what it gives: one line for each record that a file speaks of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

import msgspec

from kizuki.register.engine.kinds import RecordKind

#: new, changed, same, gone: what the register would become. conflict: somebody has to decide. outside: not for this person.
#: bad: the row is left out. note: something in it was left out.
LineState: TypeAlias = Literal["new", "changed", "same", "gone", "conflict", "outside", "bad", "note"]
#: fill: only where nothing stands. replace: what the file says goes before. add: lists and notes get what they lack, anything
#: else is filled.
Policy: TypeAlias = Literal["fill", "replace", "add"]
POLICIES: Final[tuple[Policy, ...]] = ("fill", "replace", "add")
Document: TypeAlias = dict[str, Any]
#: Field, what it was, what it will be; None: nothing.
Change: TypeAlias = tuple[str, Any, Any]


class Line(msgspec.Struct, frozen=True):
    """A record as it will be. `how`: by what it was recognised. `base`: the version from which `document` was made, 0 for none.
    `reason` with `arguments`: a sentence of `says`. `one_of`: of the lines with the same, one can be taken."""

    kind: RecordKind
    key: str
    state: LineState
    place: int = 0
    name: Any = ""
    how: str = ""
    document: Document | None = None
    base: int = 0
    changes: tuple[Change, ...] = ()
    reason: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    column: str = ""
    one_of: str = ""

    @property
    def takes(self) -> bool:
        """Whether it is taken unless somebody says otherwise."""
        return self.state in ("new", "changed", "gone")


class Settings(msgspec.Struct, frozen=True):
    """What the person says about an import. `policy`: field → policy; `single` and `several` hold for fields without one.

    `defaults`: what new assets are given where the file says nothing of it: kind, unit, zone. `zone_kind`: the kind of zones that
    are only named. `names`: kind → as the file writes it → the key that is meant, "" for leaving it out. `main`: the kind that the
    rows are about; a name in a row is no row about another kind.
    """

    policy: dict[str, Policy] = {}
    single: Policy = "replace"
    several: Policy = "add"
    defaults: dict[str, str] = {}
    zone_kind: str = ""
    names: dict[str, dict[str, str]] = {}
    main: RecordKind = "asset"

    def of(self, field: str) -> Policy:
        return self.policy.get(field) or (self.several if field in LISTS else self.single)


#: Fields that hold several values, or text to which one may add.
LISTS: Final = frozenset({"macs", "ips", "hosts", "serials", "cloud_ids", "urls", "traits", "ranges"})
#: Fields of proposals that name records of another kind.
NAMED: Final[dict[RecordKind, dict[str, RecordKind]]] = {
    "asset": {"unit": "unit", "zone": "zone", "owner": "contact", "realm": "realm"},
    "unit": {"parent": "unit", "owner": "contact"},
    "contact": {"unit": "unit"},
    "zone": {"unit": "unit"},
    "realm": {},
}
#: Kind and the unit that answers for it (before, or as it will be) → whether the person may write it.
May: TypeAlias = Callable[[RecordKind, str], bool]
