"""What runs in the background: having what was written be found."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.incidents import search
from kizuki.jobs.actions import enqueue
from kizuki.jobs.choices import State
from kizuki.jobs.declare import every, task
from kizuki.jobs.models import Job

#: In an incident one entry follows another: so long the search waits for more.
WAIT: Final = timedelta(seconds=3)
#: So many incidents are taken in by one job, so that others have their turn.
PORTION: Final = 200


@task(title=_("Have incidents be found"), attempts=3)
def index_incidents() -> dict[str, int]:
    """Take in what the search does not know yet."""
    count = search.index_all(PORTION)
    if count == PORTION:
        _queue()
    return {"incidents": count}


def ask_for_indexing() -> None:
    """Queue it once the present change is stored, unless it is queued."""
    transaction.on_commit(_queue, robust=True)


def _queue() -> None:
    if not Job.objects.filter(task=index_incidents.path, state=State.WAITING).exists():
        enqueue(index_incidents, by=None, run_after=timezone.now() + WAIT)


# For what was stored just before the program died.
every(timedelta(hours=6), index_incidents)
