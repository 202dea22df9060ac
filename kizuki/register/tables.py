"""Records as rows of a table, and back: every value comes back as it was.

A cell that a spreadsheet would take for a formula begins with an apostrophe, which is taken off again when the table is read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import openpyxl
from openpyxl.cell import WriteOnlyCell

from kizuki.register.engine.kinds import RecordKind
from kizuki.register.fields import Field, fields_of
from kizuki.register.shapes import shape

#: What a spreadsheet would calculate, or would hide at the beginning of a cell.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")
#: Excel's own bounds.
LONGEST_CELL: Final = 32_767
MOST_ROWS: Final = 1_048_576


def headings(kind: RecordKind) -> list[str]:
    """The headings of a kind's table: the names of the document's fields, with what each part of them is."""
    return [heading for field in fields_of(kind) for heading in _headings(field)]


def _headings(field: Field) -> list[str]:
    if field.shape in ("name", "notes"):
        return [field.name, f"{field.name}_ja", f"{field.name}_en"]
    return [field.name] if field.shape == "channels" else shape(field).names(field)


def row_of(kind: RecordKind, document: Mapping[str, Any]) -> list[str]:
    """A record's cells, in the order of the headings."""
    return [cell for field in fields_of(kind) for cell in shape(field).cells(field, document.get(field.name))]


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unsafe(cell: str) -> str:
    """The cell as it was before `safe`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def csv_lines(kind: RecordKind, documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The table as CSV, a line at a time, with the mark by which Excel knows UTF-8."""
    yield "\ufeff" + _line(headings(kind))
    for document in documents:
        yield _line(map(safe, row_of(kind, document)))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def xlsx(kind: RecordKind, title: str, documents: Iterable[Mapping[str, Any]]) -> bytes:
    """The table as a workbook; every cell is text, so that nothing is calculated and no leading zero is lost."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append(headings(kind))
    for document in documents:
        sheet.append([_text(sheet, cell) for cell in row_of(kind, document)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: Any, cell: str) -> Any:
    kept = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("\ufffd", safe(cell))
    made = WriteOnlyCell(sheet, kept[:LONGEST_CELL])
    made.data_type = "s"
    return made


class Fault(NamedTuple):
    """What is wrong in one row, counted from 1 below the headings."""

    row: int
    heading: str
    message: str


class Unread(ValueError):
    """A row with cells that say nothing possible."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f.message for f in faults))


def is_own(kind: RecordKind, given: Iterable[str]) -> bool:
    """Whether a table has the headings of an export of this kind, all of them, in whatever order."""
    return set(headings(kind)) <= set(given)


def document_of(kind: RecordKind, number: int, cells: Mapping[str, str]) -> dict[str, Any]:
    """The document of a row. `cells`: heading → cell as written by `row_of`. Raises `Unread` with everything that is wrong."""
    made: dict[str, Any] = {}
    faults: list[Fault] = []
    for field in fields_of(kind):
        named = _headings(field)
        try:
            value = shape(field).of_cells(field, [unsafe(cells.get(heading, "")) for heading in named])
        except ValueError as error:
            faults.append(Fault(number, named[0], f"this cell cannot be read; write {error}"))
            continue
        if value not in (None, [], {}):
            made[field.name] = value
    if faults:
        raise Unread(faults)
    return made
