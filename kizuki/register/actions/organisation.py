"""What concerns the organisation as a whole: storing a file, saying what it is, taking it out."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from kizuki.journal.actions import By, record
from kizuki.kit.text import shown
from kizuki.register import hooks
from kizuki.register.actions.edits import Edit
from kizuki.register.actions.write import apply
from kizuki.register.columns import today
from kizuki.register.engine.format import About
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.kinds import KINDS, keyed, plain
from kizuki.register.following import ROOM
from kizuki.register.models import TABLES, Organisation

_canonical = msgspec.json.Encoder(order="deterministic")


def digest_of(document: Document) -> str:
    """SHA-256 of the document's canonical JSON."""
    return hashlib.sha256(_canonical.encode(document)).hexdigest()


@transaction.atomic
def store_organisation(
    *, document: Document, by: By, home: bool = False, fictional: bool = False, slug: str | None = None
) -> Organisation:
    """Make the organisation with this slug (made of its name) what the document says; the same again changes nothing. The
    document has been checked by `read`."""
    name = shown(document.organisation.name, "en")
    slug = slug or slugify(name)[:80] or f"org-{digest_of(document)[:8]}"
    row = Organisation.objects.select_for_update().filter(slug=slug).first()
    if home:
        Organisation.objects.filter(is_home=True).exclude(slug=slug).update(is_home=False)
    new = row is None
    if row is None:
        values = {
            "about": plain(document.organisation),
            "complete": list(document.complete),
            "digest": digest_of(document),
        }
        row = Organisation.objects.create(
            slug=slug, name=name[:200], is_home=home, is_fictional=fictional, version=0, **values
        )
    elif row.deleted_at is not None or (home and not row.is_home):
        Organisation.objects.filter(pk=row.pk).update(deleted_at=None, is_home=home or row.is_home)
    data = {"assets": len(document.assets)}
    done = apply(organisation=row, edits=edits_for(row, document), by=by, verb="stored", data=data)
    if new and done.entry is None:
        Organisation.objects.filter(pk=row.pk).update(version=1)
        record(by=by, room=ROOM, verb="stored", obj=row, data=data)
    describe_organisation(organisation=row, about=document.organisation, complete=document.complete, by=by)
    row.refresh_from_db()
    return row


@transaction.atomic
def begin_organisation(*, about: About, complete: tuple[str, ...], by: By) -> Organisation:
    """The home organisation, with nothing in its register yet."""
    document = Document(schema_="kizuki/organisation/1", organisation=about, complete=complete)  # type: ignore[arg-type]
    return store_organisation(document=document, by=by, home=True)


def edits_for(organisation: Organisation, document: Document, *, only_add: bool = False) -> list[Edit]:
    """The edits that make the register what a document says. `only_add`: what the document does not name stays."""
    edits: list[Edit] = []
    for kind in KINDS.values():
        stored = TABLES[kind.name].objects.filter(organisation=organisation, deleted_at=None)
        now: dict[str, Any] = dict(stored.values_list("key", "document"))
        for key, found in keyed(kind.name, getattr(document, kind.part)):
            wanted = plain(found)
            if now.pop(key, None) != wanted:
                edits.append(Edit(kind.name, key, wanted))
        if not only_add:
            edits += [Edit(kind.name, key, None) for key in now]
    return edits


@transaction.atomic
def describe_organisation(
    *, organisation: Organisation, about: About, complete: tuple[str, ...], by: By
) -> Organisation:
    """Say what the organisation is, and which parts of its register are complete."""
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    said, parts = plain(about), list(complete)
    if (row.about, row.complete) == (said, parts):
        return row
    row.about, row.complete, row.name = said, parts, shown(about.name, "en")[:200]
    row.version += 1
    row.digest = hashlib.sha256(f"{row.digest}{_canonical.encode([said, parts])!r}".encode()).hexdigest()
    row.save()
    hooks.changed()
    record(by=by, room=ROOM, verb="described", obj=row, data={"about": said, "complete": parts})
    return row


@transaction.atomic
def touch(*, organisation: Organisation, by: By, verb: str, data: dict[str, Any]) -> Organisation:
    """Give the organisation's state a new name, because something has changed on which what is worked out from its register
    depends, although no record has: the catalogue of measures, or the validity of coverage."""
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    row.version += 1
    row.digest = hashlib.sha256(f"{row.digest}{verb}{_canonical.encode(data)!r}".encode()).hexdigest()
    row.save()
    hooks.changed()
    record(by=by, room=ROOM, verb=verb, obj=row, data=data)
    return row


@transaction.atomic
def expire_coverage(*, by: By = None) -> int:
    """Notice which rows of coverage are no longer valid since this was last asked: they count as unknown from now on, and what was
    worked out before is out of date. Gives how many."""
    found = 0
    for organisation in Organisation.objects.filter(deleted_at=None):
        rows = TABLES["coverage"].objects.filter(organisation=organisation, deleted_at=None, over=False)
        over = list(rows.filter(valid_until__gt="", valid_until__lt=today()).values_list("key", flat=True))
        for start in range(0, len(over), 500):
            rows.filter(key__in=over[start : start + 500]).update(over=True)
        if over:
            touch(organisation=organisation, by=by, verb="expired", data={"coverage": over[:100], "rows": len(over)})
        found += len(over)
    return found


@transaction.atomic
def remove_organisation(*, organisation: Organisation, by: By) -> Organisation:
    """Take an organisation out of sight; `restore_organisation` brings it back as it was."""
    if Organisation.objects.filter(pk=organisation.pk, deleted_at=None).update(deleted_at=timezone.now()):
        record(by=by, room=ROOM, verb="removed", obj=organisation)
    organisation.refresh_from_db()
    return organisation


@transaction.atomic
def restore_organisation(*, organisation: Organisation, by: By) -> Organisation:
    if Organisation.objects.filter(pk=organisation.pk).exclude(deleted_at=None).update(deleted_at=None):
        record(by=by, room=ROOM, verb="restored", obj=organisation)
    organisation.refresh_from_db()
    return organisation
