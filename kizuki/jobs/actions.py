"""Every write of the queue. Claims and ends are conditional UPDATEs with a row count; none waits for another."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from kizuki.jobs.choices import ENDED, State
from kizuki.jobs.declare import Repeat, Task
from kizuki.jobs.models import Job, Schedule
from kizuki.journal.actions import record
from kizuki.kit.text import Text

ROOM = "jobs"
#: A worker shows that it lives this often; one that was silent for SILENCE is taken for dead.
HEARTBEAT = timedelta(seconds=5)
SILENCE = timedelta(seconds=30)
#: The first retry waits this long, each later one four times as long as the one before, at most an hour.
BACKOFF = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)


def enqueue(task: Task, *args: Any, by: Any, run_after: datetime | None = None, **kwargs: Any) -> Job:
    """Queue a call of `task` for the person `by` (None: the program). Inside a transaction it starts after the commit.

    The row belongs to the caller's transaction: workers see it when that is committed, and never if it is rolled back.
    """
    person = by if getattr(by, "pk", None) is not None else None
    return Job.objects.create(
        task=task.path,
        args=list(args),
        kwargs=kwargs,
        by=person,
        language=person.language if person is not None else "",
        attempts=task.attempts,
        run_after=run_after or timezone.now(),
    )


def enqueue_once(task: Task) -> Job | None:
    """Queue a task of the program's own that takes no arguments, unless one waits already: what is asked for many times in a short
    while is done once. None where one waits."""
    if Job.objects.filter(task=task.path, state=State.WAITING).exists():
        return None
    return enqueue(task, by=None)


def claim(*, worker: str) -> Job | None:
    """Take the job that has waited longest, for this worker alone; None if nothing is due."""
    while True:
        now = timezone.now()
        due = Job.objects.filter(state=State.WAITING, run_after__lte=now)
        pk = due.order_by("run_after", "pk").values_list("pk", flat=True).first()
        if pk is None:
            return None
        token = uuid.uuid4()
        taken = Job.objects.filter(pk=pk, state=State.WAITING).update(
            state=State.RUNNING, worker=worker, claim=token, heartbeat=now, started_at=now,
            attempt=F("attempt") + 1, percent=0, message={}, reason={},
        )  # fmt: skip
        if taken:
            return Job.objects.select_related("by").get(pk=pk)


def beat(job: Job) -> bool:
    """Show that the worker of this claim lives. False if the job was taken away from it."""
    return bool(_claimed(job).update(heartbeat=timezone.now()))


def report(job: Job, percent: int, message: Any = "") -> bool:
    """Store how far the job is. False if it was taken away or somebody asked to cancel it."""
    values: dict[str, Any] = {"percent": max(0, min(100, percent)), "heartbeat": timezone.now()}
    if message:
        values["message"] = both(message)
    return bool(_claimed(job).filter(cancel_asked=False).update(**values))


def finish(job: Job, result: Any) -> bool:
    """End a claim well. False if the job was taken away in the meantime; its result is then dropped."""
    return _end(job, State.DONE, percent=100, result=result)


def stop(job: Job) -> bool:
    """End a claim because somebody cancelled it."""
    return _end(job, State.CANCELLED)


def fail(job: Job, reason: Any, *, retry: bool = True) -> bool:
    """End a claim badly: wait for another attempt if there is one and `retry`, else fail for good."""
    if retry and job.attempt < job.attempts:
        later = timezone.now() + wait_after(job.attempt)
        waiting = {"state": State.WAITING, "claim": None, "heartbeat": None, "run_after": later}
        return bool(_claimed(job).update(**waiting, reason=both(reason)))
    return _end(job, State.FAILED, reason=both(reason))


def wait_after(attempt: int) -> timedelta:
    """How long to wait after the given attempt (from 1) before the next."""
    wait: timedelta = BACKOFF * 4 ** min(attempt - 1, 20)
    return min(wait, LONGEST_WAIT)


@transaction.atomic
def cancel(*, job: Job, by: Any) -> Job:
    """Cancel a job: at once if it waits; if it runs, at its next report of progress. Does nothing if it has ended."""
    now = timezone.now()
    changed = Job.objects.filter(pk=job.pk, state=State.WAITING).update(state=State.CANCELLED, ended_at=now)
    if not changed:
        changed = Job.objects.filter(pk=job.pk, state=State.RUNNING, cancel_asked=False).update(cancel_asked=True)
    job.refresh_from_db()
    if changed:
        record(by=by, room=ROOM, verb="cancel", obj=job, data={"task": job.task})
    return job


def reap(*, reason: Any) -> int:
    """Take jobs away from workers that fell silent: back to the queue if an attempt is left, else failed.

    Returns how many.
    """
    dead = Q(state=State.RUNNING, heartbeat__lt=timezone.now() - SILENCE)
    count = 0
    for job in Job.objects.filter(dead):
        # The silence is checked again in the UPDATE: the worker may have come back since the row was read.
        still = Job.objects.filter(dead, pk=job.pk, claim=job.claim)
        if job.cancel_asked:
            count += still.update(state=State.CANCELLED, ended_at=timezone.now(), claim=None, heartbeat=None)
        elif job.attempt < job.attempts:
            later = timezone.now() + wait_after(job.attempt)
            count += still.update(state=State.WAITING, claim=None, heartbeat=None, run_after=later, reason=both(reason))
        else:
            count += still.update(
                state=State.FAILED, ended_at=timezone.now(), claim=None, heartbeat=None, reason=both(reason)
            )
    return count


def tick(repeats: list[Repeat]) -> int:
    """Queue what is due. Of many workers exactly one moves a row on; what was missed runs once. Returns how many."""
    now = timezone.now()
    known = dict(Schedule.objects.values_list("name", "next_at"))
    count = 0
    for repeat in repeats:
        due = known.get(repeat.name)
        if due is None:
            Schedule.objects.get_or_create(name=repeat.name, defaults={"next_at": now + repeat.each})
        elif due <= now:
            with transaction.atomic():
                mine = Schedule.objects.filter(name=repeat.name, next_at=due)
                if mine.update(next_at=now + repeat.each, last_at=now):
                    enqueue(repeat.task, by=None)
                    count += 1
    return count


def prune(*, older_than: timedelta) -> int:
    """Delete jobs that ended long ago. Returns how many."""
    old = Job.objects.filter(state__in=ENDED, ended_at__lt=timezone.now() - older_than)
    count, _ = old.delete()
    return count


def both(message: Any) -> dict[str, str]:
    """A message in both languages, from a Text or from (lazy) text of the catalogue."""
    if isinstance(message, Text):
        return {name: text for name, text in (("ja", message.ja), ("en", message.en)) if text}
    texts = {}
    for language in ("ja", "en"):
        with translation.override(language):
            texts[language] = str(message)[:500]
    return texts


def _claimed(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=State.RUNNING, claim=job.claim)


def _end(job: Job, state: State, **values: Any) -> bool:
    ended = _claimed(job).update(state=state, ended_at=timezone.now(), claim=None, heartbeat=None, **values)
    return bool(ended)
