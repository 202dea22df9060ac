"""One change to many records: in portions, as one batch that can be taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from kizuki.jobs.pace import Pace, rest
from kizuki.journal.actions import By
from kizuki.journal.rows import count_again
from kizuki.register import hooks
from kizuki.register.actions.edits import Applied, Edit, InUse, Problem, Refused, Stale
from kizuki.register.actions.write import apply
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.models import TABLES, Organisation

#: Records that are changed at once on a page; more are a job.
PORTION: Final = 400
#: As many refused records are told one by one.
MOST_TOLD: Final = 200


class Bulk(NamedTuple):
    """What was done in all portions, and what could not be: those records stay as they are."""

    applied: Applied
    refused: list[Problem]
    batch: uuid.UUID


def apply_portions(
    *,
    organisation: Organisation,
    edits: Sequence[Edit],
    by: By,
    verb: str,
    batch: uuid.UUID,
    data: dict[str, Any] | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Bulk:
    """Make many edits in portions of one batch. A portion with a fault in it is made again without what is wrong. `tell`: called
    with how many are done and how many there are."""
    applied, refused = Applied(None), list[Problem]()
    given = {"by": by, "verb": verb, "batch": batch, "data": data, "quiet": True}
    start, pace = 0, Pace(PORTION // 4)
    while start < len(edits):
        pace.begin()
        done, wrong = _portion(organisation, edits[start : start + pace.size], given)
        start += pace.size
        pace.end()
        applied += done
        refused += wrong[: MOST_TOLD - len(refused)]
        if tell is not None:
            tell(min(start, len(edits)), len(edits))
        if start < len(edits):
            rest()
    if applied.entry is not None:
        if len(edits) > PORTION:
            count_again()
        hooks.changed()
    return Bulk(applied, refused, batch)


def _portion(organisation: Organisation, edits: Sequence[Edit], given: dict[str, Any]) -> tuple[Applied, list[Problem]]:
    refused: list[Problem] = []
    while edits:
        try:
            done = apply(organisation=organisation, edits=edits, **given)
        except Refused as error:
            wrong = error.problems
        except Stale as error:
            wrong = tuple(
                Problem(c.kind, c.key, (), "somebody else has changed it meanwhile; look again")
                for c in error.conflicts
            )
        except InUse as error:
            wrong = tuple(_needed(kind, key, users) for (kind, key), users in error.users.items())
        else:
            return done, refused
        refused += wrong
        bad = {(problem.kind, problem.key) for problem in wrong}
        edits = [edit for edit in edits if (edit.kind, edit.key) not in bad]
    return Applied(None), refused


def _needed(kind: str, key: str, users: Sequence[tuple[str, str]]) -> Problem:
    first = ", ".join(f"{k} {user}" for k, user in users[:3])
    return Problem(kind, key, (), f"{len(users)} other records name it ({first}); change those first")  # type: ignore[arg-type]


def set_field(
    *, organisation: Organisation, kind: RecordKind, keys: Sequence[str], field: str, value: Any, by: By, batch: uuid.UUID,
    tell: Callable[[int, int], None] | None = None,
) -> Bulk:  # fmt: skip
    """Give one field of many records a value; None, "" or [] takes it out. Lists are added to, never shortened."""
    rows = TABLES[kind].objects.filter(organisation=organisation, deleted_at=None)
    edits: list[Edit] = []
    for start in range(0, len(keys), PORTION):
        for row in rows.filter(key__in=keys[start : start + PORTION]).only("key", "document", "version"):
            edits.append(Edit(kind, row.key, _with(row.document, field, value), row.version))
    data = {"field": field, "value": value}
    return apply_portions(
        organisation=organisation, edits=edits, by=by, verb="edited_many", batch=batch, data=data, tell=tell
    )


def _with(document: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        held = document.get(field, [])
        value = [*held, *(word for word in value if word not in held)]
    if value in (None, "", []):
        return {name: found for name, found in document.items() if name != field}
    return {**document, field: value}
