"""Words of incidents that are not choices: what is wrong with a time, what an entry of Kizuki's own says."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from kizuki.incidents.engine.moment import BadMoment

#: Whose act an entry was.
LANE_NAMES: Final[dict[str, Any]] = {
    "attacker": pgettext_lazy("lane", "attacker"),
    "executive": pgettext_lazy("lane", "executive"),
    "communications": pgettext_lazy("lane", "communications"),
    "security": pgettext_lazy("lane", "security"),
    "it": pgettext_lazy("lane", "IT"),
    "business": pgettext_lazy("lane", "business unit"),
    "external": pgettext_lazy("lane", "external"),
}
#: What stands over the columns of the timeline, by the first of the lanes that share one.
COLUMN_NAMES: Final[dict[str, Any]] = {
    **LANE_NAMES,
    "executive": pgettext_lazy("column of lanes", "Management"),
    "security": pgettext_lazy("column of lanes", "CSIRT"),
    "it": pgettext_lazy("column of lanes", "IT"),
    "business": pgettext_lazy("column of lanes", "Units, outside"),
    "attacker": pgettext_lazy("column of lanes", "Attacker"),
}


def bad_moment(error: BadMoment) -> str:
    """What is wrong with a time, and what would be right."""
    said: dict[str, Any] = {
        "form": _(
            "“%(at)s” is not a time that can be. Write it as in 14:02, 11-22 14:02, yesterday 23:40, 11-22 early, about 18:00, day 2 early "
            "or undated."
        ),
        "future": _(
            "“%(at)s” is in the future. Enter what has happened; what is to come is a task. If it was yesterday, write “yesterday” before "
            "the time."
        ),
        "ancient": _("“%(at)s” lies before 1990. Check the year."),
        "gap": _("“%(at)s” does not exist: the clocks were put forward then. Write the time with its offset."),
        "twice": _(
            "“%(at)s” came twice: the clocks were put back then. Write it with its offset, such as +01:00 or +02:00."
        ),
    }
    return str(said[error.code]) % {"at": error.written[:60]}
