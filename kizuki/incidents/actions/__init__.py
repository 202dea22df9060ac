"""Every write of the incidents room. Each is one transaction: what changed, the entry that tells it, and one entry in the journal –
which names incidents by their number and never repeats what is written in them."""

from __future__ import annotations

from kizuki.incidents.actions.closing import NotReady, close_incident
from kizuki.incidents.actions.decisions import add_decision, review_decision
from kizuki.incidents.actions.importing import NotBroughtIn, import_timeline
from kizuki.incidents.actions.incident import (
    change_incident,
    end_role,
    give_role,
    merge_incident,
    open_incident,
    reopen_incident,
)
from kizuki.incidents.actions.judging import (
    judge,
    judge_escalation,
    judge_severity,
    judge_stop,
    plan_escalation,
    set_severity,
)
from kizuki.incidents.actions.knowledge import (
    add_asset,
    add_assets,
    add_indicators,
    judge_indicator,
    keep_file,
    propose_indicators,
    set_asset_state,
)
from kizuki.incidents.actions.next_steps import dismiss_step, take_step
from kizuki.incidents.actions.procedures import bring_back_procedure, retire_procedure, store_procedure
from kizuki.incidents.actions.review import StaleItem, remove_item, save_item, write_review
from kizuki.incidents.actions.same_setting import ask_owners, find_same_setting, mark_same_setting
from kizuki.incidents.actions.tasks import (
    add_task,
    assign_tasks,
    begin_procedure,
    block_task,
    drop_task,
    edit_task,
    finish_task,
    reopen_task,
    take_task,
)
from kizuki.incidents.actions.timeline import (
    New,
    Stale,
    add_entries,
    add_entry,
    clear_milestone,
    correct_entry,
    mark_milestone,
    withdraw_entry,
)

__all__ = [
    "New", "NotBroughtIn", "NotReady", "Stale", "StaleItem", "add_asset", "add_assets", "add_decision", "add_entries",
    "add_entry", "add_indicators", "add_task", "ask_owners", "assign_tasks", "begin_procedure", "block_task",
    "bring_back_procedure", "change_incident", "clear_milestone", "close_incident", "correct_entry", "dismiss_step",
    "drop_task", "edit_task", "end_role", "find_same_setting", "finish_task", "give_role", "import_timeline", "judge",
    "judge_escalation", "judge_indicator", "judge_severity", "judge_stop", "keep_file", "mark_milestone",
    "mark_same_setting", "merge_incident", "open_incident", "plan_escalation", "propose_indicators", "remove_item",
    "reopen_incident", "reopen_task", "retire_procedure", "review_decision", "save_item", "set_asset_state",
    "set_severity", "store_procedure", "take_step", "take_task", "withdraw_entry", "write_review",
]  # fmt: skip
