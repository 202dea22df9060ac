"""What became of each line: told by what stands in the journal under the import's batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from kizuki.imports.choices import LineState, Outcome
from kizuki.imports.models import Import, PlanLine
from kizuki.journal.models import Revision
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.models import TABLES


@transaction.atomic
def mark(imported: Import, pairs: Sequence[tuple[RecordKind, str]]) -> bool:
    """Say of the lines of these records what became of them: entered, was so already, or refused. Gives whether any was entered."""
    by_kind: dict[RecordKind, list[str]] = defaultdict(list)
    for kind, key in pairs:
        by_kind[kind].append(key)
    wrote = False
    for kind, keys in by_kind.items():
        revisions = Revision.objects.filter(
            room="register", batch=imported.batch, owner=imported.organisation_id, kind=kind
        )
        done = set(revisions.filter(key__in=keys).values_list("key", flat=True))
        _lines(imported, kind, done).update(outcome=Outcome.DONE)
        wrote |= bool(done)
        rest = [key for key in keys if key not in done]
        if rest:
            same = _same(imported, kind, rest)
            _lines(imported, kind, same).update(outcome=Outcome.SAME)
            _lines(imported, kind, set(rest) - same).update(outcome=Outcome.REFUSED)
    return wrote


def _lines(imported: Import, kind: RecordKind, keys: set[str]) -> Any:
    return PlanLine.objects.filter(of=imported, kind=kind, key__in=keys, take=True, outcome="")


def _same(imported: Import, kind: RecordKind, keys: Sequence[str]) -> set[str]:
    """Those that the register holds as their lines say."""
    rows = TABLES[kind].objects.filter(organisation=imported.organisation_id, deleted_at=None, key__in=keys)
    now: dict[str, Any] = dict(rows.values_list("key", "document"))
    lines = _lines(imported, kind, set(keys)).values_list("key", "document", "state")
    return {
        key
        for key, document, state in lines
        if (now.get(key) == document if state != LineState.GONE else key not in now)
    }


@transaction.atomic
def refuse(imported: Import, pairs: Sequence[tuple[RecordKind, str]], why: str = "") -> None:
    """Say of the lines of these records that they were refused, and why, in English, as the register does."""
    for kind, key in pairs:
        rows = PlanLine.objects.filter(of=imported, kind=kind, key=key, take=True, outcome__in=("", Outcome.REFUSED))
        rows.update(outcome=Outcome.REFUSED, problem=why[:400])
