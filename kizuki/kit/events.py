"""YAML and JSON as one stream of events, with the line of each, and what is made of it: values, or places.

Values are built from the stream itself, not from a tree of nodes, so that a file takes little more memory than its values.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import yaml

MAX_DEPTH: Final = 40
MAX_VALUES: Final = 5_000_000

MAPPING, LIST, SCALAR, END = "{", "[", "s", "e"


class Problem(Exception):
    """What is wrong with a text, and at which line (1-based)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


class Event(NamedTuple):
    """The start or end of a group or list, or a scalar: its text, and whether it stands without quotes."""

    kind: str
    line: int
    text: str = ""
    plain: bool = False


_PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: PyYAML's words for what it stumbled over, and ours.
_STUMBLES: Final[tuple[tuple[str, str], ...]] = (
    ("mapping values are not allowed", "a colon stands where none can; put the text in quotes, or start a new line"),
    (
        "cannot start any token",
        "a sign stands here that cannot begin a value; indent with spaces, or put the text in quotes",
    ),
    ("could not find expected ':'", "a key without a colon; write “key: value”"),
    ("did not find expected key", "the indentation does not fit; keys of one group begin in the same column"),
    (
        "did not find expected '-'",
        "the indentation does not fit; the rows of a list begin in the same column, with “- ”",
    ),
    ("block sequence entries are not allowed", "a list cannot begin here; start it on a new line"),
    ("unexpected end of stream", "a quotation mark or bracket is not closed"),
    ("did not find expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("did not find expected node content", "a bracket is not closed, or a comma stands too much"),
    ("unknown escape character", "a backslash stands in double quotes; write it twice, or use single quotes"),
    ("invalid Unicode", "a backslash code names no character; write the character itself"),
    (
        "control characters are not allowed",
        "a control character stands here (perhaps the text is not UTF-8); remove it",
    ),
    ("did not find expected alphabetic", "& and * have a meaning of their own here; put the text in quotes"),
    ("undefined tag handle", "tags (!) are not taken; put the text in quotes"),
    ("found unexpected document indicator", "a quotation mark or bracket is not closed before “---” or “...”"),
    ("did not find expected <document start>", "text follows after the end of the document; give one document a file"),
)


def yaml_events(text: str) -> Iterator[Event]:
    """The events of a YAML text. Raises `Problem` at what cannot be read, and at anchors, aliases, tags, too much and too deep."""
    try:
        yield from _checked(yaml.parse(text, Loader=_PARSER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Problem(mark.line + 1 if mark else 1, _stumble(str(error.problem or error.context))) from None
    except yaml.YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", None) or 0) + 1
        raise Problem(line, _stumble(str(error))) from None


def _stumble(problem: str) -> str:
    for theirs, ours in _STUMBLES:
        if theirs in problem:
            return f"not readable: {ours}"
    return f"not readable: {problem.splitlines()[0]}"


def _checked(events: Iterator[Any]) -> Iterator[Event]:
    depth = documents = 0
    for count, event in enumerate(events):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Problem(line, "anchors and aliases (&, *) are not taken; write the value out")
        if getattr(event, "tag", None):
            tag = str(event.tag)[:60].replace("tag:yaml.org,2002:", "!!")
            raise Problem(line, f"the tag {tag} is not taken; leave it out")
        if count > MAX_VALUES:
            raise Problem(line, f"more than {MAX_VALUES:,} values; give the file as JSON")
        if isinstance(event, yaml.ScalarEvent):
            yield Event(SCALAR, line, event.value, event.implicit[0])
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise Problem(line, f"nested deeper than {MAX_DEPTH} levels; make it flatter")
            yield Event(MAPPING if isinstance(event, yaml.MappingStartEvent) else LIST, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
            yield Event(END, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Problem(line, "a second document begins here (---); give one document a file")


_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|[\[{]|[\]}]|[^\s,:\[\]{}"]+|\n', re.DOTALL)


def json_events(text: str) -> Iterator[Event]:
    """The events of a JSON text that is known to be sound; only the texts of keys and strings are given."""
    line = 1
    for match in _TOKEN.finditer(text):
        sign = match.group()
        if sign == "\n":
            line += 1
        elif sign[0] == '"':
            yield Event(SCALAR, line, json.loads(sign, strict=False) if "\\" in sign else sign[1:-1])
        elif sign in "[{":
            yield Event(sign, line)
        elif sign in "]}":
            yield Event(END, line)
        else:
            yield Event(SCALAR, line, sign, True)


#: A text, closed or not, or a bracket. A text that is not closed ends with the file, so that none is gone through twice.
_SIGN: Final = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def json_too_deep(text: str) -> bool:
    """Whether brackets are nested deeper than `MAX_DEPTH`; told without building anything, in a time as long as the text."""
    depth = 0
    for match in _SIGN.finditer(text):
        sign = match[0]
        if sign in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif sign in "]}":
            depth -= 1
    return False


#: What a word without quotes means, by its first character: the plain forms of YAML 1.2's core schema. Numbers with leading
#: zeros, in hexadecimal or octal, or with more than 18 digits are text, because no two readers agree about them.
RESOLVERS: Final[tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]] = (
    ("bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), tuple("tTfF")),
    ("null", re.compile(r"(?:~|null|Null|NULL|)\Z"), ("~", "n", "N", "")),
    ("int", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z"), tuple("-+0123456789")),
    ("float", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]+(?:[eE][-+]?[0-9]{1,3})?\Z"), tuple("-+0123456789")),
)
_BY_FIRST: Final[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}
for _name, _pattern, _firsts in RESOLVERS:
    for _first in _firsts:
        _BY_FIRST.setdefault(_first, []).append((_name, _pattern))


def meaning(text: str) -> Any:
    """The value of a word without quotes: true, false, null, a number, or the text itself."""
    for name, pattern in _BY_FIRST.get(text[:1], ()):
        if pattern.match(text):
            if name == "bool":
                return text[0] in "tT"
            if name == "null":
                return None
            return int(text) if name == "int" else float(text)
    return text


class _Group:
    """A group or list that is being filled. In a group, `key` waits for its value."""

    __slots__ = ("key", "made", "mapping")

    def __init__(self, kind: str) -> None:
        self.mapping = kind == MAPPING
        self.made: Any = {} if self.mapping else []
        self.key: str | None = None

    def put(self, value: Any) -> None:
        if self.mapping:
            self.made[self.key], self.key = value, None
        else:
            self.made.append(value)


def values(events: Iterator[Event]) -> Any:
    """The plain values of a stream; None for an empty one. Raises `Problem` at a key given twice and at a key that is no word."""
    top = _Group(LIST)
    stack = [top]
    for kind, line, text, plain in events:
        group = stack[-1]
        if kind == END:
            stack.pop()
        elif group.mapping and group.key is None:
            if kind != SCALAR:
                raise Problem(line, "a key must be a plain word")
            if text in group.made:
                raise Problem(line, f"the key “{text[:60]}” stands here twice; keep one of them")
            group.key = _sound(line, text)
        elif kind == SCALAR:
            group.put(meaning(text) if plain else _sound(line, text))
        else:
            inner = _Group(kind)
            group.put(inner.made)
            stack.append(inner)
    return top.made[0] if top.made else None


def unsound(text: str) -> bool:
    """Whether a text holds what no database and no other program takes: NUL, or half of a character pair."""
    return "\x00" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text))


def _sound(line: int, text: str) -> str:
    if unsound(text):
        raise Problem(line, "the text holds a code that is no character (NUL, or half of a pair); remove it")
    return text


class Places:
    """Where the parts of one group or list stand: lines as plain numbers, and only groups and lists as objects."""

    __slots__ = ("inside", "key", "key_lines", "lines", "names")

    def __init__(self, kind: str) -> None:
        self.names: dict[str, int] | None = {} if kind == MAPPING else None
        self.lines, self.key_lines = array("I"), array("I")
        self.inside: dict[int, Places] = {}
        self.key = False

    def find(self, step: str | int) -> int | None:
        """The position of a key or of a row; None where there is none."""
        if self.names is not None:
            return self.names.get(str(step))
        return step if isinstance(step, int) and 0 <= step < len(self.lines) else None


def places(events: Iterator[Event]) -> Places:
    """The places of a stream that `values` has accepted; the document itself is row 0."""
    top = Places(LIST)
    stack = [top]
    for kind, line, text, _plain in events:
        group = stack[-1]
        if kind == END:
            stack.pop()
        elif group.names is not None and not group.key:
            group.names[text] = len(group.lines)
            group.key_lines.append(line)
            group.key = True
        else:
            group.key = False
            group.lines.append(line)
            if kind != SCALAR:
                stack.append(group.inside.setdefault(len(group.lines) - 1, Places(kind)))
    return top


def line_of(top: Places, path: Sequence[str | int], *, key: bool = False) -> int:
    """The line of the value at `path`, or of its nearest known ancestor; with `key`, of the key itself."""
    group: Places | None = top.inside.get(0)
    line = 1
    for step in path:
        position = group.find(step) if group is not None else None
        if group is None or position is None:
            break
        line = group.key_lines[position] if key and group.names is not None else group.lines[position]
        group = group.inside.get(position)
    return line
