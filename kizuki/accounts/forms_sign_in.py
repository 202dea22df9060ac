"""allauth's forms with this site's words and no placeholders in place of labels."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


def _word(field: forms.Field, label: Any, help_text: Any = "", **attrs: str) -> None:
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


def _code(form: forms.Form, help_text: Any) -> None:
    _word(form.fields["code"], _("Code"), help_text, inputmode="numeric", autocomplete="one-time-code")


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"], _("E-mail address"), autocomplete="username")
        _word(self.fields["password"], _("Password"))


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]
    """The password again, before something that needs care."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password"], _("Password"))


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """The old password, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["oldpassword"], _("Password so far"))
        _word(
            self.fields["password1"], _("New password"),
            _("At least 12 characters; not your name or address, and not a common one."),
        )  # fmt: skip
        _word(self.fields["password2"], _("The same password again"))


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in, as a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Six digits from the authenticator app, or one of your recovery codes."))


class ConfirmCodeForm(ReauthenticateCodeForm):  # type: ignore[misc]
    """The second factor again, before something that needs care."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Six digits from the authenticator app, or one of your recovery codes."))


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("The six digits that the app shows now."))


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: its name, and whether it signs in without the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["name"], _("Name of the passkey"), _("So that you know it again, such as “office laptop”."))
        _word(
            self.fields["passwordless"], _("Sign in with it alone, without the password"),
            _("The device then asks for a fingerprint, your face or its PIN."),
        )  # fmt: skip
        self.fields["passwordless"].initial = True


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["name"], _("Name of the passkey"))
