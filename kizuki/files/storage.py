"""Bytes in the folder of data, under their own hash, so that what is read is what was stored."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
PORTION: Final = 1 << 20


class Damaged(OSError):
    """The file is not there any more, or its bytes are not those that were stored."""


def path_of(digest: str) -> Path:
    """Where the bytes with that hash lie. Raises `ValueError` for what is no SHA-256, so that no address leads elsewhere."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a SHA-256")
    return Path(settings.HOME) / "files" / digest[:2] / digest


def keep(portions: Iterable[bytes]) -> tuple[str, int, bytes]:
    """Write the portions to their place, whole or not at all; gives digest, size in bytes, and the first bytes.

    Flushed to the disk before it gets its name. What lies there already is written again: it may have been damaged.
    """
    folder = Path(settings.HOME) / "files"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found, size, head = hashlib.sha256(), 0, b""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="new-", delete=False) as file:
        try:
            for portion in portions:
                found.update(portion)
                size += len(portion)
                head = head or portion[:PORTION]
                file.write(portion)
            file.flush()
            os.fsync(file.fileno())
            target = path_of(found.hexdigest())
            target.parent.mkdir(exist_ok=True, mode=0o700)
            os.replace(file.name, target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return found.hexdigest(), size, head


def opened(digest: str) -> BinaryIO:
    """The bytes from their beginning, after all of them have been checked. Raises `Damaged`."""
    try:
        file = path_of(digest).open("rb")
    except OSError as error:
        raise Damaged(digest) from error
    try:
        found = hashlib.sha256()
        while portion := file.read(PORTION):
            found.update(portion)
        if found.hexdigest() != digest:
            raise Damaged(digest)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
