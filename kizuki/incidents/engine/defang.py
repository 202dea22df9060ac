"""Indicators as they are shown: so that no program makes a link of one and nobody follows it by mistake."""

from __future__ import annotations

import re
from typing import Final

#: What can be followed. Hashes and CVE numbers are shown as they are.
FOLLOWED: Final = frozenset({"ip", "domain", "url", "mail"})


def defanged(kind: str, value: str) -> str:
    """`hxxp://evil[.]example/a`, `203[.]0[.]113[.]7`, `2001[:]db8::1`, `eve[@]evil[.]example`. `indicators.found` reads it back."""
    if kind not in FOLLOWED:
        return value
    scheme, sign, rest = value.partition("://")
    if sign:
        at = re.match(r"[^/?#]*", rest)
        host = at[0] if at else ""
        shown = re.sub("^http", "hxxp", re.sub("^ftp", "fxp", scheme))
        return f"{shown}://{_broken(host)}{rest[len(host) :]}"
    local, sign, host = value.rpartition("@")
    return f"{local}[@]{_broken(host)}" if sign else _broken(value)


def _broken(host: str) -> str:
    return host.replace(".", "[.]") if "." in host else host.replace(":", "[:]", 1)
