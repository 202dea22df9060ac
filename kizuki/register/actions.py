"""Every write to the register."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from kizuki.journal.actions import By, record
from kizuki.kit.text import shown
from kizuki.register import hooks
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.models import Organisation

if TYPE_CHECKING:
    pass

_canonical = msgspec.json.Encoder(order="deterministic")


def digest_of(document: Document) -> str:
    """SHA-256 of the document's canonical JSON."""
    return hashlib.sha256(_canonical.encode(document)).hexdigest()


@transaction.atomic
def store_organisation(
    *, document: Document, by: By, home: bool = False, fictional: bool = False, slug: str | None = None
) -> Organisation:
    """Keep an organisation under its slug (made of its name); the same document again changes nothing."""
    name = shown(document.organisation.name, "en")
    slug = slug or slugify(name)[:80] or f"org-{digest_of(document)[:8]}"
    digest = digest_of(document)
    row = Organisation.objects.select_for_update().filter(slug=slug).first()
    if row and row.digest == digest and row.deleted_at is None:
        return row
    if home:
        Organisation.objects.filter(is_home=True).exclude(slug=slug).update(is_home=False)
    values = {
        "name": name,
        "document": msgspec.to_builtins(document),
        "digest": digest,
        "is_home": home or bool(row and row.is_home),
        "is_fictional": fictional,
        "deleted_at": None,
    }
    if row is None:
        row = Organisation.objects.create(slug=slug, **values)
    else:
        for field, value in values.items():
            setattr(row, field, value)
        row.version += 1
        row.save()
    hooks.changed()
    record(by=by, room="register", verb="stored", obj=row, data={"digest": digest, "assets": len(document.assets)})
    return row


@transaction.atomic
def remove_organisation(*, organisation: Organisation, by: By) -> Organisation:
    """Take an organisation out of sight; `restore_organisation` brings it back as it was."""
    if Organisation.objects.filter(pk=organisation.pk, deleted_at=None).update(deleted_at=timezone.now()):
        record(by=by, room="register", verb="removed", obj=organisation)
    organisation.refresh_from_db()
    return organisation


@transaction.atomic
def restore_organisation(*, organisation: Organisation, by: By) -> Organisation:
    if Organisation.objects.filter(pk=organisation.pk).exclude(deleted_at=None).update(deleted_at=None):
        record(by=by, room="register", verb="restored", obj=organisation)
    organisation.refresh_from_db()
    return organisation
