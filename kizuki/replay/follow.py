"""Rows of the priorities as tasks that are followed until verified: what a task is about, and which there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override

from kizuki.kit.text import Text, shown
from kizuki.measures.engine.format import Measure
from kizuki.register.engine.kinds import scope_key
from kizuki.replay.engine.ranked import Priorities
from kizuki.replay.engine.result import Ask
from kizuki.replay.presenting import Names, ask_line
from kizuki.tasks.actions import About
from kizuki.tasks.choices import FOLLOWED, Origin
from kizuki.tasks.models import Task
from kizuki.tasks.views import rows as task_rows

#: What a task about a measure is about where nothing is recorded anywhere.
UNRECORDED: Final = "unrecorded"
#: The page lists so many tasks.
MOST: Final = 50


def key_of(ask: Ask) -> str:
    """What names a measure and a place for good: the key of the coverage row, or that nothing is recorded."""
    return f"{ask.measure} {scope_key(ask.row.scope)}" if ask.row else f"{ask.measure} {UNRECORDED}"


def ask_of(found: Priorities, key: str) -> Ask | None:
    """The ask of that key in the priorities as they stand; also among those that would be equally good."""
    rows = (*found.ask.rows, *found.do.rows)
    asks = [ask for row in rows for ask in (*row.asks, *row.ties)]
    return next((ask for ask in asks if key_of(ask) == key), None)


def about(key: str) -> About:
    return About("measure", key)


def once(key: str) -> str:
    """Of those for one key at most one is followed at a time."""
    return f"priority:{key}"[:200]


def title_of(ask: Ask, measure: Measure, register: Any) -> Text:
    """What has to be done, in both languages."""
    made = {}
    for here in ("ja", "en"):
        with override(here):
            where = ask_line(ask, Names(register)).where
            name = shown(measure.name, here)
            sentence = (
                _("Find out whether “%(measure)s” is in force: %(where)s")
                if ask.row is None
                else _("Bring “%(measure)s” into full force: %(where)s")
            )
            made[here] = (sentence % {"measure": name, "where": where})[:200]
    return Text(**made)


class Followed(NamedTuple):
    """The tasks of priorities that a person may see: the one of each key, and all that are not ended, with names."""

    by_key: dict[str, Task]
    rows: list[dict[str, Any]]


def followed(person: Any, asks: Iterable[Ask]) -> Followed:
    """The newest task of each ask, and the tasks from priorities that are still followed."""
    keys = {key_of(ask) for ask in asks}
    mine = Task.objects.visible_to(person).filter(about_kind="measure")
    by_key = {task.about_key: task for task in mine.filter(about_key__in=keys).order_by("pk")}
    open_: Sequence[Task] = list(mine.filter(origin=Origin.PRIORITY, state__in=FOLLOWED)[:MOST])
    return Followed(by_key, task_rows(open_) if open_ else [])
