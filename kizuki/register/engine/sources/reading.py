"""What is given to a reader of files from outside, and what it gives: proposals, observations, and what is wrong, row by row."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import BinaryIO, Final, Literal, TypeAlias

import msgspec

from kizuki.kit.document import MAX_BYTES
from kizuki.kit.faults import BadFile, Fault
from kizuki.register.engine.observation import Observation
from kizuki.register.engine.sources import says

ProposalKind: TypeAlias = Literal["asset", "zone", "unit", "contact", "realm"]
Loss: TypeAlias = Literal["row", "value", "nothing"]
Counts: TypeAlias = Literal["row", "line", "entry"]
#: The numbers of `importance` are a dict of confidentiality, integrity and availability, each 0 to 3.
Value: TypeAlias = str | int | bool | tuple[str, ...] | dict[str, int]
Fields: TypeAlias = dict[str, Value]

#: No more rows are taken at once unless the caller says so; the rest is said to be left out.
MAX_ROWS: Final = 200_000
#: No more faults are kept; the others are counted.
MAX_ROW_FAULTS: Final = 1_000
#: Larger files are refused. What is read as a whole (JSON) may have `MAX_BYTES`.
MAX_STREAM: Final = 1024 * 1024 * 1024


class Proposal(msgspec.Struct, frozen=True):
    """A record as a source has it. `fields`: the fields of the organisation file's record of that kind, as far as known;
    where a field names another record (unit, zone, owner, realm, parent) it is the id, name or mail that the source writes.
    `place`: the row, line or entry (`SourceReading.counts`), from 1."""

    kind: ProposalKind
    fields: Fields
    place: int


class RowFault(msgspec.Struct, frozen=True, order=True):
    """One thing wrong in a row. `form` is a whole English sentence of `says` with %(names)s for `arguments`, so that it can
    be translated; `message` is the sentence. `loses`: whether the row, one value of it, or nothing is left out."""

    place: int
    column: str
    form: str
    arguments: tuple[tuple[str, str], ...] = ()
    loses: Loss = "row"

    @property
    def message(self) -> str:
        return self.form % dict(self.arguments)


Item: TypeAlias = Proposal | Observation | RowFault


class Options(msgspec.Struct, frozen=True):
    """What the person who gives a file may say about it.

    `seen_at`: when a file that has no times of its own was made. `source`: what observations are said to come from, if not
    `FORMAT:NAME`. `zone`: the zone in which the source looks. `clock`: the time zone of times that name none. `day_first`:
    whether 03/04/2026 is the third of April; None leaves such days out. For tables: `mapping` of headings to fields (None:
    guessed), the `kind` of record in a row, the `sheet` and the row of the headings.
    """

    seen_at: datetime | None = None
    source: str = ""
    zone: str | None = None
    clock: tzinfo = UTC
    day_first: bool | None = None
    mapping: dict[str, str] | None = None
    kind: Literal["asset", "unit", "zone", "contact"] = "asset"
    sheet: str | None = None
    header_row: int | None = None
    max_rows: int = MAX_ROWS


class SourceReading(msgspec.Struct, frozen=True):
    """A file as it was read. `counts`: what a `place` counts.

    `rows`: how many rows, lines or entries were looked at; `passed_over`: how many of which type were understood and are none of
    the things that are kept; `faults_left_out`: how many faults there are besides `faults`.
    """

    format: str
    proposals: tuple[Proposal, ...] = ()
    observations: tuple[Observation, ...] = ()
    faults: tuple[RowFault, ...] = ()
    rows: int = 0
    passed_over: tuple[tuple[str, int], ...] = ()
    faults_left_out: int = 0
    counts: Counts = "row"


class Source:
    """An open file with its options, and the counts that its reader keeps."""

    def __init__(self, format: str, name: str, raw: BinaryIO, options: Options) -> None:
        self.format, self.name, self.raw, self.options = format, name, raw, options
        self.rows = 0
        self.counts: Counts = "row"
        self.passed_over: Counter[str] = Counter()

    @property
    def called(self) -> str:
        """What observations of this file are said to come from."""
        return self.options.source or f"{self.format}:{self.name}"

    def refuse(self, form: str, place: int = 0, **arguments: object) -> BadFile:
        """The error for the file as a whole, to be raised by the caller."""
        return BadFile([Fault(self.name, place, form % arguments)])

    def whole(self) -> bytes:
        """All bytes of a file that has to be read at once. Raises `BadFile` where it is larger than `MAX_BYTES`."""
        raw = self.raw.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise self.refuse(says.TOO_LARGE, limit=MAX_BYTES // 2**20)
        return raw

    def when_given(self, place: int = 1) -> Iterator[RowFault]:
        """What is said of a file without times where none was given for it."""
        if self.options.seen_at is None:
            yield fault(place, "", says.NO_TIME, "nothing")


def opened(content: bytes | BinaryIO) -> BinaryIO:
    """The content as a file that can be read from its start again."""
    if isinstance(content, bytes | bytearray | memoryview):
        return io.BytesIO(content)
    if not content.seekable():
        return io.BytesIO(content.read(MAX_STREAM + 1))
    content.seek(0)
    return content


def fault(place: int, column: str, form: str, loses: Loss = "row", **arguments: object) -> RowFault:
    """A row's fault; the arguments are cut to what a line can show."""
    return RowFault(max(place, 1), column, form, tuple((k, _short(v)) for k, v in arguments.items()), loses)


def _short(value: object) -> str:
    text = "".join(c if c.isprintable() else " " for c in str(value)[:81])
    return f"{text[:80]}…" if len(text) > 80 else text


def collected(source: Source, items: Iterator[Item]) -> SourceReading:
    """All that a reader gives, with the faults bounded and in the order of places."""
    proposals: list[Proposal] = []
    observations: list[Observation] = []
    faults: list[RowFault] = []
    more = 0
    for item in items:
        if isinstance(item, Proposal):
            proposals.append(item)
        elif isinstance(item, Observation):
            observations.append(item)
        elif len(faults) < MAX_ROW_FAULTS:
            faults.append(item)
        else:
            more += 1
    return SourceReading(
        source.format, tuple(proposals), tuple(observations), tuple(sorted(faults)), source.rows,
        tuple(sorted(source.passed_over.items())), more, source.counts,
    )  # fmt: skip
