"""Scores of published self-checks over time, and figures of peers to hold them against."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kizuki.accounts import rules
from kizuki.measures.benchmark.engine.format import Check, Peer


class _ReadByAll(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Any:
        """How mature an organisation is says where it is weak: whoever works in all rooms sees it."""
        return self.all() if rules.may_read_all(person) else self.none()


class AddedCheck(models.Model):
    """A self-check that came by file, besides those of the library. A newer version is another one; none is ever changed."""

    key = models.CharField(max_length=60)
    release = models.CharField(max_length=20)
    document = models.JSONField()
    added_at = models.DateTimeField(default=timezone.now)

    objects = _ReadByAll.as_manager()

    class Meta:
        ordering = ["key", "release"]
        constraints = [models.UniqueConstraint(fields=["key", "release"], name="added_check_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.release}"

    @property
    def read(self) -> Check:
        return msgspec.convert(self.document, Check)


class Sheet(models.Model):
    """One filling-in of a self-check: the day that it speaks of, who entered it, section → score (None: not scored). Never changed;
    of several for one day the one entered last counts."""

    organisation = models.ForeignKey("register.Organisation", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    release = models.CharField(max_length=20)
    day = models.DateField()
    scores = models.JSONField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    objects = _ReadByAll.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["organisation", "key", "release", "day"], name="sheet_check_day")]

    def __str__(self) -> str:
        return f"{self.key} {self.release} {self.day}"


class PeerGroup(models.Model):
    """Figures of peers of one sector and size from one source, for one self-check. `peers`: section → Peer. Those that come again
    from the same source take the place of the older ones, which stay, out of sight."""

    key = models.CharField(max_length=60)
    release = models.CharField(max_length=20)
    sector = models.CharField(max_length=60)
    size = models.CharField(max_length=60)
    source = models.CharField(max_length=400)
    peers = models.JSONField()
    brought_at = models.DateTimeField(default=timezone.now)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = _ReadByAll.as_manager()

    class Meta:
        ordering = ["key", "release", "sector", "size", "source"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "release", "sector", "size", "source"],
                condition=Q(dropped_at=None),
                name="peers_once_a_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.release} {self.sector} {self.size}: {self.source}"

    @property
    def by_section(self) -> dict[str, Peer]:
        return {section: msgspec.convert(peer, Peer) for section, peer in self.peers.items()}
