"""Rows of coverage, one at a time. All of it is written by the register's one way; what is refused there is refused here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec
from django.utils import timezone

from kizuki.journal.actions import By
from kizuki.journal.models import Revision
from kizuki.register.actions import Applied, Edit, Refused, Stale, apply, undo_edits
from kizuki.register.actions.edits import Conflict, Problem
from kizuki.register.engine.format import Scope
from kizuki.register.engine.kinds import RecordKind, scope_key
from kizuki.register.models import Coverage, Organisation

ROOM: Final = "register"
KIND: Final[RecordKind] = "coverage"


def key_of(measure: str, scope: Mapping[str, Any]) -> str:
    """The key by which the register knows coverage of a measure over a scope."""
    return f"{measure} {scope_key(msgspec.convert(dict(scope), Scope))}"


def change_coverage(
    *, organisation: Organisation, document: Mapping[str, Any], base: int | None, by: By, verb: str = "edited"
) -> Applied:
    """Write a row. `base`: the version that was read; 0: there shall be none yet. Raises `Refused`, or `Stale` where somebody
    changed the same fields."""
    key = key_of(document["measure"], document["scope"])
    if base == 0:
        if Coverage.objects.filter(organisation=organisation, key=key, deleted_at=None).exists():
            message = "this scope has a row for this measure already; edit that one"
            raise Refused([Problem(KIND, key, ("scope",), message)])
        base = None
    return apply(organisation=organisation, edits=[Edit(KIND, key, document, base)], by=by, verb=verb)


def remove_coverage(*, row: Coverage, version: int, by: By) -> Applied:
    """Take a row out: what it spoke of is unknown again. Raises `Stale` where somebody changed it since."""
    return apply(organisation=row.organisation, edits=[Edit(KIND, row.key, None, version)], by=by)


def verify_again(*, row: Coverage, version: int, by: Any, today: date) -> Applied:
    """Note that the row was seen to be true today; it is then valid for as long as it was before. Raises `Stale`."""
    document = {**row.document, "verified": today.isoformat(), "verified_by": str(by)[:400]}
    if until := _moved(row, today):
        document["valid_until"] = until
    return apply(
        organisation=row.organisation, edits=[Edit(KIND, row.key, document, version)], by=by, data={"verified": True}
    )


def _moved(row: Coverage, today: date) -> str | None:
    """The new last day of a row that has one: as far from today as the old one was from the day of the last look, at least a day."""
    if not row.valid_until:
        return None
    until = date.fromisoformat(row.valid_until)
    seen = date.fromisoformat(row.verified) if row.verified else timezone.localdate(row.changed_at)
    span = until - seen
    return (today + max(span, timedelta(days=1))).isoformat()


def undo_last_change(*, row: Coverage, version: int, by: By) -> Applied:
    """Take the newest change of a row back. Raises `Stale` where `version` is not the newest any more."""
    if version != row.version:
        # The reader saw an older state: the newest change is not theirs to take back unseen.
        now = None if row.deleted_at else row.document
        raise Stale([Conflict(KIND, row.key, row.version, now, ())])
    newest = Revision.objects.filter(room=ROOM, owner=row.organisation_id, kind=KIND, key=row.key, number=row.version)
    edits = undo_edits(row.organisation, newest)
    return apply(organisation=row.organisation, edits=edits, by=by, verb="undid")
