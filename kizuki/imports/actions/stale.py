"""What every action here shares: the room's name, and that something else happened first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kizuki.imports.choices import WORKING, State
from kizuki.imports.models import Import
from kizuki.jobs.choices import ENDED
from kizuki.jobs.models import Job

ROOM: Final = "imports"
#: Rows of one transaction.
PORTION: Final = 400


class NotNow(ValidationError):
    """The import is not in a state in which this can be done; perhaps somebody did it already."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has gone on with this import already. Here is how it stands now."))


def died(imported: Import) -> bool:
    """Whether the job that works on an import has ended without saying so."""
    job = Job.objects.filter(pk=imported.job).first() if imported.job else None
    return job is None or job.state in ENDED


def free(imported: Import, *states: State) -> list[State]:
    """These states, and that of work that nobody does any more."""
    working = imported.state in WORKING and died(imported)
    return [*states, State(imported.state)] if working else list(states)


def move(imported: Import, states: Iterable[str], **values: Any) -> Import:
    """Change an import if it is in one of these states, by one conditional UPDATE. Raises `NotNow`."""
    if not Import.objects.filter(pk=imported.pk, state__in=list(states)).update(**values):
        raise NotNow
    imported.refresh_from_db()
    return imported
