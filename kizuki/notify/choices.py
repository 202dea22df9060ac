"""How far a message is on its way, and why it did not arrive."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("message to a program", "waiting")
    ARRIVED = "arrived", pgettext_lazy("message to a program", "arrived")
    GIVEN_UP = "given_up", pgettext_lazy("message to a program", "given up")
    WITHHELD = "withheld", pgettext_lazy("message to a program", "withheld")


class Fault(models.TextChoices):
    """Why the last attempt failed. The first ones are those of `kizuki.kit.outgoing`."""

    OFF = "off", _("Sending is switched off for this site (KIZUKI_OUTGOING).")
    ADDRESS = "address", _("This is not an address to which something can be sent.")
    SCHEME = "scheme", _("Only https is spoken; http needs the host in KIZUKI_OUTGOING_INSIDE.")
    UNKNOWN = "unknown", _("The name of the host is not known.")
    INSIDE = "inside", _("The host has an address of an inner network; such hosts are named in KIZUKI_OUTGOING_INSIDE.")
    CONNECT = "connect", _("Nobody answered, or the connection broke off.")
    TLS = "tls", _("The certificate is not trusted, or is for another name.")
    LATE = "late", _("No answer within ten seconds.")
    LONG = "long", _("The answer was longer than 64 KiB.")
    STATUS = "status", _("The receiver did not take it.")
    REDIRECT = "redirect", _("The receiver sent us elsewhere; redirects are not followed.")
    SECRET = "secret", _("The secret can no longer be read, because the site's key changed. Make a new one.")
    SIGHT = "sight", _("The webhook's owner may not know of this any more.")
    DISABLED = "disabled", _("The webhook was switched off.")
