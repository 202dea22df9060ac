"""A file is given and described; or put aside again."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.files import storage
from kizuki.files.actions import store_file
from kizuki.files.engine.sniff import clean_name
from kizuki.imports.actions.stale import PORTION, ROOM, NotNow, free, move
from kizuki.imports.choices import BEFORE, State
from kizuki.imports.formats import FORMATS, PEOPLES, detected
from kizuki.imports.models import Import, KeptMapping, PlanLine
from kizuki.jobs.actions import enqueue
from kizuki.jobs.pace import rest
from kizuki.journal.actions import By, record
from kizuki.kit.faults import BadFile
from kizuki.register.engine.sources import headings
from kizuki.register.models import Organisation

#: Lines of imports that ended so long ago are forgotten; what they changed stays in the journal.
KEPT: Final = timedelta(days=30)


@transaction.atomic
def give_file(*, upload: Any, by: By) -> Import:
    """Keep a file and find out what kind it is. Tables are described as last time, where their headings are known.

    Raises `ValidationError` where there is no organisation, or the file is empty or too large.
    """
    organisation = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if organisation is None:
        raise ValidationError(_("There is no organisation yet into whose register this could go."))
    file, name = store_file(upload=upload, by=by), clean_name(upload.name or "")
    person: Any = by if getattr(by, "pk", None) is not None else None
    made = Import.objects.create(
        organisation=organisation, by=person, by_name=str(by or "Kizuki")[:200], digest=file.digest, name=name
    )
    with storage.opened(made.digest) as content:
        made.format = detected(name, content)
        made.options, made.settings = first_options(made, content)
    made.save(update_fields=["format", "options", "settings"])
    record(by=by, room=ROOM, verb="gave", obj=made, data={"digest": made.digest, "format": made.format})
    return made


def first_options(imported: Import, content: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is said of a file to begin with: as last time for a table with the same headings, else nothing."""
    settings = default_settings(imported.format)
    found = headings_of(imported, content, {})
    kept = (
        KeptMapping.objects.filter(organisation=imported.organisation, headings=digest_of(found)).first()
        if found
        else None
    )
    if kept is None:
        return {}, settings
    return {**kept.options, "mapping": kept.mapping, "kept": kept.name}, settings


def default_settings(format: str) -> dict[str, Any]:
    """People's own tables say what is; what machines tell fills gaps."""
    if format not in FORMATS:
        return {}
    return {"single": "replace" if format in PEOPLES else "fill", "zone_kind": "office"}


def headings_of(imported: Import, content: Any, options: dict[str, Any]) -> list[str]:
    """The headings of a table; none for any other file, or where there are none."""
    from kizuki.imports.reading import options_of

    if imported.format not in FORMATS or not FORMATS[imported.format].mapped:
        return []
    try:
        return headings(imported.format, imported.name, content, options_of(options))  # type: ignore[arg-type]
    except BadFile:
        return []


def digest_of(found: list[str]) -> str:
    """A name for a set of headings, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(found), ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def describe_import(
    *, imported: Import, format: str, options: dict[str, Any], settings: dict[str, Any], by: By, now: bool = False
) -> Import:
    """Say what a file is and how it is held against the register; then it is read, as a job, or by the caller (`now`). Raises
    `NotNow`."""
    from kizuki.imports.tasks import plan

    values = {"format": format, "options": options, "settings": settings, "state": State.PLANNING, "fault": []}
    states = free(imported, State.GIVEN, State.PLANNED)
    if not Import.objects.filter(pk=imported.pk, state__in=_before(states), job=imported.job).update(**values):
        raise NotNow
    job = None if now else enqueue(plan, imported.pk, imported.name, by=by)
    Import.objects.filter(pk=imported.pk).update(job=job.pk if job else None)
    imported.refresh_from_db()
    return imported


def _before(states: list[State]) -> list[State]:
    """Of these states those in which nothing stands in the register."""
    return [state for state in states if state in BEFORE]


@transaction.atomic
def keep_mapping(*, imported: Import, name: str, found: list[str], by: By) -> KeptMapping:
    """Keep which column gives which field, for the next table with the same headings."""
    options = {
        key: value for key, value in imported.options.items() if key in ("kind", "days", "clock", "sheet", "header_row")
    }
    values = {
        "shown": found[:200], "mapping": imported.options.get("mapping", {}), "options": options, "used_at": timezone.now(),
        "used_by": imported.by_name,
    }  # fmt: skip
    kept, new = KeptMapping.objects.update_or_create(
        organisation=imported.organisation, headings=digest_of(found), name=name[:120], defaults=values
    )
    if not new:
        KeptMapping.objects.filter(pk=kept.pk).update(uses=F("uses") + 1)
    record(by=by, room=ROOM, verb="kept_mapping", obj=kept, data={"columns": len(kept.mapping)})
    return kept


def discard_import(*, imported: Import, by: By) -> None:
    """Put a file aside of which nothing stands in the register. The file itself stays with the evidence. Raises `NotNow`."""
    with transaction.atomic():
        move(imported, _before(free(imported, State.GIVEN, State.PLANNED)), state=State.PLANNING)
    drop_lines(imported)
    with transaction.atomic():
        record(by=by, room=ROOM, verb="discarded", obj=imported, data={"digest": imported.digest})
        imported.delete()


def drop_lines(imported: Import) -> None:
    """Take the lines of a plan out, in portions."""
    while True:
        with transaction.atomic():
            found = list(PlanLine.objects.filter(of=imported).order_by("n").values_list("pk", flat=True)[: PORTION * 5])
            PlanLine.objects.filter(pk__in=found).delete()
        if not found:
            return
        rest()


def forget_lines(*, by: By) -> int:
    """Take out the lines of imports that ended long ago; gives of how many imports."""
    old = Import.objects.filter(
        state__in=(State.DONE, State.UNDONE), ended_at__lt=timezone.now() - KEPT, lines__isnull=False
    )
    found = list(old.distinct())
    for imported in found:
        drop_lines(imported)
    if found:
        with transaction.atomic():
            record(by=by, room=ROOM, verb="forgot", data={"imports": len(found)})
    return len(found)
