"""Rows of one file that speak of the same thing, whatever their order."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from kizuki.imports.engine.held import Held, folded
from kizuki.imports.engine.lines import LISTS
from kizuki.imports.engine.matching import Match
from kizuki.register.engine.kinds import RecordKind

_encode: Final = msgspec.json.Encoder(order="sorted")
_decode: Final = msgspec.json.Decoder()


class Entry(NamedTuple):
    """A row with what it means. `raw`: its fields as JSON with sorted keys, so that equal rows are equal. `shared`: what no two
    things have in common."""

    place: int
    raw: bytes
    match: Match
    id: str
    shared: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> dict[str, Any]:
        made: dict[str, Any] = _decode.decode(self.raw)
        return made


class Group(NamedTuple):
    """Rows that speak of one thing, in an order of their own. `key`: of the register's record, or of the new one."""

    key: str
    entries: tuple[Entry, ...]

    @property
    def place(self) -> int:
        return min(entry.place for entry in self.entries)


def entry(place: int, fields: dict[str, Any], match: Match, hard: Iterable[tuple[str, str]] | None = None) -> Entry:
    """An entry. `hard`: by what an asset is known for good; other kinds are known by their mail address or name."""
    id = str(fields.get("id") or "")
    shared = [("id", id)] if id else []
    if hard is not None:
        shared += hard
    elif not id:
        shared += [(field, folded(fields[field])) for field in ("mail", "name") if fields.get(field)]
    return Entry(place, _encode.encode(fields), match, id, tuple(shared))


def by_record(entries: Iterable[Entry]) -> list[Group]:
    """The rows that mean records of the register. A name alone does not make one of rows that have different ids."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for one in entries:
        found[one.match.key].append(one)
    return [Group(key, _ordered(rows)) for key, rows in found.items()]


def misled(group: Group) -> tuple[Group, list[Entry]]:
    """The rows that a name alone led to a record that another row names by its id; these speak of something new."""
    if len(group.entries) == 1 or not any(one.match.how == "id" for one in group.entries):
        return group, []
    away = [one for one in group.entries if one.match.how == "name" and one.id not in ("", group.key)]
    return Group(group.key, tuple(one for one in group.entries if one not in away)), away


def together(entries: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    """New rows that share what no two things have in common. Rows with different ids stay apart, and rows without one stay alone
    where they would join such."""
    parent = list(range(len(entries)))

    def top(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    first: dict[tuple[str, str], int] = {}
    for n, one in enumerate(entries):
        for pair in one.shared:
            other = first.setdefault(pair, n)
            if other != n:
                parent[top(n)] = top(other)
    components: dict[int, list[Entry]] = defaultdict(list)
    for n, one in enumerate(entries):
        components[top(n)].append(one)
    for members in components.values():
        if len(members) == 1 or len({one.id for one in members} - {""}) <= 1:
            yield _ordered(members)
            continue
        by_id: dict[str, list[Entry]] = defaultdict(list)
        for one in members:
            by_id[one.id].append(one)
        yield from (_ordered([one]) for one in by_id.pop("", ()))
        yield from (_ordered(rows) for rows in by_id.values())


def _ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda one: (one.raw, one.place)))


def merged(rows: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """What rows say together, and the fields in which they do not agree. Lists are joined."""
    if len(rows) == 1:
        return rows[0], []
    made: dict[str, Any] = {}
    wrong: dict[str, None] = {}
    for field, value in itertools.chain.from_iterable(row.items() for row in rows):
        if field not in made:
            made[field] = value
        elif field in LISTS:
            made[field] = [*made[field], *(one for one in value if one not in made[field])]
        elif made[field] != value:
            wrong[field] = None
    return made, sorted(wrong)


class NewKeys:
    """Keys for new records without an id, made of what they are called or found by. `ids`: those that stand in the file."""

    def __init__(self, kind: RecordKind, held: Held, ids: Iterable[str]) -> None:
        self._kind, self._held = kind, held
        self._taken: set[str] = set(ids)
        self._number: dict[str, int] = {}

    def free(self, fields: dict[str, Any]) -> str:
        """A key that neither the register nor the file has. One that was taken out under the same name is brought back."""
        base = _base(self._kind, fields)
        for n in itertools.count(self._number.get(base, 1)):
            key = base if n == 1 else f"{base}-{n}"
            self._number[base] = n + 1
            if key not in self._taken and (not self._held.knew(self._kind, key) or self._same(key, fields)):
                self._taken.add(key)
                return key
        raise AssertionError("numbers do not end")

    def _same(self, key: str, fields: dict[str, Any]) -> bool:
        if self._held.has(self._kind, key):
            return False
        name = self._held.facts(self._kind, key).name
        return isinstance(name, str) and folded(name) == folded(str(fields.get("name", "")))


def _base(kind: RecordKind, fields: dict[str, Any]) -> str:
    """What a key is made of: a host's name, a mail address, the name, a number."""
    hosts, mail = fields.get("hosts") or (), fields.get("mail")
    if hosts:
        return str(hosts[0])[:100]
    written = mail or _signs(str(fields.get("name") or ""))
    return written[:100] or kind


def _signs(name: str) -> str:
    """A name as an id: letters and digits of any language, hyphens between them."""
    return "-".join("".join(c if c.isalnum() or c in "._:@" else " " for c in folded(name)).split())
