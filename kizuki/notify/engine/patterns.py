"""Which events are chosen: types (“task.finished”), all of a kind (“task.*”), or all (“*”)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

_SHAPE: Final = re.compile(r"\*|[a-z][a-z_]*\.(?:\*|[a-z][a-z_]*)")


def fits(pattern: str, type: str) -> bool:
    """Whether the pattern chooses events of this type."""
    if pattern == "*":
        return True
    return type.startswith(pattern[:-1]) if pattern.endswith(".*") else pattern == type


def chosen(patterns: Iterable[str], type: str) -> bool:
    return any(fits(pattern, type) for pattern in patterns)


def unknown(patterns: Iterable[str], types: Sequence[str]) -> list[str]:
    """The patterns that are written wrongly, or choose nothing that there is."""
    return [one for one in patterns if not _SHAPE.fullmatch(one) or not any(fits(one, type) for type in types)]
