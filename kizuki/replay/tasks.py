"""Replaying the whole library for the home organisation, as a job with progress."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from kizuki.jobs.declare import every, task
from kizuki.jobs.worker import progress
from kizuki.kit.text import Text
from kizuki.register.models import Organisation
from kizuki.replay import actions

STEP = 100


@task(title=_("Replay of the library"), attempts=3)
def refresh_outcomes() -> dict[str, str]:
    """Replay every case whose outcome for the home organisation is missing or out of date."""
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if organisation is None:
        return {"url": "/replay/"}
    ids = list(actions.stale(organisation).values_list("pk", flat=True))
    for start in range(0, len(ids), STEP):
        cases = actions.stale(organisation).filter(pk__in=ids[start : start + STEP])
        actions.refresh(organisation=organisation, cases=cases)
        done = min(start + STEP, len(ids))
        text = Text(ja=f"{len(ids)}件中{done}件", en=f"{done} of {len(ids)} cases")
        progress(round(100 * done / len(ids)), text)
    actions.rank(organisation=organisation)
    return {"url": "/replay/"}


# Imports ask for a refresh themselves; this catches what a stopped program left undone.
every(timedelta(minutes=30), refresh_outcomes)
