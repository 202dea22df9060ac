"""What a value lacks to have the form of a format, in words for people who do not program."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from kizuki.kit.faults import MAX_FAULTS, did_you_mean, quoted

Place = tuple["str | int", ...]
#: The place, what is wrong there, and whether the key itself is meant rather than its value.
Finding = tuple[Place, str, bool]
#: jsonschema's `ValidationError`; its own types name every attribute "perhaps unset".
Error: TypeAlias = Any


@functools.cache
def json_schema(kind: type) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a format, made from its type."""
    schema = msgspec.json.schema(kind)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def findings(value: Any, kind: type) -> Iterator[Finding]:
    """Everything that keeps `value` from being a `kind`; about `MAX_FAULTS` at most."""
    count = 0
    for error in _validator(kind).iter_errors(value):
        for finding in explained(error):
            yield finding
            count += 1
        if count >= MAX_FAULTS:
            return


@functools.cache
def _validator(kind: type) -> Any:
    """A validator that passes over the rows of a list that are sound: in a register of 100,000 assets it looks only at the bad ones."""
    import jsonschema  # only for a file that has faults: it takes longer to load than a good file to read

    schema = json_schema(kind)
    known = _parts(kind)

    def items(validator: Any, rule: Any, instance: Any, schema: Any) -> Iterator[Error]:
        if not isinstance(instance, list):
            return
        part = known.get(rule.get("$ref", "")) if isinstance(rule, dict) else None
        for n, row in enumerate(instance):
            if part is None or not _fits(row, part):
                yield from validator.descend(row, rule, path=n)

    extend: Any = jsonschema.validators.extend
    checked = extend(jsonschema.Draft202012Validator, {"items": items})
    return checked(schema)


def _fits(row: Any, part: type) -> bool:
    try:
        msgspec.convert(row, part, strict=True)
    except msgspec.ValidationError:
        return False
    return True


def _parts(kind: type) -> dict[str, type]:
    """The types that the schema of `kind` names, by their reference."""
    found: dict[type, None] = {}
    todo: list[Any] = [msgspec.inspect.type_info(kind)]
    while todo:
        info = todo.pop()
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls in found:
                continue
            found[info.cls] = None
            todo += [field.type for field in info.fields]
        for name in ("type", "item_type"):
            if hasattr(info, name):
                todo.append(getattr(info, name))
        todo += getattr(info, "types", ())
    _, components = msgspec.json.schema_components(list(found))
    names = [cls.__name__ for cls in found]
    return {f"#/$defs/{c.__name__}": c for c in found if c.__name__ in components and names.count(c.__name__) == 1}


def explained(error: Error) -> list[Finding]:
    """One schema error as findings."""
    place: Place = tuple(error.absolute_path)
    if error.validator in ("anyOf", "oneOf"):
        return _alternatives(error)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return [
            (
                (*place, key),
                f"unknown key {quoted(key)}{did_you_mean(key, [k for k in known if k not in error.instance])}",
                True,
            )
            for key in error.instance
            if key not in known
        ]
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return [(place, f"{_named(place)}the key “{key}” is missing; add it", False) for key in missing]
    return [(place, f"{_named(place)}{_what(error)}", False)]


def _alternatives(error: Error) -> list[Finding]:
    """Of several admissible shapes, speak of the one that the author meant: the shape of the value's own type."""
    place: Place = tuple(error.absolute_path)
    groups: dict[int, list[Error]] = {}
    for sub in error.context or []:
        groups.setdefault(int(sub.schema_path[0]), []).append(sub)
    shapes = [shape for shape in error.schema[str(error.validator)] if shape.get("type") != "null"]
    if all("enum" in shape for shape in shapes):
        return [(place, f"{_named(place)}{_one_of(error.instance, [v for s in shapes for v in s['enum']])}", False)]
    close = [g for g in groups.values() if not any(e.validator in ("type", "enum") and not list(e.path) for e in g)]
    if len(close) == 1:
        return [finding for sub in close[0] for finding in explained(sub)]
    wanted = " or ".join(dict.fromkeys(_shape(shape) for shape in shapes))
    return [(place, f"{_named(place)}{_not_taken(error.instance, wanted)}", False)]


