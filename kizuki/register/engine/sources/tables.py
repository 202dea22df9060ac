"""Tables as rows of named cells: CSV with any separator and encoding, and Excel workbooks, row by row in bounded memory."""

from __future__ import annotations

import contextlib
import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kizuki.register.engine.sources import encoded, says
from kizuki.register.engine.sources.headings import known_headings
from kizuki.register.engine.sources.reading import RowFault, Source, fault
from kizuki.register.engine.sources.values import is_secret
from kizuki.register.engine.sources.xlsx import workbook_rows

#: The row of headings is looked for among so many rows.
HEAD: Final = 20
MAX_COLUMNS: Final = 1_000
_SEPARATORS: Final = (",", "\t", ";", "|")


class Row(NamedTuple):
    """A row's number as a spreadsheet shows it (from 1), and its cells by heading. Faults of the row itself come before it."""

    place: int
    cells: dict[str, str]


Line = tuple[int, Sequence[str]] | RowFault


def rows(source: Source, *, excel: bool = False) -> Iterator[Row | RowFault]:
    """The rows below the headings. Raises `BadFile` where there is no table. At most `options.max_rows` rows are given."""
    lines = iter(workbook_rows(source) if excel else csv_rows(source))
    early, head = _head(source, lines)
    place, written = head
    headings, told = _unique(place, written)
    yield from told
    secret = {name for name in headings if is_secret(name)}
    yield from (fault(place, name, says.SECRET, "nothing") for name in headings if name in secret)
    for line in itertools.chain(early, lines):
        if isinstance(line, RowFault):
            yield line
            continue
        if line[0] <= place or not any(cell.strip() for cell in line[1]) or list(line[1]) == list(written):
            continue  # also the headings once more, where several files were put together
        if source.rows >= source.options.max_rows:
            yield fault(line[0], "", says.TOO_MANY_ROWS, "row", limit=source.options.max_rows)
            return
        source.rows += 1
        yield from _row(line, headings, secret, trimmed=excel)


def _row(
    line: tuple[int, Sequence[str]], headings: list[str], secret: set[str], *, trimmed: bool
) -> Iterator[Row | RowFault]:
    """A row by its headings. `trimmed`: empty cells at the end of a row are not written at all."""
    place, cells = line
    if len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
        yield fault(place, "", says.MORE_CELLS, n=len(cells), m=len(headings))
        return
    if encoded.LOST in "".join(cells):
        yield fault(place, "", says.UNREADABLE)
        return
    if len(cells) < len(headings) and not trimmed:
        yield fault(place, "", says.FEWER_CELLS, "nothing", n=len(cells), m=len(headings))
    yield Row(place, {name: cell for name, cell in zip(headings, cells, strict=False) if name and name not in secret})


def headings_of(source: Source, *, excel: bool = False) -> list[str]:
    """The headings alone, by which a mapping is made."""
    _, (place, written) = _head(source, iter(workbook_rows(source) if excel else csv_rows(source)))
    return [name for name in _unique(place, written)[0] if name]


def _head(source: Source, lines: Iterator[Line]) -> tuple[list[Line], tuple[int, Sequence[str]]]:
    """The row of headings among the first rows, and all of these: titles and notes often stand above a table."""
    wanted, early = source.options.header_row, list[Line]()
    for line in lines:
        early.append(line)
        if len(early) >= HEAD if wanted is None else not isinstance(line, RowFault) and line[0] >= wanted:
            break
    filled = [line for line in early if not isinstance(line, RowFault) and any(cell.strip() for cell in line[1])]
    if wanted is not None:
        filled = [line for line in filled if line[0] == wanted]
    if not filled:
        raise source.refuse(says.NO_HEADINGS if early else says.EMPTY)
    known = [known_headings(cells) for _, cells in filled]
    # Two headings that are known make a row of headings; else the first row with more than a title in it.
    best = max(range(len(filled)), key=lambda n: (known[n], -n))
    if known[best] < 2:
        best = next((n for n, (_, cells) in enumerate(filled) if sum(bool(c.strip()) for c in cells) > 1), 0)
    # Headings of two rows, of which the second names more: the cells above it that are merged with it were filled in.
    while (
        best + 1 < len(filled) and filled[best + 1][0] == filled[best][0] + 1 and known[best + 1] >= max(known[best], 2)
    ):
        best += 1
    return early, filled[best]


def _unique(place: int, written: Sequence[str]) -> tuple[list[str], list[RowFault]]:
    """Headings without the ends of lines in them, each of them once, and what is said of those that stand twice."""
    names: list[str] = []
    told: list[RowFault] = []
    used: set[str] = set()
    for cell in written[:MAX_COLUMNS]:
        heading = name = " ".join(cell.replace("\ufeff", "").split())[:120]
        n = 2
        while name and name in used:
            name, n = f"{heading} ({n})", n + 1
        if name != heading:
            told.append(fault(place, name, says.TWICE, "nothing", heading=heading, name=name))
        used.add(name)
        names.append(name)
    while names and not names[-1]:
        names.pop()
    return names, told


def csv_rows(source: Source) -> Iterator[Line]:
    """The rows of a CSV file with their numbers, as a spreadsheet counts them."""
    encoding = encoded.encoding_of(source.raw)
    if encoding is None:
        raise source.refuse(says.NOT_TEXT)
    lines = encoded.lines(source.raw, encoding)
    start = list(itertools.islice(lines, 50))
    if not "".join(start).strip("\ufeff\r\n\t "):
        raise source.refuse(says.EMPTY)
    skipped = 0
    separator = None
    # Excel's line that names the separator; the line that PowerShell writes before the headings.
    if (first := start[0].lstrip("\ufeff").strip().strip('"')).lower().startswith("sep=") and len(first) == 5:
        separator = first[4]
    if separator or first.startswith("#TYPE "):
        start, skipped = start[1:], 1
    yield from _records(itertools.chain(start, lines), separator or separator_of(start), skipped)


def _records(lines: Iterable[str], separator: str, skipped: int) -> Iterator[Line]:
    reader = csv.reader(lines, delimiter=separator)
    place = skipped
    while True:
        place += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield fault(place, "", says.NOT_CLOSED)
            continue
        yield place, cells


def separator_of(lines: Sequence[str]) -> str:
    """The separator by which the first lines fall into the most cells, of the same number in as many of them as can be."""

    def score(separator: str) -> tuple[int, int]:
        counts: list[int] = []
        with contextlib.suppress(csv.Error):  # what was counted before it counts
            counts.extend(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        most = max((n for n in counts if n > 1), key=lambda n: (counts.count(n), n), default=1)
        return (counts.count(most) * (most - 1), most)

    return max(_SEPARATORS, key=score)
