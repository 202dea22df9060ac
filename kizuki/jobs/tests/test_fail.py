"""What goes wrong: retries with growing waits, reasons without secrets, versions that do not know a task."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuki.jobs.actions import BACKOFF, LONGEST_WAIT, enqueue, wait_after
from kizuki.jobs.choices import State
from kizuki.jobs.models import Job
from kizuki.jobs.tests import sample_tasks as tasks
from kizuki.jobs.worker import drain

pytestmark = pytest.mark.django_db


def due_now() -> None:
    Job.objects.update(run_after=timezone.now())


def test_an_unforeseen_error_is_tried_again_and_then_ends() -> None:
    job = enqueue(tasks.break_down, by=None)
    for attempt in (1, 2):
        assert drain() == 1
        job.refresh_from_db()
        assert (job.state, job.attempt) == (State.WAITING, attempt)
        assert job.run_after > timezone.now() + BACKOFF / 2
        due_now()
    drain()
    job.refresh_from_db()
    assert (job.state, job.attempt) == (State.FAILED, 3)


def test_the_reason_gives_no_secret_away() -> None:
    job = enqueue(tasks.break_down, by=None)
    drain()
    job.refresh_from_db()
    assert job.reason["en"].startswith("Something unforeseen")
    assert "hunter2" not in str(Job.objects.values().get(pk=job.pk))


def test_a_reason_of_the_task_reaches_the_person_and_is_not_tried_again() -> None:
    job = enqueue(tasks.refuse, by=None)
    drain()
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert job.reason == {"ja": "入力が空です。", "en": "The input is empty."}


def test_a_task_that_is_gone_fails_with_a_sentence() -> None:
    job = Job.objects.create(task="kizuki.gone.tasks.gone", attempts=3)
    drain()
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "does not know" in job.reason["en"]


def test_waits_grow_and_end() -> None:
    waits = [wait_after(n) for n in range(1, 9)]
    assert waits[0] == BACKOFF
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    assert waits[1] - waits[0] > timedelta(0)
