"""The register as planning needs it: each record's document and version, and what it can be found by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from kizuki.kit.text import Name, Text
from kizuki.register.engine import identity
from kizuki.register.engine.kinds import RecordKind

#: What an asset is found by for good, the surest first, and what only tells where nothing contradicts.
HARD: Final = ("serials", "cloud_ids", "macs")
SOFT: Final = ("hosts", "made_macs", "ips")


class Stored(NamedTuple):
    """A record of the register; `raw`: its document as JSON. One that was taken out still holds its key."""

    version: int
    raw: str | bytes
    alive: bool


class Facts(msgspec.Struct):
    """What of a record planning looks at before it is known to be meant."""

    name: Name | None = None
    kind: str = ""
    zone: str | None = None
    zones: tuple[str, ...] = ()
    mail: str | None = None
    addresses: str = ""
    macs: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    cloud_ids: tuple[str, ...] = ()


_facts: Final = msgspec.json.Decoder(Facts)
_plain: Final = msgspec.json.Decoder()


def folded(text: str) -> str:
    """A name as people compare it: width, case and spaces make no difference."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def names(name: Name | None) -> tuple[str, ...]:
    """The texts of a name, each once."""
    if name is None:
        return ()
    texts = (name.ja, name.en) if isinstance(name, Text) else (name,)
    return tuple(dict.fromkeys(text for text in texts if text))


_FORMS: Final[dict[str, Callable[[str], str | None]]] = {
    "macs": identity.mac, "ips": identity.ip, "hosts": identity.host,
}  # fmt: skip


#: What is in its one form already, as nearly all of what readers give.
_IN_FORM: Final = {
    "macs": re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"),
    "hosts": re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z])?"),
    "ips": re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}"),
}


def form(field: str, value: str) -> str:
    """The one form of an identifier, by which two are compared."""
    in_form = _IN_FORM.get(field)
    if in_form and in_form.fullmatch(value):
        return value
    made = _FORMS.get(field)
    return (made(value) if made else None) or folded(value)


def identifiers(facts: Any, fixed: bool) -> Iterator[tuple[str, str]]:
    """What a thing is found by, as (field, one form). `fixed`: whether its IP addresses stay with it."""
    for field in ("serials", "cloud_ids", "hosts"):
        for value in getattr(facts, field):
            yield field, form(field, value)
    for value in facts.macs:
        mac = form("macs", value)
        yield ("made_macs" if len(mac) == 17 and identity.is_random(mac) else "macs"), mac
    for value in facts.ips if fixed else ():
        yield "ips", form("ips", value)


class Held:
    """The register. `add` zones before assets: whether an address stays with a thing is said by its zone."""

    def __init__(self) -> None:
        self._stored: dict[RecordKind, dict[str, Stored]] = {}
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}
        self._named: dict[tuple[RecordKind, str], tuple[str, ...]] = {}
        self._fixed: set[str] = set()

    def add(self, kind: RecordKind, key: str, version: int, raw: str | bytes, alive: bool = True) -> None:
        self._stored.setdefault(kind, {})[key] = Stored(version, raw, alive)
        if not alive:
            return
        facts = _facts.decode(raw)
        if kind == "zone" and facts.addresses == "fixed":
            self._fixed.add(key)
        if kind == "asset":
            fixed = facts.zone in self._fixed or any(zone in self._fixed for zone in facts.zones)
            for pair in identifiers(facts, fixed):
                _put(self._found, pair, key)
            for name in names(facts.name):
                _put(self._found, ("name", folded(name)), key)
        else:
            for name in names(facts.name):
                _put(self._named, (kind, folded(name)), key)
            if facts.mail:
                _put(self._named, (kind, folded(facts.mail)), key)

    def stays_in(self, zone: str | None) -> bool:
        """Whether addresses of a zone stay with one machine."""
        return zone in self._fixed

    def has(self, kind: RecordKind, key: str) -> bool:
        """Whether there is such a record, and it was not taken out."""
        found = self._stored.get(kind, {}).get(key)
        return found is not None and found.alive

    def knew(self, kind: RecordKind, key: str) -> bool:
        """Whether the key is or was that of a record."""
        return key in self._stored.get(kind, {})

    def version(self, kind: RecordKind, key: str) -> int:
        """The version from which a change begins; 0 where there never was such a record."""
        found = self._stored.get(kind, {}).get(key)
        return found.version if found else 0

    def document(self, kind: RecordKind, key: str) -> dict[str, Any] | None:
        """A record's document; None where there is none."""
        found = self._stored.get(kind, {}).get(key)
        return _plain.decode(found.raw) if found and found.alive else None

    def keys(self, kind: RecordKind) -> Iterator[str]:
        """The keys of the records that there are, in the order in which they came."""
        return (key for key, stored in self._stored.get(kind, {}).items() if stored.alive)

    def found(self, field: str, value: str) -> tuple[str, ...]:
        """The assets with an identifier in its one form."""
        return self._found.get((field, value), ())

    def called(self, kind: RecordKind, name: str) -> tuple[str, ...]:
        """The records of a kind with this name or mail address."""
        return self._named.get((kind, folded(name)), ())

    def facts(self, kind: RecordKind, key: str) -> Facts:
        made: Facts = _facts.decode(self._stored[kind][key].raw)
        return made


def _put(index: dict[Any, tuple[str, ...]], at: Any, key: str) -> None:
    before = index.get(at)
    if before is None:
        index[at] = (key,)
    elif key not in before:
        index[at] = (*before, key)
