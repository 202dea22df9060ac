"""The incident itself and the people in it."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kizuki.accounts import rules
from kizuki.incidents.choices import OPEN, TLPS, Kind, Role, Severity, Status
from kizuki.kit.text import Text


def of_person(**more: Any) -> Any:
    """A link to a person. People are never deleted."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        **{"null": True, "blank": True, "on_delete": models.PROTECT, "related_name": "+", **more},
    )


#: The order of urgency: what nobody has judged yet may be anything, so that it stands first.
GRAVITY: Final = Case(When(severity=0, then=Value(9)), default=F("severity"), output_field=models.IntegerField())


class Named(models.Model):
    """Something of another room under the name that it had when it was written down, in both languages."""

    label_ja = models.CharField(max_length=300, blank=True)
    label_en = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> Text:
        return Text(ja=self.label_ja or None, en=self.label_en or None)

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name.in_(get_language() or "ja")


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, person: Any) -> IncidentQuerySet:
        """What is not restricted, for whoever works in all rooms; and every incident in which one has a role."""
        if not rules.is_person(person):
            return self.none()
        mine = Exists(Member.objects.filter(incident=OuterRef("pk"), person=person.pk, until=None))
        return self.filter(Q(restricted=False) | mine) if rules.may_read_all(person) else self.filter(mine)

    def counted(self) -> IncidentQuerySet:
        """Those that count in figures: no drills, and none that was merged into another."""
        return self.filter(exercise=False).exclude(status=Status.MERGED)

    def still_open(self) -> IncidentQuerySet:
        return self.filter(status__in=OPEN)


class Incident(models.Model):
    """`number`: as people call it (INC-2026-014). `stand`: one line, how it stands. `severity`: 0 while not judged. `lead`: who leads
    now, also a Member. `zone`: in which clock times are written. `day_one`: the day that is called day 1. `last_seq`: number of
    the newest entry. `restricted`: only its members know of it. `exercise`: a drill, in no figure. `version` rises with each change
    of these fields, not with entries."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    stand = models.CharField(_("how it stands"), max_length=500, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.NEW)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, default=Severity.UNJUDGED)
    tlp = models.CharField("TLP", max_length=12, choices=[(t, f"TLP:{t.upper()}") for t in TLPS], default="amber")
    restricted = models.BooleanField(_("restricted"), default=False)
    exercise = models.BooleanField(_("exercise"), default=False)
    lead = of_person()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    zone = models.CharField(_("time zone"), max_length=64, default="Asia/Tokyo")
    day_one = models.DateField(_("day 1"))
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    by = of_person()
    by_name = models.CharField(max_length=200)
    once = models.CharField(max_length=64, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("incident")
        indexes = [
            models.Index(fields=["status", "-severity", "-opened_at"], name="incident_status"),
            models.Index(fields=["-opened_at", "-id"], name="incident_opened"),
            models.Index(fields=["-changed_at", "-id"], name="incident_changed"),
            models.Index(fields=["lead", "status"], name="incident_lead"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="incident_status_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="incident_kind_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="incident_severity_known"),
            models.CheckConstraint(condition=Q(tlp__in=TLPS), name="incident_tlp_known"),
            models.CheckConstraint(condition=~Q(title=""), name="incident_has_title"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="incident_not_own_parent"),
            models.CheckConstraint(
                condition=Q(status=Status.MERGED, merged_into__isnull=False)
                | (~Q(status=Status.MERGED) & Q(merged_into__isnull=True)),
                name="incident_merged_says_where",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at__isnull=True)),
                name="incident_closed_says_when",
            ),
            models.UniqueConstraint(fields=["once"], condition=~Q(once=""), name="incident_once"),
        ]

    def __str__(self) -> str:
        # The journal is read by people who may not know the incident: its number, never its title.
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("incidents:incident", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class Member(models.Model):
    """Who was what, from when until when. Rows are ended, never removed."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="members")
    person = of_person(null=False, blank=False)
    role = models.CharField(max_length=16, choices=Role)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        indexes = [models.Index(fields=["person", "until"], name="incident_member_person")]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="incident_member_role_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="incident_member_ends_later"
            ),
            models.UniqueConstraint(
                fields=["incident", "person", "role"], condition=Q(until=None), name="incident_member_once"
            ),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(until=None, role="lead"), name="incident_one_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
