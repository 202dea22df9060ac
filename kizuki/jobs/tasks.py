"""Housekeeping that repeats, and the verification of the journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuki.jobs.actions import prune
from kizuki.jobs.declare import every, task
from kizuki.jobs.worker import JobFailed, current_person, progress
from kizuki.journal import actions as journal
from kizuki.journal.engine.chain import Reason, Verdict
from kizuki.kit.text import Text

#: What a broken chain says, by reason; %(seq)d is the entry.
BROKEN = {
    Reason.GAP: Text(
        ja="監査記録の%(seq)d番の記録がありません。ここで連鎖が切れています。",
        en="Entry %(seq)d of the journal is missing. The chain breaks there.",
    ),
    Reason.PREVIOUS: Text(
        ja="監査記録の%(seq)d番が、その前の記録とつながっていません。",
        en="Entry %(seq)d of the journal does not follow from the one before it.",
    ),
    Reason.HASH: Text(
        ja="監査記録の%(seq)d番が、記録された後に書き換えられています。",
        en="Entry %(seq)d of the journal was changed after it was written.",
    ),
    Reason.SHORT: Text(
        ja="監査記録の末尾が失われています。%(seq)d番以降がありません。",
        en="The end of the journal is missing, from entry %(seq)d on.",
    ),
    Reason.ANCHOR: Text(
        ja="監査記録の%(seq)d番が、控えておいた値と一致しません。",
        en="Entry %(seq)d of the journal is not the one that was noted earlier.",
    ),
    Reason.REVISIONS: Text(
        ja="監査記録の%(seq)d番に添えられた版が、記録されたときのものと一致しません。",
        en="The revisions that go with entry %(seq)d of the journal are not those that it was written with.",
    ),
}


@task(title=_("Remove old jobs from the list"), attempts=3)
def prune_jobs() -> dict[str, int]:
    """Forget jobs that ended more than 90 days ago."""
    return {"removed": prune(older_than=timedelta(days=90))}


@task(title=_("Verify the journal"), attempts=3)
def verify_journal() -> dict[str, Any]:
    """Check the whole chain; fails with the first broken place. A good result goes into the journal itself."""
    progress(1)
    verdict = journal.verify()
    if verdict.fault:
        raise JobFailed(broken(verdict))
    journal.record(
        by=current_person(), room="journal", verb="verify", data={"entries": verdict.count, "hash": verdict.hash}
    )
    progress(
        99,
        Text(
            ja=f"{verdict.count}件の記録はすべてつながっています。末尾のハッシュ値：{verdict.hash}",
            en=f"All {verdict.count} entries hold together. Hash of the last one: {verdict.hash}",
        ),
    )
    return {"url": "/journal/", "entries": verdict.count, "hash": verdict.hash}


def broken(verdict: Verdict) -> Text:
    """The fault of a verdict as a sentence in both languages."""
    assert verdict.fault is not None
    text, values = BROKEN[verdict.fault.reason], {"seq": verdict.fault.seq}
    return Text(ja=(text.ja or "") % values, en=(text.en or "") % values)


every(timedelta(days=1), prune_jobs)
every(timedelta(days=1), verify_journal)
