"""The words of an incident: how it stands, who is what, what an entry is about."""

from __future__ import annotations

from typing import Final, get_args

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuki.casebook.engine.format import EntryKind, Milestone, Tlp
from kizuki.casebook.engine.format import Role as LaneWord


class Status(models.TextChoices):
    NEW = "new", pgettext_lazy("status of an incident", "new")
    ANALYSING = "analysing", pgettext_lazy("status of an incident", "being analysed")
    CONTAINING = "containing", pgettext_lazy("status of an incident", "being contained")
    RECOVERING = "recovering", pgettext_lazy("status of an incident", "recovering")
    WATCHING = "watching", pgettext_lazy("status of an incident", "being watched")
    CLOSED = "closed", pgettext_lazy("status of an incident", "closed")
    MERGED = "merged", pgettext_lazy("status of an incident", "merged into another")


#: Somebody still works on it.
OPEN: Final = (Status.NEW, Status.ANALYSING, Status.CONTAINING, Status.RECOVERING, Status.WATCHING)


class Kind(models.TextChoices):
    RANSOMWARE = "ransomware", _("ransomware")
    ACCOUNT_TAKEOVER = "account-takeover", _("account takeover")
    DEFACEMENT = "defacement", _("defacement")
    DATA_LEAK = "data-leak", _("data leak")
    MALWARE_BY_MAIL = "malware-by-mail", _("malware by mail")
    MISUSED_CLOUD = "misused-cloud", _("misused cloud")
    SUPPLIER_HIT = "supplier-hit", _("attack on a supplier")
    INSIDER = "insider", _("insider")
    LOST_DEVICE = "lost-device", _("lost device")
    OTHER = "other", pgettext_lazy("kind of incident", "other")


class Severity(models.IntegerChoices):
    UNJUDGED = 0, pgettext_lazy("severity", "not judged yet")
    LOW = 1, pgettext_lazy("severity", "low")
    MODERATE = 2, pgettext_lazy("severity", "moderate")
    HIGH = 3, pgettext_lazy("severity", "high")
    CRITICAL = 4, pgettext_lazy("severity", "critical")


class Role(models.TextChoices):
    """What a person is in an incident. A reader only looks on: of a restricted incident, nobody else does."""

    LEAD = "lead", pgettext_lazy("role in an incident", "lead")
    RECORDER = "recorder", pgettext_lazy("role in an incident", "recorder")
    SECURITY = "security", pgettext_lazy("role in an incident", "security")
    IT = "it", pgettext_lazy("role in an incident", "IT")
    BUSINESS = "business", pgettext_lazy("role in an incident", "business unit")
    COMMUNICATIONS = "communications", pgettext_lazy("role in an incident", "communications")
    LEGAL = "legal", pgettext_lazy("role in an incident", "legal")
    CISO = "ciso", "CISO"
    EXECUTIVE = "executive", pgettext_lazy("role in an incident", "executive")
    EXTERNAL = "external", pgettext_lazy("role in an incident", "outside helper")
    READER = "reader", pgettext_lazy("role in an incident", "reader")


#: The lane in which somebody of a role writes unless they say otherwise.
LANE_OF: Final[dict[str, str]] = {
    Role.LEAD: "security", Role.RECORDER: "security", Role.SECURITY: "security", Role.IT: "it", Role.BUSINESS: "business",
    Role.COMMUNICATIONS: "communications", Role.LEGAL: "communications", Role.CISO: "executive", Role.EXECUTIVE: "executive",
    Role.EXTERNAL: "external",
}  # fmt: skip

#: In the order in which they are drawn. “system”: what Kizuki writes by itself has the lane of whoever caused it.
LANES: Final[tuple[str, ...]] = get_args(LaneWord)
KINDS: Final[tuple[str, ...]] = get_args(EntryKind)
MILESTONES: Final[tuple[str, ...]] = get_args(Milestone)
TLPS: Final[tuple[str, ...]] = get_args(Tlp)


class Auto(models.TextChoices):
    """What an entry that Kizuki wrote by itself is about; "" where a person wrote it."""

    OPENED = "opened", _("incident opened")
    CHANGED = "changed", _("incident changed")
    SEVERITY = "severity", _("severity")
    ROLE = "role", pgettext_lazy("entry", "role")
    MILESTONE = "milestone", _("milestone")
    TASK = "task", _("task")
    DECISION = "decision", _("decision")
    INDICATOR = "indicator", _("indicator")
    ASSET = "asset", _("asset")
    FILE = "file", _("file")
    REVIEW = "review", pgettext_lazy("entry", "review")
    CLOSED = "closed", _("incident closed")
    MERGED = "merged", _("incident merged")
    ESCALATION = "escalation", _("who is to be told")
    AUTHORITY = "authority", _("who may decide to stop something")
    NEXT = "next", _("next step not taken")


class TaskState(models.TextChoices):
    TODO = "todo", pgettext_lazy("state of a task", "open")
    DOING = "doing", pgettext_lazy("state of a task", "in progress")
    BLOCKED = "blocked", pgettext_lazy("state of a task", "blocked")
    DONE = "done", pgettext_lazy("state of a task", "done")
    DROPPED = "dropped", pgettext_lazy("state of a task", "dropped")


#: Somebody still has to do something about it.
UNDONE: Final = (TaskState.TODO, TaskState.DOING, TaskState.BLOCKED)


class IndicatorKind(models.TextChoices):
    IP = "ip", _("IP address")
    DOMAIN = "domain", _("domain")
    URL = "url", "URL"
    MAIL = "mail", _("mail address")
    MD5 = "md5", "MD5"
    SHA1 = "sha1", "SHA-1"
    SHA256 = "sha256", "SHA-256"
    CVE = "cve", "CVE"


class IndicatorState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("indicator", "found in text, not confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("indicator", "confirmed")
    REJECTED = "rejected", pgettext_lazy("indicator", "not an indicator")


class AssetState(models.TextChoices):
    SUSPECTED = "suspected", pgettext_lazy("asset in an incident", "suspected")
    AFFECTED = "affected", pgettext_lazy("asset in an incident", "affected")
    CONTAINED = "contained", pgettext_lazy("asset in an incident", "contained")
    RECOVERED = "recovered", pgettext_lazy("asset in an incident", "recovered")
    CLEAN = "clean", pgettext_lazy("asset in an incident", "checked, not affected")


class Publication(models.TextChoices):
    YES = "yes", pgettext_lazy("publication", "yes")
    LATER = "later", pgettext_lazy("publication", "later")
    NO = "no", pgettext_lazy("publication", "no")


class SettingState(models.TextChoices):
    """How far the look at another asset with the same setting is."""

    OPEN = "open", pgettext_lazy("same setting", "not looked at yet")
    HOLDS = "holds", pgettext_lazy("same setting", "checked: the measure holds")
    LACKS = "lacks", pgettext_lazy("same setting", "checked: missing here too")
    TASK = "task", pgettext_lazy("same setting", "given to its owner")
