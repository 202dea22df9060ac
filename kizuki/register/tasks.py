"""Long work on the register, as jobs with progress."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuki.jobs.declare import every, task
from kizuki.jobs.worker import JobFailed, current_person, progress
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
    """Take back a batch. What stands in the way is found before anything is taken back; what was changed while it was under way stops
    it there, and it can be gone on with."""
    organisation = Organisation.objects.get(is_home=True, deleted_at=None)
    progress(1)
    try:
        actions.undo_portions(organisation=organisation, batch=uuid.UUID(batch), by=current_person(), tell=tell)
    except (actions.Stale, actions.InUse, actions.Refused) as error:
        raise JobFailed(in_the_way(uuid.UUID(batch), error)) from error
    return {"url": f"/register/batches/{batch}"}


def in_the_way(batch: uuid.UUID, error: Exception) -> Text:
    """Why a batch could not be taken back, and what of it was."""
    what = str(error)[:300]
    if actions.begun_to_undo(batch):
        return Text(
            ja=f"途中で、ほかの人の変更に妨げられました（{what}）。取り消した分はそのままです。台帳を直してから、もう一度取り消すと続きから進みます。",
            en=f"Stopped half-way by what somebody changed ({what}). What was undone stays undone; put it right in the register, then undo "
            "again to go on.",
        )
    return Text(
        ja=f"その後に変更されたもの、または新しい記録から参照されているものがあるため、何も取り消しませんでした（{what}）。",
        en=f"Something of it was changed since, or is needed by something newer ({what}). Nothing was undone.",
    )


@task(title=_("Look for coverage that is no longer valid"), attempts=3)
def expire_coverage() -> dict[str, int]:
    """Rows whose time has passed count as unknown from now on."""
    return {"rows": actions.expire_coverage()}


every(timedelta(hours=1), expire_coverage)


def tell(done: int, of: int) -> None:
    """How far a job is, in records."""
    text = Text(ja=f"{of:,}件中{done:,}件", en=f"{done:,} of {of:,} records")
    progress(round(100 * done / of) if of else 100, text)
