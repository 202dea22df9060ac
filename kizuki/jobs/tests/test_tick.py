"""Tasks that repeat: once when due, by one worker only, not many times after a pause; and old jobs forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuki.jobs.actions import enqueue, prune, tick
from kizuki.jobs.declare import Repeat, repeats
from kizuki.jobs.models import Job, Schedule
from kizuki.jobs.tests import sample_tasks as tasks
from kizuki.jobs.worker import drain

pytestmark = pytest.mark.django_db
DAILY = Repeat(name="sample", task=tasks.tell, each=timedelta(days=1))


def test_the_first_time_is_one_distance_away() -> None:
    assert tick([DAILY]) == 0
    assert Schedule.objects.get().next_at > timezone.now() + timedelta(hours=23)


def test_what_was_missed_runs_once() -> None:
    Schedule.objects.create(name="sample", next_at=timezone.now() - timedelta(days=9))
    assert tick([DAILY]) == 1
    assert tick([DAILY]) == 0
    assert Job.objects.count() == 1


def test_the_house_repeats_verification_and_pruning() -> None:
    assert {repeat.name.rsplit(".", 1)[1] for repeat in repeats()} >= {"verify_journal", "prune_jobs"}


def test_old_jobs_are_forgotten_and_waiting_ones_kept() -> None:
    old, fresh = enqueue(tasks.add, 1, by=None), enqueue(tasks.add, 2, by=None)
    drain()
    waiting = enqueue(tasks.add, 3, by=None)
    Job.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(days=91))
    assert prune(older_than=timedelta(days=90)) == 1
    assert set(Job.objects.all()) == {fresh, waiting}
