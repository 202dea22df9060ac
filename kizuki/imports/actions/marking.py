"""What became of each line: told by what stands in the journal under the import's batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.db import transaction

from kizuki.imports.choices import LineState, Outcome
from kizuki.imports.models import Import, PlanLine
from kizuki.journal.models import Revision
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.models import TABLES

#: Kind and key of a record.
Pair: TypeAlias = tuple[RecordKind, str]


@transaction.atomic
def mark(imported: Import, lines: Mapping[Pair, int]) -> bool:
    """Say of these lines, by the record that each is about, what became of it: entered, was so already, or refused. Gives whether any
    was entered."""
    by_kind: dict[RecordKind, dict[str, int]] = defaultdict(dict)
    for (kind, key), pk in lines.items():
        by_kind[kind][key] = pk
    wrote = False
    for kind, pks in by_kind.items():
        # The batch is looked at here and not asked for: the database would go through all that the batch has.
        revisions = Revision.objects.filter(
            room="register", kind=kind, owner=imported.organisation_id, key__in=list(pks)
        )
        done = {key for key, batch in revisions.values_list("key", "batch") if batch == imported.batch}
        rest = {key: pk for key, pk in pks.items() if key not in done}
        same = _same(imported, kind, rest) if rest else set()
        _set([pks[key] for key in done], Outcome.DONE)
        _set([rest[key] for key in same], Outcome.SAME)
        _set([pk for key, pk in rest.items() if key not in same], Outcome.REFUSED)
        wrote |= bool(done)
    return wrote


def _set(pks: list[int], outcome: Outcome) -> None:
    if pks:
        PlanLine.objects.filter(pk__in=pks, outcome="").update(outcome=outcome)


def _same(imported: Import, kind: RecordKind, pks: Mapping[str, int]) -> set[str]:
    """Those that the register holds as their lines say."""
    rows = TABLES[kind].objects.filter(organisation=imported.organisation_id, deleted_at=None, key__in=list(pks))
    now: dict[str, Any] = dict(rows.values_list("key", "document"))
    lines = PlanLine.objects.filter(pk__in=list(pks.values())).values_list("key", "document", "state")
    return {
        key
        for key, document, state in lines
        if (now.get(key) == document if state != LineState.GONE else key not in now)
    }


@transaction.atomic
def refuse(imported: Import, pairs: Sequence[Pair], why: str = "") -> None:
    """Say of the lines of these records that they were refused, and why, in English, as the register does."""
    for kind, key in pairs:
        rows = PlanLine.objects.filter(of=imported, kind=kind, key=key, take=True, outcome__in=("", Outcome.REFUSED))
        rows.update(outcome=Outcome.REFUSED, problem=why[:400])
