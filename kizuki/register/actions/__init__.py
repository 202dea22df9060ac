"""Every write to the register."""

from __future__ import annotations

from kizuki.register.actions.bulk import PORTION, Bulk, apply_portions, set_field
from kizuki.register.actions.edits import REFUSALS, Applied, Conflict, Edit, InUse, Problem, Refused, Stale
from kizuki.register.actions.filters import drop_filter, keep_filter
from kizuki.register.actions.organisation import (
    begin_organisation,
    describe_organisation,
    edits_for,
    expire_coverage,
    remove_organisation,
    restore_organisation,
    store_organisation,
    touch,
)
from kizuki.register.actions.undo import begun_to_undo, undo_batch, undo_edits, undo_portions, undone
from kizuki.register.actions.write import apply, document_at, free_key, with_id

__all__ = [
    "PORTION",
    "REFUSALS",
    "Applied",
    "Bulk",
    "Conflict",
    "Edit",
    "InUse",
    "Problem",
    "Refused",
    "Stale",
    "apply",
    "apply_portions",
    "begin_organisation",
    "begun_to_undo",
    "describe_organisation",
    "document_at",
    "drop_filter",
    "edits_for",
    "expire_coverage",
    "free_key",
    "keep_filter",
    "remove_organisation",
    "restore_organisation",
    "set_field",
    "store_organisation",
    "touch",
    "undo_batch",
    "undo_edits",
    "undo_portions",
    "undone",
    "with_id",
]  # fmt: skip
