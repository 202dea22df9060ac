"""A report as DOCX: real headings and tables, a header with the marking, page numbers, fonts for Japanese and Latin letters."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as Line

from kizuki.incidents.engine.report import Block, Bullets, Pairs, Paragraph, Report, Table

#: Latin and Japanese letters; a machine without them takes its own.
LATIN, JAPANESE = "Arial", "Yu Gothic"
INK, QUIET = RGBColor(0x1A, 0x22, 0x30), RGBColor(0x4C, 0x56, 0x66)
#: No document says when it was made: the same report is the same file.
MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)
WIDTH_MM: Final = 180
#: The style of text in tables, by its name, which is its id too.
CELL: Final = "Cell"


def as_docx(report: Report) -> bytes:
    """The file."""
    document = docx.Document()
    small = report.audience == "executive"
    _styles(document, report.language, 9 if small else 9.5)
    _page(document, report, small)
    document.add_heading(report.title, 0)
    _line(document, f"{report.kicker} – {report.as_of}", quiet=True)
    for section in report.sections:
        document.add_heading(section.title, 2 if section.deeper else 1)
        for block in section.blocks:
            _block(document, block)
    out = io.BytesIO()
    document.save(out)
    return _undated(out)


def _undated(file: io.BytesIO) -> bytes:
    """The same package, whose parts all bear one date."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in package.infolist():
            made.writestr(
                zipfile.ZipInfo(part.filename, (2000, 1, 1, 0, 0, 0)), package.read(part), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def _styles(document: Document, language: str, size: float) -> None:
    styles: Any = document.styles
    for name, points, before, after in (
        ("Normal", size, 0, 2), ("Title", 17, 0, 4), ("Heading 1", 12, 8, 3), ("Heading 2", 10.5, 6, 2), ("List Bullet", size, 0, 1),
        ("Header", 8.5, 0, 0), ("Footer", 8.5, 0, 0),
    ):  # fmt: skip
        style = styles[name]
        _font(style, points, bold=name.startswith(("Heading", "Title")), language=language)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.15
    for border in styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
        break
    cell = styles.add_style(CELL, WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = styles["Normal"]
    _font(cell, size - 1, bold=False, language=language)
    cell.paragraph_format.space_after = Pt(0)


def _font(style: Any, points: float, *, bold: bool, language: str) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = LATIN, Pt(points), bold, False
    style.font.color.rgb = INK
    fonts = style.element.rPr.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), JAPANESE)
    fonts.set(qn("w:cs"), LATIN)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "ja-JP" if language == "ja" else "en-GB")
    spoken.set(qn("w:eastAsia"), "ja-JP")
    for old in style.element.rPr.findall(qn("w:lang")):
        style.element.rPr.remove(old)
    style.element.rPr.append(spoken)


def _page(document: Document, report: Report, small: bool) -> None:
    """A4, the marking on top of every page, its number below."""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(15)
    page.top_margin, page.bottom_margin = (Mm(16), Mm(14)) if small else (Mm(20), Mm(18))
    page.header_distance = page.footer_distance = Mm(8)
    head = page.header.paragraphs[0]
    head.add_run(report.marking).bold = True
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot.add_run(f"{report.number}  ")
    _field(foot, "PAGE")
    foot.add_run(" / ")
    _field(foot, "NUMPAGES")
    properties = document.core_properties
    properties.title, properties.author, properties.comments = f"{report.number} {report.title}"[:255], "Kizuki", ""
    properties.created = properties.modified = MADE
    properties.language = report.language


def _field(line: Line, code: str) -> None:
    """A number that the reader's program works out. Nothing that was typed ever stands in such a field."""
    run = line.add_run()._r
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        if kind == "":
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = f" {text} "
        elif kind == "text":
            part = OxmlElement("w:t")
            part.text = text
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run.append(part)


def _line(parent: Any, text: str, style: str = "Normal", *, quiet: bool = False) -> None:
    line = parent.add_paragraph(style=style)
    run = line.add_run(text)
    if quiet:
        run.font.color.rgb = QUIET


def _block(document: Document, block: Block) -> None:
    if isinstance(block, Paragraph):
        _line(document, block.text, quiet=block.quiet)
    elif isinstance(block, Bullets):
        for item in block.items:
            _line(document, item, "List Bullet")
    elif isinstance(block, Pairs):
        _table(document, Table(("", ""), block.rows, (1, 3)), head=False)
    else:
        _table(document, block, head=True)


def _table(document: Document, block: Table, *, head: bool) -> None:
    made = document.add_table(rows=0, cols=len(block.widths), style="Table Grid")
    made.autofit = False
    whole = sum(block.widths)
    widths = [Mm(WIDTH_MM * width / whole) for width in block.widths]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    if head:
        _row(made, block.head, widths, bold=True)
        again = OxmlElement("w:tblHeader")
        made.rows[0]._tr.get_or_add_trPr().append(again)
    for row in block.rows:
        _row(made, row, widths, bold=False)
    _rules(made)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _row(made: Any, cells: tuple[str, ...], widths: list[Any], *, bold: bool) -> None:
    row = made.add_row()
    whole = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(whole)
    for cell, text, width in zip(row.cells, cells, widths, strict=True):
        cell.width = width
        line = cell.paragraphs[0]
        # By its id: looking the name up for each of thousands of cells takes most of the time.
        line._p.style = CELL
        line.add_run(text).bold = bold


def _rules(made: Any) -> None:
    """Hairlines between rows and none between columns, as on the pages."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{side}")
        rule.set(qn("w:val"), "nil" if side in ("left", "right", "insideV") else "single")
        rule.set(qn("w:sz"), "8" if side == "top" else "4")
        rule.set(qn("w:color"), "1A2230" if side == "top" else "C4CAD0")
        borders.append(rule)
    made._tbl.tblPr.append(borders)
