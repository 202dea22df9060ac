"""Replaying the whole library for the home organisation, as a job with progress."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
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


@task(title=_("Figures of the day"), attempts=3)
def take_figures() -> dict[str, str]:
    """Keep the figures of today so far, and those of yesterday as the day ended."""
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if organisation is not None:
        today = timezone.localdate()
        for day in (today - timedelta(days=1), today):
            actions.take_snapshot(organisation=organisation, day=day)
    return {"url": "/replay/figures"}


@task(title=_("Figures of past days"), attempts=3)
def fill_figures(first: str, last: str) -> dict[str, str]:
    """Work out the figures of every day between two, both included, that has none yet."""
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    start, end = date.fromisoformat(first), min(date.fromisoformat(last), timezone.localdate())
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    for n, day in enumerate(days if organisation is not None else (), start=1):
        assert organisation is not None
        actions.take_snapshot(organisation=organisation, day=day)
        progress(round(100 * n / len(days)), Text(ja=f"{len(days)}日中{n}日", en=f"{n} of {len(days)} days"))
    return {"url": "/replay/figures"}


every(timedelta(hours=6), take_figures)
# Imports ask for a refresh themselves; this catches what a stopped program left undone.
every(timedelta(minutes=30), refresh_outcomes)
