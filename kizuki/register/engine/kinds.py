"""The kinds of record that a register is made of: where each stands in the file, what names it, and what it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec

from kizuki.register.engine import format as f

RecordKind: TypeAlias = Literal[
    "unit", "contact", "zone", "route", "realm", "information", "supplier", "service", "asset", "link", "backup", "coverage"
]  # fmt: skip
Record: TypeAlias = (
    f.Unit | f.Contact | f.Zone | f.Route | f.Realm | f.Information | f.Supplier | f.Service | f.Asset | f.Link | f.Backup
    | f.Coverage
)  # fmt: skip


class Kind(NamedTuple):
    """`part`: the list of the organisation file. `key`: what a record is found by; two records of a file may share the key of
    a kind that has no ids, and are then told apart by #2, #3 … `references`: attribute → kind of record that it names."""

    name: RecordKind
    part: str
    struct: type[Any]
    key: Callable[[Any], str]
    references: dict[str, RecordKind]


def _id(record: Any) -> str:
    return str(record.id)


def _ends(record: f.Route | f.Link) -> str:
    kind = f" {record.kind}" if isinstance(record, f.Link) else ""
    return f"{record.from_}>{record.to}{kind}"


def scope_key(scope: f.Scope) -> str:
    """A scope in one line, e.g. `zone=dmz kind=server`; `all` for the whole organisation. The order of keys is fixed."""
    given = [
        f"{key}={value}" for key in ("unit", "zone", "kind", "asset") if (value := getattr(scope, key)) is not None
    ]
    return " ".join(given) or "all"


def _coverage(record: f.Coverage) -> str:
    return f"{record.measure} {scope_key(record.scope)}"


KINDS: Final[dict[RecordKind, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("unit", "units", f.Unit, _id, {"parent": "unit", "owner": "contact", "deputies": "contact"}),
        Kind("contact", "contacts", f.Contact, _id, {"unit": "unit", "deputy": "contact"}),
        Kind("zone", "zones", f.Zone, _id, {"unit": "unit"}),
        Kind("route", "routes", f.Route, _ends, {"from_": "zone", "to": "zone"}),
        Kind("realm", "realms", f.Realm, _id, {}),
        Kind(
            "information", "information", f.Information, _id, {"unit": "unit", "owner": "contact", "keep_in": "zone"}
        ),
        Kind("supplier", "suppliers", f.Supplier, _id, {"contacts": "contact"}),
        Kind(
            "service", "services", f.Service, _id,
            {"unit": "unit", "owner": "contact", "suppliers": "supplier", "needs": "service"},
        ),
        Kind(
            "asset", "assets", f.Asset, _id,
            {
                "unit": "unit", "owner": "contact", "zone": "zone", "zones": "zone", "realm": "realm", "realms": "realm",
                "services": "service", "information": "information",
            },
        ),
        Kind("link", "links", f.Link, _ends, {"from_": "asset", "to": "asset"}),
        Kind("backup", "backups", f.Backup, lambda record: str(record.of), {"of": "asset"}),
        Kind("coverage", "coverage", f.Coverage, _coverage, {}),
    )
}  # fmt: skip
SCOPE_REFERENCES: Final[dict[str, RecordKind]] = {"unit": "unit", "zone": "zone", "asset": "asset"}


def named(kind: RecordKind, record: Any) -> Iterator[tuple[RecordKind, tuple[str | int, ...], str]]:
    """Every record that this one names: its kind, the place within this record, its id."""
    if kind == "coverage":
        for key, of in SCOPE_REFERENCES.items():
            if (id := getattr(record.scope, key)) is not None:
                yield of, ("scope", key), id
        return
    for attribute, of in KINDS[kind].references.items():
        value = getattr(record, attribute)
        name = attribute.rstrip("_")
        if isinstance(value, str):
            yield of, (name,), value
        elif value:
            for n, id in enumerate(value):
                yield of, (name, n), id


def keyed(kind: RecordKind, records: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Each record with its key, made different where a file gives the same twice."""
    seen: dict[str, int] = {}
    key = KINDS[kind].key
    for record in records:
        written = key(record)
        seen[written] = n = seen.get(written, 0) + 1
        yield (written if n == 1 else f"{written}#{n}"), record


def plain(record: Any) -> dict[str, Any]:
    """A record as a JSON file would say it: what is not said is not there."""
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return made


def built(kind: RecordKind, document: dict[str, Any]) -> Any:
    """The record of a document. Raises `msgspec.ValidationError` where its form is wrong."""
    return msgspec.convert(document, KINDS[kind].struct)
