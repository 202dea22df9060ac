"""One address for each page, found with or without a slash at its end."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import is_valid_path
from django.utils.http import escape_leading_slashes


class WithoutSlash:
    """Where no page has the address but one has it without the slash at its end, lead there. The other way round Django does
    itself (APPEND_SLASH). Only reading is led on, since a form that was sent would arrive empty; and only within this site, for
    an address that began with two slashes would name another one."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.answer(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        path = request.path_info.rstrip("/")
        if not path or path == request.path_info or is_valid_path(request.path_info) or not is_valid_path(path):
            return response
        query = request.META.get("QUERY_STRING", "")
        target = request.path.rstrip("/") + (f"?{query}" if query else "")
        return HttpResponsePermanentRedirect(escape_leading_slashes(target))
