"""The words of measures and their coverage, and the sentences in which the register contradicts a claim."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

FUNCTIONS: Final[dict[str, Any]] = {
    "govern": _("Govern"),
    "identify": _("Identify"),
    "protect": _("Protect"),
    "detect": _("Detect"),
    "respond": _("Respond"),
    "recover": _("Recover"),
}
LETTERS: Final[dict[str, Any]] = {
    "H": _("helped"),
    "M": _("missing"),
    "L": _("introduced"),
    "W": _("wished for"),
}
STOPS: Final[dict[str, Any]] = {
    "yes": _("can stop a step"),
    "hinders": _("makes a step harder, never stops it for sure"),
    "no": _("stops nothing by itself"),
}
CONTAINS: Final[dict[str, Any]] = {
    "isolates": _("takes an asset out of the attack"),
    "fences": _("closes a way on"),
    "no": _("contains nothing by itself"),
}
DELAYS: Final[dict[str, Any]] = {
    "minutes": _("within minutes"),
    "hours": _("within hours"),
    "days": _("within days"),
    "weeks": _("within weeks"),
    "no": _("sees nothing by itself"),
}
FENCES: Final[dict[str, Any]] = {
    "zone": _("the way out of the zone"),
    "account": _("the use of its accounts"),
    "link": _("the use of its links"),
}
BASES: Final[dict[str, Any]] = {"source": _("a source"), "judgement": _("own judgement")}
COSTS: Final[dict[str, Any]] = {
    "not stated": _("not stated"),
    "low": _("low"),
    "medium": _("medium"),
    "high": _("high"),
}
#: The states that can be recorded, with the one that says that nothing is known.
STATES: Final[dict[str, Any]] = {
    "full": _("full"),
    "partial": _("partial"),
    "none": _("none"),
    "not applicable": _("not applicable"),
}
#: What each answer means, for people who do not do this every day.
MEANINGS: Final[dict[str, Any]] = {
    "full": _("It is in force everywhere in our unit, and somebody can show it."),
    "partial": _("It is in force in some places, or not all of it is."),
    "none": _("It is not in force."),
    "not applicable": _("We have nothing that it could be for. Say why."),
    "unknown": _("Nobody here knows. That is an answer too."),
}
#: The fields of a row of coverage, for tables and histories.
FIELDS: Final[dict[str, Any]] = {
    "measure": _("Measure"),
    "scope": _("Where"),
    "state": _("State"),
    "evidence": _("Evidence"),
    "verified": _("Verified"),
    "verified_by": _("Verified by"),
    "valid_until": _("Valid until"),
    "link": _("Link to the evidence"),
    "files": _("Files"),
}
EVIDENCE_JA: Final = _("Evidence in Japanese")
EVIDENCE_EN: Final = _("Evidence in English")
SCOPES: Final[dict[str, Any]] = {
    "unit": _("Unit"),
    "zone": _("Zone"),
    "kind": _("Kind"),
    "asset": _("Asset"),
}
#: Why the register contradicts a claim: see `kizuki.measures.engine.contradictions`.
WHYS: Final[dict[str, Any]] = {
    "mfa-none": _("Realm %(name)s: no second factor is asked for."),
    "mfa-partial": _("Realm %(name)s: a second factor is asked for in part only."),
    "mfa-count": _("Realm %(name)s: %(some)s of %(all)s accounts have a second factor."),
    "mfa-privileged": _("Realm %(name)s: %(some)s of %(all)s privileged accounts have a second factor."),
    "default-credentials": _("Realm %(name)s: default passwords are still in use."),
    "reused-passwords": _("Realm %(name)s: passwords are used that are used elsewhere as well."),
    "shared-accounts": _("Realm %(name)s: %(n)s accounts are shared by several people."),
    "backup-within-reach": _("Backup of %(name)s: an attacker who holds the asset reaches its copies."),
    "backup-one-generation": _("Backup of %(name)s: there is only one generation."),
    "restore-never": _("Backup of %(name)s: no restore test is recorded."),
    "restore-old": _("Backup of %(name)s: the last restore test was on %(day)s, more than a year ago."),
    "unpatchable": _("%(name)s is recorded as something that cannot be patched."),
    "among-others": _("%(name)s cannot be patched and stands among other machines in %(zone)s."),
    "admission-over": _("%(name)s was admitted until %(day)s and is still in use."),
    "unknown-devices": _("%(n)s devices were seen that the register does not have."),
    "not-rated": _("%(name)s: its importance has not been judged."),
    "kept-elsewhere": _("%(name)s is kept on %(asset)s, which stands in no zone where it may be kept."),
    "no-boundary": _("Service %(name)s depends on suppliers, but where one's own part ends is not written down."),
    "contract-over": _("The contract with %(name)s ended on %(day)s."),
    "no-channel": _("%(name)s answers for a unit, but no way to reach them is recorded."),
    "network-only": _("%(name)s answers for a unit and can be reached only over the network that may be down."),
}
