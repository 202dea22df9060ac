"""Storing a table of coverage in the background."""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuki.files import storage
from kizuki.jobs.declare import task
from kizuki.jobs.worker import JobFailed, current_person, progress
from kizuki.measures.table import plan
from kizuki.register import hooks
from kizuki.register.actions import Applied, Refused, Stale, apply
from kizuki.register.models import Organisation

#: Rows stored in one transaction, and seconds for others to write in between.
ROWS, PAUSE = 200, 0.02


@task(title=_("Store a table of coverage"))
def import_table(organisation: int, digest: str, name: str, batch: str) -> dict[str, Any]:
    """Store the sound rows of a table that somebody has looked at, in portions under one batch, so that it can be undone."""
    home = Organisation.objects.get(pk=organisation)
    with storage.opened(digest) as file:
        made = plan(home, name, file.read())
    done, edits, by = Applied(None), made.edits, current_person()
    try:
        for start in range(0, len(edits), ROWS):
            done += apply(
                organisation=home, edits=edits[start : start + ROWS], by=by, verb="imported", batch=uuid.UUID(batch),
                data={"table": name[:200]}, quiet=True,
            )  # fmt: skip
            progress(round(100 * (start + ROWS) / (len(edits) + ROWS)))
            time.sleep(PAUSE)
    except (Refused, Stale) as error:
        raise JobFailed(
            _("Somebody changed the same rows meanwhile. What is stored so far can be undone; then try again.")
        ) from error
    finally:
        with transaction.atomic():
            hooks.changed()
    return {"created": done.created, "changed": done.changed, "same": made.count("same"), "wrong": len(made.wrong)}
