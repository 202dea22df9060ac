"""Words of incidents that are not choices: what is wrong with a time, what an entry of Kizuki's own says."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kizuki.incidents.engine.moment import BadMoment
from kizuki.kit.when import FORMS


def bad_moment(error: BadMoment) -> str:
    """What is wrong with a time, and what would be right."""
    said: dict[str, Any] = {
        "form": _(
            "“%(at)s” is not a time. Write 14:02, 11-22 14:02, 2026-11-22 early, about 18:00, or one of: %(forms)s"
        ),
        "future": _("“%(at)s” is in the future. Enter what has happened; what is to come is a task."),
        "ancient": _("“%(at)s” lies before 1990. Check the year."),
        "gap": _("“%(at)s” does not exist: the clocks were put forward then. Write the time with its offset."),
        "twice": _(
            "“%(at)s” came twice: the clocks were put back then. Write it with its offset, such as +01:00 or +02:00."
        ),
    }
    return str(said[error.code]) % {"at": error.written[:60], "forms": FORMS}
