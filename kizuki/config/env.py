"""Settings from the environment, read so that a wrong one stops the program with a sentence instead of a guess."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class WrongSetting(SystemExit):
    """An environment variable that cannot be used. Ends the program with exit code 2 and one line."""

    def __init__(self, name: str, problem: str) -> None:
        import sys

        print(f"{name}: {problem}", file=sys.stderr)
        super().__init__(2)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off; anything else stops the program."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise WrongSetting(name, f"“{value}” is neither yes nor no; write 1 or 0")


def number(name: str, default: int, *, low: int, high: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or not low <= int(value) <= high:
        raise WrongSetting(name, f"“{value}” is not a whole number from {low} to {high}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def home_path() -> Path:
    """The folder with everything that must survive: database, files, key; whether it is there or not."""
    return Path(os.environ.get("KIZUKI_HOME") or Path.home() / ".local" / "share" / "kizuki").expanduser().resolve()


def home() -> Path:
    """The folder with everything that must survive. Made if missing, for the owner only."""
    path = home_path()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting("KIZUKI_HOME", f"{path} cannot be made: {error.strerror}") from None
    return path


def secret_key(folder: Path) -> str:
    """The signing key: from KIZUKI_SECRET_KEY, else made once at random and kept beside the data, readable by the owner only."""
    given = os.environ.get("KIZUKI_SECRET_KEY", "")
    if given:
        if len(given) < 50:
            raise WrongSetting("KIZUKI_SECRET_KEY", "shorter than 50 characters; leave it out and one is made")
        return given
    path = folder / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key := secrets.token_urlsafe(64))
    return key


SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
    ),
}


def database(name: str, folder: Path) -> dict[str, Any]:
    """Django's settings for the database in the variable `name`: empty for SQLite in `folder`, or postgres://user:password@host:port/name."""
    url = os.environ.get(name, "").strip()
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / "kizuki.sqlite3"),
            "OPTIONS": SQLITE_OPTIONS,
        }
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WrongSetting(name, "not a database address; write postgres://user:password@host:5432/name") from None
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise WrongSetting(name, "not a database address; write postgres://user:password@host:5432/name")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": port or "",
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}, **options},
    }
