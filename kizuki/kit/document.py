"""Files from outside: YAML and JSON, read safely, with the line of every fault.

YAML is read by the plain forms of YAML 1.2's core schema (`no` is a word, a date is text), without anchors, aliases and
tags, and with every key once, so that no file can grow in memory or mean two things.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import msgspec
import yaml

from kizuki.kit import events, schema_faults
from kizuki.kit.events import MAX_DEPTH, Problem
from kizuki.kit.faults import MAX_FAULTS, BadFile, Fault, did_you_mean, quoted
from kizuki.kit.schema_faults import json_schema

__all__ = [
    "MAX_BYTES", "MAX_DEPTH", "MAX_FAULTS", "BadFile", "Fault", "Lines",
    "convert", "did_you_mean", "dump", "json_schema", "load", "parse", "read",
]  # fmt: skip

T = TypeVar("T")

MAX_BYTES: Final = 64 * 1024 * 1024


class Lines:
    """Where each place of a document stands: `at(("assets", 3, "kind"))` is its line (1-based).

    The text is gone through again only when a line is asked for, so that a good file costs nothing.
    """

    def __init__(self, file: str, text: str, *, is_json: bool = False) -> None:
        self.file, self._text, self._is_json = file, text, is_json

    @functools.cached_property
    def _places(self) -> events.Places:
        return events.places((events.json_events if self._is_json else events.yaml_events)(self._text))

    def at(self, path: Sequence[str | int], *, key: bool = False) -> int:
        """The line of the value at `path`, or of its nearest known ancestor; with `key`, of the key itself."""
        return events.line_of(self._places, path, key=key)

    def fault(self, path: Sequence[str | int], message: str, *, key: bool = False) -> Fault:
        return Fault(self.file, self.at(path, key=key), message)


#: What other files begin with, for people who choose the wrong one.
_OTHER_FILES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive, or an Excel or Word file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "a database"),
)


def _too_large(file: str) -> BadFile:
    limit = MAX_BYTES // 2**20
    remedy = "leave out what is not needed; alike assets fit in one row with a count"
    return BadFile([Fault(file, 0, f"the file is larger than {limit} MB; {remedy}")])


def _decoded(file: str, raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise _too_large(file)
    for start, name in _OTHER_FILES:
        if raw.startswith(start):
            raise BadFile([Fault(file, 1, f"this is {name}; choose a YAML or JSON file")])
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadFile([Fault(file, 1, "the file is UTF-16; save it as UTF-8")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile([Fault(file, line, "the file is not UTF-8 (perhaps Shift_JIS); save it as UTF-8")]) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise BadFile([Fault(file, line, "a NUL character stands here: this is not a text file; give YAML or JSON")])
    return text


_BRACKET: Final = re.compile(r"\s*[{\[]")


def load(file: str, raw: bytes) -> tuple[Any, Lines]:
    """Read YAML or JSON bytes into plain values. `file` is the name used in faults.

    Raises `BadFile` for another encoding or kind of file, an empty file, a syntax fault, an anchor, alias or tag, a key given
    twice, a code that is no character, and a file that is too large, nested too deep or with too many values.
    """
    text = _decoded(file, raw)
    wrong: ValueError | None = None
    if _BRACKET.match(text):
        try:
            return _json(text), Lines(file, text, is_json=True)
        except ValueError as error:
            wrong = error  # say where, below: YAML's reader knows lines, and JSON is YAML
    try:
        value = events.values(events.yaml_events(text))
    except Problem as problem:
        raise BadFile([Fault(file, problem.line, problem.message)]) from None
    if value is None:
        raise BadFile([Fault(file, 1, "the file is empty; choose another one, or start from the template")])
    if wrong is not None and file.lower().endswith(".json"):
        raise BadFile([_json_fault(file, wrong)])
    return value, Lines(file, text)


def _json_fault(file: str, error: ValueError) -> Fault:
    if isinstance(error, json.JSONDecodeError):
        return Fault(file, error.lineno, "not readable as JSON; look for a missing comma, quotation mark or bracket")
    return Fault(file, 1, f"not readable as JSON: {error}")


def _json(text: str) -> Any:
    """JSON values, by the same rules as YAML. Raises `ValueError` for everything that YAML's reader is to explain."""
    if events.json_too_deep(text):
        raise ValueError("nested too deep")
    if re.search(r"\\u(?:0000|[dD][89a-fA-F])", text):
        for event in events.json_events(text):
            if event.kind == events.SCALAR and events.unsound(event.text):
                raise ValueError("a text holds a code that is no character (NUL, or half of a pair); remove it")
    return json.loads(
        text, object_pairs_hook=_pairs, parse_int=_whole, parse_float=_broken, parse_constant=_no_constant
    )


