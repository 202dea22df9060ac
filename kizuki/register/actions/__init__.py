"""Every write to the register."""

from __future__ import annotations

from kizuki.register.actions.edits import Applied, Edit, InUse, Refused, Stale
from kizuki.register.actions.organisation import (
    describe_organisation,
    edits_for,
    remove_organisation,
    restore_organisation,
    store_organisation,
)  # fmt: skip
from kizuki.register.actions.undo import undo_batch, undo_edits
from kizuki.register.actions.write import apply

__all__ = [
    "Applied", "Edit", "InUse", "Refused", "Stale", "apply", "describe_organisation", "edits_for", "remove_organisation",
    "restore_organisation", "store_organisation", "undo_batch", "undo_edits",
]  # fmt: skip
