"""Names of replay's fixed words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DELAYS: dict[str, Any] = {
    "minutes": _("after minutes"),
    "hours": _("after hours"),
    "days": _("after days"),
    "weeks": _("after weeks"),
}
CAN: dict[str, Any] = {
    "stops": _("can stop it"),
    "hinders": _("only hinders"),
    "sees": _("sees it"),
    "isolates": _("isolates"),
    "fences": _("fences"),
    "softens": _("softens"),
    "supports": _("supports"),
}
IDLE: dict[str, Any] = {
    "no boundary is crossed": _("does not count here: no boundary between zones is crossed"),
    "too late": _("too late: seen only after the attack has gone on"),
    "not seen": _("cannot act: nothing in force sees the attack here"),
    "no source": _("does not count here: no asset of yours is the source"),
    "supports only": _("support only: stops nothing by itself"),
}
ASSUMED: dict[str, Any] = {
    "route": _("a route between zones that the register does not rule out"),
    "link": _("a link between assets that the register does not rule out"),
    "realm": _("shared credentials that the register does not rule out"),
    "trait": _("a trait that the register does not record"),
    "internet_facing": _("an asset facing the internet, which the register does not rule out"),
    "supplier_facing": _("an asset that suppliers reach, which the register does not rule out"),
    "zone": _("assets without a recorded zone"),
    "way": _("how the attack came in is not told by the case"),
    "outside": _("happens outside your organisation and is taken to succeed"),
}
WAYS: dict[str, Any] = {
    "internet": _("from the internet"),
    "mail": _("by mail"),
    "supplier": _("through a supplier"),
    "not stated": _("way not told"),
    "same zone": _("inside the zone"),
    "route": _("over a route"),
    "link": _("over a link"),
    "realm": _("with shared credentials"),
    "local": _("on the same asset"),
    "spread": _("spreading"),
}
CUTS: dict[str, Any] = {
    "isolates": _("isolated"),
    "zone": _("no way out of the zone"),
    "account": _("accounts cannot be used further"),
    "link": _("links cannot be used further"),
}
COSTS: dict[str, Any] = {
    "low": pgettext_lazy("cost", "low"),
    "medium": pgettext_lazy("cost", "medium"),
    "high": pgettext_lazy("cost", "high"),
}
#: Columns of the path, in the order of zone kinds from outside to inside.
ZONE_KINDS: dict[str, Any] = {
    "internet": _("Internet"),
    "supplier": _("Suppliers"),
    "cloud": _("Cloud"),
    "dmz": _("DMZ"),
    "guest": _("Guests"),
    "office": _("Offices"),
    "server": _("Servers"),
    "management": _("Admin"),
    "plant": _("Plant"),
    "none": _("No zone recorded"),
}
EFFECT_DONE: dict[str, Any] = {
    "tamper": _("tampered with"),
    "encrypt": _("encrypted"),
    "leak": _("leaked"),
    "misuse": _("misused"),
    "outage": _("out of service"),
}
