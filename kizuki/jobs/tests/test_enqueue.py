"""Queueing and running: on commit, once, with progress, in the person's language."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kizuki.jobs.actions import claim, enqueue, enqueue_once
from kizuki.jobs.choices import State
from kizuki.jobs.models import Job
from kizuki.jobs.tests import sample_tasks as tasks
from kizuki.jobs.worker import drain, progress

pytestmark = pytest.mark.django_db


def test_a_job_runs_with_its_arguments(cast: Any) -> None:
    job = enqueue(tasks.add, 2, b=3, by=cast.manager)
    assert drain() == 1
    job.refresh_from_db()
    assert (job.state, job.result, job.percent, job.attempt) == (State.DONE, 5, 100, 1)
    assert job.ended_at is not None


def test_a_rolled_back_transaction_leaves_no_job() -> None:
    with transaction.atomic():
        enqueue(tasks.add, 1, by=None)
        transaction.set_rollback(True)
    assert drain() == 0


def test_what_is_asked_for_many_times_waits_once_and_may_be_asked_for_again_while_it_runs() -> None:
    assert [enqueue_once(tasks.tell) is None for _ in range(3)] == [False, True, True]
    assert claim(worker="w") is not None
    assert enqueue_once(tasks.tell) is not None
    assert Job.objects.count() == 2


def test_a_later_job_waits() -> None:
    enqueue(tasks.add, 1, by=None, run_after=timezone.now() + timedelta(hours=1))
    assert drain() == 0


def test_progress_has_both_languages_and_the_task_runs_in_the_persons(cast: Any) -> None:
    cast.manager.language = "ja"
    cast.manager.save()
    job = enqueue(tasks.tell, by=cast.manager)
    drain()
    job.refresh_from_db()
    assert job.message == {"ja": "四割", "en": "Two fifths"}
    assert job.result == {"url": "/cases/", "language": "ja"}
    assert job.result_url == "/cases/"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_result_never_leads_away(url: str) -> None:
    assert Job(result={"url": url}).result_url == ""


def test_progress_outside_a_job_does_nothing() -> None:
    progress(50, "x")


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_takes_a_job() -> None:
    for n in range(12):
        enqueue(tasks.add, n, by=None)
    taken: list[Any] = []

    def work(name: str) -> None:
        try:
            while job := claim(worker=name):
                taken.append(job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(taken) == len(set(taken)) == 12


def test_a_tight_loop_does_not_write_for_every_row(django_assert_max_num_queries: Any) -> None:
    job = enqueue(tasks.count, 20_000, by=None)
    with django_assert_max_num_queries(40):
        drain()
    job.refresh_from_db()
    assert (job.state, job.message) == (State.DONE, {"ja": "終わり", "en": "The end"})
