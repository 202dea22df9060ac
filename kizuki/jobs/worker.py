"""The worker: takes jobs one after another. A thread inside `kizuki serve`, or the process `kizuki worker`."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
import zoneinfo
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from kizuki.jobs import actions, declare
from kizuki.jobs.models import Job

log = logging.getLogger(__name__)

_current: ContextVar[Job | None] = ContextVar("kizuki_job", default=None)
_reported: ContextVar[float] = ContextVar("kizuki_job_reported", default=0.0)
#: Seconds between looks at an empty queue, and between rounds of the reaper and the schedule.
POLL = 1.0
ROUND = 10.0
#: Seconds between two stored percentages of one job.
REPORT_EVERY = 0.25

DIED = _("The program stopped while it worked on this. Nothing is known to be wrong with your request; start it again.")

UNKNOWN = _("This version of Kizuki does not know this kind of job.")
UNEXPECTED = _("Something unforeseen went wrong. The log of the server has the details under the number of this job.")


class Cancelled(BaseException):
    """Raised inside a task whose job was cancelled or taken away. Not an Exception, so that tasks do not swallow it."""


class JobFailed(Exception):
    """Ends a task with a reason that the person may read: lazy text or a Text. `retry`: trying again could help."""

    def __init__(self, reason: Any, *, retry: bool = False) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.retry = retry


def progress(percent: int, message: Any = "") -> None:
    """Tell how far the running task is (0–100), with lazy text or a Text. Outside a job it does nothing.

    Raises Cancelled when the job was cancelled, so call it where the task can be left without harm.
    """
    job = _current.get()
    if job is None:
        return
    now = time.monotonic()
    # A tight loop may call this for every row: without news in words, four times a second is enough for the database.
    if not message and now - _reported.get() < REPORT_EVERY:
        return
    _reported.set(now)
    if not actions.report(job, percent, message):
        raise Cancelled


def current_person() -> Any:
    """The person for whom the running task was queued; None for the program's own jobs and outside a job."""
    job = _current.get()
    return job.by if job is not None else None


def run(*, stop: threading.Event, name: str | None = None, poll: float = POLL) -> None:
    """Work until `stop` is set. Survives a database that is away for a while."""
    worker = name or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    next_round = 0.0
    log.info("worker %s starts", worker)
    while not stop.is_set():
        close_old_connections()
        try:
            if time.monotonic() >= next_round:
                _round()
                next_round = time.monotonic() + ROUND
            busy = work_once(worker=worker)
        except DatabaseError:
            log.exception("worker %s cannot reach the queue; it tries again", worker)
            connection.close()
            busy = False
            stop.wait(poll)
        if not busy:
            stop.wait(poll)
    close_old_connections()
    connection.close()
    log.info("worker %s ends", worker)


def work_once(*, worker: str = "here") -> bool:
    """Run the next job that is due, if any. Returns whether there was one."""
    job = actions.claim(worker=worker)
    if job is None:
        return False
    _perform(job)
    return True


def drain(limit: int = 1000) -> int:
    """Run what is due until nothing is left; for commands and tests. Returns how many jobs ran."""
    count = 0
    while count < limit and work_once():
        count += 1
    return count


def _round() -> None:
    if count := actions.reap(reason=DIED):
        log.warning("%d jobs of workers that died were taken back", count)
    actions.tick(declare.repeats())


def _perform(job: Job) -> None:
    try:
        task = declare.task_at(job.task)
    except LookupError:
        actions.fail(job, UNKNOWN, retry=False)
        return
    token = _current.set(job)
    _reported.set(0.0)
    try:
        with _alive(job), _as_person(job):
            result = task.run(*job.args, **job.kwargs)
        actions.finish(job, result)
    except Cancelled:
        actions.stop(job)
    except JobFailed as error:
        actions.fail(job, error.reason, retry=error.retry)
    except Exception as error:
        # What the error says may hold secrets: it goes to the log of the server only.
        log.error("job %s (%s) failed at attempt %d", job.pk, job.task, job.attempt, exc_info=error)
        actions.fail(job, UNEXPECTED)
    finally:
        _current.reset(token)


@contextlib.contextmanager
def _alive(job: Job) -> Iterator[None]:
    """Keep the heartbeat going from a thread of its own while the task runs."""
    done = threading.Event()

    def beat() -> None:
        try:
            while not done.wait(actions.HEARTBEAT.total_seconds()):
                with contextlib.suppress(DatabaseError):
                    actions.beat(job)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(timeout=5)


@contextlib.contextmanager
def _as_person(job: Job) -> Iterator[None]:
    """Use the language and time zone of the person for whom the job runs."""
    zone = zoneinfo.ZoneInfo(job.by.time_zone) if job.by else None
    with translation.override(job.language or None), timezone.override(zone):
        yield
