"""Text of whichever encoding people's programs write: UTF-8 and UTF-16 with or without a mark, Shift_JIS (CP932), or lines of
several of them in one file."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, Final

#: A line is given in pieces of this many characters, so that a file without line ends does not fill the memory.
PIECE: Final = 1 << 20
_CHUNK: Final = 1 << 20
#: What stands for a character that cannot be read.
LOST: Final = "\ufffd"


def encoding_of(raw: BinaryIO) -> str | None:
    """The encoding of a whole file, which is read through once and set back; "mixed" where its lines have several, None for
    what is no text."""
    start = raw.read(4096)
    raw.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        if max(even, odd) * 5 < len(start) or min(even, odd) * 10 > max(even, odd):
            return None
        return "utf-16-le" if odd > even else "utf-16-be"
    if _fits(raw, "utf-8-sig"):
        return "utf-8-sig"
    # UTF-8 with a broken line can pass for Shift_JIS by chance, and would then be unreadable from its first row to its last.
    if _fits(raw, "cp932") and not _mostly_utf_8(raw):
        return "cp932"
    controls = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in start)
    return None if controls * 20 > len(start) else "mixed"


def _fits(raw: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := raw.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        raw.seek(0)
    return True


def _mostly_utf_8(raw: BinaryIO) -> bool:
    """Whether most of the lines with more than ASCII in them are UTF-8."""
    fits = others = 0
    while line := raw.readline(PIECE):
        if not line.isascii():
            try:
                line.decode()
                fits += 1
            except UnicodeDecodeError:
                others += 1
    raw.seek(0)
    return fits > others


def lines(raw: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines with their ends; what cannot be read is `LOST`."""
    if encoding == "mixed":
        while line := raw.readline(PIECE):
            yield _either(line)
        return
    # utf-16 with a half character at its end, or a surrogate alone, is told like any other unreadable text
    reader = io.TextIOWrapper(raw, encoding, errors="replace", newline="")
    try:
        while text := reader.readline(PIECE):
            yield text
    finally:
        reader.detach()


def _either(line: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("utf-8", "replace")


def text_of(raw: bytes) -> str | None:
    """The text of a file that is read at once; None for what is no text."""
    file = io.BytesIO(raw)
    encoding = encoding_of(file)
    return None if encoding is None else "".join(lines(file, encoding)).removeprefix("\ufeff")
