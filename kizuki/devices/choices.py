"""The words of devices and admissions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """What matching says of a device; `gone`: an asset that somebody looked for in vain."""

    KNOWN = "known", pgettext_lazy("state of a device", "known")
    MOVED = "moved", pgettext_lazy("state of a device", "moved")
    CHANGED = "changed", pgettext_lazy("state of a device", "changed")
    UNKNOWN = "unknown", _("unknown")
    CONFLICT = "conflict", pgettext_lazy("state of a device", "conflict")
    GONE = "gone", pgettext_lazy("state of a device", "gone")


#: It is an asset of the register.
RECOGNISED = (State.KNOWN, State.MOVED, State.CHANGED)
#: A person has to look.
TO_LOOK_AT = (State.UNKNOWN, State.CONFLICT)


class Kind(models.TextChoices):
    """What a person decided about a device."""

    ASSET = "asset", _("this is an asset")
    MADE = "made", _("made an asset")
    NOT_OURS = "not ours", _("not ours")
    BLOCK = "block", _("block requested")


class Ended(models.TextChoices):
    """Why a decision counts no longer."""

    UNDONE = "undone", _("undone")
    EXPIRED = "expired", _("its time is over")
    OVERRULED = "overruled", _("the device became known")
    REMOVED = "removed", _("its asset was taken out")
    REPLACED = "replaced", _("decided anew")


class Request(models.TextChoices):
    """How far a request for admission is."""

    ASKED = "asked", pgettext_lazy("state of a request", "waits for a decision")
    APPROVED = "approved", pgettext_lazy("state of a request", "approved")
    CONNECTED = "connected", pgettext_lazy("state of a request", "connected")
    REFUSED = "refused", pgettext_lazy("state of a request", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a request", "withdrawn")
    ENDED = "ended", pgettext_lazy("state of a request", "ended")


#: It may be connected now.
ADMITTED = (Request.APPROVED, Request.CONNECTED)
