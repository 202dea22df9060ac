"""Reading a file and keeping what it would change, as lines that can be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.db import transaction

from kizuki.files import storage
from kizuki.imports.access import may_of
from kizuki.imports.actions.giving import drop_lines
from kizuki.imports.actions.stale import ROOM, move
from kizuki.imports.choices import State
from kizuki.imports.engine.lines import Line
from kizuki.imports.formats import ORGANISATION, OWN
from kizuki.imports.models import Import, PlanLine
from kizuki.imports.queries import BASIC, held_of
from kizuki.imports.reading import Given, Reader, settings_of
from kizuki.jobs.pace import rest
from kizuki.jobs.worker import progress
from kizuki.journal.actions import By, record
from kizuki.journal.rows import insert
from kizuki.kit.faults import BadFile
from kizuki.kit.text import Text
from kizuki.register.engine.kinds import KINDS
from kizuki.register.models import Organisation

#: Lines of one transaction.
LINES: Final = 500
FIELDS: Final = (
    "of_id", "n", "place", "kind", "key", "state", "name", "how", "document", "base", "changes", "reason", "arguments", "column",
    "one_of", "take", "chosen", "outcome", "problem",
)  # fmt: skip
_Chosen = dict[tuple[str, str, int], bool]


def plan_import(*, imported: Import, by: By) -> Import:
    """Read the file and keep its lines; what somebody chose before is kept for lines that are still there. Where the whole file
    cannot be read, the import waits to be described again, with what is wrong."""
    chosen = _chosen(imported)
    drop_lines(imported)
    organisation = Organisation.objects.get(pk=imported.organisation_id)
    held = held_of(organisation, KINDS if imported.format in (ORGANISATION, OWN) else BASIC)
    with storage.opened(imported.digest) as file:
        given = Given(file, imported.name, imported.format, imported.options)
        reader = Reader(given, settings_of(imported.settings), may_of(by))
        try:
            _keep(imported, reader.lines(held, _tell), chosen)
        except BadFile as error:
            drop_lines(imported)
            faults = [[fault.line, fault.message] for fault in error.faults]
            return move(imported, (State.PLANNING,), state=State.GIVEN, fault=faults, counts={}, told={}, job=None)
    with transaction.atomic():
        values = {
            "counts": dict(reader.counts),
            "told": reader.told,
            "about": reader.about,
            "planned_version": organisation.version,
        }
        move(imported, (State.PLANNING,), state=State.PLANNED, fault=[], **values)
        record(by=by, room=ROOM, verb="planned", obj=imported, data={"lines": dict(reader.counts)})
    return imported


def _chosen(imported: Import) -> _Chosen:
    """What somebody said to take or leave, by kind, key and place."""
    rows = PlanLine.objects.filter(of=imported, chosen=True).values_list("kind", "key", "place", "take")
    return {(kind, key, place): take for kind, key, place, take in rows}


def _tell(rows: int) -> None:
    progress(min(60, rows // 2000), Text(ja=f"{rows:,}行を読み込み", en=f"{rows:,} rows read"))


def _keep(imported: Import, lines: Iterator[Line], chosen: _Chosen) -> None:
    count = 0
    while portion := list(islice(lines, LINES)):
        _store(imported, portion, count, chosen)
        count += len(portion)
        progress(min(99, 60 + count // 3000), Text(ja=f"{count:,}件を比較", en=f"{count:,} compared"))
        rest()


@transaction.atomic
def _store(imported: Import, portion: Sequence[Line], start: int, chosen: _Chosen) -> None:
    insert(PlanLine, FIELDS, [_row(imported, line, start + n, chosen) for n, line in enumerate(portion)])


def _row(imported: Import, line: Line, n: int, chosen: _Chosen) -> tuple[Any, ...]:
    """A line's values, in the order of `FIELDS`."""
    take, said = line.takes, chosen.get((line.kind, line.key, line.place)) if chosen else None
    takeable = line.takes or (line.state == "conflict" and line.document is not None)
    if said is not None and takeable:
        take = said
    return (
        imported.pk, n, line.place, line.kind, line.key, line.state, _name(line.name)[:400], line.how, line.document, line.base,
        line.changes, line.reason, dict(line.arguments), line.column[:130], line.one_of, take, said is not None and takeable, "", "",
    )  # fmt: skip


def _name(name: Any) -> str:
    """A name in one line, as lists show it; both languages where they differ."""
    if isinstance(name, dict):
        return " / ".join(dict.fromkeys(text for text in (name.get("ja"), name.get("en")) if text))
    return str(name)
