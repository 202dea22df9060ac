"""The words of a task: where it comes from, how far it is, what it costs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("state of a task", "open")
    TAKEN = "taken", pgettext_lazy("state of a task", "in progress")
    DONE = "done", pgettext_lazy("state of a task", "done, not verified")
    VERIFIED = "verified", pgettext_lazy("state of a task", "verified")
    DROPPED = "dropped", pgettext_lazy("state of a task", "dropped")


#: Somebody still has to do something about it.
UNDONE = (State.OPEN, State.TAKEN)
#: It is followed: also what is done stays on the list until somebody else has looked.
FOLLOWED = (*UNDONE, State.DONE)
ENDED = (State.VERIFIED, State.DROPPED)


class Origin(models.TextChoices):
    DEVICE = "device", _("unknown device")
    PRIORITY = "priority", _("priority of replay")
    ASSESSMENT = "assessment", _("self-assessment")
    ADMISSION = "admission", _("admission")
    CONTRADICTION = "contradiction", _("contradiction")
    REVIEW = "review", _("review of an incident")
    OWN = "own", _("own")


class Cost(models.TextChoices):
    LOW = "low", pgettext_lazy("cost", "low")
    MEDIUM = "medium", pgettext_lazy("cost", "medium")
    HIGH = "high", pgettext_lazy("cost", "high")
