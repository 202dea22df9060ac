"""People's own tables in Excel: merged cells, formulas, what Excel itself writes, workbooks that mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from kizuki.kit.faults import BadFile
from kizuki.register.engine import sources
from kizuki.register.engine.sources import says, xlsx
from kizuki.register.tests.reading_tables import assets, told


def book(fill: Callable[[Any], object], *, title: str = "資産") -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    fill(sheet)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def read_book(raw: bytes, **options: Any) -> sources.SourceReading:
    assert sources.detect("book.bin", raw) == "xlsx"
    return sources.read("xlsx", "book.xlsx", raw, sources.Options(**options))


def test_a_workbook_with_numbers_days_and_yes_no() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["管理番号", "資産名", "台数", "最終確認日", "外部公開", "IPアドレス"])
        sheet.append([17, "a", 3.0, datetime(2026, 11, 3, 9, 5), True, "192.0.2.1"])
        sheet.append([])
        sheet.append([18, "b", None, date(2026, 11, 4), False, None])

    reading = read_book(book(fill))
    assert assets(reading) == [
        {"id": "17", "name": "a", "count": 3, "internet_facing": True, "ips": ("192.0.2.1",)},
        {"id": "18", "name": "b", "internet_facing": False},
    ]  # fmt: skip
    assert [proposal.place for proposal in reading.proposals] == [2, 4]
    assert [seen.at for seen in reading.observations] == [datetime(2026, 11, 3, 9, 5, tzinfo=UTC)]


def test_merged_cells_are_told_row_by_row_and_taken_as_they_are_meant() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["部署", "資産名", "備考"])
        for name in "abc":
            sheet.append(["総務部" if name == "a" else None, name])
        sheet["B5"] = "一括"
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("B5:C5")

    reading = read_book(book(fill))
    assert [(asset["name"], asset.get("unit")) for asset in assets(reading)] == [
        ("a", "総務部"), ("b", "総務部"), ("c", "総務部"), ("一括", None),
    ]  # fmt: skip
    assert told(reading) == [
        (3, "A", says.MERGED_ROWS, "nothing"), (4, "A", says.MERGED_ROWS, "nothing"), (5, "B", says.MERGED_COLUMNS, "nothing"),
    ]  # fmt: skip
    assert "row 2" in reading.faults[0].message


def test_headings_of_two_rows() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["管理番号", "資産名", "ネットワーク", None])
        sheet.append([None, None, "IPアドレス", "MACアドレス"])
        sheet.append(["1", "a", "192.0.2.1", "00:00:5e:00:53:01"])
        for merged in ("A1:A2", "B1:B2", "C1:D1"):
            sheet.merge_cells(merged)

    assert assets(read_book(book(fill))) == [
        {"id": "1", "name": "a", "ips": ("192.0.2.1",), "macs": ("00:00:5e:00:53:01",)}
    ]


def test_a_formula_in_a_workbook_gives_its_value_or_nothing() -> None:
    raw = book(lambda sheet: [sheet.append(["資産名", "備考"]), sheet.append(["a", "=1+2"]), sheet.append(["b", "x"])])
    reading = read_book(raw)
    assert assets(reading) == [{"name": "a"}, {"name": "b", "notes": "x"}]
    assert told(reading) == [(2, "B", says.FORMULA, "value")]
    stored = rewritten(
        raw, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v></v>", b"<v>3</v>").replace(b"<v />", b"<v>3</v>")
    )
    assert assets(read_book(stored))[0] == {"name": "a", "notes": "3"}
    assert read_book(stored).faults == ()


def rewritten(raw: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            changed = change(content) if name == part else content
            assert name != part or changed != content
            new.writestr(name, changed)
    return target.getvalue()


def as_excel_writes_it() -> bytes:
    """A workbook with shared texts, a shared formula and rows without the cells at their ends, as Excel writes them
    (ECMA-376, part 1: 18.3 worksheets, 18.4 shared string table)."""
    raw = book(lambda sheet: sheet.append(["x"]))
    texts = ["資産名", "台数", "備考", "サーバ", "端末"]
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts) + "<si><r><t>二</t></r><r><t>重</t></r></si>"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<worksheet xmlns="{main}"><sheetData>'
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2"><f t="shared" ref="B2:B3" si="0">1+1</f><v>2</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>4</v></c><c r="B4"><f t="shared" si="0"/></c><c r="C4" t="s"><v>5</v></c></row>'
        "</sheetData></worksheet>"
    )
    types = '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'  # noqa: E501
    raw = rewritten(raw, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", types.encode()))
    raw = rewritten(raw, "xl/worksheets/sheet1.xml", lambda _: sheet.encode())
    target = io.BytesIO(raw)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{shared}</sst>')
    return target.getvalue()


def test_a_workbook_as_excel_writes_it() -> None:
    reading = read_book(as_excel_writes_it())
    assert assets(reading) == [{"name": "サーバ", "count": 2}, {"name": "端末", "notes": "二重"}]
    assert [proposal.place for proposal in reading.proposals] == [2, 4]
    assert told(reading) == [(4, "B", says.FORMULA, "value")]


def test_the_sheet_is_chosen_by_name_and_hidden_ones_are_passed_over() -> None:
    made = openpyxl.Workbook()
    hidden = made.active
    assert hidden is not None
    hidden.title, hidden.sheet_state = "古い", "hidden"
    hidden.append(["資産名"])
    for title in ("一覧", "別"):
        made.create_sheet(title).append(["資産名", "部署"])
        made[title].append([title, "総務部"])
    file = io.BytesIO()
    made.save(file)
    assert sources.sheets("b.xlsx", file.getvalue()) == ["一覧", "別"]
    assert assets(read_book(file.getvalue()))[0]["name"] == "一覧"
    assert assets(read_book(file.getvalue(), sheet="別"))[0]["name"] == "別"
    with pytest.raises(BadFile, match="the workbook has no sheet “x”; its sheets are 古い, 一覧, 別"):
        read_book(file.getvalue(), sheet="x")


def test_workbooks_that_would_fill_the_memory_or_declare_entities_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = book(lambda sheet: [sheet.append(["資産名", "部署"]), sheet.append(["a", "x" * 5000])])
    declared = rewritten(
        raw,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "b">]><worksheet', 1),
    )
    with pytest.raises(BadFile, match="the XML declares entities"):
        read_book(declared)
    for limit in ("MAX_UNPACKED", "MAX_TEXTS", "MAX_PART"):
        with monkeypatch.context() as patch:
            patch.setattr(xlsx, limit, 100)
            with pytest.raises(BadFile, match="unpacks to more than"):
                read_book(as_excel_writes_it())
    broken = rewritten(raw, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
    with pytest.raises(BadFile, match="not readable as an Excel workbook"):
        read_book(broken)


def test_a_sheet_that_claims_to_be_huge_costs_no_more_than_it_is() -> None:
    raw = book(lambda sheet: [sheet.append(["資産名", "部署"]), sheet.append(["a", "総務部"])])
    huge = rewritten(
        raw,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"'),
    )
    assert assets(read_book(huge)) == [{"name": "a", "unit": "総務部"}]
