"""Every write of the measures room. Coverage itself is written by `kizuki.register.actions.apply`."""

from __future__ import annotations

from kizuki.measures.actions.coverage import (
    change_coverage,
    remove_coverage,
    undo_last_change,
    verify_again,
)
from kizuki.measures.actions.own import (
    Clashed,
    MeasureEdit,
    bring_back_measure,
    import_measures,
    retire_measure,
    store_measures,
)
from kizuki.measures.actions.proposals import Decided, accept_proposals, propose, return_proposals, withdraw
from kizuki.measures.actions.rounds import (
    close_round,
    finish_part,
    make_link,
    name_answerer,
    reopen_round,
    revoke_link,
    save_answer,
    start_round,
)

__all__ = [
    "Clashed", "Decided", "MeasureEdit", "accept_proposals", "bring_back_measure", "change_coverage", "close_round", "finish_part",
    "import_measures", "make_link", "name_answerer", "propose", "remove_coverage", "reopen_round", "retire_measure",
    "return_proposals", "revoke_link", "save_answer", "start_round", "store_measures", "undo_last_change", "verify_again",
    "withdraw",
]  # fmt: skip
