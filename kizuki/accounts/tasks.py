"""Housekeeping: what is over is removed."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.accounts.actions import prune_links
from kizuki.jobs.declare import every, task


@task(title=_("Remove ended sessions and links"), attempts=3)
def prune_entrance() -> dict[str, int]:
    """Remove sessions that ran out, and first links that ended or ran out a month ago."""
    sessions, _kinds = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return {"sessions": sessions, "links": prune_links(older_than=timedelta(days=30))}


every(timedelta(days=1), prune_entrance)
