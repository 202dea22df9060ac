"""JSON from outside as single entries: one document, a list within it, or a JSON object a line; bounded in size and depth."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from kizuki.kit.events import MAX_DEPTH, json_too_deep
from kizuki.register.engine.sources import encoded, says, tables
from kizuki.register.engine.sources.reading import Fields, RowFault, Source, fault
from kizuki.register.engine.sources.values import LISTS, is_secret, put

#: The longest line of a file with an object a line.
MAX_JSON_LINE: Final = 16 * 1024 * 1024
#: Where exports keep their list. Other lists of a document are not looked for.
_LISTS: Final = (
    "value",
    "results",
    "Results",
    "data",
    "Data",
    "configurationItems",
    "ConfigurationItems",
    "resources",
    "items",
)


class Entry(NamedTuple):
    """An object with its number in the file (from 1), or the number of its line."""

    place: int
    value: Mapping[str, object]


def entries(source: Source) -> Iterator[Entry | RowFault]:
    """The objects of a JSON file; what is none is told. At most `options.max_rows` are given. Keys that seem to hold passwords
    are left out and told once. Raises `BadFile` where the file as a whole cannot be read."""
    told: set[str] = set()
    for place, value in _values(source):
        if source.rows >= source.options.max_rows:
            yield fault(place, "", says.TOO_MANY_ROWS, "row", limit=source.options.max_rows)
            return
        source.rows += 1
        if isinstance(value, RowFault):
            yield value
            continue
        # AWS's queries give objects as texts
        found = loaded(value) if isinstance(value, str) and value.lstrip().startswith("{") else value
        if not isinstance(found, dict):
            yield fault(place, "", says.NOT_AN_ENTRY)
            continue
        secret = {key for key in found if is_secret(key)}
        for key in sorted(secret - told):
            told.add(key)
            yield fault(place, key, says.SECRET, "nothing")
        yield Entry(place, {key: kept for key, kept in found.items() if key not in secret})


def rows_or_entries(source: Source) -> Iterator[Entry | RowFault]:
    """The objects of a JSON file, or the rows of a CSV file as objects of texts: many programs export both."""
    start = source.raw.read(4096).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    source.raw.seek(0)
    if start[:1] in (b"{", b"["):
        yield from entries(source)
        return
    for row in tables.rows(source):
        yield row if isinstance(row, RowFault) else Entry(row.place, row.cells)


def _values(source: Source) -> Iterator[tuple[int, object]]:
    encoding = encoded.encoding_of(source.raw)
    if encoding is None:
        raise source.refuse(says.NOT_TEXT)
    lines = encoded.lines(source.raw, encoding)
    start = [line for line in itertools.islice(lines, 20) if line.strip("\ufeff \t\r\n")]
    if not start:
        raise source.refuse(says.EMPTY)
    by_line = isinstance(loaded(start[0].lstrip("\ufeff")), dict) and (
        len(start) == 1 or start[1].lstrip().startswith("{")
    )
    source.raw.seek(0)
    source.counts = "line" if by_line else "entry"
    yield from _by_line(source, encoding) if by_line else enumerate(_listed(_document(source)), 1)


def _by_line(source: Source, encoding: str) -> Iterator[tuple[int, object]]:
    whole = ""
    for place, piece in enumerate(_joined(encoded.lines(source.raw, encoding)), 1):
        whole = piece.strip("\ufeff \t\r\n")
        if not whole:
            continue
        value = loaded(whole) if len(whole) <= MAX_JSON_LINE else None
        yield place, fault(place, "", says.NOT_AN_ENTRY) if value is None else value


def _joined(lines: Iterator[str]) -> Iterator[str]:
    """Lines that were given in pieces as whole lines, as far as they may be long."""
    kept: list[str] = []
    size = 0
    for piece in lines:
        if size <= MAX_JSON_LINE:
            kept.append(piece)
        size += len(piece)
        if piece.endswith(("\n", "\r")):
            yield "".join(kept)
            kept, size = [], 0
    if kept:
        yield "".join(kept)


def _document(source: Source) -> object:
    text = encoded.text_of(source.whole())
    if text is None:
        raise source.refuse(says.NOT_TEXT)
    if json_too_deep(text):
        raise source.refuse(says.TOO_DEEP, n=MAX_DEPTH)
    try:
        return json.loads(text, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise source.refuse(says.NOT_JSON, error.lineno) from None
    except (ValueError, RecursionError):
        raise source.refuse(says.NOT_JSON) from None


def loaded(text: str) -> object:
    """The value of a text that should be JSON; None where it is not, or is nested too deep."""
    try:
        return None if json_too_deep(text) else json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= 30 else 0


def _listed(document: object) -> list[object]:
    if isinstance(document, list):
        # `az graph query` of several pages, and files put together, are lists of such documents
        return [value for part in document for value in (_within(part) or [part])]
    return _within(document) or [document]


def _within(document: object) -> list[object] | None:
    if isinstance(document, dict):
        for name in _LISTS:
            found = document.get(name)
            if isinstance(found, list) and not ("id" in document and "name" in document):
                return found
    return None


def at(value: object, path: str) -> object:
    """What stands at a path of keys with dots between them; None where there is nothing. A key of the path that holds a list
    stands for its first entry."""
    for key in path.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def text(value: object, *paths: str) -> str:
    """The first of the paths that holds a text or number, as a text; "" where none does."""
    for path in paths:
        found = at(value, path)
        if isinstance(found, str) and found.strip():
            return found.strip()
        if isinstance(found, int | float) and not isinstance(found, bool):
            return str(found)
    return ""


def truth(value: object, *paths: str) -> bool | None:
    """Whether the first of the paths that says so is true, also as a word of a CSV file; None where none says it."""
    for path in paths:
        found = at(value, path)
        if isinstance(found, bool):
            return found
        if isinstance(found, int) and found in (0, 1):
            return bool(found)
        if isinstance(found, str) and (word := found.strip().lower()) in ("true", "false", "yes", "no", "1", "0"):
            return word in ("true", "yes", "1")
    return None


def objects(value: object, path: str) -> list[Mapping[str, object]]:
    """The objects of a list at a path; empty where there is none."""
    found = at(value, path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def texts(value: object, path: str) -> list[str]:
    """The texts of a list at a path; a single text is a list of one."""
    found = at(value, path)
    if isinstance(found, str):
        return [found] if found.strip() else []
    return [one for one in found if isinstance(one, str) and one.strip()] if isinstance(found, list) else []


def fill(fields: Fields, entry: Entry, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[RowFault]:
    """Put what stands at the paths into the fields. A field of one value takes the first path that holds something."""
    for field, paths in wanted.items():
        for path in paths:
            found = text(entry.value, path)
            if found:
                yield from put(fields, field, found, path, entry.place)
                if field not in LISTS:
                    break


def short(link: str) -> str:
    """The last part of a path or link, by which clouds name things."""
    return re.split(r"[/:]", link.rstrip("/"))[-1]
