"""What a file is, by its own first bytes. What its sender or its name say is not believed."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

PLAIN: Final = "text/plain"
UNKNOWN: Final = "application/octet-stream"
#: Enough to tell any of the kinds below.
HEAD: Final = 4096
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_STARTS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
#: The folder in which an office file keeps its own part; the names of a ZIP's first members stand in its head.
_FOLDERS: Final = (
    (b"word/", f"{_OFFICE}wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}presentationml.presentation"),
)
#: Control characters, and those that turn the order of the letters around, so that “fdp.exe” reads as “exe.pdf”.
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def media_type(head: bytes) -> str:
    """The media type of a file that begins with `head` (its first `HEAD` bytes). HTML and SVG are text and nothing more, since
    no page may ever show them."""
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((name for folder, name in _FOLDERS if folder in head), "application/zip")
    return PLAIN if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    try:
        # The head may end within a character.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text)


def clean_name(name: str, longest: int = 200) -> str:
    """A file's name as it was given, without folders and without what cannot be seen; its ending is kept where it is cut."""
    bare = _UNSEEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rsplit("/", 1)[-1].strip(" .")
    if len(bare) > longest:
        stem, dot, ending = bare.rpartition(".")
        ending = f"{dot}{ending}"[:20] if stem else ""
        bare = bare[: longest - len(ending)] + ending
    return bare or "file"