_NAMES: Final = {
    "string": "text",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def _shape(schema: dict[str, Any]) -> str:
    """What belongs at a place, in words."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return "{ja: …, en: …}" if name == "Text" else f"the keys of {name.lower()}"
    if schema.get("title") == "Text":
        return "{ja: …, en: …}"
    if "enum" in schema:
        return " or ".join(quoted(value) for value in schema["enum"])
    if schema.get("type") == "object" and schema.get("required"):
        return "{" + ", ".join(f"{key}: …" for key in schema["required"]) + "}"
    if schema.get("description") and schema.get("type") == "string":
        return str(schema["description"])
    return _NAMES.get(str(schema.get("type")), "another value")


def _not_taken(instance: Any, wanted: str) -> str:
    if wanted.startswith("a whole number") and isinstance(instance, str) and instance.isdecimal():
        return f"{quoted(instance)} is too large a number; write a smaller one"
    return f"{quoted(instance)} is not taken here; write {wanted}"


def _one_of(instance: Any, words: Sequence[Any]) -> str:
    if len(words) == 1:
        return _not_taken(instance, quoted(words[0]))
    hint = did_you_mean(instance, words)
    return f"{quoted(instance)} is not one of {', '.join(map(str, words))}{hint if 'did you mean' in hint else ''}"


def _pattern(error: Error) -> str:
    wanted = error.schema.get("description") or f"the form {error.validator_value}"
    return _not_taken(error.instance, wanted)


def _limit(error: Error) -> str:
    low, high = error.schema.get("minimum"), error.schema.get("maximum")
    if low is not None and high is not None:
        return f"{quoted(error.instance)} is out of range; write a whole number from {low} to {high}"
    bound = f"{low} or more" if low is not None else f"{high} or less"
    return f"{quoted(error.instance)} is out of range; write a whole number, {bound}"


_SAID: Final[dict[str, Callable[[Error], str]]] = {
    "enum": lambda error: _one_of(error.instance, error.validator_value),
    "const": lambda error: _one_of(error.instance, [error.validator_value]),
    "type": lambda error: _not_taken(error.instance, _shape(error.schema)),
    "pattern": _pattern,
    "minimum": _limit,
    "maximum": _limit,
    "maxLength": lambda error: f"longer than {error.validator_value} characters; shorten it",
    "minLength": lambda error: "an empty text is not taken here; write something, or leave the key out",
    "minItems": lambda error: f"at least {error.validator_value} needed; add to the list",
    "maxItems": lambda error: f"at most {error.validator_value} taken; shorten the list",
}


def _what(error: Error) -> str:
    say = _SAID.get(str(error.validator))
    return (
        say(error)
        if say
        else f"{quoted(error.instance)} does not have the form wanted here; see the description of the format"
    )


def _named(place: Sequence[str | int]) -> str:
    """The key that a message speaks of. The line says where it stands."""
    names = [str(part) for part in place if isinstance(part, str)]
    return f"{names[-1]}: " if names else ""


_OWN: Final = re.compile(r"^Expected `(?P<wanted>[^`]+)`, got `(?P<given>[^`]+)`(?: - at `\$(?P<path>.*)`)?$")
_TYPES: Final = {
    "int": "a whole number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "keys with values",
}


def finding_of(error: msgspec.ValidationError, value: Any) -> Finding:
    """The finding for what msgspec alone refuses, such as 1.0 for a whole number."""
    said = str(error)
    path = re.search(r" - at `\$(.*)`$", said)
    steps = re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path.group(1)) if path else []
    place: Place = tuple(name or int(number) for name, number in steps)
    match = _OWN.match(said)
    given = value
    for step in place:
        given = given[step]
    wanted = _TYPES.get(match["wanted"].split(" | ")[0], match["wanted"]) if match else ""
    message = _not_taken(given, wanted) if wanted else said.partition(" - at ")[0]
    return place, f"{_named(place)}{message}", False
