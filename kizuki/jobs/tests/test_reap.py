"""Workers that die: their jobs come back, once."""

from __future__ import annotations

import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kizuki.jobs.actions import SILENCE, beat, claim, enqueue, reap
from kizuki.jobs.choices import State
from kizuki.jobs.models import Job
from kizuki.jobs.tests import sample_tasks as tasks
from kizuki.jobs.worker import DIED, drain

pytestmark = pytest.mark.django_db


def silent(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - SILENCE - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_runs_again(in_another_process: Any, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    job = enqueue(tasks.hang, str(mark), by=None)
    process = in_another_process(
        """
        import threading
        import kizuki.jobs.tests.sample_tasks
        from kizuki.jobs.worker import run
        run(stop=threading.Event(), name="doomed", poll=0.05)
        """
    )
    end = time.monotonic() + 60
    while not mark.exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    job.refresh_from_db()
    assert (job.state, job.worker) == (State.RUNNING, "doomed")
    assert reap(reason=DIED) == 0, "a worker that was alive a moment ago keeps its job"
    silent(job)
    assert reap(reason=DIED) == 1
    job.refresh_from_db()
    assert (job.state, job.attempt) == (State.WAITING, 1)
    Job.objects.update(run_after=timezone.now())
    drain()
    job.refresh_from_db()
    assert (job.state, job.result, job.attempt) == (State.DONE, "done", 2)


def test_without_an_attempt_left_it_fails_with_a_reason() -> None:
    job = enqueue(tasks.add, 1, by=None)
    claim(worker="doomed")
    silent(job)
    assert reap(reason=DIED) == 1
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "stopped" in job.reason["en"]


def test_a_cancelled_job_of_a_dead_worker_ends() -> None:
    job = enqueue(tasks.hang, "x", by=None)
    claim(worker="doomed")
    Job.objects.update(cancel_asked=True)
    silent(job)
    assert reap(reason=DIED) == 1
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_a_heartbeat_keeps_the_job() -> None:
    enqueue(tasks.add, 1, by=None)
    job = claim(worker="alive")
    assert job is not None
    silent(job)
    assert beat(job)
    assert reap(reason=DIED) == 0
