"""Settings for the tests: the same program, a throw-away home, quick password hashing."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("KIZUKI_HOME", tempfile.mkdtemp(prefix="kizuki-test-"))

from kizuki.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
ALLOWED_HOSTS = ["*"]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405 - a pool keeps connections to test databases open
else:
    # A file rather than memory: other threads and processes can then open the same database, with real locks.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}  # noqa: F405
