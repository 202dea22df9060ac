"""A report as a file: HTML, Markdown, JSON, DOCX at once; PDF as a job, kept for the incident that it tells of."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import override

from kizuki.casebook import pdf
from kizuki.incidents.engine.report import Report, Table, as_json
from kizuki.incidents.engine.report_markdown import markdown
from kizuki.incidents.models import Incident

#: So many PDF files of one incident are kept; older ones are drawn anew when they are asked for.
MOST_KEPT: Final = 20
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Format(NamedTuple):
    """A form of the file: its ending, media type, and how it is made."""

    ending: str
    media_type: str
    make: Callable[[Report], bytes]


def as_html(report: Report) -> bytes:
    """One page that needs nothing else, and in which nothing runs."""
    style = mark_safe(_css() + _widths(report) + _marked(report))  # noqa: S308 - ours, numbers, and escaped
    with override(report.language):
        return render_to_string("incidents/report_file.html", {"report": report, "style": style}).encode()


@functools.cache
def _css() -> str:
    return Path(str(finders.find("incidents/report.css"))).read_text(encoding="utf-8")


def _widths(report: Report) -> str:
    """The rules for how wide columns are on paper. Without them every cell of a long table would be measured for every way in which it
    may be broken, which takes much longer than drawing it."""
    tables = (block for section in report.sections for block in section.blocks if isinstance(block, Table))
    used = sorted({share for table in tables for share in table.shares})
    return f"@media print {{ {' '.join(f'.w{share} {{ width: {share}% }}' for share in used)} }}\n"


def _marked(report: Report) -> str:
    """The rule that puts the marking and the number of the page on every page of paper."""
    said = "".join(
        letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in report.marking
    )
    font = 'font: 8pt Arial, "Liberation Sans", "Noto Sans CJK JP", sans-serif'
    return (
        f'@page {{ @top-left {{ content: "{said}"; {font}; font-weight: 700; white-space: nowrap; }}'
        f' @bottom-left {{ content: "{report.number}"; {font}; }}'
        f' @bottom-right {{ content: counter(page) " / " counter(pages); {font}; }} }}'
    )


def _docx(report: Report) -> bytes:
    # The library takes a while to load, and few ask for it.
    from kizuki.incidents.engine.report_docx import as_docx

    return as_docx(report)


FORMATS: Final[dict[str, Format]] = {
    one.ending: one
    for one in (
        Format("html", "text/html; charset=utf-8", as_html),
        Format("md", "text/markdown; charset=utf-8", lambda report: markdown(report).encode()),
        Format("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _docx),
        Format("json", "application/json", as_json),
    )
}


def name_of(report: Report, ending: str) -> str:
    """What the file is called: nothing in it was typed by anybody."""
    return f"{report.number}-{report.audience}-{report.language}.{ending}"


def _folder(incident: Incident) -> Path:
    return Path(settings.HOME) / "files" / "pdf" / f"incident-{incident.pk}"


def draw_pdf(incident: Incident, report: Report) -> str:
    """Draw the PDF, and give the name under which it is kept. Raises `pdf.NoPdf`."""
    html = as_html(report).decode()
    digest = hashlib.sha256(html.encode()).hexdigest()
    folder = _folder(incident)
    path = folder / f"{digest}.pdf"
    if not path.exists():
        pdf.draw(html, path)
        kept = sorted(folder.glob("*.pdf"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in kept[MOST_KEPT:]:
            old.unlink(missing_ok=True)
    return digest


def kept_pdf(incident: Incident, digest: str) -> Path | None:
    """The PDF of that name, if one of this incident was drawn."""
    if not _DIGEST.fullmatch(digest):
        return None
    path = _folder(incident) / f"{digest}.pdf"
    return path if path.is_file() else None
