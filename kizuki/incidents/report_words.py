"""Words of tables that are brought in: what is wrong with a row."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy, pgettext

from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents.engine.timeline_file import COLUMNS, MOST_BYTES, Fault
from kizuki.incidents.words import LANE_NAMES

_SAY: Final[dict[str, Any]] = {
    "empty": gettext_lazy("There is nothing in it that could be entered."),
    "columns": gettext_lazy(
        "The first line has to name the columns. These are missing: %(value)s. Known are: %(columns)s."
    ),
    "large": gettext_lazy("At most %(mb)d MB are taken at once. Part the table."),
    "rows": gettext_lazy("At most %(value)s rows are taken at once. Part the table."),
    "broken": gettext_lazy("From here on it is no table: a quotation mark is open, or stands where none may be."),
    "length": gettext_lazy(
        "A cell of this row has more than %(value)s characters, or its quotation mark is open. Nothing below it was read."
    ),
    "lane": gettext_lazy("“%(value)s” is no lane. Known are: %(known)s."),
    "kind": gettext_lazy("“%(value)s” is no kind of entry. Known are: %(known)s."),
    "milestone": gettext_lazy("“%(value)s” is no milestone. Known are: %(known)s."),
    "twice": gettext_lazy("This milestone stands in line %(value)s already; an incident has each once."),
    "until": gettext_lazy("“%(value)s” says until when a milestone was reached, but none is named."),
    "handover": gettext_lazy("“%(value)s” names a lane that there is not. Known are: %(known)s."),
}
_WORDS: Final[dict[str, Any]] = {"lane": LANE_NAMES, "handover": LANE_NAMES, "kind": KINDS, "milestone": MILESTONES}


def bad_row(fault: Fault) -> str:
    """What is wrong, and what would be right."""
    between = pgettext("between things", ", ")
    known = between.join(f"{word} ({name})" for word, name in _WORDS.get(fault.code, {}).items())
    return str(_SAY[fault.code]) % {
        "value": fault.value, "known": known, "columns": ", ".join(COLUMNS), "mb": MOST_BYTES // 1_000_000,
    }  # fmt: skip
