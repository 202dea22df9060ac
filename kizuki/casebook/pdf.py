"""A case as PDF, made from the same parts as its page, as a job, and kept by what it was made from. Rooms above draw theirs with it."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from kizuki.casebook.draw import NO_LIBRARY
from kizuki.casebook.models import Case

#: Seconds that a drawing may take.
TIMEOUT = 300


class NoPdf(Exception):
    """The libraries that draw PDF files are not on this machine."""


@functools.cache
def _static(name: str) -> str:
    return Path(str(finders.find(name))).read_text(encoding="utf-8")


def html_of(context: dict[str, Any], language: str) -> str:
    """The print page of a case; each drawing carries its styles, because inside a page it sees no others."""
    with translation.override(language):
        html = render_to_string("casebook/case_print.html", context)
    style = f"<style>{_static('kizuki/print-svg.css')}</style>"
    first, *rest = html.split("<svg ")
    return first + "".join("<svg " + part.replace(">", ">" + style, 1) for part in rest)


def file_of(html: str) -> Path:
    """Where the PDF of this page is kept: named by the content it is made from, so that it is never out of date."""
    name = hashlib.sha256((html + _static("kizuki/print.css")).encode()).hexdigest()
    return Path(settings.HOME) / "files" / "pdf" / name[:2] / f"{name}.pdf"


def write_pdf(html: str) -> Path:
    """Draw the PDF of a case unless it is there. Nothing is fetched. Raises `NoPdf` where Pango is missing."""
    path = file_of(html)
    return path if path.exists() else draw(html, path, "kizuki/print.css")


def draw(html: str, path: Path, sheet: str = "") -> Path:
    """Draw the PDF of a page into a file, with the style sheet of that name besides the page's own. Nothing is fetched. Raises `NoPdf`
    where Pango is missing."""
    command = [sys.executable, "-m", "kizuki.casebook.draw", *([str(finders.find(sheet))] if sheet else [])]
    drawn = subprocess.run(command, input=html.encode(), capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603
    if drawn.returncode == NO_LIBRARY:
        raise NoPdf(drawn.stderr.decode(errors="replace")[:500])
    drawn.check_returncode()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = path.with_suffix(f".{os.getpid()}.part")
    waiting.write_bytes(drawn.stdout)
    waiting.replace(path)
    return path


def html_for(row: Case, person: Any, language: str) -> str:
    """The print page of a case as this person may see it."""
    from kizuki.casebook.views import case_context

    with translation.override(language):
        return html_of(case_context(person, row), language)
