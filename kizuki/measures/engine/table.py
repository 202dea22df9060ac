"""Coverage as a table: one row a row, with the columns of the organisation file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from kizuki.kit.schema_faults import finding_of, findings
from kizuki.register.engine.format import Coverage
from kizuki.register.engine.sources.reading import RowFault
from kizuki.register.engine.sources.tables import Row

COLUMNS: Final = (
    "measure", "unit", "zone", "kind", "asset", "state", "evidence_ja", "evidence_en", "verified", "verified_by", "valid_until",
    "link", "files",
)  # fmt: skip
SCOPE: Final = ("unit", "zone", "kind", "asset")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Told(NamedTuple):
    """One row as it was read: its number, its document, and what is wrong with its form: (column, message)."""

    place: int
    document: dict[str, Any]
    wrong: tuple[tuple[str, str], ...]


def cells_of(row: Coverage) -> list[str]:
    """A row of coverage as cells in the order of `COLUMNS`, none of which a spreadsheet takes for a formula."""
    evidence = row.evidence
    ja, en = (evidence, evidence) if isinstance(evidence, str) else (evidence and evidence.ja, evidence and evidence.en)
    scope = [getattr(row.scope, key) for key in SCOPE]
    values = [
        row.measure, *scope, row.state, ja, en, row.verified, row.verified_by, row.valid_until, row.link, " ".join(row.files),
    ]  # fmt: skip
    return [_neutral(value or "") for value in values]


def _neutral(text: str) -> str:
    # A text that begins like an escaped one is escaped as well, so that every table says again what was written.
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _meant(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith((*_FORMULA, "'")) else text


def read_rows(
    rows: Iterable[Row | RowFault], headings: Mapping[str, str], states: Mapping[str, str]
) -> Iterator[Told | RowFault]:
    """The rows of a table as documents. `headings`: the word of a column, in small letters, → column; `states`: likewise for
    states. Columns that are not known are passed over."""
    for row in rows:
        if isinstance(row, RowFault):
            yield row
            continue
        cells = {
            headings[name.casefold()]: _meant(cell) for name, cell in row.cells.items() if name.casefold() in headings
        }
        document = _document(cells, states)
        yield Told(row.place, document, tuple(_wrong(document)))


def _document(cells: Mapping[str, str], states: Mapping[str, str]) -> dict[str, Any]:
    state = cells.get("state", "")
    scope = {key: cells[key] for key in SCOPE if cells.get(key)}
    document: dict[str, Any] = {
        "measure": cells.get("measure", "").upper(), "scope": scope or {"all": True},
        "state": states.get(state.casefold(), state),
    }  # fmt: skip
    ja, en = cells.get("evidence_ja", ""), cells.get("evidence_en", "")
    if ja or en:
        document["evidence"] = ja if ja == en else {code: text for code, text in (("ja", ja), ("en", en)) if text}
    for name in ("verified", "valid_until"):
        if cells.get(name):
            document[name] = _day(cells[name])
    for name in ("verified_by", "link"):
        if cells.get(name):
            document[name] = cells[name]
    if cells.get("files"):
        document["files"] = cells["files"].split()
    return document


def _day(written: str) -> str:
    """A day as 2026-11-22, also where a spreadsheet writes it otherwise or adds the hour; what is none stays, to be refused."""
    match = _DAY.fullmatch(written.split(" ", maxsplit=1)[0].split("T", maxsplit=1)[0])
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else written


def _wrong(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        msgspec.convert(document, Coverage)
    except msgspec.ValidationError as error:
        found = list(findings(document, Coverage)) or [finding_of(error, document)]
        for place, message, _key in found:
            yield (
                str(place[-1] if place and place[0] == "scope" and len(place) > 1 else place[0] if place else ""),
                message,
            )
