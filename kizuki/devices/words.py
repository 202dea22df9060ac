"""What matching says, in sentences of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kizuki.devices.models.observed import moment

#: One sentence for each word of the engine, and for what a person said; %(a)s, %(b)s, %(c)s: its values in order.
SENTENCES: Final[dict[str, str]] = {
    "cloud-id": _("The cloud id %(a)s is the same."),
    "serial": _("The serial number %(a)s is the same."),
    "mac": _("The hardware address %(a)s is the same."),
    "assigned-mac": _("The hardware address %(a)s, assigned by a hypervisor, is the same."),
    "random-mac": _("The made-up hardware address %(a)s is the same, in a zone where the asset belongs."),
    "carried-mac": _(
        "The hardware address %(a)s is the same, but it goes from machine to machine, as that of a dock does."
    ),
    "name": _("The name %(a)s is the same."),
    "default-name": _("The name %(a)s is the same, but an installer made it."),
    "shared-name": _("The name %(a)s is the same, but several things bear it."),
    "fixed-ip": _("The IP address %(a)s is the same, in a range in which addresses stay."),
    "other-serial": _("The serial number is %(a)s; the register has %(b)s."),
    "other-cloud-id": _("The cloud id is %(a)s; the register has %(b)s."),
    "other-mac": _("The hardware address is %(a)s; the register has %(b)s."),
    "other-name": _("The name is %(a)s; the register has %(b)s."),
    "other-ip": _("The IP address is %(a)s; the register has %(b)s."),
    "other-says": _("Sources say of “%(a)s”: %(b)s; the register has %(c)s."),
    "other-zone": _("It was seen in the zone %(a)s; the register has it in %(b)s."),
    "too-weak": _("Together %(a)s points; %(b)s are needed."),
    "two-assets": _("It could be any of these assets: %(all)s."),
    "claimed-twice": _("%(b)s devices look like the asset %(a)s, which is %(c)s in the register."),
    "relay-mac": _("The hardware address %(a)s answers for %(b)s IP addresses: it passes on for others."),
    "router-mac": _("Several routers answer for the hardware address %(a)s by design."),
    "two-holders": _("Two devices held the IP address %(a)s at the same time."),
    "shared-in-register": _("In the register several assets have the same identifier %(b)s: %(rest)s."),
    "translated-ip": _("The IP address %(a)s hides several devices behind it."),
    "not-told-apart": _("Several devices share %(a)s and cannot be told apart by it."),
    "seen-by": _("The source %(a)s looks into %(b)s and did not see it."),
    "never-seen": _("It was never seen."),
    "last-seen": _("It was last seen %(day)s."),
    "no-source": _("No source looks into the zone %(a)s."),
    "no-zone": _("The register does not say in which zone it is."),
    "no-identifier": _("The register has nothing by which it could be recognised."),
    "decided": _("%(a)s said so on %(b)s."),
}
_LETTERS: Final = "abc"
#: The values that are ids of zones, by word.
_ZONES: Final[dict[str, tuple[int, ...]]] = {"other-zone": (0, 1), "no-source": (0,), "seen-by": (1,)}


class Told(NamedTuple):
    """A reason as pages show it. `sign`: + for, − against, "" neither. `points`: what it counted."""

    text: str
    points: int
    sign: str


def sentence(word: str, values: Sequence[str], zones: Mapping[str, str] | None = None) -> str:
    """A reason in words; one of a later engine is shown as it is. `zones`: their names by id."""
    form = SENTENCES.get(word)
    if form is None:
        return " ".join((word, *values))
    named = _ZONES.get(word, ())
    values = [(zones or {}).get(value, value) if n in named else value for n, value in enumerate(values)]
    filled = dict(zip(_LETTERS, (*values, "", "", ""), strict=False))
    filled |= {"all": gettext(", ").join(values), "rest": gettext(", ").join(values[2:])}
    if word == "last-seen" and values and values[0].lstrip("-").isdecimal():
        filled["day"] = date_format(timezone.localtime(moment(int(values[0]))), "Y-m-d H:i")
    return gettext(form) % filled


def told(reasons: Iterable[Any], zones: Mapping[str, str] | None = None) -> list[Told]:
    """Reasons as they are kept – word, values, points – in words."""
    found = []
    for word, *rest in reasons:
        values: list[str] = list(rest[0]) if rest else []
        points = int(rest[1]) if len(rest) > 1 else 0
        found.append(Told(sentence(word, values, zones), points, "+" if points > 0 else "−" if points < 0 else ""))
    return found
