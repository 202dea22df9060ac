"""Coverage as a table: out and in again is equal; what is wrong is told row by row; an import can be undone."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import Cast
from kizuki.jobs.worker import drain
from kizuki.measures.actions import change_coverage
from kizuki.measures.engine.table import COLUMNS, cells_of
from kizuki.measures.table import headings, plan, states
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Coverage, Organisation

HEAD = ",".join(COLUMNS)


def planned(small: Organisation, *lines: str, head: str = HEAD) -> Any:
    return plan(small, "t.csv", "\n".join([head, *lines]).encode())


def documents() -> list[Any]:
    return [row.document for row in Coverage.objects.filter(deleted_at=None).order_by("key")]


NASTY = {
    "measure": "P09", "scope": {"unit": "shop", "zone": "dmz", "kind": "server", "asset": "www"}, "state": "not applicable",
    "evidence": {"ja": "=1+1\n二行目,「引用\"」", "en": "'=quoted"}, "verified": "2026-02-28", "verified_by": "@Ann",
    "valid_until": "2027-02-28", "link": "+https://example.org/?a=1&b=2", "files": ["0" * 64, "a" * 64],
}  # fmt: skip


def test_out_and_in_again_is_equal(small: Organisation, cast: Cast, signed_in: Any) -> None:
    key = "P09 unit=shop zone=dmz kind=server asset=www"
    apply(organisation=small, edits=[Edit("coverage", key, NASTY)], by="a test")
    raw = signed_in(cast.manager).get(reverse("measures:table")).content
    assert b"\n=1+1" not in raw
    assert b",=1+1" not in raw
    made = plan(small, "coverage.csv", raw)
    assert made.wrong == []
    assert [row.what for row in made.rows] == ["same"] * 3
    assert {row.edit.key: row.edit.document for row in made.rows} == {r.key: r.document for r in Coverage.objects.all()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_japanese_tables_of_any_encoding(small: Organisation, encoding: str) -> None:
    assert {"full", "none"} <= set(states().values())
    known = {column: word for word, column in headings().items()}
    head = ",".join(known[name] for name in ("measure", "zone", "state", "evidence_ja", "verified"))
    state = next(word for word, value in states().items() if value == "full" and not word.isascii())
    made = plan(small, "t.csv", f"{head}\np03,dmz,{state},済み,2026/11/1\n".encode(encoding))
    assert made.wrong == []
    (row,) = made.rows
    assert row.edit.key == "P03 zone=dmz"
    assert row.edit.document == {
        "measure": "P03", "scope": {"zone": "dmz"}, "state": "full", "evidence": {"ja": "済み"}, "verified": "2026-11-01",
    }  # fmt: skip


def test_excel_is_read_as_well(small: Organisation) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["measure", "unit", "state"])
    sheet.append(["P01", "it", "partial"])
    out = io.BytesIO()
    book.save(out)
    made = plan(small, "t.xlsx", out.getvalue())
    assert [(row.edit.key, row.what) for row in made.rows] == [("P01 unit=it", "new")]


def test_every_wrong_row_is_told_and_good_ones_are_kept(small: Organisation) -> None:
    made = planned(
        small,
        "P01,,,,,full,,,,,,,",
        "Z99,,,,,full,,,,,,,",
        "P02,nowhere,,,,full,,,,,,,",
        "P03,,,,,excellent,,,,,,,",
        "P04,,,toaster,,full,,,,,,,",
        "P05,,,,,full,,,31.11.2026,,,,",
        "P07,,,,,full,,,2026-02-30,,,,",
        "P08,,,,,full,,,,,,,nothash",
        "P01,,,,,none,,,,,,,",
        ",,,,,full,,,,,,,",
        "P10,,,,,full",
        "P11,,,,,full,,,,,,,,,more",
    )
    assert [row.edit.key for row in made.rows] == ["P01 all", "P10 all"]
    assert [place for place, _column, _why in made.wrong if place != 12] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 13]
    assert all(why for _place, _column, why in made.wrong)


def test_an_import_is_looked_at_then_stored_then_undone(
    small: Organisation, cast: Cast, signed_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = documents()
    client = signed_in(cast.manager)
    raw = f"{HEAD}\nP06,,,,www,none,,,,,,,\nP01,it,,,,full,,,,,,,\nZ99,,,,,full,,,,,,,".encode()
    page = client.post(reverse("measures:table_import"), {"file": SimpleUploadedFile("t.csv", raw)}).content.decode()
    assert "Store 2 rows" in page
    assert "Z99" in page
    assert documents() == before
    assert client.post(reverse("measures:table_apply")).status_code == 302
    assert drain() >= 1
    assert Coverage.objects.get(key="P06 asset=www").state == "none"
    again = client.post(reverse("measures:table_apply"))
    assert again["Location"] == reverse("measures:table_import")
    page = client.get(reverse("measures:table_import")).content.decode()
    batch = page.split('name="batch" value="')[1].split('"')[0]
    client.post(reverse("measures:table_apply"), {"batch": batch})
    assert documents() == before


def test_undoing_what_somebody_changed_since_changes_nothing(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    raw = f"{HEAD}\nP01,it,,,,full,,,,,,,".encode()
    client.post(reverse("measures:table_import"), {"file": SimpleUploadedFile("t.csv", raw)})
    client.post(reverse("measures:table_apply"))
    drain()
    row: Any = Coverage.objects.get(key="P01 unit=it")
    change_coverage(organisation=small, document={**row.document, "state": "none"}, base=row.version, by="another")
    batch = client.get(reverse("measures:table_import")).content.decode().split('name="batch" value="')[1].split('"')[0]
    for sent in (batch, "0" * 32, "nonsense"):
        client.post(reverse("measures:table_apply"), {"batch": sent})
    row.refresh_from_db()
    assert (row.state, row.deleted_at) == ("none", None)


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"just words"]
)
def test_what_is_no_table_is_refused(small: Organisation, cast: Cast, signed_in: Any, raw: bytes) -> None:
    before = documents()
    response = signed_in(cast.manager).post(
        reverse("measures:table_import"), {"file": SimpleUploadedFile("t.csv", raw)}
    )
    assert response.status_code in (200, 422)
    assert documents() == before
    assert b"Store " not in response.content


def test_an_owner_gets_the_rows_of_own_units(small: Organisation, cast: Cast, signed_in: Any) -> None:
    lines = signed_in(cast.reporter).get(reverse("measures:table")).content.decode().splitlines()
    assert len(lines) == 2
    assert "www" in lines[1]


def test_cells_are_never_formulas(small: Organisation) -> None:
    for row in Coverage.objects.all():
        assert not any(cell[:1] in "=+-@" for cell in cells_of(row.read) if cell)
