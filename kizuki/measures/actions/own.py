"""Writing own measures: versioned like the records of the register, with a revision of each in the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.journal.actions import By, Revised, record_revisions
from kizuki.journal.models import Revision
from kizuki.measures import library
from kizuki.measures.engine.format import Measure, Measures
from kizuki.measures.engine.own import OWN_ID, own_of, wrong_with
from kizuki.measures.models import OwnMeasure
from kizuki.register.actions import touch
from kizuki.register.engine.kinds import plain
from kizuki.register.engine.merge import Clash, merge
from kizuki.register.models import Organisation

ROOM, KIND = "measures", "measure"


class MeasureEdit(NamedTuple):
    """An own measure as it shall be. `base`: the version from which it was made; None: whatever is there is replaced, 0: there
    shall be none."""

    measure: Measure
    base: int | None = None


class Clashed(ValueError):
    """Somebody else changed the measure in the same fields. Nothing was stored. `row` as it stands."""

    def __init__(self, row: OwnMeasure, clashes: Sequence[Clash]) -> None:
        self.row, self.clashes = row, tuple(clashes)
        super().__init__(row.key)


@transaction.atomic
def store_measures(*, edits: Sequence[MeasureEdit], by: By, verb: str = "stored") -> list[OwnMeasure]:
    """Make these own measures as they shall be, together or none; gives those that changed. Raises `Clashed`, or
    `ValidationError` with everything that cannot be meant."""
    rows = {
        row.key: row for row in OwnMeasure.objects.select_for_update().filter(key__in=[e.measure.id for e in edits])
    }
    _check(edits, rows)
    changed = [row for edit in edits if (row := _stored(edit, rows.get(edit.measure.id))) is not None]
    if changed:
        _record(changed, by, verb)
        _tell(changed, by)
    return changed


def import_measures(*, given: Measures, by: By) -> tuple[int, int]:
    """Take the own measures of a checked file: how many are new or changed, how many were as given. Those that the file does not
    name stay."""
    own, clashes = own_of(library.catalogue(), given)
    if clashes:
        raise ValidationError([_told(clash.id, clash.why) for clash in clashes])
    changed = store_measures(edits=[MeasureEdit(measure) for measure in own], by=by, verb="imported")
    return len(changed), len(own) - len(changed)


@transaction.atomic
def retire_measure(*, measure: OwnMeasure, version: int, by: By) -> OwnMeasure:
    """Offer a measure no more; what speaks of it stays. Raises `Clashed` where somebody changed it since."""
    return _set_retired(measure, version, by, "retired")


@transaction.atomic
def bring_back_measure(*, measure: OwnMeasure, version: int, by: By) -> OwnMeasure:
    """Offer a retired measure again."""
    return _set_retired(measure, version, by, "brought_back")


def _set_retired(measure: OwnMeasure, version: int, by: By, verb: str) -> OwnMeasure:
    now = timezone.now()
    rows = OwnMeasure.objects.filter(pk=measure.pk, version=version, retired_at__isnull=verb == "retired")
    at = now if verb == "retired" else None
    if not rows.update(retired_at=at, version=version + 1, changed_at=now):
        measure.refresh_from_db()
        raise Clashed(measure, ())
    measure.refresh_from_db()
    _record([measure], by, verb)
    _tell([measure], by)
    return measure


def _tell(changed: Sequence[OwnMeasure], by: By) -> None:
    """What was worked out with the catalogue of before is out of date."""
    for home in Organisation.objects.filter(is_home=True, deleted_at=None):
        touch(organisation=home, by=by, verb="catalogue_changed", data={"measures": [row.key for row in changed]})


def _stored(edit: MeasureEdit, row: OwnMeasure | None) -> OwnMeasure | None:
    """The row as it now is; None where nothing changed."""
    wanted, now = plain(edit.measure), timezone.now()
    if row is None:
        return OwnMeasure.objects.create(key=edit.measure.id, document=wanted, changed_at=now)
    if edit.base is not None and edit.base != row.version:
        wanted = _merged(edit, row, wanted)
    if wanted == row.document:
        return None
    row.document, row.version, row.changed_at = wanted, row.version + 1, now
    row.save()
    return row


def _merged(edit: MeasureEdit, row: OwnMeasure, wanted: Mapping[str, Any]) -> dict[str, Any]:
    made = Revision.objects.filter(room=ROOM, kind=KIND, key=row.key, number=edit.base or 0).first()
    if made is None or made.document is None:
        raise Clashed(row, ())
    merged, clashes = merge(plain(read_own(made.document)), wanted, row.document)
    if clashes:
        raise Clashed(row, clashes)
    return merged


def _check(edits: Sequence[MeasureEdit], rows: Mapping[str, OwnMeasure]) -> None:
    known = {*library.measures(), *OwnMeasure.objects.values_list("key", flat=True), *(e.measure.id for e in edits)}
    wrong: list[Any] = []
    for edit in edits:
        id = edit.measure.id
        if id in library.measures():
            wrong.append(_told(id, "taken"))
        elif not OWN_ID.fullmatch(id):
            wrong.append(_told(id, "form"))
        elif edit.base == 0 and id in rows:
            wrong.append(_told(id, "there"))
        wrong += [f"{id}: {_told(id, why)}" for _field, why in wrong_with(edit.measure, known)]
    if wrong:
        raise ValidationError(wrong)


def _told(id: str, why: str) -> str:
    return {
        "taken": _("%(id)s is a measure of Kizuki's own catalogue, which stays as it is."),
        "form": _("%(id)s cannot be the id of an own measure: those begin with X, such as X01."),
        "there": _("There is already a measure with the id %(id)s."),
        "missing": _("Name, short name and explanation are needed, in Japanese, in English, or in both."),
        "long": _("A text is longer than 2,000 characters."),
        "unknown": _("The measure from which this one is split is not in the catalogue."),
        "fences": _("Say what is closed if it closes a way on, and only then."),
    }[why] % {"id": id}


def _record(rows: Sequence[OwnMeasure], by: By, verb: str) -> None:
    revised = [
        Revised(KIND, 0, row.key, row.version, {**row.document, **({"retired": True} if row.retired_at else {})})
        for row in rows
    ]
    about = rows[0] if len(rows) == 1 else None
    data = {"measures": [row.key for row in rows]}
    record_revisions(by=by, room=ROOM, verb=verb, revised=revised, obj=about, data=data)


def read_own(document: Mapping[str, Any]) -> Measure:
    """A measure of a revision, which may say besides that it was retired."""
    return msgspec.convert({key: value for key, value in document.items() if key != "retired"}, Measure)
