"""The organisation's own procedures: stored from files, retired, brought back. Each reading is kept in the journal."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.incidents.actions.timeline import ROOM, Stale
from kizuki.incidents.engine.procedure import Procedure
from kizuki.incidents.models import OwnProcedure
from kizuki.incidents.procedures import of_library
from kizuki.journal.actions import By, Revised, record_revisions
from kizuki.register.models import Organisation

KIND: Final = "procedure"


@transaction.atomic
def store_procedure(*, procedure: Procedure, base: int, by: By) -> OwnProcedure:
    """Keep an own procedure, in place of the one with its id. `base`: the version from which it was made, 0 where there shall be
    none. A retired one is in force again. Raises Stale where another version is there by now."""
    Organisation.objects.select_for_update().filter(is_home=True, deleted_at=None).first()
    if procedure == of_library(procedure.id):
        raise ValidationError(_("This is the library's procedure as it is. Change it, or give it another id."))
    row = OwnProcedure.objects.select_for_update().filter(key=procedure.id).first()
    document = msgspec.to_builtins(procedure)
    if row is None:
        row = OwnProcedure(key=procedure.id, version=0)
    elif row.digest == digest(document) and row.retired_at is None:
        return row
    if row.version != base:
        raise Stale(row)
    row.kind, row.document, row.digest, row.retired_at = procedure.kind, document, digest(document), None
    row.version, row.changed_at = row.version + 1, timezone.now()
    row.save()
    _record(row, by, "stored_procedure")
    return row


@transaction.atomic
def retire_procedure(*, row: OwnProcedure, version: int, by: By) -> OwnProcedure:
    """Offer it no more; tasks that it made stay, and a procedure of the library with its id is in force again."""
    return _set_retired(row, version, by, retired=True)


@transaction.atomic
def bring_back_procedure(*, row: OwnProcedure, version: int, by: By) -> OwnProcedure:
    """Offer it again as it was."""
    return _set_retired(row, version, by, retired=False)


def digest(document: Any) -> str:
    """SHA-256 of a procedure's content."""
    plain = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _set_retired(row: OwnProcedure, version: int, by: By, *, retired: bool) -> OwnProcedure:
    now = timezone.now()
    rows = OwnProcedure.objects.filter(pk=row.pk, version=version, retired_at__isnull=retired)
    changed = rows.update(retired_at=now if retired else None, version=version + 1, changed_at=now)
    row.refresh_from_db()
    if not changed:
        raise Stale(row)
    _record(row, by, "retired_procedure" if retired else "brought_back_procedure")
    return row


def _record(row: OwnProcedure, by: By, verb: str) -> None:
    document = {**row.document, **({"retired": True} if row.retired_at else {})}
    revised = [Revised(KIND, 0, row.key, row.version, document)]
    data = {"version": row.version, "digest": row.digest}
    record_revisions(by=by, room=ROOM, verb=verb, revised=revised, obj=row, data=data)
