"""Where the things are that tasks are about; rooms above fill this in when they start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kizuki.kit.text import Name
from kizuki.register.models import TABLES


class Thing(NamedTuple):
    """What a task is about: its name, and its page ("" where it has none)."""

    name: Name
    address: str = ""


#: Kind → a function that gives the things of several keys; those of the register are known without.
finders: dict[str, Callable[[Sequence[str]], dict[str, Thing]]] = {}


def things(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Thing]:
    """The things that these (kind, key) name, with one query a kind. What is gone goes by its key."""
    found: dict[tuple[str, str], Thing] = {}
    for kind in sorted({kind for kind, _ in pairs if kind}):
        keys = sorted({key for of, key in pairs if of == kind})
        known = finders[kind](keys) if kind in finders else _records(kind, keys)
        found |= {(kind, key): known.get(key, Thing(key)) for key in keys}
    return found


def _records(kind: str, keys: Sequence[str]) -> dict[str, Thing]:
    if kind not in TABLES:
        return {}
    rows = TABLES[kind].objects.filter(organisation__is_home=True, deleted_at=None, key__in=keys)
    return {row.key: Thing(row.name, row.get_absolute_url()) for row in rows.only("key", "name_ja", "name_en")}
