"""How an asset stands to a case, in words."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kizuki.replay.engine.affected import Standing

#: Name of the mark, and the word that goes with it.
STANDINGS: Final[dict[Standing, tuple[str, Any]]] = {
    "open": ("open", _("open: nothing stops it")),
    "hindered": ("hind", _("hindered, not stopped")),
    "unknown": ("unkn", _("depends on what is unknown")),
    "hit": ("open", _("hit afterwards")),
    "stopped": ("stop", _("stopped here")),
    "unreached": ("nr", _("fits, but is not reached")),
}
#: What a measure of a step is for.
PARTS: Final[dict[str, Any]] = {
    "prevent": _("against it"),
    "detect": _("to see it"),
    "contain": _("to contain it"),
}
