"""Files as evidence of coverage: who may see one, and what is shown of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from kizuki.files.models import File
from kizuki.measures.models import Proposal
from kizuki.register.models import Coverage

_DIGEST = re.compile(r"[0-9a-f]{64}")


def may_see(person: Any, digest: str) -> bool:
    """Whoever sees a row of coverage or a proposal that names the file."""
    if not _DIGEST.fullmatch(digest):
        return False
    rows: QuerySet[Any] = Coverage.objects.visible_to(person)
    said: QuerySet[Any] = Proposal.objects.visible_to(person)
    return any(_naming(found, field, digest) for found, field in ((rows, "document"), (said, "files")))


def _naming(rows: QuerySet[Any], field: str, digest: str) -> bool:
    return bool(rows.annotate(_said=Cast(field, TextField())).filter(_said__contains=digest).exists())


def files_of(digests: Iterable[str]) -> dict[str, File]:
    """The stored files by digest. A digest may also be of a file that is kept elsewhere; it is then not among them."""
    return {file.digest: file for file in File.objects.filter(digest__in=set(digests))}
