"""The one settings file. Everything a person may set is a KIZUKI_… variable; each is described in the operator guide."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kizuki.config import env

PACKAGE = Path(__file__).resolve().parent.parent
HOME = env.home()
SECRET_KEY = env.secret_key(HOME)
DEBUG = env.flag("KIZUKI_DEBUG")

#: Where the site is reached from, e.g. https://kizuki.example.org; decides hosts, secure cookies and passkeys.
SITE_URL = env.text("KIZUKI_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = [SITE_URL.split("//", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0], *env.words("KIZUKI_HOSTS")]
if not HTTPS:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

INSTALLED_APPS = [
    # First, so that its templates stand before those of allauth.
    "kizuki.accounts",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "rules.apps.AutodiscoverRulesConfig",
    "kizuki.ui",
    "kizuki.journal",
    "kizuki.jobs",
    "kizuki.search",
    "kizuki.files",
    "kizuki.criteria",
    "kizuki.notify",
    "kizuki.register",
    "kizuki.tasks",
    "kizuki.devices",
    "kizuki.imports",
    "kizuki.measures",
    "kizuki.measures.benchmark",
    "kizuki.casebook",
    "kizuki.replay",
    "kizuki.incidents",
    "kizuki.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "kizuki.ui.middleware.WithoutSlash",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kizuki.accounts.middleware.SignInRequired",
]

ROOT_URLCONF = "kizuki.config.urls"
WSGI_APPLICATION = "kizuki.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kizuki.ui.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "kizuki.ui.templatetags.kizuki"],
            "string_if_invalid": "",
        },
    }
]

DATABASES = {"default": env.database("KIZUKI_DATABASE", HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Lockout counts must be seen by every process, so that they live in the database; allauth uses the default cache.
    # Django drops entries beyond 300 at random, counts included, so that guessing at many addresses would unlock one.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kizuki_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # For what each process may compute for itself.
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

LANGUAGES = [("en", _("English")), ("ja", _("Japanese"))]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "kizuki_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = env.text("KIZUKI_TIME_ZONE", "Asia/Tokyo")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
mimetypes.add_type("text/javascript", ".js")
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "kizuki.ui.storage.Storage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "kizuki_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("KIZUKI_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_SSL_REDIRECT = False

#: Uploads: an organisation file for a replay on the spot, a case file. Larger ones are refused before they are read.
UPLOAD_LIMIT = env.number("KIZUKI_UPLOAD_MB", 16, low=1, high=512) * 2**20
#: Days after which what sources saw of devices is forgotten.
OBSERVATION_DAYS = env.number("KIZUKI_OBSERVATION_DAYS", 180, low=15, high=3650)
#: Whether anything may be sent to other servers (webhooks), and hosts of the own network to which it may.
OUTGOING = env.flag("KIZUKI_OUTGOING")
OUTGOING_INSIDE = frozenset(word.lower() for word in env.words("KIZUKI_OUTGOING_INSIDE"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
FILE_UPLOAD_HANDLERS = ["kizuki.ui.uploads.BoundedUpload"]

AUTH_USER_MODEL = "accounts.Person"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"kizuki": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}

from kizuki.accounts.sign_in import *  # noqa: E402,F403 - the settings of allauth live with the room that uses it
