"""The one way in which records change: checked together, stored together, with a revision of each in the journal."""

from __future__ import annotations

import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from kizuki.journal.actions import By, Revised, record_revisions
from kizuki.journal.models import Revision
from kizuki.journal.rows import insert
from kizuki.kit.schema_faults import finding_of, findings
from kizuki.kit.text import Name
from kizuki.register import hooks
from kizuki.register.actions.edits import Applied, Conflict, Edit, InUse, Pair, Problem, Refused, Stale
from kizuki.register.columns import both, columns
from kizuki.register.derived import refresh_derived
from kizuki.register.engine import checks
from kizuki.register.engine.kinds import KINDS, RecordKind, built, named, plain
from kizuki.register.engine.merge import merge
from kizuki.register.following import ROOM, next_digest
from kizuki.register.library import vocabulary
from kizuki.register.models import TABLES, Mention, Organisation

#: Keys of one question to the database.
KEYS = 5000


class _Step(NamedTuple):
    """One edit with what stands in the table: `row` None where it is new, `document` None where it goes."""

    kind: RecordKind
    key: str
    row: Any
    document: dict[str, Any] | None
    record: Any


@transaction.atomic
def apply(
    *,
    organisation: Organisation,
    edits: Sequence[Edit],
    by: By,
    verb: str = "edited",
    batch: uuid.UUID | None = None,
    data: Mapping[str, Any] | None = None,
    quiet: bool = False,
) -> Applied:
    """Make these edits together, or none. Each record may stand in them once. `quiet`: rooms above are not told; the caller does it
    at the end of its portions.

    Raises `Refused`, `InUse` or `Stale`, which say everything that is wrong at once.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    steps, same = _steps(organisation, edits)
    if not steps:
        return Applied(None, same=same)
    going, staying = _parted(steps)
    _check(organisation, steps, going, staying)
    _not_needed(organisation, going, staying)
    now = timezone.now()
    revised = _write(organisation, steps, now)
    organisation.digest = next_digest(organisation.digest, revised)
    organisation.version += 1
    organisation.save()
    counts = (
        sum(s.document is not None and _is_new(s.row) for s in steps),
        sum(s.document is not None and not _is_new(s.row) for s in steps),
        sum(s.document is None for s in steps),
    )
    about: Any = organisation
    if len(steps) == 1:
        about = TABLES[steps[0].kind].objects.get(organisation=organisation, key=steps[0].key)
    told = {**(data or {}), **_told(steps, counts)}
    if not quiet:
        hooks.changed()
    entry = record_revisions(by=by, room=ROOM, verb=verb, revised=revised, obj=about, data=told, batch=batch)
    return Applied(entry, *counts, same)


def _parted(steps: Sequence[_Step]) -> tuple[set[Pair], set[Pair]]:
    """The records that go, and those that are there afterwards."""
    going = {(step.kind, step.key) for step in steps if step.document is None}
    return going, {(step.kind, step.key) for step in steps} - going


def rehearse(
    *, organisation: Organisation, portions: Iterable[Sequence[Edit]], going: Set[Pair], staying: Set[Pair]
) -> None:
    """Raise what `apply` would raise of all these edits together, without making any and without holding anybody up. `going` and
    `staying`: the records that they take out, and those that are there afterwards. All edits of units are in one portion."""
    conflicts: list[Conflict] = []
    problems: list[Problem] = []
    for edits in portions:
        try:
            steps, _same = _steps(organisation, edits)
            _check(organisation, steps, going, staying)
        except Stale as error:
            conflicts += error.conflicts
        except Refused as error:
            problems += error.problems
    if conflicts:
        raise Stale(conflicts)
    if problems:
        raise Refused(problems)
    _not_needed(organisation, going, staying)


def _told(steps: Sequence[_Step], counts: tuple[int, int, int]) -> dict[str, Any]:
    if len(steps) == 1:
        return {"kind": steps[0].kind, "key": steps[0].key}
    return {"created": counts[0], "changed": counts[1], "removed": counts[2]}


def _is_new(row: Any) -> bool:
    return row is None or row.deleted_at is not None


def _now(row: Any) -> dict[str, Any] | None:
    """The document of a row; None where it is not there, or was taken out."""
    return None if _is_new(row) else row.document


def _steps(organisation: Organisation, edits: Sequence[Edit]) -> tuple[list[_Step], int]:
    """The edits that change something, merged with what others changed since, and how many change nothing."""
    rows = _rows(organisation, edits)
    bases = _bases(organisation, edits, rows)
    made = [_step(edit, rows.get((edit.kind, edit.key)), bases.get((edit.kind, edit.key))) for edit in edits]
    if conflicts := [found for found in made if isinstance(found, Conflict)]:
        raise Stale(conflicts)
    if problems := [problem for found in made if isinstance(found, list) for problem in found]:
        raise Refused(problems)
    steps = [found for found in made if isinstance(found, _Step)]
    return steps, len(made) - len(steps)


def _step(edit: Edit, row: Any, base: dict[str, Any] | None) -> _Step | Conflict | list[Problem] | None:
    """What an edit comes to; None where all is as it wishes."""
    now = _now(row)
    wanted = None if edit.document is None else dict(edit.document)
    if wanted == now:
        return None
    if edit.base is not None and row is not None and edit.base != row.version:
        if wanted is None or now is None or base is None:
            # What was taken out, or is to be taken out, is never merged.
            return Conflict(edit.kind, edit.key, row.version, now, ())
        wanted, clashes = merge(base, wanted, now)
        if clashes:
            return Conflict(edit.kind, edit.key, row.version, now, clashes)
    if wanted is None:
        return _Step(edit.kind, edit.key, row, None, None)
    try:
        record = built(edit.kind, wanted)
    except msgspec.ValidationError as error:
        return _malformed(edit, wanted, error)
    document = plain(record)
    return None if document == now else _Step(edit.kind, edit.key, row, document, record)


def _malformed(edit: Edit, wanted: dict[str, Any], error: msgspec.ValidationError) -> list[Problem]:
    found = list(findings(wanted, KINDS[edit.kind].struct)) or [finding_of(error, wanted)]
    return [Problem(edit.kind, edit.key, place, message) for place, message, _ in found]


def _rows(organisation: Organisation, edits: Sequence[Edit]) -> dict[tuple[str, str], Any]:
    found: dict[tuple[str, str], Any] = {}
    for kind, keys in _by_kind((edit.kind, edit.key) for edit in edits).items():
        for row in TABLES[kind].objects.filter(organisation=organisation, key__in=keys):
            found[kind, row.key] = row
    return found


def _bases(
    organisation: Organisation, edits: Sequence[Edit], rows: Mapping[tuple[str, str], Any]
) -> dict[tuple[str, str], dict[str, Any] | None]:
    """The documents from which stale edits were made that would change something."""
    stale: dict[tuple[str, int], list[str]] = defaultdict(list)
    for edit in edits:
        row = rows.get((edit.kind, edit.key))
        if row is None or edit.base in (None, row.version) or _now(row) == edit.document:
            continue
        stale[edit.kind, edit.base or 0].append(edit.key)
    found: dict[tuple[str, str], dict[str, Any] | None] = {}
    for (kind, number), keys in stale.items():
        rows_of = Revision.objects.filter(room=ROOM, owner=organisation.pk, kind=kind, number=number, key__in=keys)
        found |= {(kind, key): document for key, document in rows_of.values_list("key", "document")}
    return found


def _by_kind(pairs: Iterable[tuple[RecordKind, str]]) -> dict[RecordKind, list[str]]:
    found: dict[RecordKind, list[str]] = defaultdict(list)
    for kind, key in pairs:
        found[kind].append(key)
    return found


def _check(organisation: Organisation, steps: Sequence[_Step], going: Set[Pair], staying: Set[Pair]) -> None:
    """Raise `Refused` with everything that cannot be meant."""
    known = _known(organisation, steps, going, staying)
    words, measures = vocabulary(), hooks.measure_ids()
    problems = []
    for step in steps:
        if step.record is None:
            continue
        own = KINDS[step.kind].key(step.record)
        if step.key != own and not step.key.startswith(f"{own}#"):
            problems.append(
                Problem(step.kind, step.key, ("id",), f"the id is “{own}” here and cannot be changed; make a new one")
            )
        found = checks.of_record(step.kind, step.record, known, words, measures)
        problems += [Problem(step.kind, step.key, place, message) for place, message in found]
    if any(step.kind == "unit" for step in steps):
        problems += _circles(organisation, steps)
    if problems:
        raise Refused(problems)


def _known(
    organisation: Organisation, steps: Sequence[_Step], going: Set[Pair], staying: Set[Pair]
) -> dict[RecordKind, set[str]]:
    """Of all ids that these records name, those that there are after the edits."""
    asked = _by_kind(
        (of, id) for step in steps if step.record is not None for of, _, id in named(step.kind, step.record)
    )
    known: dict[RecordKind, set[str]] = {}
    for kind, keys in asked.items():
        rows = TABLES[kind].objects.filter(organisation=organisation, deleted_at=None, key__in=set(keys))
        there = set(rows.values_list("key", flat=True))
        known[kind] = {key for key in keys if (kind, key) not in going and (key in there or (kind, key) in staying)}
    return known


def _circles(organisation: Organisation, steps: Sequence[_Step]) -> list[Problem]:
    units = TABLES["unit"].objects.filter(organisation=organisation, deleted_at=None).exclude(parent="")
    above = dict(units.values_list("key", "parent"))
    for step in steps:
        if step.kind == "unit":
            above.pop(step.key, None)
            if step.record is not None and step.record.parent:
                above[step.key] = step.record.parent
    found = checks.circles(above)
    message = "the unit “{}” lies within itself; name another unit above it"
    return [
        Problem("unit", s.key, ("parent",), message.format(s.key)) for s in steps if s.kind == "unit" and s.key in found
    ]


def _not_needed(organisation: Organisation, going: Set[Pair], staying: Set[Pair]) -> None:
    """Raise `InUse` where a record that is not edited names one that goes. What is edited was looked at: see `_known`."""
    users: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for of_kind, all_keys in _by_kind(sorted(going)).items():
        for start in range(0, len(all_keys), KEYS):
            mentions = Mention.objects.filter(
                organisation=organisation, of_kind=of_kind, of_key__in=all_keys[start : start + KEYS]
            )
            for kind, key, of_key in mentions.order_by("kind", "key").values_list("kind", "key", "of_key"):
                if (kind, key) not in going and (kind, key) not in staying:
                    users[of_kind, of_key].append((kind, key))
    if users:
        raise InUse(users)


def _write(organisation: Organisation, steps: Sequence[_Step], now: datetime) -> list[Revised]:
    revised: list[Revised] = []
    for kind, of_kind in _grouped(steps).items():
        table = TABLES[kind]
        fields = [field.attname for field in table._meta.concrete_fields if field.attname != "id"]
        rows = [_row(organisation, fields, step, now) for step in of_kind]
        insert(table, fields, rows, unique=("organisation", "key"))
        revised += [Revised(kind, organisation.pk, step.key, _version(step), step.document) for step in of_kind]
    _mention(organisation, steps)
    refresh_derived(organisation, [(step.kind, step.key) for step in steps])
    return revised


def _version(step: _Step) -> int:
    return 1 if step.row is None else int(step.row.version) + 1


def _grouped(steps: Sequence[_Step]) -> dict[RecordKind, list[_Step]]:
    found: dict[RecordKind, list[_Step]] = defaultdict(list)
    for step in steps:
        found[step.kind].append(step)
    return found


def _row(organisation: Organisation, fields: Sequence[str], step: _Step, now: datetime) -> list[Any]:
    """The values of a row; one that is taken out keeps its columns."""
    if step.document is None:
        values = {name: getattr(step.row, name) for name in fields} | {"deleted_at": now}
    else:
        values = columns(step.kind, step.key, step.record) | {"document": step.document, "deleted_at": None}
    values |= {"organisation_id": organisation.pk, "key": step.key, "version": _version(step), "changed_at": now}
    return [values[name] for name in fields]


def _mention(organisation: Organisation, steps: Sequence[_Step]) -> None:
    for kind, of_kind in _grouped(steps).items():
        known = [step.key for step in of_kind if step.row is not None]
        if known:
            Mention.objects.filter(organisation=organisation, kind=kind, key__in=known).delete()
        rows = [
            (organisation.pk, kind, step.key, of, id)
            for step in of_kind
            if step.record is not None
            for of, id in dict.fromkeys((of, id) for of, _, id in named(kind, step.record))
        ]
        insert(Mention, ("organisation_id", "kind", "key", "of_kind", "of_key"), rows)


def history(organisation: Organisation, kind: RecordKind, key: str) -> list[Revision]:
    """The revisions of one record, newest first, each with its entry of the journal."""
    rows = Revision.objects.filter(room=ROOM, owner=organisation.pk, kind=kind, key=key)
    return list(rows.select_related("entry").order_by("-number"))


def document_at(*, row: Any, version: int) -> dict[str, Any]:
    """How a record read at a version; as it stands where that version is not known."""
    if version != row.version:
        made = Revision.objects.filter(
            room=ROOM, owner=row.organisation_id, kind=row.kind_name, key=row.key, number=version
        ).first()
        if made is not None and made.document is not None:
            return dict(made.document)
    return dict(row.document)


def with_id(*, organisation: Organisation, kind: RecordKind, document: dict[str, Any]) -> dict[str, Any]:
    """A new record's document with an id where it has none: made of its name, and of a number where that is taken."""
    if "id" not in KINDS[kind].struct.__struct_fields__ or document.get("id"):
        return document
    ja, en = both(msgspec.convert(document["name"], Name)) if document.get("name") else ("", "")
    base = slugify(en or ja)[:60] or kind
    taken = set(
        TABLES[kind].objects.filter(organisation=organisation, key__startswith=base).values_list("key", flat=True)
    )
    id = base if base not in taken else next(f"{base}-{n}" for n in itertools.count(2) if f"{base}-{n}" not in taken)
    return {"id": id, **document}


def free_key(*, organisation: Organisation, kind: RecordKind, document: dict[str, Any]) -> str | None:
    """The key that a new record will have; None where its id is taken. What is malformed is left for `apply` to refuse."""
    try:
        key = KINDS[kind].key(built(kind, document))
    except msgspec.ValidationError:
        return str(document.get("id", "")) or "?"
    rows = TABLES[kind].objects.filter(organisation=organisation)
    if not rows.filter(key=key, deleted_at=None).exists():
        return key
    if "id" in document:
        return None
    return next(f"{key}#{n}" for n in itertools.count(2) if not rows.filter(key=f"{key}#{n}", deleted_at=None).exists())
