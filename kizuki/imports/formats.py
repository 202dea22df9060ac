"""The kinds of file that can be brought in: those of the reading engine, and the register's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext_lazy as _

from kizuki.kit.faults import BadFile
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.engine.sources import FORMATS, START, Source, detect, source_of
from kizuki.register.engine.sources.encoded import LOST, encoding_of
from kizuki.register.engine.sources.reading import RowFault, fault
from kizuki.register.engine.sources.says import UNREADABLE
from kizuki.register.engine.sources.tables import csv_rows
from kizuki.register.engine.sources.xlsx import workbook_rows
from kizuki.register.tables import is_own

ORGANISATION: Final = "organisation"
#: A table or list that the register wrote: CSV, Excel, JSON.
OWN: Final = "register"
OWN_FORMATS: Final = {
    ORGANISATION: (
        _("Organisation file (YAML, JSON)"), _("Everything that a register holds. One fault, and nothing of it is taken."),
    ),
    OWN: (
        _("Table from this register (CSV, Excel, JSON)"), _("Records exactly as they were exported, with what was changed in them."),
    ),
}  # fmt: skip
TITLES: Final = {id: title for id, (title, _gives) in OWN_FORMATS.items()}
_ORGANISATION: Final = re.compile(rb"schema[\"']?\s*:\s*[\"']?kizuki/organisation/")
#: Sources that tell little of what people call things: what they say fills gaps and replaces nothing, unless somebody says so.
PEOPLES: Final = frozenset({"csv", "xlsx", "netbox", "glpi"})


def detected(name: str, file: BinaryIO) -> str:
    """The kind of a file, "" where none is likely."""
    file.seek(0)
    start = file.read(START)
    file.seek(0)
    if _ORGANISATION.search(start[:8192]):
        return ORGANISATION
    if own_kind(name, file) is not None:
        return OWN
    found = detect(name, start)
    return found or (ORGANISATION if name.lower().endswith((".yaml", ".yml")) else "")


def own_kind(name: str, file: BinaryIO) -> RecordKind | None:
    """The kind of record of a table or list that the register wrote; None for any other file."""
    file.seek(0)
    start = file.read(200)
    file.seek(0)
    if start.startswith(b'{"') and b'":[' in start:
        part = start[2:].split(b'"', 1)[0].decode("ascii", "replace")
        return next((kind.name for kind in KINDS.values() if kind.part == part), None)
    try:
        first = next((row for row in _rows(name, file) if not isinstance(row, RowFault)), None)
    except BadFile:
        return None
    finally:
        file.seek(0)
    if first is None:
        return None
    given = [cell.lstrip("\ufeff") for cell in first[1]]
    return next((kind for kind in KINDS if kind != "coverage" and is_own(kind, given)), None)


def _rows(name: str, file: BinaryIO) -> Iterator[tuple[int, list[str]] | RowFault]:
    excel = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    source = source_of("xlsx" if excel else "csv", name, file)
    for row in workbook_rows(source) if excel else csv_rows(source):
        yield row if isinstance(row, RowFault) else (row[0], list(row[1]))


def own_records(name: str, file: BinaryIO) -> Iterator[tuple[int, dict[str, str]] | RowFault]:
    """The rows of a table that the register wrote, as cells by heading."""
    file.seek(0)
    broken = encoding_of(file) == "mixed"
    file.seek(0)
    headings: list[str] | None = None
    for row in _rows(name, file):
        if isinstance(row, RowFault):
            yield row
        elif headings is None:
            headings = [cell.lstrip("\ufeff") for cell in row[1]]
        elif any(cell for cell in row[1]):
            if broken and LOST in "".join(row[1]):
                yield fault(row[0], "", UNREADABLE)
            else:
                yield row[0], dict(zip(headings, row[1], strict=False))


def own_json(file: BinaryIO) -> list[dict[str, object]]:
    """The records of a list that the register wrote. Raises `ValueError`."""
    file.seek(0)
    (found,) = json.load(file).values()
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("not a list of records")
    return found


def titles() -> dict[str, object]:
    """What the kinds of file are called, in the order in which they are offered."""
    from django.utils.translation import gettext

    return {
        **{id: gettext(found.title) for id, found in FORMATS.items()},
        **{id: str(title) for id, title in TITLES.items()},
    }


__all__ = [
    "FORMATS",
    "ORGANISATION",
    "OWN",
    "PEOPLES",
    "Source",
    "detected",
    "own_json",
    "own_kind",
    "own_records",
    "titles",
]
