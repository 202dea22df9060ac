"""Storing a table of coverage in the background."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuki.files import storage
from kizuki.jobs.declare import task
from kizuki.jobs.worker import JobFailed, current_person, progress
from kizuki.measures.table import plan
from kizuki.register.actions import apply_portions
from kizuki.register.models import Organisation


@task(title=_("Store a table of coverage"))
def import_table(organisation: int, digest: str, name: str, batch: str) -> dict[str, Any]:
    """Store the sound rows of a table that somebody has looked at, in portions under one batch, so that it can be undone."""
    home = Organisation.objects.get(pk=organisation)
    with storage.opened(digest) as file:
        made = plan(home, name, file.read())
    done = apply_portions(
        organisation=home, edits=made.edits, by=current_person(), verb="imported", batch=uuid.UUID(batch),
        data={"table": name[:200]}, tell=lambda n, of: progress(round(100 * n / of)),
    )  # fmt: skip
    if done.refused:
        raise JobFailed(
            _("Somebody changed the same rows meanwhile. What is stored so far can be undone; then try again.")
        )
    counts = done.applied
    return {"created": counts.created, "changed": counts.changed, "same": made.count("same"), "wrong": len(made.wrong)}
