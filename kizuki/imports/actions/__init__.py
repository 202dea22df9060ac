"""Every write of the imports room."""

from __future__ import annotations

from kizuki.imports.actions.applying import apply_import, begin_applying, begin_undoing, undo_import
from kizuki.imports.actions.choosing import set_names, take_all, take_lines
from kizuki.imports.actions.giving import describe_import, discard_import, forget_lines, give_file, keep_mapping
from kizuki.imports.actions.planning import plan_import
from kizuki.imports.actions.stale import NotNow

__all__ = [
    "NotNow", "apply_import", "begin_applying", "begin_undoing", "describe_import", "discard_import", "forget_lines", "give_file",
    "keep_mapping", "plan_import", "set_names", "take_all", "take_lines", "undo_import",
]  # fmt: skip
