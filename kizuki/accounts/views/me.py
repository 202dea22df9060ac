"""One's own account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kizuki.accounts import actions
from kizuki.accounts.access import get_visible, who
from kizuki.accounts.forms import KeyForm, ProfileForm
from kizuki.accounts.models import Key, Person

SIGN_INS_SHOWN = 12
View = TypeVar("View", bound=Callable[..., HttpResponse])


def confirmed(view: View) -> View:
    """Ask for the password or second factor again, unless that happened a moment ago."""
    return cast(View, reauthentication_required(view))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Name, language, time zone; and at a glance password, second factors, keys, sign-ins."""
    person = who(request)
    form = ProfileForm(request.POST or None, initial=_profile(person))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.update_profile(
                person=person, name=data["name"], language=data["language"], time_zone=data["time_zone"],
                version=data["version"], by=person,
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
            form.data = {**form.data.dict(), "version": str(person.version)}  # type: ignore[attr-defined]
        else:
            return _saved(request, data["language"])
    return render(request, "accounts/me.html", {"form": form, **_overview(person)})


@never_cache
@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def make_key(request: HttpRequest) -> HttpResponse:
    """Make an API key and show it this once."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key, text = actions.create_key(
            person=who(request), name=form.cleaned_data["name"], scope=form.cleaned_data["scope"],
            expires_at=form.expires_at(), by=who(request),
        )  # fmt: skip
        return render(request, "accounts/key_made.html", {"key": key, "text": text})
    return render(request, "accounts/make_key.html", {"form": form})


@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own keys; administrators may end anybody's."""
    key = get_visible(Key.objects.select_related("person"), request.user, pk=pk)
    if key.person_id != request.user.pk and not request.user.has_perm("accounts.manage_people"):
        raise PermissionDenied
    actions.revoke_key(key=key, by=request.user)
    messages.success(request, _("The key does not work any more."))
    return redirect("accounts:me") if key.person_id == request.user.pk else redirect("people:person", key.person_id)


def _profile(person: Person) -> dict[str, Any]:
    return {
        "name": person.name, "language": person.language, "time_zone": person.time_zone, "version": person.version,
    }  # fmt: skip


def _overview(person: Person) -> dict[str, Any]:
    found: dict[str, list[Authenticator]] = {}
    for factor in Authenticator.objects.filter(user=person).order_by("created_at"):
        found.setdefault(factor.type, []).append(factor)
    codes = found.get(Authenticator.Type.RECOVERY_CODES)
    return {
        "person": person,
        "app": found.get(Authenticator.Type.TOTP),
        "passkeys": found.get(Authenticator.Type.WEBAUTHN, []),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else 0,
        "has_codes": bool(codes),
        "protected": bool(found.get(Authenticator.Type.TOTP) or found.get(Authenticator.Type.WEBAUTHN)),
        "keys": person.keys.filter(revoked_at=None),
        "sign_ins": person.sign_ins.all()[:SIGN_INS_SHOWN],
    }


def _saved(request: HttpRequest, language: str) -> HttpResponse:
    """Back to the page, in the language just chosen."""
    with translation.override(language):
        messages.success(request, _("Saved."))
    response = redirect("accounts:me")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax", secure=settings.LANGUAGE_COOKIE_SECURE,
    )  # fmt: skip
    return response
