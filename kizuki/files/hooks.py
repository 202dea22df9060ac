"""Who may see a file. The rooms that use files say so here: a file belongs to whatever it is the evidence of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Each is asked with a person and a digest; one yes is enough.
may_see_by: list[Callable[[Any, str], bool]] = []


def may_see(person: Any, digest: str) -> bool:
    return any(asked(person, digest) for asked in may_see_by)
