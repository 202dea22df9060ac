"""Files that are wrong as a whole: bytes, and every line of the report that they are refused with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from kizuki.kit import document, when


class Bad(NamedTuple):
    """A file, what it was meant to be (case, organisation, measures), and what is said of it."""

    name: str
    of: str
    raw: bytes
    says: tuple[str, ...]


_TABLE: dict[str, Any] = document.load("malformed.yaml", Path(__file__).with_name("malformed.yaml").read_bytes())[0]
GOOD: dict[str, bytes] = {kind: text.encode() for kind, text in _TABLE["good"].items()}
TURNED = tuple(
    Bad(
        f"{row['of']}: {row['turn'].strip()[:40]} -> {row['into'].strip()[:40]}",
        row["of"],
        GOOD[row["of"]].replace(row["turn"].encode(), row["into"].encode(), 1),
        tuple(line.replace("%(FORMS)s", when.FORMS) for line in row["says"]),
    )
    for row in _TABLE["bad"]
)
WHOLE = (
    Bad(
        "the file is empty",
        "case",
        b"",
        ("1: the file is empty; choose another one, or start from the template",),
    ),
    Bad(
        "only remarks",
        "case",
        b"# nothing yet\n",
        ("1: the file is empty; choose another one, or start from the template",),
    ),
    Bad(
        "a list of words",
        "case",
        b"- a\n- b\n",
        ("1: this is a list, not a case file; a case file begins with “schema: kizuki/case/1”",),
    ),
    Bad(
        "a letter",
        "case",
        b"Dear colleagues,\nplease find the case attached.\n",
        ("1: this is plain text, not a case file; a case file begins with “schema: kizuki/case/1”",),
    ),
    Bad(
        "a table",
        "case",
        b"id,title,date\n1,x,2026-01-01\n",
        ("1: this is a table (CSV), not a case file; a case file begins with “schema: kizuki/case/1”",),
    ),
    Bad(
        "a table with tabs",
        "case",
        b"id\ttitle\tdate\n1\tx\t2026-01-01\n",
        ("1: this is a table (CSV), not a case file; a case file begins with “schema: kizuki/case/1”",),
    ),
    Bad(
        "a web page",
        "case",
        b"<!DOCTYPE html>\n<html></html>\n",
        ("1: this is a web page or XML, not a case file; a case file begins with “schema: kizuki/case/1”",),
    ),
    Bad(
        "a picture",
        "case",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        ("1: this is a PNG picture; choose a YAML or JSON file",),
    ),
    Bad(
        "a PDF",
        "case",
        b"%PDF-1.7\n%\xe2\xe3",
        ("1: this is a PDF; choose a YAML or JSON file",),
    ),
    Bad(
        "an archive",
        "case",
        b"PK\x03\x04\x14\x00",
        ("1: this is a ZIP archive, or an Excel or Word file; choose a YAML or JSON file",),
    ),
    Bad(
        "an archive as organisation",
        "organisation",
        b"PK\x03\x04\x14\x00",
        ("1: this is a ZIP archive, or an Excel or Word file; choose a YAML or JSON file",),
    ),
    Bad(
        "an old Excel file",
        "organisation",
        b"\xd0\xcf\x11\xe0\xa1\xb1",
        ("1: this is an old Excel or Word file; choose a YAML or JSON file",),
    ),
    Bad(
        "a photograph",
        "case",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        ("1: this is a JPEG picture; choose a YAML or JSON file",),
    ),
    Bad(
        "UTF-16",
        "case",
        "schema: kizuki/case/1\n".encode("utf-16"),
        ("1: the file is UTF-16; save it as UTF-8",),
    ),
    Bad(
        "UTF-16 without a mark",
        "case",
        "schema: kizuki/case/1\n".encode("utf-16-le"),
        ("1: a NUL character stands here: this is not a text file; give YAML or JSON",),
    ),
    Bad(
        "Shift_JIS",
        "case",
        "schema: kizuki/case/1\ntitle: {ja: 題名}\n".encode("shift_jis"),
        ("2: the file is not UTF-8 (perhaps Shift_JIS); save it as UTF-8",),
    ),
    Bad(
        "EUC-JP",
        "organisation",
        "schema: kizuki/organisation/1\n\n# 組織\n".encode("euc_jp"),
        ("3: the file is not UTF-8 (perhaps Shift_JIS); save it as UTF-8",),
    ),
    Bad(
        "ISO-2022-JP",
        "case",
        "schema: kizuki/case/1\ntitle: {ja: 題名}\n".encode("iso2022_jp"),
        ("2: not readable: a control character stands here (perhaps the text is not UTF-8); remove it",),
    ),
    Bad(
        "a NUL",
        "case",
        b"schema: kizuki/case/1\nid: a\x00b\n",
        ("2: a NUL character stands here: this is not a text file; give YAML or JSON",),
    ),
    Bad(
        "random bytes",
        "case",
        bytes(range(128, 256)) * 4,
        ("1: the file is not UTF-8 (perhaps Shift_JIS); save it as UTF-8",),
    ),
    Bad(
        "a bomb of aliases",
        "case",
        b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
        ("1: anchors and aliases (&, *) are not taken; write the value out",),
    ),
    Bad(
        "a deep list",
        "case",
        b"[" * 5000,
        ("1: nested deeper than 40 levels; make it flatter",),
    ),
    Bad(
        "a deep group",
        "case",
        b'{"a":' * 5000,
        ("1: nested deeper than 40 levels; make it flatter",),
    ),
    Bad(
        "deep YAML",
        "organisation",
        "\n".join(" " * n + "a:" for n in range(60)).encode(),
        ("41: nested deeper than 40 levels; make it flatter",),
    ),
    Bad(
        "a number alone",
        "case",
        b"42\n",
        ("1: this is a single value, not a case file; a case file begins with “schema: kizuki/case/1”",),
    ),
    Bad(
        "JSON cut off",
        "organisation",
        b'{"schema": "kizuki/organisation/1",\n "organisation": {"name": "x"',
        ("3: not readable: a bracket is not closed, or a comma is missing",),
    ),
    Bad(
        "JSON with a key twice",
        "case",
        b'{"schema": "kizuki/case/1",\n "id": "a",\n "id": "b"}',
        ("3: the key “id” stands here twice; keep one of them",),
    ),
    Bad(
        "JSON of something else",
        "case",
        b'{"bomFormat": "CycloneDX",\n "specVersion": "1.6",\n "components": []}',
        ("1: this is not a case file; a case file begins with “schema: kizuki/case/1”",),
    ),
    Bad(
        "JSON list",
        "organisation",
        b'[{"id": 1}]',
        (
            "1: this is a list, not an organisation file; an organisation file begins with “s"
            "chema: kizuki/organisation/1”",
        ),
    ),
    Bad(
        "half a character",
        "case",
        b'{"schema": "kizuki/case/1",\n "id": "\\ud800"}',
        ("2: not readable: a backslash code names no character; write the character itself",),
    ),
    Bad(
        "an organisation as measures",
        "measures",
        GOOD["organisation"],
        ("1: this is an organisation file, but a measures file is wanted here; choose another file",),
    ),
    Bad(
        "a measures file as case",
        "case",
        GOOD["measures"],
        ("1: this is a measures file, but a case file is wanted here; choose another file",),
    ),
    Bad(
        "a case as organisation",
        "organisation",
        GOOD["case"],
        ("1: this is a case file, but an organisation file is wanted here; choose another file",),
    ),
)
BAD = (*TURNED, *WHOLE)
