"""Names in both languages, as columns and the data of entries hold them: two plain fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kizuki.kit.text import Name, Text
from kizuki.register.columns import both

LONGEST: Final = 300


def named(name: Name) -> dict[str, str]:
    """{"label_ja", "label_en"}; a plain name stands for both languages."""
    ja, en = both(name)
    return {"label_ja": ja[:LONGEST], "label_en": en[:LONGEST]}


def text_of(values: Mapping[str, Any], field: str) -> Text:
    """The text that `<field>_ja` and `<field>_en` hold; one without either language where both are empty."""
    return Text(ja=values.get(f"{field}_ja") or None, en=values.get(f"{field}_en") or None)
