"""Names of the casebook's fixed words; the words of the vocabulary file carry their own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: dict[str, Any] = {
    "enable": pgettext_lazy("kind of entry", "enable"),
    "attack": pgettext_lazy("kind of entry", "attack"),
    "detect": pgettext_lazy("kind of entry", "detect"),
    "analyse": pgettext_lazy("kind of entry", "analyse"),
    "contain": pgettext_lazy("kind of entry", "contain"),
    "eradicate": pgettext_lazy("kind of entry", "eradicate"),
    "recover": pgettext_lazy("kind of entry", "recover"),
    "escalate": pgettext_lazy("kind of entry", "escalate"),
    "decide": pgettext_lazy("kind of entry", "decide"),
    "communicate": pgettext_lazy("kind of entry", "communicate"),
    "report": pgettext_lazy("kind of entry", "report"),
    "learn": pgettext_lazy("kind of entry", "learn"),
}
MILESTONES: dict[str, Any] = {
    "occurred": _("occurred"),
    "noticed": _("noticed"),
    "reported": _("reported"),
    "escalated": _("escalated"),
    "contained": pgettext_lazy("milestone", "contained"),
    "disclosed": _("disclosed"),
    "recovered": _("recovered"),
    "closed": _("closed"),
}
SPANS: dict[str, Any] = {
    "detect": _("To detect"),
    "escalate": _("To escalate"),
    "contain": _("To contain"),
    "disclose": _("To disclose"),
    "recover": _("To recover"),
}
LEVELS: dict[str, Any] = {"basic": _("Basic"), "advanced": _("Advanced")}
CASE_KINDS: dict[str, Any] = {"casebook": _("Incident"), "study": _("Study"), "public-report": _("Public report")}
ACTOR_ZONES: dict[str, Any] = {
    "outside": _("Outside"),
    "partner": _("Partners and customers"),
    "cloud": _("Cloud"),
    "branch": _("Branches"),
    "inside": _("Inside"),
    "organisation": _("People who respond"),
}
ANCHORS: dict[str, Any] = {
    "attack": _("Day 1 = day of the attack"),
    "detection": _("Day 1 = day of detection"),
    "none": _("Order only"),
}
VIAS: dict[str, Any] = {
    "outside": _("outside the organisation"),
    "internet": _("from the internet"),
    "mail": _("by mail"),
    "supplier": _("through a supplier"),
    "network": _("over the network"),
    "link": _("over a link"),
    "account": _("with an account"),
    "local": _("on the same asset"),
}
EFFECTS: dict[str, Any] = {
    "access": _("access"),
    "spread": _("spread"),
    "tamper": _("tampering"),
    "encrypt": _("encryption"),
    "leak": _("leak"),
    "misuse": _("misuse"),
    "hide": _("hiding"),
    "outage": _("outage"),
    "none": _("no effect of its own"),
}
