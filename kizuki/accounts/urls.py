"""Addresses of the accounts room. allauth's names stay global, since its code looks them up; unused ones are closed."""

from __future__ import annotations

from typing import NoReturn

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import Http404, HttpRequest
from django.urls import include, path, reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import RedirectView

from kizuki.accounts import views


def closed(request: HttpRequest, **kwargs: object) -> NoReturn:
    """A page of allauth that this site does not have."""
    raise Http404


#: allauth's views also take PUT as POST and answer OPTIONS; here a page is read, or a form is sent.
read = require_safe
read_or_send = require_http_methods(["GET", "HEAD", "POST"])

own = [
    path("", views.me, name="me"),
    path("password/first/", views.first_password, name="first_password"),
    path("keys/", views.make_key, name="make_key"),
    path("keys/<int:pk>/revoke/", views.revoke_key, name="revoke_key"),
    path("first/<str:token>/", views.first_link, name="first_link"),
]
people = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="invite"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/role/", views.change_role, name="change_role"),
    path("<int:pk>/link/", views.make_first_link, name="make_first_link"),
    path("<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("<int:pk>/activate/", views.activate, name="activate"),
]
sign_in = [
    path("sign-in/", read_or_send(account.login), name="account_login"),
    path("sign-out/", read_or_send(account.logout), name="account_logout"),
    path("inactive/", read(account.account_inactive), name="account_inactive"),
    path("confirm/", read_or_send(account.reauthenticate), name="account_reauthenticate"),
    path("password/", read_or_send(account.password_change), name="account_change_password"),
    path("sign-in/second/", read_or_send(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey/", read_or_send(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("second/", read(RedirectView.as_view(url=reverse_lazy("accounts:me"))), name="mfa_index"),
    path("second/confirm/", read_or_send(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second/app/", read_or_send(totp.activate_totp), name="mfa_activate_totp"),
    path("second/app/remove/", read_or_send(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second/codes/", read(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("second/codes/new/", read_or_send(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("second/codes/file/", read(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("passkeys/", read(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("passkeys/add/", read_or_send(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/confirm/", read_or_send(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", read_or_send(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/name/", read_or_send(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    # allauth builds links to these without asking whether they are open.
    path("closed/sign-up/", closed, name="account_signup"),
    path("closed/email/", closed, name="account_email"),
    path("closed/email/sent/", closed, name="account_email_verification_sent"),
    path("closed/password/", closed, name="account_set_password"),
    path("closed/reset/", closed, name="account_reset_password"),
]

urlpatterns = [path("", include((own, "accounts"))), path("people/", include((people, "people"))), *sign_in]
