"""An incident as of any moment: what was known then, folded from its entries.

Only what was written down by that moment counts, whenever it happened. Kizuki's own entries say in `data` what is so from then on:
{"id": "7", "set": {…}, "was": {…}}; several things at once are {"id": "", "set": {"tasks": {"7": {…}, "8": {…}}}}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

import msgspec


class Recorded(Protocol):
    """What of an entry the fold needs. `corrects`: the number (`seq`) of the entry whose place this one takes; `withdrawn`: it only takes
    that one back; `sort`: where it stands in the timeline."""

    @property
    def seq(self) -> int: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def sort(self) -> datetime: ...
    @property
    def by_name(self) -> str: ...
    @property
    def auto(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def corrects(self) -> int | None: ...
    @property
    def withdrawn(self) -> bool: ...


class Row(msgspec.Struct, frozen=True):
    """An entry for the fold, in the order of `COLUMNS`."""

    seq: int
    recorded_at: datetime
    sort: datetime
    by_name: str = ""
    auto: str = ""
    data: Mapping[str, Any] = {}
    corrects: int | None = None
    withdrawn: bool = False


#: The columns of an entry that make a `Row`, by their names in the database.
COLUMNS: Final = ("seq", "recorded_at", "sort", "by_name", "auto", "data", "corrects__seq", "withdrawn")


class Member(msgspec.Struct, frozen=True):
    """Who has a role. `person`: the person's key; `since`: from when on, as it was written down."""

    person: Any
    name: str
    role: str
    since: datetime


class Reached(msgspec.Struct, frozen=True):
    """A milestone. `entry`: the number of the entry that marks it; `by`: it was reached between that entry's time and this one."""

    entry: int
    by: str = ""


Things = dict[str, dict[str, Any]]


class State(msgspec.Struct, frozen=True):
    """What was known at `moment`. `seq`: the newest entry by then, 0 for none. `fields`: of the incident, by name. `members`: who has a
    role, in the order in which they came. `tasks`, `decisions`, `indicators`, `assets`, `files`: by key, each with what was last said
    of it. `review`: its fields; `lessons`: its items by id; `settings`: where the same setting was looked for, by measure.
    `judged`: the last word of the criteria for severity, escalation and authority; `dismissed`: next steps not taken, by key.
    `timeline`: the entries that stand, in their order; `corrected`: entry → the one in its place; `withdrawn`: entries that were
    taken back."""

    moment: datetime | None
    seq: int = 0
    fields: dict[str, Any] = {}
    members: tuple[Member, ...] = ()
    tasks: Things = {}
    decisions: Things = {}
    indicators: Things = {}
    assets: Things = {}
    files: Things = {}
    review: dict[str, Any] = {}
    lessons: Things = {}
    settings: Things = {}
    judged: Things = {}
    dismissed: Things = {}
    milestones: dict[str, Reached] = {}
    timeline: tuple[int, ...] = ()
    corrected: dict[int, int] = {}
    withdrawn: frozenset[int] = frozenset()


#: Which of Kizuki's own entries tell of the incident itself; why it was done is told by the entry.
_OF_INCIDENT: Final = frozenset({"opened", "changed", "closed", "merged"})
_WHY: Final = frozenset({"reason", "overrides"})
#: Which tell of things in it, and how those are called when several are told at once.
_OF_THINGS: Final = {
    "task": "tasks", "decision": "decisions", "indicator": "indicators", "asset": "assets", "file": "files", "next": "dismissed",
}  # fmt: skip
_JUDGED: Final = frozenset({"severity", "escalation", "authority"})

E = TypeVar("E", bound=Recorded)


def known(entries: Iterable[E], moment: datetime) -> list[E]:
    """The entries that were written down by the moment, in the order of their writing."""
    return sorted((entry for entry in entries if entry.recorded_at <= moment), key=lambda entry: entry.seq)


def state_at(entries: Iterable[Recorded], moment: datetime) -> State:
    """The incident as it was known at the moment (aware), whatever the order of `entries`."""
    return _folded(known(entries, moment), moment)


def state_now(entries: Iterable[Recorded]) -> State:
    """The incident as it is known by all entries."""
    rows = sorted(entries, key=lambda entry: entry.seq)
    return _folded(rows, max((row.recorded_at for row in rows), default=None))


