"""Words of the review and the closing gate: its parts, what is asked for, what does not fit."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from kizuki.casebook.words import MILESTONES, SPANS
from kizuki.incidents.choices import AssetState
from kizuki.incidents.engine.contradictions import Contradiction
from kizuki.incidents.engine.gate import Point
from kizuki.kit.when import Duration
from kizuki.ui.templatetags.kizuki import language

PARTS: Final[dict[str, Any]] = {
    "background": gettext_lazy("Background"),
    "impact": gettext_lazy("Impact"),
    "causes": gettext_lazy("Causes and root causes"),
    "mitigations": gettext_lazy("What limited the damage"),
    "lessons": gettext_lazy("Lessons"),
    "challenges": gettext_lazy("Open challenges"),
}
#: What belongs into a part, where nothing stands there yet.
HINTS: Final[dict[str, Any]] = {
    "background": gettext_lazy("How it was before, and what the attacker did: what a reader has to know to follow."),
    "impact": gettext_lazy("What it did to services, data, customers and people, for how long."),
    "causes": gettext_lazy("What let each step happen; mark those that let the causes come about as root causes."),
    "mitigations": gettext_lazy("What kept it from becoming worse: measures, decisions, people, luck."),
    "lessons": gettext_lazy(
        "What is done differently from now on: with measure, owner and day it is followed until verified."
    ),
    "challenges": gettext_lazy("What remains open, and nobody can solve at once."),
}
REVIEW_FIELDS: Final[dict[str, Any]] = {
    "outcome": gettext_lazy("What came of it"),
    "publication": gettext_lazy("Publication"),
    "publication_reason": gettext_lazy("Why"),
    "same_setting": gettext_lazy("Same setting elsewhere"),
    "absent": gettext_lazy("Milestones that do not apply"),
}


class Asked(NamedTuple):
    """A point of the gate: what is asked for, and where on which page it is done ("" for the review itself)."""

    name: Any
    view: str
    anchor: str


POINTS: Final[dict[str, Asked]] = {
    "severity": Asked(gettext_lazy("The severity is judged"), "incident", ""),
    "tasks": Asked(gettext_lazy("No task is open"), "tasks", ""),
    "decisions": Asked(gettext_lazy("No decision has to be looked at again"), "decisions", ""),
    "milestones": Asked(gettext_lazy("Milestones are marked, or do not apply"), "", "milestones"),
    "outcome": Asked(gettext_lazy("What came of it is written"), "", "outcome"),
    "causes": Asked(gettext_lazy("Causes are named"), "", "causes"),
    "roots": Asked(gettext_lazy("A root cause is named"), "", "causes"),
    "mitigations": Asked(gettext_lazy("What limited the damage is named"), "", "mitigations"),
    "lessons": Asked(gettext_lazy("Lessons are written"), "", "lessons"),
    "measures": Asked(gettext_lazy("Lessons have measure, owner and due day"), "", "lessons"),
    "elsewhere": Asked(gettext_lazy("The same setting was looked for on other assets"), "", "elsewhere"),
    "publication": Asked(gettext_lazy("It is decided whether it is published"), "", "publication"),
}


def left(point: Point) -> str:
    """What is missing of a point that is not met; "" where its name says all."""
    n, words = len(point.left), {"n": len(point.left), "list": pgettext("between things", ", ").join(point.left[:12])}
    if not n:
        return ""
    if point.id == "tasks":
        return ngettext("Task %(list)s is open.", "%(n)d tasks are open: %(list)s.", n) % words
    if point.id == "decisions":
        return (
            ngettext("Decision %(list)s is to be looked at.", "%(n)d decisions are to be looked at: %(list)s.", n)
            % words
        )
    if point.id == "milestones":
        names = pgettext("between things", ", ").join(str(MILESTONES[name]) for name in point.left)
        return _("Neither marked nor said not to apply: %(names)s.") % {"names": names}
    if point.id == "measures":
        return ngettext(
            "%(n)d lesson names a measure, but not who sees to it until when.",
            "%(n)d lessons name a measure, but not who sees to it until when.", n,
        ) % words  # fmt: skip
    count = int(point.left[0])
    return ngettext("%(n)d asset was not looked at.", "%(n)d assets were not looked at.", count) % {"n": count}


#: Where a contradiction was found, besides the parts.
PLACES: Final[dict[str, Any]] = {
    **PARTS, "stand": pgettext_lazy("incident", "How it stands"), "outcome": gettext_lazy("What came of it"),
    "timeline": gettext_lazy("Timeline"),
}  # fmt: skip
_SAY: Final[dict[str, Any]] = {
    "time": gettext_lazy("“%(words)s” – the timeline has nothing at that time."),
    "length": gettext_lazy("“%(words)s” – no two entries of the timeline are so far apart."),
    "span": gettext_lazy("“%(words)s” – by the milestones it was %(known)s (%(span)s)."),
    "unmarked": gettext_lazy("“%(words)s” – but the milestone “%(milestone)s” is not marked."),
    "absent": gettext_lazy("“%(words)s” – but the milestone “%(milestone)s” is said not to apply."),
    "clean": gettext_lazy("“%(words)s” – but %(other)s is noted as affected."),
    "hit": gettext_lazy("“%(words)s” – but %(other)s is noted as checked and not affected."),
    "none": gettext_lazy(
        "%(other)s is said to have helped, but coverage says it is not in force at the assets concerned."
    ),
    "unknown": gettext_lazy(
        "%(other)s is said to have helped, but coverage says nothing of it at the assets concerned."
    ),
    "full": gettext_lazy("%(other)s is said to have been missing, but coverage says it is fully in force there."),
    "order": gettext_lazy("The milestone “%(later)s” lies before “%(milestone)s”."),
    "open": gettext_lazy("It is said to be recovered, but %(words)s is still noted as: %(state)s."),
}
#: So much of a sentence is repeated.
MOST_WORDS: Final = 160


def contradiction(found: Contradiction, spans: dict[Any, Duration]) -> str:
    """What does not fit, in one sentence. `spans`: those of the incident that can be said."""
    words = found.words if len(found.words) <= MOST_WORDS else f"{found.words[:MOST_WORDS]}…"
    known = spans.get(found.other)
    return str(_SAY[found.code]) % {
        "words": MILESTONES[found.words] if found.code == "order" else words,
        "later": MILESTONES.get(found.words, ""), "other": found.other, "milestone": MILESTONES.get(found.other, ""),
        "span": SPANS.get(found.other, ""), "known": known.label(language()) if known else "",
        "state": AssetState(found.other).label if found.other in AssetState.values else "",
    }  # fmt: skip


#: What is said of a lesson besides its text.
COMMON: Final[dict[str, Any]] = {
    "": pgettext_lazy("lesson", "not said"),
    "common": pgettext_lazy("lesson", "common to others"),
    "particular": pgettext_lazy("lesson", "particular to us"),
}
