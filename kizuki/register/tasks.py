"""Long work on the register, as jobs with progress."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuki.jobs.declare import every, task
from kizuki.jobs.worker import current_person, progress
from kizuki.kit.text import Text
from kizuki.register import actions
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.models import Organisation


@task(title=_("Change of many records"))
def set_field(kind: RecordKind, keys: list[str], field: str, value: Any, batch: str) -> dict[str, Any]:
    """Give one field of many records a value; afterwards the page of the batch offers to take it back."""
    organisation = Organisation.objects.get(is_home=True, deleted_at=None)
    actions.set_field(
        organisation=organisation, kind=kind, keys=keys, field=field, value=value, by=current_person(), batch=uuid.UUID(batch),
        tell=tell,
    )  # fmt: skip
    return {"url": f"/register/batches/{batch}"}


@task(title=_("Undo of a change of many records"))
def undo_batch(batch: str) -> dict[str, Any]:
    """Take back a batch, all of it or nothing."""
    organisation = Organisation.objects.get(is_home=True, deleted_at=None)
    progress(1)
    actions.undo_batch(organisation=organisation, batch=uuid.UUID(batch), by=current_person())
    return {"url": f"/register/batches/{batch}"}


@task(title=_("Look for coverage that is no longer valid"), attempts=3)
def expire_coverage() -> dict[str, int]:
    """Rows whose time has passed count as unknown from now on."""
    return {"rows": actions.expire_coverage()}


every(timedelta(hours=1), expire_coverage)


def tell(done: int, of: int) -> None:
    """How far a job is, in records."""
    text = Text(ja=f"{of:,}件中{done:,}件", en=f"{done:,} of {of:,} records")
    progress(round(100 * done / of) if of else 100, text)
