"""Pages of the register."""

from __future__ import annotations

from kizuki.register.views.export import export, organisation_file
from kizuki.register.views.judge import judge
from kizuki.register.views.lists import drop_filter, find, keep_filter, records
from kizuki.register.views.many import batch, bulk, undo_batch
from kizuki.register.views.organisation import about, overview
from kizuki.register.views.single import edit, new, record, remove, restore, undo

__all__ = [
    "about", "batch", "bulk", "drop_filter", "edit", "export", "find", "judge", "keep_filter", "new", "organisation_file",
    "overview", "record", "records", "remove", "restore",
    "undo", "undo_batch",
]  # fmt: skip
