"""Files by API: evidence is stored here first, then named by its SHA-256 where it is the evidence of something."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from kizuki.files import actions, views
from kizuki.files import models as tables
from kizuki.ui.api import REFUSALS, refused

router = Router(tags=["files"])


class FileLine(Schema):
    """A stored file. `digest`: its SHA-256; `name`: as it was first given; `size` in bytes."""

    digest: str
    name: str
    media_type: str
    size: int


@router.post("", response={200: FileLine, **REFUSALS}, summary="Keep a file", url_name="files")
def keep(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """For managers. The same bytes are kept once, however often they are sent. Nobody else sees the file until it is the evidence of
    something, such as a row of coverage that names it under `files`."""
    if not request.user.has_perm("edit"):
        raise PermissionDenied
    try:
        row: tables.File = actions.store_file(upload=file, by=request.user)
    except ValidationError as error:
        return refused(error)
    return FileLine(digest=row.digest, name=row.name, media_type=row.media_type, size=row.size)


@router.get("/{str:digest}", summary="The bytes of a file", url_name="file")
def content(request: HttpRequest, digest: str) -> Any:
    """For those who see what it is the evidence of."""
    return views.file(request, digest)
