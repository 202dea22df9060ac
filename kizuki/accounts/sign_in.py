"""Settings of allauth and of passwords. The settings file takes every name in capitals from here."""

from __future__ import annotations

from kizuki.config import env

__all__ = [
    "ACCOUNT_ADAPTER",
    "ACCOUNT_EMAIL_NOTIFICATIONS",
    "ACCOUNT_EMAIL_VERIFICATION",
    "ACCOUNT_FORMS",
    "ACCOUNT_LOGIN_METHODS",
    "ACCOUNT_LOGIN_TIMEOUT",
    "ACCOUNT_LOGOUT_REDIRECT_URL",
    "ACCOUNT_PRESERVE_USERNAME_CASING",
    "ACCOUNT_RATE_LIMITS",
    "ACCOUNT_REAUTHENTICATION_TIMEOUT",
    "ACCOUNT_SESSION_REMEMBER",
    "ACCOUNT_SIGNUP_FIELDS",
    "ACCOUNT_USER_DISPLAY",
    "ACCOUNT_USER_MODEL_USERNAME_FIELD",
    "ALLAUTH_TRUSTED_PROXY_COUNT",
    "AUTHENTICATION_BACKENDS",
    "AUTH_PASSWORD_VALIDATORS",
    "FIRST_LINK_HOURS",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "MFA_ADAPTER",
    "MFA_ALLOW_UNVERIFIED_EMAIL",
    "MFA_FORMS",
    "MFA_PASSKEY_LOGIN_ENABLED",
    "MFA_RECOVERY_CODES_SHOW_ONCE",
    "MFA_SUPPORTED_TYPES",
    "MFA_TOTP_ISSUER",
    "MFA_TOTP_TOLERANCE",
]  # fmt: skip

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "kizuki.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "kizuki.accounts.forms_sign_in.SignInForm",
    "reauthenticate": "kizuki.accounts.forms_sign_in.ConfirmForm",
    "change_password": "kizuki.accounts.forms_sign_in.PasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = str
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_TIMEOUT = 10 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
#: Counted in the default cache, which is a table, so that every process sees the same count.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/10m/ip,5/10m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("KIZUKI_BEHIND_PROXY") else 0

MFA_ADAPTER = "kizuki.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "kizuki.accounts.forms_sign_in.CodeForm",
    "reauthenticate": "kizuki.accounts.forms_sign_in.ConfirmCodeForm",
    "activate_totp": "kizuki.accounts.forms_sign_in.AppForm",
    "add_webauthn": "kizuki.accounts.forms_sign_in.PasskeyForm",
    "edit_webauthn": "kizuki.accounts.forms_sign_in.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Kizuki"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = False

FIRST_LINK_HOURS = env.number("KIZUKI_FIRST_LINK_HOURS", 72, low=1, high=24 * 30)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]  # fmt: skip
