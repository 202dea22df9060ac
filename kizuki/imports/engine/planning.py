"""What a file would make of the register: proposals held against it, as lines that somebody looks at before anything is done.

The same proposals in any order give the same lines; what is planned and done gives nothing new when it is planned again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from kizuki.imports.engine import says
from kizuki.imports.engine.checking import Checker, cut
from kizuki.imports.engine.combining import combined
from kizuki.imports.engine.grouping import Entry, Group, NewKeys, by_record, entry, merged, misled, together
from kizuki.imports.engine.held import HARD, Held
from kizuki.imports.engine.lines import Line, LineState, May, Settings
from kizuki.imports.engine.matching import Match, match_asset, match_named, pairs_of
from kizuki.imports.engine.names import Names
from kizuki.register.engine.checks import circles
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.engine.merge import changed
from kizuki.register.engine.sources import Proposal

#: Kinds that others name come before these.
ORDER: Final[tuple[RecordKind, ...]] = ("unit", "contact", "zone", "realm", "asset")
#: With no more than this a proposal only names something for which another row stands.
_ONLY_NAMED: Final = frozenset({"id", "name", "kind", "mail"})
_encode: Final = msgspec.json.Encoder()
_decode: Final = msgspec.json.Decoder()


class Planner:
    """Takes the proposals of a file, then gives its lines. Holds identifiers and JSON only, not what was read."""

    def __init__(self, held: Held, checker: Checker, settings: Settings, may: May) -> None:
        self.held, self.checker, self.settings, self.may = held, checker, settings, may
        self.names = Names(held, settings)
        self._taken: dict[RecordKind, list[tuple[int, bytes]]] = {kind: [] for kind in ORDER}
        self._left: dict[RecordKind, list[Line]] = {kind: [] for kind in ORDER}
        self._ids: dict[RecordKind, set[str]] = {kind: set() for kind in ORDER}
        #: Field → how many rows say something of it, by kind.
        self.fields: dict[RecordKind, dict[str, int]] = {kind: {} for kind in ORDER}

    def take(self, proposal: Proposal) -> None:
        told = self.fields[proposal.kind]
        for field in proposal.fields:
            told[field] = told.get(field, 0) + 1
        self._taken[proposal.kind].append((proposal.place, _encode.encode(proposal.fields)))

    def lines(self) -> Iterator[Line]:
        """All lines; those of units, contacts, zones and realms before those of assets."""
        groups = {kind: self._groups(kind) for kind in ORDER if kind != "asset"}
        for kind, (known, new) in groups.items():
            made = [line for group in known for line in self._of_record(kind, group)]
            made += [line for group in new for line in self._of_new(kind, group)]
            yield from self._without_circles(made) if kind == "unit" else made
            yield from self._left[kind]
        known, new = self._groups("asset")
        for group in known:
            yield from self._of_record("asset", group)
        yield from self._assets(new)
        yield from self._left["asset"]

    # ── which rows speak of what ──

    def _groups(self, kind: RecordKind) -> tuple[list[Group], list[Group]]:
        """The rows by record: of the register, and new ones with their keys. What nobody can tell is put aside as lines."""
        found: list[Entry] = []
        new: list[Entry] = []
        aside = self._left[kind]
        for place, raw in self._taken[kind]:
            one = self._entry(kind, place, _decode.decode(raw))
            if one is None:
                continue
            if one.id:
                self._ids[kind].add(one.id)
            if one.match.key:
                found.append(one)
            elif one.match.reason:
                aside.append(self._unclear(kind, one))
            else:
                new.append(one)
        self._taken[kind] = []
        found = self._without_quarrels(kind, found, new)
        known = []
        for group in by_record(found):
            kept, away = misled(group)
            known.append(kept)
            new += away
        if kind == "asset":
            return known, [Group("", rows) for rows in together(new)]
        return known, self._named(kind, new)

    def _without_quarrels(self, kind: RecordKind, found: Sequence[Entry], new: list[Entry]) -> list[Entry]:
        """The rows that mean records, but for those whose id another row gives to something new: what tells for good contradicts it,
        what does not gives way."""
        ids = {one.id for one in new} - {""}
        for one in found:
            if one.id in ids and one.match.how in HARD:
                which = f"id: {one.id}; {one.match.how}: {one.match.key}"
                match = Match("", one.match.how, says.CONTRARY, (("which", which),))
                self._left[kind].append(self._unclear(kind, one._replace(match=match)))
            elif one.id in ids:
                new.append(one._replace(match=Match()))
        return [one for one in found if one.id not in ids]

    def _entry(self, kind: RecordKind, place: int, fields: dict[str, Any]) -> Entry | None:
        if kind == "asset":
            resolved = self.names.resolved(kind, fields)
            pairs = pairs_of(self.held, resolved)
            match = match_asset(self.held, resolved, pairs)
            return entry(place, resolved, match, [pair for pair in pairs if pair[0] in HARD])
        if self._chosen(kind, place, fields):
            return None
        match = match_named(self.held, kind, fields)
        only_named = kind != self.settings.main and fields.keys() <= _ONLY_NAMED
        return None if match.key and only_named else entry(place, fields, match)

    def _chosen(self, kind: RecordKind, place: int, fields: dict[str, Any]) -> bool:
        """Whether somebody has said what a name means; then that is the line."""
        written = str(fields.get("name") or fields.get("id") or "")
        key = self.settings.names.get(kind, {}).get(written)
        if key is None:
            return False
        how = "chosen" if key else "left"
        self._left[kind].append(Line(kind, key, "same", place, written, how))
        return True

    def _unclear(self, kind: RecordKind, one: Entry) -> Line:
        if not self.may(kind, ""):  # whoever does not see all must not learn what others have
            return self._outside(kind, one)
        return Line(
            kind, "", "conflict", one.place, one.fields.get("name", ""), one.match.how, reason=one.match.reason,
            arguments=one.match.arguments,
        )  # fmt: skip

    def _outside(self, kind: RecordKind, one: Entry) -> Line:
        reason = says.OUTSIDE if kind == "asset" else says.ONLY_MANAGERS
        return Line(kind, "", "outside", one.place, one.fields.get("name", ""), reason=reason)

    def _named(self, kind: RecordKind, new: Sequence[Entry]) -> list[Group]:
        """New units, contacts, zones and realms with their keys, known from now on by what they are called."""
        keys, made = NewKeys(kind, self.held, self._ids[kind]), []
        rows = sorted(together(new), key=lambda entries: entries[0].raw)
        for entries in sorted(rows, key=lambda one: not one[0].id):
            fields, _wrong = merged([one.fields for one in entries])
            key = str(fields["id"]) if fields.get("id") else keys.free(fields)
            made.append(Group(key, entries))
            if self.may(kind, "") and not (kind == "zone" and not (fields.get("kind") or self.settings.zone_kind)):
                self.checker.keys[kind].new.add(key)
                for one in entries:
                    self.names.bring(kind, key, one.fields)
        return made

    def _assets(self, new: Sequence[Group]) -> Iterator[Line]:
        """New assets with their keys: ids first, then by what they say, so that no order of rows matters."""
        keys = NewKeys("asset", self.held, self._ids["asset"])
        ordered = sorted(new, key=lambda group: (group.entries[0].raw, group.place))
        before: Entry | None = None
        for group in ordered:
            ids = {one.id for one in group.entries} - {""}
            key = ids.pop() if ids else keys.free(merged([one.fields for one in group.entries])[0])
            first = group.entries[0]
            twin = before if before is not None and before.raw == first.raw else None
            before = first
            for line in self._of_new("asset", Group(key, group.entries)):
                yield self._twin(line, twin) if twin and line.state == "new" else line

    @staticmethod
    def _twin(line: Line, other: Entry) -> Line:
        told = (("row", str(other.place)),)
        return msgspec.structs.replace(line, state="conflict", reason=says.TWIN, arguments=told)

    # ── lines ──

    def _of_record(self, kind: RecordKind, group: Group) -> Iterator[Line]:
        """The lines of rows that mean one record of the register: one, if they agree in what is new."""
        document = self.held.document(kind, group.key)
        assert document is not None
        if not self.may(kind, str(document.get("unit") or "")):
            yield from (self._outside(kind, one) for one in group.entries)
            return
        given = [self._given(kind, one) for one in group.entries]
        fields, wrong = merged(given)
        if wrong:  # what the register says already in the words of each of them is no quarrel
            news = {field for row in given for field in self._news(document, row)}
            fields = {field: value for field, value in fields.items() if field not in wrong}
            wrong = [field for field in wrong if field in news and field != "id"]
        if wrong:
            yield from self._disagree(kind, group, document, given, wrong)
        else:
            yield self._line(kind, group.key, group.entries, document, fields)

    def _of_new(self, kind: RecordKind, group: Group) -> Iterator[Line]:
        given = [self._given(kind, one) for one in group.entries]
        fields, wrong = merged(given)
        if wrong and "id" not in wrong:
            yield from self._disagree(kind, group, None, given, wrong)
        else:
            yield self._line(kind, group.key, group.entries, None, fields)

    def _given(self, kind: RecordKind, one: Entry) -> dict[str, Any]:
        """What a row gives, with keys for the names in it."""
        return one.fields if kind == "asset" else self.names.resolved(kind, one.fields)

    def _news(self, document: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of a row that change something."""
        made = combined(document, fields, self.settings)
        return {name: value for name, value in fields.items() if name != "id" and made.get(name) != document.get(name)}

    def _disagree(
        self, kind: RecordKind, group: Group, document: dict[str, Any] | None, given: Sequence[dict[str, Any]], wrong: list[str]
    ) -> Iterator[Line]:  # fmt: skip
        rows = ", ".join(str(place) for place in sorted(one.place for one in group.entries)[:10])
        told = (("rows", rows), ("fields", ", ".join(wrong)))
        for one, fields in zip(group.entries, given, strict=True):
            line = self._line(kind, group.key, (one,), document, fields)
            if line.state in ("new", "changed", "same"):
                yield msgspec.structs.replace(
                    line, state="conflict", reason=says.TWO_ROWS, arguments=told, one_of=group.key
                )
            else:
                yield line

    def _line(
        self, kind: RecordKind, key: str, entries: Sequence[Entry], document: dict[str, Any] | None, fields: dict[str, Any]
    ) -> Line:  # fmt: skip
        """The line of a record: `document` as it stands, None for a new one; `fields`: what is given of it."""
        place = min(one.place for one in entries)
        name = fields.get("name") or (document or {}).get("name") or key
        shortened = cut(fields)
        wanted = self._new(kind, key, fields) if document is None else combined(document, fields, self.settings)
        if wanted == document:
            return Line(kind, key, "same", place, name, entries[0].match.how)
        wanted, left = self.checker.known_traits(wanted)
        if not self.may(kind, str(wanted.get("unit") or "")):
            return self._outside(kind, entries[0])
        if not wanted.get("kind") and kind in ("asset", "zone"):
            return Line(kind, "", "bad", place, name, reason=says.NO_KIND)
        made, why = self.checker.sound(kind, wanted)
        if made is None:
            return Line(kind, "", "bad", place, name, reason=says.MALFORMED, arguments=(("why", why),))
        if made == document:
            return Line(kind, key, "same", place, name, entries[0].match.how)
        state: LineState = "new" if document is None else "changed"
        reason, told = self._told(kind, key, document is None, shortened, left)
        return Line(
            kind, key, state, place, name, entries[0].match.how, made, self.held.version(kind, key),
            tuple(changed(document or {}, made)) if document is not None else (), reason, told,
        )  # fmt: skip

    def _told(
        self, kind: RecordKind, key: str, new: bool, shortened: list[str], left: list[str]
    ) -> tuple[str, tuple[tuple[str, str], ...]]:
        if left:
            return says.LEFT_TRAITS, (("which", ", ".join(left)),)
        if shortened:
            return says.CUT, (("which", ", ".join(shortened)),)
        return (says.TAKEN_OUT, ()) if new and self.held.knew(kind, key) else ("", ())

    def _new(self, kind: RecordKind, key: str, fields: dict[str, Any]) -> dict[str, Any]:
        made = {"id": key, **{name: value for name, value in fields.items() if name != "id"}}
        made.setdefault("name", key)
        if kind == "asset":
            for field, value in self.settings.defaults.items():
                made.setdefault(field, value)
        elif kind == "zone" and self.settings.zone_kind:
            made.setdefault("kind", self.settings.zone_kind)
        return made

    def _without_circles(self, lines: Sequence[Line]) -> Iterator[Line]:
        """Units that would lie within themselves are for somebody to decide, and then lie below none."""
        above = {key: (self.held.document("unit", key) or {}).get("parent") for key in self.held.keys("unit")}
        above |= {line.key: line.document.get("parent") for line in lines if line.document}
        found = circles({key: parent for key, parent in above.items() if parent})
        for line in lines:
            inside = line.document and line.key in found and line.state in ("new", "changed")
            yield self._on_top(line) if inside else line

    @staticmethod
    def _on_top(line: Line) -> Line:
        document = {name: value for name, value in (line.document or {}).items() if name != "parent"}
        changes = tuple(change for change in line.changes if change[0] != "parent")
        return msgspec.structs.replace(
            line, state="conflict", document=document, changes=changes, reason=says.CYCLE, arguments=()
        )