def _pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(items)
    if len(made) != len(items):
        raise ValueError("a key is given twice")
    return made


def _whole(digits: str) -> int:
    if len(digits) > 19:
        raise ValueError(f"the number {digits[:20]}… is too large")
    return int(digits)


def _broken(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits[:20]} is too large")
    return number


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number that can be kept")


def parse(file: str, raw: bytes, kind: type[T]) -> tuple[T, Lines]:
    """Read and check a file against the format `kind`. Raises `BadFile` with one fault for each thing wrong."""
    value, lines = load(file, raw)
    return convert(value, lines, kind), lines


def convert(value: Any, lines: Lines, kind: type[T]) -> T:
    """Check plain values against the format `kind`. Raises `BadFile` with one fault for each thing wrong."""
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        if fault := _another_file(value, lines, kind):
            raise BadFile([fault]) from None
        found = list(schema_faults.findings(value, kind)) or [schema_faults.finding_of(error, value)]
        faults = [lines.fault(place, message, key=key) for place, message, key in found]
        raise BadFile(faults[:MAX_FAULTS]) from None


_FORMAT: Final = re.compile(r"kizuki/([a-z-]+)/(\d{1,4})")
_FILES: Final = {
    "case": "a case file",
    "organisation": "an organisation file",
    "measures": "a measures file",
    "vocabulary": "a vocabulary file",
    "glossary": "a glossary file",
}


def _another_file(value: Any, lines: Lines, kind: type) -> Fault | None:
    """One line for a file that is not of this format at all, instead of a line for each of its keys."""
    wanted = json_schema(kind)["$defs"].get(kind.__name__, {}).get("properties", {})
    formats = wanted.get("schema", {}).get("enum", [])
    match = _FORMAT.fullmatch(formats[0]) if formats else None
    if match is None:
        return None
    name, version, start = _FILES.get(match[1], f"a {match[1]} file"), match[2], f"“schema: {formats[0]}”"
    if not isinstance(value, dict):
        first = lines.at((0,)) if isinstance(value, list) else 1
        return Fault(lines.file, first, f"this is {_shape(value)}, not {name}; {name} begins with {start}")
    given = value.get("schema")
    if given == formats[0]:
        return None
    if "schema" not in value:
        known = sum(key in wanted for key in value)
        message = f"this is not {name}; {name} begins with {start}"
        return None if known * 2 >= len(value) > 0 else Fault(lines.file, 1, message)
    other = _FORMAT.fullmatch(given) if isinstance(given, str) else None
    if other and other[1] == match[1]:
        message = (
            f"this file has version {int(other[2])} of its format, and version {version} is read here; write {start}"
        )
    elif other and other[1] in _FILES:
        message = f"this is {_FILES[other[1]]}, but {name} is wanted here; choose another file"
    else:
        message = f"{quoted(given)} is not a format that is read here; write {start}"
    return Fault(lines.file, lines.at(("schema",)), message)


def _shape(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    if not isinstance(value, str):
        return "a single value"
    text = value.lstrip()
    if text[:1] == "<":
        return "a web page or XML"
    first = text.partition(" ")[0]
    if first.count(",") >= 2 or text.count("\t") >= 2:
        return "a table (CSV)"
    return "plain text"


def read(path: Path) -> bytes:
    """The bytes of a file, read once. Raises `BadFile` where it is missing, not a file, or too large to be one of ours."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(str(path))
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)  # a device or pipe says nothing of its size
    except OSError as error:
        raise BadFile([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from None
    if len(raw) > MAX_BYTES:
        raise _too_large(str(path))
    return raw


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


#: Line ends that YAML readers turn into others, and codes that only double quotes can carry.
_IN_DOUBLE_QUOTES: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    if events.unsound(text):
        raise ValueError("a text holds a code that is no character (NUL, or half of a pair)")
    style = '"' if _IN_DOUBLE_QUOTES.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number(dumper: _Dumper, number: float) -> yaml.ScalarNode:
    if not math.isfinite(number):
        raise ValueError(f"{number} is not a number that can be kept")
    return dumper.represent_float(number)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)
_Dumper.yaml_implicit_resolvers = {}
for _name, _regexp, _firsts in events.RESOLVERS:
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _regexp, list(_firsts))


def dump(value: Any) -> str:
    """YAML of a document (a struct or plain values) that `load` reads back to equal values.

    Raises `ValueError` for what no file can hold: a text with NUL or half of a character pair, a number that is none.
    """
    plain = msgspec.to_builtins(value)
    return str(yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120))
