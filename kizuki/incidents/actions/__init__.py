"""Every write of the incidents room. Each is one transaction: what changed, the entry that tells it, and one entry in the journal –
which names incidents by their number and never repeats what is written in them."""

from __future__ import annotations

from kizuki.incidents.actions.incident import (
    change_incident,
    end_role,
    give_role,
    judge_severity,
    merge_incident,
    open_incident,
    reopen_incident,
    set_severity,
)
from kizuki.incidents.actions.timeline import (
    Stale,
    add_entry,
    clear_milestone,
    correct_entry,
    mark_milestone,
    withdraw_entry,
)

__all__ = [
    "Stale", "add_entry", "change_incident", "clear_milestone", "correct_entry", "end_role", "give_role", "judge_severity",
    "mark_milestone", "merge_incident", "open_incident", "reopen_incident", "set_severity", "withdraw_entry",
]  # fmt: skip
