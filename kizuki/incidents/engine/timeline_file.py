"""A timeline as a table (CSV) that can be taken along and brought into another incident: what is written is what is read again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Final, Literal, NamedTuple, TypeAlias

from kizuki.incidents.engine import inert, lexicon

MOST_BYTES: Final = 2_000_000
MOST_ROWS: Final = 3_000
#: What `csv` takes in a cell unless it is told otherwise. That would hold for every reader of this process: nobody tells it.
MOST_CELL: Final = 131_072


class Cells(NamedTuple):
    """One entry as a row. `at`: a form of `kizuki.kit.when`. `milestone`: one or several; `until`: for each of them, in the same order,
    the moment between which and `at` it was reached, or nothing; `people`: names: all three parted by semicolons. `handover`: lanes,
    `assets`: ids of the register, both parted by spaces. `n`, `by`, `recorded_at`
    tell of the incident that it comes from, `auto` of what Kizuki wrote by itself: such rows are not brought in."""

    n: str
    at: str
    lane: str
    kind: str
    text: str
    milestone: str = ""
    until: str = ""
    handover: str = ""
    assets: str = ""
    people: str = ""
    by: str = ""
    recorded_at: str = ""
    auto: str = ""


COLUMNS: Final = Cells._fields
NEEDED: Final = ("at", "lane", "kind", "text")
#: What can be wrong: with the table as a whole ("empty", "columns", "large", "rows"), with all from a row on ("broken", "length": a cell
#: does not end), or with a cell of a row.
Code: TypeAlias = Literal[
    "empty", "columns", "large", "rows", "broken", "lane", "kind", "milestone", "twice", "until", "handover", "length",
]  # fmt: skip


class Fault(NamedTuple):
    """What is wrong, and where: the line of the file (0: the whole), the column, what stands there."""

    line: int
    code: Code
    column: str = ""
    value: str = ""


class Row(NamedTuple):
    """An entry that can be brought in. `line`: where it stands in the file. `milestones`: (name, until)."""

    line: int
    at: str
    lane: str
    kind: str
    text: str
    milestones: tuple[tuple[str, str], ...]
    handover: tuple[str, ...]
    assets: tuple[str, ...]
    people: tuple[str, ...]


class Read(NamedTuple):
    """The rows, what is wrong, and how many rows were left out because Kizuki wrote them by itself."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    left_out: int


def written(rows: Iterable[Cells]) -> Iterator[str]:
    """The table, line by line, with a mark by which spreadsheets know UTF-8. No cell is taken for a formula."""
    yield "\ufeff"
    for row in (COLUMNS, *rows):
        line = io.StringIO()
        csv.writer(line).writerow([inert.cell(cell) for cell in row])
        yield line.getvalue()


def read(raw: bytes) -> Read:
    """The rows of a file. With any fault nothing of it should be brought in."""
    if len(raw) > MOST_BYTES:
        return _refused("large", str(len(raw)))
    text = decoded(raw).lstrip("\ufeff")
    if not text.strip():
        return _refused("empty")
    records = _records(text)
    first = next(records)
    if isinstance(first, Fault):
        return Read((), (first,), 0)
    head = [cell.strip().casefold() for cell in first[1]]
    if missing := [name for name in NEEDED if name not in head]:
        return _refused("columns", ", ".join(missing))
    return _read(records, head)


def _records(text: str) -> Iterator[tuple[int, list[str]] | Fault]:
    """The rows, each with the line in which it begins; last, where it is no table from a row on, what is wrong there."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        yield Fault(line, "length", "", f"{MOST_CELL:,}") if "limit" in str(error) else Fault(line, "broken")


def _refused(code: Code, value: str = "") -> Read:
    return Read((), (Fault(0, code, "", value),), 0)


def decoded(raw: bytes) -> str:
    """The text of a file: UTF-8, or what spreadsheets in Japan write."""
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _read(records: Iterable[tuple[int, list[str]] | Fault], head: list[str]) -> Read:
    rows: list[Row] = []
    faults: list[Fault] = []
    marked: dict[str, int] = {}
    left_out = 0
    for record in records:
        if isinstance(record, Fault):
            faults.append(record)
            break
        line, cells = record
        named = {name: inert.meant(cell) for name, cell in zip(head, cells, strict=False)}
        if not any(cell.strip() for cell in cells):
            continue
        if named.get("auto", "").strip():
            left_out += 1
            continue
        row = _row(line, named)
        faults += _faults(row, named, marked)
        rows.append(row)
        if len(rows) > MOST_ROWS:
            return _refused("rows", str(MOST_ROWS))
    if not rows and not faults:
        return Read((), (Fault(0, "empty"),), left_out)
    return Read(tuple(rows), tuple(faults), left_out)


def _row(line: int, cells: Mapping[str, str]) -> Row:
    def word(name: str) -> str:
        return cells.get(name, "").strip()

    lanes = (lexicon.lane_of(lane) for lane in _words(word("handover")))
    people = tuple(filter(None, _parts(word("people"))))
    milestones = zip_longest(map(lexicon.milestone_of, _parts(word("milestone"))), _parts(word("until")), fillvalue="")
    return Row(
        line, word("at"), lexicon.lane_of(word("lane")), lexicon.kind_of(word("kind")), cells.get("text", ""),
        tuple(milestones), tuple(filter(None, lanes)), tuple(_words(word("assets"))), people,
    )  # fmt: skip


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")] if text else []


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,、]+", text) if word]


def _faults(row: Row, cells: Mapping[str, str], marked: dict[str, int]) -> Iterator[Fault]:
    """What no program could mean; times, texts, assets and people are looked at where the incident is known."""
    for name in ("lane", "kind"):
        if not getattr(row, name):
            yield Fault(row.line, "lane" if name == "lane" else "kind", name, cells.get(name, "").strip()[:60])
    said = _parts(cells.get("milestone", "").strip())
    for n, (name, until) in enumerate(row.milestones):
        if not name and n < len(said):
            yield Fault(row.line, "milestone", "milestone", said[n][:60])
        elif not name:
            yield Fault(row.line, "until", "until", until[:60])
        elif name in marked:
            yield Fault(row.line, "twice", "milestone", str(marked[name]))
        marked.setdefault(name, row.line)
    if len(row.handover) != len(_words(cells.get("handover", ""))):
        yield Fault(row.line, "handover", "handover", cells.get("handover", "")[:60])
