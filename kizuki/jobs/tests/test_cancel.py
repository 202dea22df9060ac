"""Stopping jobs that wait and jobs that run."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kizuki.jobs.actions import cancel, claim, enqueue, finish
from kizuki.jobs.choices import State
from kizuki.jobs.tests import sample_tasks as tasks
from kizuki.jobs.worker import drain, run
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db


def test_a_waiting_job_is_cancelled_at_once(cast: Any) -> None:
    job = cancel(job=enqueue(tasks.add, 1, by=cast.manager), by=cast.manager)
    assert job.state == State.CANCELLED
    assert drain() == 0
    assert Entry.objects.get(verb="cancel").actor_name == "Manager"


def test_an_ended_job_stays_as_it_is(cast: Any) -> None:
    job = enqueue(tasks.add, 1, by=cast.manager)
    drain()
    assert cancel(job=job, by=cast.manager).state == State.DONE
    assert not Entry.objects.filter(verb="cancel").exists()


@pytest.mark.django_db(transaction=True)
def test_a_running_job_stops_at_its_next_report(tmp_path: Path) -> None:
    mark, stop = tmp_path / "mark", threading.Event()
    job = enqueue(tasks.wait_for_cancel, str(mark), by=None)
    worker = threading.Thread(target=run, kwargs={"stop": stop, "poll": 0.05})
    worker.start()
    try:
        until(mark.exists)
        cancel(job=job, by="test")
        until(lambda: type(job).objects.get(pk=job.pk).state == State.CANCELLED)
    finally:
        stop.set()
        worker.join(timeout=20)
    assert not worker.is_alive()


def test_a_job_taken_away_cannot_be_finished(cast: Any) -> None:
    enqueue(tasks.add, 1, by=None)
    first = claim(worker="first")
    assert first is not None
    type(first).objects.filter(pk=first.pk).update(state=State.WAITING, claim=None, heartbeat=None)
    second = claim(worker="second")
    assert second is not None
    assert finish(first, "late") is False
    assert finish(second, "good") is True
    second.refresh_from_db()
    assert second.result == "good"


def until(holds: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    connection.close()
