"""What runs in the background: matching, forgetting what is too old, permissions that end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.devices import actions
from kizuki.devices.models import Watch
from kizuki.jobs.actions import enqueue
from kizuki.jobs.choices import State
from kizuki.jobs.declare import every, task
from kizuki.jobs.models import Job
from kizuki.jobs.worker import current_person
from kizuki.register.models import Organisation

#: A change of the register is rarely alone: so long the matching waits for the next one.
WAIT: Final = timedelta(seconds=15)
RESULT: Final = {"url": "/devices/"}


@task(title=_("Match what was observed to the register"), attempts=3)
def match_observed() -> dict[str, Any]:
    """Match, unless nothing has changed since the last time."""
    organisation = _home()
    if organisation is None:
        return {}
    watch = Watch.objects.filter(organisation=organisation).first()
    if watch is None or (
        watch.matched == watch.taken and watch.register == organisation.digest and not _new_day(watch)
    ):
        return RESULT
    counts = actions.match_devices(organisation=organisation, by=current_person())
    if counts is None:
        # Somebody else matches now, perhaps without what has just come: look again afterwards.
        enqueue(match_observed, by=None, run_after=timezone.now() + timedelta(minutes=1))
    return RESULT


@task(title=_("Forget old observations"), attempts=3)
def forget_old() -> dict[str, int]:
    """Forget what is older than the setting says."""
    organisation = _home()
    if organisation is None:
        return {}
    return {"forgotten": actions.forget_observations(organisation=organisation, by=None)}


@task(title=_("Look after permissions that end"), attempts=3)
def look_after_admissions() -> dict[str, int]:
    """Ask for renewals in time, and end what is over."""
    organisation = _home()
    if organisation is None:
        return {}
    return {
        "asked": actions.begin_renewals(organisation=organisation, by=None),
        "ended": actions.end_admissions(organisation=organisation, by=None),
    }


def ask_for_matching(by: Any = None) -> None:
    """Queue a matching once the present change is stored, unless one waits already."""
    waiting = Job.objects.filter(task=match_observed.path, state=State.WAITING)
    if waiting.exists():
        return
    transaction.on_commit(lambda: _queue(by))


def _queue(by: Any) -> None:
    if not Job.objects.filter(task=match_observed.path, state=State.WAITING).exists():
        enqueue(match_observed, by=by, run_after=timezone.now() + WAIT)


def register_changed() -> None:
    """The register's hook: where something was observed, it is matched anew."""
    if Watch.objects.filter(organisation__is_home=True, taken__gt=0).exists():
        ask_for_matching()


def _new_day(watch: Watch) -> bool:
    """Decisions end, and assets go missing, with the day alone."""
    return watch.matched_at is None or timezone.localdate(watch.matched_at) != timezone.localdate()


def _home() -> Organisation | None:
    found: Organisation | None = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    return found


every(timedelta(hours=6), match_observed)
every(timedelta(days=1), forget_old)
every(timedelta(hours=12), look_after_admissions)
