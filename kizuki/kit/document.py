"""Files from outside: YAML and JSON, read safely, with the line of every fault.

YAML is read by the rules of YAML 1.2's core schema (`no` is a word, a date is text), without anchors, aliases and tags,
and with every key once, so that no file can grow in memory or mean two things.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import jsonschema
import msgspec
import yaml

T = TypeVar("T")

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_DEPTH: Final = 40
MAX_FAULTS: Final = 200
_STRUCTURE: Final = (yaml.MappingStartEvent, yaml.SequenceStartEvent)


class Fault(msgspec.Struct, frozen=True, order=True):
    """One thing wrong in a file: `FILE:LINE: what is wrong and what would be right`. Line 0: the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class BadFile(ValueError):
    """A file that cannot be taken. `faults` has at least one entry; nothing of the file was stored."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


Path_ = tuple["str | int", ...]


class Lines:
    """Where each place of a document stands: `at(("assets", 3, "kind"))` is its line (1-based).

    The text is composed again only when a line is asked for, so that a good file costs nothing.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file, self._text = file, text

    @functools.cached_property
    def _root(self) -> yaml.Node | None:
        return yaml.compose(self._text, Loader=_Loader)

    def at(self, path: Sequence[str | int], *, key: bool = False) -> int:
        """The line of the value at `path`, or of its nearest known ancestor; with `key`, of the key itself."""
        node, line = self._root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            name, node = found
            line = name.start_mark.line + 1 if key and name is not None else node.start_mark.line + 1
        return line

    def fault(self, path: Sequence[str | int], message: str, *, key: bool = False) -> Fault:
        return Fault(self.file, self.at(path, key=key), message)


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((k, v) for k, v in node.value if k.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """YAML 1.2 core schema without anchors, aliases, tags and repeated keys."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own interface

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _problem(key, "a key must be a plain word")
            if key.value in seen:
                raise _problem(key, f"the key “{key.value}” stands here twice; keep one of them")
            seen.add(key.value)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


def _problem(node: yaml.Node, message: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, message, node.start_mark)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]{0,17})$", list("-+0123456789")),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


def _decoded(file: str, raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        limit = MAX_BYTES // 2**20
        raise BadFile([Fault(file, 0, f"the file is larger than {limit} MB; split it or leave out what is not needed")])
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


def _refuse_structure(file: str, text: str) -> None:
    """Refuse what could grow or nest without end, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        mark = getattr(event, "start_mark", None)
        line = mark.line + 1 if mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadFile([Fault(file, line, "anchors and aliases (&, *) are not taken; write the value out")])
        if getattr(event, "tag", None) not in (None, "!"):
            raise BadFile([Fault(file, line, f"the tag {event.tag} is not taken; leave it out")])
        if isinstance(event, _STRUCTURE):
            depth += 1
            if depth > MAX_DEPTH:
                raise BadFile([Fault(file, line, f"nested deeper than {MAX_DEPTH} levels; make it flatter")])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1


_NESTING: Final = re.compile(r"[\[{]")


def load(file: str, raw: bytes) -> tuple[Any, Lines]:
    """Read YAML or JSON bytes into plain values. `file` is the name used in faults.

    Raises `BadFile` for another encoding, a syntax fault, an anchor, alias or tag, a key given twice, and a file that is
    too large or nested too deep.
    """
    text = _decoded(file, raw)
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _json(text), Lines(file, text)
        except (msgspec.DecodeError, ValueError, RecursionError):
            pass  # say where, below: YAML's reader knows lines, and JSON is YAML
    try:
        _refuse_structure(file, text)
        return yaml.load(text, Loader=_Loader), Lines(file, text)  # noqa: S506 - a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadFile([Fault(file, mark.line + 1 if mark else 1, f"not readable: {error.problem}")]) from None
    except yaml.YAMLError as error:
        raise BadFile([Fault(file, 1, f"not readable: {str(error).splitlines()[0]}")]) from None
    except (RecursionError, ValueError) as error:
        raise BadFile([Fault(file, 1, f"not readable: {error}")]) from None


def _json(text: str) -> Any:
    import json

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            raise ValueError("a key is given twice")
        return made

    if len(_NESTING.findall(text)) > MAX_DEPTH and _deep(text):
        raise ValueError("nested too deep")
    return json.loads(text, object_pairs_hook=pairs)


def _deep(text: str) -> bool:
    depth = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        sign = match.group()
        if sign in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif sign in "]}":
            depth -= 1
    return False


@functools.cache
def json_schema(kind: type) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a format, made from its type."""
    schema = msgspec.json.schema(kind)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def parse(file: str, raw: bytes, kind: type[T]) -> tuple[T, Lines]:
    """Read and check a file against the format `kind`. Raises `BadFile` with one fault for each thing wrong."""
    value, lines = load(file, raw)
    return convert(value, lines, kind), lines


def convert(value: Any, lines: Lines, kind: type[T]) -> T:
    """Check plain values against the format `kind`. Raises `BadFile` with one fault for each thing wrong."""
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        raise BadFile(_faults(value, lines, kind) or [Fault(lines.file, 1, str(error))]) from None


def _faults(value: Any, lines: Lines, kind: type) -> list[Fault]:
    validator = jsonschema.Draft202012Validator(json_schema(kind))
    faults: list[Fault] = []
    for error in validator.iter_errors(value):
        faults += _explained(error, lines)
        if len(faults) >= MAX_FAULTS:
            break
    return faults


def _explained(error: jsonschema.ValidationError, lines: Lines) -> list[Fault]:
    path: list[str | int] = list(error.absolute_path)
    if error.validator in ("anyOf", "oneOf"):
        return _alternatives(error, lines)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return [
            lines.fault([*path, key], f"unknown key “{key}”{_meant(key, known)}", key=True)
            for key in error.instance
            if key not in known
        ]
    return [lines.fault(path, f"{_place(path)}{_what(error)}")]


def _alternatives(error: jsonschema.ValidationError, lines: Lines) -> list[Fault]:
    """Of several admissible shapes, speak of the one that the author meant: the shape of the value's own type."""
    path: list[str | int] = list(error.absolute_path)
    groups: dict[int, list[jsonschema.ValidationError]] = {}
    for sub in error.context or []:
        groups.setdefault(int(sub.schema_path[0]), []).append(sub)
    close = [g for g in groups.values() if not any(e.validator == "type" and list(e.path) == [] for e in g)]
    close = [g for g in close if not any(e.validator == "enum" and list(e.path) == [] for e in g)] or close
    if len(close) == 1:
        return [fault for sub in close[0] for fault in _explained(sub, lines)]
    shapes = " or ".join(dict.fromkeys(_shape(s, error) for s in error.schema[str(error.validator)]))
    return [lines.fault(path, f"{_place(path)}{_given(error.instance)} is not taken here; write {shapes}")]


def _shape(schema: dict[str, Any], error: jsonschema.ValidationError) -> str:
    if "enum" in schema:
        return " or ".join(f"“{value}”" for value in schema["enum"])
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return "{ja: …, en: …}" if name == "Text" else f"the keys of {name.lower()}"
    names = {"string": "text", "array": "a list", "object": "keys and values", "null": "nothing", "integer": "a number"}
    return names.get(str(schema.get("type")), str(schema.get("type", "another value")))


def _what(error: jsonschema.ValidationError) -> str:
    given, rule = _given(error.instance), error.validator_value
    match error.validator:
        case "required":
            missing = [key for key in rule if key not in error.instance]
            return f"the key “{missing[0]}” is missing; add it" if missing else "a key is missing"
        case "enum":
            return f"{given} is not one of {', '.join(map(str, rule))}{_meant(error.instance, rule)}"
        case "const":
            return f"{given} must be {rule}"
        case "type":
            return f"{given} is not taken here; write {_shape({'type': rule}, error)}"
        case "pattern":
            return f"{given} does not have the form {rule}"
        case "minLength" | "minItems":
            return f"at least {rule} needed, {given} given"
        case "maxLength" | "maxItems":
            return f"at most {rule} taken; shorten it"
        case "minimum" | "maximum":
            return f"{given} is out of range; the limit is {rule}"
        case _:
            return error.message[:200]


def _given(value: Any) -> str:
    if value is None:
        return "an empty value"
    if isinstance(value, dict):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def _place(path: Sequence[str | int]) -> str:
    names = [str(p) for p in path if isinstance(p, str)]
    return f"{names[-1]}: " if names else ""


def _meant(word: Any, known: Iterable[Any]) -> str:
    """“; did you mean x?” for a likely slip, else the words that are known, if they are few."""
    import difflib

    words = [str(k) for k in known]
    close = difflib.get_close_matches(str(word), words, n=1, cutoff=0.6)
    if close:
        return f"; did you mean “{close[0]}”?"
    return f"; known are {', '.join(words)}" if 0 < len(words) <= 12 else "; remove it"


did_you_mean = _meant


def read(path: Path) -> bytes:
    """The bytes of a file. Raises `BadFile` where it is missing, not a file, or too large to be one of ours."""
    try:
        if path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 2**20
            raise BadFile([Fault(str(path), 0, f"the file is larger than {limit} MB; split it")])
        return path.read_bytes()
    except OSError as error:
        raise BadFile([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from None


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


def dump(value: Any) -> str:
    """YAML of a document (a struct or plain values) that `load` reads back to equal values."""
    plain = msgspec.to_builtins(value)
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
