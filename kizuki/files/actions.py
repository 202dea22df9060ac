"""Storing files. They are evidence: none is ever changed or deleted here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.files import storage
from kizuki.files.engine.sniff import HEAD, clean_name, media_type
from kizuki.files.models import File
from kizuki.journal.actions import By, record

ROOM = "files"


@transaction.atomic
def store_file(*, upload: Any, by: By) -> File:
    """Keep an uploaded file (with `name`, `size`, `chunks()`); the same bytes are kept once, under the name that they first had.

    Raises `ValidationError` where it is empty or larger than the limit.
    """
    if getattr(upload, "too_large", False) or (upload.size or 0) > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // 2**20
        raise ValidationError(
            _("%(name)s is larger than %(limit)d MB. Nothing was stored. Split the file and send the parts."),
            params={"name": clean_name(upload.name or ""), "limit": limit},
        )
    if not upload.size:
        raise ValidationError(_("The file is empty. Choose another one."))
    digest, size, head = storage.keep(upload.chunks())
    row, new = File.objects.get_or_create(
        digest=digest,
        defaults={
            "size": size, "media_type": media_type(head[:HEAD]), "name": clean_name(upload.name or ""),
            "created_at": timezone.now(),
        },
    )  # fmt: skip
    if new:
        told = {"digest": digest, "size": size, "media_type": row.media_type}
        record(by=by, room=ROOM, verb="stored", obj=row, data=told)
    return row
