"""What runs in the background: having what was written be found, drawing reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kizuki.casebook.pdf import NoPdf
from kizuki.incidents import search
from kizuki.incidents.models import Incident
from kizuki.incidents.reporting import files, report
from kizuki.jobs.actions import enqueue
from kizuki.jobs.choices import State
from kizuki.jobs.declare import every, task
from kizuki.jobs.models import Job
from kizuki.jobs.worker import JobFailed, current_person, progress

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


def name_of_report(number: str, audience: str, language: str) -> str:
    """Which report a job draws: by its number alone, as jobs are seen by others too."""
    said = {
        "executive": gettext("PDF for the management of %(number)s (%(language)s)"),
        "technical": gettext("Technical PDF of %(number)s (%(language)s)"),
    }
    return said.get(audience, said["technical"]) % {"number": number, "language": language}


@task(title=_("PDF of an incident"), attempts=2, named=name_of_report)
def draw_report(number: str, audience: str, language: str) -> dict[str, str]:
    """Draw a report as PDF for the person who asked."""
    person = current_person()
    incident = Incident.objects.visible_to(person).select_related("lead", "organisation").filter(number=number).first()
    if incident is None:
        raise JobFailed(_("There is no such incident, or you may no longer see it."))
    progress(10)
    try:
        digest = files.draw_pdf(incident, report(incident, person, audience=audience, language=language))
    except NoPdf:
        raise JobFailed(
            _("PDF files cannot be made on this server: the Pango library is missing. Print the page instead.")
        ) from None
    address = reverse("incidents:report_pdf", args=[number])
    return {"url": f"{address}?{urlencode({'file': digest, 'audience': audience, 'language': language})}"}
