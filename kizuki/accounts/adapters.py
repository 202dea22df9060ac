"""What allauth asks the site: sign-up is closed, lockout counts by address, second factors are stored encrypted."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from kizuki.accounts import actions
from kizuki.accounts.models import Person


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail address for people whom an administrator added."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("This account is closed."),
        "email_password_mismatch": gettext_lazy("The e-mail address and the password do not fit together."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "enter_current_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait ten minutes, or use a passkey."),
        "rate_limited": gettext_lazy("Too many attempts. Wait a minute."),
        "incorrect_code": gettext_lazy("This code does not fit. Codes change every 30 seconds."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth puts the host in front, so that a second host name would give a second set of attempts.
        return str(credentials.get("email", "")).strip().lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note the attempt for the person it was aimed at, if there is one."""
        person = Person.objects.filter(email=str(credentials.get("email", "")).strip().lower()).first()
        if person is not None:
            actions.note_sign_in(
                person=person, succeeded=False, how="password", address=self.get_client_ip(request),
                agent=self.get_http_user_agent(request),
            )  # fmt: skip

    def reauthenticate(self, user: Any, password: str) -> bool:
        person = self.authenticate(self.request, email=user.email, password=password)
        return person is not None and person.pk == user.pk

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:me")

    def set_password(self, user: Any, password: str) -> None:
        actions.set_password(person=user, password=password, by=user)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names keys plainly, and keeps the secrets of second factors unreadable in a copy of the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code does not fit. Codes change every 30 seconds."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_totp_issuer(self) -> str:
        return "Kizuki"

    def build_totp_svg(self, url: str) -> str:
        # With a white ground: on a dark page a camera would not find the code.
        picture = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()


def _cipher() -> Fernet:
    """A cipher from the site's key; the text keeps this use apart from all others of that key."""
    material = hashlib.sha256(b"kizuki second factors\x00" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(material))
