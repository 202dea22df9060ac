"""Housekeeping removes what is over and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from kizuki.accounts.actions import make_first_link
from kizuki.accounts.models import FirstLink
from kizuki.accounts.tasks import prune_entrance
from kizuki.jobs.actions import enqueue
from kizuki.jobs.worker import drain

pytestmark = pytest.mark.django_db


def test_ended_sessions_and_old_links_go(cast: Any, signed_in: Any) -> None:
    ended, going = signed_in(cast.reporter), signed_in(cast.manager)
    Session.objects.filter(pk=ended.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    make_first_link(person=cast.reporter, by="test")
    make_first_link(person=cast.manager, by="test")
    long_ago = timezone.now() - timedelta(days=40)
    FirstLink.objects.filter(person=cast.reporter).update(created_at=long_ago, expires_at=long_ago + timedelta(hours=1))
    job = enqueue(prune_entrance, by=None)
    drain()
    job.refresh_from_db()
    assert job.result == {"sessions": 1, "links": 1}
    assert going.get("/account/").status_code == 200
    assert FirstLink.objects.get().person == cast.manager
