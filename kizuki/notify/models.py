"""Webhooks: who is told of what, and every message with what became of it."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuki.notify import hooks
from kizuki.notify.choices import Fault, State


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, person: Any) -> WebhookQuerySet:
        """All, for administrators and auditors; for anyone else there are none."""
        return self if person.has_perm("notify.view") else self.none()


class Webhook(models.Model):
    """An address that is told of events. `events`: types, also “task.*” and “*”. `secret`: what messages are signed with, encrypted;
    `old_secret` signs as well until `old_until`. `by`: whose sight decides what is sent. `failures` in a row, after which
    nothing is tried before `resume_at`. `busy_until`: somebody is sending."""

    name = models.CharField(_("name"), max_length=120)
    url = models.CharField(pgettext_lazy("webhook", "address"), max_length=500)
    events = models.JSONField(default=list)
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_until = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    once = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveIntegerField(default=0)
    resume_at = models.DateTimeField(null=True, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("webhook")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="webhook_has_name"),
            models.UniqueConstraint(fields=["once"], condition=~Q(once=""), name="webhook_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhooks:webhook", args=[self.pk])

    @property
    def host(self) -> str:
        """Where it goes, without what an address may keep secret."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def resting(self) -> bool:
        """Whether it waits because the receiver could not be reached."""
        return self.resume_at is not None and self.resume_at > timezone.now()


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, person: Any) -> DeliveryQuerySet:
        """Messages about what the person may know of; trial messages are about nothing."""
        if not person.has_perm("notify.view"):
            return self.none()
        known = Q(room="")
        for room, sight in hooks.sights.items():
            known |= Q(room=room, key__in=sight.keys(person))
        return self.filter(known)


class Delivery(models.Model):
    """One message to one webhook. `event`: its id, by which receivers know it again; `body`: exactly what is sent. `room` and `key`: what
    it is about. `status`: the receiver's last answer; `until`: when it is given up."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.UUIDField(default=uuid.uuid4)
    type = models.CharField(max_length=60)
    room = models.CharField(max_length=32, blank=True)
    key = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_try = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    last_try = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    fault = models.CharField(max_length=10, choices=Fault, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message to a webhook")
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_newest"),
            models.Index(fields=["state", "next_try"], name="delivery_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook} {self.type}"

    @property
    def ended(self) -> bool:
        return self.state != State.WAITING
