"""The columns of a record, made from its document, for lists and searches."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from kizuki.kit.text import Name, Text
from kizuki.register.engine import format as f
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.engine.standing import DIMENSIONS, is_over


def columns(kind: RecordKind, key: str, record: Any) -> dict[str, Any]:
    """Everything but what depends on other records: the inherited importance of assets, the unit of links and backups."""
    ja, en = both(getattr(record, "name", None))
    made: dict[str, Any] = {
        "name_ja": ja[:200], "name_en": en[:200], "unit": getattr(record, "unit", None) or "",
        "text": plain(" ".join(_told(key, record))),
    }  # fmt: skip
    more = _MORE.get(kind)
    return made | more(record) if more else made


def plain(text: str) -> str:
    """Text as searches compare it: one form of widths, small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def today() -> str:
    """The day by which coverage is valid or not: that of the site, the same for everyone."""
    return timezone.localdate(timezone=timezone.get_default_timezone()).isoformat()


def both(name: Name | None) -> tuple[str, str]:
    """A name in both languages; a plain one stands for both."""
    if isinstance(name, Text):
        return name.ja or "", name.en or ""
    return name or "", name or ""


def highest(importance: f.Importance | None) -> int | None:
    """The highest of the three values."""
    return None if importance is None else max(getattr(importance, dimension) for dimension in DIMENSIONS)


_SEARCHED = ("macs", "ips", "hosts", "serials", "cloud_ids", "urls", "roles", "ranges", "components")
_WORDS = ("make", "model", "os", "mail")


def _told(key: str, record: Any) -> Iterator[str]:
    yield key
    yield from dict.fromkeys(both(getattr(record, "name", None)))
    for attribute in _SEARCHED:
        yield from getattr(record, attribute, ())
    for attribute in _WORDS:
        yield getattr(record, attribute, None) or ""
    yield from dict.fromkeys(both(getattr(record, "notes", None)))
    yield from (channel.address for channel in getattr(record, "channels", ()))


def _unit(unit: f.Unit) -> dict[str, Any]:
    # A unit answers for itself, so that its owner sees it.
    return {"unit": unit.id, "parent": unit.parent or "", "owner": unit.owner or ""}


def _asset(asset: f.Asset) -> dict[str, Any]:
    facing = asset.internet_facing
    if facing is None and f.KIND_PARENT.get(asset.kind, asset.kind) == "cloud-service":
        facing = True
    return {
        "kind": asset.kind, "zone": next(iter(asset.all_zones()), ""), "owner": asset.owner or "",
        "realm": next(iter(asset.all_realms()), ""), "lifecycle": asset.lifecycle or "",
        "facing": {None: "", True: "yes", False: "no"}[facing], "importance": highest(asset.importance), "count": asset.count,
    }  # fmt: skip


def _coverage(row: f.Coverage) -> dict[str, Any]:
    scope = row.scope
    return {
        "measure": row.measure, "state": row.state, "scope_unit": scope.unit or "", "scope_zone": scope.zone or "",
        "scope_kind": scope.kind or "", "scope_asset": scope.asset or "", "unit": scope.unit or "",
        "verified": row.verified or "", "valid_until": row.valid_until or "", "over": is_over(row, today()),
    }  # fmt: skip


_MORE: dict[RecordKind, Any] = {
    "unit": _unit,
    "contact": lambda record: {"mail": record.mail or ""},
    "zone": lambda record: {"kind": record.kind},
    "supplier": lambda record: {"kind": record.kind},
    "link": lambda record: {"kind": record.kind},
    "information": lambda record: {"owner": record.owner or "", "importance": highest(record.importance)},
    "service": lambda record: {
        "owner": record.owner or "", "level": record.level or "", "importance": highest(record.importance),
    },
    "asset": _asset,
    "coverage": _coverage,
}  # fmt: skip
