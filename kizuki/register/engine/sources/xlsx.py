"""Excel workbooks, row by row: values and never formulas, in bounded memory, with what merged cells mean."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

import openpyxl
from openpyxl.utils.cell import range_boundaries

from kizuki.kit.faults import BadFile
from kizuki.register.engine.sources import says
from kizuki.register.engine.sources.reading import RowFault, Source, fault

#: What a workbook may unpack to, and its parts that are held in memory (shared texts, everything else but the sheets).
MAX_UNPACKED: Final = 1024 * 1024 * 1024
MAX_TEXTS: Final = 256 * 1024 * 1024
MAX_PART: Final = 32 * 1024 * 1024
MAX_MERGES: Final = 100_000
_CHUNK: Final = 1 << 20
#: The longest element that is looked for; a piece of the file overlaps the next one by so much.
_OVERLAP: Final = 4096
_SPECIAL: Final = re.compile(
    rb'<(?:\w{1,20}:)?mergeCell\s[^>]{0,200}?ref="(?P<merged>[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"'
    rb'|<(?:\w{1,20}:)?c\s[^>]{0,60}?r="(?P<cell>[A-Z]{1,3}[0-9]{1,7})"[^>]{0,60}><(?:\w{1,20}:)?f(?:\s[^>]{0,200})?(?:/>|>[^<]{0,3000}</(?:\w{1,20}:)?f>)'
    rb"\s{0,9}(?:<(?:\w{1,20}:)?v\s{0,3}/>|<(?:\w{1,20}:)?v></(?:\w{1,20}:)?v>)?\s{0,9}</(?:\w{1,20}:)?c>"
)


class Merged(NamedTuple):
    """Cells merged into one: columns and rows from 1, both ends within."""

    left: int
    top: int
    right: int
    bottom: int


class Special(NamedTuple):
    """What the rows themselves do not show: merged cells, and formulas without a stored value by row."""

    merged: list[Merged]
    formulas: dict[int, list[int]]


def workbook_rows(source: Source) -> Iterator[tuple[int, Sequence[str]] | RowFault]:
    """The rows of the sheet chosen (else the first one that shows) with their numbers and all cells as text.

    Raises `BadFile` for what is no workbook, is encrypted, or unpacks to too much.
    """
    if source.raw.read(4) == b"\xd0\xcf\x11\xe0":
        raise source.refuse(says.OLD_EXCEL)
    source.raw.seek(0)
    try:
        yield from _rows(source)
    except BadFile:
        raise
    except Exception as error:  # openpyxl and zipfile have no common error for files that are not well formed
        raise source.refuse(says.NOT_XLSX) from error


def _rows(source: Source) -> Iterator[tuple[int, Sequence[str]] | RowFault]:
    with zipfile.ZipFile(source.raw) as archive:
        _bounded(source, archive)
        book = openpyxl.load_workbook(source.raw, read_only=True, data_only=True, keep_links=False)
        try:
            sheet = _sheet(source, book)
            special = _special(archive, sheet._worksheet_path)
            sheet.reset_dimensions()  # what a file says of its own size cannot be relied on
            yield from _with_merged(sheet.iter_rows(values_only=True), special)
        finally:
            book.close()


def _bounded(source: Source, archive: zipfile.ZipFile) -> None:
    """Refuse what would fill the memory before anything is unpacked, and XML with declarations of its own."""
    parts = archive.infolist()
    texts = [part for part in parts if part.filename.lower().endswith("sharedstrings.xml")]
    others = [part for part in parts if part not in texts and "/worksheets/" not in part.filename.lower()]
    unread = re.compile(r"(?i)/media/|/embeddings/|\.(?:png|jpe?g|gif|emf|wmf|bin)$")
    for limit, size in (
        (MAX_UNPACKED, sum(part.file_size for part in parts)),
        (MAX_TEXTS, sum(part.file_size for part in texts)),
        (MAX_PART, max((part.file_size for part in others if not unread.search(part.filename)), default=0)),
    ):
        if size > limit:
            raise source.refuse(says.UNZIPS_TOO_LARGE, limit=limit // 2**20)
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as file:
                start = file.read(65536).replace(b"\0", b"")
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise source.refuse(says.ENTITIES)


def _sheet(source: Source, book: Any) -> Any:
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if source.options.sheet is not None:
        if source.options.sheet not in sheets:
            raise source.refuse(says.NO_SHEET, sheet=source.options.sheet, known=", ".join(sheets))
        return sheets[source.options.sheet]
    shown = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"]
    if not shown:
        raise source.refuse(says.EMPTY)
    return shown[0]


def sheet_names(source: Source) -> list[str]:
    """The names of a workbook's sheets that show, in its order. Raises `BadFile` like `workbook_rows`."""
    try:
        with zipfile.ZipFile(source.raw) as archive:
            _bounded(source, archive)
            book = openpyxl.load_workbook(source.raw, read_only=True, keep_links=False)
            names = [str(sheet.title) for sheet in book.worksheets if sheet.sheet_state == "visible"]
            book.close()
            return names
    except BadFile:
        raise
    except Exception as error:
        raise source.refuse(says.NOT_XLSX) from error


def _special(archive: zipfile.ZipFile, path: str) -> Special:
    """Merged cells stand behind all rows in the file, and a formula without its value looks like an empty cell to openpyxl;
    so the sheet is looked through once before it is read."""
    merged: list[Merged] = []
    formulas: dict[int, list[int]] = {}
    count = 0
    with archive.open(path) as file:
        kept = b""
        while chunk := file.read(_CHUNK):
            piece, end = kept + chunk, 0
            for match in _SPECIAL.finditer(piece):
                end = match.end()
                count += 1
                if count > MAX_MERGES:
                    return Special(sorted(merged, key=lambda m: m.top), formulas)
                ref = (match["merged"] or match["cell"]).decode()
                left, top, right, bottom = range_boundaries(ref)
                if match["merged"]:
                    merged.append(Merged(int(left or 1), int(top or 1), int(right or 1), int(bottom or 1)))
                else:
                    formulas.setdefault(int(top or 1), []).append(int(left or 1))
            kept = piece[max(end, len(piece) - _OVERLAP) :]
    return Special(sorted(merged, key=lambda m: m.top), formulas)


def _with_merged(rows: Iterator[tuple[Any, ...]], special: Special) -> Iterator[tuple[int, Sequence[str]] | RowFault]:
    waiting = list(reversed(special.merged))
    active: list[tuple[Merged, str]] = []
    for place, values in enumerate(rows, 1):
        cells = [_text(value) for value in values]
        active = [(m, value) for m, value in active if m.bottom >= place]
        told = False
        for merged, value in active:
            cells.extend([""] * (merged.left - len(cells)))
            if not cells[merged.left - 1]:
                cells[merged.left - 1] = value
                if value:
                    yield fault(place, column_name(merged.left), says.MERGED_ROWS, "nothing", row=merged.top)
        while waiting and waiting[-1].top <= place:
            merged = waiting.pop()
            value = cells[merged.left - 1] if merged.left <= len(cells) else ""
            active.append((merged, value))
            if merged.right > merged.left and value and not told:
                told = True
                yield fault(place, column_name(merged.left), says.MERGED_COLUMNS, "nothing")
        for column in special.formulas.get(place, ()):
            yield fault(place, column_name(column), says.FORMULA, "value")
        yield place, cells


def column_name(number: int) -> str:
    """A column's letters, as Excel shows them: 1 is A, 27 is AA."""
    name = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _text(value: Any) -> str:
    """A cell's value as people would write it: whole numbers without “.0”, times as 2026-11-22T14:02:00."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
