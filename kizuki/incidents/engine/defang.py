"""Indicators as they are shown: so that nobody follows one by mistake."""

from __future__ import annotations

from typing import Final

#: What can be followed. Hashes and CVE numbers are shown as they are.
FOLLOWED: Final = frozenset({"ip", "domain", "url", "mail"})


def defanged(kind: str, value: str) -> str:
    """`hxxp://evil[.]example/a`, `203[.]0[.]113[.]7`, `2001:db8[:]:1`, `eve[@]evil[.]example`."""
    if kind not in FOLLOWED:
        return value
    scheme, colon, rest = value.partition("://")
    if kind == "url" and colon:
        host, slash, path = rest.partition("/")
        shown = scheme.replace("http", "hxxp").replace("ftp", "fxp")
        return f"{shown}://{_broken(host)}{slash}{path}"
    return _broken(value.replace("@", "[@]"))


def _broken(host: str) -> str:
    if "." in host:
        return host.replace(".", "[.]")
    head, colon, tail = host.rpartition(":")
    return f"{head}[:]{tail}" if colon else host
