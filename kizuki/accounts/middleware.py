"""Who is asking: sign-in for pages, 401 for the API, and the person's language and time zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kizuki.accounts import keys, links
from kizuki.accounts.access import who
from kizuki.accounts.choices import Scope

#: Pages that anyone may open. Everything else leads to the sign-in page, whether it exists or not.
_PUBLIC = (
    "account_login", "account_inactive", "account_logout", "mfa_authenticate", "mfa_login_webauthn", "set_language",
)  # fmt: skip
_SAFE = ("GET", "HEAD", "OPTIONS")


class SignInRequired:
    """Lets signed-in people through, and API keys under /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/api/") and (refusal := self._api(request)):
            return refusal
        if not request.user.is_authenticated:
            return self.get_response(request) if self._public(request) else self._to_sign_in(request)
        self._settle(request)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset([*(reverse(name) for name in _PUBLIC), "/healthz"])

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return (settings.STATIC_URL, reverse("accounts:first_link", args=["-"]).removesuffix("-/"), *links.prefixes())

    def _public(self, request: HttpRequest) -> bool:
        return request.path_info in self._paths or request.path_info.startswith(self._prefixes)

    def _api(self, request: HttpRequest) -> HttpResponse | None:
        """Take the person from the key, if there is one; the answer is a refusal or None."""
        key = keys.key_of(request)
        if key is not None:
            if key.scope != Scope.WRITE and request.method not in _SAFE:
                return JsonResponse({"detail": _("This key may only read.")}, status=403)
            request.user = key.person
            # No cookie takes part in this request, so there is nothing that another site could ride on.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
            return None
        if "Authorization" in request.headers or not request.user.is_authenticated:
            answer = JsonResponse({"detail": _("Sign in, or send a valid key.")}, status=401)
            answer["WWW-Authenticate"] = 'Bearer realm="Kizuki"'
            return answer
        if request.method not in _SAFE:
            # A session's cookie comes along when another site makes the browser send; a key does not.
            return JsonResponse({"detail": _("Send a key: without one the API only reads.")}, status=403)
        return None

    def _to_sign_in(self, request: HttpRequest) -> HttpResponse:
        target = reverse("account_login")
        if request.headers.get("HX-Request") == "true":
            # A part of a page was asked for after the session had ended: the whole page must go to the sign-in page.
            back = self._page(request, request.headers.get("HX-Current-URL", ""))
            return HttpResponse(status=401, headers={"HX-Redirect": f"{target}?{back}" if back else target})
        safe = request.method in _SAFE
        back = self._page(request, request.build_absolute_uri() if safe else request.headers.get("Referer", ""))
        return redirect(f"{target}?{back}" if back else target)

    @staticmethod
    def _page(request: HttpRequest, address: str) -> str:
        """The query that leads back to a page of this site: the one that was asked for, or the one with the form that was sent; "" for
        none, and for the first page."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return ""
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        ours = parts.netloc == request.get_host() and parts.path.startswith("/") and not parts.path.startswith("//")
        return urlencode({"next": path}) if ours and path != "/" else ""

    @staticmethod
    def _settle(request: HttpRequest) -> None:
        """Language: the cookie of the switch wins, else the person's own. Time zone: always the person's own."""
        person = who(request)
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if cookie not in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        timezone.activate(zoneinfo.ZoneInfo(person.time_zone))
