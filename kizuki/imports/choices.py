"""The words of imports that stand in tables."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """How far an import is."""

    GIVEN = "given", _("to be described")
    PLANNING = "planning", _("being read")
    PLANNED = "planned", _("to be looked at")
    APPLYING = "applying", _("being entered")
    STOPPED = "stopped", _("stopped half-way")
    DONE = "done", pgettext_lazy("state of an import", "entered")
    UNDOING = "undoing", _("being taken back")
    UNDONE = "undone", pgettext_lazy("state of an import", "undone")


#: In these a job works on it.
WORKING: Final = (State.PLANNING, State.APPLYING, State.UNDOING)
#: In these nothing of it stands in the register yet.
BEFORE: Final = (State.GIVEN, State.PLANNING, State.PLANNED)


class LineState(models.TextChoices):
    """What a line would do."""

    NEW = "new", pgettext_lazy("line of an import", "new")
    CHANGED = "changed", pgettext_lazy("line of an import", "changed")
    GONE = "gone", pgettext_lazy("line of an import", "taken out")
    CONFLICT = "conflict", pgettext_lazy("line of an import", "in conflict")
    OUTSIDE = "outside", pgettext_lazy("line of an import", "refused")
    BAD = "bad", pgettext_lazy("line of an import", "cannot be taken")
    NOTE = "note", pgettext_lazy("line of an import", "taken in part")
    SAME = "same", pgettext_lazy("line of an import", "as it is")


class Outcome(models.TextChoices):
    """What became of a line that was taken."""

    NONE = "", _("nothing yet")
    DONE = "done", pgettext_lazy("line of an import", "entered")
    SAME = "same", pgettext_lazy("line of an import", "was so already")
    REFUSED = "refused", pgettext_lazy("line of an import", "was refused")


#: Lines that can be taken, if they have a document.
TAKEABLE: Final = (LineState.NEW, LineState.CHANGED, LineState.GONE, LineState.CONFLICT)
