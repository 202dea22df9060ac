"""Who will answer for a record as its document says it; asked before anybody may write it."""

from __future__ import annotations

from typing import Any

from kizuki.register.models import TABLES


def unit_of(document: dict[str, Any]) -> str:
    """The unit that will answer for a record; that of its asset for a backup."""
    if "of" not in document:
        return str(document.get("unit") or "")
    asset = TABLES["asset"].objects.filter(organisation__is_home=True, key=document["of"]).first()
    return asset.unit if asset else ""
