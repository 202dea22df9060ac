"""The way in by a first link, and the first password."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kizuki.accounts import actions
from kizuki.accounts.access import who
from kizuki.accounts.forms import FirstPasswordForm

#: In the session: this sign-in came by a first link, so that a password may be set without the one before.
MAY_SET = "accounts_may_set_password"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET shows a button and uses nothing up, because mail programs open links; POST signs in."""
    if request.method != "POST":
        link = actions.find_first_link(token)
        if link is None:
            return render(request, "accounts/first_link_over.html", status=410)
        with translation.override(link.person.language if "kizuki_language" not in request.COOKIES else None):
            return render(request, "accounts/first_link.html", {"person": link.person, "link": link})
    person = actions.use_first_link(token=token)
    if person is None:
        return render(request, "accounts/first_link_over.html", status=410)
    request.session.flush()
    request.session[MAY_SET] = person.pk
    record_authentication(request, person, method="first_link")
    # A second factor that the person has set up is still asked for.
    response: HttpResponseBase = perform_login(
        request, Login(user=person, redirect_url=reverse("accounts:first_password"))
    )
    return response


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """Choose a password: after a first link, or where there is none yet. Others change theirs by giving the old one."""
    person = who(request)
    if person.has_usable_password() and request.session.get(MAY_SET) != person.pk:
        return redirect("account_change_password")
    form = FirstPasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        actions.set_password(person=person, password=form.cleaned_data["password1"], by=person)
        _keep_signed_in(request)
        messages.success(request, _("Your password is set."))
        return redirect("accounts:me")
    return render(request, "accounts/first_password.html", {"form": form})


def _keep_signed_in(request: HttpRequest) -> None:
    """A new password ends all sessions but this one."""
    request.session.pop(MAY_SET, None)
    update_session_auth_hash(request, who(request))
