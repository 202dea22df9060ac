"""Tables come back as they were, and no spreadsheet finds a formula in them."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuki.kit.tests.strategies import of_type
from kizuki.register import tables
from kizuki.register.engine.kinds import KINDS, RecordKind, built, plain
from kizuki.register.fields import SECTIONS

WITH_PAGES: list[RecordKind] = list(SECTIONS)


def _said(value: Any) -> Any:
    """Without what says nothing: no table can tell an empty text from none."""
    if isinstance(value, dict):
        return {
            key: kept for key, found in value.items() if (kept := _said(found)) not in ("", {}, []) or key == "address"
        }
    return [kept for found in value if (kept := _said(found)) not in ("", {})] if isinstance(value, list) else value


@st.composite
def documents(draw: Any) -> tuple[RecordKind, dict[str, Any]]:
    """A record of any kind whose form is right, as its document."""
    kind = draw(st.sampled_from(WITH_PAGES))
    document: dict[str, Any] = _said(plain(draw(of_type(KINDS[kind].struct))))
    for name in KINDS[kind].struct.__struct_encode_fields__[:3]:
        document.setdefault(name, "x") if name in ("id", "name", "of", "from", "to") else None
    return kind, document


def _read(kind: RecordKind, rows: list[list[str]]) -> dict[str, Any]:
    return tables.document_of(kind, 1, dict(zip(rows[0], rows[1], strict=True)))


@settings(max_examples=300, deadline=None)
@given(documents())
def test_any_record_comes_back_from_its_row(made: tuple[RecordKind, dict[str, Any]]) -> None:
    kind, document = made
    text = "".join(tables.csv_lines(kind, [document]))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    again = _read(kind, rows)
    assert built(kind, again) == built(kind, document)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in rows[1])


def test_a_workbook_comes_back_and_calculates_nothing() -> None:
    document = {"id": "a", "name": "=1+1", "kind": "pc", "hosts": ["007", "@x"], "notes": "'quoted", "count": 3}
    sheet: Any = openpyxl.load_workbook(io.BytesIO(tables.xlsx("asset", "assets", [document]))).active
    rows = [[cell.value or "" for cell in row] for row in sheet.rows]
    assert not any(cell.data_type == "f" for row in sheet.rows for cell in row)
    assert _read("asset", rows) == document


def test_a_cell_that_cannot_be_read_is_told() -> None:
    with pytest.raises(tables.Unread) as caught:
        tables.document_of("asset", 7, {"id": "a", "kind": "pc", "internet_facing": "maybe", "count": "many"})
    assert {(fault.row, fault.heading) for fault in caught.value.faults} == {(7, "internet_facing"), (7, "count")}