def _folded(rows: list[Any], moment: datetime | None) -> State:
    fold = _Fold()
    for row in rows:
        fold.take(row)
    gone = fold.corrected.keys() | fold.withdrawn
    standing = [row for row in rows if row.seq not in gone and not row.withdrawn]
    order = sorted(standing, key=lambda row: (row.sort, row.seq))
    return State(
        moment=moment, seq=rows[-1].seq if rows else 0, fields=fold.fields, members=tuple(fold.members.values()),
        **fold.things, review=fold.review, milestones=fold.milestones, timeline=tuple(row.seq for row in order),
        corrected=fold.corrected, withdrawn=frozenset(fold.withdrawn),
    )  # fmt: skip


class _Fold:
    """The state while entries are taken in, one after the other."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.members: dict[str, Member] = {}
        self.things: dict[str, Things] = {name: {} for name in (*_OF_THINGS.values(), "lessons", "settings", "judged")}
        self.review: dict[str, Any] = {}
        self.milestones: dict[str, Reached] = {}
        self.corrected: dict[int, int] = {}
        self.withdrawn: set[int] = set()

    def take(self, row: Recorded) -> None:
        if row.corrects is not None:
            self._correct(row.seq, row.corrects, row.withdrawn)
        values = row.data.get("set")
        if not row.auto or not isinstance(values, Mapping):
            return
        key = str(row.data.get("id") or "")
        if row.auto in _OF_INCIDENT:
            self._incident(row, values)
        elif row.auto == "role":
            self._role(row, key, values)
        elif row.auto == "milestone":
            self._milestone(key, values)
        elif row.auto == "review":
            self._review(key, values)
        elif row.auto in _JUDGED:
            self._judge(row.auto, values)
        elif row.auto in _OF_THINGS:
            self._thing(_OF_THINGS[row.auto], key, values)

    def _correct(self, seq: int, corrects: int, withdrawn: bool) -> None:
        """An entry takes another one's place, and its milestones; or takes it back, and they are no longer marked."""
        if withdrawn:
            self.withdrawn.add(corrects)
        else:
            self.corrected[corrects] = seq
        for name, reached in list(self.milestones.items()):
            if reached.entry == corrects and withdrawn:
                del self.milestones[name]
            elif reached.entry == corrects:
                self.milestones[name] = Reached(seq, reached.by)

    def _incident(self, row: Recorded, values: Mapping[str, Any]) -> None:
        if (
            row.auto == "merged" and {"from", "apart"} & values.keys()
        ):  # another incident is part of this one, or no longer
            others = [one for one in self.fields.get("merged", []) if one != values.get("apart")]
            self.fields["merged"] = [*others, values["from"]] if "from" in values else others
            return
        self.fields.update({name: value for name, value in values.items() if name not in _WHY})
        if values.get("status", "merged") != "merged":
            self.fields.pop("into", None)
        if row.auto == "opened" and values.get("lead") is not None:  # whoever opens an incident leads it
            self.members["opened"] = Member(values["lead"], row.by_name, "lead", row.recorded_at)

    def _role(self, row: Recorded, key: str, values: Mapping[str, Any]) -> None:
        if values.get("until") is not None:
            self.members.pop(key, None)
            return
        person, role = values.get("person"), str(values.get("role") or "")
        if role == "lead":  # the lead is handed over
            self.members = {one: member for one, member in self.members.items() if member.role != "lead"}
            self.fields["lead"] = person
        self.members[key] = Member(person, str(values.get("name") or ""), role, row.recorded_at)

    def _review(self, key: str, values: Mapping[str, Any]) -> None:
        if not key:
            self.review.update(values)
        elif "setting" in values:
            self._thing("settings", key, values)
        elif values.get("text") is None:  # an item was taken out
            self.things["lessons"].pop(key, None)
        else:
            self._thing("lessons", key, values)

    def _judge(self, what: str, values: Mapping[str, Any]) -> None:
        self.things["judged"][what] = dict(values)
        if "severity" in values:
            self.fields["severity"] = values["severity"]

    def _milestone(self, name: str, values: Mapping[str, Any]) -> None:
        if values.get("entry") is None:
            self.milestones.pop(name, None)
        else:
            self.milestones[name] = Reached(int(values["entry"]), str(values.get("by") or ""))

    def _thing(self, kind: str, key: str, values: Mapping[str, Any]) -> None:
        if key:
            self.things[kind].setdefault(key, {}).update(values)
            return
        several = values.get(kind)
        for one, said in several.items() if isinstance(several, Mapping) else ():
            self.things[kind].setdefault(str(one), {}).update(said)
