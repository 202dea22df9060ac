"""From a file and what was said about it to the lines of its plan. Nothing is written here."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final, NamedTuple

import msgspec

from kizuki.imports.engine import says
from kizuki.imports.engine.checking import Checker
from kizuki.imports.engine.exact import exact_lines, gone_lines
from kizuki.imports.engine.held import Held
from kizuki.imports.engine.lines import Line, May, Settings
from kizuki.imports.engine.planning import Planner
from kizuki.imports.formats import FORMATS, ORGANISATION, OWN, own_json, own_kind, own_records
from kizuki.kit.document import MAX_BYTES
from kizuki.kit.faults import BadFile, Fault
from kizuki.register import hooks
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.kinds import KINDS, RecordKind, keyed, plain
from kizuki.register.engine.observation import Observation
from kizuki.register.engine.read import read
from kizuki.register.engine.sources import Options, Proposal, RowFault, source_of, stream
from kizuki.register.library import vocabulary
from kizuki.register.tables import Unread, document_of

#: As many faults of rows are kept; the others are counted.
MAX_FAULTS: Final = 10_000
#: What may be said about a file besides `Options`, which the reading engine does not need.
_DAYS: Final = {"day": True, "month": False}


class Measures:
    """What reading an organisation file needs of the measures: their ids."""

    def by_id(self) -> dict[str, Any]:
        return dict.fromkeys(hooks.measure_ids())


def options_of(said: dict[str, Any]) -> Options:
    """What was said about a file, as the reading engine takes it."""
    seen_at = said.get("seen_at")
    header = said.get("header_row")
    return Options(
        seen_at=datetime.fromisoformat(seen_at) if seen_at else None, source=said.get("source", ""), zone=said.get("zone") or None,
        clock=zoneinfo.ZoneInfo(said.get("clock") or "UTC"), day_first=_DAYS.get(said.get("days", "")), mapping=said.get("mapping"),
        kind=said.get("kind") or "asset", sheet=said.get("sheet") or None, header_row=int(header) if header else None,
    )  # fmt: skip


class Given(NamedTuple):
    """A file with its name, its format, and what was said of it (`Import.options`)."""

    file: BinaryIO
    name: str
    format: str
    said: dict[str, Any]


class Reader:
    """One file that is held against the register. After `lines` is through, the counts tell what it was."""

    def __init__(self, given: Given, settings: Settings, may: May) -> None:
        self.file, self.name, self.format, self.said = given
        self.settings, self.may = settings, may
        self.counts: Counter[str] = Counter()
        self.told: dict[str, Any] = {}
        self.about: dict[str, Any] | None = None
        self._faults = 0
        self._more = 0

    def lines(self, held: Held, tell: Callable[[int], None] = lambda rows: None) -> Iterator[Line]:
        """The lines; `tell` is called with the number of rows read so far. Raises `BadFile` where the whole is wrong."""
        checker = Checker(held, vocabulary(), hooks.measure_ids())
        if self.format == ORGANISATION:
            found = self._organisation(held, checker)
        elif self.format == OWN:
            found = self._own(held, checker)
        else:
            found = self._foreign(held, checker, tell)
        for line in found:
            self.counts[line.state] += 1
            yield line
        self.told["left_out"] = self._more

    def _fault(self, one: RowFault, kind: RecordKind) -> Iterator[Line]:
        """A row's fault as a line, as long as there are not too many."""
        if self._faults >= MAX_FAULTS:
            self._more += 1
            return
        self._faults += 1
        yield Line(
            kind, "", "bad" if one.loses == "row" else "note", one.place, reason=one.form, arguments=one.arguments,
            column=one.column,
        )  # fmt: skip

    def _foreign(self, held: Held, checker: Checker, tell: Callable[[int], None]) -> Iterator[Line]:
        source = source_of(self.format, self.name, self.file, options_of(self.said))
        planner = Planner(held, checker, self.settings, self.may)
        sightings = 0
        for item in stream(source):
            if isinstance(item, Proposal):
                planner.take(item)
            elif isinstance(item, Observation):
                sightings += 1
            else:
                yield from self._fault(item, self.settings.main)
            if source.rows % 500 == 0:
                tell(source.rows)
        self.told |= {
            "rows": source.rows, "sightings": sightings, "passed_over": dict(source.passed_over), "counts": source.counts,
            "fields": planner.fields,
        }  # fmt: skip
        yield from planner.lines()

    def _own(self, held: Held, checker: Checker) -> Iterator[Line]:
        kind = own_kind(self.name, self.file)
        if kind is None:
            raise BadFile(
                [Fault(self.name, 1, "this is not a table that the register wrote; choose another kind of file")]
            )
        records: list[tuple[int, dict[str, Any]]] = []
        for place, found in self._own_rows(kind):
            if isinstance(found, RowFault):
                yield from self._fault(found, kind)
            elif isinstance(found, str):
                yield Line(kind, "", "bad", place, reason=says.MALFORMED, arguments=(("why", found),))
            else:
                records.append((place, found))
        self.told |= {"rows": len(records), "sightings": 0, "fields": {}, "counts": "row"}
        checker.keys[kind].new.update(str(record.get("id", "")) for _place, record in records)
        yield from exact_lines(held, checker, self.may, kind, records)

    def _own_rows(self, kind: RecordKind) -> Iterator[tuple[int, dict[str, Any] | RowFault | str]]:
        self.file.seek(0)
        if self.file.read(1) == b"{":
            try:
                yield from enumerate(own_json(self.file), 1)
            except ValueError:
                raise BadFile(
                    [Fault(self.name, 1, "not readable as JSON; look for a missing comma, quotation mark or bracket")]
                ) from None
            return
        for row in own_records(self.name, self.file):
            if isinstance(row, RowFault):
                yield row.place, row
                continue
            place, cells = row
            try:
                yield place, document_of(kind, place, cells)
            except Unread as error:
                yield place, "; ".join(f"{one.heading}: {one.message}" for one in error.faults)

    def _organisation(self, held: Held, checker: Checker) -> Iterator[Line]:
        self.file.seek(0)
        raw = self.file.read(MAX_BYTES + 1)
        document = read(self.name, raw, vocabulary=vocabulary(), measures=Measures())
        self.about = {"about": plain(document.organisation), "complete": list(document.complete)}
        self.told |= {"sightings": 0, "fields": {}, "counts": "entry"}
        yield from self._records(document, held, checker)

    def _records(self, document: Document, held: Held, checker: Checker) -> Iterator[Line]:
        named: dict[RecordKind, set[str]] = {}
        found = {kind.name: list(keyed(kind.name, getattr(document, kind.part))) for kind in KINDS.values()}
        for kind, records in found.items():
            named[kind] = {key for key, _record in records}
            checker.keys[kind].new.update(named[kind])
        place = 0
        for kind, records in found.items():
            numbered = [(place + n, plain(record)) for n, (_key, record) in enumerate(records, 1)]
            place += len(numbered)
            yield from exact_lines(held, checker, self.may, kind, numbered)
        self.told["rows"] = place
        if self.said.get("removes"):
            yield from gone_lines(held, named)


def sightings(given: Given) -> Iterator[Observation]:
    """The sightings of a file alone."""
    if given.format in FORMATS:
        source = source_of(given.format, given.name, given.file, options_of(given.said))
        yield from (item for item in stream(source) if isinstance(item, Observation))


def settings_of(given: dict[str, Any]) -> Settings:
    """Settings as they are kept."""
    return msgspec.convert(given, Settings)
