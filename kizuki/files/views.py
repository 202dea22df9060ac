"""A file is handed out as something to save, never as a page of this site."""

from __future__ import annotations

import logging

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kizuki.files import storage
from kizuki.files.engine.sniff import PLAIN
from kizuki.files.models import File

log = logging.getLogger(__name__)


@never_cache
@require_safe
def file(request: HttpRequest, digest: str) -> HttpResponseBase:
    """The file, if a room that uses it shows it to this person; else there is no such file."""
    found = File.objects.seen_by(request.user, digest)
    if found is None:
        raise Http404
    try:
        content = storage.opened(found.digest)
    except storage.Damaged:
        log.exception("the file %s is missing or was changed on the disk", found.digest)
        return render(request, "files/damaged.html", {"file": found}, status=500)
    media = f"{PLAIN}; charset=utf-8" if found.media_type == PLAIN else found.media_type
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type=media)
    response["X-Content-Type-Options"] = "nosniff"
    return response
