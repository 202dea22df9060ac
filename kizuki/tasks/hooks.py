"""Where the things are that tasks are about; rooms above fill this in when they start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kizuki.kit.text import Name
from kizuki.register.choices import called
from kizuki.register.models import TABLES
from kizuki.ui.context import Way


class Thing(NamedTuple):
    """What a task is about: its name, and its page ("" where it has none)."""

    name: Name
    address: str = ""


#: Kind → a function that gives the things of several keys; those of the register are known without.
finders: dict[str, Callable[[Sequence[str]], dict[str, Thing]]] = {}


#: Kind → a question for the keys of things of which a person may not know: their tasks are not shown to that person, and the journal,
#: which others read, tells nothing of what is written in tasks of such a kind.
hidden_from: dict[str, Callable[[Any], Any]] = {}

#: What rooms above offer on the page of tasks, for a person.
ways: list[Callable[[Any], Way | None]] = []


def things(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Thing]:
    """The things that these (kind, key) name: the register's by one query together, others by one for each kind. What is gone goes
    by its key."""
    wanted = {(kind, key) for kind, key in pairs if kind}
    found = {pair: Thing(pair[1]) for pair in wanted}
    for kind in sorted({kind for kind, _ in wanted} & set(finders)):
        keys = sorted(key for of, key in wanted if of == kind)
        found |= {(kind, key): thing for key, thing in finders[kind](keys).items()}
    of_register = [(kind, key) for kind, key in wanted if kind in TABLES and kind not in finders]
    for (kind, key), one in called(of_register).items():
        found[kind, key] = Thing(one.name, TABLES[kind](pk=one.pk, key=key).get_absolute_url())
    return found
