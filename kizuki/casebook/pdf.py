"""A case as PDF, made from the page that is also printed."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.loader import render_to_string


def pdf_of(request: HttpRequest, context: dict[str, Any]) -> bytes:
    """The PDF of a case page in the current language. Nothing is fetched from anywhere: the stylesheet is read from the program."""
    import weasyprint

    html = render_to_string("casebook/case_print.html", context, request=request)
    sheets = [
        weasyprint.CSS(filename=str(finders.find(name))) for name in ("kizuki/print.css",)
    ]
    return bytes(weasyprint.HTML(string=html, url_fetcher=_refuse).write_pdf(stylesheets=sheets))


def _refuse(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    raise ValueError(f"a case's PDF needs nothing from {url[:40]}")
